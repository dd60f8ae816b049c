//! Edits of the checkout as the client takes them.

use std::collections::HashMap;

use gen_lsp_types::{
    DocumentChange, Edit as DocumentEdit, OptionalVersionedTextDocumentIdentifier, RenameFile,
    TextDocumentEdit, TextDocumentIdentifier, TextEdit, WorkspaceEdit,
};

use crate::finding::{Edit, Rename};
use crate::lsp::client::Abilities;
use crate::lsp::snapshot::Snapshot;
use crate::tree::RepoPath;

/// The edits of the texts that the user sees; `None` when a file is not there, or the client cannot rename
/// what is to be renamed.
pub(super) fn workspace_edit(
    workspace: &Snapshot,
    abilities: Abilities,
    edits: &[Edit],
    renames: &[Rename],
) -> Option<WorkspaceEdit> {
    let mut by_path: Vec<(&RepoPath, Vec<TextEdit>)> = Vec::new();
    let mut known: HashMap<&RepoPath, usize> = HashMap::new();
    for edit in edits {
        let path = &edit.place.path;
        workspace.text(path)?;
        let at = *known.entry(path).or_insert_with(|| {
            by_path.push((path, Vec::new()));
            by_path.len() - 1
        });
        by_path[at].1.push(TextEdit {
            range: workspace.range_in_text(&edit.place),
            new_text: edit.text.clone(),
        });
    }
    let can_rename = abilities.document_changes && abilities.renames;
    if !renames.is_empty() && !can_rename {
        return None;
    }
    if !abilities.document_changes {
        let named = |(path, edits)| (workspace.uri_of(path), edits);
        return Some(WorkspaceEdit {
            changes: Some(by_path.into_iter().map(named).collect()),
            ..WorkspaceEdit::default()
        });
    }
    let edited = by_path.into_iter().map(|(path, edits)| {
        let text_document = OptionalVersionedTextDocumentIdentifier {
            version: workspace.buffer(path).map(|buffer| buffer.version),
            text_document_identifier: TextDocumentIdentifier {
                uri: workspace.uri_of(path),
            },
        };
        DocumentChange::TextDocumentEdit(TextDocumentEdit {
            text_document,
            edits: edits.into_iter().map(DocumentEdit::TextEdit).collect(),
        })
    });
    let renamed = renames.iter().map(|rename| {
        DocumentChange::RenameFile(RenameFile {
            old_uri: workspace.uri_of(&rename.from),
            new_uri: workspace.uri_of(&rename.to),
            options: None,
            annotation_id: None,
        })
    });
    Some(WorkspaceEdit {
        document_changes: Some(edited.chain(renamed).collect()),
        ..WorkspaceEdit::default()
    })
}
