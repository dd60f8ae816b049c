//! `check --online`: asks registries about the images that the checkout takes from outside.

use clap::{Args, ValueEnum};

use super::LintTarget;
use crate::cli::Failure;
use crate::linter::Linter;
use crate::report::Online;

#[cfg(feature = "online")]
mod asking;
#[cfg(feature = "online")]
mod files;

#[derive(Args)]
pub(super) struct OnlineArguments {
    /// Ask registries whether the images from outside exist, with --base or --staged those that the
    /// change names anew. Only registries of the conventions' list are asked, and of a change its
    /// base's list counts. `strict` makes the exit status 2 where a question stays open
    #[arg(
        long,
        value_name = "MODE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "lenient"
    )]
    online: Option<Mode>,
    #[cfg(feature = "online")]
    #[command(flatten)]
    how: asking::HowArguments,
    #[cfg(not(feature = "online"))]
    #[command(flatten)]
    how: UnknownArguments,
}

/// How to ask, for a build that cannot: it says so, and not that there is no such option.
#[cfg(not(feature = "online"))]
#[derive(Args)]
struct UnknownArguments {
    #[arg(long, hide = true)]
    online_host: Vec<String>,
    #[arg(long, hide = true)]
    online_ca: Option<String>,
    #[arg(long, hide = true)]
    online_budget: Option<String>,
    #[arg(long, hide = true)]
    no_cache: bool,
}

#[cfg(not(feature = "online"))]
impl UnknownArguments {
    fn are_given(&self) -> bool {
        !self.online_host.is_empty()
            || self.online_ca.is_some()
            || self.online_budget.is_some()
            || self.no_cache
    }
}

/// What becomes of a run in which a question stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Nothing: it is counted.
    Lenient,
    /// It fails.
    Strict,
}

impl OnlineArguments {
    /// Whether registries are to be asked.
    pub(super) fn is_wanted(&self) -> bool {
        self.online.is_some()
    }

    /// Asks, if that was asked for, and gives `linter` the answers. Returns what was asked.
    /// `has_own_config` says whether the config is the user's own, and not that of what is linted.
    #[cfg(feature = "online")]
    pub(super) fn ask(
        &self,
        linter: &mut Linter,
        lint_target: &LintTarget,
        has_own_config: bool,
    ) -> Result<Option<Online>, Failure> {
        match self.online {
            Some(_) => asking::ask(&self.how, linter, lint_target, has_own_config).map(Some),
            None => Ok(None),
        }
    }

    /// Says that this build cannot, if it is to.
    #[cfg(not(feature = "online"))]
    pub(super) fn ask(
        &self,
        _: &mut Linter,
        _: &LintTarget,
        _: bool,
    ) -> Result<Option<Online>, Failure> {
        if self.is_wanted() || self.how.are_given() {
            return Err(
                "this build cannot ask registries: released binaries can, and what is built with \
                 `--features online`"
                    .into(),
            );
        }
        Ok(None)
    }

    /// Fails where a question stays open and that was not to be.
    pub(super) fn accept(&self, online: Option<&Online>) -> Result<(), Failure> {
        let open = online.map_or(0, Online::undecided);
        if self.online == Some(Mode::Strict) && open > 0 {
            return Err(format!("--online=strict: {open} of the images are undecided").into());
        }
        Ok(())
    }
}
