//! OWNERS files: their name, and what they say.

use std::collections::BTreeSet;

use regex::Regex;
use serde::Deserialize;

use super::aliases;
use crate::checkout::Checkout;
use crate::checks::habit::Habit;
use crate::checks::{Drafts, params, schema_fault, unparsed};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::owners::{self, Owners};
use crate::model::schema::{Fault, FaultKind};
use crate::model::{Conventions, File, FileKind, Statements, Text};
use crate::syntax::likeness::{Effort, closest, slips};
use crate::syntax::span::Span;

/// `owners-file-name`: a file that is to be called OWNERS.
pub(super) fn file_name(file: &File, conventions: &Conventions, drafts: &mut Drafts) {
    let name = file.path.name();
    let is_within = |folder: &str| file.path.is_within(folder);
    let is_read = is_within(&conventions.clusters.registry_access)
        || is_within(&conventions.mapping_files.folder);
    if is_read && owners::is_misspelled(name) {
        drafts.push(
            Draft::new(
                Place::whole_file(&file.path),
                name,
                format!("`{name}` is not read: the file is to be called `OWNERS`"),
            )
            .help(format!(
                "nobody it names can approve anything; rename it to `{}`",
                file.path.sibling("OWNERS")
            )),
        );
    }
}

/// `owners-content`: what Prow does not take of OWNERS files and `OWNERS_ALIASES`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    /// What a login looks like.
    #[serde(deserialize_with = "params::pattern")]
    login: Regex,
    /// What only an alias is called.
    #[serde(deserialize_with = "params::pattern")]
    alias: Regex,
    /// Labels that no OWNERS file may give.
    #[serde(default)]
    denied_labels: Vec<String>,
}

/// Whom a checkout names stands in these.
const READ: &[FileKind] = &[FileKind::Owners, FileKind::OwnersAliases];

impl Content {
    pub(super) fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let known = Known::of(checkout);
        for file in checkout.files_of(READ) {
            match &file.statements {
                Statements::Owners(owners) => self.owners(checkout, &known, file, owners, drafts),
                Statements::OwnersAliases(aliases) => {
                    drafts.extend(aliases::empty(file, aliases, &known.people));
                    for fault in &aliases.faults {
                        let consequence = "Prow cannot read the aliases, and ignores all of them";
                        drafts.extend(self::fault(file, fault, consequence));
                    }
                }
                _ => {}
            }
        }
    }

    fn owners(
        &self,
        checkout: &Checkout,
        known: &Known<'_>,
        file: &File,
        owners: &Owners,
        drafts: &mut Drafts,
    ) {
        for fault in &owners.faults {
            let consequence =
                "Prow cannot read the file, or ignores the field, and nobody it names can approve";
            drafts.extend(self::fault(file, fault, consequence));
        }
        for pattern in &owners.broken_filters {
            drafts.push(
                Draft::new(
                    Place::new(&file.path, pattern.span),
                    pattern.value.to_string(),
                    format!("filter `{}` is no regular expression", pattern.value),
                )
                .help("Prow ignores the filter without a word; correct it"),
            );
        }
        for label in &owners.labels {
            let name = &*label.value;
            if self.denied_labels.iter().any(|denied| denied == name) {
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, label.span),
                        name,
                        format!("label `{name}` may not be given by an OWNERS file"),
                    )
                    .help("Prow marks the pull request as invalid; remove the label"),
                );
            }
        }
        if owners.approvers.is_empty() && file.faults.is_empty() && owners.faults.is_empty() {
            let inherits = !owners.no_parent_owners && inherits(checkout, file);
            let draft = Draft::new(
                Place::new(&file.path, Span::whole_file()),
                "no approvers",
                "the file names no approvers",
            );
            drafts.push(if inherits {
                draft.severity(Severity::Warning).help(
                    "only those of the folders above can approve; add `approvers` of your team",
                )
            } else {
                draft.help("nobody can approve a change to this folder; add `approvers`")
            });
        }
        let is_nobody = |person: &Text| self.unknown(known, person).is_some();
        let blocks = !owners.approvers.is_empty() && owners.approvers.iter().all(is_nobody);
        for person in &owners.people {
            let Some(unknown) = self.unknown(known, person) else {
                continue;
            };
            let name = &*person.value;
            let next = match unknown.near {
                Some(near) => format!("did you mean the alias `{near}`?"),
                None if name.contains(" - ") => {
                    "a line that is indented further goes on with the one above: begin each `- ` in one column"
                        .to_owned()
                }
                None => "write the login, or add the alias".to_owned(),
            };
            let is_approver = owners.approvers.iter().any(|own| own.span == person.span);
            let draft = Draft::new(
                Place::new(&file.path, person.span),
                name,
                format!("`{name}` is neither a GitHub login nor an alias of `OWNERS_ALIASES`"),
            )
            .alternatives(
                unknown
                    .near
                    .and_then(|near| Fix::alternative(Place::new(&file.path, person.span), near)),
            )
            .follows_from(aliases::gone_topic(&name.to_lowercase()))
            .follows_from_any(known.unparsed.iter().cloned());
            drafts.push(if blocks && is_approver {
                draft.help(format!(
                    "Prow takes it for a login that does not exist, and nobody else that the file \
                     names can approve; {next}"
                ))
            } else {
                draft.severity(Severity::Warning).help(format!(
                    "Prow takes it for a login that does not exist; {next}"
                ))
            });
        }
    }

    /// Somebody who is neither an alias nor, by the look of it, a login.
    fn unknown<'c>(&self, known: &Known<'c>, person: &Text) -> Option<Unknown<'c>> {
        let aliases = known.aliases?;
        let name = &*person.value;
        let folded = name.to_lowercase();
        if aliases.contains(&folded) {
            return None;
        }
        let limit = slips(&folded, MOST_SLIPS);
        let others = aliases.iter().map(|alias| (&**alias, &**alias));
        let near = || closest(&folded, others, limit, &known.effort);
        let is_login = self.login.is_match(name) && !self.alias.is_match(name);
        if !is_login {
            return Some(Unknown { near: near() });
        }
        // A login that is written nowhere else may be an alias misspelled.
        let is_lone = known.people.count(name) <= 1 && !known.members.contains(name);
        let near = near().filter(|_| is_lone)?;
        Some(Unknown { near: Some(near) })
    }
}

/// An alias is taken for another one misspelled so many edits away.
const MOST_SLIPS: usize = 2;

struct Unknown<'c> {
    /// The alias that is nearly called so.
    near: Option<&'c str>,
}

/// Whom the checkout names.
struct Known<'c> {
    aliases: Option<&'c BTreeSet<String>>,
    members: BTreeSet<&'c str>,
    people: Habit<'c>,
    effort: Effort,
    /// The topics of aliases that cannot be read.
    unparsed: Vec<String>,
}

impl<'c> Known<'c> {
    fn of(checkout: &'c Checkout) -> Self {
        let mut known = Self {
            aliases: checkout.access().aliases.as_ref(),
            members: BTreeSet::new(),
            people: Habit::default(),
            effort: Effort::default(),
            unparsed: unparsed::of_kinds(checkout, &[FileKind::OwnersAliases]),
        };
        for file in checkout.files_of(READ) {
            match &file.statements {
                Statements::Owners(owners) => {
                    for person in &owners.people {
                        known.people.add(&file.path, &person.value);
                    }
                }
                Statements::OwnersAliases(aliases) => {
                    let members = aliases.items.iter().flat_map(|alias| &alias.members);
                    known.members.extend(members.map(|member| &*member.value));
                }
                _ => {}
            }
        }
        known
    }
}

/// What is told of a fault: Prow ignores fields that it does not know, so only a slip is worth a word.
fn fault(file: &File, fault: &Fault, consequence: &str) -> Option<Draft> {
    let draft = schema_fault::draft(&file.path, fault, consequence);
    match &fault.kind {
        FaultKind::Shape { .. } => Some(draft),
        FaultKind::Unknown {
            nearest: Some(_), ..
        } => Some(draft.severity(Severity::Warning)),
        FaultKind::Unknown { .. } => None,
    }
}

/// Whether an OWNERS file above this one names approvers.
fn inherits(checkout: &Checkout, file: &File) -> bool {
    let mut folder = file.path.folder();
    while let Some((above, _)) = folder
        .rsplit_once('/')
        .or((!folder.is_empty()).then_some(("", "")))
    {
        let path = if above.is_empty() {
            "OWNERS".to_owned()
        } else {
            format!("{above}/OWNERS")
        };
        if checkout.file(&path).is_some() {
            return true;
        }
        folder = above;
    }
    false
}
