//! Conflicts: findings that neither side of a merge has alone, and files that git cannot merge.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::engine::{Found, Plan};
use crate::finding::{Class, Draft, Finding, Place};
use crate::tree::{CommitName, RepoPath};

/// Says of every conflict which file of the base it is with, and which commit brought that.
/// `base_changes` are the files that the base changed; `brought_by` finds the last such commit of
/// each that it is asked for.
pub(crate) fn name_sources(
    found: &mut Found,
    base_changes: &BTreeSet<RepoPath>,
    brought_by: impl FnOnce(&BTreeSet<RepoPath>) -> BTreeMap<RepoPath, CommitName>,
) {
    let nearest = NearestChanges::among(base_changes);
    let all = found.all_mut();
    let conflicts = all.filter(|finding| finding.class == Some(Class::Conflict));
    let named: Vec<(&mut Finding, &RepoPath)> = conflicts
        .filter_map(|finding| {
            let related = finding.related.iter().map(|related| &related.place.path);
            let path = related
                .chain([&finding.place.path])
                .find_map(|path| base_changes.get(path))
                .or_else(|| nearest.to(&finding.place.path))?;
            Some((finding, path))
        })
        .collect();
    if named.is_empty() {
        return;
    }
    let commits = brought_by(&named.iter().map(|(_, path)| (*path).clone()).collect());
    for (finding, path) in named {
        let by = commits.get(path).map_or_else(String::new, |commit| {
            format!(" in commit {} (\"{}\")", commit.id, commit.summary)
        });
        finding.message = format!(
            "{}; neither branch has this alone: the base changed `{path}`{by}",
            finding.message
        );
    }
}

/// Which file of the base a conflict is with when no place of it is one of the base's: what the
/// base took away has the same base name or lies in the same folder as the finding; else any file
/// will do.
struct NearestChanges<'b> {
    by_name: HashMap<&'b str, &'b RepoPath>,
    by_folder: HashMap<&'b str, &'b RepoPath>,
    first: Option<&'b RepoPath>,
}

impl<'b> NearestChanges<'b> {
    fn among(base_changes: &'b BTreeSet<RepoPath>) -> Self {
        let (mut by_name, mut by_folder) = (HashMap::new(), HashMap::new());
        for path in base_changes {
            by_name.entry(path.name()).or_insert(path);
            by_folder.entry(path.folder()).or_insert(path);
        }
        Self {
            by_name,
            by_folder,
            first: base_changes.first(),
        }
    }

    fn to(&self, own: &RepoPath) -> Option<&'b RepoPath> {
        let same_name = self.by_name.get(own.name());
        let same_folder = self.by_folder.get(own.folder());
        let near = same_name.into_iter().chain(same_folder).min().copied();
        near.or(self.first)
    }
}

/// Findings for the files that git itself cannot merge.
#[must_use]
pub(crate) fn textual(plan: &Plan, paths: &BTreeSet<RepoPath>) -> Vec<Finding> {
    let Some(rule) = plan.built_in("merge-conflict") else {
        return Vec::new();
    };
    paths
        .iter()
        .map(|path| {
            let draft = Draft::new(
                Place::whole_file(path),
                "conflict",
                "both branches changed this file, and git cannot merge it",
            )
            .help("merge or rebase onto the base, and resolve the conflict; the file was checked as the head has it");
            let mut finding = draft.into_finding(rule.id(), rule.front_matter.severity);
            finding.class = Some(Class::Conflict);
            finding
        })
        .collect()
}
