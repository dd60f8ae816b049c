//! The client: what it can do, and how to speak to it.

use std::sync::mpsc::Sender;

use gen_lsp_types::{
    ClientCapabilities, LogMessageNotification, LogMessageParams, MessageType,
    ShowMessageNotification, ShowMessageParams,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use serde_json::Value;

use super::position::Encoding;
use super::transport::Outgoing;

/// What the client can do, as far as it matters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abilities {
    /// The unit of columns.
    pub encoding: Encoding,
    /// Shows progress that the server starts.
    pub progress: bool,
    /// Watches files that the server asks for.
    pub watches_files: bool,
    /// Watches them relative to a folder.
    pub relative_patterns: bool,
    /// Asks for diagnostics.
    pub pulls: bool,
    /// Asks for them again when told to.
    pub refreshes: bool,
    /// Shows places in other files with a diagnostic.
    pub related_information: bool,
    /// Takes edits of versioned documents.
    pub document_changes: bool,
    /// Renames files as a part of an edit.
    pub renames: bool,
    /// Creates files as a part of an edit.
    pub creates: bool,
    /// Has a place of its own where it shows the page of a rule (`experimental.mirrorlint.rulePages`).
    pub rule_pages: bool,
    /// Asks whether a rename is possible before it asks for the new name.
    pub prepares_renames: bool,
    /// Knows the command [`SHOW_REFERENCES`].
    pub shows_references: bool,
}

/// The command of a client that shows a list of places: its arguments are a URI, a position in it, and the
/// locations. A client says that it has it in `experimental.mirrorlint.commands`.
pub const SHOW_REFERENCES: &str = "mirrorlint.showReferences";

impl Abilities {
    /// Reads them from what the client says of itself.
    #[must_use]
    pub fn of(capabilities: &ClientCapabilities) -> Self {
        use gen_lsp_types::ResourceOperationKind::{Create, Rename};
        let yes = |flag: Option<bool>| flag.unwrap_or_default();
        let general = capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        let workspace = capabilities.workspace.as_ref();
        let watching = workspace.and_then(|w| w.did_change_watched_files.as_ref());
        let edit = workspace.and_then(|w| w.workspace_edit.as_ref());
        let operations = edit.and_then(|edit| edit.resource_operations.as_deref());
        let operations = operations.unwrap_or_default();
        let document = capabilities.text_document.as_ref();
        let pull = document.and_then(|document| document.diagnostic.as_ref());
        let push = document.and_then(|document| document.publish_diagnostics.as_ref());
        let experimental = capabilities.experimental.as_ref();
        let own = |key: &str| experimental?.get("mirrorlint")?.get(key);
        Self {
            encoding: Encoding::negotiate(offered.unwrap_or_default()),
            progress: yes(capabilities
                .window
                .as_ref()
                .and_then(|w| w.work_done_progress)),
            watches_files: watching.is_some_and(|w| yes(w.dynamic_registration)),
            relative_patterns: watching.is_some_and(|w| yes(w.relative_pattern_support)),
            pulls: pull.is_some(),
            refreshes: workspace
                .and_then(|w| w.diagnostics.as_ref())
                .is_some_and(|d| yes(d.refresh_support)),
            related_information: push
                .is_some_and(|p| yes(p.diagnostics_capabilities.related_information))
                || pull.is_some_and(|p| yes(p.diagnostics_capabilities.related_information)),
            document_changes: edit.is_some_and(|edit| yes(edit.document_changes)),
            renames: operations.contains(&Rename),
            creates: operations.contains(&Create),
            rule_pages: own("rulePages").and_then(Value::as_bool) == Some(true),
            prepares_renames: document
                .and_then(|document| document.rename.as_ref())
                .is_some_and(|rename| yes(rename.prepare_support)),
            shows_references: own("commands")
                .and_then(Value::as_array)
                .is_some_and(|commands| commands.iter().any(|name| name == SHOW_REFERENCES)),
        }
    }
}

/// Where messages to the client go, from any thread.
#[derive(Clone)]
pub struct Voice(Sender<Outgoing>);

impl Voice {
    pub(super) fn new(sender: Sender<Outgoing>) -> Self {
        Self(sender)
    }

    /// A client that is gone takes nothing; the loop ends when it reads its end of file.
    fn send(&self, message: impl Into<Message>) {
        let _ = self.0.send(Outgoing::Message(message.into()));
    }

    /// Answers a request.
    pub fn respond(&self, id: RequestId, answer: Result<Value, ResponseError>) {
        self.send(Response {
            id,
            response_result: answer,
        });
    }
}

/// The client, as the main loop speaks to it.
pub struct Client {
    /// What it can do.
    pub abilities: Abilities,
    voice: Voice,
    next_id: i32,
}

impl Client {
    pub(super) fn new(sender: Sender<Outgoing>) -> Self {
        Self {
            abilities: Abilities::default(),
            voice: Voice::new(sender),
            next_id: 0,
        }
    }

    /// The way to it, for other threads.
    #[must_use]
    pub fn voice(&self) -> Voice {
        self.voice.clone()
    }

    fn send(&self, message: impl Into<Message>) {
        self.voice.send(message);
    }

    /// Answers a request.
    pub fn respond(&self, id: RequestId, answer: Result<Value, ResponseError>) {
        self.voice.respond(id, answer);
    }

    /// Says that something that came in was no message.
    pub fn complain(&self, code: ErrorCode, message: String) {
        let _ = self.voice.0.send(Outgoing::Error(code, message));
    }

    /// Notifies the client.
    pub fn notify<N: gen_lsp_types::Notification>(&self, params: &N::Params) {
        self.send(Notification {
            method: N::METHOD.as_str().to_owned(),
            params: serde_json::to_value(params).unwrap_or_default(),
        });
    }

    /// Asks the client for something; whatever it answers is ignored.
    pub fn ask<R: gen_lsp_types::Request>(&mut self, params: &R::Params) {
        let id = RequestId::from(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        let params = serde_json::to_value(params).unwrap_or(Value::Null);
        self.send(Request {
            id,
            method: R::METHOD.as_str().to_owned(),
            params,
        });
    }

    /// Writes to the client's log.
    pub fn log(&self, kind: MessageType, message: impl Into<String>) {
        let message = message.into();
        self.notify::<LogMessageNotification>(&LogMessageParams { kind, message });
    }

    /// Tells the user.
    pub fn show(&self, kind: MessageType, message: impl Into<String>) {
        let message = message.into();
        self.notify::<ShowMessageNotification>(&ShowMessageParams { kind, message });
    }
}

/// An error as the answer to a request.
#[must_use]
pub fn error(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError {
        code: code as i32,
        message: message.into(),
        data: None,
    }
}
