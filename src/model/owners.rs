//! OWNERS files and OWNERS_ALIASES, as Prow reads them (kubernetes-sigs/prow
//! pkg/repoowners/repoowners.go).

use regex::{Regex, RegexBuilder};

use crate::limits::{MAX_FILTERS, OWNERS_PATTERN_SIZE};
use crate::syntax::likeness::{Effort, distance_within};
use crate::syntax::yaml::Node;

use super::schema::{self, Fault, Schema};
use super::shape::{Text, any_case, text};
use Schema::{Any, AnyCase, Bool, List, Map, Text as Str};

/// Keys that list people, in a file and in each of its filters.
const PEOPLE: [&str; 3] = ["approvers", "reviewers", "required_reviewers"];

const LISTS: Schema = AnyCase(&[
    ("approvers", List(&Str)),
    ("emeritus_approvers", List(&Str)),
    ("emeritus_reviewers", List(&Str)),
    ("labels", List(&Str)),
    ("required_reviewers", List(&Str)),
    ("reviewers", List(&Str)),
]);

/// Prow reads it by way of JSON, which takes keys in any case (sigs.k8s.io/yaml).
const OWNERS: Schema = AnyCase(&[
    ("approvers", List(&Str)),
    ("component", Any),
    ("emeritus_approvers", List(&Str)),
    ("emeritus_reviewers", List(&Str)),
    ("filters", Map(&LISTS)),
    ("labels", List(&Str)),
    (
        "options",
        AnyCase(&[
            ("auto_approve_unowned_subfolders", Bool),
            ("no_parent_owners", Bool),
        ]),
    ),
    ("required_reviewers", List(&Str)),
    ("reviewers", List(&Str)),
    ("subcomponent", Any),
]);

const ALIASES: Schema = AnyCase(&[("aliases", Map(&Any))]);

/// The key of `filters` that Prow does not take for an expression.
const EVERYTHING: &str = ".*";

/// An OWNERS file.
#[derive(Debug, Default)]
pub struct Owners {
    /// Everybody it names, approvers and reviewers, by login or alias.
    pub people: Vec<Text>,
    /// `labels`, on its own and in its filters.
    pub labels: Vec<Text>,
    /// The approvers among them, on its own and in its filters.
    pub approvers: Vec<Text>,
    /// Who approves what, as Prow takes it: everything, where the file itself names somebody or gives
    /// a label; else what the keys of `filters` match.
    pub entries: Vec<Entry>,
    /// `filters` whose keys are no regular expressions.
    pub broken_filters: Vec<Text>,
    /// `options.no_parent_owners`.
    pub no_parent_owners: bool,
    /// What Prow cannot read, or does not know.
    pub faults: Vec<Fault>,
}

/// Some approvers, and what they approve.
#[derive(Debug)]
pub struct Entry {
    /// A key of `filters`; without one it is everything below the folder.
    pub pattern: Option<Text>,
    /// Who they are.
    pub approvers: Vec<Text>,
}

impl Entry {
    /// What matches paths from the folder of the OWNERS file, where it is not about all of them; nothing
    /// where the pattern is no expression, or too large to be tried.
    #[must_use]
    pub fn regex(&self) -> Option<Result<Regex, regex::Error>> {
        self.pattern.as_ref().map(compiled)
    }
}

fn compiled(pattern: &Text) -> Result<Regex, regex::Error> {
    let mut builder = RegexBuilder::new(&pattern.value);
    builder.size_limit(OWNERS_PATTERN_SIZE).build()
}

/// `OWNERS_ALIASES`.
#[derive(Debug, Default)]
pub struct Aliases {
    /// Each of them.
    pub items: Vec<Alias>,
    /// What Prow cannot read.
    pub faults: Vec<Fault>,
}

/// One alias.
#[derive(Debug)]
pub struct Alias {
    /// Its name.
    pub name: Text,
    /// Who it stands for.
    pub members: Vec<Text>,
    /// Whether nobody stands there in any form.
    pub is_empty: bool,
}

impl Alias {
    /// Its name in lower case: Prow folds the names.
    #[must_use]
    pub fn folded(&self) -> String {
        self.name.value.to_lowercase()
    }
}

pub(super) fn read(documents: &[Node<'_>]) -> Owners {
    let mut owners = Owners::default();
    let Some(root) = documents.first() else {
        return owners;
    };
    owners.faults = schema::check(root, &OWNERS);
    owners.no_parent_owners = any_case(root, "options")
        .and_then(|options| any_case(options, "no_parent_owners")?.as_bool())
        .unwrap_or(false);
    owners.add(root);
    let is_simple = !owners.people.is_empty() || !owners.labels.is_empty();
    if is_simple {
        owners.entries.push(Entry {
            pattern: None,
            approvers: owners.approvers.clone(),
        });
    }
    let filters = any_case(root, "filters")
        .into_iter()
        .flat_map(Node::entries);
    for filter in filters.take(MAX_FILTERS) {
        let before = owners.approvers.len();
        owners.add(&filter.value);
        let Some(pattern) = text(&filter.key) else {
            continue;
        };
        let is_broken = matches!(compiled(&pattern), Err(regex::Error::Syntax(_)));
        if is_broken {
            owners.broken_filters.push(pattern);
        } else if !is_simple {
            owners.entries.push(Entry {
                pattern: Some(pattern).filter(|pattern| &*pattern.value != EVERYTHING),
                approvers: owners.approvers[before..].to_vec(),
            });
        }
    }
    owners
}

impl Owners {
    fn add(&mut self, lists: &Node<'_>) {
        let labels = any_case(lists, "labels").into_iter().flat_map(Node::items);
        self.labels.extend(labels.filter_map(text));
        for key in PEOPLE {
            let names = any_case(lists, key).into_iter().flat_map(Node::items);
            let names = names.filter_map(text);
            if key == "approvers" {
                let before = self.people.len();
                self.people.extend(names);
                self.approvers.extend_from_slice(&self.people[before..]);
            } else {
                self.people.extend(names);
            }
        }
    }
}

pub(super) fn read_aliases(documents: &[Node<'_>]) -> Aliases {
    let Some(root) = documents.first() else {
        return Aliases::default();
    };
    let mut aliases = Aliases {
        items: Vec::new(),
        faults: schema::check(root, &ALIASES),
    };
    for alias in any_case(root, "aliases")
        .into_iter()
        .flat_map(Node::entries)
    {
        let Some(name) = text(&alias.key) else {
            continue;
        };
        add_member_faults(&name.value, &alias.value, &mut aliases.faults);
        aliases.items.push(Alias {
            name,
            members: alias.value.items().filter_map(text).collect(),
            is_empty: alias.value.is_null()
                || alias.value.items().count() == 0 && alias.value.as_mapping().is_none(),
        });
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
