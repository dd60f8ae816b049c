//! A change that breaks a file as a text: what would follow from the file's absence is left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Linter;
use crate::checkout::{Change, Checkout};
use crate::checks::is_about_text;
use crate::engine::{self, Found};
use crate::finding::Finding;
use crate::model::File;
use crate::tree::RepoPath;

/// The result of a change, with the base's files where the change broke one.
pub(super) struct Sound {
    /// The result so.
    pub(super) checkout: Checkout,
    broken: Vec<Arc<File>>,
}

impl Sound {
    /// Whether the change broke the file at `path`.
    pub(super) fn has_broken(&self, path: &RepoPath) -> bool {
        self.broken.iter().any(|file| file.path == *path)
    }
}

/// Whether `file`, which ends in the middle of a line, is no more than the start of what it was.
fn goes_on(before: &File, file: &File) -> bool {
    let rest = before.text.strip_prefix(&*file.text);
    rest.is_some_and(|rest| !rest.is_empty() && rest != "\n")
}

impl Linter {
    /// Nothing where the change broke no file.
    pub(super) fn sound(&self, base: &Checkout, result: &Checkout) -> Option<Sound> {
        let mut broken = Vec::new();
        let mut files = result.files().to_vec();
        for file in &mut files {
            let before = || base.shared_file(file.path.as_str());
            let is_suspect = !file.is_whole(&self.conventions);
            if let Some(before) = is_suspect.then(before).flatten()
                && !before.is_broken()
                && (file.is_broken() || goes_on(before, file))
            {
                broken.push(std::mem::replace(file, Arc::clone(before)));
            }
        }
        if broken.is_empty() {
            return None;
        }
        let change = Change::between(result.files(), &files);
        Some(Sound {
            checkout: result.update(files, &change, &self.conventions, &self.inputs),
            broken,
        })
    }

    /// What was `found` in the sound checkout, without the places in the texts that are not there, and
    /// with why the broken files do not parse.
    pub(super) fn with_broken(&self, mut found: Found, sound: &Sound) -> Found {
        let broken: BTreeSet<&RepoPath> = sound.broken.iter().map(|file| &file.path).collect();
        let is_there = |finding: &Finding| !broken.contains(&finding.place.path);
        found.findings.retain(is_there);
        found.held_back.retain(is_there);
        for finding in found.all_mut() {
            let related = &mut finding.related;
            related.retain(|related| !broken.contains(&related.place.path));
            finding.drop_fixes_of(|path| broken.contains(path));
        }
        let alone = Checkout::new(sound.broken.clone(), &self.conventions, &self.inputs);
        let texts = engine::lint(&alone, &self.plan);
        let of_text = |finding: &Finding| is_about_text(&finding.rule);
        found
            .findings
            .extend(texts.findings.into_iter().filter(of_text));
        found.sort();
        found
    }
}
