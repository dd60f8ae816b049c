//! Who is hit, by team.

use std::cmp::Reverse;

use super::super::{Report, affected};
use super::{MAX_PATH, Page, TEAMS_END, file, linked};
use crate::finding::{Finding, Team, teams};
use crate::report::markdown_text::{Within, code};

/// People of a team that are named.
const MAX_PEOPLE: usize = 10;

/// Files of a team that are named.
const MAX_FILES: usize = 3;

/// How many files of how many teams the findings break, if any.
pub(super) fn hit(findings: &[&Finding]) -> Option<String> {
    affected::counts(&of(findings), unlisted(findings))
}

/// A row for each team, those with most files first.
pub(super) fn write(report: &Report<'_>, findings: &[&Finding], page: &mut Page) {
    let mut teams = of(findings);
    if teams.is_empty() {
        return;
    }
    teams.sort_by_key(|team| (team.owners.is_empty(), Reverse(team.files.len())));
    page.line("**Who is hit**\n\n| Team | Approvers | Files |\n| --- | --- | --- |");
    let left_out = page.rows(TEAMS_END, &teams, |team| row(report, team));
    page.left_out(left_out, "more team");
    page.left_out(unlisted(findings), "more file");
}

fn of<'f>(findings: &[&'f Finding]) -> Vec<Team<'f>> {
    teams(findings.iter().flat_map(|finding| &finding.affected.files))
}

/// Files that the findings count and do not list.
fn unlisted(findings: &[&Finding]) -> usize {
    let unlisted = findings.iter().map(|finding| finding.affected.unlisted());
    unlisted.sum()
}

fn row(report: &Report<'_>, team: &Team<'_>) -> String {
    let cell = Within::Cell;
    let name = match &*team.owners {
        [] => "no OWNERS file names anybody".to_owned(),
        [one] => {
            let (folder, _) = affected::folder(team);
            linked(
                report,
                &code(&folder, MAX_PATH, cell),
                one.file.as_str(),
                "",
            )
        }
        _ => {
            let (folder, more) = affected::folder(team);
            format!("{}{more}", code(&folder, MAX_PATH, cell))
        }
    };
    let all = team.people();
    let people = all.iter().take(MAX_PEOPLE);
    let mut people: Vec<String> = people.map(|login| code(login, MAX_PATH, cell)).collect();
    if let Some(more) = all.len().checked_sub(MAX_PEOPLE + 1) {
        people.push(format!("{} more", more + 1));
    }
    let files = team.files.iter().take(MAX_FILES);
    let mut files: Vec<String> = files
        .map(|path| file(report, path.as_str(), cell))
        .collect();
    if let Some(more) = team.files.len().checked_sub(MAX_FILES + 1) {
        files.push(format!("and {} more", more + 1));
    }
    format!(
        "| {name} | {} | {} |\n",
        people.join(", "),
        files.join("<br>")
    )
}
