//! The main loop: what came in, in order, less what is not wanted any more.

mod capabilities;
mod changes;

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender};

use gen_lsp_types::{
    CancelParams, DiagnosticServerCancellationData, Id, InitializeParams, InitializeResult,
    LspNotificationMethod, LspRequestMethod, MessageType, ServerInfo, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, ResponseError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Options;
use super::client::{Abilities, Client, error};
use super::features;
use super::progress::Progress;
use super::publish::Publisher;
use super::session::Session;
use super::transport::{Incoming, Outgoing};
use super::watch;
use capabilities::{capabilities, folders};

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing but `initialize` is answered.
    New,
    /// Everything is.
    Running,
    /// Nothing is.
    ShutDown,
}

/// The server.
pub(super) struct Server {
    options: Options,
    client: Client,
    session: Session,
    publisher: Publisher,
    phase: Phase,
    /// Whether the client is ready for more than answers.
    may_speak: bool,
    waiting: VecDeque<Message>,
}

/// What follows from a message.
enum Next {
    Continue,
    /// The end, and whether it was announced.
    Exit(bool),
}

impl Server {
    pub(super) fn new(options: Options, sender: Sender<Outgoing>) -> Self {
        Self {
            options,
            client: Client::new(sender),
            session: Session::default(),
            publisher: Publisher::default(),
            phase: Phase::New,
            may_speak: false,
            waiting: VecDeque::new(),
        }
    }

    /// Serves until `exit` or the end of the stream. Whether the client had asked for a shutdown.
    pub(super) fn run(mut self, receiver: &Receiver<Incoming>) -> bool {
        loop {
            if self.waiting.is_empty() {
                self.refresh();
                match receiver.recv() {
                    Ok(incoming) => self.accept(incoming),
                    Err(_) => return self.phase == Phase::ShutDown,
                }
            }
            while let Ok(incoming) = receiver.try_recv() {
                self.accept(incoming);
            }
            let next = match self.waiting.pop_front() {
                None => Next::Continue,
                Some(Message::Request(request)) => self.request(request),
                Some(Message::Notification(notification)) => self.notification(notification),
                // Nothing depends on what the client answers.
                Some(Message::Response(_)) => Next::Continue,
            };
            if let Next::Exit(announced) = next {
                return announced;
            }
        }
    }

    /// Takes a message in; a cancelled request is answered and forgotten at once.
    fn accept(&mut self, incoming: Incoming) {
        let message = match incoming {
            Incoming::Message(message) => message,
            Incoming::Malformed(code, reason) => return self.client.complain(code, reason),
        };
        let cancelled = match &message {
            Message::Notification(n)
                if n.method == LspNotificationMethod::CancelRequest.as_str() =>
            {
                serde_json::from_value::<CancelParams>(n.params.clone()).ok()
            }
            _ => None,
        };
        let Some(CancelParams { id }) = cancelled else {
            return self.waiting.push_back(message);
        };
        let id = match id {
            Id::Int(id) => RequestId::from(id),
            Id::String(id) => RequestId::from(id),
        };
        let is_it = |m: &Message| matches!(m, Message::Request(request) if request.id == id);
        if let Some(at) = self.waiting.iter().position(is_it) {
            self.waiting.remove(at);
            let fault = error(ErrorCode::RequestCanceled, "cancelled by the client");
            self.client.refuse(id, fault);
        }
    }

    fn request(&mut self, request: Request) -> Next {
        let Request { id, method, params } = request;
        let known = LspRequestMethod::from(method.as_str());
        let is_first = known == LspRequestMethod::Initialize;
        let answer = match (self.phase, is_first) {
            (Phase::New, true) => self.initialize(params),
            (Phase::New, false) => Err(error(
                ErrorCode::ServerNotInitialized,
                "the first request has to be `initialize`",
            )),
            (Phase::Running, true) => Err(error(
                ErrorCode::InvalidRequest,
                "the server is initialized already",
            )),
            (Phase::ShutDown, _) => {
                Err(error(ErrorCode::InvalidRequest, "the server is shut down"))
            }
            (Phase::Running, false) if known == LspRequestMethod::Shutdown => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (Phase::Running, false) => self.serve(&known, &method, params),
        };
        match answer {
            Ok(value) => self.client.answer(id, &value),
            Err(fault) => self.client.refuse(id, fault),
        }
        Next::Continue
    }

    /// Answers from what is true after every edit that came before.
    fn serve(
        &mut self,
        known: &LspRequestMethod<'_>,
        method: &str,
        params: Value,
    ) -> Result<Value, ResponseError> {
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
        let uri = uri.map(Uri::from);
        let pulls = matches!(
            known,
            LspRequestMethod::TextDocumentDiagnostic | LspRequestMethod::WorkspaceDiagnostic
        );
        if uri.as_ref().is_some_and(|uri| self.is_edited_later(uri)) {
            return Err(superseded(pulls));
        }
        self.refresh();
        let answer = features::answer(&self.session, method, params)?;
        match (pulls, uri) {
            (true, Some(uri)) => self.publisher.is_pulled(&self.client, &uri),
            (true, None) => self.publisher.all_is_pulled(&self.client),
            _ => {}
        }
        Ok(answer)
    }

    /// Whether an edit of the document waits: an answer would be about a text that is gone.
    fn is_edited_later(&self, uri: &Uri) -> bool {
        let edit = LspNotificationMethod::TextDocumentDidChange;
        self.waiting.iter().any(|message| match message {
            Message::Notification(n) if n.method == edit.as_str() => {
                let edited = n.params.pointer("/textDocument/uri");
                edited.and_then(Value::as_str) == Some(uri.as_ref())
            }
            _ => false,
        })
    }

    fn initialize(&mut self, params: Value) -> Result<Value, ResponseError> {
        let params: InitializeParams = read(params)?;
        let abilities = Abilities::of(&params.capabilities);
        self.client.abilities = abilities;
        self.session.abilities = abilities;
        self.phase = Phase::Running;
        for folder in folders(&params) {
            self.add_folder(&folder);
        }
        let result = InitializeResult {
            capabilities: capabilities(abilities),
            server_info: Some(ServerInfo {
                name: "mirrorlint".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        };
        serde_json::to_value(result)
            .map_err(|fault| error(ErrorCode::InternalError, fault.to_string()))
    }

    fn add_folder(&mut self, folder: &Uri) {
        if let Err(reason) = self.session.add_folder(folder, &self.options) {
            self.client.log(MessageType::Info, reason.to_string());
        }
    }

    fn notification(&mut self, notification: Notification) -> Next {
        use LspNotificationMethod as M;
        let Notification { method, params } = notification;
        let method = M::from(method.as_str());
        if method == M::Exit {
            return Next::Exit(self.phase == Phase::ShutDown);
        }
        if self.phase != Phase::Running {
            return Next::Continue;
        }
        let result = match &method {
            M::Initialized => {
                self.may_speak = true;
                watch::register(&mut self.client, &self.session, 0);
                Ok(())
            }
            M::TextDocumentDidOpen => read(params).map(|params| self.did_open(params)),
            M::TextDocumentDidChange => read(params).map(|params| self.did_change(params)),
            M::TextDocumentDidSave => read(params).map(|params| self.did_save(&params)),
            M::TextDocumentDidClose => read(params).map(|params| self.did_close(&params)),
            M::WorkspaceDidChangeWatchedFiles => {
                read(params).map(|params| self.did_change_files(&params))
            }
            M::WorkspaceDidChangeWorkspaceFolders => {
                read(params).map(|params| self.did_change_folders(&params))
            }
            // Whatever else a client tells: nothing follows from it.
            _ => Ok(()),
        };
        if let Err(fault) = result {
            let text = format!("`{}`: {}", method.as_str(), fault.message);
            self.client.log(MessageType::Warning, text);
        }
        Next::Continue
    }

    /// Takes up all changes, and tells the client what it does not know.
    fn refresh(&mut self) {
        if self.phase != Phase::Running || !self.may_speak {
            return;
        }
        let (client, publisher) = (&mut self.client, &mut self.publisher);
        for workspace in self.session.workspaces_mut() {
            if !workspace.is_stale() {
                continue;
            }
            let root = workspace.root().display().to_string();
            let loading = (!workspace.is_loaded())
                .then(|| Progress::begin(client, &root, "Reading the checkout"));
            let changed = workspace.refresh();
            publisher.publish(client, workspace, &changed);
            for notice in workspace.take_notices() {
                client.show(MessageType::Error, notice);
            }
            if let Some(loading) = loading {
                let files = workspace.checkout().files().len();
                loading.end(client, format!("{files} files"));
            }
        }
    }
}

fn read<P: DeserializeOwned>(params: Value) -> Result<P, ResponseError> {
    serde_json::from_value(params)
        .map_err(|fault| error(ErrorCode::InvalidParams, fault.to_string()))
}

/// That an answer is not worth having. Those who ask for diagnostics ask again when told so.
fn superseded(pulls: bool) -> ResponseError {
    let reason = "the document changed meanwhile";
    if !pulls {
        return error(ErrorCode::ContentModified, reason);
    }
    let data = DiagnosticServerCancellationData {
        retrigger_request: true,
    };
    ResponseError {
        data: serde_json::to_value(data).ok(),
        ..error(ErrorCode::ServerCancelled, reason)
    }
}
