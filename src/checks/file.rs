//! Rules about files as such: their text, their names, their owners.

mod folder_case;
mod manifest_name;
mod manifest_place;
mod manifest_schema;
mod owners;
pub(super) mod placeholder;
mod text;

use super::{Named, each_central_object, each_file, each_file_by_conventions, whole_checkout};

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    ("folder-case-conflict", |params| {
        params.none(whole_checkout(folder_case::conflict))
    }),
    ("manifest-api-version", |params| {
        let params: manifest_schema::ApiVersions = params.read()?;
        Ok(each_central_object(move |_, object, drafts| {
            params.check(object, drafts);
        }))
    }),
    ("manifest-extension", |params| {
        params.none(whole_checkout(manifest_place::extension))
    }),
    ("manifest-field", |params| {
        params.none(whole_checkout(manifest_schema::field))
    }),
    ("manifest-misplaced", |params| {
        let params: manifest_place::Misplaced = params.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            params.check(checkout, drafts);
        }))
    }),
    ("manifest-name", |params| {
        params.none(each_central_object(manifest_name::check))
    }),
    ("owners-content", |params| {
        let params: owners::Content = params.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            params.check(checkout, drafts);
        }))
    }),
    ("owners-file-name", |params| {
        params.none(each_file_by_conventions(owners::file_name))
    }),
];

/// Rules about a file as a text.
pub(super) const TEXT_RULES: &[Named] = &[
    ("duplicate-key", |params| {
        params.none(each_file(text::duplicate_key))
    }),
    ("invalid-yaml", |params| {
        params.none(each_file(text::invalid_yaml))
    }),
    ("unreadable-file", |params| {
        params.none(each_file(text::unreadable))
    }),
];
