//! `mirrorlint explain`.

use std::path::PathBuf;

use clap::Args;
use serde_yaml::{Mapping, Value};

use super::{Failure, Status, print};
use crate::rules::{Catalogue, Rule, State};
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
    print(&page(rule))?;
    Ok(Status::Clean)
}

/// Lines shown above and below one that is wrong.
const CONTEXT: usize = 3;

/// The rule's page for a person: what the tests read of it left out.
fn page(rule: &Rule) -> String {
    let front_matter = &rule.front_matter;
    let new = front_matter.introduced;
    let new = new.filter(|new| *new != front_matter.severity);
    let mut text = format!(
        "{}: {}\n{}{}\n\n{}\n",
        front_matter.id,
        rule.page.title,
        front_matter.severity.as_str(),
        new.map_or_else(String::new, |severity| format!(
            ", {} where a change brings it",
            severity.as_str()
        )),
        plain(rule.page.explanation()),
    );
    text.push_str(&params(&front_matter.params));
    for example in &rule.page.examples {
        text.push_str(&format!("\n{}\n", example.heading));
        for block in &example.blocks {
            let state = match block.state {
                State::Linted => "",
                State::Fixed => ", after `--fix`",
                State::Absent => ", deleted",
            };
            text.push_str(&format!("\n  {}{state}\n", block.path));
            let mut last = 0;
            for (number, line, is_wrong) in block.excerpt(CONTEXT) {
                if last > 0 && number > last + 1 {
                    text.push_str("       ...\n");
                }
                last = number;
                let arrow = if is_wrong { '>' } else { ' ' };
                let line = format!("  {arrow}{number:>3} | {line}");
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    if let Some(address) = rule.address() {
        text.push_str(&format!("\n{address}\n"));
    }
    text
}

/// The parameters with their values, as the config takes others.
fn params(params: &Value) -> String {
    let Ok(values) = serde_yaml::to_string(params) else {
        return String::new();
    };
    if params.as_mapping().is_none_or(Mapping::is_empty) {
        return String::new();
    }
    let lines = values.lines().map(|line| format!("  {line}\n"));
    let lines: String = lines.collect();
    format!("\nParameters, which the config may replace\n\n{lines}")
}

/// Markdown as plain text: the first words of a paragraph stand in bold, and only they.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().map(|line| {
        let bold = line
            .strip_prefix("**")
            .and_then(|rest| rest.split_once("**"));
        bold.map_or_else(|| line.to_owned(), |(words, rest)| format!("{words}{rest}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
