//! Builds the tables of providers and of references: from all files, or from those that changed.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use regex::Regex;

use super::outside::{self, Outside};
use super::providers::{self, Provided, ProviderRecord};
use super::references::{self, ImageUse};
use super::release_mirrors::{mirrored, mirrors};
use super::{Images, Named, Provider, State, Stream};
use crate::checkout::change::Change;
use crate::checkout::layout::Layout;
use crate::checkout::mirroring::{MirroredFile, Mirroring};
use crate::model::release_controller::StreamMirror;
use crate::model::{Conventions, File, Statements};
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

/// What the tables are built from.
#[derive(Clone, Copy)]
pub(in crate::checkout) struct Sources<'c> {
    /// All files, in order of their paths.
    pub files: &'c [Arc<File>],
    /// Their table for mirroring.
    pub mirroring: &'c Mirroring,
    /// Which forms their configs are written in.
    pub layout: &'c Layout,
    /// What is taken for granted about the repository.
    pub conventions: &'c Conventions,
    /// What the user says is provided from outside.
    pub external: &'c [Regex],
}

/// The streams of which something changed, as `namespace/name`.
pub(super) type Touched = HashSet<Box<str>>;

impl Images {
    /// From all files.
    pub(in crate::checkout) fn build(sources: &Sources<'_>) -> Self {
        let (mut images, named) = rayon::join(|| Self::provided(sources), || named_in(sources));
        images.named = named
            .into_par_iter()
            .map(|(target, mut users)| {
                in_order_of_places(&mut users);
                let resolution = images.resolve(&target).kind();
                (target, Arc::new(Named { resolution, users }))
            })
            .collect();
        images
    }

    /// The same from `now`, knowing that `self` was built from files that differ by `change`, with
    /// the mapping files and the layout of before. Gives what [`Images::build`] gives, and nothing where
    /// that is `self`.
    pub(in crate::checkout) fn update(
        &self,
        (before, layout): (&Mirroring, &Layout),
        now: &Sources<'_>,
        change: &Change,
    ) -> Option<Self> {
        if layout.promotes_beside_to() != now.layout.promotes_beside_to()
            || change.touches(decides_for_all)
        {
            return Some(Self::build(now));
        }
        let (gone, come) = mapping_files(before, now.mirroring);
        let sides = [(&change.gone, &gone), (&change.come, &come)];
        let [old_records, new_records] =
            sides.map(|(files, mapped)| Vec::from_iter(records(files, mapped, now)));
        let [old_uses, new_uses] =
            sides.map(|(files, mapped)| Vec::from_iter(uses(files, mapped, now.conventions)));
        let names_of_steps = |files| references::step_names(files);
        let has_same_steps = names_of_steps(&change.gone) == names_of_steps(&change.come);
        if old_records == new_records && old_uses == new_uses && has_same_steps {
            return None;
        }
        let fills_its_source = |(_, mirror): (&File, &StreamMirror)| {
            let release = &now.conventions.namespaces.release;
            mirrored(mirror, release)[0].0 == release
        };
        if mirrors(now.files).any(fills_its_source) {
            return Some(Self::build(now));
        }
        let mut images = self.clone();
        if !has_same_steps {
            images.step_names = Arc::new(names_of_steps(now.files));
        }
        let mut touched = images.remove_providers(old_records);
        touched.extend(images.add_providers(new_records));
        images.mirror_again(now.files, &mut touched);
        images.remove_uses(old_uses);
        touched.extend(images.add_uses(new_uses));
        images.resolve_named(&touched);
        Some(images)
    }

    /// Who provides what, according to all files.
    fn provided(sources: &Sources<'_>) -> Self {
        let files = sources.files;
        let mut images = Self {
            outside: Outside::of(files, sources.conventions, sources.external),
            ungoverned: outside::ungoverned(files),
            step_names: Arc::new(references::step_names(files)),
            release: sources.conventions.namespaces.release.as_str().into(),
            ..Self::default()
        };
        let mapping_files: Vec<_> = states(sources.mirroring).collect();
        for ProviderRecord { what, by } in records(files, &mapping_files, sources) {
            images.providers_mut(&what).push(by);
        }
        images.rank_providers();
        // Last: these copy what is provided so far.
        for (file, mirror) in mirrors(files) {
            images.add_providers(images.copied(file, mirror));
        }
        images
    }

    /// Puts all providers in the order of their ranks.
    fn rank_providers(&mut self) {
        let namespaces = self.namespaces.values_mut().map(Arc::make_mut);
        for stream in namespaces.flat_map(|streams| streams.values_mut().map(Arc::make_mut)) {
            let tags = stream.tags.values_mut();
            for providers in tags.chain([&mut stream.open, &mut stream.commits]) {
                in_order_of_ranks(providers);
            }
        }
    }

    /// Adds providers, in the order of their ranks. Returns the streams that were touched.
    pub(super) fn add_providers(&mut self, records: Vec<ProviderRecord>) -> Touched {
        let mut touched: HashSet<Provided> = HashSet::default();
        for ProviderRecord { what, by } in records {
            self.providers_mut(&what).push(by);
            touched.insert(what);
        }
        for what in &touched {
            in_order_of_ranks(self.providers_mut(what));
        }
        touched.iter().map(Provided::stream_name).collect()
    }

    /// The providers of `what`; empty if there is none yet.
    fn providers_mut(&mut self, what: &Provided) -> &mut Vec<Provider> {
        let (namespace, name) = what.stream();
        let stream = self.stream_mut(namespace, name);
        match what {
            Provided::Tag(tag) => stream.tags.entry(tag.tag().into()).or_default(),
            Provided::Stream(..) => &mut stream.open,
            Provided::Commits(..) => &mut stream.commits,
        }
    }

    /// Removes all that the files of `records` provide of the same images. Returns the streams that
    /// were touched.
    fn remove_providers(&mut self, records: Vec<ProviderRecord>) -> Touched {
        let places = records.into_iter();
        let gone: HashSet<(Provided, RepoPath)> = places
            .map(|record| (record.what, record.by.place.path))
            .collect();
        for (what, path) in &gone {
            let (namespace, name) = what.stream();
            let stream = self.stream_mut(namespace, name);
            match what {
                Provided::Tag(tag) => {
                    if let Some(providers) = stream.tags.get_mut(tag.tag()) {
                        providers.retain(|provider| provider.place.path != *path);
                        if providers.is_empty() {
                            stream.tags.remove(tag.tag());
                        }
                    }
                }
                Provided::Stream(..) => stream.open.retain(|open| open.place.path != *path),
                Provided::Commits(..) => stream.commits.retain(|by| by.place.path != *path),
            }
            self.drop_empty(namespace, name);
        }
        gone.iter().map(|(what, _)| what.stream_name()).collect()
    }

    pub(super) fn stream_mut(&mut self, namespace: &str, name: &str) -> &mut Stream {
        let streams = self.namespaces.entry(namespace.into()).or_default();
        Arc::make_mut(Arc::make_mut(streams).entry(name.into()).or_default())
    }

    /// Removes a stream that nobody provides anything of.
    pub(super) fn drop_empty(&mut self, namespace: &str, name: &str) {
        let stream = self.stream(namespace, name);
        if !stream.is_some_and(|stream| stream.is_empty()) {
            return;
        }
        if let Some(streams) = self.namespaces.get_mut(namespace) {
            let streams = Arc::make_mut(streams);
            streams.remove(name);
            if streams.is_empty() {
                self.namespaces.remove(namespace);
            }
        }
    }

    /// Adds uses in order of their places. Returns the streams of which a tag was not named
    /// before.
    fn add_uses(&mut self, uses: Vec<ImageUse>) -> Touched {
        let mut touched = Touched::default();
        for (target, users) in by_target(uses) {
            let named = self.named.entry(target).or_insert_with_key(|target| {
                touched.insert(target.stream().into());
                Arc::default()
            });
            let named = Arc::make_mut(named);
            named.users.extend(users);
            in_order_of_places(&mut named.users);
        }
        touched
    }

    /// Removes all that the files of `uses` say of the same images.
    fn remove_uses(&mut self, uses: Vec<ImageUse>) {
        let uses = uses.into_iter();
        let gone: HashSet<(ImageStreamTag, RepoPath)> = uses
            .map(|image_use| (image_use.target, image_use.place.path))
            .collect();
        for (target, path) in gone {
            if let Some(named) = self.named.get_mut(&target) {
                let users = &mut Arc::make_mut(named).users;
                users.retain(|other| other.place.path != path);
                if users.is_empty() {
                    self.named.remove(&target);
                }
            }
        }
    }

    /// Resolves again what is named of the streams `touched`.
    fn resolve_named(&mut self, touched: &Touched) {
        let concerned = self
            .named
            .iter()
            .filter(|(target, _)| touched.contains(target.stream()));
        let changed: Vec<_> = concerned
            .map(|(target, named)| (target, named, self.resolve(target).kind()))
            .filter(|(_, named, kind)| named.resolution != *kind)
            .map(|(target, _, kind)| (target.clone(), kind))
            .collect();
        for (target, kind) in changed {
            if let Some(named) = self.named.get_mut(&target) {
                Arc::make_mut(named).resolution = kind;
            }
        }
    }
}

/// Whether a file says what holds for streams that it does not name: what comes from outside, and
/// which streams are copied.
fn decides_for_all(file: &File) -> bool {
    matches!(
        file.statements,
        Statements::ImagesMirror(_) | Statements::Jobs(_) | Statements::StreamMirrors(_)
    )
}

/// A mapping file, and whether what it provides is there.
type MappingFileState<'m> = (&'m MirroredFile, State);

fn states(mirroring: &Mirroring) -> impl Iterator<Item = MappingFileState<'_>> {
    let has_jobs = mirroring.has_jobs();
    mirroring.files.iter().map(move |file| {
        let is_unread = file.set.is_some() && file.readers.is_empty() && has_jobs;
        let state = if is_unread {
            State::Disabled
        } else {
            State::Live
        };
        (file, state)
    })
}

/// The mapping files of each side that the other does not have.
fn mapping_files<'m>(
    before: &'m Mirroring,
    now: &'m Mirroring,
) -> (Vec<MappingFileState<'m>>, Vec<MappingFileState<'m>>) {
    if std::ptr::eq(before, now) {
        return Default::default();
    }
    // Which are read changes with the jobs, and these decide for all.
    let key = |(file, _): &MappingFileState<'_>| Arc::as_ptr(&file.file);
    let beyond = |one: &'m Mirroring, other: &'m Mirroring| {
        let known: HashSet<_> = states(other).map(|file| key(&file)).collect();
        states(one)
            .filter(|file| !known.contains(&key(file)))
            .collect()
    };
    (beyond(before, now), beyond(now, before))
}

/// What `files` and `mapping_files` provide.
fn records(
    files: &[Arc<File>],
    mapping_files: &[MappingFileState<'_>],
    sources: &Sources<'_>,
) -> impl Iterator<Item = ProviderRecord> + use<> {
    let mut found = of_each(files, |file, records| {
        providers::of_file(file, sources, records);
    });
    let mut records = Vec::new();
    for (file, state) in mapping_files {
        providers::of_mapping_file(file, *state, &sources.conventions.registries, &mut records);
    }
    found.push(records);
    found.into_iter().flatten()
}

/// What `files` and `mapping_files` name.
fn uses(
    files: &[Arc<File>],
    mapping_files: &[MappingFileState<'_>],
    conventions: &Conventions,
) -> impl Iterator<Item = ImageUse> + use<> {
    let mut found = of_each(files, |file, uses| {
        references::of_file(file, conventions, uses);
    });
    let mut uses = Vec::new();
    for (file, _) in mapping_files {
        references::of_mapping_file(file, &conventions.registries, &mut uses);
    }
    found.push(uses);
    found.into_iter().flatten()
}

/// All that `find` finds in `files`, in their order, in pieces: there are tens of thousands, and putting
/// them together would copy each.
fn of_each<T: Send>(files: &[Arc<File>], find: impl Fn(&File, &mut Vec<T>) + Sync) -> Vec<Vec<T>> {
    let found = files.par_iter().fold(Vec::new, |mut found, file| {
        find(file, &mut found);
        found
    });
    found.collect()
}

/// Everybody in `sources` who names each ImageStreamTag.
fn named_in(sources: &Sources<'_>) -> HashMap<ImageStreamTag, Vec<ImageUse>> {
    let mapping_files: Vec<_> = states(sources.mirroring).collect();
    by_target(uses(sources.files, &mapping_files, sources.conventions))
}

fn by_target(uses: impl IntoIterator<Item = ImageUse>) -> HashMap<ImageStreamTag, Vec<ImageUse>> {
    let mut by_target: HashMap<ImageStreamTag, Vec<ImageUse>> = HashMap::default();
    for image_use in uses {
        match by_target.get_mut(&image_use.target) {
            Some(users) => users.push(image_use),
            None => {
                by_target.insert(image_use.target.clone(), vec![image_use]);
            }
        }
    }
    by_target
}

fn in_order_of_ranks(providers: &mut [Provider]) {
    providers.sort_by(|a, b| a.rank().cmp(&b.rank()));
}

fn in_order_of_places(users: &mut [ImageUse]) {
    users.sort_by(|a, b| a.place.cmp(&b.place));
}
