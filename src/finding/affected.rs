//! Whom a finding hits: files that it breaks and that others look after.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::limits::MAX_AFFECTED;
use crate::tree::RepoPath;

/// The files of others that a finding breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Each of them once, in order of their paths; of many the first.
    pub files: Vec<AffectedFile>,
    /// How many there are.
    pub total: usize,
}

/// A file that a finding breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedFile {
    /// Where it lies.
    pub path: RepoPath,
    /// Whose it is: a check does not know, and of some files nobody does.
    pub owners: Option<Arc<Owners>>,
}

/// Those who look after a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owners {
    /// What people call them: the folder that their OWNERS file is about.
    pub team: String,
    /// The OWNERS file that names them.
    pub file: RepoPath,
    /// Their logins in lower case, in order and each once; of many the first.
    pub people: Vec<String>,
}

impl Affected {
    /// `paths`, of which nothing more is known yet.
    #[must_use]
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p RepoPath>) -> Self {
        let paths: BTreeSet<&RepoPath> = paths.into_iter().collect();
        let total = paths.len();
        let files = paths
            .into_iter()
            .take(MAX_AFFECTED)
            .map(|path| AffectedFile {
                path: path.clone(),
                owners: None,
            });
        Self {
            files: files.collect(),
            total,
        }
    }

    /// All that `parts` have. What none of them lists is counted for each.
    pub(crate) fn join<'a>(parts: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let files = parts.clone().flat_map(|part| &part.files);
        let mut joined = Self::of(files.map(|file| &file.path));
        joined.total += parts.map(Self::unlisted).sum::<usize>();
        joined
    }

    /// Forgets the listed files that `keep` does not say to keep.
    pub(crate) fn retain(&mut self, keep: impl Fn(&RepoPath) -> bool) {
        let unlisted = self.unlisted();
        self.files.retain(|file| keep(&file.path));
        self.total = self.files.len() + unlisted;
    }

    /// Keeps the first files only; all are still counted.
    pub(crate) fn truncate(&mut self, most: usize) {
        self.files.truncate(most);
    }

    /// How many files there are beside those that are listed.
    #[must_use]
    pub fn unlisted(&self) -> usize {
        self.total.saturating_sub(self.files.len())
    }

    /// The listed files by whose they are.
    #[must_use]
    pub fn teams(&self) -> Vec<Team<'_>> {
        teams(&self.files)
    }
}

/// The same people, whatever folders are theirs, and files of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team<'f> {
    /// What OWNERS files say, in order and each once; nothing where no OWNERS file names anybody.
    pub owners: Vec<&'f Owners>,
    /// Files of theirs, each once.
    pub files: Vec<&'f RepoPath>,
}

impl Team<'_> {
    /// Their logins.
    #[must_use]
    pub fn people(&self) -> &[String] {
        self.owners.first().map_or(&[], |owners| &owners.people)
    }
}

/// Files by whose they are, in order of the folders, and nobody's last. A file that is there twice
/// counts once.
pub fn teams<'f>(files: impl IntoIterator<Item = &'f AffectedFile>) -> Vec<Team<'f>> {
    let mut of_people: BTreeMap<&[String], Team<'f>> = BTreeMap::new();
    let mut files: Vec<_> = files
        .into_iter()
        .map(|file| (file.owners.as_deref(), &file.path))
        .collect();
    files.sort_unstable();
    files.dedup();
    for (owners, path) in files {
        let people = owners.map_or(&[][..], |owners| &*owners.people);
        let team = of_people.entry(people).or_insert(Team {
            owners: Vec::new(),
            files: Vec::new(),
        });
        team.files.push(path);
        if team.owners.last() != owners.as_ref() {
            team.owners.extend(owners);
        }
    }
    let mut teams: Vec<Team<'f>> = of_people.into_values().collect();
    teams.sort_by(|a, b| (a.owners.is_empty(), &a.owners).cmp(&(b.owners.is_empty(), &b.owners)));
    teams
}
