//! The past, judged: each commit on a branch's line as the change to the one before it, and what became
//! of what it brought.
//!
//! A commit is judged as `check --base COMMIT^ --head COMMIT` judges it, with the policy that its own
//! tree holds. From one commit to the next only what differs is read, parsed and joined, and no more
//! than two checkouts are held at a time.

mod follow;
mod standing;

use crate::finding::{CommitInfo, Fate, Finding, LineIndexes, PastCommit, PastFinding, Severity};
use crate::findings::brought;
use crate::linter::{Linter, SetupError};
use crate::syntax::span::ColumnUnit;
use crate::tree::{LineCommit, RepoPath, Repository, Tree, TreeError};
use follow::Followed;
use standing::Standing;

/// How commits are judged.
pub struct Judge<'j> {
    /// Where they lie.
    pub repository: &'j Repository,
    /// Makes the linter for a commit, by the policy that its tree holds.
    pub linter: &'j dyn Fn(&dyn Tree) -> Result<Linter, SetupError>,
    /// The path below which findings are reported.
    pub reported: &'j RepoPath,
    /// The lowest severity that is reported.
    pub shown_from: Severity,
}

/// What is known after some commits.
#[derive(Default)]
struct Past {
    commits: Vec<PastCommit>,
    followed: Followed,
    /// None before the first commit, and after one that cannot be judged.
    standing: Option<Standing>,
}

impl Judge<'_> {
    /// The commits of `line`, each the parent of the next, that brought something or could not be
    /// judged. `each` is called after every commit.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn judge(
        &self,
        line: &[LineCommit],
        mut each: impl FnMut(),
    ) -> Result<Vec<PastCommit>, TreeError> {
        let mut past = Past::default();
        for commit in line {
            let standing = past.standing.take();
            past.standing = match self.stand_before(commit, standing)? {
                Ok(standing) => Some(self.judge_one(commit, standing, &mut past)?),
                Err(why) => {
                    past.commits.push(PastCommit {
                        commit: self.info(commit)?,
                        findings: Vec::new(),
                        failure: Some(why),
                    });
                    None
                }
            };
            each();
        }
        Ok(past.commits)
    }

    /// The tree before `commit`, ready for its change; or why the commit cannot be judged.
    fn stand_before(
        &self,
        commit: &LineCommit,
        standing: Option<Standing>,
    ) -> Result<Result<Standing, String>, TreeError> {
        let Some(before) = self.repository.tree_before(commit) else {
            let why = "the history starts with it, so there is nothing to compare it with";
            return Ok(Err(why.to_owned()));
        };
        let after = self.repository.tree_after(commit);
        // With another policy, nothing of what is known holds.
        if let Some(standing) = standing.filter(|standing| standing.has_policy_of(&after)) {
            return Ok(Ok(standing));
        }
        match (self.linter)(&after) {
            Ok(linter) => Standing::of(linter, &before, &after),
            Err(error) => Ok(Err(error.to_string())),
        }
    }

    fn judge_one(
        &self,
        commit: &LineCommit,
        mut standing: Standing,
        past: &mut Past,
    ) -> Result<Standing, TreeError> {
        let differences = self
            .repository
            .differences(commit, standing.linter.conventions.wanted())?;
        let after = self.repository.tree_after(commit);
        let Some(files) = standing.files_after(&after, differences)? else {
            return Ok(standing);
        };
        let commit = self.info(commit)?;
        let (standing, arrived) = standing.advance(files);
        let Standing { linter, linted, .. } = &standing;
        let gone = past.followed.advance(&standing, &arrived.moves);
        for (at, number) in gone {
            past.commits[at].findings[number].fate = Fate::Gone(commit.clone());
        }
        let is_in_part = |finding: &Finding| linter.is_in_part(finding, self.reported);
        let mut shown = brought(arrived.found, is_in_part, &linter.policy.config).findings;
        shown.retain(|finding| finding.severity >= self.shown_from);
        if !shown.is_empty() {
            let is_followed = past.followed.add(&standing, &shown, past.commits.len());
            let mut lines = LineIndexes::default();
            let findings = shown.into_iter().zip(is_followed);
            let findings = findings.map(|(finding, is_followed)| {
                let path = &finding.place.path;
                let text = linter.text(&linted.checkout, path).unwrap_or_default();
                let index = lines.of(path, text);
                let at = |offset| index.position(text, offset, ColumnUnit::Scalars);
                PastFinding {
                    start: at(finding.place.span.start),
                    end: at(finding.place.span.end),
                    fate: if is_followed {
                        Fate::StillThere
                    } else {
                        Fate::Unknown
                    },
                    finding,
                }
            });
            past.commits.push(PastCommit {
                findings: findings.collect(),
                commit,
                failure: None,
            });
        }
        Ok(standing)
    }

    fn info(&self, commit: &LineCommit) -> Result<CommitInfo, TreeError> {
        Ok(CommitInfo {
            id: commit.id(),
            time: commit.time,
            subject: self.repository.name_of(commit)?.summary,
        })
    }
}
