//! `textDocument/documentHighlight`.

use gen_lsp_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams};

use super::Answer;
use crate::finding::Place;
use crate::ide::highlight;
use crate::lsp::snapshot::Snapshots;

/// Where the document has the thing at a position.
pub fn highlights(
    session: &Snapshots,
    params: DocumentHighlightParams,
) -> Answer<Option<Vec<DocumentHighlight>>> {
    let at = params.text_document_position_params;
    let Some((workspace, path, offset)) = super::find(session, &at) else {
        return Ok(None);
    };
    let Some(cursor) = super::cursor(workspace, &path, offset) else {
        return Ok(None);
    };
    let found = highlight::highlights(&cursor).into_iter();
    let found = found.map(|highlight| DocumentHighlight {
        range: workspace.range(&Place::new(&path, highlight.span)),
        kind: Some(match highlight.defines {
            true => DocumentHighlightKind::Write,
            false => DocumentHighlightKind::Read,
        }),
    });
    Ok(Some(found.collect()))
}
