//! The first reading of a checkout, on a thread of its own: what is open can be asked about meanwhile.

use std::path::PathBuf;
use std::sync::Arc;

use super::answering::guarded;
use super::setup::Setup;
use super::workspace::{Base, ForkPoint};
use crate::linter::Cache;
use crate::model::{self, File, ParsedFiles};
use crate::tree::WorkTree;

/// What is to be read.
pub(super) struct Load {
    pub(super) tree: WorkTree,
    pub(super) setup: Arc<Setup>,
}

/// A checkout that was read.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Where it lies, free of links.
    pub(super) root: PathBuf,
    /// Its files on disk.
    pub(super) files: Vec<Arc<File>>,
    /// What they are compared with.
    pub(super) base: Base,
    /// What was found in each file of the base by itself.
    pub(super) cache: Cache,
    /// What is to be told to the user.
    pub(super) notices: Vec<String>,
}

impl Load {
    /// Reads it. What cannot be read is a notice.
    pub(super) fn run(&self) -> Loaded {
        let mut loaded = Loaded {
            root: self.tree.root().to_owned(),
            files: Vec::new(),
            base: Base::nothing(self.setup.linter()),
            cache: Cache::default(),
            notices: Vec::new(),
        };
        if let Err(fault) = guarded(|| {
            self.fill(&mut loaded);
            Ok(())
        }) {
            loaded.notices.push(fault.message);
        }
        loaded
    }

    fn fill(&self, loaded: &mut Loaded) {
        let linter = self.setup.linter();
        match model::load(&self.tree, &linter.conventions, &ParsedFiles::default()) {
            Ok(files) => loaded.files = files,
            Err(error) => loaded.notices.push(error.to_string()),
        }
        let (point, no_point) = ForkPoint::of(self.tree.root(), self.setup.settings());
        let (base, unread) =
            Base::read_or_now(point.as_ref(), &loaded.files, linter, &mut loaded.cache);
        loaded.base = base;
        let faults = no_point.into_iter().chain(unread);
        loaded.notices.extend(faults.map(|fault| fault.to_string()));
    }
}
