//! Findings as diagnostics.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DiagnosticTag, Location, Message, Range, Uri,
};
use serde_json::json;

use super::position::Lines;
use super::uri;
use super::workspace::Workspace;
use crate::finding::{Finding, Place, Severity};
use crate::report::one_line;
use crate::rules::Rule;
use crate::tree::RepoPath;

/// Where the pages of the rules can be read.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/rules/");

/// As many related places are shown with one diagnostic.
const MAX_RELATED: usize = 50;

/// Rules whose findings are about text that could as well be absent.
const UNNECESSARY: [&str; 4] = [
    "mapping-duplicate-entry",
    "rbac-duplicate",
    "unused-suppression",
    "stale-baseline",
];

/// Rules whose findings are about something that was given up.
const DEPRECATED: [&str; 1] = ["decommissioned-registry"];

/// The diagnostics of the file at `path`.
#[must_use]
pub fn of(workspace: &Workspace, path: &RepoPath, with_related: bool) -> Vec<Diagnostic> {
    let mut places = Places::of(workspace);
    let findings = workspace.findings(path).iter();
    findings
        .map(|finding| diagnostic(finding, &mut places, with_related))
        .collect()
}

/// A name for these diagnostics: others have another one.
#[must_use]
pub fn result_id(diagnostics: &[Diagnostic]) -> String {
    let mut hasher = DefaultHasher::new();
    diagnostics.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Places of findings as ranges; the lines of each file are counted once.
struct Places<'w> {
    workspace: &'w Workspace,
    lines: BTreeMap<RepoPath, Lines>,
}

impl<'w> Places<'w> {
    fn of(workspace: &'w Workspace) -> Self {
        Self {
            workspace,
            lines: BTreeMap::new(),
        }
    }

    fn range(&mut self, place: &Place) -> Range {
        let text = self.workspace.text(&place.path).unwrap_or_default();
        let lines = self
            .lines
            .entry(place.path.clone())
            .or_insert_with(|| Lines::new(text));
        lines.range(text, place.span, self.workspace.encoding())
    }

    fn location(&mut self, place: &Place) -> Location {
        Location {
            uri: self.workspace.uri_of(&place.path),
            range: self.range(place),
        }
    }
}

fn diagnostic(finding: &Finding, places: &mut Places<'_>, with_related: bool) -> Diagnostic {
    let mut message = one_line(&finding.message).into_owned();
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(&one_line(help));
    }
    let rule = places.workspace.setup().catalogue().get(&finding.rule);
    let related = with_related && !finding.related.is_empty();
    let related = related.then(|| {
        let nearest = finding.related.iter().take(MAX_RELATED);
        nearest
            .map(|related| DiagnosticRelatedInformation {
                location: places.location(&related.place),
                message: one_line(&related.message).into_owned(),
            })
            .collect()
    });
    Diagnostic {
        range: places.range(&finding.place),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Hint => DiagnosticSeverity::Hint,
        }),
        code: Some(Code::String(finding.rule.clone())),
        code_description: rule.map(|rule| CodeDescription { href: page(rule) }),
        source: Some("mirrorlint".to_owned()),
        message: Message::String(message),
        tags: tag(&finding.rule).map(|tag| vec![tag]),
        related_information: related,
        data: Some(json!({ "fingerprint": finding.fingerprint() })),
    }
}

/// Where the page of `rule` can be read.
fn page(rule: &Rule) -> Uri {
    let own = || Path::new(&rule.origin).canonicalize().ok();
    match own().filter(|_| !rule.is_builtin()) {
        Some(path) => uri::of_path(&path),
        None => Uri(format!("{PAGES}{}.md", rule.id())),
    }
}

fn tag(rule: &str) -> Option<DiagnosticTag> {
    if UNNECESSARY.contains(&rule) {
        Some(DiagnosticTag::Unnecessary)
    } else if DEPRECATED.contains(&rule) {
        Some(DiagnosticTag::Deprecated)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Catalogue;

    #[test]
    fn only_rules_that_exist_have_tags() -> Result<(), crate::rules::RuleError> {
        let catalogue = Catalogue::builtin()?;
        for rule in UNNECESSARY.iter().chain(&DEPRECATED) {
            assert!(catalogue.get(rule).is_some(), "{rule}");
            assert!(tag(rule).is_some());
        }
        assert_eq!(tag("mapping-syntax"), None);
        Ok(())
    }

    #[test]
    fn other_diagnostics_have_another_result_id() {
        let found = Diagnostic::default();
        let none = result_id(&[]);
        assert_ne!(none, result_id(std::slice::from_ref(&found)));
        assert_eq!(none, result_id(&[]));
    }
}
