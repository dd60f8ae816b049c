//! `textDocument/completion`.

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse,
    MarkupContent, MarkupKind, Range, TextEdit,
};

use super::{Answer, Seen};
use crate::lsp::config_file;
use crate::lsp::lookup::Spot;
use crate::lsp::lookup::completion::{OfferKind, Offers, complete};
use crate::lsp::session::Session;
use crate::policy::CONFIG_PATH;

/// What could stand at a position.
pub fn completion(
    session: &Session,
    params: CompletionParams,
) -> Answer<Option<CompletionResponse>> {
    let at = params.text_document_position_params;
    let Some(Seen {
        workspace,
        path,
        text,
        lines,
        offset,
    }) = Seen::of(session, &at)
    else {
        return Ok(None);
    };
    let catalogue = workspace.setup().catalogue();
    let in_comment = config_file::offers_in_comment(text, offset, catalogue);
    let offered = match in_comment {
        None if path.as_str() == CONFIG_PATH => Some(config_file::offers(text, offset, catalogue)),
        in_comment => in_comment,
    };
    let Some((word, offers)) = offered else {
        let spot = Spot {
            checkout: workspace.checkout(),
            path: &path,
            text,
            offset,
        };
        let offers = complete(&spot, workspace.setup().conventions());
        return Ok(offers.map(|offers| {
            let range = lines.range(text, offers.word, workspace.encoding());
            list(offers, range).into()
        }));
    };
    let range = lines.range(text, word, workspace.encoding());
    let items = offers.into_iter().map(|offer| CompletionItem {
        label: offer.text.trim_end_matches([' ', ':']).to_owned(),
        kind: Some(match offer.rule {
            Some(_) => CompletionItemKind::Constant,
            None => CompletionItemKind::Property,
        }),
        detail: (!offer.detail.is_empty()).then_some(offer.detail),
        documentation: offer.rule.map(|rule| {
            MarkupContent {
                kind: MarkupKind::Markdown,
                value: rule.page.explanation().to_owned(),
            }
            .into()
        }),
        text_edit: Some(
            TextEdit {
                range,
                new_text: offer.text,
            }
            .into(),
        ),
        ..CompletionItem::default()
    });
    Ok(Some(items.collect::<Vec<_>>().into()))
}

fn list(offers: Offers, range: Range) -> CompletionList {
    let items = offers.offers.into_iter().map(|offer| CompletionItem {
        label: offer.text.clone(),
        kind: Some(match offer.kind {
            OfferKind::Namespace => CompletionItemKind::Module,
            OfferKind::Stream => CompletionItemKind::Class,
            OfferKind::Tag => CompletionItemKind::Value,
            OfferKind::Host => CompletionItemKind::Folder,
            OfferKind::Alias => CompletionItemKind::Reference,
            OfferKind::Secret => CompletionItemKind::Constant,
        }),
        detail: (!offer.detail.is_empty()).then_some(offer.detail),
        text_edit: Some(
            TextEdit {
                range,
                new_text: offer.text,
            }
            .into(),
        ),
        ..CompletionItem::default()
    });
    CompletionList {
        is_incomplete: offers.is_cut,
        items: items.collect(),
        ..CompletionList::default()
    }
}
