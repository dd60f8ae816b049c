//! The kinds of things that can be made, and their flags.

use clap::Subcommand;

use super::Place;
use crate::scaffold::names::{Approver, Destination, Group, Image, Label, PullSpec, Source};
use crate::scaffold::{Mapping, MirrorSet, RegistryAccess, Request, SupplementalImage};

#[derive(Subcommand)]
pub(super) enum Kind {
    /// Mirror images of CI to an organization that nothing is mirrored to yet: the mapping file,
    /// OWNERS and the job
    #[command(
        after_help = "Example: mirrorlint new mirror-set acme --source acme/widget:latest \
                      --destination quay.io/acme/widget --approver bob"
    )]
    MirrorSet {
        /// The set's name, which is best that of the organization
        name: Label,
        /// An image to mirror; NAMESPACE/NAME alone is all tags of it. May be repeated
        #[arg(long = "source", value_name = "NAMESPACE/NAME:TAG", required = true)]
        sources: Vec<Source>,
        /// Where it goes, perhaps with another tag than the source's; one for all sources, or one
        /// for each
        #[arg(
            long = "destination",
            value_name = "HOST/ORGANIZATION/REPOSITORY",
            required = true
        )]
        destinations: Vec<Destination>,
        /// Who approves changes, by GitHub login or alias; may be repeated
        #[arg(long = "approver", value_name = "LOGIN", required = true, num_args = 1.., value_delimiter = ',')]
        approvers: Vec<Approver>,
        /// The secret with the credentials [default: called after the organization]
        #[arg(long, value_name = "NAME")]
        secret: Option<Label>,
        #[command(flatten)]
        place: Place,
    },
    /// Say who may pull the images of a namespace: the Namespace, the RoleBinding and OWNERS
    #[command(
        after_help = "Example: mirrorlint new registry-access acme --pull authenticated --approver bob"
    )]
    RegistryAccess {
        /// The namespace that the images are published in
        namespace: Label,
        /// Who may pull: `authenticated` for whoever has logged in, or groups in Rover; may be
        /// repeated
        #[arg(long, value_name = "GROUP", required = true, num_args = 1.., value_delimiter = ',')]
        pull: Vec<Group>,
        /// Who approves changes, by GitHub login or alias; may be repeated
        #[arg(long = "approver", value_name = "LOGIN", required = true, num_args = 1.., value_delimiter = ',')]
        approvers: Vec<Approver>,
        #[command(flatten)]
        place: Place,
    },
    /// Make an image from outside available to the jobs of CI
    #[command(
        after_help = "Example: mirrorlint new supplemental-image acme/tool:1.2 --from quay.io/acme/tool:1.2"
    )]
    SupplementalImage {
        /// What the image is to be called in CI
        #[arg(value_name = "NAMESPACE/NAME:TAG")]
        image: Image,
        /// Where it comes from
        #[arg(long, value_name = "PULL-SPEC")]
        from: PullSpec,
        #[command(flatten)]
        place: Place,
    },
    /// Mirror one more image, by the mirror set that pushes to the organization
    #[command(after_help = "Example: mirrorlint new mapping acme/widget:1.2 quay.io/acme/widget")]
    Mapping {
        /// The image; NAMESPACE/NAME alone is all tags of it
        #[arg(value_name = "NAMESPACE/NAME:TAG")]
        source: Source,
        /// Where it goes, perhaps with another tag than the source's
        #[arg(value_name = "HOST/ORGANIZATION/REPOSITORY")]
        destination: Destination,
        /// The mirror set, where several push to the organization
        #[arg(long, value_name = "NAME")]
        set: Option<Label>,
        /// The mapping file of the set, where nothing tells which it is
        #[arg(long, value_name = "NAME")]
        file: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl Kind {
    /// What is asked for, and where.
    pub(super) fn request(&self) -> (Request, &Place) {
        match self {
            Self::MirrorSet {
                name,
                sources,
                destinations,
                approvers,
                secret,
                place,
            } => {
                let set = MirrorSet {
                    name: name.clone(),
                    sources: sources.clone(),
                    destinations: destinations.clone(),
                    approvers: approvers.clone(),
                    secret: secret.clone(),
                };
                (Request::MirrorSet(set), place)
            }
            Self::RegistryAccess {
                namespace,
                pull,
                approvers,
                place,
            } => {
                let access = RegistryAccess {
                    namespace: namespace.clone(),
                    pull: pull.clone(),
                    approvers: approvers.clone(),
                };
                (Request::RegistryAccess(access), place)
            }
            Self::SupplementalImage { image, from, place } => {
                let image = SupplementalImage {
                    image: image.clone(),
                    from: from.clone(),
                };
                (Request::SupplementalImage(image), place)
            }
            Self::Mapping {
                source,
                destination,
                set,
                file,
                place,
            } => {
                let mapping = Mapping {
                    source: source.clone(),
                    destination: destination.clone(),
                    set: set.clone(),
                    file: file.clone(),
                };
                (Request::Mapping(mapping), place)
            }
        }
    }
}
