//! A file that was copied from another clashes with it in all that it says: one cause, one finding.

use crate::finding::Draft;
use crate::tree::RepoPath;

/// A clash between files as one of all those of its kind between them. How many of the files are said is
/// bounded, so that many clashes between many files cost no more than their number.
pub(super) fn one_of_those_between<'p>(
    files: impl IntoIterator<Item = &'p RepoPath>,
    kind: &'static str,
    draft: Draft,
) -> Draft {
    let files: Vec<&str> = files.into_iter().take(2).map(RepoPath::as_str).collect();
    let topic = format!("{kind} between {}", files.join(" and "));
    draft.one_of_many(topic)
}
