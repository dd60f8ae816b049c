//! `core-services/ci-secret-bootstrap/_config.yaml`: which secrets the platform team puts where
//! (openshift/ci-tools pkg/api/secretbootstrap; `docs/domain.md#ci-secret-bootstrap`).

use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

use super::gsm::groups;
use super::schema::{self, Fault, Schema};
use super::shape::{Text, text, text_at, texts_at};
use Schema::{Bool, List, Map, Object, Text as Str};

const CONFIG: Schema = Object(&[
    ("cluster_groups", Map(&List(&Str))),
    ("secret_configs", List(&SECRET)),
    ("user_secrets_target_clusters", List(&Str)),
    ("vault_dptp_prefix", Str),
]);

const SECRET: Schema = Object(&[("from", Map(&KEY)), ("to", List(&TARGET))]);

const KEY: Schema = Object(&[
    ("attachment", Str),
    ("attribute", Str),
    ("base64_decode", Bool),
    ("bw_item", Str),
    ("dockerconfigJSON", List(&REGISTRY)),
    ("field", Str),
    ("item", Str),
]);

const REGISTRY: Schema = Object(&[
    ("auth_bw_attachment", Str),
    ("auth_field", Str),
    ("bw_item", Str),
    ("email_bw_field", Str),
    ("email_field", Str),
    ("item", Str),
    ("registry_url", Str),
    ("registry_url_bw_field", Str),
    ("registry_url_field", Str),
]);

const TARGET: Schema = Object(&[
    ("cluster", Str),
    ("cluster_groups", List(&Str)),
    ("name", Str),
    ("namespace", Str),
    ("type", Str),
]);

/// The whole configuration.
#[derive(Debug, Default)]
pub struct SecretBootstrap {
    /// `cluster_groups`: name and clusters.
    pub groups: Vec<(Text, Vec<Text>)>,
    /// `secret_configs`.
    pub secrets: Vec<SecretConfig>,
    /// `user_secrets_target_clusters`: where users' secrets go unless they say.
    pub user_clusters: Vec<Text>,
    /// `vault_dptp_prefix`: what is put in front of every item.
    pub item_prefix: Option<Text>,
    /// Whether users' secrets come from Vault: `vault_dptp_prefix` or
    /// `user_secrets_target_clusters` is there. Before, a secret could only be made by hand.
    pub knows_vault: bool,
    /// Fields that do not exist, and values of the wrong shape.
    pub faults: Vec<Fault>,
}

/// One item of `secret_configs`.
#[derive(Debug)]
pub struct SecretConfig {
    /// The whole item.
    pub span: Span,
    /// `from`: the secret's keys.
    pub from: Vec<Key>,
    /// `to`: where it goes.
    pub to: Vec<Target>,
}

/// One key of a secret, and where its value comes from.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: Text,
    /// `item`, or `bw_item` when the values lay in Bitwarden.
    pub item: Option<Text>,
    /// `field`, or Bitwarden's `attachment` or `attribute`.
    pub field: Option<Text>,
    /// `dockerconfigJSON`: its entries.
    pub registries: Option<Vec<Registry>>,
}

/// One entry of `dockerconfigJSON`.
#[derive(Debug)]
pub struct Registry {
    /// The whole item.
    pub span: Span,
    /// Where the credentials lie.
    pub item: Option<Text>,
    /// Which of the item's fields they are.
    pub auth: Option<Text>,
    /// For which registry.
    pub url: Option<Text>,
}

/// Where a secret goes.
#[derive(Debug)]
pub struct Target {
    /// The whole item.
    pub span: Span,
    /// `cluster`.
    pub cluster: Option<Text>,
    /// `cluster_groups`.
    pub groups: Vec<Text>,
    /// `namespace`.
    pub namespace: Option<Text>,
    /// `name`.
    pub name: Option<Text>,
    /// `type`.
    pub kind: Option<Text>,
}

impl Target {
    /// Where to point at when the target as such is meant.
    #[must_use]
    pub fn anchor(&self) -> Span {
        self.name.as_ref().map_or(self.span, |name| name.span)
    }
}

pub(super) fn read(documents: &[Node<'_>]) -> SecretBootstrap {
    let Some(root) = documents.first() else {
        return SecretBootstrap::default();
    };
    // Until mid-2020 the file was the list of secrets alone.
    let is_list = root.as_sequence().is_some();
    let schema = if is_list { &List(&SECRET) } else { &CONFIG };
    SecretBootstrap {
        groups: root
            .get("cluster_groups")
            .into_iter()
            .flat_map(groups)
            .collect(),
        secrets: root
            .get("secret_configs")
            .into_iter()
            .chain(is_list.then_some(root))
            .flat_map(Node::items)
            .filter(|item| item.as_mapping().is_some())
            .map(secret)
            .collect(),
        user_clusters: texts_at(root, "user_secrets_target_clusters"),
        item_prefix: text_at(root, "vault_dptp_prefix"),
        knows_vault: ["vault_dptp_prefix", "user_secrets_target_clusters"]
            .iter()
            .any(|key| root.get(key).is_some()),
        faults: schema::check(root, schema),
    }
}

fn secret(node: &Node<'_>) -> SecretConfig {
    let from = node.get("from").into_iter().flat_map(Node::entries);
    let to = node.get("to").into_iter().flat_map(Node::items);
    SecretConfig {
        span: node.span,
        from: from
            .filter_map(|entry| Some(key(text(&entry.key)?, &entry.value)))
            .collect(),
        to: to
            .filter(|item| item.as_mapping().is_some())
            .map(|item| Target {
                span: item.span,
                cluster: text_at(item, "cluster"),
                groups: texts_at(item, "cluster_groups"),
                namespace: text_at(item, "namespace"),
                name: text_at(item, "name"),
                kind: text_at(item, "type"),
            })
            .collect(),
    }
}

fn any_of(node: &Node<'_>, keys: &[&str]) -> Option<Text> {
    keys.iter().find_map(|key| text_at(node, key))
}

fn key(name: Text, node: &Node<'_>) -> Key {
    Key {
        name,
        item: any_of(node, &["item", "bw_item"]),
        field: any_of(node, &["field", "attachment", "attribute"]),
        registries: node
            .get("dockerconfigJSON")
            .filter(|value| !value.is_null())
            .map(|list| {
                list.items()
                    .map(|item| Registry {
                        span: item.span,
                        item: any_of(item, &["item", "bw_item"]),
                        auth: any_of(item, &["auth_field", "auth_bw_attachment"]),
                        url: any_of(
                            item,
                            &[
                                "registry_url",
                                "registry_url_field",
                                "registry_url_bw_field",
                            ],
                        ),
                    })
                    .collect()
            }),
    }
}
