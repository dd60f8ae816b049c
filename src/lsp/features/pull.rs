//! `textDocument/diagnostic` and `workspace/diagnostic`: what is found, for clients that ask.

use std::collections::{BTreeMap, HashSet};

use gen_lsp_types::{
    Diagnostic, DocumentDiagnosticParams, DocumentDiagnosticReport, FullDocumentDiagnosticReport,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport, Uri, WorkspaceDiagnosticParams, WorkspaceDiagnosticReport,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};

use super::Answer;
use crate::lsp::diagnostics;
use crate::lsp::snapshot::Snapshots;

/// The diagnostics of one document.
pub fn document(
    session: &Snapshots,
    params: DocumentDiagnosticParams,
) -> Answer<DocumentDiagnosticReport> {
    let items = items(session, &params.text_document.uri);
    Ok(
        match compared(items, params.previous_result_id.as_deref()) {
            Ok(full) => RelatedFullDocumentDiagnosticReport {
                related_documents: None,
                full_document_diagnostic_report: full,
            }
            .into(),
            Err(unchanged) => RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: unchanged,
            }
            .into(),
        },
    )
}

/// The diagnostics of every document that has some, or had some when the client last asked.
pub fn workspace(
    session: &Snapshots,
    params: WorkspaceDiagnosticParams,
) -> Answer<WorkspaceDiagnosticReport> {
    let previous: BTreeMap<&str, &str> = params
        .previous_result_ids
        .iter()
        .map(|previous| (previous.uri.as_ref(), previous.value.as_str()))
        .collect();
    let mut seen: HashSet<String> = HashSet::new();
    let mut reports = Vec::new();
    let mut report = |uri: Uri, version: Option<i32>, items: Vec<Diagnostic>| {
        let previous = previous.get(uri.as_ref()).copied();
        reports.push(match compared(items, previous) {
            Ok(full) => {
                WorkspaceDocumentDiagnosticReport::from(WorkspaceFullDocumentDiagnosticReport {
                    uri,
                    version,
                    full_document_diagnostic_report: full,
                })
            }
            Err(unchanged) => WorkspaceUnchangedDocumentDiagnosticReport {
                uri,
                version,
                unchanged_document_diagnostic_report: unchanged,
            }
            .into(),
        });
    };
    for workspace in &session.workspaces {
        for path in workspace.paths_with_findings() {
            let uri = workspace.uri_of(path);
            let items = diagnostics::of(workspace, path, session.abilities);
            seen.insert(uri.as_ref().to_owned());
            report(uri, workspace.buffer(path).map(|b| b.version), items);
        }
    }
    for previous in &params.previous_result_ids {
        if !seen.contains(previous.uri.as_ref()) {
            let place = session.find(&previous.uri);
            let buffer = place
                .as_ref()
                .and_then(|(workspace, path)| workspace.buffer(path));
            report(previous.uri.clone(), buffer.map(|b| b.version), Vec::new());
        }
    }
    Ok(WorkspaceDiagnosticReport { items: reports })
}

fn items(session: &Snapshots, uri: &Uri) -> Vec<Diagnostic> {
    session
        .find(uri)
        .map_or_else(Vec::new, |(workspace, path)| {
            diagnostics::of(workspace, &path, session.abilities)
        })
}

/// A report of `items`, or that they are what the client has from the `previous` time.
fn compared(
    items: Vec<Diagnostic>,
    previous: Option<&str>,
) -> Result<FullDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport> {
    let result_id = diagnostics::result_id(&items);
    if previous == Some(result_id.as_str()) {
        Err(UnchangedDocumentDiagnosticReport { result_id })
    } else {
        Ok(FullDocumentDiagnosticReport {
            result_id: Some(result_id),
            items,
        })
    }
}
