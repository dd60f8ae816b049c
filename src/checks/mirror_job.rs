//! Rules about the jobs that mirror.

pub(super) mod dry_run;
pub(super) mod job;
pub(super) mod prow_job;
pub(super) mod secret;
pub(super) mod token;
pub(super) mod volumes;

use super::Named;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[];
