//! What is wrong with a line of a mapping file, taken by itself.

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
    let run_together = |fault: &Fault| run_together(file, fault.span);
    drafts.extend(faults(file, &kinds).map(|fault| {
        let draft = fault_draft(file, fault);
        run_together(fault).unwrap_or(draft)
    }));
}

/// Two lines without a line break between them: in the word that cannot be read, the registry that the line
/// takes its image from comes once more.
fn run_together(file: &MirroredFile, fault: Span) -> Option<Draft> {
    let line = line_at(file, fault)?;
    let text = file.file.slice(line.span);
    let (registry, _) = text.trim_start().split_once('/')?;
    let start = (fault.start - line.span.start) as usize;
    let word = text.get(..start)?.rfind(char::is_whitespace)? + 1;
    let rest = text.get(word + 1..)?;
    let rest = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let at = word + 1 + rest.find(&format!("{registry}/"))?;
    let at = line.span.start as usize + at;
    let end = line.span.start as usize + word + 1 + rest.len();
    let second = Span::new(at, end);
    let source = file.file.slice(second);
    let message =
        format!("`{source}` stands directly behind another image, as if a line break were missing");
    let gap = file.place(Span::new(at, at));
    let draft = Draft::new(file.place(second), source, message)
        .help("a line is `SRC DST`; start a new line here")
        .fix(Fix::safe("start a new line", gap, "\n").to_review());
    Some(draft)
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
