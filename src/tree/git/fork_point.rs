//! Where the branch that is checked out left the one that it is to be merged into.

use git2::{ErrorCode, Oid};

use super::super::TreeError;
use super::{Repository, failure};

/// The branches that a change is to be merged into, the likeliest first: of a clone of a fork, the remote of the
/// project is called `upstream`, as GitHub's documentation has it; else there is only `origin`.
const MAIN_BRANCHES: [&str; 6] = [
    "refs/remotes/upstream/HEAD",
    "refs/remotes/upstream/main",
    "refs/remotes/upstream/master",
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
];

impl Repository {
    /// The id of the commit that `HEAD` and `target` have last in common. Without a `target` it is the main
    /// branch of the remote; where no remote has one, or no history in common, it is `HEAD` itself. `None`
    /// before the first commit.
    ///
    /// # Errors
    /// When `target` is no commit, it and `HEAD` have no common history here, or that cannot be read.
    pub fn fork_point(&self, target: Option<&str>) -> Result<Option<String>, TreeError> {
        let unread = |error: git2::Error| {
            failure(
                "cannot see what the branch changes".to_owned(),
                error.message(),
            )
        };
        let head = match self.git.head().and_then(|head| head.peel_to_commit()) {
            Ok(head) => head.id(),
            Err(error) if error.code() == ErrorCode::UnbornBranch => return Ok(None),
            Err(error) => return Err(unread(error)),
        };
        if let Some(target) = target {
            let common = self.git.merge_base(head, self.find_commit(target)?.id());
            return common.map(|id| Some(id.to_string())).map_err(|error| {
                let what = format!("cannot compare `HEAD` with `{target}`");
                match error.code() {
                    ErrorCode::NotFound => failure(what, "they have no history in common here"),
                    _ => failure(what, error.message()),
                }
            });
        }
        let common = self
            .main_branch()
            .and_then(|main| self.git.merge_base(head, main).ok());
        Ok(Some(common.unwrap_or(head).to_string()))
    }

    fn main_branch(&self) -> Option<Oid> {
        let found = |name: &&str| {
            let reference = self.git.find_reference(name).ok()?;
            Some(reference.peel_to_commit().ok()?.id())
        };
        MAIN_BRANCHES.iter().find_map(found)
    }
}
