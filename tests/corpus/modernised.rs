//! Holds the layout of today against the one that a checkout was written in: what is wrong with it is
//! the same. `MIRRORLINT_CORPUS` has a folder `modernised` with the same checkouts in today's layout.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use serde_json::Value;

use crate::support::Outcome;
use crate::{check, checkout};

/// Rules that hold in today's layout only, or are about a form that modernising rewrites.
const OF_TODAY: &[&str] = &["images-list", "mapping-source-stale", "promotion-unread"];

/// How often each rule says what of which file.
type Said = BTreeMap<(String, String, String), usize>;

fn said(checkout: &Path) -> Result<Said, Box<dyn Error>> {
    let report = check(
        checkout,
        &["--all", "--severity", "hint", "--output", "json"],
    )?;
    let report: Value = serde_json::from_slice(&report)?;
    let mut said = Said::new();
    for finding in report["findings"].as_array().ok_or("no findings")? {
        let word = |key: &str| finding[key].as_str().ok_or("a finding lacks a word");
        if !OF_TODAY.contains(&word("rule")?) {
            let key = (
                word("rule")?.to_owned(),
                word("path")?.to_owned(),
                word("message")?.to_owned(),
            );
            *said.entry(key).or_default() += 1;
        }
    }
    Ok(said)
}

fn modernising_changes_nothing(date: &str) -> Outcome {
    let (Some(old), Some(new)) = (checkout(date)?, checkout(&format!("modernised/{date}"))?) else {
        return Ok(());
    };
    let (old, new) = (said(&old)?, said(&new)?);
    assert!(old.len() > 100, "{date}: only {} findings", old.len());
    let lost: Vec<_> = old
        .iter()
        .filter(|(key, n)| new.get(key) != Some(n))
        .collect();
    let won: Vec<_> = new
        .iter()
        .filter(|(key, n)| old.get(key) != Some(n))
        .collect();
    assert!(
        lost.is_empty() && won.is_empty(),
        "{date}: lost {lost:#?}, won {won:#?}"
    );
    Ok(())
}

#[test]
fn layout_of_today_changes_no_finding_of_2021() -> Outcome {
    modernising_changes_nothing("2021-06-15")
}

#[test]
fn layout_of_today_changes_no_finding_of_2023() -> Outcome {
    modernising_changes_nothing("2023-06-15")
}

#[test]
fn layout_of_today_changes_no_finding_of_2024() -> Outcome {
    modernising_changes_nothing("2024-03-20")
}
