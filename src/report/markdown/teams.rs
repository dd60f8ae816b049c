//! Who is hit, by team.

use super::super::{Report, affected, plural};
use super::{MAX_PATH, Page, TEAMS_END, file};
use crate::finding::{Finding, Owners, by_owners};
use crate::report::markdown_text::{Within, code};
use crate::tree::RepoPath;

/// People of a team that are named.
const MAX_PEOPLE: usize = 10;

/// Files of a team that are named.
const MAX_FILES: usize = 3;

/// How many files of how many teams the findings break, if any.
pub(super) fn hit(findings: &[&Finding]) -> Option<String> {
    let teams = teams(findings);
    let listed: usize = teams.iter().map(|(_, files)| files.len()).sum();
    if listed == 0 {
        return None;
    }
    let owned = teams.iter().filter(|(owners, _)| owners.is_some()).count();
    let at_least = match unlisted(findings) {
        0 => "",
        _ => "at least ",
    };
    let files = format!("{at_least}{}", plural(listed, "file"));
    Some(match owned {
        0 => files,
        owned => format!("{files} of {}", plural(owned, "team")),
    })
}

/// A row for each team, those with most files first.
pub(super) fn write(report: &Report<'_>, findings: &[&Finding], page: &mut Page) {
    let mut teams = teams(findings);
    if teams.is_empty() {
        return;
    }
    teams.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    page.line("**Who is hit**\n\n| Team | Approvers | Files |\n| --- | --- | --- |");
    let left_out = page.rows(TEAMS_END, &teams, |(owners, files)| {
        row(report, *owners, files)
    });
    page.left_out(left_out, "more team");
    page.left_out(unlisted(findings), "more file");
}

fn teams<'f>(findings: &[&'f Finding]) -> Vec<(Option<&'f Owners>, Vec<&'f RepoPath>)> {
    by_owners(findings.iter().flat_map(|finding| &finding.affected.files))
}

/// Files that the findings count and do not list.
fn unlisted(findings: &[&Finding]) -> usize {
    let unlisted = findings.iter().map(|finding| finding.affected.unlisted());
    unlisted.sum()
}

fn row(report: &Report<'_>, owners: Option<&Owners>, files: &[&RepoPath]) -> String {
    let cell = Within::Cell;
    let (team, mut people) = match owners {
        Some(owners) => {
            let people = owners.people.iter().take(MAX_PEOPLE);
            let people: Vec<String> = people.map(|login| code(login, MAX_PATH, cell)).collect();
            let team = code(&affected::team(owners), MAX_PATH, cell);
            let file = super::linked(report, &team, owners.file.as_str(), "");
            (file, people)
        }
        None => ("no OWNERS file names anybody".to_owned(), Vec::new()),
    };
    let all = owners.map_or(0, |owners| owners.people.len());
    if let Some(more) = all.checked_sub(MAX_PEOPLE + 1) {
        people.push(format!("{} more", more + 1));
    }
    let named = files.iter().take(MAX_FILES);
    let mut named: Vec<String> = named
        .map(|path| file(report, path.as_str(), cell))
        .collect();
    if let Some(more) = files.len().checked_sub(MAX_FILES + 1) {
        named.push(format!("and {} more", more + 1));
    }
    format!(
        "| {team} | {} | {} |\n",
        people.join(", "),
        named.join("<br>")
    )
}
