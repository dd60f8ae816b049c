//! OWNERS files: their name, and what they say.

use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, params, schema_fault, unparsed};
use crate::finding::{Draft, Place, Severity};
use crate::model::owners::{self, Owners};
use crate::model::schema::{Fault, FaultKind};
use crate::model::{Conventions, File, FileKind, Statements};
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

impl Content {
    pub(super) fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let unparsed = unparsed::of_kinds(checkout, &[FileKind::OwnersAliases]);
        let mut unknown = Drafts::default();
        for file in checkout.files() {
            match &file.statements {
                Statements::Owners(owners) => {
                    self.owners(checkout, file, owners, drafts);
                    self.unknown_people(checkout, file, owners, &mut unknown);
                }
                Statements::OwnersAliases(aliases) => {
                    for fault in &aliases.faults {
                        let consequence = "Prow cannot read the aliases, and ignores all of them";
                        drafts.extend(self::fault(file, fault, consequence));
                    }
                }
                _ => {}
            }
        }
        let unknown = unknown.into_vec().into_iter();
        drafts.extend(unknown.map(|draft| draft.follows_from_any(unparsed.iter().cloned())));
    }

    fn owners(&self, checkout: &Checkout, file: &File, owners: &Owners, drafts: &mut Drafts) {
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
        if !owners.has_approvers && file.faults.is_empty() && owners.faults.is_empty() {
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
    }

    fn unknown_people(
        &self,
        checkout: &Checkout,
        file: &File,
        owners: &Owners,
        drafts: &mut Drafts,
    ) {
        for person in &owners.people {
            let name = &*person.value;
            let is_alias = checkout
                .access
                .aliases
                .as_ref()
                .is_some_and(|aliases| aliases.contains(&name.to_lowercase()));
            let is_known = is_alias || self.login.is_match(name) && !self.alias.is_match(name);
            if !is_known && checkout.access.aliases.is_some() {
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, person.span),
                        name,
                        format!("`{name}` is neither a GitHub login nor an alias of `OWNERS_ALIASES`"),
                    )
                    .severity(Severity::Warning)
                    .help("Prow takes it for a login that does not exist; write the login, or add the alias"),
                );
            }
        }
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
