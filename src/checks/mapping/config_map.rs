//! The ConfigMap that all mapping files end up in, each under its base name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Place, Severity};
use crate::limits::MAX_RELATED;
use regex::Regex;

/// Bytes that a ConfigMap can hold, keys and values together.
const MAX_SIZE: usize = 1 << 20;

/// Per cent of [`MAX_SIZE`] from which on it is time to act.
const WARN_FROM: usize = 80;

/// Longest key of a ConfigMap.
const MAX_KEY: usize = 253;

/// Files of mirror sets: those of the layout of before 2020 went into another ConfigMap.
pub(super) fn files(checkout: &Checkout) -> impl Iterator<Item = &MirroredFile> {
    let files = checkout.mirroring().files.iter();
    files.filter(|file| file.set.is_some())
}

/// `mapping-key-conflict`: one base name in two folders.
pub(super) fn key_conflict(checkout: &Checkout, drafts: &mut Drafts) {
    let config_map = &checkout.conventions.mirror_jobs.config_map;
    if uses_paths(checkout) {
        return;
    }
    let mut by_name: BTreeMap<&str, Vec<&MirroredFile>> = BTreeMap::new();
    for file in files(checkout) {
        by_name.entry(file.name()).or_default().push(file);
    }
    for (name, files) in by_name {
        for file in &files {
            let mut others = files
                .iter()
                .filter(|other| other.file.path != file.file.path);
            let Some(other) = others.next() else {
                continue;
            };
            let draft = Draft::new(
                Place::whole_file(&file.file.path),
                name,
                format!("`{name}` is also the name of `{}`", other.file.path),
            )
            .help(format!(
                "both become the key `{name}` of ConfigMap `{config_map}`: only one of them is \
                 mirrored, and deleting one deletes the other's key; rename one"
            ))
            .related(Place::whole_file(&other.file.path), "same name")
            .related_total(files.len() - 1)
            .affects(
                others
                    .clone()
                    .take(MAX_RELATED)
                    .chain([other])
                    .map(|other| &other.file.path),
            )
            .one_end();
            let draft = draft.explains(super::namesakes(name));
            let some = files.iter().take(MAX_RELATED);
            let draft = some.fold(draft, |draft, file| {
                draft.follows_from(super::copied(&file.file.path))
            });
            drafts.push(others.take(MAX_RELATED).fold(draft, |draft, other| {
                draft.related(Place::whole_file(&other.file.path), "same name")
            }));
        }
    }
}

/// `mapping-key-invalid`: a base name that is no ConfigMap key.
pub(super) fn key_invalid(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let config_map = &checkout.conventions.mirror_jobs.config_map;
    if file.set.is_none() {
        return;
    }
    static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[-._a-zA-Z0-9]+$").ok());
    let name = file.name();
    let fits = KEY.as_ref().is_none_or(|key| key.is_match(name)) && name.len() <= MAX_KEY;
    if !fits {
        drafts.push(
            Draft::new(
                Place::whole_file(&file.file.path),
                name,
                format!("`{name}` cannot be a key of a ConfigMap"),
            )
            .help(format!(
                "the config-updater puts the file into ConfigMap `{config_map}` under its name: at \
                 most {MAX_KEY} letters, digits, `-`, `_` and `.`"
            )),
        );
    }
}

/// `mapping-configmap-size`: more than a ConfigMap can hold, or nearly.
pub(super) fn size(checkout: &Checkout, drafts: &mut Drafts) {
    let config_map = &*checkout.conventions.mirror_jobs.config_map;
    let files: Vec<&MirroredFile> = files(checkout).collect();
    let size: usize = files
        .iter()
        .map(|file| file.name().len() + file.file.text.len())
        .sum();
    let per_cent = size * 100 / MAX_SIZE;
    let Some(largest) = files.iter().max_by_key(|file| file.file.text.len()) else {
        return;
    };
    if per_cent < WARN_FROM {
        return;
    }
    let draft = Draft::new(
        config_map_place(checkout).unwrap_or_else(|| Place::whole_file(&largest.file.path)),
        config_map,
        format!(
            "the mapping files take {size} bytes, {per_cent} % of what ConfigMap `{config_map}` \
             can hold"
        ),
    )
    .help("above 1 MiB no mapping file is updated any more; remove files of dead versions")
    .related(
        Place::whole_file(&largest.file.path),
        format!("the largest file, {} bytes", largest.file.text.len()),
    );
    drafts.push(draft.severity(if per_cent < 100 {
        Severity::Warning
    } else {
        Severity::Error
    }));
}

/// Whether the keys are whole paths, no two of which are alike.
fn uses_paths(checkout: &Checkout) -> bool {
    checkout
        .mapping_files_map()
        .is_some_and(|(_, map)| map.uses_paths.is_some())
}

/// Where the config-updater is told to make the ConfigMap.
fn config_map_place(checkout: &Checkout) -> Option<Place> {
    let (file, map) = checkout.mapping_files_map()?;
    Some(Place::new(&file.path, map.glob.span))
}
