//! `textDocument/completion`.

use gen_lsp_types::{CompletionParams, CompletionResponse};

use super::Answer;
use crate::lsp::session::Session;

/// What could stand at a position.
pub fn completion(
    session: &Session,
    params: CompletionParams,
) -> Answer<Option<CompletionResponse>> {
    let at = params.text_document_position_params;
    let Some((_workspace, _path)) = session.find(&at.text_document.uri) else {
        return Ok(None);
    };
    Ok(None)
}
