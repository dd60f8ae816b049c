//! The main loop: what came in, in order, less what is not wanted any more.

mod capabilities;
mod changes;
mod loading;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, SyncSender};

use gen_lsp_types::{
    CancelParams, DiagnosticServerCancellationData, Id, InitializeParams, InitializeResult,
    LspNotificationMethod, LspRequestMethod, MessageType, ServerInfo, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, ResponseError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Options;
use super::answering::{Answering, guarded};
use super::client::{Abilities, Client, error};
use super::features;
use super::progress::Progress;
use super::publish::Publisher;
use super::session::Session;
use super::settings::Settings;
use super::transport::{Event, Incoming, Outgoing};
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
    answering: Answering,
    phase: Phase,
    /// Whether the client is ready for more than answers.
    may_speak: bool,
    waiting: VecDeque<Message>,
    /// Requests about checkouts that are being read.
    deferred: Vec<Request>,
    /// For those who read a checkout.
    events: SyncSender<Event>,
    /// The checkouts that are being read.
    loading: BTreeMap<PathBuf, Progress>,
    has_ended: bool,
}

/// What follows from a message.
enum Next {
    Continue,
    /// The end, and whether it was announced.
    Exit(bool),
}

impl Server {
    pub(super) fn new(
        options: Options,
        sender: Sender<Outgoing>,
        events: SyncSender<Event>,
    ) -> Self {
        Self {
            client: Client::new(sender),
            session: Session::new(Settings::of(&options)),
            publisher: Publisher::default(),
            answering: Answering::new(),
            phase: Phase::New,
            may_speak: false,
            waiting: VecDeque::new(),
            deferred: Vec::new(),
            events,
            loading: BTreeMap::new(),
            has_ended: false,
            options,
        }
    }

    /// Serves until `exit` or the end of the stream. Whether the client had asked for a shutdown.
    pub(super) fn run(mut self, receiver: &Receiver<Event>) -> bool {
        loop {
            let is_idle = self.waiting.is_empty();
            if is_idle {
                self.refresh();
            }
            // What was asked for is answered, also to a client that hangs up at once.
            if is_idle && self.has_ended && self.deferred.is_empty() {
                return self.phase == Phase::ShutDown;
            }
            if is_idle || self.ends_too_early() {
                match receiver.recv() {
                    Ok(event) => self.take(event),
                    Err(_) => self.has_ended = true,
                }
            }
            while let Ok(event) = receiver.try_recv() {
                self.take(event);
            }
            if self.ends_too_early() {
                continue;
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

    fn take(&mut self, event: Event) {
        match event {
            Event::Came(incoming) => self.accept(incoming),
            Event::Ended => self.has_ended = true,
            Event::Loaded(loaded) => self.loaded(*loaded),
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
        let waits = self.waiting.iter().position(is_it);
        let is_deferred = |request: &Request| request.id == id;
        let was_deferred = self.deferred.iter().position(is_deferred);
        let is_found = if let Some(at) = waits {
            self.waiting.remove(at);
            true
        } else if let Some(at) = was_deferred {
            self.deferred.remove(at);
            true
        } else {
            self.answering.cancel(&id)
        };
        if is_found {
            let fault = error(ErrorCode::RequestCanceled, "cancelled by the client");
            self.client.respond(id, Err(fault));
        }
    }

    fn request(&mut self, request: Request) -> Next {
        let known = LspRequestMethod::from(request.method.as_str());
        let is_first = known == LspRequestMethod::Initialize;
        let answer = match (self.phase, is_first) {
            (Phase::New, true) => self.initialize(request.params),
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
            (Phase::Running, false) => {
                self.serve(request);
                return Next::Continue;
            }
        };
        self.client.respond(request.id, answer);
        Next::Continue
    }

    /// Answers from what is true after every edit that came before.
    fn serve(&mut self, request: Request) {
        let known = LspRequestMethod::from(request.method.as_str());
        let uri = request.params.pointer("/textDocument/uri");
        let uri = uri.and_then(Value::as_str).map(Uri::from);
        let pulls = matches!(
            known,
            LspRequestMethod::TextDocumentDiagnostic | LspRequestMethod::WorkspaceDiagnostic
        );
        if uri.as_ref().is_some_and(|uri| self.is_edited_later(uri)) {
            return self.client.respond(request.id, Err(superseded(pulls)));
        }
        if pulls {
            // Before anything is told that the client asks for.
            match &uri {
                Some(uri) => self.publisher.is_pulled(&self.client, uri),
                None => self.publisher.all_is_pulled(&self.client),
            }
        }
        self.refresh();
        if !features::needs_no_others(&known) && self.is_unread(uri.as_ref()) {
            return self.deferred.push(request);
        }
        let snapshot = self.session.snapshot();
        let Request { id, method, params } = request;
        let work = move || features::answer(&snapshot, &method, params);
        if pulls {
            // In step with what is pushed, and with being told to ask again.
            self.client.respond(id, guarded(work));
        } else {
            self.answering.start(self.client.voice(), id, work);
        }
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
        if let Some(settings) = &params.initialization_options {
            match Settings::sent(&self.options, settings) {
                Ok(settings) => self.session.set(settings),
                Err(reason) => {
                    let text = format!("`initializationOptions` are not used: {reason}");
                    self.client.log(MessageType::Warning, text);
                }
            }
        }
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
        let result = guarded(|| match &method {
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
            M::WorkspaceDidChangeConfiguration => {
                read(params).map(|params| self.did_change_settings(&params))
            }
            M::WorkspaceDidChangeWorkspaceFolders => {
                read(params).map(|params| self.did_change_folders(&params))
            }
            // Whatever else a client tells: nothing follows from it.
            _ => Ok(()),
        });
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
        let result = guarded(|| {
            self.begin_loading();
            let (client, publisher) = (&mut self.client, &mut self.publisher);
            for workspace in self.session.workspaces_mut() {
                if workspace.is_stale() {
                    let changed = workspace.refresh();
                    publisher.publish(client, &workspace.snapshot(), &changed);
                }
                for notice in workspace.take_notices() {
                    client.show(MessageType::Error, notice);
                }
            }
            Ok(())
        });
        if let Err(fault) = result {
            self.client.log(MessageType::Error, fault.message);
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
