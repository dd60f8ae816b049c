//! References to ImageStreamTags that nobody provides.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Check, Drafts, near_miss};
use crate::checkout::Checkout;
use crate::checkout::images::{Images, Naming, Near, Referrer, Resolution, Standing, State};
use crate::finding::{Draft, Severity};
use crate::syntax::reference::ImageStreamTag;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImageUnprovided {
    /// Whose references this rule looks at.
    of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Of {
    /// ci-operator configs and the step registry.
    Configs,
    /// The sources of mapping files.
    Mappings,
}

impl Check for ImageUnprovided {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        // Many name the same image.
        let mut near: HashMap<&ImageStreamTag, Vec<Near>> = HashMap::new();
        for naming in &checkout.images.references {
            let ours = match naming.referrer {
                Referrer::Config(_) | Referrer::RegistryStep => self.of == Of::Configs,
                Referrer::Mapping => self.of == Of::Mappings,
                _ => false,
            };
            if !ours {
                continue;
            }
            if let Some(draft) = draft(&checkout.images, naming, &mut near) {
                drafts.push(draft);
            }
        }
    }
}

fn draft<'c>(
    images: &Images,
    naming: &'c Naming,
    near: &mut HashMap<&'c ImageStreamTag, Vec<Near>>,
) -> Option<Draft> {
    let tag = &naming.target;
    if matches!(
        naming.standing,
        Standing::Provided | Standing::Open | Standing::Outside
    ) {
        return None;
    }
    let near = near.entry(tag).or_insert_with(|| images.near(tag));
    let entity = format!("{} {tag}", naming.key.as_deref().unwrap_or_default());
    match images.resolve(tag) {
        Resolution::Missing(missing) => {
            let draft = Draft::new(
                near_miss::place(naming, missing, near),
                entity,
                near_miss::what_is_missing(tag, missing),
            )
            .help(near_miss::advice(near))
            .maybe_fix(near_miss::fix(images, naming, near));
            Some(if naming.is_used {
                draft
            } else {
                draft.severity(Severity::Hint)
            })
        }
        Resolution::Weak(providers) => {
            let first = providers.first()?;
            let why = match first.state {
                State::Optional => "an optional image, which is never published",
                _ => "a disabled promotion, or a mapping file that no job reads",
            };
            Some(
                Draft::new(
                    naming.tag_place(),
                    entity,
                    format!("only {why} would provide `{tag}`"),
                )
                .severity(Severity::Hint)
                .help("what was published before it was switched off may still be there; enabling it would help")
                .related(first.place.clone(), "would be provided here"),
            )
        }
        Resolution::Ungoverned => Some(
            Draft::new(
                naming.name_place(),
                entity,
                format!("nothing in the repository provides `{tag}`"),
            )
            .severity(Severity::Hint)
            .help(format!(
                "the promoted-image-governor is told to leave it alone, so it may be filled \
                     from outside, or be a leftover that is never updated; {}",
                near_miss::advice(near)
            )),
        ),
        Resolution::Provided(_) | Resolution::Open(_) | Resolution::Outside => None,
    }
}
