//! Rules about secrets and where they come from.

pub(super) mod bootstrap;
pub(super) mod gsm;
pub(super) mod secretsync;
pub(super) mod step_volume;

use super::Named;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[];
