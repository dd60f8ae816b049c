//! `textDocument/definition`.

use gen_lsp_types::{Definition, DefinitionParams, DefinitionResponse, Location};

use super::Answer;
use crate::ide;
use crate::lsp::snapshot::Snapshots;

/// Where the thing at a position is defined.
pub fn definition(
    session: &Snapshots,
    params: DefinitionParams,
) -> Answer<Option<DefinitionResponse>> {
    let at = params.text_document_position_params;
    let Some((workspace, path, offset)) = super::find(session, &at) else {
        return Ok(None);
    };
    let cursor = super::cursor(workspace, &path, offset);
    let found = cursor.and_then(|cursor| ide::definition::definition(&cursor));
    Ok(found.map(|(_, places)| {
        let places = places.iter().map(|place| workspace.location(place));
        Definition::LocationList(places.collect::<Vec<Location>>()).into()
    }))
}
