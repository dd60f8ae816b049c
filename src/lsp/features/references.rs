//! `textDocument/references`.

use gen_lsp_types::{Location, ReferenceParams};

use super::Answer;
use crate::ide;
use crate::lsp::snapshot::Snapshots;

/// Who uses the thing at a position.
pub fn references(session: &Snapshots, params: ReferenceParams) -> Answer<Option<Vec<Location>>> {
    let at = params.text_document_position_params;
    let Some((workspace, path, offset)) = super::find(session, &at) else {
        return Ok(None);
    };
    let with_definitions = params.context.include_declaration;
    let cursor = super::cursor(workspace, &path, offset);
    Ok(cursor.map(|cursor| {
        let places = ide::references::references(&cursor, with_definitions);
        places
            .iter()
            .map(|place| workspace.location(place))
            .collect()
    }))
}
