//! Edits on their way, and what the files are after them.

use std::collections::{BTreeMap, BTreeSet};

use super::{RenameError, at};
use crate::checkout::Checkout;
use crate::finding::{Edit, Place};
use crate::model::{self, File, Statements};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// Edits by place, each once, and which images have another name by them.
#[derive(Debug, Default)]
pub(super) struct Edits {
    by_place: BTreeMap<Place, String>,
    images: BTreeMap<ImageStreamTag, ImageStreamTag>,
}

impl Edits {
    pub(super) fn add(&mut self, place: Place, text: impl Into<String>) {
        self.by_place.insert(place, text.into());
    }

    /// Notes that whoever names `from` is to name `to`.
    pub(super) fn rename(&mut self, from: &ImageStreamTag, to: &ImageStreamTag) {
        self.images.insert(from.clone(), to.clone());
    }

    pub(super) fn extend(&mut self, edits: Vec<Edit>) {
        self.by_place
            .extend(edits.into_iter().map(|edit| (edit.place, edit.text)));
    }

    /// Whether some edit touches these bytes.
    pub(super) fn touch(&self, path: &RepoPath, span: Span) -> bool {
        let of_file = |place: &&Place| place.path == *path;
        let mut places = self.by_place.keys().filter(of_file);
        places.any(|place| place.span.start < span.end && span.start < place.span.end)
    }

    pub(super) fn into_list(self) -> Vec<Edit> {
        let edits = self.by_place.into_iter();
        edits.map(|(place, text)| Edit { place, text }).collect()
    }

    /// Makes sure that no two edits are in each other's way, and that no file has a fault with them that it
    /// does not have now.
    pub(super) fn parse_well(&self, checkout: &Checkout) -> Result<(), RenameError> {
        let paths: BTreeSet<&RepoPath> = self.by_place.keys().map(|place| &place.path).collect();
        for path in paths {
            let file = checkout
                .file(path.as_str())
                .ok_or_else(|| RenameError::new(format!("{path} is not of the checkout")))?;
            let text = self.applied(checkout, file)?;
            let new = model::parse(path.clone(), file.kind, text.into_bytes());
            let before = faults(file);
            if let Some(fault) = faults(&new).into_iter().find(|new| !before.contains(new)) {
                return Err(RenameError::new(format!(
                    "{path} would be wrong afterwards: {fault}"
                )));
            }
            if !self.name_the_same(file, &new) {
                return Err(RenameError::new(format!(
                    "{path} would name another image, too, by what an alias repeats"
                )));
            }
        }
        Ok(())
    }

    /// Whether each place of a config that names an image names the same one afterwards, or the new name of
    /// it: what an alias repeats is written once, and may be more than one image.
    fn name_the_same(&self, old: &File, new: &File) -> bool {
        let (old, new) = (references(old), references(new));
        let renamed = old.into_iter().map(|target| {
            let target = target?;
            Some(self.images.get(target).unwrap_or(target))
        });
        renamed.eq(new)
    }

    /// The text of the file afterwards.
    fn applied(&self, checkout: &Checkout, file: &File) -> Result<String, RenameError> {
        let mut text = String::new();
        let mut done = 0;
        let edits = self.by_place.iter();
        let of_file = edits.filter(|(place, _)| place.path == file.path);
        for (place, new) in of_file {
            let span = place.span.range();
            let kept = file.text.get(done..span.start).ok_or_else(|| {
                RenameError::new(format!(
                    "{} would have to be changed in two ways at once",
                    at(checkout, place)
                ))
            })?;
            text.push_str(kept);
            text.push_str(new);
            done = span.end;
        }
        text.push_str(file.text.get(done..).unwrap_or_default());
        Ok(text)
    }
}

/// What a config or a step names, in order.
fn references(file: &File) -> Vec<Option<&ImageStreamTag>> {
    let config = match &file.statements {
        Statements::CiConfig(config) | Statements::RegistryStep(config) => config,
        _ => return Vec::new(),
    };
    let references = config.references.iter();
    references
        .map(|reference| reference.target.as_ref())
        .collect()
}

/// What is wrong with a file by itself, in words.
fn faults(file: &File) -> Vec<String> {
    let mut faults: Vec<String> = file
        .faults
        .iter()
        .map(|fault| format!("{fault:?}"))
        .collect();
    if !faults.is_empty() {
        faults = vec!["it does not parse".to_owned()];
    }
    if let Some(config) = file.ci_config() {
        let refused = config.refused.iter().map(|refused| refused.message.clone());
        let wrong = config
            .wrong_values
            .iter()
            .map(|wrong| wrong.message.clone());
        faults.extend(refused.chain(wrong));
        let lacking = config.uses.iter().filter(|used| config.lacks(used));
        faults.extend(lacking.map(|used| format!("nothing declares `{}`", used.name.value)));
    }
    if let Some(mapping) = file.mapping() {
        faults.extend(mapping.faults.iter().map(|fault| fault.message.clone()));
    }
    faults
}
