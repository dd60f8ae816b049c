//! Fields of a ci-operator config that nobody reads.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checks::{Drafts, schema_fault};
use crate::finding::Severity;
use crate::model::File;
use crate::model::ci_operator::CiConfig;
use crate::model::schema::FaultKind;

/// Parameters of `config-field`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnknownFields {
    /// What happens where a field is not read that this name was meant for.
    without: BTreeMap<String, String>,
}

/// What a config publishes, and the images of it.
const PUBLISHED: [&str; 2] = ["promotion", "images"];

impl UnknownFields {
    /// `config-field`: a field that ci-operator drops.
    pub(super) fn run(&self, file: &File, config: &CiConfig, drafts: &mut Drafts) {
        for fault in &config.unknown {
            let FaultKind::Unknown { nearest, .. } = fault.kind else {
                continue;
            };
            let so = nearest.and_then(|meant| self.without.get(meant));
            let so = so.map(|so| format!(", and {so}")).unwrap_or_default();
            let consequence = format!("ci-operator drops it without a word{so}");
            let mut draft = schema_fault::draft(&file.path, fault, &consequence)
                .explains(super::misread(&file.path));
            let part = fault.path.split(['.', '[']).next().unwrap_or_default();
            if PUBLISHED.contains(&nearest.unwrap_or(part)) || PUBLISHED.contains(&part) {
                draft = draft.explains(super::dropped(&file.path));
            }
            if nearest.is_none() {
                // A field of a ci-operator newer than this.
                draft = draft.severity(Severity::Warning);
            }
            drafts.push(draft);
        }
    }
}
