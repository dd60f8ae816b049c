//! What is linted: files on disk, what is staged, a commit, or a merge.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Failure;
use crate::linter::{Review, checkout_root};
use crate::tree::{RepoPath, Repository, Tree, WorkTree};

#[derive(Args)]
pub(in crate::cli) struct Target {
    /// Lint this commit instead of the files on disk; works in a bare repository too
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "base"])]
    rev: Option<String>,
    /// Lint what is staged, and report what it adds to HEAD
    #[arg(long, conflicts_with = "base")]
    staged: bool,
    /// Lint the merge of --head into this commit, made in memory, and report what the change adds
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The change to merge into --base
    #[arg(long, value_name = "REV", default_value = "HEAD", requires = "base")]
    head: String,
}

/// What is linted, and which part of it is reported.
pub(in crate::cli) struct LintTarget {
    pub(in crate::cli) tree: Box<dyn Tree>,
    /// The path below which findings are reported.
    pub(in crate::cli) reported: RepoPath,
    /// What it is a change to, if it is one.
    pub(super) review: Option<Review>,
    /// The checkout on disk that fixes are written to.
    pub(super) root: Option<PathBuf>,
}

impl LintTarget {
    /// The checkout on disk at `root`.
    pub(in crate::cli) fn on_disk(root: &Path, reported: RepoPath) -> Result<Self, Failure> {
        Ok(Self {
            tree: Box::new(WorkTree::open(root)?),
            reported,
            review: None,
            root: Some(root.to_owned()),
        })
    }
}

/// The tree that `path` and `target` name.
pub(super) fn find(path: &Path, target: &Target) -> Result<LintTarget, Failure> {
    if let Some(rev) = &target.rev {
        return commit(path, rev);
    }
    if !target.staged && target.base.is_none() {
        let (root, reported) = checkout_root(path)?;
        return LintTarget::on_disk(&root, reported);
    }
    let repository = Repository::discover(path)?;
    let reported = reported(&repository, path);
    if let Some(base) = &target.base {
        let mut merge = Box::new(repository.merge(base, &target.head)?);
        let empty = repository.commit(base)?;
        let result = std::mem::replace(&mut merge.result, empty);
        return Ok(LintTarget {
            tree: Box::new(result),
            reported,
            review: Some(Review::Merge { repository, merge }),
            root: None,
        });
    }
    // `git commit -a` and `git commit FILE` prepare an index of their own, and tell hooks where it is.
    let index = env::var_os("GIT_INDEX_FILE").map(PathBuf::from);
    Ok(LintTarget {
        tree: Box::new(repository.index(index.as_deref())?),
        reported,
        root: repository.work_tree().map(Path::to_owned),
        review: Some(Review::Head(repository.head()?)),
    })
}

/// The commit `rev` of the repository that `path` lies in.
pub(in crate::cli) fn commit(path: &Path, rev: &str) -> Result<LintTarget, Failure> {
    let repository = Repository::discover(path)?;
    Ok(LintTarget {
        tree: Box::new(repository.commit(rev)?),
        reported: reported(&repository, path),
        review: None,
        root: None,
    })
}

/// Where `path` lies in the work tree; in a bare repository, everything is reported.
fn reported(repository: &Repository, path: &Path) -> RepoPath {
    repository
        .work_tree()
        .and_then(|root| below(&root.canonicalize().ok()?, &path.canonicalize().ok()?))
        .unwrap_or_else(|| RepoPath::new(""))
}

fn below(root: &Path, path: &Path) -> Option<RepoPath> {
    Some(RepoPath::new(path.strip_prefix(root).ok()?.to_str()?))
}
