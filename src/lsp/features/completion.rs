//! `textDocument/completion`.

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse,
    MarkupContent, MarkupKind, Range, TextEdit,
};

use super::{Answer, TextPosition};
use crate::config::CONFIG_PATH;
use crate::ide::FilePosition;
use crate::ide::completion::{Completion, CompletionKind, complete};
use crate::lsp::config_file;
use crate::lsp::snapshot::Snapshots;

/// What could stand at a position.
pub fn completion(
    session: &Snapshots,
    params: CompletionParams,
) -> Answer<Option<CompletionResponse>> {
    let at = params.text_document_position_params;
    let Some(seen) = TextPosition::of(session, &at) else {
        return Ok(None);
    };
    let (workspace, text, offset) = (seen.workspace, seen.text, seen.offset);
    let catalogue = workspace.setup().catalogue();
    let in_comment = config_file::offers_in_comment(text, offset, catalogue);
    let offered = match in_comment {
        None if seen.path.as_str() == CONFIG_PATH => {
            Some(config_file::offers(text, offset, catalogue))
        }
        in_comment => in_comment,
    };
    if let Some((word, completions)) = offered {
        let range = seen.range(word);
        let items = completions.into_iter().map(|offer| of_config(offer, range));
        return Ok(Some(items.collect::<Vec<_>>().into()));
    }
    let cursor = FilePosition {
        checkout: workspace.checkout(),
        path: &seen.path,
        text,
        offset,
    };
    let completions = complete(&cursor, workspace.setup().conventions());
    Ok(completions.map(|completions| {
        let range = seen.range(completions.word);
        let items = completions.items.into_iter();
        let list = CompletionList {
            is_incomplete: completions.is_cut,
            items: items
                .map(|completion| of_checkout(completion, range))
                .collect(),
            ..CompletionList::default()
        };
        list.into()
    }))
}

/// A key of the config, or the name of a rule.
fn of_config(offer: config_file::Offer<'_>, range: Range) -> CompletionItem {
    let kind = match offer.rule {
        Some(_) => CompletionItemKind::Constant,
        None => CompletionItemKind::Property,
    };
    let label = offer.text.trim_end_matches([' ', ':']).to_owned();
    let documentation = offer.rule.map(|rule| MarkupContent {
        kind: MarkupKind::Markdown,
        value: rule.page.explanation().to_owned(),
    });
    CompletionItem {
        label,
        documentation: documentation.map(Into::into),
        ..item(offer.text, kind, offer.detail, range)
    }
}

/// Something of the checkout.
fn of_checkout(completion: Completion, range: Range) -> CompletionItem {
    let kind = match completion.kind {
        CompletionKind::Namespace => CompletionItemKind::Module,
        CompletionKind::Stream => CompletionItemKind::Class,
        CompletionKind::Tag => CompletionItemKind::Value,
        CompletionKind::Host => CompletionItemKind::Folder,
        CompletionKind::Alias => CompletionItemKind::Reference,
        CompletionKind::Secret => CompletionItemKind::Constant,
    };
    item(completion.text, kind, completion.detail, range)
}

fn item(text: String, kind: CompletionItemKind, detail: String, range: Range) -> CompletionItem {
    CompletionItem {
        label: text.clone(),
        kind: Some(kind),
        detail: (!detail.is_empty()).then_some(detail),
        text_edit: Some(
            TextEdit {
                range,
                new_text: text,
            }
            .into(),
        ),
        ..CompletionItem::default()
    }
}
