//! `textDocument/codeLens` and `codeLens/resolve`.
//!
//! A client that can show places gets a lens without them first: there may be thousands in a file, and
//! only those on the screen are resolved.

use gen_lsp_types::{CodeLens, CodeLensParams, Command, Uri};
use lsp_server::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Answer;
use crate::finding::Place;
use crate::ide::lenses;
use crate::lsp::client::{SHOW_REFERENCES, error};
use crate::lsp::snapshot::Snapshots;
use crate::syntax::reference::ImageStreamTag;

/// What a lens has to be resolved by.
#[derive(Deserialize, Serialize)]
struct Unresolved {
    uri: String,
    title: String,
    images: Vec<String>,
}

/// The lenses of a document.
pub fn lenses(session: &Snapshots, params: CodeLensParams) -> Answer<Option<Vec<CodeLens>>> {
    let Some((workspace, path)) = session.find(&params.text_document.uri) else {
        return Ok(None);
    };
    let Some(cursor) = super::cursor(workspace, &path, 0) else {
        return Ok(None);
    };
    let uri = params.text_document.uri.as_ref();
    let lenses = lenses::lenses(&cursor).into_iter().map(|lens| {
        let range = workspace.range(&Place::new(&path, lens.span));
        if !session.abilities.shows_references || lens.images.is_empty() {
            return CodeLens {
                range,
                command: Some(said(lens.title)),
                data: None,
            };
        }
        let images = lens.images.iter().map(ImageStreamTag::to_string);
        let unresolved = Unresolved {
            uri: uri.to_owned(),
            title: lens.title,
            images: images.collect(),
        };
        CodeLens {
            range,
            command: None,
            data: serde_json::to_value(unresolved).ok(),
        }
    });
    Ok(Some(lenses.collect()))
}

/// A lens with the command that shows its places.
pub fn resolve(session: &Snapshots, lens: CodeLens) -> Answer<CodeLens> {
    let data = lens.data.clone().unwrap_or_default();
    let Unresolved { uri, title, images } = serde_json::from_value(data)
        .map_err(|fault| error(ErrorCode::InvalidParams, fault.to_string()))?;
    let images: Vec<ImageStreamTag> = images
        .iter()
        .filter_map(|image| image.parse().ok())
        .collect();
    let found = session.find(&Uri::from(uri.as_str()));
    let places = found.map_or_else(Vec::new, |(workspace, _)| {
        let places = lenses::places(workspace.checkout(), &images);
        places
            .iter()
            .map(|place| workspace.location(place))
            .collect()
    });
    let command = match places.as_slice() {
        [] => said(title),
        places => Command {
            title,
            tooltip: None,
            command: SHOW_REFERENCES.to_owned(),
            arguments: Some(vec![json!(uri), json!(lens.range.start), json!(places)]),
        },
    };
    Ok(CodeLens {
        command: Some(command),
        data: None,
        ..lens
    })
}

/// A command that only says something.
fn said(title: String) -> Command {
    Command {
        title,
        ..Command::default()
    }
}
