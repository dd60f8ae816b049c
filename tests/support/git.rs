//! A real git repository around a checkout.

use std::error::Error;
use std::path::Path;

use git2::{IndexAddOption, Oid, Repository, Signature, Time};

use super::{Checkout, Run, run};

/// The sound checkout, committed to the branch `main`.
pub struct Repo {
    pub checkout: Checkout,
    pub git: Repository,
}

impl Repo {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let checkout = Checkout::new()?;
        let git = Repository::init(checkout.root())?;
        git.set_head("refs/heads/main")?;
        let repo = Self { checkout, git };
        repo.commit("start")?;
        Ok(repo)
    }

    /// Stages everything on disk.
    pub fn stage(&self) -> Result<(), git2::Error> {
        let mut index = self.git.index()?;
        index.add_all(["*"], IndexAddOption::DEFAULT, None)?;
        index.update_all(["*"], None)?;
        index.write()
    }

    /// Commits everything on disk to the current branch.
    pub fn commit(&self, message: &str) -> Result<Oid, Box<dyn Error>> {
        self.merge_at(message, 0, &[])
    }

    /// The same as a merge of `others`, so many seconds after the first commit.
    pub fn merge_at(
        &self,
        message: &str,
        seconds: i64,
        others: &[Oid],
    ) -> Result<Oid, Box<dyn Error>> {
        self.stage()?;
        let tree = self.git.find_tree(self.git.index()?.write_tree()?)?;
        let when = Time::new(1_700_000_000 + seconds, 0);
        let who = Signature::new("T", "t@example.org", &when)?;
        let parent = self
            .git
            .head()
            .ok()
            .and_then(|head| head.peel_to_commit().ok());
        let mut parents = Vec::from_iter(parent);
        for other in others {
            parents.push(self.git.find_commit(*other)?);
        }
        let parents: Vec<_> = parents.iter().collect();
        Ok(self
            .git
            .commit(Some("HEAD"), &who, &who, message, &tree, &parents)?)
    }

    /// Makes a branch at the current commit.
    pub fn branch(&self, name: &str) -> Result<(), git2::Error> {
        let head = self.git.head()?.peel_to_commit()?;
        self.git.branch(name, &head, false).map(|_| ())
    }

    /// Goes to a branch, files and all.
    pub fn switch(&self, name: &str) -> Result<(), git2::Error> {
        self.git.set_head(&format!("refs/heads/{name}"))?;
        let mut options = git2::build::CheckoutBuilder::new();
        self.git
            .checkout_head(Some(options.force().remove_untracked(true)))
    }

    pub fn root(&self) -> &Path {
        self.checkout.root()
    }

    /// What `mirrorlint check` says here, in one line a finding.
    pub fn check(&self, arguments: &[&str]) -> std::io::Result<Run> {
        let root = self.root().to_string_lossy().into_owned();
        let fixed = ["check", &root, "--output", "concise"];
        run(fixed.iter().chain(arguments))
    }
}

impl AsRef<Path> for Repo {
    fn as_ref(&self) -> &Path {
        self.root()
    }
}
