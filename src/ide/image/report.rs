//! The answer of `mirrorlint image`, ready to be printed or serialized.

use serde::Serialize;
use thiserror::Error;

use super::asked::Asked;
use super::destination::{self, DestinationReport};
use super::focused::Focused;
use super::{ImageFacts, MirroredBy, owner};
use crate::checkout::images::{ImageUse, Images, Provider, Resolution, ResolutionKind, State};
use crate::checkout::{Checkout, Inputs};
use crate::finding::{LineIndexes, Place};
use crate::model::Conventions;
use crate::syntax::reference::{ImageStreamTag, ImageStreamTagError};
use crate::tree::{Tree, TreeError};

/// Why there is nothing to say about an image.
#[derive(Debug, Error)]
pub enum NoAnswer {
    /// The checkout cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// What was asked for is no ImageStreamTag.
    #[error("`{0}`: {1}")]
    NoTag(String, ImageStreamTagError),
    /// It is asked for by its digest.
    #[error("`{0}` is a digest, which the checkout does not know; ask for a tag")]
    Digest(String),
    /// It is no ImageStream either.
    #[error("`{0}` is neither of the form NAMESPACE/NAME[:TAG] nor a pull spec with its registry")]
    NoStream(String),
    /// No tag of the stream is known.
    #[error("nothing provides or names a tag of `{0}`{near}", near = or_near(.1))]
    NoTags(String, Vec<String>),
    /// It is an image of another registry, and no mapping file writes it.
    #[error("no mapping file writes `{0}`{near}", near = or_near(.1))]
    NotWritten(String, Vec<String>),
}

/// What could have been meant, as the end of a message.
fn or_near(near: &[String]) -> String {
    let near: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
    match near.as_slice() {
        [] => String::new(),
        near => format!("; did you mean {}?", near.join(", ")),
    }
}

/// What there is to say.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// About images of CI: one, or each tag of a stream.
    Images(Vec<ImageReport>),
    /// About what is mirrored out of CI.
    Destinations(Vec<DestinationReport>),
}

/// All about one ImageStreamTag.
#[derive(Debug, Serialize)]
pub struct ImageReport {
    /// The ImageStreamTag.
    pub image: String,
    /// Whether anything provides it.
    #[serde(skip)]
    pub resolution: ResolutionKind,
    /// The same in words.
    pub state: &'static str,
    /// Who provides it.
    pub providers: Vec<ProviderLine>,
    /// Who names it.
    pub references: Vec<ReferenceLine>,
    /// Destinations that it is mirrored to.
    pub mirrored_to: Vec<String>,
    /// The mirror sets that do so.
    pub mirror_sets: Vec<SetLine>,
    /// Who may pull it, groups first.
    pub may_pull: Vec<String>,
    /// What could have been meant, where nothing provides it.
    pub near: Vec<String>,
}

/// A mirror set that the image is mirrored by, with its parts.
#[derive(Debug, Serialize)]
pub struct SetLine {
    /// Its name.
    pub set: String,
    /// Whether it has an OWNERS file of its own.
    pub has_owners: bool,
    /// The mapping files that name the image.
    pub files: Vec<String>,
    /// The jobs that read them.
    pub jobs: Vec<String>,
    /// The secrets that those mount.
    pub secrets: Vec<String>,
}

/// Somebody who provides the image.
#[derive(Debug, Serialize)]
pub struct ProviderLine {
    /// How.
    pub kind: &'static str,
    /// Whether it does so now.
    pub state: State,
    /// The file that says so.
    pub path: String,
    /// The line there, from 1.
    pub line: usize,
    /// Where it takes the image from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
}

/// A place that names the image.
#[derive(Debug, Serialize)]
pub struct ReferenceLine {
    /// What kind of place.
    pub by: &'static str,
    /// `org/repo` of a ci-operator config; else the folder.
    pub owner: String,
    /// The file.
    pub path: String,
    /// The line there, from 1.
    pub line: usize,
}

/// All about what `image` names: an ImageStreamTag, `NAMESPACE/NAME:TAG`, or each tag of the stream
/// `NAMESPACE/NAME`, also as a pull spec; or what mapping files write to another registry.
///
/// # Errors
/// When the checkout cannot be read, or `image` names nothing.
pub fn answer(tree: &dyn Tree, conventions: &Conventions, image: &str) -> Result<Answer, NoAnswer> {
    let asked = Asked::read(image, &conventions.registries)?;
    let inputs = Inputs::default();
    let focused = Focused::on(tree, &conventions.ci_configs.folder, &asked);
    let mut checkout = Checkout::load(&focused, conventions, &inputs)?;
    let is_provided = match &asked {
        Asked::Destination(reference) => {
            return destination::reports(&checkout, reference).map(Answer::Destinations);
        }
        // What is not provided by a file that names it may be copied, cached or misspelled.
        Asked::Tag(tag) => matches!(
            checkout.images().resolve(tag),
            Resolution::Provided(_) | Resolution::Outside
        ),
        Asked::Stream { .. } => false,
    };
    // What the old form of a promotion says holds where most configs have it: a question for all.
    if !is_provided || checkout.layout().promotes_beside_to() {
        checkout = Checkout::load(tree, conventions, &inputs)?;
    }
    let tags = match asked {
        Asked::Tag(tag) => vec![tag],
        Asked::Stream { namespace, name } => tags_of(checkout.images(), &namespace, &name)?,
        Asked::Destination(_) => Vec::new(),
    };
    let reports = tags.iter().map(|tag| report(&checkout, tag));
    Ok(Answer::Images(reports.collect()))
}

/// All tags of a stream that are provided or named.
fn tags_of(images: &Images, namespace: &str, name: &str) -> Result<Vec<ImageStreamTag>, NoAnswer> {
    let mut tags: Vec<ImageStreamTag> = images
        .stream(namespace, name)
        .into_iter()
        .flat_map(|stream| stream.tags.keys())
        .filter_map(|tag| ImageStreamTag::new(namespace, name, tag).ok())
        .collect();
    tags.extend(
        images
            .references()
            .filter(|naming| {
                *naming.target.namespace() == *namespace && *naming.target.name() == *name
            })
            .map(|naming| naming.target.clone()),
    );
    tags.sort();
    tags.dedup();
    if tags.is_empty() {
        let near = images.near_misses().of_stream(namespace, name);
        return Err(NoAnswer::NoTags(format!("{namespace}/{name}"), near));
    }
    Ok(tags)
}

fn report(checkout: &Checkout, tag: &ImageStreamTag) -> ImageReport {
    let facts = ImageFacts::of(checkout, tag);
    let mut lines = LineIndexes::default();
    let mut line = |place: &Place| {
        let text = checkout.text(&place.path).unwrap_or_default();
        lines.line(place, text)
    };
    ImageReport {
        image: tag.to_string(),
        resolution: facts.resolution.kind(),
        state: facts.state(),
        providers: facts
            .providers
            .iter()
            .map(|provider| provider_line(&mut line, provider))
            .collect(),
        references: facts
            .users
            .iter()
            .map(|naming| reference_line(&mut line, &checkout.conventions, naming))
            .collect(),
        mirror_sets: facts.mirror_sets.iter().map(set_line).collect(),
        mirrored_to: facts.mirrored_to,
        may_pull: facts.may_pull,
        near: facts.near.iter().map(|near| near.tag.to_string()).collect(),
    }
}

fn set_line(by: &MirroredBy<'_>) -> SetLine {
    SetLine {
        set: by.set.to_owned(),
        has_owners: by.has_owners,
        files: by.files.iter().map(|file| file.name().to_owned()).collect(),
        jobs: by.jobs.iter().map(|job| job.name().to_owned()).collect(),
        secrets: by.secrets().into_iter().map(str::to_owned).collect(),
    }
}

fn provider_line(line: &mut impl FnMut(&Place) -> usize, provider: &Provider) -> ProviderLine {
    ProviderLine {
        kind: provider.kind.as_str(),
        state: provider.state,
        path: provider.place.path.to_string(),
        line: line(&provider.place),
        upstream: provider.upstream.as_ref().map(ToString::to_string),
    }
}

fn reference_line(
    line: &mut impl FnMut(&Place) -> usize,
    conventions: &Conventions,
    naming: &ImageUse,
) -> ReferenceLine {
    ReferenceLine {
        by: naming.referrer.as_str(),
        owner: owner(&naming.place, conventions).to_owned(),
        path: naming.place.path.to_string(),
        line: line(&naming.place),
    }
}
