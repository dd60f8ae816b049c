//! Wildcards that the mirror script is to expand (openshift/release hack/periodic-mirroring.sh).

use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::mapping_file::{Line, Mapping, Source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptWildcard {
    /// What a wildcard ends with, and holds no `*` before.
    ending: String,
}

impl ScriptWildcard {
    /// `mapping-wildcard-script`
    pub(super) fn run(&self, checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
        let repositories = &checkout.conventions.registries.qci;
        for line in file.lines() {
            self.line(repositories, file, line, drafts);
        }
    }

    /// `repositories` are those whose tags the script lists.
    fn line(&self, repositories: &[String], file: &MirroredFile, line: &Line, drafts: &mut Drafts) {
        let mut first: Option<&Mapping> = None;
        for mapping in &line.mappings {
            let source = &mapping.source;
            let repository = source.reference.reference.repository_text();
            if !source.expands() || !repositories.contains(&repository) {
                continue;
            }
            let first = *first.get_or_insert(mapping);
            let is_first = std::ptr::eq(first, mapping);
            let is_expanded = self.is_expanded(source);
            if is_expanded && !is_first {
                drafts.push(self.second(file, first, mapping));
            } else if !is_expanded && is_first {
                drafts.push(self.raw(file, mapping, &repository));
            }
        }
    }

    fn is_expanded(&self, source: &Source) -> bool {
        let prefix = source.tag_pattern();
        let prefix = prefix.and_then(|pattern| pattern.strip_suffix(&*self.ending));
        prefix.is_some_and(|prefix| !prefix.is_empty() && !prefix.contains('*'))
    }

    fn raw(&self, file: &MirroredFile, mapping: &Mapping, repository: &str) -> Draft {
        let source = &mapping.source;
        Draft::new(
            file.place(source.span),
            mapping.key(),
            format!("the mirror script does not expand `{source}`"),
        )
        .help(format!(
            "it goes to `oc image mirror` as it is, which pushes under the names \
             `namespace_name_tag`, if it can list the tags at all; write \
             `{repository}:namespace_name{}`",
            self.ending
        ))
    }

    fn second(&self, file: &MirroredFile, first: &Mapping, mapping: &Mapping) -> Draft {
        Draft::new(
            file.place(mapping.destination.span),
            mapping.key(),
            format!(
                "nothing is pushed to `{}`: of a wildcard only the first destination counts",
                mapping.destination.reference
            ),
        )
        .help("the mirror script expands the line for one destination; write a line for each")
        .related(file.place(first.destination.span), "the one that counts")
    }
}
