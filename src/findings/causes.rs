//! One cause, one finding: of all that is to be shown, what follows from something else that is shown
//! is counted there.
//!
//! This is the last step before a report. What the user has accepted, what the base has already and
//! what lies outside the part that was asked for can hide nothing here, for it is gone by then.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::config::Config;
use crate::finding::{Affected, Cause, Finding, Severity, Touched};

/// Takes out of `findings` what others of them explain, and returns it. A cause says how much follows
/// from it, and is at least as bad as that, where `config` says nothing of it.
pub(crate) fn fold(findings: &mut Vec<Finding>, config: &Config) -> Vec<Finding> {
    let mut explained = consequences(findings, config);
    explained.append(&mut other_ends(findings));
    explained
}

/// What follows from others.
fn consequences(findings: &mut Vec<Finding>, config: &Config) -> Vec<Finding> {
    let mut explaining: HashMap<&str, usize> = HashMap::new();
    for (number, finding) in findings.iter().enumerate() {
        for topic in &finding.links.explains {
            let best = explaining.entry(topic).or_insert(number);
            if rank(finding) < rank(&findings[*best]) {
                *best = number;
            }
        }
    }
    if explaining.is_empty() {
        return Vec::new();
    }
    let direct = findings.iter().enumerate().map(|(number, finding)| {
        let topics = finding.links.follows_from.iter();
        let mut causes = topics.filter_map(|topic| explaining.get(&**topic).copied());
        // A hint is a guess, which hides nothing that is worse.
        let is_certain =
            |cause: usize| findings[cause].severity >= finding.severity.min(Severity::Warning);
        causes.find(|&cause| cause != number && is_certain(cause))
    });
    let roots = roots(direct.collect());
    let mut follow: HashMap<usize, Follow<'_>> = HashMap::new();
    let mut causes: Vec<Option<Cause>> = Vec::with_capacity(findings.len());
    for (finding, root) in findings.iter().zip(&roots) {
        if let Some(root) = root {
            follow
                .entry(*root)
                .or_default()
                .add(finding, &findings[*root]);
        }
        causes.push(root.map(|root| Cause::of(&findings[root])));
    }
    let hit: Vec<_> = follow
        .iter()
        .filter(|(_, follow)| !follow.affected.is_empty())
        .map(|(number, follow)| {
            let own = &findings[*number].affected;
            let parts = follow.affected.iter().copied().chain([own]);
            (*number, Affected::join(parts))
        })
        .collect();
    let follow = follow.into_iter();
    let follow: Vec<_> = follow
        .map(|(number, follow)| (number, follow.severity, follow.told()))
        .collect();
    for (number, affected) in hit {
        findings[number].affected = affected;
    }
    for (number, severity, told) in follow {
        let finding = &mut findings[number];
        if config.level(&finding.rule, &finding.place.path).is_none() {
            finding.severity = finding.severity.max(severity);
        }
        if let Some(told) = told {
            add_to_help(finding, &told);
        }
    }
    let mut causes = causes.into_iter();
    let is_explained = |finding: &mut Finding| {
        finding.caused_by = causes.next().flatten();
        finding.caused_by.is_some()
    };
    findings.extract_if(.., is_explained).collect()
}

/// For each finding the one at the end of its chain of causes, by what each directly follows from.
/// Where a chain comes back to itself, the one that closes it is taken for the cause.
fn roots(mut direct: Vec<Option<usize>>) -> Vec<Option<usize>> {
    let mut roots: Vec<Option<usize>> = vec![None; direct.len()];
    let mut visit = vec![Visit::Never; direct.len()];
    for start in 0..direct.len() {
        let mut chain = Vec::new();
        let mut at = start;
        while visit[at] == Visit::Never {
            visit[at] = Visit::Now;
            chain.push(at);
            match direct[at] {
                Some(cause) if visit[cause] == Visit::Now => direct[at] = None,
                Some(cause) => at = cause,
                None => {}
            }
        }
        for finding in chain.into_iter().rev() {
            visit[finding] = Visit::Before;
            roots[finding] = direct[finding].map(|cause| roots[cause].unwrap_or(cause));
        }
    }
    roots
}

/// Whether a finding's chain of causes was followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Never,
    Now,
    Before,
}

/// Which of several findings stands for all of them, the lowest: the worst; of equal ones that on a line which
/// the change brought, then that in a file which it changed.
fn rank(finding: &Finding) -> (Reverse<Severity>, Reverse<Touched>) {
    let severity = Reverse(finding.severity);
    (severity, Reverse(finding.links.touched))
}

/// The other ends of things that are wrong at several places. The end that is left is the first by
/// [`rank`].
fn other_ends(findings: &mut Vec<Finding>) -> Vec<Finding> {
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
struct Follow<'f> {
    /// How many things, each of them once that has several ends.
    count: usize,
    of_several_ends: HashSet<(String, String)>,
    severity: Severity,
    has_hints: bool,
    affected: Vec<&'f Affected>,
}

impl<'f> Follow<'f> {
    fn add(&mut self, finding: &'f Finding, root: &Finding) {
        let is_other_end = finding.links.is_one_end && {
            self.of_several_ends.insert(thing(root));
            !self.of_several_ends.insert(thing(finding))
        };
        self.count += usize::from(!is_other_end);
        self.severity = self.severity.max(finding.severity);
        self.has_hints |= finding.severity == Severity::Hint;
        if finding.affected.total > 0 {
            self.affected.push(&finding.affected);
        }
    }

    fn told(&self) -> Option<String> {
        let how = match self.has_hints {
            true => "--all --severity hint",
            false => "--all",
        };
        match self.count {
            0 => None,
            1 => Some(format!(
                "one more finding follows from this one (`{how}` lists it)"
            )),
            count => Some(format!(
                "{count} more findings follow from this one (`{how}` lists them)"
            )),
        }
    }
}

/// What the ends of one thing have in common.
fn thing(finding: &Finding) -> (String, String) {
    (finding.rule.clone(), finding.entity.clone())
}

fn add_to_help(finding: &mut Finding, more: &str) {
    finding.help = Some(match finding.help.take() {
        // Behind an example of several lines it would look like a part of that.
        Some(help) if help.contains('\n') => format!("{more}; {help}"),
        Some(help) => format!("{help}; {more}"),
        None => more.to_owned(),
    });
}

#[cfg(test)]
mod tests {
    use super::roots;

    #[test]
    fn a_chain_leads_to_its_end() {
        let direct = vec![Some(1), Some(3), None, None, Some(1)];
        assert_eq!(roots(direct), [Some(3), Some(3), None, None, Some(3)]);
    }

    #[test]
    fn a_circle_leaves_one() {
        let direct = vec![Some(1), Some(2), Some(0), Some(1)];
        assert_eq!(roots(direct), [Some(2), Some(2), None, Some(2)]);
    }
}
