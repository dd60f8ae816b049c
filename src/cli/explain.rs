//! `mirrorlint explain`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::selection::nearest;
use super::{Failure, Status};
use crate::rules::Catalogue;

#[derive(Args)]
pub(super) struct ExplainArguments {
    /// The rule's id
    rule: String,
    /// Add the rule pages in DIR; a page with a known id takes that rule's place
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
}

pub(super) fn run(arguments: &ExplainArguments) -> Result<Status, Failure> {
    let mut catalogue = Catalogue::builtin()?;
    for folder in &arguments.rules {
        catalogue.overlay(folder)?;
    }
    let rule = catalogue.get(&arguments.rule).ok_or_else(|| {
        format!(
            "no rule is called `{}`; `mirrorlint rules` lists them{}",
            arguments.rule,
            nearest(&arguments.rule, &catalogue)
        )
    })?;
    let manifest = &rule.front_matter;
    let text = format!(
        "{} ({}{})\n\n{}",
        manifest.id,
        manifest.severity.as_str(),
        manifest.introduced.map_or_else(String::new, |severity| {
            format!(", {} where a change brings it", severity.as_str())
        }),
        rule.page.body
    );
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Status::Clean),
    }
}
