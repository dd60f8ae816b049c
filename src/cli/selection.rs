//! Which rules run, and which findings are shown.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Failure;
use crate::finding::Severity;
use crate::report::RuleText;
use crate::rules::{Catalogue, Rule};
use crate::syntax::likeness::did_you_mean;

#[derive(Args)]
pub(super) struct Selection {
    /// Run only these rules (an id, or a prefix that ends in `*`)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Add the rule pages in DIR; a page with a known id takes that rule's place
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Lowest severity that is shown
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    severity: Level,
    /// Lowest severity that makes the exit status 1 [default: error; of `demo` and `replay`: never]
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Level {
    Error,
    Warning,
    Hint,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Hint,
    Never,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Hint => Self::Hint,
        }
    }
}

impl Selection {
    /// The catalogue with `--rules` laid over it.
    pub(super) fn catalogue(&self) -> Result<Catalogue, Failure> {
        let mut catalogue = Catalogue::builtin()?;
        for folder in &self.rules {
            catalogue.overlay(folder)?;
        }
        for pattern in self.select.iter().chain(&self.ignore) {
            if !catalogue.rules().any(|rule| rule.is_called(pattern)) {
                return Err(format!(
                    "no rule is called `{pattern}`; `mirrorlint rules` lists them{}",
                    did_you_mean(pattern, catalogue.rules().map(Rule::id))
                )
                .into());
            }
        }
        Ok(catalogue)
    }

    /// Whether `rule` is to run.
    pub(super) fn picks(&self, rule: &Rule) -> bool {
        rule.is_picked(&self.select, &self.ignore)
    }

    /// What reports say about the rules that run.
    pub(super) fn texts(&self, catalogue: &Catalogue) -> Vec<RuleText> {
        catalogue
            .rules()
            .filter(|rule| self.picks(rule))
            .map(|rule| RuleText {
                id: rule.id().to_owned(),
                title: rule.page.title.clone(),
                severity: rule.front_matter.severity,
                help_markdown: rule.page.explanation().to_owned(),
                page: rule.address(),
            })
            .collect()
    }

    /// The lowest severity that is shown. What fails a run is shown.
    pub(super) fn shown_from(&self) -> Severity {
        let asked: Severity = self.severity.into();
        self.fails_from().map_or(asked, |fails| asked.min(fails))
    }

    /// The lowest severity that makes the exit status 1.
    pub(super) fn fails_from(&self) -> Option<Severity> {
        match self.fail_on.unwrap_or(FailOn::Error) {
            FailOn::Never => None,
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Hint => Some(Severity::Hint),
        }
    }

    /// Whether `--fail-on` was given.
    pub(super) fn says_when_to_fail(&self) -> bool {
        self.fail_on.is_some()
    }

    /// Whether a finding of this severity makes the exit status 1.
    pub(super) fn fails(&self, severity: Severity) -> bool {
        self.fails_from().is_some_and(|from| severity >= from)
    }
}
