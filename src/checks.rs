//! The rules' checks, grouped by what they are about: each a pure function of a checkout, or of a part of
//! it, to findings.
//!
//! A rule is found by its id ([`prepare`]). A few [`MECHANISMS`] are not one rule's own: a page asks for one
//! with `check:` and says with `params:` what it is to look for.

mod check;
mod copied;
mod edits;
mod file;
mod habit;
mod image;
mod image_stream;
mod listing;
mod mapping;
mod mirror_job;
mod namespaces;
mod params;
mod rbac;
mod registry_access;
mod removed_line;
mod schema_fault;
mod secret;
pub(crate) mod unparsed;

use std::sync::Arc;

use serde::de::DeserializeOwned;

pub use check::{Advice, Check, Drafts, StillBroken};
use check::{
    central_objects, change, each_central_object, each_config, each_file, each_file_by_conventions,
    each_mapping_file, each_mirror_job, each_object, whole_checkout,
};

/// What a rule page gives its check as `params`.
#[derive(Clone, Copy)]
pub struct Params<'p>(&'p serde_yaml::Value);

impl Params<'_> {
    /// The parameters.
    fn read<P: DeserializeOwned>(self) -> Result<P, String> {
        let nothing = serde_yaml::Value::Mapping(serde_yaml::Mapping::new());
        let params = if self.0.is_null() { &nothing } else { self.0 };
        serde_yaml::from_value(params.clone()).map_err(|error| error.to_string())
    }
}

/// A rule's id, or the name of a mechanism, and how its check is made.
pub type Named = (&'static str, Prepare);

/// How a check is made.
#[derive(Clone, Copy)]
pub enum Prepare {
    /// There is one, and the page gives it no parameters.
    Fixed(fn() -> Check),
    /// By the page's parameters; the error says what is wrong with them.
    Given(fn(Params<'_>) -> Result<Check, String>),
}

/// A rule without parameters.
const fn rule(id: &'static str, check: fn() -> Check) -> Named {
    (id, Prepare::Fixed(check))
}

/// A rule with parameters, or a mechanism.
const fn rule_with(id: &'static str, check: fn(Params<'_>) -> Result<Check, String>) -> Named {
    (id, Prepare::Given(check))
}

impl Prepare {
    /// The check for a page with these `params`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(self, params: &serde_yaml::Value) -> Result<Check, String> {
        match self {
            Self::Fixed(check) if params.is_null() => Ok(check()),
            Self::Fixed(_) => Err("this rule takes none".to_owned()),
            Self::Given(check) => check(Params(params)),
        }
    }
}

/// What rules are about, and the rules of each group.
pub static GROUPS: &[(&str, &[Named])] = &[
    ("file", file::RULES),
    ("image", image::RULES),
    ("image-stream", image_stream::RULES),
    ("mapping", mapping::RULES),
    ("mirror-job", mirror_job::RULES),
    ("rbac", rbac::RULES),
    ("registry-access", registry_access::RULES),
    ("secret", secret::RULES),
    ("text", file::TEXT_RULES),
];

/// Rules that are no check of a checkout: findings about what the user says of findings, and
/// about a merge that git cannot make (`findings`).
pub const BUILT_IN: &[&str] = &["merge-conflict", "stale-baseline", "unused-suppression"];

/// Rules that say nothing where neither a registry nor a list is asked about images from outside.
const NEED_ANSWERS: &[&str] = &[
    "image-not-found",
    "image-not-pullable",
    "image-platform-missing",
    "supplemental-image-exists",
];

/// Whether a rule says nothing where neither a registry nor a list is asked about images from outside.
#[must_use]
pub fn needs_answers(rule: &str) -> bool {
    NEED_ANSWERS.contains(&rule)
}

/// Whether a rule is about a file as a text: what it finds holds where the rest of the file cannot
/// be understood.
#[must_use]
pub fn is_about_text(rule: &str) -> bool {
    file::TEXT_RULES.iter().any(|(id, _)| *id == rule)
}

/// How the check of a rule is made: by the mechanism that its page asks for, else as the rule's own.
#[must_use]
pub fn prepare(rule: &str, mechanism: Option<&str>) -> Option<Prepare> {
    let named = |known: &[Named], name: &str| {
        let mut known = known.iter();
        known
            .find(|(own, _)| *own == name)
            .map(|(_, prepare)| *prepare)
    };
    match mechanism {
        Some(mechanism) => named(MECHANISMS, mechanism),
        None => GROUPS.iter().find_map(|(_, rules)| named(rules, rule)),
    }
}

/// Mechanisms that several rules share, by the name that a page's `check` gives.
pub static MECHANISMS: &[Named] = &[
    rule_with("object-duplicate", rbac::object_duplicate::prepare),
    rule_with("placeholder", file::placeholder::prepare),
    rule_with("source-registry", |params| {
        let rule: mapping::source_registry::SourceRegistry = params.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
    rule_with("tag-grammar", |params| {
        let rule: Arc<image::tag_grammar::TagGrammar> = Arc::new(params.read()?);
        let same = Arc::clone(&rule);
        let found = whole_checkout(move |checkout, drafts| rule.run(checkout, drafts));
        Ok(found.and(change(
            move |base, result, drafts| same.run_on_change(base, result, drafts),
            image::tag_grammar::still_broken,
        )))
    }),
];
