//! BuildConfigs that cannot start, or never stop.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Located, builds};
use crate::checkout::Checkout;
use crate::checkout::images::{Store, stored_image};
use crate::checks::Drafts;
use crate::checks::rbac::object_duplicate::defined_twice;
use crate::finding::Draft;
use crate::limits::MAX_RELATED;
use crate::model::Text;
use crate::model::conventions::Registries;
use crate::model::manifest::images::{BuildConfig, ObjectReference};
use crate::syntax::reference::{ImageStreamTag, Reference};
use crate::syntax::span::Span;

/// `build-loop`: a build that starts from, or is triggered by, its own output.
pub(super) fn build_loop(
    checkout: &Checkout,
    build: &Located<'_, BuildConfig>,
    drafts: &mut Drafts,
) {
    let registries = &checkout.conventions.registries;
    let Some(to) = &build.item.output else {
        return;
    };
    let Some(output) = build.target(to, registries) else {
        return;
    };
    let sources = build.item.sources.iter().map(|source| {
        (
            source,
            "is built from",
            "it can never start: the image that it starts from is the one that it makes",
        )
    });
    let triggers = build.item.triggers.iter().map(|trigger| {
        (
            trigger,
            "is triggered by",
            "every build starts the next one",
        )
    });
    for (reference, verb, why) in sources.chain(triggers) {
        if build.target(reference, registries).as_ref() == Some(&output) {
            drafts.push(
                Draft::new(
                    build.place(name_span(reference)),
                    format!("{verb} {output}"),
                    format!("the build of `{output}` {verb} its own output"),
                )
                .help(why)
                .related(build.place(name_span(to)), "the output"),
            );
        }
    }
}

impl Located<'_, BuildConfig> {
    /// The ImageStreamTag of the central registry that a build's reference means, in the namespace of
    /// the build.
    pub(super) fn target(
        &self,
        reference: &ObjectReference,
        registries: &Registries,
    ) -> Option<ImageStreamTag> {
        let name = &reference.name.as_ref()?.value;
        let kind = reference.kind.as_ref();
        if kind.is_some_and(|kind| &*kind.value == "DockerImage") {
            let (store, tag) = stored_image(&Reference::parse(name).ok()?, registries)?;
            return (store == Store::AppCi).then_some(tag);
        }
        let (name, tag) = name.split_once(':').unwrap_or((name, "latest"));
        let own = self.manifest.namespace.as_ref();
        let namespace = reference.namespace.as_ref().or(own)?;
        ImageStreamTag::new(&namespace.value, name, tag).ok()
    }
}

/// Where a reference says its name, if it does.
fn name_span(reference: &ObjectReference) -> Span {
    let name = reference.name.as_ref();
    name.map_or(reference.span, |name| name.span)
}

/// `build-output-clash`: two BuildConfigs that write one tag.
pub(super) fn output_clash(checkout: &Checkout, drafts: &mut Drafts) {
    let registries = &checkout.conventions.registries;
    let mut by_output: BTreeMap<ImageStreamTag, Vec<(Located<'_, BuildConfig>, Span)>> =
        BTreeMap::new();
    for build in builds(checkout) {
        if let Some(output) = &build.item.output
            && let Some(tag) = build.target(output, registries)
        {
            by_output
                .entry(tag)
                .or_default()
                .push((build, name_span(output)));
        }
    }
    for (tag, builds) in by_output.iter().filter(|(_, builds)| builds.len() > 1) {
        for (at, (build, output)) in builds.iter().enumerate() {
            let others = builds.iter().enumerate().filter(|(other, _)| *other != at);
            let draft = Draft::new(
                build.place(*output),
                tag.as_str(),
                format!("`{tag}` is the output of {} BuildConfigs", builds.len()),
            )
            .help("whichever builds last wins; give each a tag of its own")
            .related_total(builds.len() - 1)
            .one_end();
            let part = |text: &Option<Text>| text.as_ref().map(|text| text.value.to_string());
            let named = part(&build.manifest.namespace).zip(part(&build.manifest.name));
            let draft = match named {
                // The first of them is the one that was copied.
                Some((namespace, name)) => {
                    draft.follows_from(defined_twice("BuildConfig", &namespace, &name))
                }
                None => draft,
            };
            let others = others.take(MAX_RELATED);
            let paths = others.clone().map(|(_, (other, _))| &other.file.path);
            let draft = draft.affects(paths.filter(|path| **path != build.file.path));
            drafts.push(others.fold(draft, |draft, (_, (build, output))| {
                draft.related(build.place(*output), "also its output")
            }));
        }
    }
}

/// `build-untyped`: `strategy` or `source` without a `type`.
pub(super) fn untyped(_: &Checkout, build: &Located<'_, BuildConfig>, drafts: &mut Drafts) {
    let name = build.object();
    for (part, span) in &build.item.untyped {
        let place = build.place(*span);
        let message = format!("`{part}` of BuildConfig `{name}` has no `type`");
        let types = match *part {
            "source" => "`type: Git`, `Dockerfile`, `Binary`",
            _ => "`type: Docker`, `Source`",
        };
        drafts.push(
            Draft::new(place, format!("{part} {name}"), message).help(format!(
                "without it the API guesses or refuses; write {types}, as it is meant"
            )),
        );
    }
}

/// Parameters of `build-docker-io`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DockerfileRegistry {
    /// A registry that one should not build from.
    host: String,
}

impl DockerfileRegistry {
    /// `build-docker-io`: a base image, or a `FROM` in an inline Dockerfile, on that registry.
    pub(super) fn run(&self, build: &Located<'_, BuildConfig>, drafts: &mut Drafts) {
        let host = &self.host;
        for source in &build.item.sources {
            let is_pulled = source
                .kind
                .as_ref()
                .is_some_and(|kind| &*kind.value == "DockerImage");
            let name = source.name.as_ref().filter(|_| is_pulled);
            if let Some(name) = name.filter(|name| is_on(&name.value, host)) {
                drafts.push(self.draft(build, name.span, &name.value));
            }
        }
        let Some(dockerfile) = &build.item.dockerfile else {
            return;
        };
        let text = build.file.slice(dockerfile.span);
        let mut offset = dockerfile.span.start as usize;
        for line in text.split_inclusive('\n') {
            let mut words = line.split_whitespace();
            let is_from = words
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case("FROM"));
            let image = words.find(|word| !word.starts_with("--"));
            if let Some(image) = image.filter(|image| is_from && is_on(image, host))
                && let Some(at) = line.find(image)
            {
                let span = Span::new(offset + at, offset + at + image.len());
                drafts.push(self.draft(build, span, image));
            }
            offset += line.len();
        }
    }

    fn draft(&self, build: &Located<'_, BuildConfig>, span: Span, image: &str) -> Draft {
        let message = format!("the build starts from `{image}`, on `{}`", self.host);
        let entity = format!("{} {image}", build.object());
        Draft::new(build.place(span), entity, message).help(
            "pulls from there are limited, and the build fails once the limit is reached; mirror the \
             image and build from the copy",
        )
    }
}

/// Whether a pull spec begins with this registry.
fn is_on(image: &str, host: &str) -> bool {
    let rest = image.strip_prefix(host);
    rest.is_some_and(|rest| rest.starts_with('/'))
}
