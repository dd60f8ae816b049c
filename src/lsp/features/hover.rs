//! `textDocument/hover`.

use gen_lsp_types::{Hover, HoverParams};

use super::Answer;
use crate::lsp::session::Session;

/// What is to be said of the thing at a position.
pub fn hover(session: &Session, params: HoverParams) -> Answer<Option<Hover>> {
    let at = params.text_document_position_params;
    let Some((_workspace, _path)) = session.find(&at.text_document.uri) else {
        return Ok(None);
    };
    Ok(None)
}
