//! What is wrong with a line of a mapping file, taken by itself.

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Severity, entity_of};
use crate::model::mapping_file::{Fault, FaultKind, Line, Mapping};
use crate::syntax::span::Span;

/// `mapping-syntax`: what `oc` cannot read.
pub(super) fn syntax(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let kinds = [FaultKind::Syntax, FaultKind::LineTooLong];
    drafts.extend(faults(file, &kinds).map(|fault| fault_draft(file, fault)));
}

/// `mapping-empty-file`
pub(super) fn empty_file(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    drafts.extend(faults(file, &[FaultKind::EmptyFile]).map(|fault| fault_draft(file, fault)));
}

/// `mapping-wildcard`: a `*` where `oc` takes none.
pub(super) fn wildcard(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    drafts.extend(faults(file, &[FaultKind::Wildcard]).map(|fault| fault_draft(file, fault)));
}

/// `mapping-self-mirror`
pub(super) fn self_mirror(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    drafts.extend(faults(file, &[FaultKind::SelfMirror]).map(|fault| fault_draft(file, fault)));
}

/// `mapping-web-address`
pub(super) fn web_address(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    drafts.extend(faults(file, &[FaultKind::WebAddress]).map(|fault| fault_draft(file, fault)));
}

/// `mapping-many-tags`: a source that means several tags where one is meant. What exists on the
/// central registry the checkout itself decides; elsewhere it is a warning.
pub(super) fn many_tags(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let known = &checkout.conventions.registries.central;
    let kinds = [FaultKind::UntaggedSource, FaultKind::WildcardIntoTag];
    for fault in faults(file, &kinds) {
        let draft = fault_draft(file, fault);
        let source = source_at(file, fault.span);
        let is_known = known
            .iter()
            .any(|registry| source.starts_with(registry.as_str()));
        drafts.push(if is_known {
            draft
        } else {
            draft.severity(Severity::Warning)
        });
    }
}

/// `mapping-mixed-equals`: words that `oc` leaves out.
pub(super) fn mixed_equals(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    for line in file.lines() {
        let text = entity_of(file.file.slice(line.span));
        for &token in &line.dropped {
            drafts.push(dropped(file, &text, token));
        }
    }
}

/// `mapping-hostless-reference`: what names no registry, and so means docker.io.
pub(super) fn hostless_reference(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    drafts.extend(faults(file, &[FaultKind::RegistryOnly]).map(|fault| fault_draft(file, fault)));
    let may_lack_host = may_lack_host(checkout, file);
    for line in file.lines() {
        hostless(file, line, may_lack_host, drafts);
    }
}

/// The faults of these kinds.
fn faults<'f>(file: &'f MirroredFile, kinds: &'f [FaultKind]) -> impl Iterator<Item = &'f Fault> {
    let faults = file.statements().map_or(&[][..], |file| &file.faults);
    faults.iter().filter(|fault| kinds.contains(&fault.kind))
}

/// Whether nothing but jobs that strip the registry reads the file.
fn may_lack_host(checkout: &Checkout, file: &MirroredFile) -> bool {
    let skopeo_images = &checkout.conventions.mirror_jobs.skopeo_images;
    let strips = |job: usize| {
        let mut containers = checkout.mirroring.jobs[job].job().containers();
        containers.any(|container| {
            let image = container.image.as_ref();
            image.is_some_and(|image| skopeo_images.is_match(&image.value))
        })
    };
    !file.readers.is_empty() && file.readers.iter().all(|reader| strips(reader.job))
}

/// The source of the mapping that has `span` in one of its sides; empty where none has.
fn source_at(file: &MirroredFile, span: Span) -> &str {
    // Lines are in order, and there may be as many faults as lines.
    let lines = file.lines();
    let behind = lines.partition_point(|line| line.span.start <= span.start);
    let mut mappings = lines[..behind]
        .last()
        .into_iter()
        .flat_map(|line| &line.mappings);
    mappings
        .find(|mapping| mapping.source.span.covers(span) || mapping.destination.span.covers(span))
        .map_or("", |mapping| file.file.slice(mapping.source.span))
}

fn fault_draft(file: &MirroredFile, fault: &Fault) -> Draft {
    let entity = file.file.slice(fault.span);
    let fix = fault.fix.as_ref().map(|(span, text)| {
        let was = file.file.slice(*span);
        let title = match (was.trim().is_empty(), text.trim().is_empty()) {
            (_, true) if text.is_empty() => "delete it".to_owned(),
            (_, true) => "replace it by a space".to_owned(),
            _ => format!("write `{text}`"),
        };
        Fix::safe(title, file.place(*span), text)
    });
    Draft::new(file.place(fault.span), entity, &fault.message)
        .maybe_help(fault.help.clone())
        .maybe_fix(fix)
}

fn dropped(file: &MirroredFile, line: &str, token: Span) -> Draft {
    let text = file.file.slice(token);
    Draft::new(
        file.place(token),
        format!("{line} {text}"),
        format!("`{text}` is dropped without a word"),
    )
    .help(
        "once a line has a `SRC=DST`, `oc image mirror` ignores what has no `=`; put it on a line \
         of its own",
    )
}

/// `may_lack_host` says whether a source needs no registry.
fn hostless(file: &MirroredFile, line: &Line, may_lack_host: bool, drafts: &mut Drafts) {
    let mut seen = None;
    for mapping in &line.mappings {
        if seen != Some(mapping.source.span) {
            seen = Some(mapping.source.span);
            let source = hostless_side(file, mapping, true);
            drafts.extend(source.map(|draft| match may_lack_host {
                true => draft.severity(Severity::Hint),
                false => draft,
            }));
        }
        drafts.extend(hostless_side(file, mapping, false));
    }
}

fn hostless_side(file: &MirroredFile, mapping: &Mapping, is_source: bool) -> Option<Draft> {
    let (span, typed) = if is_source {
        (mapping.source.span, &mapping.source.reference)
    } else {
        (mapping.destination.span, &mapping.destination.reference)
    };
    let is_hostless = typed.reference.host.is_none() && typed.transport.prefix().is_empty();
    if !is_hostless {
        return None;
    }
    let text = file.file.slice(span);
    let (side, verb) = if is_source {
        ("source", "read from")
    } else {
        ("destination", "written to")
    };
    Some(
        Draft::new(
            file.place(span),
            format!("{side} {text}"),
            format!("{side} `{text}` names no registry, so it is {verb} docker.io"),
        )
        .help(format!(
            "write the registry in front, for example `quay.io/{text}`; if docker.io is meant, say \
             `docker.io/{text}`"
        )),
    )
}
