//! Answers to requests: one function each, from the session and the request's parameters.

mod actions;
mod completion;
mod definition;
mod edit;
mod folding;
mod highlight;
mod hover;
mod lenses;
mod links;
mod pull;
mod references;
mod rename;
mod rule_page;
mod symbols;

use std::fmt::Write as _;
use std::sync::Arc;

use gen_lsp_types::{
    CodeActionRequest, CodeLensRequest, CodeLensResolveRequest, CompletionRequest,
    DefinitionRequest, DocumentDiagnosticRequest, DocumentHighlightRequest, DocumentLinkRequest,
    DocumentSymbolRequest, FoldingRangeRequest, HoverRequest, LspRequestMethod,
    PrepareRenameRequest, Range, ReferencesRequest, RenameRequest, Request,
    TextDocumentPositionParams, WillRenameFilesRequest, WorkspaceDiagnosticRequest,
    WorkspaceSymbolRequest,
};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::Value;

pub use actions::FIX_ALL;

use rule_page::RulePageRequest;

use super::client::error;
use super::position::Lines;
use super::snapshot::{Snapshot, Snapshots};
use crate::finding::Place;
use crate::ide::FilePosition;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// An answer, or why there is none.
pub type Answer<T> = Result<T, ResponseError>;

/// Whether the request can be answered as well while other files are still to be read.
#[must_use]
pub fn needs_no_others(method: &LspRequestMethod<'_>) -> bool {
    use LspRequestMethod as M;
    match method {
        M::TextDocumentHover | M::TextDocumentDocumentSymbol | M::TextDocumentFoldingRange => true,
        M::Custom(name) => *name == rule_page::METHOD,
        _ => false,
    }
}

/// Answers the request `method`.
///
/// # Errors
/// For an unknown method, and parameters of another shape.
pub fn answer(session: &Snapshots, method: &str, params: Value) -> Answer<Value> {
    use LspRequestMethod as M;
    match M::from(method) {
        M::TextDocumentDiagnostic => {
            call::<DocumentDiagnosticRequest>(session, params, pull::document)
        }
        M::WorkspaceDiagnostic => {
            call::<WorkspaceDiagnosticRequest>(session, params, pull::workspace)
        }
        M::TextDocumentCodeAction => call::<CodeActionRequest>(session, params, actions::actions),
        M::TextDocumentHover => call::<HoverRequest>(session, params, hover::hover),
        M::TextDocumentCompletion => {
            call::<CompletionRequest>(session, params, completion::completion)
        }
        M::TextDocumentDefinition => {
            call::<DefinitionRequest>(session, params, definition::definition)
        }
        M::TextDocumentReferences => {
            call::<ReferencesRequest>(session, params, references::references)
        }
        M::TextDocumentDocumentLink => call::<DocumentLinkRequest>(session, params, links::links),
        M::TextDocumentDocumentSymbol => {
            call::<DocumentSymbolRequest>(session, params, symbols::document)
        }
        M::TextDocumentCodeLens => call::<CodeLensRequest>(session, params, lenses::lenses),
        M::CodeLensResolve => call::<CodeLensResolveRequest>(session, params, lenses::resolve),
        M::TextDocumentPrepareRename => {
            call::<PrepareRenameRequest>(session, params, rename::prepare)
        }
        M::TextDocumentRename => call::<RenameRequest>(session, params, rename::rename),
        M::WorkspaceWillRenameFiles => {
            call::<WillRenameFilesRequest>(session, params, rename::files)
        }
        M::TextDocumentDocumentHighlight => {
            call::<DocumentHighlightRequest>(session, params, highlight::highlights)
        }
        M::TextDocumentFoldingRange => call::<FoldingRangeRequest>(session, params, folding::folds),
        M::Custom(name) if name == rule_page::METHOD => {
            call::<RulePageRequest>(session, params, rule_page::page)
        }
        M::WorkspaceSymbol => call::<WorkspaceSymbolRequest>(session, params, symbols::workspace),
        _ => Err(error(
            ErrorCode::MethodNotFound,
            format!("`{method}` is not served"),
        )),
    }
}

fn call<R: Request>(
    session: &Snapshots,
    params: Value,
    feature: fn(&Snapshots, R::Params) -> Answer<R::Result>,
) -> Answer<Value> {
    let params = serde_json::from_value(params)
        .map_err(|fault| error(ErrorCode::InvalidParams, fault.to_string()))?;
    let result = feature(session, params)?;
    serde_json::to_value(result).map_err(|fault| error(ErrorCode::InternalError, fault.to_string()))
}

/// A position in a text as the user sees it, which may not parse.
struct TextPosition<'s> {
    workspace: &'s Snapshot,
    path: RepoPath,
    text: &'s str,
    lines: Arc<Lines>,
    offset: usize,
}

impl<'s> TextPosition<'s> {
    fn of(session: &'s Snapshots, at: &TextDocumentPositionParams) -> Option<Self> {
        let (workspace, path) = session.find(&at.text_document.uri)?;
        let text = workspace.text(&path)?;
        let lines = workspace.lines(&path);
        let offset = lines.offset(text, at.position, workspace.encoding());
        Some(Self {
            workspace,
            path,
            text,
            lines,
            offset,
        })
    }

    /// The user's range of a span of the text.
    fn range(&self, span: Span) -> Range {
        let encoding = self.workspace.encoding();
        self.lines.range(self.text, span, encoding)
    }
}

/// What a position means: a workspace, a file of it, and the offset in the checkout's text.
fn find<'s>(
    session: &'s Snapshots,
    at: &TextDocumentPositionParams,
) -> Option<(&'s Snapshot, RepoPath, usize)> {
    let (workspace, path) = session.find(&at.text_document.uri)?;
    let offset = workspace.offset(&path, at.position)?;
    Some((workspace, path, offset))
}

/// The cursor at `offset` of the checkout's text; the text that the user sees of files that the
/// checkout does not have.
fn cursor<'s>(
    workspace: &'s Snapshot,
    path: &'s RepoPath,
    offset: usize,
) -> Option<FilePosition<'s>> {
    let checkout = workspace.checkout();
    let text = checkout.text(path).or_else(|| workspace.text(path))?;
    Some(FilePosition {
        checkout,
        path,
        text,
        offset,
    })
}

/// The address of a place, with its line as editors read it; one that does not know the fragment opens the
/// file. Nothing in it is markup.
fn address(workspace: &Snapshot, place: &Place) -> String {
    let location = workspace.location(place);
    let mut address = String::new();
    for character in location.uri.as_ref().chars() {
        let is_of_uri =
            character.is_ascii_alphanumeric() || "-._~:/?#@!$&*+,;=%".contains(character);
        if is_of_uri {
            address.push(character);
        } else {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                // Writing to a String does not fail.
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    let _ = write!(address, "#L{}", location.range.start.line + 1);
    address
}
