//! Words of a file that lead to another file.

use std::collections::HashMap;

use super::FilePosition;
use super::entity::{image_uses, steps};
use crate::checkout::images::State;
use crate::finding::Place;
use crate::model::{FileKind, Statements};
use crate::syntax::span::Span;

/// A word that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The word.
    pub span: Span,
    /// Where it leads.
    pub target: Place,
    /// What is there.
    pub tooltip: String,
}

/// The links of the file that `cursor` is in, wherever in it: images to what provides them, steps to
/// their files, aliases to `OWNERS_ALIASES`.
#[must_use]
pub fn links(cursor: &FilePosition<'_>) -> Vec<Link> {
    let Some(file) = cursor.file() else {
        return Vec::new();
    };
    let checkout = cursor.checkout;
    let mut links: Vec<Link> = Vec::new();
    for image_use in image_uses(checkout, cursor.path) {
        let mut providers = checkout.images().providers(&image_use.target).iter();
        let live = providers.find(|p| p.state == State::Live && p.place.path != *cursor.path);
        if let Some(provider) = live {
            links.push(Link {
                // A reference over several lines is linked at its name.
                span: image_use.name,
                target: provider.place.clone(),
                tooltip: format!("{}: {}", image_use.target, provider.kind.as_str()),
            });
        }
    }
    match &file.statements {
        Statements::CiConfig(_) => {
            let of_steps = checkout.files().iter();
            let of_steps = of_steps.filter(|file| file.kind == FileKind::RegistryStep);
            let files: HashMap<&str, _> = of_steps
                .filter_map(|file| Some((file.path.name().strip_suffix("-ref.yaml")?, file)))
                .collect();
            links.extend(steps(&file.text).filter_map(|(step, span)| {
                Some(Link {
                    span,
                    target: Place::whole_file(&files.get(step)?.path),
                    tooltip: format!("step {step}"),
                })
            }));
        }
        Statements::Owners(owners) => {
            let aliases = super::aliases(checkout);
            links.extend(owners.people.iter().filter_map(|person| {
                let alias = aliases.iter().find(|a| a.is_called(&person.value))?;
                Some(Link {
                    span: person.span,
                    target: alias.place.clone(),
                    tooltip: format!("alias of {} people", alias.members.len()),
                })
            }));
        }
        Statements::Jobs(jobs) => {
            let volumes = jobs.iter().flat_map(|job| job.volumes());
            for secret in volumes.filter_map(|volume| volume.secret.as_ref()) {
                let known = checkout.secrets().named(&secret.value);
                if let Some(place) = known.iter().find_map(|secret| secret.place.clone()) {
                    links.push(Link {
                        span: secret.span,
                        target: place,
                        tooltip: format!("secret {}", secret.value),
                    });
                }
            }
        }
        _ => {}
    }
    links.sort_by_key(|link| link.span);
    links.dedup_by_key(|link| link.span);
    links
}
