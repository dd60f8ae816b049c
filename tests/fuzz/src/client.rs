//! A client of the language server, in this process: counts what it is owed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mirrorlint::finding::Severity;
use mirrorlint::lsp::{self, Options, uri};
use mirrorlint::rules;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::pipe::{PipeReader, PipeWriter, pipe};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a message obliges the server to.
enum Due {
    Nothing,
    /// An answer with this id, as JSON; `null` for what is no message.
    Answer(String),
    /// Nobody can tell.
    Unclear,
    /// The end.
    Exit,
}

/// The client, and the server that it started.
pub struct Client {
    folder: TempDir,
    root: String,
    to_server: Option<PipeWriter>,
    from_server: Receiver<Result<Value, String>>,
    server: JoinHandle<bool>,
    said: Vec<Value>,
    /// How often each id has to be answered.
    owed: BTreeMap<String, usize>,
    /// Whether more may be answered than that.
    is_unclear: bool,
    /// Whether the server knows where the next message starts.
    is_framed: bool,
    next_id: u32,
    waits: usize,
}

impl Client {
    /// Starts a server, for a client with the sound checkout of the rule pages.
    pub fn new() -> Self {
        let folder = TempDir::new().expect("there is a folder for temporary files");
        let page = rules::companion("_example.md").expect("the standing example is built in");
        for block in page.examples.iter().flat_map(|example| &example.blocks) {
            let path = folder.path().join(&block.path);
            let parent = path.parent().unwrap_or(folder.path());
            fs::create_dir_all(parent).expect("the folder is ours");
            fs::write(&path, block.marks().0).expect("the folder is ours");
        }
        let (input, to_server) = pipe();
        let (output, answers) = pipe();
        let options = Options {
            rules: Vec::new(),
            shown_from: Severity::Hint,
        };
        Self {
            root: uri::of_path(folder.path()).as_ref().to_owned(),
            folder,
            to_server: Some(to_server),
            from_server: messages(output),
            server: thread::spawn(move || lsp::serve(options, input, answers)),
            said: Vec::new(),
            owed: BTreeMap::new(),
            is_unclear: false,
            is_framed: true,
            next_id: 0,
            waits: 0,
        }
    }

    /// The URI of the checkout.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Where the checkout lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether nothing can be said any more.
    pub fn has_left(&self) -> bool {
        self.to_server.is_none()
    }

    /// Sends a request, with the next number as its id.
    pub fn ask(&mut self, method: &str, params: &Value) {
        let id = self.next_id;
        self.next_id += 1;
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.send(message.to_string().as_bytes());
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: &Value) {
        let message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        self.send(message.to_string().as_bytes());
    }

    /// Sends `body` as a message, whatever it is.
    pub fn send(&mut self, body: &[u8]) {
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        let is_taken = self.write(&[header.as_bytes(), body].concat());
        if !self.is_framed {
            return;
        }
        assert!(is_taken || self.has_left(), "the server left first");
        match due(body) {
            Due::Nothing => {}
            Due::Answer(id) => *self.owed.entry(id).or_default() += 1,
            Due::Unclear => self.is_unclear = true,
            Due::Exit => self.to_server = None,
        }
    }

    /// Sends bytes that are no message: nobody knows what the server makes of them and of what
    /// follows.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.is_framed = false;
        if !self.write(bytes) {
            self.to_server = None;
        }
    }

    /// Whether the server still listens.
    fn write(&mut self, bytes: &[u8]) -> bool {
        let stream = self.to_server.as_mut();
        stream.is_some_and(|stream| stream.write_all(bytes).is_ok())
    }

    /// Waits until everything that was sent is worked off.
    pub fn wait(&mut self) {
        if !self.is_framed || self.has_left() {
            return;
        }
        self.waits += 1;
        let id = json!(format!("wait {}", self.waits));
        let message = json!({"jsonrpc": "2.0", "id": id, "method": "fuzz/wait"});
        self.send(message.to_string().as_bytes());
        while self.said.last().is_none_or(|last| last["id"] != id) {
            let is_open = self.listen();
            assert!(is_open, "the server left first");
        }
    }

    /// Takes the server's next message in; `false` at the end.
    fn listen(&mut self) -> bool {
        match self.from_server.recv_timeout(PATIENCE) {
            Ok(Ok(message)) => {
                assert_eq!(message["jsonrpc"], "2.0", "{message}");
                let has = |key| usize::from(message.get(key).is_some());
                let kinds = has("method") + has("result") + has("error");
                assert_eq!(kinds, 1, "{message}");
                self.said.push(message);
                true
            }
            Ok(Err(broken)) => panic!("the server wrote {broken}"),
            Err(RecvTimeoutError::Timeout) => panic!("nothing came in {PATIENCE:?}"),
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Hangs up. Everything the server said, after it paid what it owed and ended.
    pub fn end(mut self) -> Vec<Value> {
        self.to_server = None;
        while self.listen() {}
        let start = Instant::now();
        while !self.server.is_finished() {
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            thread::sleep(Duration::from_micros(100));
        }
        assert!(self.server.join().is_ok(), "the server panicked");
        let mut paid: BTreeMap<String, usize> = BTreeMap::new();
        for answer in self.said.iter().filter(|said| said.get("method").is_none()) {
            *paid.entry(answer["id"].to_string()).or_default() += 1;
        }
        if self.is_framed && !self.is_unclear {
            assert_eq!(paid, self.owed);
        }
        for (id, owed) in &self.owed {
            let paid = paid.get(id).copied().unwrap_or_default();
            assert!(paid >= *owed, "{paid} of {owed} answers to {id}");
        }
        self.said
    }
}

fn due(body: &[u8]) -> Due {
    let to_nobody = || Due::Answer("null".to_owned());
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        return to_nobody();
    };
    let method = message.get("method").map(Value::as_str);
    match (method, message.get("id")) {
        _ if !message.is_object() => to_nobody(),
        (Some(Some("exit")), None) => Due::Exit,
        (Some(Some(_)), None) => Due::Nothing,
        (Some(Some(_)), Some(id)) => {
            let is_integer = id.as_i64().is_some_and(|id| i32::try_from(id).is_ok());
            if is_integer || id.is_string() {
                Due::Answer(id.to_string())
            } else {
                to_nobody()
            }
        }
        // It may be an answer.
        (None | Some(None), _) => Due::Unclear,
    }
}

/// The messages on `stream`, or why something on it is none.
fn messages(stream: PipeReader) -> Receiver<Result<Value, String>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        while let Some(message) = message(&mut stream) {
            if sender.send(message).is_err() {
                break;
            }
        }
    });
    receiver
}

fn message(stream: &mut impl BufRead) -> Option<Result<Value, String>> {
    let mut header = String::new();
    for _ in 0..2 {
        if stream.read_line(&mut header).ok()? == 0 {
            return (!header.is_empty()).then_some(Err(header));
        }
    }
    let length = header.strip_prefix("Content-Length: ");
    let length = length.and_then(|rest| rest.strip_suffix("\r\n\r\n")?.parse().ok());
    let Some(length) = length else {
        return Some(Err(header));
    };
    let mut body = vec![0; length];
    let read = stream
        .read_exact(&mut body)
        .map_err(|error| error.to_string());
    Some(read.and_then(|()| {
        serde_json::from_slice(&body).map_err(|_| String::from_utf8_lossy(&body).into_owned())
    }))
}
