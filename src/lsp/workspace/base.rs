//! What a workspace is compared with, so that it shows what the branch changes whether that is saved, staged,
//! committed or none of it: the commit at which the branch left the one that it is to be merged into.

use std::path::Path;
use std::sync::Arc;

use crate::checkout::files::share;
use crate::checkout::{Change, Checkout};
use crate::linter::{BaseFindings, Cache, Linter};
use crate::lsp::settings::Settings;
use crate::model::{self, File, ParsedFiles};
use crate::tree::{Repository, TreeError};

/// The base.
#[derive(Debug)]
pub(in crate::lsp) struct Base {
    /// The commit's id; none where there is no repository or no commit: the base is then the checkout as it
    /// was when it was first read.
    commit: Option<String>,
    /// What it holds.
    pub(in crate::lsp) checkout: Arc<Checkout>,
    /// What is found there.
    pub(in crate::lsp) found: BaseFindings,
}

/// A base in git.
pub(in crate::lsp) struct ForkPoint {
    repository: Repository,
    commit: String,
}

impl ForkPoint {
    /// The fork point of the checkout at `root`. Where the `settings` ask for one that is not to be had, the
    /// reason, and the one that there would be without them.
    pub(in crate::lsp) fn of(
        root: &Path,
        settings: &Settings,
    ) -> (Option<Self>, Option<TreeError>) {
        // Without a repository there is nothing to be said: that is a checkout as well.
        let repository = Repository::discover(root).ok();
        let is_own = |repository: &Repository| {
            let top = repository.work_tree().map(Path::canonicalize);
            matches!((top, root.canonicalize()), (Some(Ok(top)), Ok(root)) if top == root)
        };
        let Some(repository) = repository.filter(is_own) else {
            return (None, None);
        };
        let (commit, fault) = match repository.fork_point(settings.base.as_deref()) {
            Ok(commit) => (commit, None),
            Err(fault) => (repository.fork_point(None).ok().flatten(), Some(fault)),
        };
        (commit.map(|commit| Self { repository, commit }), fault)
    }

    /// Its files, in order of their paths; those that say the same as one of `files` are shared with them.
    fn files(&self, linter: &Linter, files: &[Arc<File>]) -> Result<Vec<Arc<File>>, TreeError> {
        let tree = self.repository.commit(&self.commit)?;
        let parsed = ParsedFiles::of(files);
        let mut own = model::load(&tree, &linter.conventions, &parsed)?;
        share(&mut own, files);
        Ok(own)
    }
}

impl Base {
    /// The base of a checkout of which nothing could be read.
    pub(in crate::lsp) fn nothing(linter: &Linter) -> Self {
        Self::new(None, Vec::new(), linter)
    }

    fn new(commit: Option<String>, files: Vec<Arc<File>>, linter: &Linter) -> Self {
        let checkout = Checkout::new(files, &linter.conventions, &linter.inputs);
        Self {
            commit,
            checkout: Arc::new(checkout),
            found: BaseFindings::default(),
        }
    }

    /// Lints the base of `files`, the checkout as it is now: the commit at `fork_point`, or `files`
    /// themselves. `cache` is afterwards that of the base.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub(in crate::lsp) fn read(
        fork_point: Option<&ForkPoint>,
        files: &[Arc<File>],
        linter: &Linter,
        cache: &mut Cache,
    ) -> Result<Self, TreeError> {
        let Some(point) = fork_point else {
            return Ok(Self::now(files, linter, cache));
        };
        let own = point.files(linter, files)?;
        let mut base = Self::new(Some(point.commit.clone()), own, linter);
        base.lint(linter, cache);
        Ok(base)
    }

    /// The same, with `files` themselves for a commit that cannot be read, and why it cannot.
    pub(in crate::lsp) fn read_or_now(
        fork_point: Option<&ForkPoint>,
        files: &[Arc<File>],
        linter: &Linter,
        cache: &mut Cache,
    ) -> (Self, Option<TreeError>) {
        match Self::read(fork_point, files, linter, cache) {
            Ok(base) => (base, None),
            Err(fault) => (Self::now(files, linter, cache), Some(fault)),
        }
    }

    /// `files` themselves as the base.
    pub(in crate::lsp) fn now(files: &[Arc<File>], linter: &Linter, cache: &mut Cache) -> Self {
        let mut base = Self::new(None, files.to_vec(), linter);
        base.lint(linter, cache);
        base
    }

    /// Whether this is the base where `fork_point` is what git says. Without git it stays what it is.
    pub(in crate::lsp) fn is_at(&self, fork_point: Option<&ForkPoint>) -> bool {
        self.commit.as_ref() == fork_point.map(|point| &point.commit)
    }

    /// The same base for other rules.
    pub(in crate::lsp) fn again(&self, linter: &Linter, cache: &mut Cache) -> Self {
        let files = self.checkout.files().to_vec();
        let mut base = Self::new(self.commit.clone(), files, linter);
        base.lint(linter, cache);
        base
    }

    fn lint(&mut self, linter: &Linter, cache: &mut Cache) {
        *cache = Cache::default();
        let everything = Change::between(&[], self.checkout.files());
        let filtered = linter.lint_after(&everything, &self.checkout, None, cache);
        self.found = filtered.found.into();
    }
}
