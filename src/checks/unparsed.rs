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

/// The topic of what is wrong at `place` because the rest of the file is missing.
pub(crate) fn near_end(checkout: &Checkout, place: &Place) -> Option<String> {
    let file = checkout.file(place.path.as_str())?;
    let is_near = place.span.end as usize + NEAR_END >= file.text.len();
    (is_near && file.is_cut_off(&checkout.conventions)).then(|| topic(&file.path))
}

/// So many bytes before its end, a file that was cut off may be wrong because of that; a mirror job has
/// some 1,500.
const NEAR_END: usize = 2000;

/// The files of which not all is known.
fn files(checkout: &Checkout) -> impl Iterator<Item = &File> {
    let files = checkout.files().iter().map(|file| &**file);
    let unparsed =
        files.filter(move |file| file.is_broken() || file.is_cut_off(&checkout.conventions));
    unparsed.take(MAX_UNPARSED)
}

/// The topics of those that are of `kind`.
pub(super) fn of_kinds(checkout: &Checkout, kinds: &[FileKind]) -> Vec<String> {
    let ours = files(checkout).filter(|file| kinds.contains(&file.kind));
    ours.map(|file| topic(&file.path)).collect()
}

/// Those that may provide images, each with the words of its text.
pub(super) struct MayProvide<'c>(Vec<(String, HashSet<&'c str>)>);

impl<'c> MayProvide<'c> {
    pub(super) fn of(checkout: &'c Checkout) -> Self {
        let may_provide = |file: &&File| {
            matches!(
                file.kind,
                FileKind::CiConfig
                    | FileKind::ImagesMirrorConfig
                    | FileKind::Manifest
                    | FileKind::ReleaseController
            )
        };
        let words = |file: &'c File| {
            let is_between = |c: char| !c.is_ascii_alphanumeric() && !"-._".contains(c);
            (topic(&file.path), file.text.split(is_between).collect())
        };
        Self(files(checkout).filter(may_provide).map(words).collect())
    }

    /// `draft` says that `target` is not provided, which follows from a file that has the words.
    pub(super) fn explain(&self, draft: Draft, target: &ImageStreamTag) -> Draft {
        let topics = self.0.iter().filter(|(_, words)| {
            let has = |word| words.contains(word);
            has(target.namespace()) && has(target.name())
        });
        draft.follows_from_any(topics.map(|(topic, _)| topic.clone()))
    }
}
