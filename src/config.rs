//! `.mirrorlint.yaml`: what the user sets.

mod levels;
mod read;

use std::collections::BTreeMap;

use globset::GlobSet;
use regex::Regex;
use thiserror::Error;

use crate::finding::Severity;
use crate::model::Conventions;
use crate::model::conventions::ConventionsError;
use crate::rules::Catalogue;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

pub(crate) use levels::Levels;

/// Where the config lies in a checkout.
pub const CONFIG_PATH: &str = ".mirrorlint.yaml";

/// The config that `check --init` writes.
pub const STARTER: &str = include_str!("config/starter.yaml");

/// A config or a baseline that cannot be used.
#[derive(Debug, Error)]
#[error("{path}:{line}: {reason}")]
pub struct PolicyError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The place in its text.
    pub span: Span,
    /// What is wrong, and what was perhaps meant.
    pub reason: String,
}

/// A key at the top of a config.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// What it is called.
    pub name: &'static str,
    /// What stands behind it, in words.
    pub value: &'static str,
    /// What it does, in words.
    pub effect: &'static str,
}

/// The keys at the top of a config: what the reader knows, the editor offers and the book explains.
pub const KEYS: [Key; 6] = [
    Key {
        name: "rules",
        value: "a mapping of rules to `error`, `warning`, `hint` or `off`, or to `severity` and `params`",
        effect: "sets what findings of the rule count as, and replaces parameters of its page",
    },
    Key {
        name: "paths",
        value: "a list of entries with `paths`, a list of patterns, and `rules`",
        effect: "other severities for some paths; later entries win",
    },
    Key {
        name: "exclude",
        value: "a list of patterns",
        effect: "nothing is reported there; the files are still read, others may depend on them",
    },
    Key {
        name: "external-images",
        value: "a list of regular expressions over `namespace/name:tag`",
        effect: "images that come from outside the checkout; a hundred at most",
    },
    Key {
        name: "secretsync-indexes",
        value: "a list of paths",
        effect: "files that list which secrets Vault has; names are kept, values are not",
    },
    Key {
        name: "conventions",
        value: "a mapping",
        effect: "replaces parts of what is taken for granted",
    },
];

/// What the config says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    rules: BTreeMap<String, RuleConfig>,
    paths: Vec<PathConfig>,
    exclude: GlobSet,
    /// ImageStreamTags that are provided from outside the checkout.
    pub external_images: Vec<Regex>,
    /// Files that list which secrets Vault has.
    pub secret_indexes: Vec<String>,
    /// What is taken for granted about the repository, where the config says anything about it.
    conventions: Option<Conventions>,
}

#[derive(Clone, Debug, Default)]
struct RuleConfig {
    level: Option<Level>,
    params: Option<(String, serde_yaml::Mapping)>,
}

#[derive(Clone, Debug)]
struct PathConfig {
    globs: GlobSet,
    rules: BTreeMap<String, Level>,
}

/// What findings of a rule count as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing: they are not reported.
    Off,
    /// This severity, whatever the rule says.
    At(Severity),
}

impl Config {
    /// What is taken for granted about the repository: what the config says, else what is compiled
    /// in.
    ///
    /// # Errors
    /// When what is compiled in is malformed, which a test rules out.
    pub fn conventions(&self) -> Result<Conventions, ConventionsError> {
        match &self.conventions {
            Some(conventions) => Ok(conventions.clone()),
            None => Conventions::builtin(),
        }
    }

    /// Puts the parameters that the config gives in the place of the rules' own.
    pub fn configure(&self, catalogue: &mut Catalogue) {
        for (id, config) in &self.rules {
            let (Some((origin, params)), Some(rule)) = (&config.params, catalogue.get_mut(id))
            else {
                continue;
            };
            let mut merged = match std::mem::take(&mut rule.front_matter.params) {
                serde_yaml::Value::Mapping(own) => own,
                _ => serde_yaml::Mapping::new(),
            };
            for (key, value) in params {
                merged.insert(key.clone(), value.clone());
            }
            rule.front_matter.params = serde_yaml::Value::Mapping(merged);
            rule.origin.clone_from(origin);
        }
    }

    /// What the config makes of `rule` at `path`; `None` where it says nothing.
    #[must_use]
    pub fn level(&self, rule: &str, path: &RepoPath) -> Option<Level> {
        let by_path = self
            .paths
            .iter()
            .rev()
            .filter_map(|part| Some((part, part.rules.get(rule)?)))
            .find(|(part, _)| part.globs.is_match(path.as_str()));
        match by_path {
            Some((_, level)) => Some(*level),
            None => self.rules.get(rule)?.level,
        }
    }

    /// Whether the config turns the rule off, wherever its findings are.
    #[must_use]
    pub fn is_off(&self, rule: &str) -> bool {
        let off = Some(Level::Off);
        self.rules
            .get(rule)
            .is_some_and(|config| config.level == off)
            && self.paths.iter().all(|part| {
                let level = part.rules.get(rule);
                level.is_none_or(|level| *level == Level::Off)
            })
    }

    /// Whether nothing is to be reported at `path`.
    fn excludes(&self, path: &RepoPath) -> bool {
        self.exclude.is_match(path.as_str())
    }
}
