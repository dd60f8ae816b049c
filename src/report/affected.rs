//! Whom findings hit, in one line.

use super::escape::one_line;
use super::plural;
use crate::finding::{Affected, Owners};

/// Teams that the line names; more are counted.
const MAX_TEAMS: usize = 4;

/// People of one team that the line names; more are counted.
const MAX_PEOPLE: usize = 3;

/// Letters of a name; more are cut.
const MAX_NAME: usize = 80;

/// Whose files a finding breaks; nothing where it breaks none.
pub(super) fn line(affected: &Affected) -> Option<String> {
    if affected.total == 0 {
        return None;
    }
    let teams: Vec<&Owners> = affected
        .by_owners()
        .into_iter()
        .filter_map(|(owners, _)| owners)
        .collect();
    let files = plural(affected.total, "file");
    let at_least = match affected.unlisted() {
        0 => "",
        _ => "at least ",
    };
    let mut named: Vec<String> = teams
        .iter()
        .take(MAX_TEAMS)
        .map(|team| named(team))
        .collect();
    if let Some(more) = teams.len().checked_sub(MAX_TEAMS + 1) {
        named.push(format!("and {} more", more + 1));
    }
    Some(match &*named {
        [] => format!("hits {files}, which no OWNERS file gives to anybody"),
        [one] => format!("hits {files} of {at_least}{one}"),
        named => format!(
            "hits {files} of {at_least}{} teams: {}",
            teams.len(),
            named.join("; ")
        ),
    })
}

/// A team with its people: `openshift/foo (alice, bob)`.
fn named(owners: &Owners) -> String {
    let people = owners.people.iter().take(MAX_PEOPLE);
    let mut people: Vec<String> = people.map(|login| cut(login)).collect();
    if let Some(more) = owners.people.len().checked_sub(MAX_PEOPLE + 1) {
        people.push(format!("{} more", more + 1));
    }
    format!("{} ({})", team(owners), people.join(", "))
}

/// What a team is called.
pub(super) fn team(owners: &Owners) -> String {
    match &*owners.team {
        "" => "the whole repository".to_owned(),
        team => cut(team),
    }
}

/// A name in one line, its end cut off where it is too long to be one.
fn cut(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.by_ref().take(MAX_NAME).collect();
    let rest = if letters.next().is_some() { "…" } else { "" };
    format!("{}{rest}", one_line(&first))
}
