//! What an ImageStream or BuildConfig is called: its namespace, its kind's version, and whether
//! another one is called the same.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Located, objects, streams};
use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::checks::namespaces::Namespaces;
use crate::finding::{Draft, Fix, Severity};
use crate::limits::MAX_RELATED;
use crate::model::manifest::images::{ImageStream, Object, StreamTag};
use crate::syntax::template::has_parameter;

/// `imagestream-namespace`: no `metadata.namespace`, or one that is misspelled.
pub(super) fn namespace(checkout: &Checkout, drafts: &mut Drafts) {
    let namespaces = Namespaces::of(checkout);
    for object in objects(checkout) {
        let manifest = object.manifest;
        let name = manifest.name.as_ref().map_or("?", |name| &name.value);
        let kind = manifest.kind();
        let namespace = manifest.namespace.as_ref();
        let Some(namespace) = namespace.filter(|text| !text.value.is_empty()) else {
            drafts.extend((!manifest.in_template).then(|| {
                Draft::new(
                    object.place(manifest.anchor()),
                    format!("{kind} {name}"),
                    format!("no `metadata.namespace` says where {kind} `{name}` belongs"),
                )
                .help("the applier puts it into whatever namespace it happens to work in; name the one that is meant")
            }));
            continue;
        };
        drafts.extend(namespaces.meant(&namespace.value).map(|meant| {
            let place = object.place(namespace.span);
            let fix = Fix::of_value(format!("change to `{meant}`"), place.clone(), meant);
            Draft::new(
                place,
                format!("{kind} {}/{name}", namespace.value),
                format!(
                    "the {kind} `{name}` is in namespace `{}`, which no manifest makes or uses elsewhere",
                    namespace.value
                ),
            )
            .severity(Severity::Warning)
            .help(format!("it cannot be applied; did you mean `{meant}`?"))
            .maybe_fix(fix.map(Fix::to_review))
        }));
    }
}

/// `imagestream-forbidden-namespace`: a namespace that may not be used.
pub(super) fn forbidden_namespace(
    checkout: &Checkout,
    stream: &Located<'_, ImageStream>,
    drafts: &mut Drafts,
) {
    let forbidden = &checkout.conventions.namespaces.forbidden.image_stream;
    let namespace = stream.manifest.namespace.as_ref();
    let Some(namespace) = namespace.filter(|namespace| forbidden.contains(&namespace.value)) else {
        return;
    };
    let message = format!(
        "namespace `{}` is managed by Red Hat and may not hold ImageStreams of yours",
        namespace.value
    );
    drafts.push(
        Draft::new(stream.place(namespace.span), stream.object(), message)
            .help("choose a namespace of your own"),
    );
}

/// `imagestream-duplicate`: one stream in two places.
pub(super) fn duplicate(checkout: &Checkout, drafts: &mut Drafts) {
    let mut by_name: BTreeMap<String, Vec<Located<'_, ImageStream>>> = BTreeMap::new();
    for stream in streams(checkout) {
        let manifest = stream.manifest;
        let is_named = manifest.name.is_some() && manifest.namespace.is_some();
        let name = stream.object();
        if is_named && !has_parameter(&name) && stream.file.path.name().ends_with(".yaml") {
            by_name.entry(name).or_default().push(stream);
        }
    }
    for (name, streams) in by_name {
        for (at, stream) in streams.iter().enumerate().skip(1) {
            let draft = Draft::new(
                stream.place(stream.manifest.anchor()),
                &name,
                format!("the ImageStream `{name}` is defined a second time"),
            )
            .help("whichever is applied last wins, and the other's tags are lost; join the two")
            .related_total(at);
            let first = streams[..at].iter().take(MAX_RELATED);
            let others = first.clone().map(|other| &other.file.path);
            let draft = draft.affects(others.filter(|path| **path != stream.file.path));
            drafts.push(first.fold(draft, |draft, first| {
                draft.related(first.place(first.manifest.anchor()), "defined here")
            }));
        }
    }
}

/// `imagestream-tag-duplicate`: one tag twice in a stream.
pub(super) fn tag_duplicate(_: &Checkout, stream: &Located<'_, ImageStream>, drafts: &mut Drafts) {
    let mut seen: BTreeMap<&str, &StreamTag> = BTreeMap::new();
    for tag in &stream.item.tags {
        let Some(name) = &tag.name else {
            continue;
        };
        let Some(first) = seen.get(&*name.value) else {
            seen.insert(&name.value, tag);
            continue;
        };
        let first = first.name.as_ref().map_or(first.span, |name| name.span);
        let (tag, stream_name) = (&name.value, stream.object());
        drafts.push(
            Draft::new(
                stream.place(name.span),
                format!("{stream_name}:{tag}"),
                format!("tag `{tag}` is given twice in ImageStream `{stream_name}`"),
            )
            .help("the object is refused, or one of the two is dropped; keep one")
            .related(stream.place(first), "first given here"),
        );
    }
}

/// Parameters of `imagestream-api-version`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiVersion {
    /// The versions that exist, by kind.
    versions: BTreeMap<String, Vec<String>>,
}

impl ApiVersion {
    /// `imagestream-api-version`: an `apiVersion` that does not exist for the kind.
    pub(super) fn run(&self, object: &Located<'_, Object>) -> Option<Draft> {
        let kind = object.manifest.kind();
        let known = self.versions.get(kind)?;
        let wanted = known.first().map_or("", String::as_str);
        let help = format!("write `apiVersion: {wanted}`");
        let name = object.object();
        let entity = format!("{kind} {name}");
        let Some(version) = &object.manifest.api_version else {
            let place = object.place(object.manifest.anchor());
            let message = format!("no `apiVersion` on {kind} `{name}`");
            return Some(Draft::new(place, entity, message).help(help));
        };
        if known.iter().any(|known| **known == *version.value) {
            return None;
        }
        let place = object.place(version.span);
        let message = format!("there is no {kind} in `{}`", version.value);
        let fix = Fix::safe(format!("change to `{wanted}`"), place.clone(), wanted);
        Some(Draft::new(place, entity, message).help(help).fix(fix))
    }
}
