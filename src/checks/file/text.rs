//! What is wrong with a file as a text: unreadable, not UTF-8, not YAML, a key taken twice.

use crate::checkout::Checkout;
use crate::checks::{Drafts, unparsed};
use crate::finding::{Draft, Finding, Place, Severity, entity_of};
use crate::model::{Conventions, File, FileFault};
use crate::syntax::span::Span;
use crate::syntax::yaml::{Fault, FaultKind};

/// `unreadable-file`: one that could not be read, or is not UTF-8.
pub(super) fn unreadable(file: &File, drafts: &mut Drafts) {
    for fault in &file.faults {
        match fault {
            FileFault::Unreadable(why) => drafts.push(
                Draft::new(Place::whole_file(&file.path), "unreadable", why.to_string())
                    .help("nothing in this file was checked; every other file was")
                    .explains(unparsed::topic(&file.path)),
            ),
            FileFault::NotUtf8(offset) => drafts.push(
                Draft::new(
                    Place::new(&file.path, Span::new(*offset, *offset)),
                    "not UTF-8",
                    format!(
                        "the file is not UTF-8: byte {} is no part of a character",
                        offset + 1
                    ),
                )
                .help("nothing in this file was checked; save it as UTF-8")
                .explains(unparsed::topic(&file.path)),
            ),
            FileFault::Yaml(_) => {}
        }
    }
}

/// `invalid-yaml`: one that does not parse.
pub(super) fn invalid_yaml(file: &File, drafts: &mut Drafts) {
    for fault in yaml_faults(file) {
        if !matches!(fault.kind, FaultKind::DuplicateKey { .. }) {
            drafts.push(
                Draft::new(
                    Place::new(&file.path, fault.span),
                    "invalid YAML",
                    fault.message.clone(),
                )
                .help(
                    "every tool that reads this file fails on it, and nothing behind this point \
                     was checked",
                )
                .explains(unparsed::topic(&file.path)),
            );
        }
    }
}

/// `duplicate-key`: a mapping with a key twice.
pub(super) fn duplicate_key(file: &File, drafts: &mut Drafts) {
    for fault in yaml_faults(file) {
        if let FaultKind::DuplicateKey { first } = fault.kind {
            drafts.push(
                Draft::new(
                    Place::new(&file.path, fault.span),
                    fault.message.clone(),
                    fault.message.clone(),
                )
                .help("one of the two values is silently ignored, or the file is refused; keep one")
                .related(Place::new(&file.path, first), "first given here"),
            );
        }
    }
}

/// `file-cut-off`: one that ends in the middle of a line.
pub(super) fn cut_off(file: &File, conventions: &Conventions, drafts: &mut Drafts) {
    if file.is_broken() || !file.is_cut_off(conventions) {
        return;
    }
    let start = file.text.rfind('\n').map_or(0, |before| before + 1);
    let line = file.text.get(start..).unwrap_or_default();
    drafts.push(
        Draft::new(
            Place::new(&file.path, Span::new(start, file.text.len())),
            entity_of(line),
            "the file ends in the middle of a line",
        )
        .help(
            "all files of this kind end in a line break, so the rest may be missing; put it back, or \
             end the line",
        )
        .explains(unparsed::topic(&file.path)),
    );
}

/// Of a file that goes on in the base, the rest was lost.
pub(super) fn severity_of_lost(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let rest = base.text(&finding.place.path)?;
    let line = rest.get(finding.place.span.range())?;
    let goes_on = rest.len() > finding.place.span.end as usize + 1;
    (goes_on && entity_of(line) == *finding.entity).then_some(Severity::Error)
}

fn yaml_faults(file: &File) -> impl Iterator<Item = &Fault> {
    file.faults.iter().filter_map(|fault| match fault {
        FileFault::Yaml(fault) => Some(fault),
        _ => None,
    })
}
