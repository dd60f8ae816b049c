//! One cause, one finding: what follows from another finding is counted there and listed on demand.

use std::collections::HashMap;

use super::Found;
use crate::finding::{Cause, Finding, Severity};

impl Found {
    /// Takes out what another finding explains, and says there how much follows from it. The cause is
    /// at least as bad as what follows.
    pub(crate) fn fold_consequences(&mut self) {
        let mut causes: HashMap<&str, &Finding> = HashMap::new();
        for finding in self.findings.iter().chain(&self.held_back) {
            for topic in &finding.links.explains {
                causes.entry(topic).or_insert(finding);
            }
        }
        if causes.is_empty() {
            return;
        }
        let causes: HashMap<String, Cause> = causes
            .into_iter()
            .map(|(topic, finding)| (topic.to_owned(), Cause::of(finding)))
            .collect();
        let mut follow: HashMap<Cause, Follow> = HashMap::new();
        let mut explained = Vec::new();
        for findings in [&mut self.findings, &mut self.held_back] {
            let is_explained = |finding: &mut Finding| {
                let topic = finding.links.follows_from.as_ref();
                let Some(cause) = topic.and_then(|topic| causes.get(topic)) else {
                    return false;
                };
                follow.entry(cause.clone()).or_default().add(finding);
                finding.caused_by = Some(cause.clone());
                true
            };
            explained.extend(findings.extract_if(.., is_explained));
        }
        self.explained.append(&mut explained);
        for finding in self.findings.iter_mut().chain(&mut self.held_back) {
            if let Some(follow) = follow.get(&Cause::of(finding)) {
                finding.severity = finding.severity.max(follow.severity);
                add_to_help(finding, &follow.told());
            }
        }
    }

    /// Of a thing that is wrong at several places with a finding at each, leaves the finding that
    /// comes first by `rank`, and then in order.
    pub(crate) fn fold_ends<K: Ord>(&mut self, mut rank: impl FnMut(&Finding) -> K) {
        let mut ends: HashMap<(String, String), (K, usize)> = HashMap::new();
        for (at, finding) in self.findings.iter().enumerate() {
            if !finding.links.is_one_end {
                continue;
            }
            let (key, own) = (thing(finding), (rank(finding), at));
            match ends.get_mut(&key) {
                Some(best) if *best <= own => {}
                Some(best) => *best = own,
                None => drop(ends.insert(key, own)),
            }
        }
        let shown: HashMap<(String, String), Cause> = ends
            .into_iter()
            .map(|(key, (_, at))| (key, Cause::of(&self.findings[at])))
            .collect();
        let is_other_end = |finding: &mut Finding| {
            let shown = shown.get(&thing(finding));
            let Some(shown) = shown.filter(|_| finding.links.is_one_end) else {
                return false;
            };
            let is_shown = *shown == Cause::of(finding);
            if !is_shown {
                finding.caused_by = Some(shown.clone());
            }
            !is_shown
        };
        let mut others: Vec<Finding> = self.findings.extract_if(.., is_other_end).collect();
        self.explained.append(&mut others);
    }
}

/// What follows from one finding.
#[derive(Default)]
struct Follow {
    count: usize,
    severity: Severity,
}

impl Follow {
    fn add(&mut self, finding: &Finding) {
        self.count += 1;
        self.severity = self.severity.max(finding.severity);
    }

    fn told(&self) -> String {
        match self.count {
            1 => "one more finding follows from this one (`--all` lists it)".to_owned(),
            count => format!("{count} more findings follow from this one (`--all` lists them)"),
        }
    }
}

/// What the ends of one thing have in common.
fn thing(finding: &Finding) -> (String, String) {
    (finding.rule.clone(), finding.entity.clone())
}

fn add_to_help(finding: &mut Finding, more: &str) {
    finding.help = Some(match finding.help.take() {
        Some(help) => format!("{help}; {more}"),
        None => more.to_owned(),
    });
}
