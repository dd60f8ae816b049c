//! What the editor can be told: one file for each question, pure functions of the checkout and a
//! place in it. Nothing here knows the protocol.

pub mod completion;
pub mod definition;
pub mod entity;
pub mod folding;
pub mod highlight;
pub mod hover;
pub mod image;
pub mod lenses;
pub mod links;
pub mod references;
pub mod rename;
pub mod symbols;

#[cfg(test)]
mod tests;

use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::finding::{LineIndexes, Place};
use crate::model::conventions::Registries;
use crate::model::mapping_file::Mapping;
use crate::model::{File, FileKind};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::syntax::yaml;
use crate::tree::RepoPath;

/// Where a question is asked.
#[derive(Clone, Copy, Debug)]
pub struct FilePosition<'c> {
    /// The checkout around it.
    pub checkout: &'c Checkout,
    /// The file.
    pub path: &'c RepoPath,
    /// Its text. For questions about what stands there, that of the checkout; for what could stand
    /// there, the buffer's, which need not parse.
    pub text: &'c str,
    /// The byte of the text at which the cursor is.
    pub offset: usize,
}

impl<'c> FilePosition<'c> {
    /// The file, if the checkout has it.
    fn file(&self) -> Option<&'c File> {
        self.checkout.file(self.path.as_str())
    }

    /// The offset, at the start of the character that it is in.
    fn offset(&self) -> usize {
        self.text.floor_char_boundary(self.offset)
    }

    /// The line without its line break.
    fn line(&self) -> Span {
        let at = self.offset();
        let start = self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |len| at + len);
        Span::new(start, end)
    }
}

/// Whether a cursor at `offset` is on `span`; right behind it counts.
fn is_on(span: Span, offset: usize) -> bool {
    (span.start as usize..=span.end as usize).contains(&offset)
}

/// `path:line` of a place.
fn shown(checkout: &Checkout, place: &Place) -> String {
    let text = checkout.text(&place.path).unwrap_or_default();
    let line = LineIndexes::default().line(place, text);
    format!("{}:{line}", place.path)
}

/// The image of CI that a mapping writes, if its tag is known without asking a registry.
fn written(mapping: &Mapping, registries: &Registries) -> Option<ImageStreamTag> {
    let mut reference = mapping.destination.reference.reference.clone();
    reference.tag = Some(mapping.tag()?.into());
    stored_image(&reference, registries).map(|(_, image)| image)
}

/// An entry of `OWNERS_ALIASES`.
struct Alias {
    name: String,
    place: Place,
    members: Vec<String>,
}

impl Alias {
    /// Whether it is meant by this name; Prow folds case.
    fn is_called(&self, name: &str) -> bool {
        self.name.to_lowercase() == name.to_lowercase()
    }
}

/// The entries of `OWNERS_ALIASES`, in file order.
fn aliases(checkout: &Checkout) -> Vec<Alias> {
    let files = checkout.files().iter();
    let mut files = files.filter(|file| file.kind == FileKind::OwnersAliases);
    let Some(file) = files.next() else {
        return Vec::new();
    };
    let arena = yaml::Arena::new();
    let stream = yaml::parse(&file.text, &yaml::Limits::default(), &arena);
    let documents = stream.documents.iter();
    let entries = documents.filter_map(|document| document.get("aliases"));
    entries
        .flat_map(yaml::Node::entries)
        .filter_map(|entry| {
            let members = entry.value.items().filter_map(yaml::Node::as_str);
            Some(Alias {
                name: entry.key.as_str()?.to_owned(),
                place: Place::new(&file.path, entry.key.span),
                members: members.map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// The file of a step of the step registry: its name ends the path (ci-tools `pkg/load`).
fn step_file<'c>(checkout: &'c Checkout, step: &str) -> Option<&'c File> {
    let name = format!("{step}-ref.yaml");
    let mut files = checkout.files().iter();
    let is_it = |file: &File| file.kind == FileKind::RegistryStep && file.path.name() == name;
    files.find(|file| is_it(file)).map(|file| &**file)
}
