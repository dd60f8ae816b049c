//! What can be said above a line that mirrors or publishes an image: who uses it, and where it goes.

use std::collections::BTreeSet;

use super::FilePosition;
use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Referrer};
use crate::checkout::mirroring::MirroredFile;
use crate::finding::Place;
use crate::model::Statements;
use crate::model::ci_operator::{CiConfig, PromotionTarget};
use crate::model::mapping_file::{Line, Mapping};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

/// A word on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// What it is about.
    pub span: Span,
    /// What it says, as plain text.
    pub title: String,
    /// The images whose users it counts. [`places`] gives these.
    pub images: Vec<ImageStreamTag>,
}

/// The lenses of the file that `cursor` is in, wherever in it, in order: one for a mapping file as a whole
/// and one for each of its lines whose image somebody names, one for each image that a config publishes,
/// each target of its promotion, and each image that is copied.
#[must_use]
pub fn lenses(cursor: &FilePosition<'_>) -> Vec<Lens> {
    let checkout = cursor.checkout;
    let Some(file) = cursor.file() else {
        return Vec::new();
    };
    let mut lenses: Vec<Lens> = match &file.statements {
        Statements::Mapping(_) => {
            let Some(file) = checkout.mirroring().file(cursor.path) else {
                return Vec::new();
            };
            let lines = file.lines().iter();
            let lines = lines.filter_map(|line| mapping_line(checkout, line));
            mapping_file(checkout, file)
                .into_iter()
                .chain(lines)
                .collect()
        }
        Statements::CiConfig(config) => promotion(checkout, config),
        Statements::ImagesMirror(config) => {
            let entries = config.images.iter().chain(&config.qci_to_app_ci);
            let targets = entries.filter_map(|entry| {
                let image = entry.target.value.parse().ok()?;
                Some(of_images(checkout, entry.target.span, vec![image]))
            });
            targets.collect()
        }
        _ => Vec::new(),
    };
    lenses.sort_by_key(|lens| lens.span);
    lenses
}

/// The places that name one of `images`, in order of files.
#[must_use]
pub fn places(checkout: &Checkout, images: &[ImageStreamTag]) -> Vec<Place> {
    let users = images
        .iter()
        .flat_map(|image| checkout.images().users(image));
    let mut places: Vec<Place> = users.map(|image_use| image_use.place.clone()).collect();
    places.sort();
    places.dedup();
    places
}

/// What is said of the file as a whole, at its first line: all of its lines are read by the same jobs.
fn mapping_file(checkout: &Checkout, file: &MirroredFile) -> Option<Lens> {
    file.lines().iter().find(|line| !line.mappings.is_empty())?;
    let first = file.file.text.lines().next().unwrap_or_default();
    Some(Lens {
        span: Span::new(0, first.len()),
        title: jobs(checkout, file),
        images: Vec::new(),
    })
}

/// What is said of one line, where somebody names what it writes.
fn mapping_line(checkout: &Checkout, line: &Line) -> Option<Lens> {
    let registries = &checkout.conventions.registries;
    let written = line.mappings.iter();
    let written = written.filter_map(|mapping| super::written(mapping, registries));
    let mut images: Vec<ImageStreamTag> = written.collect();
    images.dedup();
    let title = join([used_by(checkout, &images), further(checkout, &images)]);
    (!title.is_empty()).then_some(Lens {
        span: line.span,
        title,
        images,
    })
}

/// What a checkout can tell of it: people pull images from elsewhere too.
const NOBODY: &str = "nobody here names this";

fn join(parts: [Option<String>; 2]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

/// What is published, image by image and target by target.
fn promotion(checkout: &Checkout, config: &CiConfig) -> Vec<Lens> {
    let mut lenses: Vec<Lens> = Vec::new();
    let targets = config.targets(checkout.layout());
    for target in targets.filter(|target| !target.disabled) {
        let mut all = Vec::new();
        for published in target.published.iter().filter(|image| !image.optional) {
            all.push(published.tag.clone());
            // An image that several targets publish has one lens.
            match lenses.iter_mut().find(|lens| lens.span == published.image) {
                Some(lens) => lens.images.push(published.tag.clone()),
                None => lenses.push(Lens {
                    span: published.image,
                    title: String::new(),
                    images: vec![published.tag.clone()],
                }),
            }
        }
        lenses.push(of_target(checkout, target, all));
    }
    let named = |lens: Lens| match lens.title.as_str() {
        "" => of_images(checkout, lens.span, lens.images),
        _ => lens,
    };
    lenses.into_iter().map(named).collect()
}

fn of_target(checkout: &Checkout, target: &PromotionTarget, images: Vec<ImageStreamTag>) -> Lens {
    let published = match images.len() {
        0 => "publishes no image".to_owned(),
        1 => "publishes 1 image".to_owned(),
        count => format!("publishes {count} images"),
    };
    let is_mirrored = || further(checkout, &images).is_some();
    let users = match used_by(checkout, &images) {
        None if images.is_empty() || is_mirrored() => None,
        users => Some(users.unwrap_or_else(|| NOBODY.to_owned())),
    };
    Lens {
        span: target.anchor(),
        title: join([Some(published), users]),
        images,
    }
}

/// What is said of images that are made to exist at `span`.
fn of_images(checkout: &Checkout, span: Span, images: Vec<ImageStreamTag>) -> Lens {
    let parts = [used_by(checkout, &images), further(checkout, &images)];
    let title = match join(parts) {
        said if said.is_empty() => NOBODY.to_owned(),
        said => said,
    };
    Lens {
        span,
        title,
        images,
    }
}

/// Who uses the images, but for those who mirror them; nothing where nobody does.
fn used_by(checkout: &Checkout, images: &[ImageStreamTag]) -> Option<String> {
    const KINDS: [(&str, &str); 3] = [
        ("config", "configs"),
        ("step", "steps"),
        ("other file", "other files"),
    ];
    let mut files: [BTreeSet<&str>; 3] = Default::default();
    for image_use in images
        .iter()
        .flat_map(|image| checkout.images().users(image))
    {
        let kind = match image_use.referrer {
            Referrer::Config(_) => 0,
            Referrer::RegistryStep => 1,
            Referrer::Supplemental | Referrer::ImageStream | Referrer::BuildConfig => 2,
            Referrer::Mapping => continue,
        };
        files[kind].insert(image_use.place.path.as_str());
    }
    let counts = files.iter().map(BTreeSet::len);
    let total: usize = counts.clone().sum();
    let kinds = counts.zip(KINDS).filter(|(count, _)| *count > 0);
    let said = kinds.map(|(count, (one, many))| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    });
    let said: Vec<String> = said.collect();
    let said = match said.as_slice() {
        [] => return None,
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => said.concat(),
    };
    let verb = if total == 1 { "uses" } else { "use" };
    Some(format!("{said} {verb} this"))
}

/// Where the images are mirrored to, and by whom; nothing where they are not.
fn further(checkout: &Checkout, images: &[ImageStreamTag]) -> Option<String> {
    let users = images
        .iter()
        .flat_map(|image| checkout.images().users(image));
    let mirrored = users.filter(|image_use| image_use.referrer == Referrer::Mapping);
    let mut destinations = mirrored.flat_map(|image_use| mirrored_by(checkout, image_use));
    let (file, mapping) = destinations.next()?;
    let more = match destinations.count() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (key, jobs) = (mapping.key(), jobs(checkout, file));
    Some(match jobs.strip_prefix(MIRRORED) {
        Some(by) => format!("mirrored to {key}{more}{by}"),
        None => format!("would be mirrored to {key}{more}, but {jobs}"),
    })
}

/// The mappings whose source is `image_use`.
fn mirrored_by<'c>(
    checkout: &'c Checkout,
    image_use: &ImageUse,
) -> impl Iterator<Item = (&'c MirroredFile, &'c Mapping)> {
    let source = image_use.place.span;
    let file = checkout.mirroring().file(&image_use.place.path);
    file.into_iter().flat_map(move |file| {
        let lines = file.lines();
        let at = lines.partition_point(|line| line.span.end < source.end);
        let mappings = lines.get(at).into_iter().flat_map(|line| &line.mappings);
        let own = mappings.filter(move |mapping| mapping.source.span == source);
        own.map(move |mapping| (file, mapping))
    })
}

const MIRRORED: &str = "mirrored";

/// By which jobs a mapping file is mirrored.
fn jobs(checkout: &Checkout, file: &MirroredFile) -> String {
    let readers = file.readers.iter();
    let names = readers.map(|reader| checkout.mirroring().jobs[reader.job].name());
    let names: Vec<&str> = names.collect();
    match names.as_slice() {
        [] => "no job reads this file".to_owned(),
        [one] => format!("{MIRRORED} by job {one}"),
        [first, rest @ ..] => format!("{MIRRORED} by job {first} and {} more", rest.len()),
    }
}
