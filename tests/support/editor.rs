//! An editor, as far as the protocol goes: speaks to the real binary over its standard streams.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsStr;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use lsp_server::{Message, Notification, Request, RequestId, Response, ResponseError};
use mirrorlint::lsp::uri;
use serde_json::{Value, json};

/// The method that stands for an answer without an id.
pub const NOBODY: &str = "editor/answerToNobody";

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub struct Editor {
    server: Child,
    stdin: Option<ChildStdin>,
    incoming: Receiver<Message>,
    next_id: i32,
    /// Answers that nobody has waited for yet.
    early: Vec<Response>,
    /// What was published last, by URI.
    pub shown: BTreeMap<String, Value>,
    /// Every publication, in order.
    pub published: Vec<Value>,
    /// Everything else that was not asked for.
    pub said: Vec<Message>,
    /// What the server answered to `initialize`.
    pub initialized: Value,
}

impl Editor {
    /// Starts a server and says nothing to it.
    pub fn silent() -> Result<Self> {
        Self::started(&[])
    }

    fn started(arguments: &[&OsStr]) -> Result<Self> {
        let mut server = Command::new(assert_cmd::cargo::cargo_bin!("mirrorlint"))
            .arg("lsp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdin = server.stdin.take();
        let mut stdout = BufReader::new(server.stdout.take().ok_or("no stdout")?);
        let (sender, incoming) = mpsc::channel();
        thread::spawn(move || {
            loop {
                let message = match Message::read(&mut stdout) {
                    Ok(Some(message)) => message,
                    // An answer to nobody in particular, which this type of message cannot hold.
                    Err(error) if error.kind() == ErrorKind::InvalidData => {
                        Notification::new(NOBODY.to_owned(), error.to_string()).into()
                    }
                    _ => break,
                };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            server,
            stdin,
            incoming,
            next_id: 1,
            early: Vec::new(),
            shown: BTreeMap::new(),
            published: Vec::new(),
            said: Vec::new(),
            initialized: Value::Null,
        })
    }

    /// Opens folders in a client with these capabilities, and waits until they are read.
    pub fn open(folders: &[&Path], capabilities: &Value) -> Result<Self> {
        Self::open_with(&[], folders, capabilities)
    }

    /// The same with arguments for the server.
    pub fn open_with(
        arguments: &[&OsStr],
        folders: &[&Path],
        capabilities: &Value,
    ) -> Result<Self> {
        let mut editor = Self::started(arguments)?;
        let folders: Vec<Value> = folders
            .iter()
            .map(|folder| json!({"uri": uri::of_path(folder), "name": "folder"}))
            .collect();
        let answer = editor.request(
            "initialize",
            &json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders}),
        )?;
        editor.initialized = answer.map_err(|error| error.message)?;
        editor.notify("initialized", &json!({}))?;
        editor.settle()?;
        Ok(editor)
    }

    pub fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        let stdin = self.stdin.as_mut().ok_or("the stream is closed")?;
        stdin.write_all(bytes)?;
        Ok(stdin.flush()?)
    }

    /// The bytes of a message.
    pub fn framed(message: &Value) -> Vec<u8> {
        let text = message.to_string();
        format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
    }

    pub fn send(&mut self, message: impl Into<Message>) -> Result<()> {
        let mut bytes = Vec::new();
        message.into().write(&mut bytes)?;
        self.raw(&bytes)
    }

    pub fn notify(&mut self, method: &str, params: &Value) -> Result<()> {
        self.send(Notification::new(method.to_owned(), params))
    }

    /// Sends a request, and waits for its answer.
    pub fn request(
        &mut self,
        method: &str,
        params: &Value,
    ) -> Result<std::result::Result<Value, ResponseError>> {
        let id = RequestId::from(self.next_id);
        self.next_id += 1;
        self.send(Request::new(id.clone(), method.to_owned(), params))?;
        Ok(self.answer(&id)?.response_result)
    }

    /// The result of a request that has to succeed.
    pub fn result(&mut self, method: &str, params: &Value) -> Result<Value> {
        let answer = self.request(method, params)?;
        answer.map_err(|error| format!("{method}: {} {}", error.code, error.message).into())
    }

    /// Waits for the answer to the request `id`.
    pub fn answer(&mut self, id: &RequestId) -> Result<Response> {
        // Answers come in any order: a cancelled request is answered before those it overtook.
        if let Some(at) = self.early.iter().position(|response| response.id == *id) {
            return Ok(self.early.remove(at));
        }
        loop {
            match self.receive()? {
                Message::Response(response) if response.id == *id => return Ok(response),
                Message::Response(response) => self.early.push(response),
                _ => {}
            }
        }
    }

    fn receive(&mut self) -> Result<Message> {
        let message = self.incoming.recv_timeout(PATIENCE)?;
        match &message {
            Message::Notification(n) if n.method == "textDocument/publishDiagnostics" => {
                let uri = n.params["uri"].as_str().unwrap_or_default().to_owned();
                let list = n.params["diagnostics"].clone();
                self.shown.insert(uri, list);
                self.published.push(n.params.clone());
            }
            Message::Response(_) => {}
            _ => self.said.push(message.clone()),
        }
        Ok(message)
    }

    /// Waits until everything that was sent is worked off.
    pub fn settle(&mut self) -> Result<()> {
        let answer = self.request("mirrorlint/settle", &Value::Null)?;
        assert_eq!(answer.err().map(|error| error.code), Some(-32601));
        Ok(())
    }

    /// Changes the user's settings.
    pub fn set(&mut self, settings: &Value) -> Result<()> {
        let settings = json!({"settings": {"mirrorlint": settings}});
        self.notify("workspace/didChangeConfiguration", &settings)?;
        self.settle()
    }

    /// The rules of the diagnostics that are shown of a file, in order.
    pub fn rules(&self, path: &Path) -> Vec<String> {
        let shown = self.shown.get(uri::of_path(path).as_ref());
        let shown = shown.and_then(Value::as_array);
        shown
            .into_iter()
            .flatten()
            .map(|diagnostic| diagnostic["code"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// The diagnostic of a file that `rule` made.
    pub fn diagnostic(&self, path: &Path, rule: &str) -> Result<Value> {
        let shown = self.shown.get(uri::of_path(path).as_ref());
        let shown = shown.and_then(Value::as_array).into_iter().flatten();
        let mut of_rule = shown.filter(|diagnostic| diagnostic["code"] == rule);
        let found = of_rule.next().cloned();
        found.ok_or_else(|| format!("no {rule} among {:?}", self.rules(path)).into())
    }

    pub fn did_open(&mut self, path: &Path, text: &str) -> Result<()> {
        let document =
            json!({"uri": uri::of_path(path), "languageId": "text", "version": 1, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": document}))
    }

    /// Replaces the whole text.
    pub fn did_change(&mut self, path: &Path, version: i32, text: &str) -> Result<()> {
        self.did_edit(path, version, &json!([{"text": text}]))
    }

    pub fn did_edit(&mut self, path: &Path, version: i32, changes: &Value) -> Result<()> {
        let document = json!({"uri": uri::of_path(path), "version": version});
        self.notify(
            "textDocument/didChange",
            &json!({"textDocument": document, "contentChanges": changes}),
        )
    }

    pub fn did_close(&mut self, path: &Path) -> Result<()> {
        let document = json!({"uri": uri::of_path(path)});
        self.notify("textDocument/didClose", &json!({"textDocument": document}))
    }

    /// Tells of files that came (1), changed (2) or went (3).
    pub fn files_changed(&mut self, files: &[(&Path, u32)]) -> Result<()> {
        let changes: Vec<Value> = files
            .iter()
            .map(|(path, kind)| json!({"uri": uri::of_path(path), "type": kind}))
            .collect();
        self.notify(
            "workspace/didChangeWatchedFiles",
            &json!({"changes": changes}),
        )
    }

    /// Closes the stream.
    pub fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Closes the stream, waits for the end, and returns exit status and standard error.
    pub fn end(mut self) -> Result<(Option<i32>, String)> {
        self.hang_up();
        let start = Instant::now();
        let status = loop {
            match self.server.try_wait()? {
                Some(status) => break status,
                None if start.elapsed() > PATIENCE => return Err("the server does not end".into()),
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let mut said = String::new();
        if let Some(mut stderr) = self.server.stderr.take() {
            stderr.read_to_string(&mut said)?;
        }
        Ok((status.code(), said))
    }

    /// Says goodbye as the protocol wants it.
    pub fn goodbye(mut self) -> Result<()> {
        self.result("shutdown", &Value::Null)?;
        self.notify("exit", &Value::Null)?;
        assert_eq!(self.end()?, (Some(0), String::new()));
        Ok(())
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // A test that failed leaves no server behind; one that has ended cannot be killed.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
