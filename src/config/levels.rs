//! What a config makes of findings, worked out once for each path and each rule there: patterns are
//! many, and so are the findings of one file.

use std::collections::{BTreeMap, HashMap};

use super::{Config, Level};
use crate::finding::Finding;
use crate::tree::RepoPath;

/// The words of a config on the paths that it was asked about.
pub(crate) struct Levels<'c> {
    config: &'c Config,
    paths: HashMap<RepoPath, PathLevels>,
}

struct PathLevels {
    is_excluded: bool,
    by_rule: BTreeMap<String, Option<Level>>,
}

impl<'c> Levels<'c> {
    pub(crate) fn of(config: &'c Config) -> Self {
        Self {
            config,
            paths: HashMap::new(),
        }
    }

    fn at(&mut self, path: &RepoPath) -> &mut PathLevels {
        let config = self.config;
        self.paths
            .entry(path.clone())
            .or_insert_with(|| PathLevels {
                is_excluded: config.excludes(path),
                by_rule: BTreeMap::new(),
            })
    }

    /// What the config makes of `rule` at `path`; `None` where it says nothing.
    pub(crate) fn level(&mut self, rule: &str, path: &RepoPath) -> Option<Level> {
        let config = self.config;
        let by_rule = &mut self.at(path).by_rule;
        if let Some(level) = by_rule.get(rule) {
            return *level;
        }
        let level = config.level(rule, path);
        by_rule.insert(rule.to_owned(), level);
        level
    }

    /// Gives `finding` the severity that the config wants; `false` when it is not to be reported.
    pub(crate) fn admits(&mut self, finding: &mut Finding) -> bool {
        match self.level(&finding.rule, &finding.place.path) {
            Some(Level::Off) => return false,
            Some(Level::At(severity)) => finding.severity = severity,
            None => {}
        }
        !self.at(&finding.place.path).is_excluded
    }
}
