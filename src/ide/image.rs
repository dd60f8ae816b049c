//! All about one ImageStreamTag, gathered from the tables of the checkout: what `mirrorlint image`
//! prints ([`answer`]) and an editor shows ([`ImageFacts`]).

mod asked;
mod destination;
mod focused;
mod report;

use std::collections::BTreeSet;

use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Near, Provider, Referrer, Resolution, State};
use crate::checkout::mirroring::{MirrorJob, MirroredFile};
use crate::finding::Place;
use crate::model::Conventions;
use crate::syntax::reference::ImageStreamTag;

pub use destination::DestinationReport;
pub use report::{Answer, ImageReport, NoAnswer, ProviderLine, ReferenceLine, SetLine, answer};

/// What the checkout knows about an ImageStreamTag.
#[derive(Debug)]
pub(super) struct ImageFacts<'c> {
    /// Whether it is provided.
    pub(super) resolution: Resolution<'c>,
    /// Everybody who provides it, live ones first; in a stream that is filled from outside, whoever
    /// fills it.
    pub(super) providers: Vec<&'c Provider>,
    /// Everybody who names it, in order of files.
    pub(super) users: Vec<&'c ImageUse>,
    /// Destinations to which mapping files mirror it, sorted.
    pub(super) mirrored_to: Vec<String>,
    /// The mirror sets that do so, by name.
    pub(super) mirror_sets: Vec<MirroredBy<'c>>,
    /// Who may pull from its namespace, in words; groups come first.
    pub(super) may_pull: Vec<String>,
    /// What could have been meant, where nothing provides it.
    pub(super) near: Vec<Near>,
}

/// A mirror set that an image is mirrored by, with the parts that take part.
#[derive(Debug)]
pub(super) struct MirroredBy<'c> {
    /// The set.
    pub(super) set: &'c str,
    /// Whether it has an OWNERS file of its own.
    pub(super) has_owners: bool,
    /// The mapping files that name the image.
    pub(super) files: Vec<&'c MirroredFile>,
    /// The jobs that read them.
    pub(super) jobs: Vec<&'c MirrorJob>,
}

impl MirroredBy<'_> {
    /// The secrets that its jobs mount.
    pub(super) fn secrets(&self) -> BTreeSet<&str> {
        self.jobs.iter().flat_map(|job| secrets(job)).collect()
    }
}

/// The secrets that a job mounts.
pub(super) fn secrets(job: &MirrorJob) -> BTreeSet<&str> {
    let volumes = job.job().volumes();
    volumes
        .filter_map(|volume| Some(&*volume.secret.as_ref()?.value))
        .collect()
}

impl<'c> ImageFacts<'c> {
    /// Gathers what `checkout` knows about `tag`.
    pub(super) fn of(checkout: &'c Checkout, tag: &ImageStreamTag) -> Self {
        let images = checkout.images();
        let resolution = images.resolve(tag);
        let open = match resolution {
            Resolution::Open(provider) => Some(provider),
            _ => None,
        };
        let near = match resolution {
            Resolution::Missing(_) | Resolution::Ungoverned => images.near_misses().of(tag),
            _ => Vec::new(),
        };
        let users: Vec<&ImageUse> = images.users(tag).iter().collect();
        let sources: Vec<&Place> = users
            .iter()
            .filter(|naming| naming.referrer == Referrer::Mapping)
            .map(|naming| &naming.place)
            .collect();
        Self {
            providers: images.providers(tag).iter().chain(open).collect(),
            mirrored_to: mirrored_to(checkout, &sources),
            mirror_sets: mirror_sets(checkout, &sources),
            may_pull: checkout.access().pullers(tag.namespace()),
            users,
            resolution,
            near,
        }
    }

    /// Whether it is provided, in words. What only a disabled promotion or an optional image would
    /// provide is called like that.
    pub(super) fn state(&self) -> &'static str {
        match self.resolution {
            Resolution::Provided(_) => "provided",
            Resolution::Open(_) => "in a stream that is filled from outside",
            Resolution::Outside => "published from outside the repository",
            Resolution::Ungoverned => {
                "not provided here; the promoted-image-governor leaves it alone"
            }
            Resolution::Inactive(providers) => match providers.first().map(|first| first.state) {
                Some(State::Optional) => "optional",
                _ => "disabled",
            },
            Resolution::Missing(_) => "not provided",
        }
    }
}

/// Who names an image: `org/repo` for a ci-operator config, else the folder.
pub(super) fn owner<'p>(place: &'p Place, conventions: &Conventions) -> &'p str {
    match place.path.below(&conventions.ci_configs.folder) {
        Some(below) => below.rsplit_once('/').map_or(below, |(owner, _)| owner),
        None => place.path.folder(),
    }
}

/// Where the mappings go whose sources stand at these places.
fn mirrored_to(checkout: &Checkout, sources: &[&Place]) -> Vec<String> {
    if sources.is_empty() {
        return Vec::new();
    }
    let mut destinations: Vec<String> = checkout
        .mirroring()
        .mappings()
        .filter(|(file, mapping)| {
            let place = file.place(mapping.source.span);
            sources.contains(&&place)
        })
        .map(|(_, mapping)| mapping.key())
        .collect();
    destinations.sort();
    destinations
}

/// The mirror sets in whose mapping files these places are.
fn mirror_sets<'c>(checkout: &'c Checkout, sources: &[&Place]) -> Vec<MirroredBy<'c>> {
    let mirroring = checkout.mirroring();
    let naming: BTreeSet<&str> = sources.iter().map(|place| place.path.as_str()).collect();
    let mut sets = Vec::new();
    for (name, set) in &mirroring.sets {
        let files: Vec<&MirroredFile> = mirroring.files[set.files.clone()]
            .iter()
            .filter(|file| naming.contains(file.file.path.as_str()))
            .collect();
        if files.is_empty() {
            continue;
        }
        let readers = files.iter().flat_map(|file| &file.readers);
        let jobs: BTreeSet<usize> = readers.map(|reader| reader.job).collect();
        sets.push(MirroredBy {
            set: name,
            has_owners: set.has_owners,
            files,
            jobs: jobs.into_iter().map(|job| &mirroring.jobs[job]).collect(),
        });
    }
    sets
}
