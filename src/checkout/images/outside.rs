//! Images that are published from outside the repository, as far as it says so.

use std::sync::Arc;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::ignored::IgnoredSources;
use crate::limits::{MAX_ART_IMAGES, PATTERN_SIZE};
use crate::model::supplemental::ArtImage;
use crate::model::{Conventions, File};
use crate::syntax::reference::ImageStreamTag;

/// The governor's flag for ImageStreamTags that somebody else looks after.
const IGNORED_TAGS: &str = "--ignored-image-stream-tags";

/// What is published from outside.
#[derive(Clone, Debug, Default)]
pub(super) struct Outside {
    /// Whole ImageStreamTags: what the conventions and the user say.
    tags: RegexSet,
    /// `artImages`, less what the sources that are ignored cover.
    art: Vec<ArtPattern>,
    ignored: Vec<IgnoredSources>,
}

/// One item of `artImages`: a namespace, and expressions that may match anywhere in the name and
/// the tag (openshift/ci-tools pkg/controller/quay_io_ci_images_distributor/supplemental_images.go).
#[derive(Clone, Debug)]
struct ArtPattern {
    namespace: Box<str>,
    name: Regex,
    tag: Option<Regex>,
}

impl Outside {
    pub fn of(files: &[Arc<File>], conventions: &Conventions, external: &[Regex]) -> Self {
        let configs = files.iter().filter_map(|file| file.images_mirror());
        let art: Vec<ArtPattern> = configs
            .clone()
            .flat_map(|config| &config.art_images)
            .take(MAX_ART_IMAGES)
            .filter_map(ArtPattern::new)
            .collect();
        let outside = &conventions.outside_images;
        let own = outside.others.iter();
        let own = own.chain(outside.art.iter().filter(|_| art.is_empty()));
        let patterns = own.map(|pattern| &**pattern).chain(external);
        let patterns = patterns
            .map(|pattern| pattern.as_str().to_owned())
            .collect();
        Self {
            tags: set(patterns),
            art,
            ignored: configs
                .map(|config| IgnoredSources::of(config, &conventions.registries))
                .collect(),
        }
    }

    pub fn is_match(&self, tag: &ImageStreamTag) -> bool {
        self.tags.is_match(tag.as_str())
            || (self.art.iter().any(|art| art.is_match(tag))
                && !self.ignored.iter().any(|ignored| ignored.covers_tag(tag)))
    }
}

impl ArtPattern {
    /// None where something is missing or does not compile: ci-images-mirror stops there.
    fn new(image: &ArtImage) -> Option<Self> {
        let compile = |pattern: &str| {
            let mut pattern = RegexBuilder::new(pattern);
            pattern.size_limit(PATTERN_SIZE).build().ok()
        };
        Some(Self {
            namespace: image.namespace.as_ref()?.value.clone(),
            name: compile(&image.name.as_ref()?.value)?,
            tag: match &image.tag {
                Some(tag) => Some(compile(&tag.value)?),
                None => None,
            },
        })
    }

    fn is_match(&self, tag: &ImageStreamTag) -> bool {
        *self.namespace == *tag.namespace()
            && self.name.is_match(tag.name())
            && self
                .tag
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(tag.tag()))
    }
}

/// What the promoted-image-governor leaves alone.
pub(super) fn ungoverned(files: &[Arc<File>]) -> RegexSet {
    let mut patterns: Vec<String> = Vec::new();
    let jobs = files.iter().flat_map(|file| file.jobs());
    for container in jobs.flat_map(|job| job.containers()) {
        let mut arguments = container.arguments.iter().map(|text| &*text.value);
        while let Some(argument) = arguments.next() {
            let Some(rest) = argument.strip_prefix(IGNORED_TAGS) else {
                continue;
            };
            let value = rest.strip_prefix('=').or_else(|| arguments.next());
            patterns.extend(value.map(str::to_owned));
        }
    }
    set(patterns)
}

/// Expressions that do not compile are left out; Go's and Rust's differ in nothing that has ever
/// been used there. Those of the project and the user come first.
fn set(patterns: Vec<String>) -> RegexSet {
    let patterns = patterns.into_iter().take(MAX_ART_IMAGES);
    let sound = patterns.filter(|pattern| {
        let pattern = RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build();
        pattern.is_ok()
    });
    let set = RegexSetBuilder::new(sound)
        .size_limit(MAX_ART_IMAGES * PATTERN_SIZE)
        .build();
    set.unwrap_or_default()
}
