//! Promotions that cannot work, or should not be.

use std::collections::HashMap;

use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, Look, LookAtFile, params};
use crate::finding::{Draft, Place};
use crate::model::ci_operator::{CiConfig, PromotionTarget};
use crate::model::{File, Statements};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "fault", rename_all = "kebab-case")]
pub(in crate::checks) enum Promotion {
    /// A target in a namespace that may not be promoted to.
    Namespace {
        /// Namespaces that are forbidden.
        #[serde(deserialize_with = "params::pattern")]
        forbidden: Regex,
        /// Forbidden ones that are allowed all the same.
        allowed: Vec<String>,
    },
    /// A target in a payload namespace that names each image's stream, with a version for a tag.
    VersionTag {
        /// The payload namespaces.
        namespaces: Vec<String>,
        /// What a version looks like.
        #[serde(deserialize_with = "params::pattern")]
        version: Regex,
    },
    /// A target with neither or both of `name` and `tag`, without a namespace, or that is there
    /// twice (openshift/ci-tools `pkg/validation/config.go` `validatePromotionConfiguration`).
    Target {},
}

impl Look for Promotion {
    /// Targets beside `to`, where the checkout has those.
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        if !checkout.layout.promotes_beside_to() {
            return;
        }
        for file in checkout.files() {
            if let Statements::CiConfig(config) = &file.statements {
                let beside = config.promotion.iter().filter(|t| t.is_beside_to);
                drafts.extend(beside.filter_map(|target| self.judge(file, target)));
            }
        }
    }

    fn of_each_file(&self) -> Option<&dyn LookAtFile> {
        Some(self)
    }
}

impl LookAtFile for Promotion {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        if let Statements::CiConfig(config) = &file.statements {
            let below = config.promotion.iter().filter(|t| !t.is_beside_to);
            drafts.extend(below.filter_map(|target| self.judge(file, target)));
            if matches!(self, Self::Target {}) {
                twice(file, config, drafts);
            }
        }
    }
}

impl Promotion {
    fn judge(&self, file: &File, target: &PromotionTarget) -> Option<Draft> {
        let namespace = target.namespace.as_ref();
        match self {
            Self::Namespace { forbidden, allowed } => {
                let namespace = namespace?;
                let name = &*namespace.value;
                if !forbidden.is_match(name) || allowed.iter().any(|a| a == name) {
                    return None;
                }
                let draft = Draft::new(
                    Place::new(&file.path, namespace.span),
                    name,
                    format!("images may not be promoted to namespace `{name}`"),
                );
                Some(draft.help(format!(
                    "it is managed by Red Hat: forbidden is whatever matches `{forbidden}`; choose a \
                     namespace of your own"
                )))
            }
            Self::VersionTag {
                namespaces,
                version,
            } => {
                let (namespace, tag) = (namespace?, target.tag.as_ref()?);
                let in_payload = namespaces.iter().any(|name| **name == *namespace.value);
                if !in_payload || !version.is_match(&tag.value) {
                    return None;
                }
                let draft = Draft::new(
                    Place::new(&file.path, tag.span),
                    format!("{}:{}", namespace.value, tag.value),
                    format!(
                        "`tag: {}` in namespace `{}` publishes outside the release stream",
                        tag.value, namespace.value
                    ),
                );
                Some(draft.help(format!(
                    "a payload's images are tags of one stream: write `name: \"{0}\"`; with `tag` each \
                     image becomes a stream of its own with the tag `{0}`",
                    tag.value
                )))
            }
            Self::Target {} => {
                let missing = match (namespace, &target.name, &target.tag) {
                    (None, ..) => "no `namespace`",
                    (_, None, None) => "neither `name` nor `tag`",
                    (_, Some(_), Some(_)) => "both `name` and `tag`",
                    _ => return None,
                };
                let draft = Draft::new(
                    Place::new(&file.path, target.anchor()),
                    missing,
                    format!("the promotion target has {missing}"),
                );
                Some(draft.help(
                    "ci-operator refuses the config: `name` publishes every image as a tag of one \
                     stream, `tag` as a stream of its own; exactly one of the two is needed",
                ))
            }
        }
    }
}

/// Targets below `to` with the same namespace and the same name or tag as an earlier one.
fn twice(file: &File, config: &CiConfig, drafts: &mut Drafts) {
    let mut known: HashMap<_, &PromotionTarget> = HashMap::new();
    for target in config.promotion.iter().filter(|t| !t.is_beside_to) {
        let [Some(namespace), name, tag] = [&target.namespace, &target.name, &target.tag]
            .map(|text| text.as_ref().map(|t| &*t.value))
        else {
            continue;
        };
        if name.is_some() == tag.is_some() {
            continue; // reported as it is
        }
        let Some(first) = known.get(&(namespace, name, tag)) else {
            known.insert((namespace, name, tag), target);
            continue;
        };
        let what = name.or(tag).unwrap_or_default();
        let field = if name.is_some() { "name" } else { "tag" };
        let draft = Draft::new(
            Place::new(&file.path, target.anchor()),
            format!("{namespace} {field} {what}"),
            format!(
                "another target publishes to namespace `{namespace}` with `{field}: {what}` already"
            ),
        );
        drafts.push(
            draft
                .help(
                    "ci-operator refuses the config: make one target of the two, or give one of \
                     them another name",
                )
                .related(
                    Place::new(&file.path, first.anchor()),
                    "the first of the two",
                ),
        );
    }
}
