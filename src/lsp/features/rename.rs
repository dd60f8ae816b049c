//! `textDocument/rename`, `textDocument/prepareRename` and `workspace/willRenameFiles`.

use gen_lsp_types::{
    PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult, RenameFilesParams,
    RenameParams, WorkspaceEdit,
};
use lsp_server::ErrorCode;

use super::Answer;
use super::edit::workspace_edit;
use crate::finding::{Edit, Place, Rename};
use crate::ide::rename;
use crate::lsp::client::error;
use crate::lsp::snapshot::{Snapshot, Snapshots};
use crate::tree::RepoPath;

/// The word that can be renamed at a position.
pub fn prepare(
    session: &Snapshots,
    params: PrepareRenameParams,
) -> Answer<Option<PrepareRenameResult>> {
    let at = params.text_document_position_params;
    let Some((workspace, path, offset)) = super::find(session, &at) else {
        return Ok(None);
    };
    let Some(cursor) = super::cursor(workspace, &path, offset) else {
        return Ok(None);
    };
    let span = rename::prepare(&cursor).map_err(refused)?;
    Ok(span.map(|span| {
        let word = cursor.text.get(span.range()).unwrap_or_default();
        let placeholder = PrepareRenamePlaceholder {
            range: workspace.range(&Place::new(&path, span)),
            placeholder: word.trim_matches(['"', '\'']).to_owned(),
        };
        placeholder.into()
    }))
}

/// The edits that rename the thing at a position.
pub fn rename(session: &Snapshots, params: RenameParams) -> Answer<Option<WorkspaceEdit>> {
    let at = params.text_document_position_params;
    let Some((workspace, path, offset)) = super::find(session, &at) else {
        return Ok(None);
    };
    let Some(cursor) = super::cursor(workspace, &path, offset) else {
        return Ok(None);
    };
    let edits = rename::rename(&cursor, params.new_name.trim()).map_err(refused)?;
    let Some(edits) = edits else {
        return Ok(None);
    };
    if let Some(path) = broken(workspace, &edits) {
        let reason = format!("{path} does not parse as it stands in the editor");
        return Err(error(ErrorCode::RequestFailed, reason));
    }
    Ok(workspace_edit(workspace, session.abilities, &edits, &[]))
}

/// What has to change in other files before some are renamed.
pub fn files(session: &Snapshots, params: RenameFilesParams) -> Answer<Option<WorkspaceEdit>> {
    for workspace in &session.workspaces {
        let renames = params.files.iter().filter_map(|file| {
            Some(Rename {
                from: workspace.path_of(&file.old_uri)?,
                to: workspace.path_of(&file.new_uri)?,
            })
        });
        let renames: Vec<Rename> = renames.collect();
        let edits = rename::moved(workspace.checkout(), &renames);
        // The rename itself goes on, so there is nobody to tell that a file does not parse.
        if !edits.is_empty() && broken(workspace, &edits).is_none() {
            return Ok(workspace_edit(workspace, session.abilities, &edits, &[]));
        }
    }
    Ok(None)
}

/// A document among those to be edited whose text is not that of the checkout.
fn broken<'e>(workspace: &Snapshot, edits: &'e [Edit]) -> Option<&'e RepoPath> {
    let mut paths = edits.iter().map(|edit| &edit.place.path);
    paths.find(|path| {
        let buffer = workspace.buffer(path);
        buffer.is_some_and(|buffer| buffer.broken.is_some())
    })
}

fn refused(reason: rename::RenameError) -> lsp_server::ResponseError {
    error(ErrorCode::RequestFailed, reason.to_string())
}
