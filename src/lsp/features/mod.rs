//! Answers to requests: one function each, from the session and the request's parameters.

mod actions;
mod completion;
mod hover;
mod pull;

use gen_lsp_types::{
    CodeActionRequest, CompletionRequest, DocumentDiagnosticRequest, HoverRequest,
    LspRequestMethod, Request, WorkspaceDiagnosticRequest,
};
use lsp_server::{ErrorCode, ResponseError};
use serde_json::Value;

pub use actions::FIX_ALL;

use super::client::error;
use super::session::Session;

/// An answer, or why there is none.
pub type Answer<T> = Result<T, ResponseError>;

/// Answers the request `method`.
///
/// # Errors
/// For an unknown method, and parameters of another shape.
pub fn answer(session: &Session, method: &str, params: Value) -> Answer<Value> {
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
        _ => Err(error(
            ErrorCode::MethodNotFound,
            format!("`{method}` is not served"),
        )),
    }
}

fn call<R: Request>(
    session: &Session,
    params: Value,
    feature: fn(&Session, R::Params) -> Answer<R::Result>,
) -> Answer<Value> {
    let params = serde_json::from_value(params)
        .map_err(|fault| error(ErrorCode::InvalidParams, fault.to_string()))?;
    let result = feature(session, params)?;
    serde_json::to_value(result).map_err(|fault| error(ErrorCode::InternalError, fault.to_string()))
}
