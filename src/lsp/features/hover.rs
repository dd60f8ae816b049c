//! `textDocument/hover`.

use gen_lsp_types::{Hover, HoverParams, MarkupContent, MarkupKind};

use super::Answer;
use crate::lsp::config_file;
use crate::lsp::position::Lines;
use crate::lsp::session::Session;
use crate::policy::CONFIG_PATH;

/// What is to be said of the thing at a position.
pub fn hover(session: &Session, params: HoverParams) -> Answer<Option<Hover>> {
    let at = params.text_document_position_params;
    let Some((workspace, path)) = session.find(&at.text_document.uri) else {
        return Ok(None);
    };
    let Some(text) = workspace.text(&path) else {
        return Ok(None);
    };
    let lines = Lines::new(text);
    let offset = lines.offset(text, at.position, workspace.encoding());
    let is_config = path.as_str() == CONFIG_PATH;
    let catalogue = workspace.setup().catalogue();
    let rule = config_file::rule_at(text, offset, is_config, catalogue);
    Ok(rule.map(|(span, rule)| Hover {
        contents: MarkupContent {
            kind: MarkupKind::Markdown,
            value: config_file::page(rule),
        }
        .into(),
        range: Some(lines.range(text, span, workspace.encoding())),
    }))
}
