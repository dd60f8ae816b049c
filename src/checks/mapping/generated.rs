//! Mapping files that the promoted-image-governor writes, and what it is told to write.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::checkout::Checkout;
use crate::checkout::images::{ProviderKind, State};
use crate::checkout::mirroring::{MirroredFile, Writer};
use crate::checks::listing::listed;
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::limits::MAX_TAGS_OF_STREAM;
use crate::model::mapping_config::{MappingConfig, MirroredStream};
use crate::model::{File, FileKind};
use crate::syntax::likeness::{asked, most_alike};
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

/// `mapping-config`: what the governor cannot read, or takes for something else, and keys by which it
/// writes nothing.
pub(super) fn config(checkout: &Checkout, drafts: &mut Drafts) {
    let Some(made) = Generated::of(checkout).0 else {
        return;
    };
    let Made { file, config, .. } = &made;
    for fault in &config.faults {
        drafts.push(schema_fault::draft(
            &file.path,
            fault,
            "the promoted-image-governor stops at it, or ignores the field",
        ));
    }
    for changed in &config.changed {
        let (place, text) = (Place::new(&file.path, changed.span), &changed.value);
        let message = format!("`{text}` is a number, and loses its last digits");
        drafts.push(
            Draft::new(place.clone(), &**text, message)
                .help("the governor writes a number as short as it can; put it in quotes")
                .maybe_fix(Fix::of_value(
                    "put it in quotes",
                    place,
                    format!("\"{text}\""),
                )),
        );
    }
    for stream in &config.images {
        repeated_tags(file, stream, drafts);
    }
    if let Some(draft) = made.empty_namespace(checkout) {
        drafts.push(draft);
        return;
    }
    for (path, &key) in &made.by_path {
        drafts.extend(made.without_promotion(checkout, path, key));
    }
}

fn repeated_tags(file: &File, stream: &MirroredStream, drafts: &mut Drafts) {
    let mut first: HashMap<&str, Place> = HashMap::new();
    for tag in &stream.tags {
        let place = Place::new(&file.path, tag.span);
        if let Some(first) = first.get(&*tag.value) {
            let (key, tag) = (&stream.name.value, &tag.value);
            drafts.push(
                Draft::new(
                    place,
                    format!("{key} {tag}"),
                    format!("`{key}` already has the tag `{tag}`"),
                )
                .help("the governor stops at it, and no mapping file is written; delete one")
                .related(first.clone(), "first given here"),
            );
        } else {
            first.insert(&tag.value, place);
        }
    }
}

impl Made<'_> {
    /// A namespace that has none of the streams, so that it is wrong itself and not its keys.
    fn empty_namespace(&self, checkout: &Checkout) -> Option<Draft> {
        let namespace = self.config.source_namespace.as_ref()?;
        let images = checkout.images();
        let has = |namespace: &str, stream: &MirroredStream| {
            images.stream(namespace, &stream.name.value).is_some()
        };
        let mut streams = self.config.images.iter();
        if streams.any(|stream| has(&namespace.value, stream)) {
            return None;
        }
        let written = self.by_path.keys();
        let written: Vec<_> = written
            .filter(|path| checkout.file(path.as_str()).is_some())
            .collect();
        let [first, _, ..] = &*written else {
            return None;
        };
        let first_stream = self.config.images.first()?;
        let others: BTreeSet<&str> = images
            .streams()
            .filter(|(_, name, _)| **name == *first_stream.name.value)
            .map(|(namespace, _, _)| namespace)
            .collect();
        let near = most_alike(&namespace.value, others);
        let place = Place::new(&self.file.path, namespace.span);
        let name = &namespace.value;
        let message = format!(
            "nothing is promoted to namespace `{name}` for any of the keys, and {} mapping files stay \
             as they were",
            written.len()
        );
        let draft = Draft::new(place.clone(), format!("source_namespace {name}"), message)
            .severity(Severity::Warning)
            .help(format!(
                "the governor writes no file without promotions; name the namespace of the \
                 ImageStreams{}",
                asked(near)
            ))
            .alternatives(near.and_then(|near| Fix::alternative(place, near)))
            .related(Place::whole_file(first), "written before");
        Some(
            written
                .iter()
                .fold(draft, |draft, path| draft.explains(abandoned(path))),
        )
    }

    /// A key by which a mapping file was written, of a stream that nothing is promoted to any more.
    fn without_promotion(&self, checkout: &Checkout, path: &RepoPath, key: usize) -> Option<Draft> {
        let namespace = &self.config.source_namespace.as_ref()?.value;
        let stream = &self.config.images[key];
        checkout.file(path.as_str())?;
        if checkout
            .images()
            .stream(namespace, &stream.name.value)
            .is_some()
        {
            return None;
        }
        let name = &stream.name.value;
        let message = format!(
            "nothing is promoted to `{namespace}/{name}`, and `{}` stays as it was",
            path.name()
        );
        let draft = Draft::new(self.key(key), &**name, message)
            .severity(Severity::Warning)
            .help(format!(
                "the governor writes no file without promotions, and deletes none, so the job goes \
                 on to mirror what no longer changes; delete key and file, or promote to \
                 `{namespace}/{name}` and {AGAIN}"
            ));
        Some(
            draft
                .related(Place::whole_file(path), "written before")
                .explains(abandoned(path)),
        )
    }
}
