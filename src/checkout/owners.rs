//! Who looks after a file: OWNERS files with their aliases, as Prow reads them, but for symbolic links,
//! which Prow passes by (`docs/domain.md#owners-files`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use regex::Regex;

use crate::finding::Owners;
use crate::limits::{MAX_LOGIN, MAX_OWNERS, MAX_OWNERS_FILTERS};
use crate::model::owners::Aliases;
use crate::model::{Conventions, File, Statements, Text};
use crate::tree::RepoPath;

/// What OWNERS files are called.
const NAME: &str = "OWNERS";

/// The OWNERS files of some folders.
pub struct Ownership<'f> {
    files: HashMap<&'f str, OwnersFile<'f>>,
    aliases: BTreeMap<String, &'f [Text]>,
    conventions: &'f Conventions,
    /// What was answered, by folder and by which entries of its file matched.
    known: HashMap<(&'f str, Vec<usize>), Option<Arc<Owners>>>,
}

/// An OWNERS file, ready to be asked.
struct OwnersFile<'f> {
    path: &'f RepoPath,
    /// Approvers, and what matches the paths that they approve where it is not all.
    entries: Vec<(Option<Regex>, &'f [Text])>,
    no_parent_owners: bool,
}

impl<'f> Ownership<'f> {
    /// Where Prow reads the aliases.
    pub const ALIASES: &'static str = "OWNERS_ALIASES";

    /// What `files` say; of the others among them nothing is taken. Of two that give an alias, the
    /// first counts.
    #[must_use]
    pub fn new(files: impl IntoIterator<Item = &'f File>, conventions: &'f Conventions) -> Self {
        let mut ownership = Self {
            files: HashMap::new(),
            aliases: BTreeMap::new(),
            conventions,
            known: HashMap::new(),
        };
        let mut filters = 0..MAX_OWNERS_FILTERS;
        for file in files {
            match &file.statements {
                Statements::Owners(owners) => {
                    let entries = owners.entries.iter();
                    let entries = entries.filter_map(|entry| {
                        let regex = match entry.pattern {
                            Some(_) => Some(filters.next().and(entry.regex())?.ok()?),
                            None => None,
                        };
                        Some((regex, &*entry.approvers))
                    });
                    let owners = OwnersFile {
                        path: &file.path,
                        entries: entries.collect(),
                        no_parent_owners: owners.no_parent_owners,
                    };
                    ownership.files.insert(file.path.folder(), owners);
                }
                Statements::OwnersAliases(aliases) => ownership.add(aliases),
                _ => {}
            }
        }
        ownership
    }

    fn add(&mut self, aliases: &'f Aliases) {
        for alias in &aliases.items {
            let name = alias.folded();
            self.aliases.entry(name).or_insert(&alias.members);
        }
    }

    /// Where the OWNERS files lie that may be about `path`, the nearest first.
    pub fn candidates(path: &RepoPath) -> impl Iterator<Item = RepoPath> {
        folders(path).map(|folder| RepoPath::new(&format!("{folder}/{NAME}")))
    }

    /// The approvers of the file at `path`: those of the nearest OWNERS file that names any for it.
    pub fn of(&mut self, path: &RepoPath) -> Option<Arc<Owners>> {
        for folder in folders(path) {
            let Some((&folder, file)) = self.files.get_key_value(folder) else {
                continue;
            };
            let below = path.below(folder)?;
            let entries = file.entries.iter().enumerate();
            let matching: Vec<usize> = entries
                .filter(|(_, (regex, _))| regex.as_ref().is_none_or(|regex| regex.is_match(below)))
                .map(|(number, _)| number)
                .collect();
            let stops = file.no_parent_owners;
            let key = (folder, matching);
            let owners = match self.known.get(&key) {
                Some(known) => known.clone(),
                None => {
                    let owners = self.owners(folder, file, &key.1).map(Arc::new);
                    self.known.insert(key, owners.clone());
                    owners
                }
            };
            if owners.is_some() || stops {
                return owners;
            }
        }
        None
    }

    /// The approvers that some entries of the OWNERS file in `folder` give, if they give any.
    fn owners(&self, folder: &str, file: &OwnersFile<'_>, entries: &[usize]) -> Option<Owners> {
        let named = entries.iter().flat_map(|&number| file.entries[number].1);
        let mut people = BTreeSet::new();
        for name in named.take(MAX_OWNERS) {
            let login = login(name);
            match self.aliases.get(&login) {
                Some(members) => people.extend(members.iter().take(MAX_OWNERS).map(self::login)),
                None => people.extend([login]),
            }
        }
        people.retain(|login| (1..=MAX_LOGIN).contains(&login.len()));
        let is_somebody = !people.is_empty();
        is_somebody.then(|| Owners {
            team: self.team(folder),
            file: file.path.clone(),
            people: people.into_iter().take(MAX_OWNERS).collect(),
        })
    }

    /// What people call those who look after `folder`: where configs are, its repository.
    fn team(&self, folder: &str) -> String {
        let configs = format!("{}/", self.conventions.ci_configs.folder);
        folder.strip_prefix(&configs).unwrap_or(folder).to_owned()
    }
}

/// The folders that `path` lies in, the nearest first, and the root of the checkout.
fn folders(path: &RepoPath) -> impl Iterator<Item = &str> {
    let nested = std::iter::successors(Some(path.folder()), |folder| {
        let (above, _) = folder.rsplit_once('/')?;
        Some(above)
    });
    nested.filter(|folder| !folder.is_empty()).chain([""])
}

/// How Prow takes a login or an alias.
fn login(name: &Text) -> String {
    name.value.trim_start_matches('@').to_lowercase()
}
