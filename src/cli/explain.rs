//! `mirrorlint explain`.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, Status, print};
use crate::rules::{Catalogue, Rule};
use crate::syntax::likeness::did_you_mean;

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
            did_you_mean(&arguments.rule, catalogue.rules().map(Rule::id))
        )
    })?;
    let front_matter = &rule.front_matter;
    let text = format!(
        "{} ({}{})\n\n{}",
        front_matter.id,
        front_matter.severity.as_str(),
        front_matter
            .introduced
            .map_or_else(String::new, |severity| {
                format!(", {} where a change brings it", severity.as_str())
            }),
        rule.page.body
    );
    print(&text)?;
    Ok(Status::Clean)
}
