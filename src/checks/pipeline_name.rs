//! Names inside a ci-operator config that nothing in it declares.

use serde::Deserialize;

use super::{Check, Drafts, FileCheck};
use crate::finding::{Draft, Fix, Place};
use crate::model::ci_operator::{CiConfig, PipelineUse, UseField};
use crate::model::{File, Statements};
use crate::syntax::likeness::{Effort, distance_within};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PipelineName {
    /// Suffixes that ci-operator adds to a declared name by itself.
    suffixes: Vec<String>,
}

impl Check for PipelineName {
    fn of_each_file(&self) -> Option<&dyn FileCheck> {
        Some(self)
    }
}

impl FileCheck for PipelineName {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        let Statements::CiConfig(config) = &file.statements else {
            return;
        };
        let effort = Effort::for_text(&file.text);
        for used in &config.uses {
            let name = &*used.name.value;
            let mut suffixes = self.suffixes.iter();
            let bare = suffixes.find_map(|suffix| name.strip_suffix(suffix.as_str()));
            let is_declared =
                config.declares(name) || bare.is_some_and(|bare| config.declares(bare));
            if used.field != UseField::StepFrom && !is_declared {
                drafts.push(draft(file, config, used, &effort));
            }
        }
    }
}

fn draft(file: &File, config: &CiConfig, used: &PipelineUse, effort: &Effort) -> Draft {
    let name = &*used.name.value;
    let field = used.field.as_str();
    let mut near: Vec<(usize, &str)> = config
        .declared
        .iter()
        .filter_map(|declared| {
            let limit = name.len().max(declared.len()) / 3;
            let distance = distance_within(name, declared, limit, effort)?;
            Some((distance, &**declared))
        })
        .collect();
    near.sort_unstable();
    let names: Vec<String> = near.iter().take(3).map(|(_, n)| format!("`{n}`")).collect();
    let help = if names.is_empty() {
        format!("add `{name}` to `base_images`, or name something that this config builds")
    } else {
        format!("did you mean {}?", names.join(" or "))
    };
    let mut closest = near.iter().filter(|(distance, _)| *distance == 1);
    let fix = match (closest.next(), closest.next()) {
        (Some((_, only)), None) => {
            let place = Place::new(&file.path, used.name.span);
            Some(Fix::safe(format!("write `{only}`"), place, *only).to_review())
        }
        _ => None,
    };
    Draft::new(
        Place::new(&file.path, used.name.span),
        format!("{field} {name}"),
        format!("`{field}` names `{name}`, which this config neither imports nor builds"),
    )
    .help(format!("the job fails when it starts; {help}"))
    .maybe_fix(fix)
}
