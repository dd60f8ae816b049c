//! Rules about who provides and who names an ImageStreamTag.

mod config_field;
mod decommissioned_registry;
mod images_list;
mod images_mirror_config;
pub(super) mod near_miss;
mod payload_image;
pub(super) mod pipeline_name;
mod promotion;
mod promotion_unread;
mod provider_duplicate;
mod provider_removed;
mod qci_tag;
mod reference;
mod registry_answers;
pub(super) mod supplemental;
pub(super) mod tag_grammar;
mod unprovided;
mod unusual;
pub(super) mod unusual_host;

use crate::finding::{Draft, Finding, Place};
use crate::model::File;
use crate::model::ci_operator::CiConfig;
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

use super::{
    Named, change, each_config, each_file, each_mapping_file, rule, rule_with, whole_checkout,
};

/// What stands behind the image in the topic of one that is lost.
const IS_LOST: &str = " is lost";

/// The topic of what follows when an image is lost.
pub(super) fn lost(tag: &ImageStreamTag) -> String {
    format!("{tag}{IS_LOST}")
}

/// The topic of what follows when the image that is named at `place` is provided by nobody.
pub(super) fn unprovided_at(place: &Place) -> String {
    format!(
        "the image at {} of {} is not provided",
        place.span.start, place.path
    )
}

/// The topic of what follows when no image of a stream can be called so.
fn impossible(tag: &ImageStreamTag) -> String {
    format!("{tag} cannot be")
}

/// The images that are lost by what `finding` is about.
fn lost_by(finding: &Finding) -> impl Iterator<Item = ImageStreamTag> {
    let topics = finding.links.explains.iter();
    topics.filter_map(|topic| topic.strip_suffix(IS_LOST)?.parse().ok())
}

/// The topic of what follows when a file stops to provide images.
fn stopped(path: &RepoPath) -> String {
    format!("{path} stops to provide")
}

/// The topic of what follows when ci-operator cannot read a config as it is meant.
fn misread(path: &RepoPath) -> String {
    format!("{path} is misread")
}

/// The topic of what follows when ci-operator drops what a config says of what it publishes.
fn dropped(path: &RepoPath) -> String {
    format!("{path} does not publish what it says")
}

/// The topic of what follows when a config builds no image of this name any more.
fn unbuilt(path: &RepoPath, image: &str) -> String {
    format!("{path} builds no {image}")
}

/// The topic of what follows when what this file builds goes elsewhere than meant, or nowhere.
pub(super) fn misdirected(path: &RepoPath) -> String {
    format!("{path} publishes elsewhere than meant")
}

/// `draft` says that a target of the config is wrong: where it has others, these may have been meant for what is
/// lost.
fn misdirects(file: &File, config: &CiConfig, draft: Draft) -> Draft {
    match config.promotion.len() {
        0 | 1 => draft.explains(misdirected(&file.path)),
        _ => draft,
    }
}

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule_with("config-field", |p| {
        let rule: config_field::UnknownFields = p.read()?;
        Ok(each_config(move |file, config, drafts| {
            rule.run(file, config, drafts)
        }))
    }),
    rule("decommissioned-registry", || {
        whole_checkout(decommissioned_registry::decommissioned_registry)
    }),
    rule_with("image-provider-duplicate", |p| {
        let rule: provider_duplicate::ProviderDuplicate = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
    rule("image-provider-removed", || {
        change(
            provider_removed::provider_removed,
            provider_removed::still_broken,
        )
    }),
    rule("image-not-found", || {
        whole_checkout(registry_answers::not_found)
    }),
    rule("image-not-pullable", || {
        whole_checkout(registry_answers::not_pullable)
    }),
    rule_with("image-platform-missing", |p| {
        let rule: registry_answers::NeededPlatform = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.check(checkout, drafts)
        }))
    }),
    rule("image-reference-incomplete", || {
        each_file(reference::incomplete)
    }),
    rule("image-reference-malformed", || {
        each_file(reference::malformed).and(whole_checkout(reference::exchanged))
    }),
    rule_with("image-reference-undeclared", |p| {
        let rule: pipeline_name::Undeclared = p.read()?;
        Ok(each_config(move |file, config, drafts| {
            rule.run(file, config, drafts)
        }))
    }),
    rule("image-reference-unprovided", || {
        whole_checkout(unprovided::in_configs)
            .and(whole_checkout(unprovided::streams))
            .grading_new(unprovided::severity_of_new)
    }),
    rule("images-list", || whole_checkout(images_list::images_list)),
    rule("images-mirror-config", || {
        each_file(images_mirror_config::images_mirror_config)
    }),
    rule("mapping-source-unprovided", || {
        whole_checkout(unprovided::in_mapping_files)
            .and(each_mapping_file(qci_tag::in_mapping_file))
            .grading_new(unprovided::severity_of_new)
    }),
    rule_with("payload-image-unknown", |p| {
        let rule: payload_image::PayloadImage = p.read()?;
        let of_change = rule.clone();
        Ok(
            whole_checkout(move |checkout, drafts| rule.run(checkout, drafts)).and(change(
                move |base, result, drafts| of_change.run_on_change(base, result, drafts),
                payload_image::still_broken,
            )),
        )
    }),
    rule("pipeline-name-duplicate", || {
        whole_checkout(pipeline_name::duplicate)
    }),
    rule("promotion-namespace", || {
        whole_checkout(promotion::namespace)
    }),
    rule("promotion-target", || whole_checkout(promotion::target)),
    rule("promotion-unlisted-namespace", || {
        whole_checkout(promotion::unlisted_namespace)
            .grading_new(promotion::severity_of_unlisted)
            .advising_new(promotion::advice_on_unlisted)
    }),
    rule("promotion-unread", || {
        whole_checkout(promotion_unread::promotion_unread)
    }),
    rule_with("promotion-version-tag", |p| {
        let rule: promotion::VersionTag = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            rule.run(checkout, drafts)
        }))
    }),
    rule("supplemental-image-exists", || {
        change(registry_answers::exists, registry_answers::still_exists)
    }),
    rule("supplemental-image-key", || {
        each_file(supplemental::key).and(whole_checkout(supplemental::underscore::underscores))
    }),
    rule("supplemental-image-overwrites-promotion", || {
        whole_checkout(supplemental::overwrites_promotion)
    }),
    rule("supplemental-image-source", || {
        whole_checkout(supplemental::source)
            .and(whole_checkout(supplemental::unprovided::on_app_ci))
            .and(whole_checkout(supplemental::unprovided::in_qci))
            .grading_new(unprovided::severity_of_new)
    }),
    rule("supplemental-image-tag-mismatch", || {
        each_file(supplemental::tag::mismatches).grading_new(supplemental::tag::severity_of_new)
    }),
    rule("unusual-host", || {
        whole_checkout(unusual_host::unusual_host)
    }),
];
