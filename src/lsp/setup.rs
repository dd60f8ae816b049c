//! Rules and policy of one workspace, read again whenever they change. What is broken keeps its
//! last good state, and is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Options;
use super::buffer::Buffer;
use super::settings::Settings;
use crate::checkout::Inputs;
use crate::config::{CONFIG_PATH, PolicyError};
use crate::finding::{Draft, Finding, Place, Severity};
use crate::findings::{BASELINE_PATH, Policy};
use crate::linter::{self, Linter, SetupError};
use crate::model::Conventions;
use crate::rules::{Catalogue, Rule};
use crate::syntax::span::Span;
use crate::tree::{self, Overlay, RepoPath, WorkTree};

/// The name under which a broken config or baseline is reported; no rule finds that.
pub const CONFIG_FAULT: &str = "config";

/// Rules and policy. Cheap to clone.
#[derive(Clone)]
pub struct Setup {
    rules: Vec<PathBuf>,
    settings: Settings,
    /// The rules before the config changed their parameters.
    catalogue: Catalogue,
    linter: Arc<Linter>,
    config_text: Option<String>,
    faults: Vec<Finding>,
    notices: Vec<String>,
}

impl Setup {
    /// Rules and no policy.
    ///
    /// # Errors
    /// When a rule page cannot be used.
    pub fn new(options: &Options, settings: Settings) -> Result<Self, SetupError> {
        let catalogue = catalogue(&options.rules)?;
        let (policy, inputs) = (Policy::default(), Inputs::default());
        let picks = |rule: &Rule| settings.picks(rule);
        Ok(Self {
            linter: Arc::new(Linter::new(catalogue.clone(), policy, inputs, picks)?),
            rules: options.rules.clone(),
            settings,
            catalogue,
            config_text: None,
            faults: Vec::new(),
            notices: Vec::new(),
        })
    }

    /// The rules that run, and the policy.
    #[must_use]
    pub fn linter(&self) -> &Arc<Linter> {
        &self.linter
    }

    /// The rules, as their pages have them.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Where files lie.
    #[must_use]
    pub fn conventions(&self) -> &Conventions {
        &self.linter.conventions
    }

    /// What the user gives beside the checkout.
    #[must_use]
    pub fn inputs(&self) -> &Inputs {
        &self.linter.inputs
    }

    /// What the editor is set to.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes other settings, which count from the next [`Self::read`] on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// The folders of rule pages.
    #[must_use]
    pub fn rule_folders(&self) -> &[PathBuf] {
        &self.rules
    }

    /// Whether a rule page lies at `path`.
    #[must_use]
    pub fn is_rule_page(&self, path: &Path) -> bool {
        let real = |folder: &PathBuf| folder.canonicalize().ok();
        let mut folders = self.rules.iter().filter_map(real);
        folders.any(|folder| path.starts_with(folder))
    }

    /// The text of the config or the baseline.
    #[must_use]
    pub fn text(&self, path: &RepoPath) -> Option<&str> {
        match path.as_str() {
            CONFIG_PATH => self.config_text.as_deref(),
            BASELINE_PATH => Some(self.linter.policy.baseline.text()),
            _ => None,
        }
    }

    /// Whether the policy depends on the file at `path`.
    #[must_use]
    pub fn reads(&self, path: &RepoPath) -> bool {
        let indexes = &self.linter.policy.config.secret_indexes;
        matches!(path.as_str(), CONFIG_PATH | BASELINE_PATH)
            || indexes.iter().any(|index| RepoPath::new(index) == *path)
    }

    /// What is wrong with config and baseline.
    pub fn findings(&self) -> impl Iterator<Item = Finding> + '_ {
        self.faults.iter().cloned()
    }

    /// Notes something to tell the user.
    pub fn notice(&mut self, notice: String) {
        self.notices.push(notice);
    }

    /// Whether there is something to be told.
    #[must_use]
    pub fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }

    /// What is to be told, once.
    pub fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }

    /// Reads rules, config and baseline of the checkout `tree`, over which `buffers` lie.
    pub fn read(&mut self, tree: &WorkTree, buffers: &BTreeMap<RepoPath, Arc<Buffer>>) {
        self.faults.clear();
        let mut over = Overlay::new(tree);
        for (path, buffer) in buffers {
            if self.conventions().kind(path.as_str()).is_none() {
                over.insert(path, buffer.text.as_bytes());
            }
        }
        match catalogue(&self.rules) {
            Ok(catalogue) => self.catalogue = catalogue,
            Err(error) => self.fault(&error),
        }
        let config_text = tree::read_file(&over, &RepoPath::new(CONFIG_PATH));
        let config_text = config_text.ok().flatten().map(String::from_utf8);
        self.config_text = config_text.and_then(Result::ok);
        let mut policy = self.linter.policy.clone();
        match linter::config_in(&over, &self.catalogue) {
            Ok(config) => policy.config = config,
            Err(error) => self.fault(&error),
        }
        match linter::baseline_in(&over) {
            Ok(baseline) => policy.baseline = baseline,
            Err(error) => self.fault(&error),
        }
        let secretsync = match linter::indexes_in(&over, &policy.config) {
            Ok(indexes) => indexes,
            Err(error) => {
                self.fault(&error);
                self.linter.inputs.secretsync.clone()
            }
        };
        let inputs = Inputs {
            secretsync,
            external_images: policy.config.external_images.clone(),
            ..Inputs::default()
        };
        let picks = |rule: &Rule| self.settings.picks(rule);
        match Linter::new(self.catalogue.clone(), policy, inputs, picks) {
            Ok(linter) => self.linter = Arc::new(linter),
            Err(error) => self.fault(&error),
        }
    }

    fn fault(&mut self, error: &SetupError) {
        let (path, span, reason) = match error {
            SetupError::Policy(PolicyError {
                path, span, reason, ..
            }) => (path.as_str(), *span, reason.clone()),
            SetupError::Rule(error) => return self.notice(error.to_string()),
            error => (CONFIG_PATH, Span::whole_file(), error.to_string()),
        };
        let place = Place::new(&RepoPath::new(path), span);
        let draft = Draft::new(place, reason.clone(), reason)
            .help("until this is corrected, the last version that could be used applies");
        let fault = draft.into_finding(CONFIG_FAULT, Severity::Error);
        self.faults.push(fault);
    }
}

fn catalogue(folders: &[PathBuf]) -> Result<Catalogue, SetupError> {
    let mut catalogue = Catalogue::builtin()?;
    for folder in folders {
        catalogue.overlay(folder)?;
    }
    Ok(catalogue)
}
