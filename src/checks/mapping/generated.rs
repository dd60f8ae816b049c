//! Mapping files that the promoted-image-governor writes, and what it is told to write.

pub(super) mod lost_key;
pub(super) mod mapping_config;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

use crate::checkout::Checkout;
use crate::checkout::images::{ProviderKind, State};
use crate::checkout::mirroring::{MirroredFile, Writer};
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Place, Severity};
use crate::limits::MAX_TAGS_OF_STREAM;
use crate::model::mapping_config::{MappingConfig, MirroredStream};
use crate::model::{File, FileKind};
use crate::tree::RepoPath;

/// What to do after a change to the config.
const AGAIN: &str = "run `make openshift-image-mirror-mappings`";

/// The config, and which file is made from which key of it.
#[derive(Default)]
pub(in crate::checks) struct Generated<'c>(Option<Made<'c>>);

struct Made<'c> {
    file: &'c File,
    config: &'c MappingConfig,
    /// By paths of mapping files.
    by_path: BTreeMap<RepoPath, usize>,
}

/// Keys that write the same destinations: those, each with who writes it in a mapping file.
type Shared = BTreeMap<Vec<usize>, BTreeMap<String, Vec<Writer>>>;

impl<'c> Generated<'c> {
    pub(in crate::checks) fn of(checkout: &'c Checkout) -> Self {
        let mut files = checkout.files_of(&[FileKind::MappingConfig]);
        let made = files.find_map(|file| {
            let config = file.mapping_config()?;
            let start = &checkout.conventions.mapping_files.generated_start;
            let paths = config.images.iter().enumerate().map(|(key, stream)| {
                let name = stream.name.value.replace('.', "_");
                (file.path.sibling(&format!("{start}{name}")), key)
            });
            Some(Made {
                file,
                config,
                by_path: paths.collect(),
            })
        });
        Self(made)
    }

    /// Where the config has the key that the file at `path` is made from.
    pub(in crate::checks) fn entry(&self, path: &RepoPath) -> Option<Place> {
        let made = self.0.as_ref()?;
        let &key = made.by_path.get(path)?;
        Some(made.key(key))
    }

    /// The keys that made the lines of all `writers`, where several did.
    pub(super) fn keys(&self, files: &[MirroredFile], writers: &[Writer]) -> Option<Vec<usize>> {
        let made = self.0.as_ref()?;
        let key = |writer: &Writer| {
            let path = &files[writer.file].file.path;
            made.by_path.get(path).copied()
        };
        let keys: Option<BTreeSet<usize>> = writers.iter().map(key).collect();
        Some(keys?.into_iter().collect()).filter(|keys: &Vec<usize>| keys.len() > 1)
    }

    /// Adds to `shared` what keys write according to the promotions, whether it was generated or not.
    pub(super) fn promised(&self, checkout: &Checkout, shared: &mut Shared) {
        let Some(Made { config, .. }) = &self.0 else {
            return;
        };
        let (Some(namespace), Some(registry), Some(organization)) = (
            &config.source_namespace,
            &config.target_registry,
            &config.target_namespace,
        ) else {
            return;
        };
        let mut written: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (key, stream) in config.images.iter().enumerate() {
            let tags = stream.tags.iter().take(MAX_TAGS_OF_STREAM);
            let tags: BTreeSet<&str> = tags.map(|tag| &*tag.value).collect();
            for image in promoted(checkout, &namespace.value, stream) {
                for &tag in &tags {
                    written.entry((image, tag)).or_default().push(key);
                }
            }
        }
        for ((image, tag), keys) in written {
            if keys.len() > 1 {
                let destination = format!(
                    "{}/{}/{}-{image}:{tag}",
                    registry.value, organization.value, namespace.value
                );
                let destinations = shared.entry(keys).or_default();
                destinations.entry(destination).or_default();
            }
        }
    }

    /// A finding for each group of keys that write the same.
    pub(super) fn report(&self, checkout: &Checkout, shared: &Shared, drafts: &mut Drafts) {
        let Some(made) = &self.0 else {
            return;
        };
        for (keys, destinations) in shared {
            drafts.extend(made.clash(checkout, keys, destinations));
        }
    }
}

/// The images that are promoted to a stream.
fn promoted<'c>(
    checkout: &'c Checkout,
    namespace: &str,
    stream: &MirroredStream,
) -> impl Iterator<Item = &'c str> {
    let stream = checkout.images().stream(namespace, &stream.name.value);
    let tags = stream.into_iter().flat_map(|stream| &stream.tags);
    tags.filter(|(_, providers)| {
        let first = providers.first();
        first.is_some_and(|provider| {
            provider.kind == ProviderKind::Promotion && provider.state == State::Live
        })
    })
    .map(|(tag, _)| &**tag)
}

impl Made<'_> {
    fn key(&self, key: usize) -> Place {
        Place::new(&self.file.path, self.config.images[key].name.span)
    }

    fn name(&self, key: usize) -> &str {
        &self.config.images[key].name.value
    }

    fn clash(
        &self,
        checkout: &Checkout,
        keys: &[usize],
        destinations: &BTreeMap<String, Vec<Writer>>,
    ) -> Option<Draft> {
        let (&last, others) = keys.split_last()?;
        let (first, writers) = destinations.first_key_value()?;
        let names: Vec<&str> = others.iter().map(|&key| self.name(key)).collect();
        let what = match destinations.len() {
            1 => format!("`{first}`"),
            count => format!("{count} destinations, such as `{first}`"),
        };
        let message = format!(
            "`{}` and {} write the same from different sources: {what}",
            self.name(last),
            listed(names, ", ")
        );
        let all: Vec<&str> = keys.iter().map(|&key| self.name(key)).collect();
        let draft = Draft::new(self.key(last), all.join(" "), message)
            .severity(Severity::Warning)
            .help(format!(
                "each file's run overwrites what the other wrote, so the image changes every hour; \
                 give one of the keys other tags, or promote each image to one of the ImageStreams \
                 only, then {AGAIN}"
            ));
        let draft = others.iter().fold(draft, |draft, &key| {
            draft.related(self.key(key), "the other key")
        });
        let mirroring = checkout.mirroring();
        Some(writers.iter().fold(draft, |draft, &writer| {
            let (file, mapping) = mirroring.written_by(writer);
            let place = file.place(mapping.destination.span);
            draft.related(place, format!("written here from `{}`", mapping.source))
        }))
    }
}

/// The topic of what is wrong with a generated file that is generated no more.
pub(in crate::checks) fn abandoned(path: &RepoPath) -> String {
    format!("{path} is generated no more")
}
