//! mirrorlint lints a checkout of `openshift/release` for everything that decides whether an
//! image is mirrored, may be pulled and can be referenced.
//!
//! Data flows one way: [`tree`] hands out files, [`syntax`] turns text into spans, [`model`] into
//! statements, [`checkout`] joins those into tables, [`checks`] find what is wrong in them as the
//! [`rules`] ask, the [`engine`] runs them, [`policy`] says which ones the user has accepted,
//! [`premerge`] which ones a change brings, [`fix`] makes them go away, and [`report`] writes the
//! [`finding`]s. The [`linter`] holds what the two ways in share: the command line ([`cli`]) and
//! the language server ([`lsp`]).

pub mod checkout;
pub mod checks;
pub mod cli;
pub mod engine;
pub mod finding;
pub mod fix;
pub mod linter;
pub mod lsp;
pub mod model;
pub mod policy;
pub mod premerge;
pub mod report;
pub mod rules;
pub mod syntax;
pub mod tree;
