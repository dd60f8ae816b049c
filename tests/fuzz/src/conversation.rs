//! The target `lsp`: a client without manners speaks to the language server.
//!
//! An input is a list of steps: a line `%% STEP WORD…`, and the text below it.
//!
//! | step | what the client does |
//! | --- | --- |
//! | `initialize N`, `initialized` | introduces itself; `N` is what it can do |
//! | `open FILE VERSION`, `save FILE`, `close FILE` | opens a document with the text, saves it, closes it |
//! | `edit FILE VERSION [LINE COLUMN LINE COLUMN]` | puts the text between two places, or in place of everything |
//! | `ask METHOD FILE LINE COLUMN` | a request, with whatever parameters any of them wants |
//! | `cancel N` | takes the request with the id `N` back |
//! | `tell METHOD` | a notification, with the text as parameters |
//! | `write FILE`, `remove FILE` | changes the disk, and tells of it |
//! | `wait` | sends nothing until everything is answered |
//! | `message`, `bytes` | the text as a message, and as it is |
//! | `shutdown`, `exit` | as the protocol has them |

use std::fs;

use serde_json::{Value, json};

use super::client::Client;

/// What a line with a step starts with.
const STEP_MARK: &[u8] = b"%% ";

/// What lies in the checkout; the last one does not at first.
const FILES: [&str; 11] = [
    "core-services/image-mirroring/acme/mapping_acme_latest",
    "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci",
    "ci-operator/config/acme/widget/acme-widget-main.yaml",
    "clusters/app.ci/registry-access/acme/admin_manifest.yaml",
    "ci-operator/jobs/infra-image-mirroring.yaml",
    "core-services/ci-secret-bootstrap/_config.yaml",
    "core-services/image-mirroring/acme/OWNERS",
    "OWNERS_ALIASES",
    ".mirrorlint.yaml",
    ".mirrorlint-baseline.json",
    "core-services/image-mirroring/acme/mapping_acme_new",
];

/// URIs of no file there; `ROOT` stands for the checkout's.
const ODD: [&str; 10] = [
    "ROOT",
    "ROOT/",
    "ROOT/../elsewhere",
    "ROOT/core-services",
    "ROOT/core-services/%2e%2e/OWNERS_ALIASES",
    "file:///nowhere/at/all",
    "file://elsewhere/OWNERS",
    "file:///%ff",
    "untitled:Untitled-1",
    "",
];

/// Holds the conversation that `bytes` stand for. Everything the server said, in order.
pub fn held(bytes: &[u8]) -> Vec<Value> {
    let mut client = Client::new();
    for (words, text) in steps(bytes) {
        if client.has_left() {
            break;
        }
        step(&mut client, &words, text);
    }
    client.end()
}

/// The language server: it answers every request once, however the client behaves, and ends with
/// it.
pub fn lsp(bytes: &[u8]) {
    held(bytes);
}

/// The steps in `bytes`: their words, and the text below.
fn steps(bytes: &[u8]) -> Vec<(Vec<String>, &[u8])> {
    let mut steps = Vec::new();
    let mut rest = bytes;
    while let Some(behind) = rest.strip_prefix(STEP_MARK) {
        let line = behind.split(|&byte| byte == b'\n').next();
        let line = line.unwrap_or_default();
        let text = behind.get(line.len() + 1..).unwrap_or_default();
        let starts = |at: &usize| text[*at..].starts_with(STEP_MARK);
        let mut lines = (0..text.len()).filter(|&at| at == 0 || text[at - 1] == b'\n');
        let end = lines.find(starts).unwrap_or(text.len());
        let words = String::from_utf8_lossy(line);
        let words = words.split_whitespace().map(str::to_owned).collect();
        steps.push((words, &text[..end]));
        rest = &text[end..];
    }
    steps
}

fn step(client: &mut Client, words: &[String], bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok());
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let file = number(1).unwrap_or_default() as usize;
    let uri = |file: usize| uri(client.root(), file);
    let version = number(2).unwrap_or_default();
    let document = json!({"uri": uri(file), "version": version, "languageId": "x", "text": text});
    let on_document = json!({"textDocument": document});
    let place = |at| Some(json!({"line": number(at)?, "character": number(at + 1)?}));
    match word(0) {
        "initialize" => {
            let folders = json!([{"uri": client.root(), "name": "checkout"}]);
            let able = capabilities(file);
            let params =
                json!({"processId": null, "capabilities": able, "workspaceFolders": folders});
            client.ask("initialize", &params);
        }
        "initialized" => client.tell("initialized", &json!({})),
        "open" => client.tell("textDocument/didOpen", &on_document),
        "save" => client.tell("textDocument/didSave", &on_document),
        "close" => client.tell("textDocument/didClose", &on_document),
        "edit" => {
            let range = place(3).and_then(|start| Some(json!({"start": start, "end": place(5)?})));
            let change = match range {
                Some(range) => json!({"range": range, "text": text}),
                None => json!({"text": text}),
            };
            let params = json!({"textDocument": document, "contentChanges": [change]});
            client.tell("textDocument/didChange", &params);
        }
        "ask" => {
            let uri = uri(version as usize);
            let place = place(3).unwrap_or_else(|| json!({"line": 0, "character": 0}));
            let context = json!({"diagnostics": [], "includeDeclaration": true, "triggerKind": 1});
            let params = json!({
                "textDocument": {"uri": uri},
                "position": place,
                "range": {"start": {"line": 0, "character": 0}, "end": place},
                "context": context,
                "query": text.trim_end(),
                "previousResultId": text.trim_end(),
                "previousResultIds": [{"uri": uri, "value": text.trim_end()}],
            });
            client.ask(word(1), &params);
        }
        "cancel" => client.tell("$/cancelRequest", &json!({"id": number(1)})),
        "tell" => {
            let text = text.replace("ROOT", client.root());
            let params = serde_json::from_str(&text).unwrap_or(Value::Null);
            client.tell(word(1), &params);
        }
        "write" | "remove" => on_disk(
            client,
            file % FILES.len(),
            (word(0) == "write").then_some(bytes),
        ),
        "wait" => client.wait(),
        "message" => client.send(text.replace("ROOT", client.root()).trim_end().as_bytes()),
        "bytes" => client.raw(bytes),
        "shutdown" => client.ask("shutdown", &Value::Null),
        "exit" => client.tell("exit", &Value::Null),
        _ => {}
    }
}

fn uri(root: &str, file: usize) -> String {
    match FILES.get(file) {
        Some(path) => format!("{root}/{path}"),
        None => ODD[(file - FILES.len()) % ODD.len()].replace("ROOT", root),
    }
}

/// Writes or removes a file, and tells of it. Nothing else is under way meanwhile, so that an
/// input always gives the same.
fn on_disk(client: &mut Client, file: usize, content: Option<&[u8]>) {
    client.wait();
    let path = client.folder().join(FILES[file]);
    let kind = match content {
        Some(content) => fs::write(path, content).map(|()| 2),
        None => fs::remove_file(path).map(|()| 3),
    };
    // What is gone already cannot be removed; it is told of all the same.
    let change = json!({"uri": uri(client.root(), file), "type": kind.unwrap_or(3)});
    client.tell(
        "workspace/didChangeWatchedFiles",
        &json!({"changes": [change]}),
    );
    client.wait();
}

/// Nothing, or everything with columns of bytes, or of UTF-16 units.
fn capabilities(kind: usize) -> Value {
    if kind == 0 {
        return json!({});
    }
    let encoding = if kind == 1 { "utf-8" } else { "utf-16" };
    let operations = ["create", "rename", "delete"];
    json!({
        "general": {"positionEncodings": [encoding]},
        "window": {"workDoneProgress": true},
        "workspace": {
            "didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": true},
            "workspaceEdit": {"documentChanges": true, "resourceOperations": operations},
            "diagnostics": {"refreshSupport": true},
        },
        "textDocument": {"publishDiagnostics": {"relatedInformation": true}, "diagnostic": {}},
    })
}
