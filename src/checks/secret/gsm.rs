//! What ci-secret-bootstrap refuses in its configuration for Google Secret Manager
//! (openshift/ci-tools pkg/api/gsm.go, `resolve` and `Validate`).

mod bundles;
mod grammar;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Groups, by_name};
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Place, Severity};
use crate::limits::MAX_GSM_DESTINATIONS;
use crate::model::gsm::{GsmConfig, Reference};
use crate::model::schema::FaultKind;
use crate::model::{Conventions, File, Statements, Text};
use crate::syntax::span::Span;
use grammar::{Grammar, Names};

/// `gsm-config`: entries that are refused, or passed over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GsmParams {
    /// What groups and fields may be called.
    names: Names,
    /// The types of secrets that a target may ask for.
    types: Vec<String>,
    /// A label that nobody may set.
    reserved_label: String,
}

/// What comes of a fault.
const CONSEQUENCE: &str =
    "ci-secret-bootstrap fails on the whole file, so no secret is made or renewed";

impl GsmParams {
    pub(super) fn check(&self, file: &File, conventions: &Conventions, drafts: &mut Drafts) {
        let Statements::Gsm(config) = &file.statements else {
            return;
        };
        let components = config.components.iter();
        let mut inspection = Inspection {
            params: self,
            grammar: Grammar {
                own: &self.names,
                conventions: &conventions.secrets,
            },
            file,
            config,
            groups: by_name(&config.groups),
            components: components
                .map(|(name, references)| (&*name.value, references))
                .collect(),
            left: MAX_GSM_DESTINATIONS,
            drafts,
        };
        inspection.shapes();
        inspection.components();
        inspection.bundles();
    }
}

/// One configuration while it is looked at.
struct Inspection<'c, 'd> {
    params: &'c GsmParams,
    grammar: Grammar<'c>,
    file: &'c File,
    config: &'c GsmConfig,
    /// The groups of clusters that there are.
    groups: Groups<'c>,
    /// What each component stands for.
    components: BTreeMap<&'c str, &'c Vec<Reference>>,
    /// How many more clusters of groups are looked at.
    left: usize,
    drafts: &'d mut Drafts,
}

impl Inspection<'_, '_> {
    fn draft(&self, span: Span, entity: &str, message: String, help: &str) -> Draft {
        Draft::new(
            Place::new(&self.file.path, span),
            format!("{entity}: {message}"),
            message,
        )
        .help(format!("{CONSEQUENCE}; {help}"))
    }

    fn fault(&mut self, span: Span, entity: &str, message: String, help: &str) {
        let draft = self.draft(span, entity, message, help);
        self.drafts.push(draft);
    }

    /// Values of the wrong shape are refused, fields that do not exist are dropped in silence.
    fn shapes(&mut self) {
        for fault in &self.config.faults {
            let draft = match fault.kind {
                FaultKind::Shape { .. } => schema_fault::draft(&self.file.path, fault, CONSEQUENCE),
                FaultKind::Unknown { .. } => {
                    let consequence = "ci-secret-bootstrap passes over the field";
                    schema_fault::draft(&self.file.path, fault, consequence)
                        .severity(Severity::Warning)
                }
            };
            self.drafts.push(draft);
        }
    }

    fn components(&mut self) {
        let config = self.config;
        if let Some(collection) = config.collection.as_ref()
            && !collection.value.is_empty()
            && let Some(why) = self.grammar.collection(&collection.value)
        {
            let message = format!("`dptp_collection` is `{}`, {why}", collection.value);
            let help = "name the collection that the credentials for registries lie in";
            self.fault(collection.span, "dptp_collection", message, help);
        }
        for (name, references) in &config.components {
            let what = format!("component `{}`", name.value);
            if name.value.is_empty() {
                let help = "give it the name that bundles call it by";
                self.fault(name.span, &what, "a component has no name".to_owned(), help);
                continue;
            }
            if references.is_empty() {
                let help = "list the collections and groups that it stands for";
                self.fault(name.span, &what, format!("{what} is empty"), help);
            }
            for reference in references {
                // Only what stands in a bundle itself is written for each cluster.
                self.reference(&what, reference, &BTreeSet::new());
            }
        }
    }

    /// `clusters` are those that the names of fields are written for.
    fn reference(&mut self, what: &str, reference: &Reference, clusters: &BTreeSet<&str>) {
        let grammar = &self.grammar;
        for (value, field, why) in [
            (
                &reference.collection,
                "collection",
                grammar.collection(value_of(reference.collection.as_ref())),
            ),
            (
                &reference.group,
                "group",
                grammar.group(value_of(reference.group.as_ref())),
            ),
        ] {
            self.name(what, field, value.as_ref(), reference.span, why);
        }
        for field in &reference.fields {
            let name = value_of(field.name.as_ref());
            let why = self.grammar.field_for(name, clusters);
            self.name(what, "name", field.name.as_ref(), field.span, why);
            if let Some(alias) = &field.alias {
                self.key(what, alias);
            }
        }
    }

    /// A name that must be there; `why` says what is wrong with it.
    fn name(
        &mut self,
        what: &str,
        field: &str,
        value: Option<&Text>,
        outer: Span,
        why: Option<String>,
    ) {
        let Some(why) = why else {
            return;
        };
        match value.filter(|value| !value.value.is_empty()) {
            Some(value) => {
                let message = format!("`{field}` of {what} is `{}`, {why}", value.value);
                let help = "write the name that it has in Google Secret Manager";
                self.fault(value.span, what, message, help);
            }
            None => {
                let span = value.map_or(outer, |value| value.span);
                let message = format!("{what} has an entry without `{field}`");
                let help = "a secret is found by collection, group and the names of its fields";
                self.fault(span, what, message, help);
            }
        }
    }

    /// What a value is called in the secret.
    fn key(&mut self, what: &str, alias: &Text) {
        if let Some(why) = self.grammar.key(&alias.value) {
            let message = format!("`as` of {what} is `{}`, {why}", alias.value);
            let help = "it becomes a key of the secret, and the name of a file";
            self.fault(alias.span, what, message, help);
        }
    }
}

/// The text, empty where there is none.
fn value_of(text: Option<&Text>) -> &str {
    text.map_or("", |text| &text.value)
}
