//! Who may pull the images of a namespace: a folder with OWNERS, the Namespace and the binding.

use super::names::Group;
use super::result::{Parts, Proposal, Refused};
use super::{RegistryAccess, owners};
use crate::checkout::Checkout;
use crate::syntax::placeholders::{fill, fill_yaml};

const MANIFEST: &str = include_str!("../../rules/new/registry-access.yaml");
const SUBJECT: &str = include_str!("../../rules/new/subject.yaml");
const ROVER_GROUPS: &str = include_str!("../../rules/new/rover-groups.txt");

pub(super) fn propose(checkout: &Checkout, access: &RegistryAccess) -> Result<Proposal, Refused> {
    let namespace = access.namespace.as_str();
    let folder = &checkout.conventions.clusters.registry_access;
    let mut parts = Parts::new(checkout);
    parts.file(
        &format!("{folder}/{namespace}/OWNERS"),
        owners(&access.approvers),
    );
    let mut subjects: Vec<String> = Vec::new();
    for group in &access.pull {
        let subject = fill_yaml(SUBJECT.trim_end(), |name| {
            (name == "group").then_some(group.as_str())
        });
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let subjects = subjects.join("\n");
    let manifest = fill_yaml(MANIFEST, |name| match name {
        "namespace" => Some(namespace),
        "subjects" => Some(&subjects),
        _ => None,
    });
    parts.file(
        &format!("{folder}/{namespace}/admin_manifest.yaml"),
        manifest,
    );
    let groups = access.pull.iter().filter(|group| !group.is_of_cluster());
    let groups: Vec<&str> = groups.map(Group::as_str).collect();
    if !groups.is_empty() {
        let groups = groups.join(", ");
        let rover = fill(ROVER_GROUPS, |name| (name == "groups").then_some(&*groups));
        parts.left_to_do(rover, None);
    }
    parts.finish()
}
