//! A list of Rover's groups, exported by somebody who may ask: of their members nothing is kept.

use std::collections::BTreeSet;

use serde_yaml::Value;
use thiserror::Error;

/// A list of groups that cannot be used.
#[derive(Debug, Error)]
pub enum GroupsError {
    /// Neither YAML nor JSON. Says nothing of its content.
    #[error("it is neither YAML nor JSON")]
    Syntax,
    /// None of the known shapes, or empty.
    #[error(
        "it names no group; it is a list of names, a mapping of names to members, or what \
         `oc get groups -o json` prints"
    )]
    Empty,
}

/// Reads the names of groups: one a line or a YAML list, the keys of a mapping to members (what
/// openshift/ci-tools cmd/sync-rover-groups works on), or `oc get groups -o json`.
///
/// # Errors
/// When it has another shape, or no group.
pub fn read(text: &str) -> Result<BTreeSet<String>, GroupsError> {
    let is_name = |line: &str| !line.contains([':', '{', '[', ' ']) && !line.starts_with('-');
    let lines = text.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let names: BTreeSet<String> = if lines.clone().all(is_name) {
        lines.by_ref().map(str::to_owned).collect()
    } else {
        let document = serde_yaml::from_str(text).map_err(|_| GroupsError::Syntax)?;
        names(&document)
    };
    match names.is_empty() {
        true => Err(GroupsError::Empty),
        false => Ok(names),
    }
}

fn names(document: &Value) -> BTreeSet<String> {
    let name_of = |item: &Value| {
        let own = item
            .get("metadata")
            .and_then(|metadata| metadata.get("name"));
        own.or(Some(item))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    match (document, document.get("items")) {
        (_, Some(Value::Sequence(items))) | (Value::Sequence(items), _) => {
            items.iter().filter_map(name_of).collect()
        }
        (Value::Mapping(groups), _) => {
            let groups = groups.iter().filter(|(_, members)| {
                members.is_sequence() || members.is_mapping() || members.is_null()
            });
            let names = groups.filter_map(|(name, _)| name.as_str());
            names.map(str::to_owned).collect()
        }
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_form_is_read() {
        for text in [
            "# Rover\nacme-admins\nacme-devs\n",
            "- acme-admins\n- acme-devs\n",
            "acme-admins: [alice]\nacme-devs: []\n",
            r#"{"items": [{"metadata": {"name": "acme-admins"}, "users": ["alice"]},
                {"metadata": {"name": "acme-devs"}}]}"#,
        ] {
            let names = read(text).unwrap_or_default();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            assert_eq!(names, ["acme-admins", "acme-devs"], "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_without_its_content() {
        for text in ["", "a: [SENTINEL", "a: SENTINEL", "- [SENTINEL]", "- - x"] {
            let said = read(text).err().map(|error| error.to_string());
            assert!(
                said.is_some_and(|said| !said.contains("SENTINEL")),
                "{text}"
            );
        }
    }
}
