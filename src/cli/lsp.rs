//! `mirrorlint lsp`.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::selection::Level;
use super::{Failure, Status};
use crate::lsp::{self, Options};
use crate::rules::Catalogue;

#[derive(Args)]
pub(super) struct LspArguments {
    /// Add the rule pages in DIR; a page with a known id takes that rule's place
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Lowest severity that is shown
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    severity: Level,
    /// Speak over standard input and output, as is always done; some clients insist on saying so
    #[arg(long, hide = true)]
    stdio: bool,
}

pub(super) fn run(arguments: LspArguments) -> Result<Status, Failure> {
    let mut catalogue = Catalogue::builtin()?;
    for folder in &arguments.rules {
        catalogue.overlay(folder)?;
    }
    let options = Options {
        rules: arguments.rules,
        shown_from: arguments.severity.into(),
    };
    let said_goodbye = lsp::serve(options, io::stdin(), io::stdout());
    // The protocol's exit status is 1 for a client that left without a word.
    Ok(if said_goodbye {
        Status::Clean
    } else {
        Status::Findings
    })
}
