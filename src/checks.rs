//! The rules' checks, grouped by what they are about: each a pure function of a checkout, or of a part of
//! it, to findings.
//!
//! A rule is found by its id ([`prepare`]). What its check looks at is its `Scope`. A few
//! [`MECHANISMS`] are not one rule's own: a page asks for one with `check:` and says with `params:`
//! what it is to look for.

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

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checkout::mirroring::{MirrorJob, MirroredFile};
use crate::finding::{Draft, Finding, Severity};
use crate::model::ci_operator::CiConfig;
use crate::model::{Conventions, File, Statements};

/// A rule's check, ready to run.
pub struct Check {
    scopes: Vec<Scope>,
    severity_of_new: Option<SeverityOfNew>,
    advice_on_new: Option<AdviceOnNew>,
}

/// How bad a finding is that a change to a base introduces, in the light of what the base has;
/// `None` where that makes no difference.
type SeverityOfNew = fn(&Finding, &Checkout) -> Option<Severity>;

/// What to do about such a finding; `None` where the base tells no better.
type AdviceOnNew = fn(&Finding, &Checkout) -> Option<Advice>;

/// What the base tells about a finding that a change introduces.
pub struct Advice {
    /// The next step.
    pub help: String,
    /// What is to stand at the finding's place, should that be meant.
    pub meant: Option<String>,
}

/// What a check looks at, and so what it must look at again after an edit.
enum Scope {
    /// Each file by itself: what was edited.
    File(Box<LookAtFile>),
    /// A checkout: all of it.
    Checkout(Box<LookAtCheckout>),
    /// What a change makes of a checkout: both. Places lie in the second.
    Change {
        look: Box<LookAtChange>,
        still_broken: Box<HowLong>,
    },
}

type LookAtFile = dyn Fn(&File, &Conventions, &mut Drafts) + Send + Sync;
type LookAtCheckout = dyn Fn(&Checkout, &mut Drafts) + Send + Sync;
type LookAtChange = dyn Fn(&Checkout, &Checkout, &mut Drafts) + Send + Sync;

/// Makes of a finding about a change, and of what the change made of the checkout, the question to
/// ask later checkouts.
type HowLong = dyn Fn(&Finding, &Checkout) -> StillBroken + Send + Sync;

/// Whether what a change broke is still broken in a later checkout.
pub type StillBroken = Box<dyn Fn(&Checkout) -> bool + Send + Sync>;

/// A check that looks at each file by itself.
fn each_file(look: impl Fn(&File, &mut Drafts) + Send + Sync + 'static) -> Check {
    each_file_by_conventions(move |file, _, drafts| look(file, drafts))
}

/// A check that looks at each file by itself, and asks the conventions.
fn each_file_by_conventions(
    look: impl Fn(&File, &Conventions, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    Check::of(Scope::File(Box::new(look)))
}

/// A check that looks at each ci-operator config by itself.
fn each_config(look: impl Fn(&File, &CiConfig, &mut Drafts) + Send + Sync + 'static) -> Check {
    each_file(move |file, drafts| {
        if let Statements::CiConfig(config) = &file.statements {
            look(file, config, drafts);
        }
    })
}

/// A check that looks at each mapping file.
fn each_mapping_file(
    look: impl Fn(&Checkout, &MirroredFile, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        for file in &checkout.mirroring().files {
            look(checkout, file, drafts);
        }
    })
}

/// A check that looks at each mirror job.
fn each_mirror_job(
    look: impl Fn(&Checkout, &MirrorJob, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        for job in &checkout.mirroring().jobs {
            look(checkout, job, drafts);
        }
    })
}

/// A check that looks at each object of a manifest that is applied.
fn each_object(look: impl Fn(&Checkout, &ObjectAt, &mut Drafts) + Send + Sync + 'static) -> Check {
    whole_checkout(move |checkout, drafts| {
        for object in checkout
            .access()
            .objects
            .iter()
            .filter(|object| object.is_applied)
        {
            look(checkout, object, drafts);
        }
    })
}

/// The objects that are applied to the cluster behind the central registry.
fn central_objects(checkout: &Checkout) -> impl Iterator<Item = &ObjectAt> {
    let central = &checkout.conventions.clusters.central;
    let objects = checkout.access().objects.iter();
    objects.filter(move |object| object.is_applied && object.file.path.is_within(central))
}

/// A check that looks at each of the [`central_objects`].
fn each_central_object(
    look: impl Fn(&Checkout, &ObjectAt, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        for object in central_objects(checkout) {
            look(checkout, object, drafts);
        }
    })
}

/// A check that looks at the checkout as a whole.
fn whole_checkout(look: impl Fn(&Checkout, &mut Drafts) + Send + Sync + 'static) -> Check {
    Check::of(Scope::Checkout(Box::new(look)))
}

/// A check that looks at what a change makes of a base. No later checkout has its findings, so
/// `still_broken` says of each how to see whether it holds there.
fn change(
    look: impl Fn(&Checkout, &Checkout, &mut Drafts) + Send + Sync + 'static,
    still_broken: impl Fn(&Finding, &Checkout) -> StillBroken + Send + Sync + 'static,
) -> Check {
    Check::of(Scope::Change {
        look: Box::new(look),
        still_broken: Box::new(still_broken),
    })
}

impl Check {
    fn of(scope: Scope) -> Self {
        Self {
            scopes: vec![scope],
            severity_of_new: None,
            advice_on_new: None,
        }
    }

    /// A check that looks at what `other` looks at too.
    fn and(mut self, other: Self) -> Self {
        self.scopes.extend(other.scopes);
        self
    }

    /// The same, with a severity of its own for what is new.
    fn grading_new(self, severity_of_new: SeverityOfNew) -> Self {
        Self {
            severity_of_new: Some(severity_of_new),
            ..self
        }
    }

    /// The same, with advice of its own on what is new.
    fn advising_new(self, advice_on_new: AdviceOnNew) -> Self {
        Self {
            advice_on_new: Some(advice_on_new),
            ..self
        }
    }

    /// Adds what it finds in `file` by itself to `drafts`: with the same conventions, it stays the
    /// same until the file changes.
    pub fn run_on_file(&self, file: &File, conventions: &Conventions, drafts: &mut Drafts) {
        for scope in &self.scopes {
            if let Scope::File(look) = scope {
                look(file, conventions, drafts);
            }
        }
    }

    /// Adds what it finds in `checkout` to `drafts`, but for what [`Check::run_on_file`] finds.
    pub fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for scope in &self.scopes {
            if let Scope::Checkout(look) = scope {
                look(checkout, drafts);
            }
        }
    }

    /// Adds what turning `base` into `result` breaks to `drafts`.
    pub fn run_on_change(&self, base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
        for scope in &self.scopes {
            if let Scope::Change { look, .. } = scope {
                look(base, result, drafts);
            }
        }
    }

    /// Whether `finding`, which [`Check::run_on_change`] made of a change to `result`, holds in later
    /// checkouts; `None` where this check compares nothing.
    #[must_use]
    pub fn still_broken(&self, finding: &Finding, result: &Checkout) -> Option<StillBroken> {
        self.scopes.iter().find_map(|scope| match scope {
            Scope::Change { still_broken, .. } => Some(still_broken(finding, result)),
            Scope::File(_) | Scope::Checkout(_) => None,
        })
    }

    /// Whether it finds something in files by themselves.
    #[must_use]
    pub fn looks_at_files(&self) -> bool {
        let is_file = |scope: &Scope| matches!(scope, Scope::File(_));
        self.scopes.iter().any(is_file)
    }

    /// Whether it compares a base with what a change makes of it.
    #[must_use]
    pub fn compares(&self) -> bool {
        let is_change = |scope: &Scope| matches!(scope, Scope::Change { .. });
        self.scopes.iter().any(is_change)
    }

    /// How bad `finding`, one of this check that a change to `base` introduces, is in the light of
    /// what the base has; `None` where that makes no difference.
    #[must_use]
    pub fn severity_of_new(&self, finding: &Finding, base: &Checkout) -> Option<Severity> {
        self.severity_of_new?(finding, base)
    }

    /// What to do about such a finding in the light of what the base has; `None` where that makes no
    /// difference.
    #[must_use]
    pub fn advice_on_new(&self, finding: &Finding, base: &Checkout) -> Option<Advice> {
        self.advice_on_new?(finding, base)
    }
}

/// The findings of one check, as they come.
#[derive(Debug, Default)]
pub struct Drafts(Vec<Draft>);

impl Drafts {
    /// Adds a finding.
    pub fn push(&mut self, draft: Draft) {
        self.0.push(draft);
    }

    /// Adds findings.
    pub fn extend(&mut self, drafts: impl IntoIterator<Item = Draft>) {
        self.0.extend(drafts);
    }

    /// All of them.
    #[must_use]
    pub fn into_vec(self) -> Vec<Draft> {
        self.0
    }
}

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
