//! The baseline: findings that were accepted, counted by rule, path and entity.
//!
//! One line each, sorted, so that two branches that accept different findings merge cleanly
//! (after oxc's suppression file).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::multiset::Multiset;
use crate::config::PolicyError;
use crate::engine::Plan;
use crate::finding::{Draft, Finding, Place};
use crate::syntax::span::{LineIndex, Span};
use crate::tree::RepoPath;

/// Where the baseline lies in a checkout.
pub const BASELINE_PATH: &str = ".mirrorlint-baseline.json";

/// So many entries are listed one by one.
const MAX_LINES: usize = 10;

/// What a finding is known by: rule, path and entity.
type Key = (String, String, String);

/// Accepted findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    counts: Multiset<Key>,
    /// Where in the file each entry stands.
    spans: BTreeMap<Key, Span>,
    text: String,
}

/// What a new baseline adds to an old one, and takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Newly accepted.
    pub added: Entries,
    /// No longer there.
    pub removed: Entries,
}

/// Entries of a baseline, each with how many findings it stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries(Multiset<Key>);

impl Entries {
    /// How many findings they stand for.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A line for each entry, or for each rule where that would be more than anybody reads.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        if self.0.iter().count() > MAX_LINES {
            return self.lines_by_rule();
        }
        let entries = self.0.iter().map(|((rule, path, entity), count)| {
            format!("{count} × {rule} in {path}: {}", entity.escape_debug())
        });
        entries.collect()
    }

    fn lines_by_rule(&self) -> Vec<String> {
        let mut rules: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
        for ((rule, path, _), count) in self.0.iter() {
            let (total, paths) = rules.entry(rule).or_default();
            *total += count;
            paths.insert(path);
        }
        let lines = rules.into_iter().map(|(rule, (count, paths))| {
            let files = match paths.len() {
                1 => "1 file".to_owned(),
                files => format!("{files} files"),
            };
            format!("{count} × {rule} in {files}")
        });
        lines.collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    path: String,
    entity: String,
    count: usize,
}

impl Baseline {
    /// Reads a baseline file.
    ///
    /// # Errors
    /// When it is not the JSON that `--write-baseline` writes.
    pub fn read(path: &str, text: &str) -> Result<Self, PolicyError> {
        let failed = |line: usize, reason: String| PolicyError {
            path: path.to_owned(),
            line: line.max(1),
            span: LineIndex::new(text)
                .line_span(text, line.max(1))
                .unwrap_or_default(),
            reason,
        };
        let document: Document = serde_json::from_str(text).map_err(|error| {
            let hint = "; correct it, or write it anew with `--write-baseline`";
            failed(error.line(), format!("{error}{hint}"))
        })?;
        if document.version != 1 {
            let reason = format!("version {} of the format is not known", document.version);
            return Err(failed(1, reason));
        }
        let mut baseline = Self {
            text: text.to_owned(),
            ..Self::default()
        };
        let mut lines = entry_lines(text).into_iter();
        for entry in document.findings {
            let key = (entry.rule, entry.path, entry.entity);
            let span = lines.next().unwrap_or_default();
            baseline.counts.add(key.clone(), entry.count);
            baseline.spans.insert(key, span);
        }
        Ok(baseline)
    }

    /// A baseline that accepts `findings`, and keeps those entries of this one that `keep` picks
    /// by their rule and path: what was not looked at is not forgotten.
    #[must_use]
    pub fn renewed<'f>(
        &self,
        findings: impl IntoIterator<Item = &'f Finding>,
        keep: impl Fn(&str, &RepoPath) -> bool,
    ) -> Self {
        let mut new = Self::default();
        for (key, count) in self.counts.iter() {
            if keep(&key.0, &RepoPath::new(&key.1)) {
                new.counts.add(key.clone(), count);
            }
        }
        for finding in findings {
            new.counts.add(key(finding), 1);
        }
        new
    }

    /// This baseline, less what is not among `findings`. Entries that `keep` picks stay, see
    /// [`Baseline::renewed`].
    #[must_use]
    pub fn pruned<'f>(
        &self,
        findings: impl IntoIterator<Item = &'f Finding>,
        keep: impl Fn(&str, &RepoPath) -> bool,
    ) -> Self {
        let mut found = Multiset::default();
        for finding in findings {
            found.add(key(finding), 1);
        }
        let mut new = Self::default();
        for (key, accepted) in self.counts.iter() {
            let left = match keep(&key.0, &RepoPath::new(&key.1)) {
                true => accepted,
                false => accepted.min(found.count(key)),
            };
            if left > 0 {
                new.counts.add(key.clone(), left);
            }
        }
        new
    }

    /// What the file says.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::from("{\"version\": 1, \"findings\": [\n");
        let mut lines = self.counts.iter().peekable();
        while let Some(((rule, path, entity), count)) = lines.next() {
            // Texts cannot fail to become JSON; the escapes are serde_json's.
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            let comma = if lines.peek().is_some() { "," } else { "" };
            let _ = writeln!(
                text,
                "{{\"rule\": {}, \"path\": {}, \"entity\": {}, \"count\": {count}}}{comma}",
                quoted(rule),
                quoted(path),
                quoted(entity),
            );
        }
        text.push_str("]}\n");
        text
    }

    /// The file's text, for reports; empty when there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How `self` differs from `old`.
    #[must_use]
    pub fn drift_from(&self, old: &Self) -> Drift {
        let more = |one: &Self, other: &Self| {
            let mut more = Multiset::default();
            for (key, count) in one.counts.more_than(&other.counts) {
                more.add(key.clone(), count);
            }
            Entries(more)
        };
        Drift {
            added: more(self, old),
            removed: more(old, self),
        }
    }

    pub(super) fn budget(&self) -> Budget<'_> {
        Budget {
            left: self.counts.clone(),
            baseline: self,
        }
    }
}

/// What a baseline still covers.
pub(super) struct Budget<'b> {
    left: Multiset<Key>,
    baseline: &'b Baseline,
}

impl Budget<'_> {
    pub(super) fn covers(&mut self, finding: &Finding) -> bool {
        !self.left.is_empty() && self.left.take(&key(finding))
    }

    /// Entries that cover more than there is. Rules that did not run may still find it.
    pub(super) fn stale(&self, plan: &Plan) -> Vec<Draft> {
        let ran = |rule: &str| {
            // Findings about comments and baseline themselves come after this.
            plan.catalogue().get(rule).is_none()
                || (plan.is_conclusive(rule)
                    && plan
                        .built_in("stale-baseline")
                        .is_none_or(|own| own.id() != rule)
                    && plan
                        .built_in("unused-suppression")
                        .is_none_or(|own| own.id() != rule))
        };
        self.left
            .iter()
            .filter(|((rule, _, _), left)| *left > 0 && ran(rule))
            .map(|(key, left)| {
                let (rule, path, entity) = key;
                let span = self.baseline.spans.get(key).copied().unwrap_or_default();
                let shown = entity.escape_debug();
                Draft::new(
                    Place::new(&RepoPath::new(BASELINE_PATH), span),
                    format!("{rule} {path} {entity}"),
                    format!("`{rule}` is found {} less in `{path}` than the baseline accepts (`{shown}`)", times(left)),
                )
                .help("it is fixed: run `mirrorlint check --prune-baseline`, which accepts nothing new, so that it is reported if it comes back")
            })
            .collect()
    }
}

fn times(count: usize) -> String {
    match count {
        1 => "1 time".to_owned(),
        count => format!("{count} times"),
    }
}

fn key(finding: &Finding) -> Key {
    (
        finding.rule.clone(),
        finding.place.path.to_string(),
        finding.entity.clone(),
    )
}

/// The lines that hold an entry each, in order; none where the file was formatted otherwise.
fn entry_lines(text: &str) -> Vec<Span> {
    let mut start = 0;
    let mut spans = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with("{\"rule\"") {
            let end = line.trim_end().trim_end_matches(',').len();
            spans.push(Span::new(start, start + end));
        }
        start += line.len();
    }
    spans
}
