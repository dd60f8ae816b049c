//! Names inside a ci-operator config: what nothing in it declares, and what is given twice.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::finding::{Applicability, Draft, Edit, Fix, Place, Severity};
use crate::limits::MAX_IMPORTS;
use crate::model::File;
use crate::model::ci_operator::{CiConfig, ImageReference, PipelineUse, ReferenceField, Refusal};
use crate::syntax::likeness::{Effort, distance_within};

const STREAMS: &str = "the job cannot start: the streams are `pipeline`, which this config imports and \
    builds, `stable` of the release `latest`, `stable-<name>` of other releases, and `release` of \
    their payloads";

/// Parameters of `image-reference-undeclared`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Undeclared {
    /// Suffixes that ci-operator adds to a declared name by itself.
    suffixes: Vec<String>,
}

impl Undeclared {
    /// `image-reference-undeclared`: an image that the config neither imports nor builds.
    pub(super) fn run(&self, file: &File, config: &CiConfig, drafts: &mut Drafts) {
        let effort = Effort::for_text(&file.text);
        let mut missed: BTreeMap<&str, Vec<&PipelineUse>> = BTreeMap::new();
        for used in &config.uses {
            let Some(name) = used.pipeline_name() else {
                continue;
            };
            let mut suffixes = self.suffixes.iter();
            let bare = suffixes.find_map(|suffix| name.strip_suffix(suffix.as_str()));
            let is_declared =
                config.declares(name) || bare.is_some_and(|bare| config.declares(bare));
            if !is_declared && config.lacks(used) && !is_import_of_step(config, name) {
                missed.entry(name).or_default().push(used);
            }
        }
        for (name, uses) in missed {
            drafts.extend(undeclared(file, config, name, &uses, &effort));
        }
        let refused = config.refused.iter();
        for refused in refused.filter(|refused| refused.why == Refusal::Undeclared) {
            let place = Place::new(&file.path, refused.span);
            let draft = Draft::new(place, &refused.message, &refused.message);
            drafts.push(draft.help(STREAMS));
        }
    }
}

/// Whether `name` is that under which a step's `from_image` is imported: openshift/ci-tools
/// `pkg/api/types.go` `FromImageTag`.
fn is_import_of_step(config: &CiConfig, name: &str) -> bool {
    let of_steps = |reference: &&ImageReference| reference.field == ReferenceField::FromImage;
    let references = config.references.iter().filter(of_steps).take(MAX_IMPORTS);
    references
        .filter_map(|reference| reference.target.as_ref())
        .any(|target| {
            let rest = name.strip_prefix(target.namespace());
            let rest = rest.and_then(|rest| rest.strip_prefix('-'));
            let rest = rest.and_then(|rest| rest.strip_prefix(target.name()));
            rest.and_then(|rest| rest.strip_prefix('-')) == Some(target.tag())
        })
}

/// Looking at a declared name costs as much as comparing so many letters.
const LOOKUP: usize = 8;

/// How many names that are alike are offered.
const OFFERED: usize = 3;

/// What stands before a bundle's name in that of its index (openshift/ci-tools pkg/api/types.go `IndexName`).
const INDEX: &str = "ci-index-";

/// One finding for the name, at its first use.
fn undeclared(
    file: &File,
    config: &CiConfig,
    name: &str,
    uses: &[&PipelineUse],
    effort: &Effort,
) -> Option<Draft> {
    let (used, others) = uses.split_first()?;
    let field = used.field.as_str();
    let mut near: Vec<(usize, &str)> = config
        .declared
        .iter()
        // Looking at a name costs as much as some letters.
        .take_while(|_| effort.spend(LOOKUP))
        .filter_map(|declared| {
            let limit = name.len().max(declared.len()) / 3;
            let distance = distance_within(name, declared, limit, effort)?;
            Some((distance, declared))
        })
        .collect();
    near.sort_unstable();
    let offered = near.iter().take(OFFERED);
    let names: Vec<String> = offered.map(|(_, name)| format!("`{name}`")).collect();
    let in_stream = name
        .split_once(':')
        .filter(|_| used.field.takes_no_stream());
    let help = if let Some((stream, image)) = in_stream {
        let own = match config.declares(image) && stream == "pipeline" {
            true => format!("write `{image}`"),
            false => "import the image through `base_images`, and write its key there".to_owned(),
        };
        format!("what is built or imported has a name without a stream; {own}")
    } else if names.is_empty() {
        format!("add `{name}` to `base_images`, or name something that this config builds")
    } else {
        format!("did you mean {}?", names.join(" or "))
    };
    let edit = |used: &PipelineUse, name: &str| Edit {
        place: Place::new(&file.path, used.name.span),
        text: match used.parts().0.filter(|_| !used.field.takes_no_stream()) {
            Some(stream) => format!("{stream}:{name}"),
            None => name.to_owned(),
        },
    };
    let mut closest = near.iter().filter(|(distance, _)| *distance == 1);
    let fix = match (closest.next(), closest.next()) {
        (Some((_, only)), None) => {
            let Edit { place, text } = edit(used, only);
            Some(Fix::safe(format!("change to `{text}`"), place, text).to_review())
        }
        _ => None,
    };
    let alternatives = near.iter().take(OFFERED).map(|(_, name)| Fix {
        applicability: Applicability::Unsafe,
        title: format!("change to `{name}`"),
        edits: uses.iter().map(|used| edit(used, name)).collect(),
        renames: Vec::new(),
    });
    let draft = Draft::new(
        Place::new(&file.path, used.name.span),
        format!("{field} {name}"),
        format!("`{field}` names `{name}`, which this config neither imports nor builds"),
    )
    .help(format!("the job fails when it starts; {help}"))
    .maybe_fix(fix.filter(|_| others.is_empty()))
    .alternatives(alternatives)
    .follows_from(super::misread(&file.path))
    .follows_from(super::unbuilt(&file.path, name))
    .one_of_many(format!(
        "{} has no {}",
        file.path,
        name.strip_prefix(INDEX).unwrap_or(name)
    ));
    let others = others.iter();
    Some(others.fold(draft, |draft, other| {
        let place = Place::new(&file.path, other.name.span);
        draft.related(place, format!("named here in `{}`", other.field.as_str()))
    }))
}

/// `build-loop`, in a config: an image that needs itself.
pub(in crate::checks) fn cycle(file: &File, config: &CiConfig, drafts: &mut Drafts) {
    let refused = config.refused.iter();
    for refused in refused.filter(|refused| refused.why == Refusal::Cycle) {
        let place = Place::new(&file.path, refused.span);
        let draft = Draft::new(place, &refused.message, &refused.message);
        drafts.push(draft.help(
            "every job of this branch fails when it starts, as nothing can be built first; name \
             another image",
        ));
    }
}

/// `pipeline-name-duplicate`: a name that is given twice, or that is not free.
pub(super) fn duplicate(checkout: &Checkout, drafts: &mut Drafts) {
    // ci-operator of 2021 took the first of two; when that changed, no checkout tells.
    let is_refused = !checkout.layout().is_of_before_items();
    for (file, config) in checkout.ci_configs() {
        for refused in &config.refused {
            let Refusal::Duplicate(other) = refused.why else {
                continue;
            };
            let place = Place::new(&file.path, refused.span);
            let mut draft = Draft::new(place, &refused.message, &refused.message)
                .help("ci-operator refuses the config, and every job of this branch with it; choose another name");
            if let Some(other) = other {
                let other = Place::new(&file.path, other);
                draft = draft.related(other, "the name is given here, too");
            }
            if !is_refused {
                draft = draft.severity(Severity::Warning);
            }
            drafts.push(draft);
        }
    }
}
