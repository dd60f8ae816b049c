//! A secretsync index: names of secrets that users keep in Vault, exported by one of them
//! (`docs/domain.md#vault-and-secretsync`).
//!
//! Such a file may hold the secrets themselves. Of it, only the values of `secretsync/*` keys and
//! the names of all other keys are kept; the text is dropped, and no message quotes it.

use thiserror::Error;

use crate::syntax::span::LineIndex;
use crate::syntax::yaml::{self, Node, Value};

/// What secretsync's own keys start with.
const PREFIX: &str = "secretsync/";

/// How deep an entry may lie: `vault kv get -format=json` puts it at `data.data`.
const MAX_DEPTH: usize = 8;

/// One secret of Vault that is synced to clusters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the index, from 1.
    pub number: usize,
    /// `secretsync/target-namespace`.
    pub namespace: Option<String>,
    /// `secretsync/target-name`.
    pub name: Option<String>,
    /// `secretsync/target-clusters`; absent or empty means all.
    pub clusters: Option<String>,
    /// `secretsync/target-labels`: `key:value`, with commas between.
    pub labels: Option<String>,
    /// Names of the other keys.
    pub keys: Vec<String>,
    /// Keys that start with `secretsync/` and are none of the four.
    pub unknown: Vec<String>,
}

/// An index that cannot be used. Says nothing of its content.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum IndexError {
    /// Not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// Neither YAML nor JSON.
    #[error("it is neither YAML nor JSON: line {0} cannot be read")]
    Syntax(usize),
    /// Nothing in it is a secret that is synced.
    #[error("it has no key that starts with `secretsync/`")]
    Empty,
}

/// Reads an index: a mapping with the keys, a list of such, or what `vault kv get -format=json`
/// prints.
///
/// # Errors
/// When it is not readable, or has nothing to say.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, IndexError> {
    let text = str::from_utf8(bytes).map_err(|_| IndexError::NotUtf8)?;
    let arena = yaml::Arena::new();
    let stream = yaml::parse(text, &yaml::Limits::default(), &arena);
    let fatal = stream
        .faults
        .iter()
        .find(|fault| !matches!(fault.kind, yaml::FaultKind::DuplicateKey { .. }));
    if let Some(fault) = fatal {
        let position = LineIndex::new(text).position(
            text,
            fault.span.start,
            crate::syntax::span::ColumnUnit::Scalars,
        );
        return Err(IndexError::Syntax(position.line));
    }
    let mut entries = Vec::new();
    for document in &stream.documents {
        collect(document, 0, &mut entries);
    }
    if entries.is_empty() {
        return Err(IndexError::Empty);
    }
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.number = at + 1;
    }
    Ok(entries)
}

fn collect(node: &Node<'_>, depth: usize, entries: &mut Vec<Entry>) {
    if depth > MAX_DEPTH {
        return;
    }
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence(items) => {
            for item in *items {
                collect(item, depth + 1, entries);
            }
        }
        Value::Mapping(_) => {
            let is_entry = node
                .entries()
                .any(|e| e.key.as_str().is_some_and(|key| key.starts_with(PREFIX)));
            if is_entry {
                entries.push(entry(node));
                return;
            }
            for inner in node.entries() {
                collect(&inner.value, depth + 1, entries);
            }
        }
    }
}

fn entry(node: &Node<'_>) -> Entry {
    let mut entry = Entry::default();
    for pair in node.entries() {
        let Some(key) = pair.key.as_str() else {
            continue;
        };
        let value = || Some(pair.value.as_str().unwrap_or_default().to_owned());
        match key.strip_prefix(PREFIX) {
            Some("target-namespace") => entry.namespace = value(),
            Some("target-name") => entry.name = value(),
            Some("target-clusters") => entry.clusters = value(),
            Some("target-labels") => entry.labels = value(),
            Some(_) => entry.unknown.push(key.to_owned()),
            None => entry.keys.push(key.to_owned()),
        }
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_form_is_read() {
        let plain = "secretsync/target-namespace: ci\nsecretsync/target-name: a\nconfig.json: x\n";
        let list = format!("- {}", plain.trim_end().replace('\n', "\n  "));
        let vault = r#"{"request_id": "1", "data": {"data": {"config.json": "x",
            "secretsync/target-name": "a", "secretsync/target-namespace": "ci"},
            "metadata": {"version": 1}}, "warnings": null}"#;
        for text in [plain, &list, vault] {
            let entries = read(text.as_bytes()).unwrap_or_default();
            assert_eq!(entries.len(), 1, "{text}");
            assert_eq!(entries[0].name.as_deref(), Some("a"));
            assert_eq!(entries[0].namespace.as_deref(), Some("ci"));
            assert_eq!(entries[0].keys, ["config.json"]);
        }
    }

    #[test]
    fn what_cannot_be_used_is_said_without_its_content() {
        let said = |text: &[u8]| read(text).err().map(|error| error.to_string());
        assert_eq!(
            said(b"a: [SENTINEL"),
            Some("it is neither YAML nor JSON: line 1 cannot be read".to_owned())
        );
        assert_eq!(
            said(b"a: SENTINEL").as_deref(),
            Some("it has no key that starts with `secretsync/`")
        );
        assert_eq!(said(b"\xff").as_deref(), Some("it is not UTF-8"));
        assert!(said(b"").is_some() && said(b"- 1\n- [null]\n").is_some());
    }
}
