//! Names inside a ci-operator config that are given twice, or that are not free.

use serde::Deserialize;

use super::{Check, Drafts, FileCheck};
use crate::finding::{Draft, Place};
use crate::model::ci_operator::Refusal;
use crate::model::{File, Statements};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PipelineNameDuplicate {}

impl Check for PipelineNameDuplicate {
    fn of_each_file(&self) -> Option<&dyn FileCheck> {
        Some(self)
    }
}

impl FileCheck for PipelineNameDuplicate {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        let Statements::CiConfig(config) = &file.statements else {
            return;
        };
        for refused in &config.refused {
            let Refusal::Duplicate(other) = refused.why else {
                continue;
            };
            let place = Place::new(&file.path, refused.span);
            let mut draft = Draft::new(place, &refused.message, &refused.message)
                .help("ci-operator refuses the config, and every job of this branch with it; choose another name");
            if let Some(other) = other {
                draft = draft.related(Place::new(&file.path, other), "the name is given here, too");
            }
            drafts.push(draft);
        }
    }
}
