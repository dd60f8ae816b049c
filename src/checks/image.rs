//! Rules about who provides and who names an ImageStreamTag.

pub(super) mod decommissioned_registry;
pub(super) mod images_list;
pub(super) mod images_mirror_config;
pub(super) mod near_miss;
pub(super) mod payload_image;
pub(super) mod pipeline_name;
pub(super) mod pipeline_name_duplicate;
pub(super) mod promotion;
pub(super) mod promotion_access;
pub(super) mod promotion_unread;
pub(super) mod provider_duplicate;
pub(super) mod provider_removed;
pub(super) mod reference;
pub(super) mod supplemental;
pub(super) mod supplemental_namespace;
pub(super) mod tag_grammar;
pub(super) mod unprovided;

use super::Named;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[];
