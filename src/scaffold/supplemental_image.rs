//! An image from outside that jobs can use: where the checkout declares such images.

use super::result::{Parts, Proposal, Refused};
use super::sorted::{self, Block};
use super::source::Line;
use super::{SupplementalImage, mapping};
use crate::checkout::Checkout;
use crate::model::{File, FileKind};
use crate::syntax::placeholders::fill_yaml;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

const ENTRY: &str = include_str!("../../rules/new/supplemental-image.yaml");

pub(super) fn propose(checkout: &Checkout, image: &SupplementalImage) -> Result<Proposal, Refused> {
    let mut parts = Parts::new(checkout);
    match checkout.files_of(&[FileKind::ImagesMirrorConfig]).next() {
        Some(file) => add_entry(&mut parts, file, image)?,
        None => add_line(checkout, &mut parts, image)?,
    }
    parts.finish()
}

/// A key of `supplementalCIImages`.
fn add_entry(parts: &mut Parts<'_>, file: &File, image: &SupplementalImage) -> Result<(), Refused> {
    let Some(config) = file.images_mirror().filter(|_| !file.is_broken()) else {
        return Err(Refused::Unfit(format!(
            "`{}` cannot be read as YAML; `mirrorlint check` says why",
            file.path
        )));
    };
    let tag = image.image.tag().as_str();
    let source = image.from.reference().to_string();
    if let Some(known) = config.images.iter().find(|own| *own.target.value == *tag) {
        let is_same = known
            .source
            .image
            .as_ref()
            .is_some_and(|own| *own.value == *source);
        parts.part_is_there(&file.path, format!("`{tag}`"), !is_same);
        return Ok(());
    }
    let entries = config.images.iter();
    let blocks: Vec<Block<'_>> = entries
        .map(|own| Block {
            name: &own.target.value,
            span: Span {
                start: own.target.span.start,
                end: own.source.span.end,
            },
        })
        .collect();
    let entry = fill_yaml(ENTRY, |name| match name {
        "tag" => Some(tag),
        "source" => Some(&*source),
        _ => None,
    });
    match sorted::insert(&file.text, &blocks, tag, &entry) {
        Some(new) => parts.edit(&file.path, &file.text, new),
        None => {
            return Err(Refused::Unfit(format!(
                "`{}` has no `supplementalCIImages` in block style that a key could be added to",
                file.path
            )));
        }
    }
    Ok(())
}

/// A line of the mapping file for the namespace, in checkouts without such a config.
fn add_line(
    checkout: &Checkout,
    parts: &mut Parts<'_>,
    image: &SupplementalImage,
) -> Result<(), Refused> {
    let files = &checkout.conventions.mapping_files;
    let supplemental = &files.supplemental;
    if !checkout.mirroring().sets.contains_key(&supplemental.set) {
        return Err(Refused::Unfit(format!(
            "this checkout has neither `{0}/_config.yaml` nor a mirror set `{1}`, where supplemental \
             images are declared",
            files.folder, supplemental.set
        )));
    }
    let tag = image.image.tag();
    let namespace = tag.namespace().replace('-', "_");
    let path = format!(
        "{}/{}/{}{namespace}",
        files.folder, supplemental.set, supplemental.prefix
    );
    let line = Line {
        source: image.from.reference().to_string(),
        destination: format!("{}/{tag}", checkout.conventions.registries.today()),
    };
    mapping::add(checkout, parts, &RepoPath::new(&path), &line)
}
