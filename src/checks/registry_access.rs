//! Rules about the folders that give access to the registry.

pub(super) mod folder;

use super::Named;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[];
