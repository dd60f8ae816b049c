//! What roles name: verbs, resources and API groups that are spelt nearly like one that others name.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::habit::Habit;
use crate::checks::{Drafts, central_objects};
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::manifest::access::{Object, PolicyRule};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::template::has_parameter;

/// Parameters of `rbac-role-rules`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleWords {
    /// The verbs that the API server and its usual extensions ask for.
    verbs: Vec<String>,
}

/// Of so many letters one may be wrong, and how many at most.
const LETTERS_FOR_EACH_SLIP: usize = 8;
const MOST_SLIPS: usize = 2;

/// Shorter ones are too much like others.
const SHORTEST: usize = 3;

impl RoleWords {
    /// `rbac-role-rules`, of all roles: a word that no other file has, and that is spelt nearly like one that
    /// is known.
    pub(super) fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (field, of) in [VERBS, RESOURCES, API_GROUPS] {
            let mut used = Habit::default();
            for (object, rule) in rules(checkout) {
                for text in of(rule) {
                    used.add(&object.file.path, &text.value);
                }
            }
            let known: BTreeSet<&str> = match field {
                field if field == VERBS.0 => self.verbs.iter().map(String::as_str).collect(),
                _ => used.common().map(|(word, _)| word).collect(),
            };
            let effort = Effort::default();
            for (object, rule) in rules(checkout) {
                let lone = of(rule).iter();
                let lone = lone.filter(|text| {
                    let word = &*text.value;
                    let is_word = word.len() >= SHORTEST && !has_parameter(word);
                    is_word && used.count(word) == 1 && !known.contains(word)
                });
                drafts.extend(lone.filter_map(|text| {
                    let limit = (text.value.len() / LETTERS_FOR_EACH_SLIP).clamp(1, MOST_SLIPS);
                    let known = known.iter().map(|word| (*word, *word));
                    let near = closest(&text.value, known, limit, &effort)?;
                    Some(misspelt(object, field, text, near))
                }));
            }
        }
    }
}

/// What a list of words is about, and where it stands in a rule.
type Field = (&'static str, fn(&PolicyRule) -> &[Text]);

const VERBS: Field = ("verb", |rule| &rule.verbs.texts);
const RESOURCES: Field = ("resource", |rule| &rule.resources.texts);
const API_GROUPS: Field = ("API group", |rule| &rule.api_groups.texts);

/// The rules of all roles.
fn rules(checkout: &Checkout) -> impl Iterator<Item = (&ObjectAt, &PolicyRule)> {
    central_objects(checkout).flat_map(|object| {
        let rules: &[PolicyRule] = match object.access() {
            Some(Object::Role(rules) | Object::ClusterRole(rules)) => rules,
            _ => &[],
        };
        rules.iter().map(move |rule| (object, rule))
    })
}

fn misspelt(object: &ObjectAt, field: &str, text: &Text, near: &str) -> Draft {
    let word = &*text.value;
    let (kind, name) = (object.manifest().kind(), object.name());
    let place = object.place(text.span);
    Draft::new(
        place.clone(),
        format!("{kind} {}/{name} {word}", object.namespace()),
        format!("no other file names the {field} `{word}`"),
    )
    .one_of_many(format!("{field} {word} of {}", object.file.path))
    .severity(Severity::Warning)
    .help(format!(
        "the API server takes it, and nobody may do what is meant; did you mean `{near}`?"
    ))
    .alternatives(Fix::alternative(place, near))
}
