//! `mapping-config`: what the promoted-image-governor is told, as far as it cannot be meant.

use std::collections::{BTreeSet, HashMap};

use super::{AGAIN, Generated, Made, abandoned};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::File;
use crate::model::mapping_config::MirroredStream;
use crate::syntax::likeness::{asked, most_alike};
use crate::tree::RepoPath;

/// `mapping-config`: what the governor cannot read, or takes for something else, and keys by which it
/// writes nothing.
pub(in crate::checks::mapping) fn mapping_config(checkout: &Checkout, drafts: &mut Drafts) {
    let Some(made) = Generated::of(checkout).0 else {
        return;
    };
    let Made { file, config, .. } = &made;
    for fault in &config.faults {
        drafts.push(
            schema_fault::draft(
                &file.path,
                fault,
                "the promoted-image-governor stops at it, or ignores the field",
            )
            .explains(misread(file)),
        );
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
    drafts.extend(made.other_target(checkout));
    made.other_tags(checkout, drafts);
    if let Some(draft) = made.empty_namespace(checkout) {
        drafts.push(draft);
        return;
    }
    for (path, &key) in &made.by_path {
        drafts.extend(made.without_promotion(checkout, path, key));
    }
}

/// The topic of what follows when the config has a field that is none.
pub(super) fn misread(file: &File) -> String {
    format!("{} is misread", file.path)
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
    /// A registry or an organisation that none of the files which were generated pushes to.
    fn other_target(&self, checkout: &Checkout) -> Option<Draft> {
        let (registry, organization) = (
            self.config.target_registry.as_ref()?,
            self.config.target_namespace.as_ref()?,
        );
        let wanted = format!("{}/{}/", registry.value, organization.value);
        let files = checkout.mirroring().files.iter();
        let mut files = files.filter(|file| self.by_path.contains_key(&file.file.path));
        let pushes = |file: &MirroredFile| {
            let mut mappings = file.lines().iter().flat_map(|line| &line.mappings);
            let mapping = mappings.next()?;
            let destination = mapping.destination.reference.reference.repository_text();
            Some((destination, file.place(mapping.destination.span)))
        };
        let (first, place) = files.find_map(pushes)?;
        if first.starts_with(&wanted)
            || files
                .filter_map(pushes)
                .any(|(other, _)| other.starts_with(&wanted))
        {
            return None;
        }
        let mut parts = first.split('/');
        let (host, account) = (parts.next()?, parts.next()?);
        let (wrong, right) = match *registry.value == *host {
            true => (organization, account),
            false => (registry, host),
        };
        // What has a `/` in it is no part of a path.
        if *wrong.value == *right || wrong.value.contains('/') {
            return None;
        }
        let wrong_place = Place::new(&self.file.path, wrong.span);
        let message = format!(
            "`{}` is what the mapping files are generated for, and none of them pushes there",
            wanted.trim_end_matches('/')
        );
        let draft = Draft::new(wrong_place.clone(), format!("target {wanted}"), message)
            .severity(Severity::Warning)
            .help(format!(
                "with the next promotion they are written anew, and their job pushes elsewhere; write `{right}`, or {AGAIN}"
            ))
            .related(place, format!("pushed to `{host}/{account}`"));
        Some(draft.alternatives(Fix::alternative(wrong_place, right)))
    }

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
