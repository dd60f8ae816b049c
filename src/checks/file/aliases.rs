//! `OWNERS_ALIASES`: aliases that OWNERS files name.

use std::collections::{BTreeMap, BTreeSet};

use crate::checkout::Checkout;
use crate::checks::habit::Habit;
use crate::checks::removed_line::removed_line;
use crate::checks::{Drafts, StillBroken};
use crate::finding::{Draft, Finding, Place, Severity};
use crate::limits::MAX_RELATED;
use crate::model::owners::{Alias, Aliases};
use crate::model::{File, FileKind, Statements, Text};
use crate::syntax::likeness::{Effort, closest};

/// What stands before the alias in the entity of a finding about one that is gone.
const GONE: &str = "gone ";

/// The topic of what follows when the alias of this name, in lower case, is gone.
pub(super) fn gone_topic(alias: &str) -> String {
    format!("alias {alias} is gone")
}

/// `owners-content`, of an alias: it stands for nobody, and OWNERS files name it.
pub(super) fn empty(
    file: &File,
    aliases: &Aliases,
    people: &Habit<'_>,
) -> impl Iterator<Item = Draft> {
    let is_empty = |alias: &&Alias| alias.is_empty && people.count(&alias.name.value) > 0;
    let empty = aliases.items.iter().filter(is_empty);
    empty.map(|alias| {
        let name = &*alias.name.value;
        Draft::new(
            Place::new(&file.path, alias.name.span),
            name,
            format!("the alias `{name}` stands for nobody"),
        )
        .severity(Severity::Warning)
        .help("nobody of it can approve what OWNERS files give it; list its members")
    })
}

/// The aliases of a checkout by their names in lower case, and the file they stand in.
fn aliases(checkout: &Checkout) -> Option<(&File, BTreeMap<String, &Alias>)> {
    checkout
        .files_of(&[FileKind::OwnersAliases])
        .find_map(|file| match &file.statements {
            Statements::OwnersAliases(aliases) => {
                let items = aliases.items.iter();
                Some((file, items.map(|alias| (alias.folded(), alias)).collect()))
            }
            _ => None,
        })
}

/// `owners-content`, of a change: an alias is gone, and OWNERS files still name it.
pub(super) fn gone(base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
    let (Some((former, before)), Some((file, after))) = (aliases(base), aliases(result)) else {
        return;
    };
    let is_gone = |name: &&String| !after.contains_key(*name);
    let gone: BTreeSet<&String> = before.keys().filter(is_gone).collect();
    if gone.is_empty() {
        return;
    }
    let mut users: BTreeMap<String, Vec<(&File, &Text, bool)>> = BTreeMap::new();
    for file in result.files_of(&[FileKind::Owners]) {
        let Statements::Owners(owners) = &file.statements else {
            continue;
        };
        let is_only = |person: &Text| match &*owners.approvers {
            [only] => only.span == person.span,
            _ => false,
        };
        for person in &owners.people {
            let name = person.value.to_lowercase();
            if gone.contains(&name) {
                let user = (file, person, is_only(person));
                users.entry(name).or_default().push(user);
            }
        }
    }
    let effort = Effort::default();
    for (name, users) in users {
        let fresh = after.iter().filter(|(name, _)| !before.contains_key(*name));
        let fresh = fresh.map(|(fresh, alias)| (&**fresh, alias.name.span));
        let renamed = closest(&name, fresh, (name.len() / 4).max(1), &effort);
        let place = match renamed {
            Some(span) => Place::new(&file.path, span),
            None => {
                let alias = &before[&name];
                let stood = Place::new(&former.path, alias.name.span);
                removed_line(base, result, &stood).unwrap_or_else(|| Place::whole_file(&file.path))
            }
        };
        let files: BTreeSet<_> = users.iter().map(|(file, ..)| &file.path).collect();
        let still = match files.len() {
            1 => "an OWNERS file still names".to_owned(),
            count => format!("{count} OWNERS files still name"),
        };
        let draft = Draft::new(
            place,
            format!("{GONE}{name}"),
            format!("the alias `{name}` is gone, and {still} it"),
        )
        .help(
            "Prow takes it for a login that does not exist, and nobody of the alias can approve there; \
             keep the alias, or change those files too",
        )
        .explains(gone_topic(&name))
        .affects(files)
        .related_total(users.len());
        let blocks = users.iter().any(|(.., is_only)| *is_only);
        let draft = users
            .iter()
            .take(MAX_RELATED)
            .fold(draft, |draft, (file, person, _)| {
                draft.related(Place::new(&file.path, person.span), "named here")
            });
        drafts.push(if blocks {
            draft
        } else {
            draft.severity(Severity::Warning)
        });
    }
}

/// Whether an alias that a change took away is still not there and still named.
pub(super) fn still_broken(finding: &Finding, _: &Checkout) -> StillBroken {
    let name = finding.entity.strip_prefix(GONE);
    let name = name.unwrap_or_default().to_owned();
    Box::new(move |checkout| {
        let is_back = aliases(checkout).is_some_and(|(_, aliases)| aliases.contains_key(&name));
        let names = |file: &File| match &file.statements {
            Statements::Owners(owners) => {
                let mut people = owners.people.iter();
                people.any(|person| person.value.to_lowercase() == name)
            }
            _ => false,
        };
        !is_back && checkout.files_of(&[FileKind::Owners]).any(names)
    })
}
