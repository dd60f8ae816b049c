//! Whom a finding hits: files that it breaks and that others look after.

use std::collections::BTreeSet;
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

    /// The listed files by whose they are: those whose they are in order of their teams, nobody's last.
    #[must_use]
    pub fn by_owners(&self) -> Vec<(Option<&Owners>, Vec<&RepoPath>)> {
        by_owners(self.files.iter())
    }
}

/// Files by whose they are: those whose they are in order of their teams, nobody's last. A file that
/// is there twice counts once.
#[must_use]
pub fn by_owners<'f>(
    files: impl Iterator<Item = &'f AffectedFile>,
) -> Vec<(Option<&'f Owners>, Vec<&'f RepoPath>)> {
    let mut files: Vec<_> = files
        .map(|file| {
            let owners = file.owners.as_deref();
            (owners.is_none(), owners, &file.path)
        })
        .collect();
    files.sort_unstable();
    files.dedup();
    let mut teams: Vec<(Option<&Owners>, Vec<&RepoPath>)> = Vec::new();
    for (_, owners, path) in files {
        match teams.last_mut() {
            Some((last, paths)) if *last == owners => paths.push(path),
            _ => teams.push((owners, vec![path])),
        }
    }
    teams
}
