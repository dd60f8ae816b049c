//! Rules about ImageStreams and BuildConfigs.

pub(super) mod build_config;
pub(super) mod identity;
pub(super) mod stream;
pub(super) mod tag;

use super::Named;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[];
