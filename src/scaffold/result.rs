//! What comes of a request: files to write, or why there are none.

use thiserror::Error;

use crate::checkout::Checkout;
use crate::tree::{FileChange, RepoPath};

/// What is to be written, all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The files that change; none where everything is there already.
    pub changes: Vec<FileChange>,
    /// The files in which something is there already, as it would be written.
    pub there: Vec<RepoPath>,
    /// What is left to do that no file of the checkout can say.
    pub left_to_do: Vec<String>,
    /// Rules whose hints say the same as that.
    pub settled_outside: Vec<&'static str>,
}

/// Why nothing can be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Something of this name is there, and is not what would be written.
    #[error("{}", differing(.0))]
    Differs(Vec<Differing>),
    /// A part is there as it would be written, and the rest is not.
    #[error(
        "`{there}` is there already as it would be written, but {missing} is not; take the one away or write the other"
    )]
    Partly {
        /// One that is there.
        there: RepoPath,
        /// What is missing.
        missing: String,
    },
    /// The request cannot be met in this checkout.
    #[error("{0}")]
    Unfit(String),
}

/// Something that is there already and is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The file.
    pub path: RepoPath,
    /// What of it: `None` for the whole file.
    pub part: Option<String>,
}

fn differing(all: &[Differing]) -> String {
    let named = all.iter().map(|one| match &one.part {
        Some(part) => format!("{part} in `{}`", one.path),
        None => format!("`{}`", one.path),
    });
    let named: Vec<String> = named.collect();
    format!(
        "there already, and not as it would be written: {}; nothing is ever written over",
        named.join(", ")
    )
}

/// The parts of what is asked for, as they are looked up in the checkout.
pub(super) struct Parts<'c> {
    checkout: &'c Checkout,
    proposal: Proposal,
    differing: Vec<Differing>,
}

impl<'c> Parts<'c> {
    pub(super) fn new(checkout: &'c Checkout) -> Self {
        Self {
            checkout,
            proposal: Proposal::default(),
            differing: Vec::new(),
        }
    }

    /// A file of its own.
    pub(super) fn file(&mut self, path: &str, new: String) {
        let path = RepoPath::new(path);
        match self.checkout.file(path.as_str()) {
            None => self.proposal.changes.push(FileChange {
                path,
                old: None,
                new,
            }),
            Some(file) if *file.text == *new => self.proposal.there.push(path),
            Some(_) => self.differing.push(Differing { path, part: None }),
        }
    }

    /// Another text of a file that is there.
    pub(super) fn edit(&mut self, path: &RepoPath, old: &str, new: String) {
        self.proposal.changes.push(FileChange {
            path: path.clone(),
            old: Some(old.to_owned()),
            new,
        });
    }

    /// A part of a file that is there, the same or `another`.
    pub(super) fn part_is_there(&mut self, path: &RepoPath, part: String, another: bool) {
        if another {
            self.differing.push(Differing {
                path: path.clone(),
                part: Some(part),
            });
        } else {
            self.proposal.there.push(path.clone());
        }
    }

    /// What cannot be written here, and the rule whose hint says so too.
    pub(super) fn left_to_do(&mut self, what: String, rule: Option<&'static str>) {
        self.proposal.left_to_do.push(what);
        self.proposal.settled_outside.extend(rule);
    }

    /// All parts together.
    pub(super) fn finish(self) -> Result<Proposal, Refused> {
        if !self.differing.is_empty() {
            return Err(Refused::Differs(self.differing));
        }
        match (self.proposal.there.first(), self.proposal.changes.first()) {
            (Some(there), Some(missing)) => Err(Refused::Partly {
                there: there.clone(),
                missing: match &missing.old {
                    None => format!("`{}`", missing.path),
                    Some(_) => format!("its part of `{}`", missing.path),
                },
            }),
            _ => Ok(self.proposal),
        }
    }
}
