//! What is wrong with a line of a mapping file, taken by itself.

use super::joined::run_together;
use super::lost_tag::LostTag;
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Severity, entity_of};
use crate::model::mapping_file::{Fault, FaultKind, Line};
use crate::syntax::span::Span;

/// `mapping-syntax`: what `oc` cannot read.
pub(super) fn syntax(_: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let kinds = [FaultKind::Syntax, FaultKind::LineTooLong];
    drafts.extend(faults(file, &kinds).map(|fault| {
        let line = line_at(file, fault.span);
        let run_together = line.and_then(|line| run_together(file, line, fault.span));
        run_together.unwrap_or_else(|| fault_draft(file, fault))
    }));
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
        let line = line_at(file, fault.span);
        if line.is_some_and(|line| LostTag::of_source(file, line, fault.span).is_some()) {
            continue; // the source has a tag, which a space cuts off
        }
        let draft = fault_draft(file, fault);
        let source = line.map_or("", |line| source_at(file, line, fault.span));
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

/// The faults of these kinds.
pub(super) fn faults<'f>(
    file: &'f MirroredFile,
    kinds: &'f [FaultKind],
) -> impl Iterator<Item = &'f Fault> {
    let faults = file.statements().map_or(&[][..], |file| &file.faults);
    faults.iter().filter(|fault| kinds.contains(&fault.kind))
}

/// The line that has `span` in it.
fn line_at(file: &MirroredFile, span: Span) -> Option<&Line> {
    // Lines are in order, and there may be as many faults as lines.
    let lines = file.lines();
    let behind = lines.partition_point(|line| line.span.start <= span.start);
    lines[..behind].last()
}

/// The source of the mapping that has `span` in one of its sides; empty where none has.
fn source_at<'f>(file: &'f MirroredFile, line: &Line, span: Span) -> &'f str {
    let mut mappings = line.mappings.iter();
    mappings
        .find(|mapping| mapping.source.span.covers(span) || mapping.destination.span.covers(span))
        .map_or("", |mapping| file.file.slice(mapping.source.span))
}

pub(super) fn fault_draft(file: &MirroredFile, fault: &Fault) -> Draft {
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
