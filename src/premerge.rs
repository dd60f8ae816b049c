//! What a change has to do with the findings of the tree that it results in.
//!
//! Let F(T) be the findings of tree T as a multiset of fingerprints, B the base, H the head and M
//! their merge. Of F(M), what is in F(B) is *pre-existing*; of the rest, what is in F(H) is
//! *introduced*, and what neither has is a *conflict*: each change is fine alone. What is in F(B)
//! and not in F(M) is *fixed*. What only F(H) has, the base has made good already.
//!
//! So a conflict occurs `max(0, M - max(B, H))` times, whichever side is called base.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::checkout::Checkout;
use crate::engine::{self, Found, Plan};
use crate::finding::{Class, Draft, Finding, Place};
use crate::policy::{Filtered, Policy};
use crate::syntax::span::{ColumnUnit, LineIndex};
use crate::tree::{CommitName, RepoPath};

/// The trees of a change.
pub struct Change<'c> {
    /// Where it is to go.
    pub base: &'c Checkout,
    /// What comes out.
    pub result: &'c Checkout,
}

/// The two trees that matter once the base has moved.
pub struct Divergence<'c> {
    /// What base and head come from.
    pub ancestor: &'c Checkout,
    /// The change by itself.
    pub head: &'c Checkout,
}

/// What is found in the result of a change.
#[derive(Clone, Debug, Default)]
pub struct Reviewed {
    /// The result's findings, each with its class.
    pub judged: Filtered,
    /// The findings of the base that are gone.
    pub fixed: Vec<Finding>,
}

/// How often each fingerprint occurs.
type Multiset = BTreeMap<String, usize>;

/// Lints a change. `divergence` is asked for when the findings alone do not tell who brought
/// them; it gives `None` when the result is the head.
///
/// # Errors
/// Those of `divergence`.
pub fn review<'d, E>(
    change: &Change<'_>,
    plan: &Plan,
    policy: &Policy,
    divergence: impl FnOnce() -> Result<Option<Divergence<'d>>, E>,
) -> Result<Reviewed, E> {
    let Change { base, result } = *change;
    let (before, mut after) = rayon::join(
        || engine::lint(base, plan),
        || {
            let mut found = engine::lint(result, plan);
            add(&mut found, engine::lint_change(base, result, plan));
            found
        },
    );
    let mut before = policy.apply(base, plan, before).found;
    let known = fingerprints(before.all());
    let is_new = |finding: &Finding| !known.contains_key(&finding.fingerprint());
    let mut head = None;
    if (plan.compares() || after.all().any(is_new))
        && let Some(sides) = divergence()?
    {
        let mut found = engine::lint(sides.head, plan);
        add(
            &mut found,
            engine::lint_change(sides.ancestor, sides.head, plan),
        );
        head = Some(policy.apply(sides.head, plan, found).found);
        // What the base did to things that the head uses.
        add_new(&mut after, engine::lint_change(sides.head, result, plan));
        add(&mut before, engine::lint_change(sides.ancestor, base, plan));
    }
    let mut judged = policy.apply(result, plan, after);
    classify(&mut judged.found, &before, head.as_ref(), base, result);
    grade(&mut judged.found, base, plan, policy);
    let fixed = gone(before, &judged.found);
    Ok(Reviewed { judged, fixed })
}

fn add(found: &mut Found, more: Found) {
    found.findings.extend(more.findings);
    found.held_back.extend(more.held_back);
}

/// Adds what `found` does not have.
fn add_new(found: &mut Found, more: Found) {
    let known: BTreeSet<String> = found.all().map(Finding::fingerprint).collect();
    let new = |finding: &Finding| !known.contains(&finding.fingerprint());
    found.findings.extend(more.findings.into_iter().filter(new));
    found
        .held_back
        .extend(more.held_back.into_iter().filter(new));
}

fn fingerprints<'f>(findings: impl Iterator<Item = &'f Finding>) -> Multiset {
    let mut counts = Multiset::new();
    for finding in findings {
        *counts.entry(finding.fingerprint()).or_default() += 1;
    }
    counts
}

/// What was found before, and is not any more.
fn gone(before: Found, after: &Found) -> Vec<Finding> {
    let mut left = fingerprints(after.all());
    let before = before.findings.into_iter().chain(before.held_back);
    before
        .filter(|finding| match left.get_mut(&finding.fingerprint()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .collect()
}

/// Gives each finding of the result its class. Without a `head`, the result is the head.
fn classify(
    found: &mut Found,
    base: &Found,
    head: Option<&Found>,
    base_checkout: &Checkout,
    result: &Checkout,
) {
    let before = fingerprints(base.all());
    let alone = head.map(|head| fingerprints(head.all()));
    let mut by_print: BTreeMap<String, Vec<&mut Finding>> = BTreeMap::new();
    for finding in found.findings.iter_mut().chain(&mut found.held_back) {
        by_print
            .entry(finding.fingerprint())
            .or_default()
            .push(finding);
    }
    let mut lines = Lines::new(base_checkout, result);
    for (print, mut same) in by_print {
        let old = before.get(&print).copied().unwrap_or(0);
        let introduced = match &alone {
            None => usize::MAX,
            Some(alone) => alone.get(&print).copied().unwrap_or(0).saturating_sub(old),
        };
        // Which of several is the new one? One on a line that the base does not have.
        if old > 0 && same.len() > old {
            same.sort_by_cached_key(|finding| lines.is_new(&finding.place));
        }
        for (at, finding) in same.into_iter().enumerate() {
            finding.class = Some(match at.checked_sub(old) {
                None => Class::PreExisting,
                Some(new) if new < introduced => Class::Introduced,
                Some(_) => Class::Conflict,
            });
        }
    }
}

/// Gives what the change brings the severity that its rule has for that, where the user says nothing
/// of it.
fn grade(found: &mut Found, base: &Checkout, plan: &Plan, policy: &Policy) {
    for finding in found.findings.iter_mut().chain(&mut found.held_back) {
        let is_new = matches!(finding.class, Some(Class::Introduced | Class::Conflict));
        if is_new
            && let Some(severity) = plan.severity_of_new(finding, base)
            && policy
                .config
                .level(&finding.rule, &finding.place.path)
                .is_none()
        {
            finding.severity = severity;
        }
    }
    found.sort();
}

/// The lines of base and result. Each file is read once, for up to a thousand findings of it may
/// look alike.
struct Lines<'c> {
    base: &'c Checkout,
    result: &'c Checkout,
    files: HashMap<RepoPath, Option<FileLines<'c>>>,
}

/// The lines of one file of the result.
struct FileLines<'c> {
    text: &'c str,
    index: LineIndex,
    /// Those of the base's file at the same path, if it has one.
    old: Option<HashSet<&'c str>>,
}

impl<'c> Lines<'c> {
    fn new(base: &'c Checkout, result: &'c Checkout) -> Self {
        Self {
            base,
            result,
            files: HashMap::new(),
        }
    }

    /// Whether `place`, one of the result, starts on a line that the base's file does not have.
    fn is_new(&mut self, place: &Place) -> bool {
        let (base, result) = (self.base, self.result);
        let lines = self.files.entry(place.path.clone()).or_insert_with(|| {
            let text = result.text(&place.path)?;
            Some(FileLines {
                text,
                index: LineIndex::new(text),
                old: base.text(&place.path).map(|old| old.lines().collect()),
            })
        });
        let Some(FileLines { text, index, old }) = lines else {
            return false;
        };
        let at = index.position(text, place.span.start, ColumnUnit::Utf8);
        let line = index.line_span(text, at.line).unwrap_or_default();
        let line = text.get(line.range()).unwrap_or_default();
        old.as_ref().is_none_or(|old| !old.contains(line))
    }
}

/// Says of every conflict which file of the base it is with, and which commit brought that.
/// `base_changes` are the files that the base changed; `brought_by` finds the last such commit of
/// each that it is asked for.
pub fn name_conflicts(
    found: &mut Found,
    base_changes: &BTreeSet<RepoPath>,
    brought_by: impl FnOnce(&BTreeSet<RepoPath>) -> BTreeMap<RepoPath, CommitName>,
) {
    let likely = Likely::among(base_changes);
    let conflicts = found
        .findings
        .iter_mut()
        .chain(&mut found.held_back)
        .filter(|finding| finding.class == Some(Class::Conflict));
    let named: Vec<(&mut Finding, &RepoPath)> = conflicts
        .filter_map(|finding| {
            let related = finding.related.iter().map(|related| &related.place.path);
            let path = related
                .chain([&finding.place.path])
                .find_map(|path| base_changes.get(path))
                .or_else(|| likely.clash_with(&finding.place.path))?;
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
struct Likely<'b> {
    by_name: HashMap<&'b str, &'b RepoPath>,
    by_folder: HashMap<&'b str, &'b RepoPath>,
    first: Option<&'b RepoPath>,
}

impl<'b> Likely<'b> {
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

    fn clash_with(&self, own: &RepoPath) -> Option<&'b RepoPath> {
        let same_name = self.by_name.get(own.name());
        let same_folder = self.by_folder.get(own.folder());
        let near = same_name.into_iter().chain(same_folder).min().copied();
        near.or(self.first)
    }
}

/// Findings for the files that git itself cannot merge.
#[must_use]
pub fn textual_conflicts(plan: &Plan, paths: &BTreeSet<RepoPath>) -> Vec<Finding> {
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
