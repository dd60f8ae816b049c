//! Rules about ImageStreams and BuildConfigs on the cluster behind the central registry.

mod build_config;
mod build_output;
mod identity;
mod policy;
mod source;
mod tag;
mod tag_loop;

use super::image::pipeline_name;
use super::{Check, Drafts, Named, each_config, rule, rule_with, whole_checkout};
use crate::checkout::Checkout;
use crate::finding::{Draft, Place};
use crate::model::manifest::images::{BuildConfig, ImageStream, Object, StreamTag};
use crate::model::manifest::{Body, Manifest};
use crate::model::{File, Text};
use crate::syntax::span::Span;
use crate::syntax::template::has_parameter;

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule_with("build-docker-io", |p| {
        let rule: build_config::DockerfileRegistry = p.read()?;
        Ok(each_build(move |_, build, drafts| rule.run(build, drafts)))
    }),
    rule("build-loop", || {
        each_build(build_config::build_loop).and(each_config(pipeline_name::cycle))
    }),
    rule("build-output", || whole_checkout(build_output::check)),
    rule("build-output-clash", || {
        whole_checkout(build_config::output_clash)
    }),
    rule("build-untyped", || each_build(build_config::untyped)),
    rule_with("imagestream-api-version", |p| {
        let rule: identity::ApiVersion = p.read()?;
        Ok(whole_checkout(move |checkout, drafts| {
            drafts.extend(objects(checkout).filter_map(|object| rule.run(&object)));
        }))
    }),
    rule("imagestream-duplicate", || {
        whole_checkout(identity::duplicate)
    }),
    rule("imagestream-forbidden-namespace", || {
        each_stream(identity::forbidden_namespace)
    }),
    rule_with("imagestream-import-policy", |p| {
        let rule: policy::ImportPolicy = p.read()?;
        Ok(each_tag(move |_, tag| rule.run(tag)))
    }),
    rule("imagestream-namespace", || {
        whole_checkout(identity::namespace)
    }),
    rule("imagestream-reference-policy", || {
        whole_checkout(policy::reference_policy).grading_new(policy::severity_of_loss)
    }),
    rule("imagestream-self-import", || each_tag(source::self_import)),
    rule("imagestream-source", || {
        each_tag(|_, tag| source::source(tag))
            .and(each_stream(source::repository))
            .and(each_build(source::build_kinds))
            .and(each_build(source::build_sources))
            .and(whole_checkout(source::unprovided))
            .and(whole_checkout(tag_loop::tag_loop))
    }),
    rule("imagestream-tag-duplicate", || {
        each_stream(identity::tag_duplicate)
    }),
];

/// An object, or a part of one, with the manifest and the file that it stands in.
struct Located<'c, T> {
    file: &'c File,
    manifest: &'c Manifest,
    item: &'c T,
}

impl<'c, T> Located<'c, T> {
    /// A part of it.
    fn with<P>(&self, item: &'c P) -> Located<'c, P> {
        Located {
            file: self.file,
            manifest: self.manifest,
            item,
        }
    }

    fn place(&self, span: Span) -> Place {
        Place::new(&self.file.path, span)
    }

    /// `namespace/name` of the object, as far as it is said.
    fn object(&self) -> String {
        let part = |text: &Option<Text>| {
            text.as_ref()
                .map_or("?".to_owned(), |text| text.value.to_string())
        };
        let manifest = self.manifest;
        format!("{}/{}", part(&manifest.namespace), part(&manifest.name))
    }

    /// Whether a template puts something else in the place of the text.
    fn is_templated(&self, text: &Text) -> bool {
        self.manifest.in_template && has_parameter(&text.value)
    }
}

/// Every ImageStream and BuildConfig of the central cluster.
fn objects(checkout: &Checkout) -> impl Iterator<Item = Located<'_, Object>> {
    let central = &checkout.conventions.clusters.central;
    checkout
        .manifests()
        .filter_map(|(file, manifest)| match &manifest.body {
            Body::Images(item) => Some(Located {
                file,
                manifest,
                item,
            }),
            _ => None,
        })
        .filter(|object| object.file.path.is_within(central))
}

/// Every ImageStream of the central cluster.
fn streams(checkout: &Checkout) -> impl Iterator<Item = Located<'_, ImageStream>> {
    objects(checkout).filter_map(|at| match at.item {
        Object::ImageStream(stream) => Some(at.with(stream)),
        Object::BuildConfig(_) => None,
    })
}

/// Every BuildConfig of the central cluster.
fn builds(checkout: &Checkout) -> impl Iterator<Item = Located<'_, BuildConfig>> {
    objects(checkout).filter_map(|at| match at.item {
        Object::BuildConfig(build) => Some(at.with(build)),
        Object::ImageStream(_) => None,
    })
}

/// A check that looks at each ImageStream.
fn each_stream(
    look: impl Fn(&Checkout, &Located<'_, ImageStream>, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        streams(checkout).for_each(|stream| look(checkout, &stream, drafts));
    })
}

/// A check that looks at each BuildConfig.
fn each_build(
    look: impl Fn(&Checkout, &Located<'_, BuildConfig>, &mut Drafts) + Send + Sync + 'static,
) -> Check {
    whole_checkout(move |checkout, drafts| {
        builds(checkout).for_each(|build| look(checkout, &build, drafts));
    })
}

/// A check that looks at each tag of each ImageStream.
fn each_tag(
    look: impl Fn(&Checkout, &Located<'_, StreamTag>) -> Option<Draft> + Send + Sync + 'static,
) -> Check {
    each_stream(move |checkout, stream, drafts| {
        let tags = stream.item.tags.iter();
        drafts.extend(tags.filter_map(|tag| look(checkout, &stream.with(tag))));
    })
}
