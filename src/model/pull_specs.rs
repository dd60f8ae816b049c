//! Every place of a file that names an image by a pull spec.

use super::manifest::Body;
use super::manifest::images::{Object, ObjectReference};
use super::{File, FileKind, Statements};
use crate::syntax::span::Span;

impl FileKind {
    /// The kinds of files that have [`File::pull_specs`].
    pub const WITH_PULL_SPECS: &[Self] = &[
        Self::MappingFile,
        Self::OldMappingFile,
        Self::ProwJobs,
        Self::ImagesMirrorConfig,
        Self::Manifest,
    ];
}

impl File {
    /// The pull specs that the file names, in no order, quotes included: sources and destinations of
    /// mapping lines, images of jobs, images that ci-images-mirror copies or ignores, and what
    /// ImageStreams import and builds start from and push. Text that only looks like one, such as
    /// what `inputs` replace in a Dockerfile, is none.
    #[must_use]
    pub fn pull_specs(&self) -> Vec<Span> {
        match &self.statements {
            Statements::Mapping(mapping) => {
                let tokens = mapping
                    .mappings()
                    .flat_map(|mapping| [mapping.source.span, mapping.destination.span]);
                // A source with several destinations is one token.
                let mut spans: Vec<Span> = tokens.collect();
                spans.sort();
                spans.dedup();
                spans
            }
            Statements::Jobs(jobs) => jobs
                .iter()
                .flat_map(|job| job.containers())
                .filter_map(|container| Some(container.image.as_ref()?.span))
                .collect(),
            Statements::ImagesMirror(config) => {
                let copied = config.images.iter().chain(&config.qci_to_app_ci);
                copied
                    .map(|entry| &entry.source)
                    .chain(&config.ignored)
                    .filter_map(|source| Some(source.image.as_ref()?.span))
                    .collect()
            }
            Statements::Manifests(manifests) => manifests
                .iter()
                .flat_map(|manifest| match &manifest.body {
                    Body::Images(object) => of_object(object),
                    _ => Vec::new(),
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn of_object(object: &Object) -> Vec<Span> {
    match object {
        Object::ImageStream(stream) => {
            let imported = stream.tags.iter().filter_map(|tag| tag.from.as_ref());
            let repository = stream.repository.iter().map(|text| text.span);
            imported.filter_map(pulled).chain(repository).collect()
        }
        Object::BuildConfig(build) => {
            let named = build.sources.iter().chain(&build.triggers);
            named.chain(&build.output).filter_map(pulled).collect()
        }
    }
}

/// The name of an image that is given by a pull spec.
fn pulled(reference: &ObjectReference) -> Option<Span> {
    let kind = reference.kind.as_ref()?;
    let name = reference.name.as_ref()?;
    (&*kind.value == "DockerImage").then_some(name.span)
}
