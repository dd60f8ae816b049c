//! Files that cannot be understood: what seems to be absent may stand in one of them.

use std::collections::HashSet;

use crate::checkout::Checkout;
use crate::finding::{Draft, Place};
use crate::limits::MAX_UNPARSED;
use crate::model::{File, FileKind};
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

/// The topic of what follows when the file at `path` does not say what it should.
pub(super) fn topic(path: &RepoPath) -> String {
    format!("{path} is not understood")
}

/// The files that were cut off.
pub(crate) struct CutOff<'c>(Vec<&'c File>);

impl<'c> CutOff<'c> {
    pub(crate) fn of(checkout: &'c Checkout) -> Self {
        let conventions = &checkout.conventions;
        let files = checkout.broken_files(&conventions.end_in_line_break);
        Self(files.filter(|file| file.is_cut_off(conventions)).collect())
    }

    /// The topic of what is wrong at `place` because the rest of the file is missing.
    pub(crate) fn near_end(&self, place: &Place) -> Option<String> {
        let at = self.0.binary_search_by(|file| file.path.cmp(&place.path));
        let file = self.0.get(at.ok()?)?;
        let is_near = place.span.end as usize + NEAR_END >= file.text.len();
        is_near.then(|| topic(&file.path))
    }
}

/// So many bytes before its end, a file that was cut off may be wrong because of that; a mirror job has
/// some 1,500.
const NEAR_END: usize = 2000;

/// The files of these kinds of which not all is known.
fn files<'c>(checkout: &'c Checkout, kinds: &'c [FileKind]) -> impl Iterator<Item = &'c File> {
    checkout.broken_files(kinds).take(MAX_UNPARSED)
}

/// The topics of those that are of `kind`.
pub(super) fn of_kinds(checkout: &Checkout, kinds: &[FileKind]) -> Vec<String> {
    files(checkout, kinds)
        .map(|file| topic(&file.path))
        .collect()
}

/// Those that may provide images, each with the words of its text.
pub(super) struct MayProvide<'c>(Vec<(&'c File, HashSet<&'c str>)>);

const MAY_PROVIDE: &[FileKind] = &[
    FileKind::CiConfig,
    FileKind::ImagesMirrorConfig,
    FileKind::Manifest,
    FileKind::ReleaseController,
];

impl<'c> MayProvide<'c> {
    pub(super) fn of(checkout: &'c Checkout) -> Self {
        let words = |file: &'c File| {
            let is_between = |c: char| !c.is_ascii_alphanumeric() && !"-._".contains(c);
            (file, file.text.split(is_between).collect())
        };
        Self(files(checkout, MAY_PROVIDE).map(words).collect())
    }

    /// `draft` says that `target` is not provided, which follows from a file that has the words.
    pub(super) fn explain(&self, draft: Draft, target: &ImageStreamTag) -> Draft {
        let files = self.0.iter().filter(|(_, words)| {
            let has = |word| words.contains(word);
            has(target.namespace()) && has(target.name())
        });
        draft.follows_from_any(files.map(|(file, _)| topic(&file.path)))
    }

    /// `draft` says that no release has `image`, which follows from a config that has the word.
    pub(super) fn explain_payload(&self, draft: Draft, image: &str) -> Draft {
        let files = self.0.iter();
        let files =
            files.filter(|(file, words)| file.kind == FileKind::CiConfig && words.contains(image));
        draft.follows_from_any(files.map(|(file, _)| topic(&file.path)))
    }
}
