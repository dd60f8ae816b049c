//! Rules about roles, bindings and groups.

pub(super) mod binding;
pub(super) mod names;
pub(super) mod object_duplicate;
pub(super) mod role_rules;
pub(super) mod rover_groups;

use super::Named;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[];
