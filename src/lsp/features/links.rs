//! `textDocument/documentLink`.

use gen_lsp_types::{DocumentLink, DocumentLinkParams, Uri};

use super::Answer;
use crate::finding::Place;
use crate::ide;
use crate::lsp::snapshot::Snapshots;

/// The words of a document that lead to another file.
pub fn links(session: &Snapshots, params: DocumentLinkParams) -> Answer<Option<Vec<DocumentLink>>> {
    let Some((workspace, path)) = session.find(&params.text_document.uri) else {
        return Ok(None);
    };
    let Some(cursor) = super::cursor(workspace, &path, 0) else {
        return Ok(None);
    };
    let links = ide::links::links(&cursor)
        .into_iter()
        .map(|link| DocumentLink {
            range: workspace.range(&Place::new(&path, link.span)),
            target: Some(Uri(super::address(workspace, &link.target))),
            tooltip: Some(link.tooltip),
            data: None,
        });
    Ok(Some(links.collect()))
}
