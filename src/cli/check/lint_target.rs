//! What is linted: files on disk, what is staged, a commit, or a merge.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::Failure;
use crate::linter::{NoCheckout, Review, checkout_root};
use crate::report::Subject;
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
    /// All of this in words, for reports.
    pub(super) subject: Subject,
}

impl LintTarget {
    /// The checkout on disk at `root`.
    pub(in crate::cli) fn on_disk(root: &Path, reported: RepoPath) -> Result<Self, Failure> {
        Ok(Self {
            tree: Box::new(WorkTree::open(root)?),
            reported,
            review: None,
            root: Some(root.to_owned()),
            subject: Subject {
                tree: on_disk(root),
                compared_with: None,
            },
        })
    }
}

/// The tree that `path` and `target` name.
pub(super) fn find(path: &Path, target: &Target) -> Result<LintTarget, Failure> {
    if let Some(rev) = &target.rev {
        return commit(path, rev);
    }
    if !target.staged && target.base.is_none() {
        let found = checkout_root(path);
        if let Err(no_checkout @ NoCheckout::NoLandmark(_)) = &found
            && Repository::discover(path).is_ok_and(|own| own.work_tree().is_none())
        {
            return Err(format!(
                "{no_checkout}; it is a bare repository: `--rev REV` lints a commit of it, `--base \
                 REV --head REV` a change"
            )
            .into());
        }
        let (root, reported) = found?;
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
            root: None,
            subject: Subject {
                tree: format!(
                    "{} merged into {}",
                    named(&repository, &target.head),
                    named(&repository, base)
                ),
                compared_with: Some("the base"),
            },
            review: Some(Review::Merge { repository, merge }),
        });
    }
    // `git commit -a` and `git commit FILE` prepare an index of their own, and tell hooks where it is.
    let index = env::var_os("GIT_INDEX_FILE").map(PathBuf::from);
    Ok(LintTarget {
        tree: Box::new(repository.index(index.as_deref())?),
        reported,
        root: repository.work_tree().map(Path::to_owned),
        subject: Subject {
            tree: format!("what is staged on {}", named(&repository, "HEAD")),
            compared_with: Some("`HEAD`"),
        },
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
        subject: Subject {
            tree: named(&repository, rev),
            compared_with: None,
        },
    })
}

/// The files on disk in words, with the commit that is checked out where `root` is a repository's.
fn on_disk(root: &Path) -> String {
    let repository = Repository::discover(root).ok();
    let own = repository.filter(|repository| {
        let found = repository.work_tree().map(Path::canonicalize);
        matches!((found, root.canonicalize()), (Some(Ok(found)), Ok(root)) if found == root)
    });
    own.map_or_else(
        || "the files on disk".to_owned(),
        |own| format!("the files on disk over {}", named(&own, "HEAD")),
    )
}

/// A commit in words: what the user calls it, and its id.
fn named(repository: &Repository, revision: &str) -> String {
    match repository.commit_id(revision) {
        Some(id) if revision.starts_with(&id) || id.starts_with(revision) => format!("commit {id}"),
        Some(id) => format!("{revision} (commit {id})"),
        None => revision.to_owned(),
    }
}

/// Where `path` lies in the work tree; in a bare repository, everything is reported.
pub(in crate::cli) fn reported(repository: &Repository, path: &Path) -> RepoPath {
    repository
        .work_tree()
        .and_then(|root| below(&root.canonicalize().ok()?, &path.canonicalize().ok()?))
        .unwrap_or_else(|| RepoPath::new(""))
}

/// Where `path` lies below `root`.
pub(super) fn below(root: &Path, path: &Path) -> Option<RepoPath> {
    Some(RepoPath::new(path.strip_prefix(root).ok()?.to_str()?))
}
