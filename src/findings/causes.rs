//! One cause, one finding: of all that is to be shown, what follows from something else that is shown
//! is counted there.
//!
//! This is the last step before a report. What the user has accepted, what the base has already and
//! what lies outside the part that was asked for can hide nothing here, for it is gone by then.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::config::Config;
use crate::finding::{Cause, Finding, Severity};

/// Takes out of `findings` what others of them explain, and returns it. A cause says how much follows
/// from it, and is at least as bad as that, where `config` says nothing of it.
pub(crate) fn fold(findings: &mut Vec<Finding>, config: &Config) -> Vec<Finding> {
    let mut explained = consequences(findings, config);
    explained.append(&mut other_ends(findings));
    explained
}

/// What follows from others.
fn consequences(findings: &mut Vec<Finding>, config: &Config) -> Vec<Finding> {
    let mut causes: HashMap<String, Cause> = HashMap::new();
    for finding in findings.iter() {
        for topic in &finding.links.explains {
            let cause = || Cause::of(finding);
            causes.entry(topic.clone()).or_insert_with(cause);
        }
    }
    if causes.is_empty() {
        return Vec::new();
    }
    let mut follow: HashMap<Cause, Follow> = HashMap::new();
    let is_explained = |finding: &mut Finding| {
        let topic = finding.links.follows_from.as_ref();
        let Some(cause) = topic.and_then(|topic| causes.get(topic)) else {
            return false;
        };
        follow.entry(cause.clone()).or_default().add(finding);
        finding.caused_by = Some(cause.clone());
        true
    };
    let explained: Vec<Finding> = findings.extract_if(.., is_explained).collect();
    for finding in findings.iter_mut() {
        if let Some(follow) = follow.get(&Cause::of(finding)) {
            if config.level(&finding.rule, &finding.place.path).is_none() {
                finding.severity = finding.severity.max(follow.severity);
            }
            add_to_help(finding, &follow.told());
        }
    }
    explained
}

/// The other ends of things that are wrong at several places. The end that is left is the worst; of
/// equal ones that on a line which the change brought, and then the first.
fn other_ends(findings: &mut Vec<Finding>) -> Vec<Finding> {
    let rank = |finding: &Finding| {
        let severity = Reverse(finding.severity);
        (severity, Reverse(finding.links.is_on_new_line))
    };
    let mut shown: HashMap<(String, String), (Cause, _)> = HashMap::new();
    for finding in findings.iter().filter(|finding| finding.links.is_one_end) {
        let own = || (Cause::of(finding), rank(finding));
        let best = shown.entry(thing(finding)).or_insert_with(own);
        if rank(finding) < best.1 {
            *best = own();
        }
    }
    let is_other_end = |finding: &mut Finding| {
        let shown = shown.get(&thing(finding));
        let Some((shown, _)) = shown.filter(|_| finding.links.is_one_end) else {
            return false;
        };
        let is_shown = *shown == Cause::of(finding);
        if !is_shown {
            finding.caused_by = Some(shown.clone());
        }
        !is_shown
    };
    findings.extract_if(.., is_other_end).collect()
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
