//! Keeps what is generated in the README and the book in step with what it is made from: the tables of
//! rules and of the config's keys, and the picture of a terminal.
//!
//! `UPDATE_README=1 cargo test --test suite readme::` writes both anew.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anstyle_svg::Term;
use assert_cmd::cargo::cargo_bin_cmd;
use mirrorlint::config::KEYS;
use mirrorlint::rules::{Catalogue, Reports};

use crate::support::Outcome;

const TABLE: &str = "docs/rules.md";
const KEYS_TABLE: &str = "docs/configuration.md";
const PICTURE: &str = "docs/images/demo.svg";

/// Colours of a terminal of 1987, and what can be read better.
const COLOURS: [(&str, &str); 6] = [
    ("#000000", "#161b22"),
    ("#AAAAAA", "#e6edf3"),
    ("#AA0000", "#ff7b72"),
    ("#00AAAA", "#56d4dd"),
    ("#AA00AA", "#d2a8ff"),
    ("opacity: 0.4", "opacity: 0.6"),
];

/// The rules that the picture of the terminal shows.
const SHOWN: &str = "mapping-syntax,mapping-duplicate-destination,mirror-set-owners";

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
            "| [`{0}`](../rules/{0}.md) | {1}{new}{when} | {2} |",
            rule.id(),
            rule.front_matter.severity.as_str(),
            rule.page.title.replace('|', "\\|"),
        )?;
    }
    Ok(table)
}

/// What a terminal shows of `mirrorlint demo`.
fn picture() -> Result<String, Box<dyn Error>> {
    let output = cargo_bin_cmd!("mirrorlint")
        .args(["demo", "--output", "pretty", "--color", "always"])
        .args(["--select", SHOWN])
        .output()?;
    let said = String::from_utf8(output.stderr)?;
    if let Some((_, folder)) = said.split_once("mirrorlint check ") {
        fs::remove_dir_all(folder.trim())?;
    }
    let shown = String::from_utf8(output.stdout)?;
    // Where the project lies on the web is none of the picture's business.
    let (shown, _) = shown.split_once("More on a rule").ok_or("no end")?;
    let command = format!("$ mirrorlint demo --select {SHOWN}\n");
    let mut picture = Term::new().render_svg(&(command + shown.trim_end()));
    for (old, new) in COLOURS {
        picture = picture.replace(old, new);
    }
    Ok(picture)
}

/// `page` with `content` between the two markers called `name`.
fn with_section(page: &str, name: &str, content: &str) -> Result<String, Box<dyn Error>> {
    let (begin, end) = (
        format!("<!-- {name}: generated -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let missing = || format!("the page lacks `{}` or `{end}`", begin.trim());
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{content}{end}{after}"))
}

fn in_step(path: &str, right: &str) -> Outcome {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if fs::read_to_string(&file).unwrap_or_default() == right {
        return Ok(());
    }
    if std::env::var_os("UPDATE_README").is_some_and(|value| value == "1") {
        return Ok(fs::write(&file, right)?);
    }
    panic!("{path} is out of step; UPDATE_README=1 writes it anew\n\n{right}");
}

#[test]
fn the_table_of_rules_is_in_step() -> Outcome {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE))?;
    in_step(TABLE, &with_section(&page, "rules", &rule_table()?)?)
}

#[test]
fn the_picture_is_in_step() -> Outcome {
    in_step(PICTURE, &picture()?)
}

#[test]
fn a_section_is_replaced_between_its_markers() -> Outcome {
    let page = "a\n<!-- x: generated -->\nold\n<!-- x: end -->\nb\n";
    assert_eq!(
        with_section(page, "x", "new\n")?,
        page.replace("old", "new")
    );
    assert!(with_section(page, "y", "").is_err());
    Ok(())
}

#[test]
fn the_table_of_the_configs_keys_is_in_step() -> Outcome {
    let mut table = String::from("| key | is | does |\n| --- | --- | --- |\n");
    for key in KEYS {
        writeln!(table, "| `{}` | {} | {} |", key.name, key.value, key.effect)?;
    }
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(KEYS_TABLE))?;
    in_step(KEYS_TABLE, &with_section(&page, "keys", &table)?)
}
