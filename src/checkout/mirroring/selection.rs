//! Which jobs read which mapping files.
//!
//! Each file's name is looked up by each of its starts, for a hostile checkout may have tens of
//! thousands of both.

use std::collections::{BTreeSet, HashMap};

use super::{MirroredFile, Mirroring};
use crate::limits::MAX_READERS;
use crate::model::FileKind;

/// A job that reads a mapping file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reader {
    /// Which of [`Mirroring::jobs`].
    pub job: usize,
    /// The first of its selectors that chooses the file.
    pub selector: usize,
}

/// The jobs that select one name, or all names with one start.
#[derive(Default)]
struct Selecting {
    /// The first of them.
    readers: Vec<Reader>,
    /// The others.
    more: Vec<Reader>,
    has_files: bool,
}

impl Mirroring {
    /// Notes at each job, file and set who reads what.
    pub(super) fn select(&mut self) {
        let mut selecting: HashMap<(&str, bool), Selecting> = HashMap::new();
        let mut lengths = BTreeSet::new();
        for (job, mirror) in self.jobs.iter().enumerate() {
            for (selector, wanted) in mirror.selectors.iter().enumerate() {
                lengths.insert(wanted.prefix.len());
                let selecting = selecting.entry((&wanted.prefix, wanted.exact)).or_default();
                let known = &mut selecting.readers;
                if known.last().is_some_and(|last| last.job == job) || known.len() == MAX_READERS {
                    selecting.more.push(Reader { job, selector });
                } else {
                    known.push(Reader { job, selector });
                }
            }
        }
        // Those of the old layout never reach the jobs of today.
        let is_mounted = |file: &&mut MirroredFile| file.file.kind == FileKind::MappingFile;
        for file in self.files.iter_mut().filter(is_mounted) {
            let name = file.file.path.name();
            let starts = lengths.iter().map_while(|&length| {
                (length <= name.len()).then(|| name.get(..length).unwrap_or_default())
            });
            for key in starts.map(|start| (start, false)).chain([(name, true)]) {
                if let Some(selecting) = selecting.get_mut(&key) {
                    selecting.has_files = true;
                    file.readers.extend(&selecting.readers);
                }
            }
            file.readers.sort();
            file.readers.dedup_by_key(|reader| reader.job);
            file.readers.truncate(MAX_READERS);
        }
        let idle: Vec<Reader> = selecting
            .into_values()
            .filter(|selecting| !selecting.has_files)
            .flat_map(|selecting| selecting.readers.into_iter().chain(selecting.more))
            .collect();
        for Reader { job, selector } in idle {
            self.jobs[job].selectors[selector].matches_nothing = true;
        }
        for (at, file) in self.files.iter().enumerate() {
            for reader in &file.readers {
                self.jobs[reader.job].files.push(at);
            }
        }
        self.assign_to_sets();
    }

    /// Notes at each set its job, and which of its files no job reads.
    fn assign_to_sets(&mut self) {
        for (number, job) in self.jobs.iter().enumerate().rev() {
            if let Some(set) = job.area().and_then(|area| self.sets.get_mut(area)) {
                set.job = Some(number);
            }
        }
        for set in self.sets.values_mut() {
            for at in set.files.clone() {
                match self.files[at].readers.first() {
                    Some(first) => {
                        set.job = Some(set.job.map_or(first.job, |job| job.min(first.job)));
                    }
                    None => set.unread.push(at),
                }
            }
        }
    }
}
