//! OWNERS files: their name, what they say, and paths that differ in case alone.

use std::collections::HashMap;

use globset::GlobSet;
use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Drafts, Look, LookAtFile, params, schema_fault};
use crate::finding::{Draft, Place, Severity};
use crate::model::owners::{self, Owners};
use crate::model::schema::{Fault as SchemaFault, FaultKind};
use crate::model::{File, Statements};
use crate::syntax::span::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct OwnersFile {
    /// What this rule looks at.
    fault: Fault,
    /// Which files.
    #[serde(deserialize_with = "params::paths")]
    paths: GlobSet,
    /// What a login looks like.
    #[serde(default = "params::nothing", deserialize_with = "params::pattern")]
    login: Regex,
    /// What only an alias is called.
    #[serde(default = "params::nothing", deserialize_with = "params::pattern")]
    alias: Regex,
    /// Labels that no OWNERS file may give.
    #[serde(default)]
    denied_labels: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// A file that should be called OWNERS.
    Name,
    /// What an OWNERS file says.
    Content,
    /// Two paths that are one where case does not count.
    Case,
}

impl Look for OwnersFile {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let files = checkout.files().iter().map(|file| &**file);
        let is_ours = |file: &&File| self.paths.is_match(file.path.as_str());
        match self.fault {
            Fault::Name => {}
            Fault::Content => files
                .filter(|file| {
                    matches!(
                        file.statements,
                        Statements::Owners(_) | Statements::OwnersAliases(_)
                    )
                })
                .filter(is_ours)
                .for_each(|file| self.content(checkout, file, drafts)),
            Fault::Case => case(files.filter(is_ours), drafts),
        }
    }

    fn of_each_file(&self) -> Option<&dyn LookAtFile> {
        (self.fault == Fault::Name).then_some(self)
    }
}

impl LookAtFile for OwnersFile {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        if owners::is_misspelled(file.path.name()) && self.paths.is_match(file.path.as_str()) {
            name(file, drafts);
        }
    }
}

fn name(file: &File, drafts: &mut Drafts) {
    let name = file.path.name();
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

impl OwnersFile {
    fn content(&self, checkout: &Checkout, file: &File, drafts: &mut Drafts) {
        match &file.statements {
            Statements::Owners(owners) => {
                self.owners(checkout, file, owners, drafts);
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
fn fault(file: &File, fault: &SchemaFault, consequence: &str) -> Option<Draft> {
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

fn case<'f>(files: impl Iterator<Item = &'f File>, drafts: &mut Drafts) {
    // Every path and every folder of it, by its lower case.
    let mut spelled: HashMap<String, (&str, &File)> = HashMap::new();
    let mut last = "";
    // The folder that the last file clashed with another in, and that one.
    let mut clash: Option<(&str, &str, &File)> = None;
    for file in files {
        let path = file.path.as_str();
        clash = clash.filter(|(part, ..)| file.path.below(part).is_some());
        let in_last = |end: usize| last.get(..=end) == path.get(..=end);
        let folders = path.match_indices('/').map(|(at, _)| at);
        for end in folders.filter(|&end| !in_last(end)).chain([path.len()]) {
            if clash.is_some() {
                break;
            }
            let Some(part) = path.get(..end) else {
                continue;
            };
            match spelled.get(&part.to_lowercase()) {
                Some((other, first)) if *other != part => clash = Some((part, other, first)),
                Some(_) => {}
                None => {
                    spelled.insert(part.to_lowercase(), (part, file));
                }
            }
        }
        last = path;
        if let Some((part, other, first)) = clash {
            drafts.push(
                Draft::new(
                    Place::whole_file(&file.path),
                    part,
                    format!("`{part}` and `{other}` differ in upper and lower case only"),
                )
                .help(
                    "on macOS and Windows one takes the other's place in every checkout; rename or \
                     remove one",
                )
                .related(Place::whole_file(&first.path), "the other one"),
            );
        }
    }
}
