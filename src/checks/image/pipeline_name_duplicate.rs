//! Names inside a ci-operator config that are given twice, or that are not free.

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, Look};
use crate::finding::{Draft, Place, Severity};
use crate::model::ci_operator::{CiConfig, Refusal};
use crate::model::{File, Statements};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct PipelineNameDuplicate {}

impl Look for PipelineNameDuplicate {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        // ci-operator of 2021 took the first of two; when that changed, no checkout tells.
        let is_refused = !checkout.layout.is_of_before_items();
        for file in checkout.files() {
            let Statements::CiConfig(config) = &file.statements else {
                continue;
            };
            let found = duplicates(file, config);
            drafts.extend(found.map(|draft| match is_refused {
                true => draft,
                false => draft.severity(Severity::Warning),
            }));
        }
    }
}

fn duplicates<'f>(file: &'f File, config: &'f CiConfig) -> impl Iterator<Item = Draft> + 'f {
    config.refused.iter().filter_map(|refused| {
        let Refusal::Duplicate(other) = refused.why else {
            return None;
        };
        let place = Place::new(&file.path, refused.span);
        let draft = Draft::new(place, &refused.message, &refused.message)
            .help("ci-operator refuses the config, and every job of this branch with it; choose another name");
        Some(match other {
            Some(other) => {
                draft.related(Place::new(&file.path, other), "the name is given here, too")
            }
            None => draft,
        })
    })
}
