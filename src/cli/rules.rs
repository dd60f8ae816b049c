//! `mirrorlint rules`.

use clap::Args;
use serde::Serialize;

use super::{Failure, Status, print};
use crate::finding::Severity;
use crate::rules::{Catalogue, Reports, Rule};

#[derive(Args)]
pub(super) struct RulesArguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Add the rule pages in DIR; a page with a known id takes that rule's place
    #[arg(long, value_name = "DIR")]
    rules: Vec<std::path::PathBuf>,
}

#[derive(Serialize)]
struct Entry<'r> {
    id: &'r str,
    title: &'r str,
    severity: Severity,
    reports: Reports,
}

impl<'r> Entry<'r> {
    fn of(rule: &'r Rule) -> Self {
        Self {
            id: rule.id(),
            title: &rule.page.title,
            severity: rule.front_matter.severity,
            reports: rule.front_matter.reports,
        }
    }
}

pub(super) fn run(arguments: &RulesArguments) -> Result<Status, Failure> {
    let mut catalogue = Catalogue::builtin()?;
    for folder in &arguments.rules {
        catalogue.overlay(folder)?;
    }
    let entries: Vec<Entry<'_>> = catalogue.rules().map(Entry::of).collect();
    let mut text = String::new();
    if arguments.json {
        text = serde_json::to_string_pretty(&entries)? + "\n";
    } else {
        let width = entries
            .iter()
            .map(|entry| entry.id.len())
            .max()
            .unwrap_or(0);
        for entry in &entries {
            let held_back = match entry.reports {
                Reports::Always => "",
                Reports::Changed => " (changes only)",
            };
            text.push_str(&format!(
                "{:width$}  {:7}  {}{held_back}\n",
                entry.id,
                entry.severity.as_str(),
                entry.title,
            ));
        }
    }
    print(&text)?;
    Ok(Status::Clean)
}
