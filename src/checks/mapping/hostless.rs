//! References that name no registry, and so mean docker.io.

use std::collections::BTreeMap;

use super::line::{fault_draft, faults};
use super::lost_tag::LostTag;
use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Severity};
use crate::model::mapping_file::{FaultKind, Mapping};
use crate::syntax::reference::Reference;

/// `mapping-hostless-reference`
pub(super) fn hostless_reference(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    drafts.extend(faults(file, &[FaultKind::RegistryOnly]).map(|fault| fault_draft(file, fault)));
    let may_lack_host = may_lack_host(checkout, file);
    let mut usual = None;
    for line in file.lines() {
        let mut before: Option<&Mapping> = None;
        for mapping in &line.mappings {
            before = before.filter(|before| before.source.span == mapping.source.span);
            if before.is_none() && is_hostless(mapping, Side::Source) {
                let usual = usual.get_or_insert_with(|| Usual::of(checkout, file));
                let draft = usual.source(file, mapping);
                drafts.push(match may_lack_host {
                    true => draft.severity(Severity::Hint),
                    false => draft,
                });
            }
            if is_hostless(mapping, Side::Destination) {
                let usual = usual.get_or_insert_with(|| Usual::of(checkout, file));
                drafts.push(usual.destination(file, before, mapping));
            }
            before = Some(mapping);
        }
    }
}

/// Whether nothing but jobs that strip the registry reads the file.
fn may_lack_host(checkout: &Checkout, file: &MirroredFile) -> bool {
    let skopeo_images = &checkout.conventions.mirror_jobs.skopeo_images;
    let strips = |job: usize| {
        let mut containers = checkout.mirroring().jobs[job].job().containers();
        containers.any(|container| {
            let image = container.image.as_ref();
            image.is_some_and(|image| skopeo_images.is_match(&image.value))
        })
    };
    !file.readers.is_empty() && file.readers.iter().all(|reader| strips(reader.job))
}

/// A side of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Source,
    Destination,
}

fn is_hostless(mapping: &Mapping, side: Side) -> bool {
    let typed = match side {
        Side::Source => &mapping.source.reference,
        Side::Destination => &mapping.destination.reference,
    };
    typed.reference.host.is_none() && typed.transport.prefix().is_empty()
}

/// What the other lines of a file take images from and push them to.
struct Usual<'c> {
    checkout: &'c Checkout,
    source: Option<&'c str>,
    destination: Option<&'c str>,
    /// The registry with the organization.
    account: Option<String>,
    is_qci: bool,
}

impl<'c> Usual<'c> {
    fn of(checkout: &'c Checkout, file: &'c MirroredFile) -> Self {
        let mappings = || file.lines().iter().flat_map(|line| &line.mappings);
        let sources = || mappings().map(|mapping| &mapping.source.reference.reference);
        let destinations = || mappings().map(|mapping| &mapping.destination.reference.reference);
        let source = most(sources().filter_map(|source| source.host.as_deref()));
        let is_in_qci = |reference: &&Reference| {
            let repository = reference.repository_text();
            checkout.conventions.registries.qci.contains(&repository)
        };
        Self {
            checkout,
            source,
            destination: most(destinations().filter_map(|one| one.host.as_deref())),
            account: most(destinations().filter_map(account)),
            is_qci: sources().any(|source| is_in_qci(&source))
                || checkout.layout().has_image_items(),
        }
    }

    fn source(&self, file: &MirroredFile, mapping: &Mapping) -> Draft {
        let text = file.file.slice(mapping.source.span);
        let right = match self.of_ci(&mapping.source.reference.reference) {
            Some(right) => right,
            None => format!("{}/{text}", self.source.unwrap_or("quay.io")),
        };
        draft(file, mapping, Side::Source, &right)
    }

    fn destination(
        &self,
        file: &MirroredFile,
        before: Option<&Mapping>,
        mapping: &Mapping,
    ) -> Draft {
        if let Some(lost) = LostTag::of(file, before, mapping) {
            return lost.draft(file);
        }
        let text = file.file.slice(mapping.destination.span);
        let right = match &self.account {
            Some(account) if !text.contains('/') => format!("{account}/{text}"),
            _ => format!("{}/{text}", self.destination.unwrap_or("quay.io")),
        };
        draft(file, mapping, Side::Destination, &right)
    }

    /// The pull spec of an image that CI has.
    fn of_ci(&self, reference: &Reference) -> Option<String> {
        let registries = &self.checkout.conventions.registries;
        let central = format!("{}/{}", registries.today(), reference);
        let central_reference = Reference::parse(&central).ok()?;
        let (_, tag) = stored_image(&central_reference, registries)?;
        if self.checkout.images().providers(&tag).is_empty() {
            return None;
        }
        match registries.qci.first() {
            Some(qci) if self.is_qci => Some(tag.to_qci(qci)),
            _ => Some(central),
        }
    }
}

/// The one that occurs most often; of several the first by name.
fn most<T: Ord>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let mut best: Option<(T, usize)> = None;
    for (one, count) in counts {
        if best.as_ref().is_none_or(|(_, most)| count > *most) {
            best = Some((one, count));
        }
    }
    best.map(|(one, _)| one)
}

fn account(reference: &Reference) -> Option<String> {
    let (organization, _) = reference.repository.split_once('/')?;
    Some(format!("{}/{organization}", reference.host.as_deref()?))
}

/// `right` is what the line most likely means.
fn draft(file: &MirroredFile, mapping: &Mapping, side: Side, right: &str) -> Draft {
    let (span, side, verb) = match side {
        Side::Source => (mapping.source.span, "source", "read from"),
        Side::Destination => (mapping.destination.span, "destination", "written to"),
    };
    let text = file.file.slice(span);
    Draft::new(
        file.place(span),
        format!("{side} {text}"),
        format!("{side} `{text}` names no registry, so it is {verb} docker.io"),
    )
    .help(format!(
        "write the registry in front, for example `{right}`; if docker.io is meant, say \
         `docker.io/{text}`"
    ))
}
