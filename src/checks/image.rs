//! Rules about who provides and who names an ImageStreamTag.

mod decommissioned_registry;
mod images_list;
mod images_mirror_config;
pub(super) mod near_miss;
mod payload_image;
mod pipeline_name;
mod promotion;
mod promotion_unread;
mod provider_duplicate;
mod provider_removed;
mod reference;
mod supplemental;
pub(super) mod tag_grammar;
mod unprovided;

use super::{Named, change, each_config, each_file, whole_checkout};

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    ("decommissioned-registry", |p| {
        p.none(whole_checkout(
            decommissioned_registry::decommissioned_registry,
        ))
    }),
    ("image-provider-duplicate", |p| {
        let rule: provider_duplicate::ProviderDuplicate = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
    ("image-provider-removed", |p| {
        p.none(change(provider_removed::provider_removed))
    }),
    ("image-reference-incomplete", |p| {
        p.none(each_file(reference::incomplete))
    }),
    ("image-reference-malformed", |p| {
        p.none(each_file(reference::malformed).and(whole_checkout(reference::exchanged)))
    }),
    ("image-reference-undeclared", |p| {
        let rule: pipeline_name::Undeclared = p.read()?;
        Ok(each_config(move |file, config, drafts| {
            rule.run(file, config, drafts)
        }))
    }),
    ("image-reference-unprovided", |p| {
        let check = whole_checkout(unprovided::in_configs);
        p.none(check.grading_new(unprovided::severity_of_new))
    }),
    ("images-list", |p| {
        p.none(whole_checkout(images_list::images_list))
    }),
    ("images-mirror-config", |p| {
        p.none(each_file(images_mirror_config::images_mirror_config))
    }),
    ("mapping-source-unprovided", |p| {
        let check = whole_checkout(unprovided::in_mapping_files);
        p.none(check.grading_new(unprovided::severity_of_new))
    }),
    ("payload-image-unknown", |p| {
        let rule: payload_image::PayloadImage = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
    ("pipeline-name-duplicate", |p| {
        p.none(whole_checkout(pipeline_name::duplicate))
    }),
    ("promotion-namespace", |p| {
        p.none(whole_checkout(promotion::namespace))
    }),
    ("promotion-target", |p| {
        p.none(whole_checkout(promotion::target))
    }),
    ("promotion-unlisted-namespace", |p| {
        p.none(whole_checkout(promotion::unlisted_namespace))
    }),
    ("promotion-unread", |p| {
        p.none(whole_checkout(promotion_unread::promotion_unread))
    }),
    ("promotion-version-tag", |p| {
        let rule: promotion::VersionTag = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
    ("supplemental-image-key", |p| {
        p.none(each_file(supplemental::key))
    }),
    ("supplemental-image-overwrites-promotion", |p| {
        p.none(whole_checkout(supplemental::overwrites_promotion))
    }),
    ("supplemental-image-source", |p| {
        p.none(whole_checkout(supplemental::source))
    }),
    ("supplemental-image-tag-mismatch", |p| {
        p.none(each_file(supplemental::tag_mismatch))
    }),
];
