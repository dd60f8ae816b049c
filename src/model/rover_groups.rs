//! `core-services/sync-rover-groups/_config.yaml`: groups that come from Rover.

use crate::syntax::yaml::Node;

/// Which groups are renamed or sent to chosen clusters. A group need not stand here: being used
/// as a subject is enough (`docs/domain.md#rover-groups`).
#[derive(Debug, Default)]
pub struct RoverGroups {
    /// Names as they arrive in a cluster.
    pub groups: Vec<String>,
}

pub(super) fn read(documents: &[Node<'_>]) -> RoverGroups {
    let groups = documents
        .iter()
        .filter_map(|document| document.get("groups"))
        .flat_map(Node::entries)
        .filter_map(|entry| {
            let renamed = entry.value.get("rename_to").and_then(Node::as_str);
            Some(renamed.or_else(|| entry.key.as_str())?.to_owned())
        })
        .collect();
    RoverGroups { groups }
}
