//! What an ImageStream or BuildConfig is called: its namespace, its kind's version, and whether
//! another one is called the same.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::image_stream::{called, image_streams, objects};
use super::{Check, Drafts};
use crate::checkout::Checkout;
use crate::finding::{Draft, Place};
use crate::limits::MAX_RELATED;
use crate::model::File;
use crate::model::manifest::Manifest;
use crate::model::manifest::images::StreamTag;
use crate::syntax::template::has_parameter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "fault", rename_all = "kebab-case")]
pub(super) enum StreamIdentity {
    /// No `metadata.namespace`.
    Namespace {},
    /// One stream in two places.
    Duplicate {},
    /// One tag twice in a stream.
    DuplicateTag {},
    /// An `apiVersion` that does not exist for the kind.
    ApiVersion {
        /// The versions that exist, by kind.
        versions: BTreeMap<String, Vec<String>>,
    },
}

impl Check for StreamIdentity {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        match self {
            Self::Namespace {} => {
                for (file, manifest, _) in objects(checkout) {
                    let namespace = manifest.namespace.as_ref();
                    let is_missing = namespace.is_none_or(|text| text.value.is_empty());
                    if is_missing && !manifest.in_template {
                        drafts.push(without_namespace(file, manifest));
                    }
                }
            }
            Self::Duplicate {} => duplicates(checkout, drafts),
            Self::DuplicateTag {} => {
                for (file, manifest, stream) in image_streams(checkout) {
                    duplicate_tags(file, manifest, &stream.tags, drafts);
                }
            }
            Self::ApiVersion { versions } => {
                for (file, manifest, _) in objects(checkout) {
                    drafts.extend(api_version(file, manifest, versions));
                }
            }
        }
    }
}

fn without_namespace(file: &File, manifest: &Manifest) -> Draft {
    let name = manifest.name.as_ref().map_or("?", |name| &name.value);
    let kind = manifest.kind();
    Draft::new(
        Place::new(&file.path, manifest.anchor()),
        format!("{kind} {name}"),
        format!("no `metadata.namespace` says where {kind} `{name}` belongs"),
    )
    .help("the applier puts it into whatever namespace it happens to work in; name the one that is meant")
}

fn duplicates(checkout: &Checkout, drafts: &mut Drafts) {
    let mut by_name: BTreeMap<String, Vec<(&File, &Manifest)>> = BTreeMap::new();
    for (file, manifest, _) in image_streams(checkout) {
        let is_named = manifest.name.is_some() && manifest.namespace.is_some();
        let name = called(manifest);
        if is_named && !has_parameter(&name) && file.path.name().ends_with(".yaml") {
            by_name.entry(name).or_default().push((file, manifest));
        }
    }
    for (name, places) in by_name {
        for (at, (file, manifest)) in places.iter().enumerate().skip(1) {
            let mut draft = Draft::new(
                Place::new(&file.path, manifest.anchor()),
                &name,
                format!("the ImageStream `{name}` is defined a second time"),
            )
            .help("whichever is applied last wins, and the other's tags are lost; join the two");
            for (other, first) in places[..at].iter().take(MAX_RELATED) {
                draft = draft.related(Place::new(&other.path, first.anchor()), "defined here");
            }
            drafts.push(draft);
        }
    }
}

fn duplicate_tags(file: &File, manifest: &Manifest, tags: &[StreamTag], drafts: &mut Drafts) {
    let mut seen: BTreeMap<&str, &StreamTag> = BTreeMap::new();
    for tag in tags {
        let Some(name) = &tag.name else {
            continue;
        };
        match seen.get(&*name.value) {
            None => {
                seen.insert(&name.value, tag);
            }
            Some(first) => drafts.push(
                Draft::new(
                    Place::new(&file.path, name.span),
                    format!("{}:{}", called(manifest), name.value),
                    format!(
                        "tag `{}` is given twice in ImageStream `{}`",
                        name.value,
                        called(manifest)
                    ),
                )
                .help("the object is refused, or one of the two is dropped; keep one")
                .related(
                    Place::new(
                        &file.path,
                        first.name.as_ref().map_or(first.span, |n| n.span),
                    ),
                    "first given here",
                ),
            ),
        }
    }
}

fn api_version(
    file: &File,
    manifest: &Manifest,
    versions: &BTreeMap<String, Vec<String>>,
) -> Option<Draft> {
    let known = versions.get(manifest.kind())?;
    let kind = manifest.kind();
    let wanted = known.first().map_or("", String::as_str);
    match &manifest.api_version {
        Some(version) if known.iter().any(|known| **known == *version.value) => None,
        Some(version) => Some(
            Draft::new(
                Place::new(&file.path, version.span),
                format!("{kind} {}", called(manifest)),
                format!("there is no {kind} in `{}`", version.value),
            )
            .help(format!("write `apiVersion: {wanted}`"))
            .fix(crate::finding::Fix::safe(
                format!("write `{wanted}`"),
                Place::new(&file.path, version.span),
                wanted,
            )),
        ),
        None => Some(
            Draft::new(
                Place::new(&file.path, manifest.anchor()),
                format!("{kind} {}", called(manifest)),
                format!("no `apiVersion` on {kind} `{}`", called(manifest)),
            )
            .help(format!("write `apiVersion: {wanted}`")),
        ),
    }
}
