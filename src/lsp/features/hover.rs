//! `textDocument/hover`.

use gen_lsp_types::{Hover, HoverParams, MarkupContent, MarkupKind, Range};

use super::{Answer, TextPosition};
use crate::config::CONFIG_PATH;
use crate::finding::Place;
use crate::ide;
use crate::lsp::config_file;
use crate::lsp::snapshot::Snapshots;
use crate::syntax::span::Span;

/// What is said of anything while the checkout is read for the first time.
const NOT_LOADED: &str =
    "mirrorlint still reads the checkout; in a moment it can say who provides and who uses this";

/// What is to be said of the thing at a position.
pub fn hover(session: &Snapshots, params: HoverParams) -> Answer<Option<Hover>> {
    let at = params.text_document_position_params;
    let Some(seen) = TextPosition::of(session, &at) else {
        return Ok(None);
    };
    let (workspace, path) = (seen.workspace, &seen.path);
    let is_config = path.as_str() == CONFIG_PATH;
    let catalogue = workspace.setup().catalogue();
    if let Some((span, rule)) = config_file::rule_at(seen.text, seen.offset, is_config, catalogue) {
        return Ok(Some(said(config_file::page(rule), seen.range(span))));
    }
    let Some((_, _, offset)) = super::find(session, &at) else {
        return Ok(None);
    };
    if !workspace.is_loaded() {
        return Ok(Some(said(
            NOT_LOADED.to_owned(),
            seen.range(Span::new(seen.offset, seen.offset)),
        )));
    }
    let cursor = super::cursor(workspace, path, offset);
    let address = |place: &Place| super::address(workspace, place);
    let found = cursor.and_then(|cursor| ide::hover::hover(&cursor, &address));
    Ok(found.map(|(span, text)| said(text, workspace.range(&Place::new(path, span)))))
}

fn said(markdown: String, range: Range) -> Hover {
    Hover {
        contents: MarkupContent {
            kind: MarkupKind::Markdown,
            value: markdown,
        }
        .into(),
        range: Some(range),
    }
}
