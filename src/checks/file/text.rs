//! What is wrong with a file as a text: unreadable, not UTF-8, not YAML, a key taken twice.

use crate::checks::Drafts;
use crate::finding::{Draft, Place};
use crate::model::{File, FileFault};
use crate::syntax::span::Span;
use crate::syntax::yaml::{Fault, FaultKind};

/// `unreadable-file`: one that could not be read, or is not UTF-8.
pub(super) fn unreadable(file: &File, drafts: &mut Drafts) {
    for fault in &file.faults {
        match fault {
            FileFault::Unreadable(why) => drafts.push(
                Draft::new(Place::whole_file(&file.path), "unreadable", why.to_string())
                    .help("nothing in this file was checked; every other file was"),
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
                .help("nothing in this file was checked; save it as UTF-8"),
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
                ),
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

fn yaml_faults(file: &File) -> impl Iterator<Item = &Fault> {
    file.faults.iter().filter_map(|fault| match fault {
        FileFault::Yaml(fault) => Some(fault),
        _ => None,
    })
}
