//! Promotions that cannot work, or should not be.

use regex::Regex;
use serde::Deserialize;

use super::{Check, Drafts, FileCheck, params};
use crate::finding::{Draft, Place};
use crate::model::ci_operator::PromotionTarget;
use crate::model::{File, Statements};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "fault", rename_all = "kebab-case")]
pub(super) enum Promotion {
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
    /// A target with neither or both of `name` and `tag`, or without a namespace.
    Target {},
}

impl Check for Promotion {
    fn of_each_file(&self) -> Option<&dyn FileCheck> {
        Some(self)
    }
}

impl FileCheck for Promotion {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        if let Statements::CiConfig(config) = &file.statements {
            let faults = config.promotion.iter();
            drafts.extend(faults.filter_map(|target| self.judge(file, target)));
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
                if !forbidden.is_match(name) || allowed.iter().any(|a| a == name) || target.disabled
                {
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
