//! mirrorlint lints a checkout of `openshift/release` for everything that decides whether an
//! image is mirrored, may be pulled and can be referenced.
//!
//! There are two ways in, the command line ([`cli`]) and the language server ([`lsp`], the command
//! `lsp`). Both make a `linter` ready and give it a [`tree`]:
//!
//! | mode | tree | what is shown |
//! | --- | --- | --- |
//! | `check` | files on disk; with `--rev` a commit | all findings |
//! | `check --staged` | the index | what it adds to `HEAD` ([`linter`]) |
//! | `check --base` | a merge, made in memory | what the change adds ([`linter`]) |
//! | `check --fix` | the same, with fixes applied in memory ([`fix`]) | how much is left |
//! | `check --write-baseline` | files on disk | nothing: findings are accepted ([`findings`]) |
//! | `new` | the files on disk with what is to be added | nothing, or why it is refused ([`scaffold`]) |
//! | `replay` | each commit on a branch's line | what it added, and what became of that ([`replay`]) |
//! | `image` | files on disk, or a commit | all about one ImageStreamTag |
//! | `demo` | a miniature checkout | all findings |
//! | `lsp` | open documents over files on disk | diagnostics and answers |
//! | `rules`, `explain` | none | the rule pages ([`rules`]) |
//! | `completions`, `man` | none | a completion script; the manual page |
//!
//! Data flows one way: [`tree`] hands out files, [`syntax`] turns text into spans, [`model`] into
//! statements, [`checkout`] joins those into tables, [`checks`] find what is wrong in them as the
//! [`rules`] ask, the [`engine`] runs them, [`findings`] leaves out what the user has accepted
//! and tells what a change brings, [`fix`] makes them go away, and [`report`] writes the
//! [`finding`]s.
//!
//! `docs/architecture.md` walks through all of this; `docs/domain.md` says how openshift/release and
//! the tools that read it behave.

#![forbid(unsafe_code)]

pub mod checkout;
pub mod checks;
pub mod cli;
pub mod config;
pub mod engine;
pub mod finding;
pub mod findings;
pub mod fix;
mod ide;
pub mod limits;
pub mod linter;
pub mod lsp;
pub mod model;
pub mod registry;
pub mod replay;
pub mod report;
pub mod rules;
pub mod scaffold;
pub mod syntax;
pub mod tree;
