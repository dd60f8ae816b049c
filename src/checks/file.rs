//! Rules about files as such: their text, their names, their owners.

pub(super) mod manifest_file;
pub(super) mod manifest_name;
pub(super) mod manifest_schema;
pub(super) mod owners;
pub(super) mod placeholder;
pub(super) mod text;

use super::Named;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[];
