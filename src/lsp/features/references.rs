//! `textDocument/references`.

use gen_lsp_types::{Location, ReferenceParams};

use super::Answer;
use crate::lsp::lookup;
use crate::lsp::session::Session;

/// Who uses the thing at a position.
pub fn references(session: &Session, params: ReferenceParams) -> Answer<Option<Vec<Location>>> {
    let at = params.text_document_position_params;
    let Some((workspace, path, offset)) = super::find(session, &at) else {
        return Ok(None);
    };
    let with_definitions = params.context.include_declaration;
    let spot = super::spot(workspace, &path, offset);
    Ok(spot.map(|spot| {
        let places = lookup::references::references(&spot, with_definitions);
        places
            .iter()
            .map(|place| workspace.location(place))
            .collect()
    }))
}
