//! The class of each finding in the result of a change: what the change has to do with it.
//!
//! Let F(T) be the findings of tree T as a multiset of fingerprints, B the base, H the head and M
//! their merge. Of F(M), what is in F(B) is *pre-existing*; of the rest, what is in F(H) is
//! *introduced*, and what neither has is a *conflict*: each change is fine alone. What is in F(B)
//! and not in F(M) is *fixed*. What only F(H) has, the base has fixed already.
//!
//! So a conflict occurs `max(0, M - max(B, H))` times, whichever side is called base.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::fingerprints::{Fingerprints, take};
use crate::checkout::Checkout;
use crate::config::Config;
use crate::engine::{Found, Plan};
use crate::finding::{Class, Finding, Fix, Place, Severity, Touched};
use crate::syntax::span::{ColumnUnit, LineIndex};
use crate::tree::RepoPath;

/// Gives each finding of the result its class, with the fingerprints of base and head. Without a
/// `head`, the result is the head.
pub(crate) fn classify(
    found: &mut Found,
    before: &Fingerprints,
    head: Option<&Fingerprints>,
    (base, result): (&Checkout, &Checkout),
) {
    let mut same: BTreeMap<u64, Vec<&mut Finding>> = BTreeMap::new();
    for finding in found.all_mut() {
        same.entry(finding.identity()).or_default().push(finding);
    }
    let mut lines = Lines::new(base, result);
    for (identity, mut same) in same {
        for finding in same.iter_mut().filter(|same| same.links.is_one_end) {
            finding.links.touched = lines.touched(&finding.place);
        }
        let mut old = before.severities(identity);
        let mut new = head.map(|head| beyond(head.severities(identity), old.clone()));
        // Which of several is the new one? One on a line that the base does not have.
        if !old.is_empty() && same.len() > old.len() {
            same.sort_by_cached_key(|finding| lines.is_new(&finding.place));
        }
        for is_as_bad in [true, false] {
            for finding in same.iter_mut().filter(|same| same.class.is_none()) {
                let own = finding.nature.severity;
                if (!is_as_bad || old.contains(&own)) && take(&mut old, own) {
                    finding.class = Some(Class::PreExisting);
                }
            }
        }
        for finding in same.into_iter().filter(|same| same.class.is_none()) {
            let own = finding.nature.severity;
            let is_introduced = new.as_mut().is_none_or(|new| take(new, own));
            finding.class = Some(match is_introduced {
                true => Class::Introduced,
                false => Class::Conflict,
            });
        }
    }
}

/// The faults that are not in `others`, or are worse than there.
fn beyond(mut faults: Vec<Severity>, mut others: Vec<Severity>) -> Vec<Severity> {
    faults.sort_unstable();
    faults.retain(|severity| !take(&mut others, *severity));
    faults
}

/// Gives what the change brings the help that the base makes possible, and the severity that its rule
/// has for that, where the user says nothing of it.
pub(crate) fn grade(found: &mut Found, base: &Checkout, plan: &Plan, config: &Config) {
    for finding in found.all_mut() {
        if !finding.is_new() {
            continue;
        }
        if let Some(advice) = plan.advice_on_new(finding, base) {
            finding.help = Some(advice.help);
            let meant = advice.meant;
            let meant = meant.and_then(|name| Fix::alternative(finding.place.clone(), name));
            if let Some(meant) = meant {
                finding.alternatives.retain(|other| *other != meant);
                finding.alternatives.insert(0, meant);
            }
        }
        if let Some(severity) = plan.severity_of_new(finding, base)
            && config.level(&finding.rule, &finding.place.path).is_none()
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
    /// Whether it says what the base's file does.
    is_same: bool,
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
        self.touched(place) == Touched::Line
    }

    /// How near the change came to `place`, one of the result.
    fn touched(&mut self, place: &Place) -> Touched {
        let (base, result) = (self.base, self.result);
        let lines = self.files.entry(place.path.clone()).or_insert_with(|| {
            let text = result.text(&place.path)?;
            let old = base.text(&place.path);
            Some(FileLines {
                text,
                index: LineIndex::new(text),
                is_same: old == Some(text),
                old: old.map(|old| old.lines().collect()),
            })
        });
        let Some(lines) = lines else {
            return Touched::Nothing;
        };
        if lines.is_same {
            return Touched::Nothing;
        }
        let FileLines {
            text, index, old, ..
        } = lines;
        let at = index.position(text, place.span.start, ColumnUnit::Utf8);
        let line = index.line_span(text, at.line).unwrap_or_default();
        let line = text.get(line.range()).unwrap_or_default();
        match old {
            Some(old) if old.contains(line) => Touched::File,
            _ => Touched::Line,
        }
    }
}
