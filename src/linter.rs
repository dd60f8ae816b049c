//! The linter: rules, policy and inputs made ready, and the run that the command line and the
//! language server share.

mod next;
mod owners;
mod policy;
mod proposal;
mod review;
mod root;
mod run;
mod sound;

use std::sync::Arc;

use thiserror::Error;

use crate::checkout::{Checkout, Inputs};
use crate::checks::needs_answers;
use crate::config::PolicyError;
use crate::engine::{Plan, PlanError};
use crate::finding::Finding;
use crate::findings::{BASELINE_PATH, Policy};
use crate::model::{self, Conventions, File, ParsedFiles, conventions::ConventionsError};
use crate::rules::{Catalogue, Rule, RuleError};
use crate::tree::{RepoPath, Tree, TreeError};

pub use next::{Linted, Next};
pub use owners::name_owners;
pub use policy::{
    baseline_in, config_in, conventions_in, index_entries, indexes_in, policy_files_in, policy_in,
};
pub use review::{BaseFindings, Divergence, Review};
pub use root::{NoCheckout, checkout_root};
pub use run::{Cache, Outcome};

/// Why linting cannot start.
#[derive(Debug, Error)]
pub enum SetupError {
    /// A rule page.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A rule that cannot be run.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The config or the baseline.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The conventions, which a test rules out.
    #[error(transparent)]
    Conventions(#[from] ConventionsError),
    /// The tree that they are read from.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// An export of secrets.
    #[error("cannot use the secretsync index `{path}`: {reason}")]
    Index {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that should hold text.
    #[error("`{0}` is not UTF-8")]
    NotUtf8(String),
}

/// Rules ready to run, and what the user says about them.
pub struct Linter {
    /// What is taken for granted about the repository.
    pub conventions: Conventions,
    /// What the user gives beside the checkout.
    pub inputs: Inputs,
    /// The rules that run.
    pub plan: Plan,
    /// What the user says about findings.
    pub policy: Policy,
    /// What was parsed already.
    pub parsed: ParsedFiles,
}

impl Linter {
    /// Gives the rules of `catalogue` the parameters of the config, and makes ready those that
    /// `picks` and the config want.
    ///
    /// # Errors
    /// For a rule that cannot be run.
    pub fn new(
        mut catalogue: Catalogue,
        policy: Policy,
        inputs: Inputs,
        picks: impl Fn(&Rule) -> bool,
    ) -> Result<Self, SetupError> {
        policy.config.configure(&mut catalogue);
        let plan = Plan::new(&catalogue, |rule| {
            let is_answered = inputs.known.tells_of_images() || !needs_answers(rule.id());
            picks(rule) && is_answered && !policy.config.is_off(rule.id())
        })?;
        Ok(Self {
            conventions: policy.config.conventions()?,
            inputs,
            plan,
            policy,
            parsed: ParsedFiles::default(),
        })
    }

    /// Whether `finding` lies in the `part` of the checkout that is reported, or is of a change that
    /// breaks a file there. What the user gives beside the checkout always does.
    #[must_use]
    pub fn is_in_part(&self, finding: &Finding, part: &RepoPath) -> bool {
        let path = &finding.place.path;
        let mut indexes = self.inputs.secretsync.iter();
        let mut broken = finding.affected.files.iter();
        path.is_within(part.as_str())
            || indexes.any(|(name, _)| name == path)
            || finding.is_new() && broken.any(|file| file.path.is_within(part.as_str()))
    }

    /// The text of the file at `path` that a finding in `checkout` may point into: one of the
    /// checkout's, or the baseline.
    #[must_use]
    pub fn text<'t>(&'t self, checkout: &'t Checkout, path: &RepoPath) -> Option<&'t str> {
        if path.as_str() == BASELINE_PATH {
            return Some(self.policy.baseline.text());
        }
        checkout.text(path)
    }

    /// Reads the files of `tree`, but for those that were parsed before.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read.
    pub fn read(&self, tree: &dyn Tree) -> Result<Vec<Arc<File>>, TreeError> {
        model::load(tree, &self.conventions, &self.parsed)
    }

    /// Reads `tree` as a checkout, but for the files that were parsed before.
    ///
    /// # Errors
    /// When the tree as a whole cannot be read.
    pub fn load(&self, tree: &dyn Tree) -> Result<Checkout, TreeError> {
        Ok(self.checkout(self.read(tree)?))
    }

    fn checkout(&self, files: Vec<Arc<File>>) -> Checkout {
        Checkout::new(files, &self.conventions, &self.inputs)
    }
}
