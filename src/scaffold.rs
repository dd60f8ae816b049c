//! What a contributor would write by hand: the files of a new mirror set, of the access to a
//! namespace, of a supplemental image, or one more line of a mapping file, in the layout that the
//! checkout has. The texts are templates in `rules/new/`.
//!
//! Knows no disk: it says which files change, and how.

mod mapping;
mod mirror_set;
pub mod names;
mod registry_access;
mod result;
mod sorted;
mod source;
mod supplemental_image;

use crate::checkout::Checkout;
use crate::syntax::placeholders::{fill, yaml_scalar};

use names::{Approver, Destination, Group, Image, Label, PullSpec, Source};
pub use result::{Differing, Proposal, Refused};

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Request {
    /// A mirror set of its own.
    MirrorSet(MirrorSet),
    /// Who may pull the images of a namespace.
    RegistryAccess(RegistryAccess),
    /// An image from outside that jobs can use.
    SupplementalImage(SupplementalImage),
    /// One more image in a mirror set that is there.
    Mapping(Mapping),
}

/// A mirror set: the mapping file, OWNERS and the job.
#[derive(Clone, Debug)]
pub struct MirrorSet {
    /// What it is called.
    pub name: Label,
    /// The images.
    pub sources: Vec<Source>,
    /// Where they go: each to its own, or all to one.
    pub destinations: Vec<Destination>,
    /// Who approves changes.
    pub approvers: Vec<Approver>,
    /// The secret with the credentials, where it is not called after the organisation.
    pub secret: Option<Label>,
}

/// A folder of registry-access.
#[derive(Clone, Debug)]
pub struct RegistryAccess {
    /// The namespace.
    pub namespace: Label,
    /// Who may pull.
    pub pull: Vec<Group>,
    /// Who approves changes.
    pub approvers: Vec<Approver>,
}

/// A supplemental image.
#[derive(Clone, Debug)]
pub struct SupplementalImage {
    /// What it is called in CI.
    pub image: Image,
    /// Where it comes from.
    pub from: PullSpec,
}

/// A line of a mapping file.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The image.
    pub source: Source,
    /// Where it goes.
    pub destination: Destination,
    /// The mirror set, where the destination does not tell.
    pub set: Option<Label>,
    /// The mapping file of the set, where the lines do not tell.
    pub file: Option<String>,
}

/// What has to be written for `request` in `checkout`.
///
/// # Errors
/// When something else is there already, or the checkout has no place for it.
pub fn propose(checkout: &Checkout, request: &Request) -> Result<Proposal, Refused> {
    match request {
        Request::MirrorSet(set) => mirror_set::propose(checkout, set),
        Request::RegistryAccess(access) => registry_access::propose(checkout, access),
        Request::SupplementalImage(image) => supplemental_image::propose(checkout, image),
        Request::Mapping(mapping) => mapping::propose(checkout, mapping),
    }
}

const OWNERS: &str = include_str!("../rules/new/owners.yaml");

/// The text of an OWNERS file.
fn owners(approvers: &[Approver]) -> String {
    let items = approvers.iter().map(Approver::as_str);
    let items: Vec<String> = items.map(|who| format!("- {}", yaml_scalar(who))).collect();
    let items = items.join("\n");
    fill(OWNERS, |name| (name == "approvers").then_some(&*items))
}
