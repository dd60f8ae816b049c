//! `ignoredSources`: what ci-images-mirror does not copy although an entry asks for it
//! (openshift/ci-tools pkg/controller/quay_io_ci_images_distributor/supplemental_images.go,
//! `ignored`).

use std::collections::HashSet;

use crate::model::conventions::Registries;
use crate::model::supplemental::{ImagesMirrorConfig, Source};
use crate::syntax::reference::ImageStreamTag;

/// The sources that are ignored, as pull specs.
#[derive(Clone, Debug, Default)]
pub(super) struct IgnoredSources {
    /// The host that ImageStreamTags are pulled from.
    host: Box<str>,
    pull_specs: HashSet<Box<str>>,
}

impl IgnoredSources {
    pub fn of(config: &ImagesMirrorConfig, registries: &Registries) -> Self {
        let mut ignored = Self {
            host: registries.today().into(),
            pull_specs: HashSet::new(),
        };
        for source in &config.ignored {
            let image = source.image.as_ref().map(|image| image.value.clone());
            let tag = source.stream_tag().map(|tag| ignored.pull_spec(&tag));
            ignored.pull_specs.extend(image.into_iter().chain(tag));
        }
        ignored
    }

    /// Whether what is to be copied from `source` is not.
    pub fn covers(&self, source: &Source) -> bool {
        let image = source.image.as_ref();
        image.is_some_and(|image| self.pull_specs.contains(&image.value))
            || source.stream_tag().is_some_and(|tag| self.covers_tag(&tag))
    }

    /// Whether the ImageStreamTag is not copied.
    pub fn covers_tag(&self, tag: &ImageStreamTag) -> bool {
        !self.pull_specs.is_empty() && self.pull_specs.contains(&self.pull_spec(tag))
    }

    fn pull_spec(&self, tag: &ImageStreamTag) -> Box<str> {
        format!("{}/{tag}", self.host).into()
    }
}
