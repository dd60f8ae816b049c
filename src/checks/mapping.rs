//! Rules about mapping files and the sets that they lie in.

mod config_map;
mod destination_name;
pub(super) mod destination_namespace;
mod duplicate_destination;
mod file_name;
mod line;
mod mirror_set;
mod script_wildcard;
mod selection;
pub(super) mod source_registry;
mod source_stale;
mod supplemental_namespace;
mod whole_set;
mod wildcard_source;

use super::{Named, each_mapping_file, whole_checkout};

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    ("mapping-configmap-size", |p| {
        p.none(whole_checkout(config_map::size))
    }),
    ("mapping-destination-name", |p| {
        p.none(whole_checkout(destination_name::destination_name))
    }),
    ("mapping-duplicate-destination", |p| {
        p.none(whole_checkout(duplicate_destination::in_conflict))
    }),
    ("mapping-duplicate-entry", |p| {
        p.none(whole_checkout(duplicate_destination::in_agreement))
    }),
    ("mapping-empty-file", |p| {
        p.none(each_mapping_file(line::empty_file))
    }),
    ("mapping-file-name", |p| {
        p.none(whole_checkout(file_name::file_name))
    }),
    ("mapping-file-selected-twice", |p| {
        p.none(each_mapping_file(selection::selected_twice))
    }),
    ("mapping-file-unselected", |p| {
        p.none(whole_checkout(selection::unselected))
    }),
    ("mapping-hostless-reference", |p| {
        p.none(each_mapping_file(line::hostless_reference))
    }),
    ("mapping-key-conflict", |p| {
        p.none(whole_checkout(config_map::key_conflict))
    }),
    ("mapping-key-invalid", |p| {
        p.none(each_mapping_file(config_map::key_invalid))
    }),
    ("mapping-many-tags", |p| {
        p.none(each_mapping_file(line::many_tags))
    }),
    ("mapping-mixed-equals", |p| {
        p.none(each_mapping_file(line::mixed_equals))
    }),
    ("mapping-self-mirror", |p| {
        p.none(each_mapping_file(line::self_mirror))
    }),
    ("mapping-source-stale", |p| {
        p.none(whole_checkout(source_stale::source_stale))
    }),
    ("mapping-syntax", |p| {
        p.none(each_mapping_file(line::syntax))
    }),
    ("mapping-web-address", |p| {
        p.none(each_mapping_file(line::web_address))
    }),
    ("mapping-wildcard", |p| {
        p.none(each_mapping_file(line::wildcard))
    }),
    ("mapping-wildcard-collision", |p| {
        p.none(whole_checkout(wildcard_source::wildcard_collision))
    }),
    ("mapping-wildcard-images", |p| {
        p.none(whole_checkout(wildcard_source::wildcard_images))
    }),
    ("mapping-wildcard-script", |p| {
        let rule: script_wildcard::ScriptWildcard = p.read()?;
        Ok(each_mapping_file(move |checkout, file, drafts| {
            rule.run(checkout, file, drafts)
        }))
    }),
    ("mirror-set-empty", |p| {
        p.none(whole_checkout(mirror_set::empty))
    }),
    ("mirror-set-owners", |p| {
        p.none(whole_checkout(mirror_set::owners))
    }),
    ("supplemental-namespace", |p| {
        p.none(each_mapping_file(
            supplemental_namespace::supplemental_namespace,
        ))
    }),
];
