//! `core-services/sync-rover-groups/_config.yaml`: groups that come from Rover (openshift/ci-tools
//! pkg/group/config.go).

use crate::syntax::yaml::{Entry, Node};

use super::schema::{self, Fault, Schema};
use super::shape::{Text, text, text_at, texts, texts_at};
use Schema::{List, Map, Object, Scalar};

const CONFIG: Schema = Object(&[
    ("cluster_groups", Map(&List(&Scalar))),
    ("groups", Map(&GROUP)),
]);

const GROUP: Schema = Object(&[
    ("cluster_groups", List(&Scalar)),
    ("clusters", List(&Scalar)),
    ("rename_to", Scalar),
    ("secret_collections", List(&Scalar)),
]);

/// Which groups are renamed or sent to chosen clusters. A group need not stand here: being used
/// as a subject is enough (`docs/domain.md#rover-groups`).
#[derive(Debug, Default)]
pub struct RoverGroups {
    /// The names of `cluster_groups`, and the clusters in each.
    pub cluster_groups: Vec<(Text, Vec<Text>)>,
    /// `groups`.
    pub groups: Vec<RoverGroup>,
    /// Fields that do not exist, and values of the wrong shape.
    pub faults: Vec<Fault>,
}

/// One item of `groups`.
#[derive(Debug)]
pub struct RoverGroup {
    /// Its name in Rover.
    pub name: Text,
    /// `rename_to`: what it is called in the clusters.
    pub renamed: Option<Text>,
    /// `clusters`: where it is to be.
    pub clusters: Vec<Text>,
    /// `cluster_groups`: by which it is to be on their clusters too.
    pub cluster_groups: Vec<Text>,
    /// `secret_collections`: what of Google Secret Manager it may read and write.
    pub collections: Vec<Text>,
}

pub(super) fn read(documents: &[Node<'_>]) -> RoverGroups {
    let Some(root) = documents.first() else {
        return RoverGroups::default();
    };
    let groups = root.get("groups").into_iter().flat_map(Node::entries);
    let cluster_groups = root.get("cluster_groups").into_iter();
    RoverGroups {
        cluster_groups: cluster_groups
            .flat_map(Node::entries)
            .filter_map(|entry| Some((text(&entry.key)?, texts(&entry.value))))
            .collect(),
        groups: groups.filter_map(group).collect(),
        faults: schema::check(root, &CONFIG),
    }
}

fn group(entry: &Entry<'_>) -> Option<RoverGroup> {
    Some(RoverGroup {
        name: text(&entry.key)?,
        renamed: text_at(&entry.value, "rename_to"),
        clusters: texts_at(&entry.value, "clusters"),
        cluster_groups: texts_at(&entry.value, "cluster_groups"),
        collections: texts_at(&entry.value, "secret_collections"),
    })
}
