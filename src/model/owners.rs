//! OWNERS files and OWNERS_ALIASES, as Prow reads them (kubernetes-sigs/prow
//! pkg/repoowners/repoowners.go).

use regex::RegexBuilder;

use crate::limits::OWNERS_PATTERN_SIZE;
use crate::syntax::likeness::{Effort, distance_within};
use crate::syntax::yaml::Node;

use super::schema::{self, Fault, Schema};
use super::shape::{Text, text};
use Schema::{Any, Bool, List, Map, Object, Text as Str};

/// Keys that list people, in a file and in each of its filters.
const PEOPLE: [&str; 3] = ["approvers", "reviewers", "required_reviewers"];

const LISTS: Schema = Object(&[
    ("approvers", List(&Str)),
    ("emeritus_approvers", List(&Str)),
    ("emeritus_reviewers", List(&Str)),
    ("labels", List(&Str)),
    ("required_reviewers", List(&Str)),
    ("reviewers", List(&Str)),
]);

const OWNERS: Schema = Object(&[
    ("approvers", List(&Str)),
    ("component", Any),
    ("emeritus_approvers", List(&Str)),
    ("emeritus_reviewers", List(&Str)),
    ("filters", Map(&LISTS)),
    ("labels", List(&Str)),
    (
        "options",
        Object(&[
            ("auto_approve_unowned_subfolders", Bool),
            ("no_parent_owners", Bool),
        ]),
    ),
    ("required_reviewers", List(&Str)),
    ("reviewers", List(&Str)),
    ("subcomponent", Any),
]);

const ALIASES: Schema = Object(&[("aliases", Map(&Any))]);

/// An OWNERS file.
#[derive(Debug, Default)]
pub struct Owners {
    /// Everybody it names, approvers and reviewers, by login or alias.
    pub people: Vec<Text>,
    /// `labels`, on its own and in its filters.
    pub labels: Vec<Text>,
    /// Whether it names an approver, on its own or in a filter.
    pub has_approvers: bool,
    /// `filters` whose keys are no regular expressions.
    pub broken_filters: Vec<Text>,
    /// `options.no_parent_owners`.
    pub no_parent_owners: bool,
    /// What Prow cannot read, or does not know.
    pub faults: Vec<Fault>,
}

/// `OWNERS_ALIASES`.
#[derive(Debug, Default)]
pub struct Aliases {
    /// The names, in lower case: Prow folds them.
    pub names: Vec<String>,
    /// What Prow cannot read.
    pub faults: Vec<Fault>,
}

pub(super) fn read(documents: &[Node<'_>]) -> Owners {
    let mut owners = Owners::default();
    let Some(root) = documents.first() else {
        return owners;
    };
    owners.faults = schema::check(root, &OWNERS);
    owners.no_parent_owners = root
        .get("options")
        .and_then(|options| options.get("no_parent_owners")?.as_bool())
        .unwrap_or(false);
    owners.add(root);
    for filter in root.get("filters").into_iter().flat_map(Node::entries) {
        owners.add(&filter.value);
        if let Some(pattern) = text(&filter.key) {
            let compiled = RegexBuilder::new(&pattern.value)
                .size_limit(OWNERS_PATTERN_SIZE)
                .build();
            if matches!(compiled, Err(regex::Error::Syntax(_))) {
                owners.broken_filters.push(pattern);
            }
        }
    }
    owners
}

impl Owners {
    fn add(&mut self, lists: &Node<'_>) {
        let labels = lists.get("labels").into_iter().flat_map(Node::items);
        self.labels.extend(labels.filter_map(text));
        for key in PEOPLE {
            let names = lists.get(key).into_iter().flat_map(Node::items);
            let before = self.people.len();
            self.people.extend(names.filter_map(text));
            self.has_approvers |= key == "approvers" && self.people.len() > before;
        }
    }
}

pub(super) fn read_aliases(documents: &[Node<'_>]) -> Aliases {
    let Some(root) = documents.first() else {
        return Aliases::default();
    };
    let mut aliases = Aliases {
        names: Vec::new(),
        faults: schema::check(root, &ALIASES),
    };
    for alias in root.get("aliases").into_iter().flat_map(Node::entries) {
        let name = alias.key.as_str().unwrap_or_default();
        aliases.names.push(name.to_lowercase());
        add_member_faults(name, &alias.value, &mut aliases.faults);
    }
    aliases
}

/// What `ParseAliasesConfig` refuses in an alias: it is a list of texts, or `{alice, bob}`; nothing
/// at all stands for nobody.
fn add_member_faults(alias: &str, members: &Node<'_>, faults: &mut Vec<Fault>) {
    if members.is_null() || members.as_mapping().is_some() {
        return;
    }
    let path = schema::join("aliases", alias);
    faults.extend(schema::check_at(members, &List(&Str), &path));
    for (number, member) in members.items().enumerate() {
        if member.is_null() {
            faults.push(schema::shape_fault(
                member,
                &Str,
                &format!("{path}[{number}]"),
            ));
        }
    }
}

/// Whether a file of this name was meant to be called `OWNERS`.
#[must_use]
pub fn is_misspelled(name: &str) -> bool {
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"))
        .or_else(|| name.strip_suffix(".md"))
        .or_else(|| name.strip_suffix(".txt"))
        .unwrap_or(name);
    let upper = stem.to_uppercase();
    let is_one_edit_away = || distance_within(&upper, "OWNERS", 1, &Effort::default()) == Some(1);
    name != "OWNERS"
        && name != "OWNERS_ALIASES"
        && (upper == "OWNERS" || name == stem && is_one_edit_away())
}
