//! What is wrong with a file as a text: unreadable, not UTF-8, not YAML, a key taken twice.

use serde::Deserialize;

use crate::finding::{Draft, Place};
use crate::model::{File, FileFault};
use crate::syntax::span::Span;
use crate::syntax::yaml;

use crate::checks::{Drafts, Look, LookAtFile};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct FileText {
    /// The faults that this rule speaks of.
    faults: Vec<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    Unreadable,
    InvalidYaml,
    DuplicateKey,
}

impl Look for FileText {
    fn of_each_file(&self) -> Option<&dyn LookAtFile> {
        Some(self)
    }
}

impl LookAtFile for FileText {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        for fault in &file.faults {
            let (kind, draft) = draft(&file.path, fault);
            if self.faults.contains(&kind) {
                drafts.push(draft);
            }
        }
    }
}

fn draft(path: &crate::tree::RepoPath, fault: &FileFault) -> (Fault, Draft) {
    match fault {
        FileFault::Unreadable(why) => (
            Fault::Unreadable,
            Draft::new(Place::whole_file(path), "unreadable", why.to_string())
                .help("nothing in this file was checked; every other file was"),
        ),
        FileFault::NotUtf8(offset) => (
            Fault::Unreadable,
            Draft::new(
                Place::new(path, Span::new(*offset, *offset)),
                "not UTF-8",
                format!("the file is not UTF-8: byte {} is no part of a character", offset + 1),
            )
            .help("nothing in this file was checked; save it as UTF-8"),
        ),
        FileFault::Yaml(fault) => match fault.kind {
            yaml::FaultKind::DuplicateKey { first } => (
                Fault::DuplicateKey,
                Draft::new(
                    Place::new(path, fault.span),
                    fault.message.clone(),
                    fault.message.clone(),
                )
                .help("one of the two values is silently ignored, or the file is refused; keep one")
                .related(Place::new(path, first), "first given here"),
            ),
            _ => (
                Fault::InvalidYaml,
                Draft::new(
                    Place::new(path, fault.span),
                    "invalid YAML",
                    fault.message.clone(),
                )
                .help("every tool that reads this file fails on it, and nothing behind this point was checked"),
            ),
        },
    }
}
