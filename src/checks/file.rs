//! Rules about files as such: their text, their names, their owners.

mod aliases;
mod config_metadata;
mod folder_case;
mod manifest_kind;
mod manifest_name;
mod manifest_place;
mod manifest_schema;
mod owners;
pub(super) mod placeholder;
mod text;

use super::{
    Named, change, each_central_object, each_file, each_file_by_conventions, rule, rule_with,
    whole_checkout,
};
use crate::model::manifest::Manifest;
use crate::tree::RepoPath;

/// The topic of what follows when a field of an object in the file at `path` is called or placed wrongly,
/// and what it was to say is missing.
pub(super) fn wrong_field(path: &RepoPath, manifest: &Manifest) -> String {
    let start = manifest.span.start;
    format!("a field of the object at {start} in {path} is wrong")
}

/// The topic of what follows when a field of that part of an object is called or placed wrongly: what it was to
/// say is missing there. Parts are called as in the paths of faults, without numbers: `roleRef`, `subjects`, and
/// nothing for the object itself.
pub(super) fn wrong_part(path: &RepoPath, manifest: &Manifest, part: &str) -> String {
    let start = manifest.span.start;
    format!("a field of `{part}` of the object at {start} in {path} is wrong")
}

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule("config-metadata", || {
        each_file_by_conventions(config_metadata::check)
    }),
    rule("folder-case-conflict", || {
        whole_checkout(folder_case::conflict)
    }),
    rule_with("manifest-api-version", |params| {
        let params: manifest_schema::ApiVersions = params.read()?;
        Ok(each_central_object(move |_, object, drafts| {
            params.check(object, drafts);
        }))
    }),
    rule("manifest-extension", || {
        whole_checkout(manifest_place::extension)
    }),
    rule("manifest-field", || whole_checkout(manifest_schema::field)),
    rule("manifest-kind", || whole_checkout(manifest_kind::check)),
    rule_with("manifest-misplaced", |params| {
        let params: manifest_place::Misplaced = params.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            params.check(checkout, drafts);
        }))
    }),
    rule("manifest-name", || {
        each_central_object(manifest_name::check)
    }),
    rule_with("owners-content", |params| {
        let params: owners::Content = params.read()?;
        let check = whole_checkout(move |checkout, drafts| {
            params.check(checkout, drafts);
        });
        Ok(check.and(change(aliases::gone, aliases::still_broken)))
    }),
    rule("owners-file-name", || {
        each_file_by_conventions(owners::file_name)
    }),
];

/// Rules about a file as a text.
pub(super) const TEXT_RULES: &[Named] = &[
    rule("duplicate-key", || each_file(text::duplicate_key)),
    rule("file-cut-off", || {
        each_file_by_conventions(text::cut_off).grading_new(text::severity_of_lost)
    }),
    rule("invalid-yaml", || each_file(text::invalid_yaml)),
    rule("unreadable-file", || each_file(text::unreadable)),
];
