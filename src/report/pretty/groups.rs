//! Findings that say the same of different things.

use std::collections::HashMap;

use super::super::closing::MANY;
use crate::finding::{Class, Finding};

/// Findings of one rule whose messages differ in names and numbers only.
pub(super) struct Group<'f> {
    pub(super) first: &'f Finding,
    pub(super) others: Vec<&'f Finding>,
}

/// The groups of `findings`, errors last: the summary stands below them. Few findings are not grouped.
pub(super) fn groups(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: HashMap<(&str, &str, Option<&str>, String), usize> = HashMap::new();
    for finding in findings {
        if findings.len() >= MANY {
            let shape = shape(&finding.message);
            let severity = finding.severity.as_str();
            let key = (
                severity,
                &*finding.rule,
                finding.class.map(Class::as_str),
                shape,
            );
            if let Some(&at) = known.get(&key) {
                groups[at].others.push(finding);
                continue;
            }
            known.insert(key, groups.len());
        }
        groups.push(Group {
            first: finding,
            others: Vec::new(),
        });
    }
    groups.sort_by_key(|group| group.first.severity);
    groups
}

/// A message without what stands between backticks, and without digits.
fn shape(message: &str) -> String {
    let outside = message.split('`').step_by(2).collect::<Vec<_>>();
    let mut shape = outside.join("`");
    shape.retain(|character| !character.is_ascii_digit());
    shape
}

/// The folder that all of `findings` lie in.
pub(super) fn common_folder<'f>(findings: &[&'f Finding]) -> &'f str {
    let mut paths = findings.iter().map(|finding| finding.place.path.as_str());
    let parent = |path: &'f str| path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut common = paths.next().map_or("", parent);
    for path in paths {
        while !common.is_empty()
            && !path
                .strip_prefix(common)
                .is_some_and(|rest| rest.starts_with('/'))
        {
            common = parent(common);
        }
    }
    common
}
