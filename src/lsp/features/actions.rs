//! `textDocument/codeAction`: fixes, and two ways to live with a finding.

use gen_lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, CreateFile, DocumentChange,
    Range, WorkspaceEdit,
};

use super::Answer;
use super::edit::workspace_edit;
use crate::finding::{Applicability, Edit, Finding, Fix, Place, Rename};
use crate::findings::{self, BASELINE_PATH};
use crate::fix::FixedFiles;
use crate::lsp::buffer::Shift;
use crate::lsp::client::Abilities;
use crate::lsp::diagnostics;
use crate::lsp::setup::CONFIG_FAULT;
use crate::lsp::snapshot::{Snapshot, Snapshots};
use crate::model::FileKind;
use crate::syntax::span::Span;
use crate::tree::{MemoryTree, Overlay, RepoPath};

/// All safe fixes of a document at once.
pub const FIX_ALL: &str = "source.fixAll.mirrorlint";

/// What can be done about the findings in a range of a document.
pub fn actions(
    session: &Snapshots,
    params: CodeActionParams,
) -> Answer<Option<Vec<CodeActionResponse>>> {
    let Some((workspace, path)) = session.find(&params.text_document.uri) else {
        return Ok(None);
    };
    let only = params.context.only.as_deref();
    let wants = |kind: &str| {
        only.is_none_or(|only| {
            only.iter().any(|wanted| {
                let wanted = String::from(wanted.clone());
                let is_within = kind.strip_prefix(&wanted);
                wanted.is_empty()
                    || is_within.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
    };
    let document = Document {
        workspace,
        path: &path,
        abilities: session.abilities,
    };
    let mut actions = Vec::new();
    if wants("quickfix") {
        actions.extend(document.quick_fixes(params.range));
    }
    if wants(FIX_ALL) {
        actions.extend(document.fix_all());
    }
    let actions = actions.into_iter().map(CodeActionResponse::from);
    Ok(Some(actions.collect()))
}

/// What is offered first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Safe,
    Fix,
    Ignore,
    Accept,
}

struct Document<'w> {
    workspace: &'w Snapshot,
    path: &'w RepoPath,
    abilities: Abilities,
}

impl Document<'_> {
    fn quick_fixes(&self, range: Range) -> Vec<CodeAction> {
        let Some(text) = self.workspace.text(self.path) else {
            return Vec::new();
        };
        let lines = self.workspace.lines(self.path);
        let asked = lines.span(text, range, self.workspace.encoding());
        let shown = diagnostics::of(self.workspace, self.path, self.abilities);
        let findings = self.workspace.findings(self.path);
        let mut actions = Vec::new();
        for (finding, diagnostic) in findings.iter().zip(shown) {
            let span = finding.place.span;
            if span.end < asked.start || asked.end < span.start {
                continue;
            }
            let fixes = finding.fix.iter().chain(&finding.alternatives);
            let fixes = fixes.filter_map(|fix| {
                let is_safe = fix.applicability == Applicability::Safe;
                let rank = if is_safe { Rank::Safe } else { Rank::Fix };
                Some((rank, self.fix(fix)?))
            });
            let ignoring = self.ignore(finding, text);
            let accepting = self.accept(finding);
            let others = [(Rank::Ignore, ignoring), (Rank::Accept, accepting)];
            let others = others.into_iter();
            let others = others.filter_map(|(rank, action)| Some((rank, action?)));
            actions.extend(fixes.chain(others).map(|(rank, action)| {
                let action = CodeAction {
                    kind: Some(CodeActionKind::QuickFix),
                    diagnostics: Some(vec![diagnostic.clone()]),
                    ..action
                };
                (rank, action)
            }));
        }
        actions.sort_by_key(|(rank, _)| *rank);
        actions.into_iter().map(|(_, action)| action).collect()
    }

    fn fix(&self, fix: &Fix) -> Option<CodeAction> {
        let is_safe = fix.applicability == Applicability::Safe;
        Some(CodeAction {
            title: capitalized(&fix.title),
            is_preferred: Some(is_safe),
            edit: Some(self.edit(&fix.edits, &fix.renames)?),
            ..CodeAction::default()
        })
    }

    /// Every safe fix of this document that touches no other.
    fn fix_all(&self) -> Option<CodeAction> {
        let is_own = |fix: &Fix| {
            fix.renames.is_empty() && fix.edits.iter().all(|e| e.place.path == *self.path)
        };
        let findings = self.workspace.findings(self.path).iter();
        let findings: Vec<Finding> = findings
            .filter(|finding| finding.fix.as_ref().is_some_and(is_own))
            .cloned()
            .collect();
        let nothing = MemoryTree::default();
        let mut files = FixedFiles::default();
        files.apply_round(
            self.workspace.checkout(),
            &findings,
            false,
            &mut Overlay::new(&nothing),
        );
        let file = files.files().next()?;
        let (old, new) = Shift::between(&file.old, &file.new).ends_of(&file.old, &file.new);
        let edit = Edit {
            place: Place::new(self.path, old),
            text: file.new.get(new)?.to_owned(),
        };
        Some(CodeAction {
            title: "Apply all safe fixes of mirrorlint".to_owned(),
            kind: Some(CodeActionKind::from(FIX_ALL.to_owned())),
            edit: Some(self.edit(&[edit], &[])?),
            ..CodeAction::default()
        })
    }

    /// A comment above the line that takes the finding back, once the user has written why.
    fn ignore(&self, finding: &Finding, text: &str) -> Option<CodeAction> {
        let kind = self
            .workspace
            .setup()
            .conventions()
            .kind(self.path.as_str())?;
        // Bots rewrite the configs without their comments, and JSON has none.
        let drops_comments = kind == FileKind::CiConfig || self.path.as_str().ends_with(".json");
        if drops_comments || !kind.is_read() || !self.is_rule(finding) {
            return None;
        }
        let is_of_file = finding.place.span == Span::whole_file();
        let word = if is_of_file { "ignore-file" } else { "ignore" };
        let start = match is_of_file {
            true => 0,
            false => text
                .get(..finding.place.span.start as usize)?
                .rfind(['\n', '\r'])
                .map_or(0, |at| at + 1),
        };
        let line = text.get(start..)?;
        let indent = match is_of_file {
            true => "",
            false => &line[..line.len() - line.trim_start_matches([' ', '\t']).len()],
        };
        let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let rule = &finding.rule;
        let comment = format!("{indent}# mirrorlint: {word}[{rule}] {line_break}");
        if !findings::is_comment_at(kind, text, start, &comment) {
            return None; // within a text of several lines
        }
        let edit = Edit {
            place: Place::new(self.path, Span::new(start, start)),
            text: comment,
        };
        let whole = if is_of_file { "in this file" } else { "here" };
        Some(CodeAction {
            title: format!("Ignore `{rule}` {whole}; write the reason behind it"),
            edit: Some(self.edit(&[edit], &[])?),
            ..CodeAction::default()
        })
    }

    /// The finding as one more entry of the baseline.
    fn accept(&self, finding: &Finding) -> Option<CodeAction> {
        let baseline_path = RepoPath::new(BASELINE_PATH);
        let faults = self.workspace.findings(&baseline_path).iter();
        let is_broken = faults.into_iter().any(|fault| fault.rule == CONFIG_FAULT);
        if is_broken || !self.is_rule(finding) || *self.path == baseline_path {
            return None;
        }
        let baseline = &self.workspace.setup().linter().policy.baseline;
        let old = baseline.text();
        let new = baseline.renewed([finding], |_, _| true).to_json();
        let (replaced, by) = Shift::between(old, &new).ends_of(old, &new);
        let edit = Edit {
            place: Place::new(&baseline_path, replaced),
            text: new.get(by)?.to_owned(),
        };
        let mut edit = self.edit(&[edit], &[])?;
        if old.is_empty() {
            if !(self.abilities.creates && self.abilities.document_changes) {
                return None;
            }
            let create = CreateFile {
                uri: self.workspace.uri_of(&baseline_path),
                options: None,
                annotation_id: None,
            };
            let changes = edit.document_changes.get_or_insert_default();
            changes.insert(0, DocumentChange::CreateFile(create));
        }
        Some(CodeAction {
            title: format!("Accept this finding of `{}` in the baseline", finding.rule),
            edit: Some(edit),
            ..CodeAction::default()
        })
    }

    fn is_rule(&self, finding: &Finding) -> bool {
        let catalogue = self.workspace.setup().catalogue();
        catalogue.get(&finding.rule).is_some()
    }

    fn edit(&self, edits: &[Edit], renames: &[Rename]) -> Option<WorkspaceEdit> {
        workspace_edit(self.workspace, self.abilities, edits, renames)
    }
}

/// A title of a fix starts in lower case in some rules; an action does not.
fn capitalized(title: &str) -> String {
    let mut letters = title.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
