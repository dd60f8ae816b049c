//! What a check is: what it looks at, and what it makes of that.

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
pub(super) fn each_file(look: impl Fn(&File, &mut Drafts) + Send + Sync + 'static) -> Check {
    each_file_by_conventions(move |file, _, drafts| look(file, drafts))
}

/// A check that looks at each file by itself, and asks the conventions.
pub(super) fn each_file_by_conventions(
    look: impl Fn(&File, &Conventions, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    Check::of(Scope::File(Box::new(look)))
}

/// A check that looks at each ci-operator config by itself.
pub(super) fn each_config(
    look: impl Fn(&File, &CiConfig, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    each_file(move |file, drafts| {
        if let Statements::CiConfig(config) = &file.statements {
            look(file, config, drafts);
        }
    })
}

/// A check that looks at each mapping file.
pub(super) fn each_mapping_file(
    look: impl Fn(&Checkout, &MirroredFile, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        for file in &checkout.mirroring().files {
            look(checkout, file, drafts);
        }
    })
}

/// A check that looks at each mirror job.
pub(super) fn each_mirror_job(
    look: impl Fn(&Checkout, &MirrorJob, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        for job in &checkout.mirroring().jobs {
            look(checkout, job, drafts);
        }
    })
}

/// A check that looks at each object of a manifest that is applied.
pub(super) fn each_object(
    look: impl Fn(&Checkout, &ObjectAt, &mut Drafts) + Send + Sync + 'static,
) -> Check {
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
pub(super) fn central_objects(checkout: &Checkout) -> impl Iterator<Item = &ObjectAt> {
    let central = &checkout.conventions.clusters.central;
    let objects = checkout.access().objects.iter();
    objects.filter(move |object| object.is_applied && object.file.path.is_within(central))
}

/// A check that looks at each of the [`central_objects`].
pub(super) fn each_central_object(
    look: impl Fn(&Checkout, &ObjectAt, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        for object in central_objects(checkout) {
            look(checkout, object, drafts);
        }
    })
}

/// A check that looks at the checkout as a whole.
pub(super) fn whole_checkout(
    look: impl Fn(&Checkout, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    Check::of(Scope::Checkout(Box::new(look)))
}

/// A check that looks at what a change makes of a base. No later checkout has its findings, so
/// `still_broken` says of each how to see whether it holds there.
pub(super) fn change(
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
    pub(super) fn and(mut self, other: Self) -> Self {
        self.scopes.extend(other.scopes);
        self
    }

    /// The same, with a severity of its own for what is new.
    pub(super) fn grading_new(self, severity_of_new: SeverityOfNew) -> Self {
        Self {
            severity_of_new: Some(severity_of_new),
            ..self
        }
    }

    /// The same, with advice of its own on what is new.
    pub(super) fn advising_new(self, advice_on_new: AdviceOnNew) -> Self {
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
