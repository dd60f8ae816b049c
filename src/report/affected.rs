//! Whom findings hit, in one line.

use super::escape::one_line;
use super::plural;
use crate::finding::{Affected, Team};

/// Teams that the line names; more are counted.
const MAX_TEAMS: usize = 4;

/// People of one team that the line names; more are counted.
const MAX_PEOPLE: usize = 3;

/// Letters of a name; more are cut.
const MAX_NAME: usize = 80;

/// Whose files a finding breaks; nothing where it breaks none.
pub(super) fn line(affected: &Affected) -> Option<String> {
    let teams = affected.teams();
    let mut said = counts(&teams, affected.unlisted())?;
    let mut named: Vec<String> = owned(&teams).take(MAX_TEAMS).map(with_people).collect();
    if let Some(more) = owned(&teams).count().checked_sub(MAX_TEAMS + 1) {
        named.push(format!("and {} more", more + 1));
    }
    if !named.is_empty() {
        said.push_str(&format!(": {}", named.join("; ")));
    }
    Some(format!("hits {said}"))
}

/// How many files of how many teams are hit, where any is; so many files are not listed.
pub(super) fn counts(teams: &[Team<'_>], unlisted: usize) -> Option<String> {
    let listed: usize = teams.iter().map(|team| team.files.len()).sum();
    let files = listed + unlisted;
    if files == 0 {
        return None;
    }
    let at_least = if unlisted > 0 { "at least " } else { "" };
    let files = plural(files, "file");
    Some(match owned(teams).count() {
        0 => format!("{files}, which no OWNERS file gives to anybody"),
        owned => format!("{files} of {at_least}{}", plural(owned, "team")),
    })
}

fn owned<'t, 'f>(teams: &'t [Team<'f>]) -> impl Iterator<Item = &'t Team<'f>> {
    teams.iter().filter(|team| !team.owners.is_empty())
}

/// A team with its people: `openshift/foo (alice, bob)`.
fn with_people(team: &Team<'_>) -> String {
    let all = team.people();
    let mut people: Vec<String> = all
        .iter()
        .take(MAX_PEOPLE)
        .map(|login| cut(login))
        .collect();
    if let Some(more) = all.len().checked_sub(MAX_PEOPLE + 1) {
        people.push(format!("{} more", more + 1));
    }
    let (folder, more) = folder(team);
    format!("{}{more} ({})", cut(&folder), people.join(", "))
}

/// What a team is called: its folder, or the one that all of its folders lie in; and how many these are.
pub(super) fn folder(team: &Team<'_>) -> (String, String) {
    let mut folders = team.owners.iter().map(|owners| &*owners.team);
    let first = folders.next().unwrap_or_default();
    let common = folders.fold(first, |common, folder| {
        let mut ends = common
            .match_indices('/')
            .map(|(at, _)| at)
            .chain([common.len()]);
        let is_shared = |&end: &usize| {
            let rest = folder.strip_prefix(&common[..end]);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        &common[..ends.rfind(is_shared).unwrap_or_default()]
    });
    let more = match team.owners.len() {
        0 | 1 => String::new(),
        count if common.is_empty() => format!(" and {}", plural(count - 1, "more folder")),
        count => format!(", {count} folders"),
    };
    let name = match (first, common) {
        ("", _) => "the whole repository",
        (first, "") => first,
        (_, common) => common,
    };
    (name.to_owned(), more)
}

/// A name in one line, its end cut off where it is too long to be one.
fn cut(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.by_ref().take(MAX_NAME).collect();
    let rest = if letters.next().is_some() { "…" } else { "" };
    format!("{}{rest}", one_line(&first))
}

#[cfg(test)]
mod tests {
    use super::folder;
    use crate::finding::{Owners, Team};
    use crate::tree::RepoPath;

    #[test]
    fn a_team_is_called_after_what_its_folders_share() {
        for (folders, name, more) in [
            (&["a/b"][..], "a/b", ""),
            (&["a/b", "a/c/d", "a/c/e"], "a", ", 3 folders"),
            (&["a/b", "a/bc"], "a", ", 2 folders"),
            (&["a", "a/b"], "a", ", 2 folders"),
            (&["a/b", "c/d", "e"], "a/b", " and 2 more folders"),
            (&["", "a"], "the whole repository", " and 1 more folder"),
        ] {
            let owners: Vec<Owners> = folders
                .iter()
                .map(|folder| Owners {
                    team: (*folder).to_owned(),
                    file: RepoPath::new("OWNERS"),
                    people: Vec::new(),
                })
                .collect();
            let team = Team {
                owners: owners.iter().collect(),
                files: Vec::new(),
            };
            assert_eq!(
                folder(&team),
                (name.to_owned(), more.to_owned()),
                "{folders:?}"
            );
        }
    }
}
