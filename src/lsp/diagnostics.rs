//! Findings as diagnostics.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DiagnosticTag, Location, Message, Uri,
};
use serde_json::json;

use super::client::Abilities;
use super::snapshot::Snapshot;
use super::uri;
use crate::finding::{Finding, Place, Severity};
use crate::report::one_line;
use crate::rules::Rule;
use crate::tree::RepoPath;

/// As many related places are shown with one diagnostic: editors list them all, in each hover too.
const MAX_RELATED: usize = 10;

/// Rules whose findings are about text that could as well be absent.
const UNNECESSARY: [&str; 4] = [
    "mapping-duplicate-entry",
    "rbac-duplicate",
    "unused-suppression",
    "stale-baseline",
];

/// Rules whose findings are about something that was given up.
const DEPRECATED: [&str; 1] = ["decommissioned-registry"];

/// The diagnostics of the file at `path`, for a client that can do what `abilities` say.
#[must_use]
pub fn of(workspace: &Snapshot, path: &RepoPath, abilities: Abilities) -> Vec<Diagnostic> {
    let findings = workspace.findings(path).iter();
    findings
        .map(|finding| diagnostic(finding, workspace, abilities))
        .collect()
}

/// A name for these diagnostics: others have another one.
#[must_use]
pub fn result_id(diagnostics: &[Diagnostic]) -> String {
    let mut hasher = DefaultHasher::new();
    diagnostics.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn diagnostic(finding: &Finding, workspace: &Snapshot, abilities: Abilities) -> Diagnostic {
    let mut message = one_line(&finding.message).into_owned();
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(&one_line(help));
    }
    let rule = workspace.setup().catalogue().get(&finding.rule);
    let page = rule.filter(|_| !abilities.rule_pages).and_then(page);
    let related = abilities.related_information && !finding.related.is_empty();
    let related = related.then(|| {
        let nearest = finding.related.iter().take(MAX_RELATED);
        let mut shown: Vec<_> = nearest
            .map(|related| DiagnosticRelatedInformation {
                location: location(workspace, &related.place),
                message: one_line(&related.message).into_owned(),
            })
            .collect();
        let beyond = finding.related_total.saturating_sub(shown.len());
        if let Some(last) = shown.last_mut().filter(|_| beyond > 0) {
            last.message.push_str(&format!(", and {beyond} more"));
        }
        shown
    });
    Diagnostic {
        range: workspace.range_in_text(&finding.place),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Hint => DiagnosticSeverity::Hint,
        }),
        code: Some(Code::String(finding.rule.clone())),
        code_description: page.map(|href| CodeDescription { href }),
        source: Some("mirrorlint".to_owned()),
        message: Message::String(message),
        tags: tag(&finding.rule).map(|tag| vec![tag]),
        related_information: related,
        data: Some(json!({ "fingerprint": finding.fingerprint() })),
    }
}

/// Where a place of a finding is: findings are moved with the text already.
fn location(workspace: &Snapshot, place: &Place) -> Location {
    Location {
        uri: workspace.uri_of(&place.path),
        range: workspace.range_in_text(place),
    }
}

/// Where the page of `rule` can be read, if there is an address.
fn page(rule: &Rule) -> Option<Uri> {
    let own = || Path::new(&rule.origin).canonicalize().ok();
    match own().filter(|_| !rule.is_builtin()) {
        Some(path) => Some(uri::of_path(&path)),
        None => rule.address().map(Uri),
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
