//! Roles that are not for everybody.

use regex::Regex;
use serde::Deserialize;

use super::lost_rights;
use crate::checkout::access::ObjectAt;
use crate::checks::params;
use crate::finding::Draft;
use crate::model::manifest::access::{Binding, IMAGE_PULLER};

/// `rbac-push`: a role that changes what is in a namespace, for everybody.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Everybody {
    /// Groups in which everybody is.
    groups: Vec<String>,
    /// Roles that push images, or more.
    #[serde(deserialize_with = "params::pattern")]
    roles: Regex,
}

impl Everybody {
    pub(super) fn check(&self, object: &ObjectAt, binding: &Binding) -> Option<Draft> {
        let role = binding.role_ref.as_ref()?.name.as_ref()?;
        let groups = binding.subjects.iter();
        let mut groups = groups.filter_map(|subject| {
            let is_group = matches!(subject.kind(), "Group" | "SystemGroup");
            subject.name.as_ref().filter(|_| is_group)
        });
        let group = groups.find(|name| self.groups.iter().any(|all| **all == *name.value))?;
        if !self.roles.is_match(&role.value) {
            return None;
        }
        let whither = match object.namespace() {
            "" => "all namespaces".to_owned(),
            namespace => format!("namespace `{namespace}`"),
        };
        Some(
            Draft::new(
                object.place(role.span),
                format!("{}/{} {}", object.namespace(), object.name(), role.value),
                format!(
                    "everybody in `{}` is given `{}` in {whither}",
                    group.value, role.value
                ),
            )
            .help(format!(
                "whoever has this role can replace the images that others pull; everybody may at most \
                 pull, which is `{IMAGE_PULLER}`"
            ))
            .related(object.place(group.span), "everybody")
            .explains(lost_rights(&object.file.path)),
        )
    }
}
