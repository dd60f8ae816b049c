//! Steps that run from an image of the release's payload.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use foldhash::HashSet;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::unparsed::MayProvide;
use crate::checks::{Drafts, StillBroken};
use crate::finding::{Applicability, Draft, Edit, Finding, Fix, Place, Severity};
use crate::model::ci_operator::{CiConfig, PipelineUse, ReferenceField, UseField};
use crate::model::{File, FileKind, Statements};
use crate::syntax::likeness::{Effort, asked, closest};
use crate::syntax::reference::ImageStreamTag;

/// Parameters of `payload-image-unknown`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayloadImage {
    /// The release whose images a bare name means.
    release: String,
}

impl PayloadImage {
    /// `payload-image-unknown`: a step's `from` that is in no payload.
    pub(super) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let payload = Payload::of(checkout);
        let may_provide = MayProvide::of(checkout);
        for (file, config) in checkout.ci_configs() {
            let explicit = config.uses.iter().filter(|used| is_of_latest(config, used));
            let doubtful = bare(config).chain(explicit).filter(|used| {
                let is_of_stream = || self.stream(config).is_some();
                let image = used.parts().1;
                !config.has_latest || is_of_stream() || !payload.may_have(image)
            });
            for (image, uses) in by_name(doubtful) {
                if let Some(what) = self.unknown(checkout, config, image, &payload) {
                    let draft = self.draft(file, (uses[0], &uses), what, &payload);
                    let draft = may_provide.explain_payload(draft, image);
                    drafts.push(with_others(draft, file, &uses));
                }
            }
        }
        self.of_registry(checkout, &payload, drafts);
    }

    /// Why the release has no such image; nothing where it may have it.
    fn unknown(
        &self,
        checkout: &Checkout,
        config: &CiConfig,
        image: &str,
        payload: &Payload<'_>,
    ) -> Option<String> {
        if !config.has_latest {
            return Some(format!("there is no release `{}`", self.release));
        }
        let images = checkout.images();
        if let Some((namespace, name)) = self.stream(config) {
            // A stream of which the checkout provides nothing says nothing about its tags.
            images.stream(namespace, name)?;
            let tag = ImageStreamTag::new(namespace, name, image).ok()?;
            let is_known = is_of_art(checkout, image)
                || !images.providers(&tag).is_empty()
                || images.is_provided(&tag)
                || checkout.known().has(&tag);
            return (!is_known).then(|| format!("there is no `{image}` in `{namespace}/{name}`"));
        }
        (!payload.may_have(image)).then(|| "no release has an image of that name".to_owned())
    }

    /// Steps of the registry whose `from` is in no payload, and that no config imports or builds.
    fn of_registry(&self, checkout: &Checkout, payload: &Payload<'_>, drafts: &mut Drafts) {
        if payload.images.is_empty() {
            return;
        }
        let steps = checkout
            .files_of(&[FileKind::RegistryStep])
            .filter_map(|file| match &file.statements {
                Statements::RegistryStep(step) => Some((file, step)),
                _ => None,
            });
        let unknown: Vec<(&File, &PipelineUse)> = steps
            .flat_map(|(file, step)| bare(step).map(move |used| (file, used)))
            // A test may say itself what a step depends on.
            .filter(|(_, used)| used.field == UseField::StepFrom)
            .filter(|(_, used)| !payload.may_have(&used.name.value))
            .collect();
        let mut undeclared: HashSet<&str> =
            unknown.iter().map(|(_, used)| &*used.name.value).collect();
        // A config declares few names, and the registry names many that none does.
        let configs = checkout.ci_configs();
        for name in configs.flat_map(|(_, config)| config.declared.iter()) {
            undeclared.remove(name);
        }
        for (file, used) in unknown {
            if undeclared.contains(&*used.name.value) {
                let what =
                    "no config imports or builds it, and no release has an image of that name";
                let draft = self.draft(file, (used, &[used]), what.to_owned(), payload);
                drafts.push(draft.severity(Severity::Hint));
            }
        }
    }

    fn draft(
        &self,
        file: &File,
        (used, uses): (&PipelineUse, &[&PipelineUse]),
        what: String,
        payload: &Payload<'_>,
    ) -> Draft {
        let (stream, image) = used.parts();
        // A stream has no images of the config's own.
        let config = file.ci_config().filter(|_| stream.is_none());
        let declared = config.into_iter().flat_map(|config| config.declared.iter());
        let names = declared
            .chain(payload.images.iter().copied())
            .filter(|name| *name != image);
        let limit = (image.len() / 3).max(1);
        let near = closest(
            image,
            names.map(|name| (name, name)),
            limit,
            &payload.effort,
        );
        let meant = near.map(|near| Fix {
            applicability: Applicability::Unsafe,
            title: format!("change to `{near}`"),
            edits: uses
                .iter()
                .map(|used| Edit {
                    place: Place::new(&file.path, used.name.span),
                    text: match used.parts().0 {
                        Some(stream) => format!("{stream}:{near}"),
                        None => near.to_owned(),
                    },
                })
                .collect(),
            renames: Vec::new(),
        });
        let near = asked(near);
        let message = match used.field {
            UseField::Dependency => format!("the step cannot depend on `{image}`: {what}"),
            UseField::Substitution => format!("`{image}` cannot be put into a bundle: {what}"),
            _ => format!("the step cannot run from `{image}`: {what}"),
        };
        let means = match stream {
            Some(stream) => format!("`{stream}` holds"),
            None => {
                "such a name means something that the config imports or builds, else".to_owned()
            }
        };
        let release = &self.release;
        let of_release = match stream {
            Some(_) => format!("the images of the release `{release}`"),
            None => format!("an image of the release `{release}`"),
        };
        Draft::new(Place::new(&file.path, used.name.span), image, message)
            .help(format!("{means} {of_release}{near}"))
            .alternatives(meant)
            .follows_from(super::unbuilt(&file.path, image))
    }

    /// The stream that the release is put together from, where the config names it.
    fn stream<'c>(&self, config: &'c CiConfig) -> Option<(&'c str, &'c str)> {
        let stream = config.streams.iter().find(|stream| match &stream.release {
            Some(release) => *release.value == *self.release,
            None => true,
        })?;
        Some((
            &stream.namespace.as_ref()?.value,
            &stream.name.as_ref()?.value,
        ))
    }

    /// The same of a change: a base image goes, and a step that ran from it runs from the release's
    /// image of that name.
    pub(super) fn run_on_change(&self, base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
        let payload = LazyCell::new(|| Payload::of(result));
        for (before, file, config) in result.changed_configs(base) {
            for (image, uses) in by_name(bare(config)) {
                let lost = before.references.iter().find(|reference| {
                    let key = reference.key.as_ref();
                    reference.field == ReferenceField::BaseImage
                        && key.is_some_and(|key| &*key.value == image)
                });
                let Some(lost) = lost.and_then(|reference| reference.target.as_ref()) else {
                    continue;
                };
                let ran = bare_names(before).any(|used| &*used.name.value == image);
                if ran && self.unknown(result, config, image, &payload).is_none() {
                    let draft = self.lost_base_image(file, uses[0], lost);
                    drafts.push(with_others(draft, file, &uses));
                }
            }
        }
    }

    fn lost_base_image(&self, file: &File, used: &PipelineUse, lost: &ImageStreamTag) -> Draft {
        let image = &*used.name.value;
        let message = format!(
            "`{image}` was the base image `{lost}`, and now means the release `{}`'s image",
            self.release
        );
        Draft::new(Place::new(&file.path, used.name.span), image, message).help(
            "the base image is gone and the step still names it; nothing is wrong if the image of \
             the release is meant",
        )
    }
}

/// Whether a step still runs from the release's image of that name.
pub(super) fn still_broken(finding: &Finding, _: &Checkout) -> StillBroken {
    let (path, image) = (finding.place.path.clone(), finding.entity.clone());
    Box::new(move |checkout| {
        let config = checkout.file(path.as_str()).and_then(File::ci_config);
        config.is_some_and(|config| bare(config).any(|used| *used.name.value == image))
    })
}

/// The bare names that steps run from, or are given.
fn bare_names(config: &CiConfig) -> impl Iterator<Item = &PipelineUse> {
    let fields = [
        UseField::StepFrom,
        UseField::Dependency,
        UseField::Substitution,
    ];
    let uses = config.uses.iter();
    uses.filter(move |used| fields.contains(&used.field) && !used.name.value.contains(':'))
}

/// Those of them that may only mean an image of a release.
fn bare(config: &CiConfig) -> impl Iterator<Item = &PipelineUse> {
    bare_names(config).filter(|used| !config.declares(&used.name.value) && !config.lacks(used))
}

/// The ImageStream of the images of the release that a bare name means one of.
const STABLE: &str = "stable";

/// Whether an image of that release is meant: the stream also holds what the config builds itself
/// (openshift/ci-tools `pkg/defaults/defaults.go`, `OutputImageTagStepConfiguration`).
fn is_of_latest(config: &CiConfig, used: &PipelineUse) -> bool {
    let fields = [
        UseField::StepFrom,
        UseField::Dependency,
        UseField::Substitution,
    ];
    let (stream, image) = used.parts();
    let mut built = config.images.iter().filter_map(|built| built.to.as_ref());
    fields.contains(&used.field) && stream == Some(STABLE) && !built.any(|to| *to.value == *image)
}

/// What runs from each name, in order. No list is empty.
fn by_name<'c>(
    uses: impl Iterator<Item = &'c PipelineUse>,
) -> BTreeMap<&'c str, Vec<&'c PipelineUse>> {
    let mut by_name: BTreeMap<&str, Vec<&PipelineUse>> = BTreeMap::new();
    for used in uses {
        by_name.entry(used.parts().1).or_default().push(used);
    }
    by_name
}

/// One finding for all steps of a config that run from the image: it stands at the first.
fn with_others(draft: Draft, file: &File, uses: &[&PipelineUse]) -> Draft {
    let others = uses.iter().skip(1).map(|other| {
        let place = Place::new(&file.path, other.name.span);
        (place, "named here, too".to_owned())
    });
    draft.related_all(others)
}

fn is_of_art(checkout: &Checkout, image: &str) -> bool {
    let of_art = &checkout.conventions.outside_images.payload;
    of_art.iter().any(|known| known == image)
}

/// The images of all releases; none where nothing is published to any.
struct Payload<'c> {
    images: HashSet<&'c str>,
    /// What is left for finding names that are like others.
    effort: Effort,
}

impl<'c> Payload<'c> {
    fn of(checkout: &'c Checkout) -> Self {
        let conventions = &checkout.conventions;
        let streams = checkout
            .images()
            .streams_of(&conventions.namespaces.release);
        let releases = streams.filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_digit()));
        let mut images: HashSet<&str> = releases
            .flat_map(|(_, stream)| stream.tags.keys().map(|tag| &**tag))
            .collect();
        if !images.is_empty() {
            let of_art = conventions.outside_images.payload.iter();
            images.extend(of_art.map(|image| &**image));
        }
        Self {
            images,
            effort: Effort::default(),
        }
    }

    fn may_have(&self, image: &str) -> bool {
        self.images.is_empty() || self.images.contains(image)
    }
}
