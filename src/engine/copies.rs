//! Findings in generated copies of files.

use std::collections::HashSet;

use crate::checkout::Checkout;
use crate::finding::Draft;

/// The drafts of one rule, those as hints that say of a generated copy what another says of its
/// original: the copy follows when that is fixed. They stay, or the copy would seem to get a new
/// fault by a change that fixes the original alone.
pub(super) fn lowered(checkout: &Checkout, drafts: Vec<Draft>) -> Vec<Draft> {
    let originals: Vec<Option<String>> = drafts
        .iter()
        .map(|draft| checkout.original(draft.place().path.as_str()))
        .collect();
    if originals.iter().all(Option::is_none) {
        return drafts;
    }
    let told: HashSet<(&str, &str)> = drafts
        .iter()
        .map(|draft| (draft.place().path.as_str(), draft.message()))
        .collect();
    let repeats: Vec<bool> = drafts
        .iter()
        .zip(&originals)
        .map(|(draft, original)| {
            let original = original.as_deref();
            original.is_some_and(|path| told.contains(&(path, draft.message())))
        })
        .collect();
    let lower = |(draft, is_repeat): (Draft, bool)| {
        if is_repeat { draft.lowered() } else { draft }
    };
    drafts.into_iter().zip(repeats).map(lower).collect()
}
