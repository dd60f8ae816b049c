//! Keeps the parts of README.md that are generated in step with what they are made from.
//!
//! `UPDATE_README=1 cargo test --test suite readme::` writes them anew.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use mirrorlint::rules::{Catalogue, Reports};

use crate::support::Outcome;

/// The rules that the picture of the terminal shows.
const PICTURE: &str = "mapping-syntax,mapping-duplicate-destination,mirror-set-owners";

fn rule_table() -> Result<String, Box<dyn Error>> {
    let mut table = String::from("| rule | severity | |\n| --- | --- | --- |\n");
    for rule in Catalogue::builtin()?.rules() {
        let when = match rule.front_matter.reports {
            Reports::Always => "",
            Reports::Changed => ", changes only",
        };
        let new = rule
            .front_matter
            .introduced
            .map_or_else(String::new, |severity| {
                format!(", {} when new", severity.as_str())
            });
        writeln!(
            table,
            "| [`{0}`](rules/{0}.md) | {1}{new}{when} | {2} |",
            rule.id(),
            rule.front_matter.severity.as_str(),
            rule.page.title.replace('|', "\\|"),
        )?;
    }
    Ok(table)
}

fn picture() -> Result<String, Box<dyn Error>> {
    let output = cargo_bin_cmd!("mirrorlint")
        .args(["demo", "--output", "pretty", "--color", "never"])
        .args(["--select", PICTURE])
        .output()?;
    let said = String::from_utf8(output.stderr)?;
    if let Some((_, folder)) = said.split_once("mirrorlint check ") {
        fs::remove_dir_all(folder.trim())?;
    }
    let shown = String::from_utf8(output.stdout)?;
    let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
    Ok(format!(
        "```text\n$ mirrorlint demo --select {PICTURE}\n{}\n```\n",
        lines.join("\n")
    ))
}

/// `readme` with `content` between the two markers called `name`.
fn with_section(readme: &str, name: &str, content: &str) -> Result<String, Box<dyn Error>> {
    let (begin, end) = (
        format!("<!-- {name}: generated -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let missing = || format!("README.md lacks `{}` or `{end}`", begin.trim());
    let (before, rest) = readme.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{content}{end}{after}"))
}

#[test]
fn generated_parts_are_in_step() -> Outcome {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path)?;
    let mut right = readme.clone();
    let sections = [("rules", rule_table()?), ("demo", picture()?)];
    for (name, content) in &sections {
        right = with_section(&right, name, content)?;
    }
    if right == readme {
        return Ok(());
    }
    if std::env::var_os("UPDATE_README").is_some_and(|value| value == "1") {
        fs::write(&path, right)?;
        return Ok(());
    }
    let mut said = String::from("README.md is out of step; UPDATE_README=1 writes it anew\n");
    for (name, content) in &sections {
        if with_section(&readme, name, content)? != readme {
            writeln!(said, "\nbetween the markers `{name}` belongs:\n\n{content}")?;
        }
    }
    panic!("{said}");
}

#[test]
fn a_section_is_replaced_between_its_markers() -> Outcome {
    let readme = "a\n<!-- x: generated -->\nold\n<!-- x: end -->\nb\n";
    assert_eq!(
        with_section(readme, "x", "new\n")?,
        readme.replace("old", "new")
    );
    assert!(with_section(readme, "y", "").is_err());
    Ok(())
}
