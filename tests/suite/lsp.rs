//! The language server, over its standard streams: what it shows, and that nothing breaks it.

mod changes;

use std::fs;
use std::path::{Path, PathBuf};

use lsp_server::{Message, RequestId};
use mirrorlint::lsp::uri;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::editor::{Editor, NOBODY, Result};
use crate::support::{Checkout, Outcome};

const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_latest";
const SUPPLEMENTAL: &str =
    "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci";
const CONFIG: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";
const MANIFEST: &str = "clusters/app.ci/registry-access/acme/admin_manifest.yaml";

/// A line that the real `oc` refuses.
const UNFINISHED: &str = "registry.ci.openshift.org/acme/gadget:latest\n";

fn none() -> Value {
    json!({})
}

/// What a client can do that can do everything but ask for diagnostics.
fn able(encoding: &str) -> Value {
    json!({
        "general": {"positionEncodings": [encoding, "utf-16"]},
        "window": {"workDoneProgress": true},
        "workspace": {
            "didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": true},
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
            },
            "diagnostics": {"refreshSupport": true},
        },
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true},
        },
    })
}

/// The same of one that asks for diagnostics.
fn asking() -> Value {
    let mut able = able("utf-8");
    able["textDocument"]["diagnostic"] = json!({});
    able
}

struct Opened<C = Checkout> {
    checkout: C,
    editor: Editor,
}

impl Opened {
    fn new(capabilities: &Value) -> Result<Self> {
        Self::with(Checkout::new()?, capabilities)
    }
}

impl<C: AsRef<Path>> Opened<C> {
    fn with(checkout: C, capabilities: &Value) -> Result<Self> {
        let editor = Editor::open(&[checkout.as_ref()], capabilities)?;
        Ok(Self { checkout, editor })
    }

    fn path(&self, path: &str) -> PathBuf {
        self.checkout.as_ref().join(path)
    }

    fn text(&self, path: &str) -> Result<String> {
        Ok(fs::read_to_string(self.path(path))?)
    }

    /// Opens a document with this text, whatever the disk has.
    fn show(&mut self, path: &str, text: &str) -> Result<()> {
        let path = self.path(path);
        self.editor.did_open(&path, text)?;
        self.editor.settle()
    }

    fn change(&mut self, path: &str, version: i32, text: &str) -> Result<()> {
        let path = self.path(path);
        self.editor.did_change(&path, version, text)?;
        self.editor.settle()
    }

    fn close(&mut self, path: &str) -> Result<()> {
        let path = self.path(path);
        self.editor.did_close(&path)?;
        self.editor.settle()
    }

    fn rules(&self, path: &str) -> Vec<String> {
        self.editor.rules(&self.path(path))
    }

    /// The titles and edits of the actions for the first character of a line.
    fn actions(&mut self, path: &str, line: u32) -> Result<Vec<Value>> {
        let position = json!({"line": line, "character": 60});
        let actions = self.editor.result(
            "textDocument/codeAction",
            &json!({
                "textDocument": {"uri": uri::of_path(&self.path(path))},
                "range": {"start": {"line": line, "character": 0}, "end": position},
                "context": {"diagnostics": []},
            }),
        )?;
        Ok(actions.as_array().cloned().unwrap_or_default())
    }
}

fn at(line: u32, character: u32) -> Value {
    json!({"line": line, "character": character})
}

#[test]
fn the_whole_checkout_is_shown_at_once() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(MAPPING, UNFINISHED)?;
    let mut opened = Opened::with(checkout, &able("utf-8"))?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    let diagnostic = opened
        .editor
        .diagnostic(&opened.path(MAPPING), "mapping-syntax")?;
    assert_eq!(diagnostic["severity"], 1);
    assert_eq!(diagnostic["source"], "mirrorlint");
    assert!(diagnostic["data"]["fingerprint"].is_string());
    let methods: Vec<&str> = opened
        .editor
        .said
        .iter()
        .map(|message| match message {
            Message::Request(request) => request.method.as_str(),
            Message::Notification(notification) => notification.method.as_str(),
            Message::Response(_) => "",
        })
        .collect();
    assert_eq!(
        methods,
        [
            "client/registerCapability",
            "window/workDoneProgress/create",
            "$/progress",
            "$/progress",
        ]
    );
    opened.editor.settle()?;
    opened.editor.goodbye()
}

#[test]
fn a_document_counts_until_it_is_closed() -> Outcome {
    let mut opened = Opened::new(&none())?;
    assert!(opened.editor.published.is_empty());
    let sound = opened.text(MAPPING)?;
    opened.show(MAPPING, &sound)?;
    opened.change(MAPPING, 2, &format!("{sound}{UNFINISHED}"))?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    assert_eq!(opened.editor.published[0]["version"], 2);
    opened.close(MAPPING)?;
    assert!(opened.rules(MAPPING).is_empty());
    assert_eq!(opened.editor.published.len(), 2);
    // What the disk has counts again, also when nobody told that it changed.
    opened.show(MAPPING, &sound)?;
    opened.checkout.write(MAPPING, UNFINISHED)?;
    opened.close(MAPPING)?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    opened.editor.goodbye()
}

#[test]
fn a_provider_that_goes_unsaved_shows_at_its_users() -> Outcome {
    let mut opened = Opened::new(&able("utf-8"))?;
    opened.editor.set(&json!({"severity": "hint"}))?;
    let sound = opened.text(SUPPLEMENTAL)?;
    opened.show(SUPPLEMENTAL, &sound)?;
    assert!(opened.rules(CONFIG).is_empty());
    opened.change(SUPPLEMENTAL, 2, "# nothing\n")?;
    assert_eq!(opened.rules(CONFIG), ["image-reference-unprovided"]);
    assert!(
        opened
            .rules(SUPPLEMENTAL)
            .contains(&"image-provider-removed".to_owned())
    );
    let removed = opened
        .editor
        .diagnostic(&opened.path(SUPPLEMENTAL), "image-provider-removed")?;
    let related = removed.pointer("/relatedInformation/0/location/uri");
    assert_eq!(related, Some(&json!(uri::of_path(&opened.path(CONFIG)))));
    // Another document that differs does not hide it; putting it back does.
    let manifest = opened.text(MANIFEST)?;
    opened.show(MANIFEST, &format!("{manifest}# a comment\n"))?;
    opened.close(MANIFEST)?;
    assert_eq!(opened.rules(CONFIG), ["image-reference-unprovided"]);
    opened.change(SUPPLEMENTAL, 3, &sound)?;
    assert!(opened.rules(CONFIG).is_empty() && opened.rules(SUPPLEMENTAL).is_empty());
    opened.change(SUPPLEMENTAL, 4, "")?;
    assert_eq!(opened.rules(CONFIG), ["image-reference-unprovided"]);
    opened.close(SUPPLEMENTAL)?;
    assert!(opened.rules(CONFIG).is_empty() && opened.rules(SUPPLEMENTAL).is_empty());
    opened.editor.goodbye()
}

#[test]
fn columns_are_counted_as_agreed() -> Outcome {
    for (encoding, start, end) in [("utf-16", 17, 20), ("utf-8", 20, 23)] {
        let mut opened = Opened::new(&able(encoding))?;
        let agreed = &opened.editor.initialized["capabilities"]["positionEncoding"];
        assert_eq!(agreed, encoding);
        opened.show(".mirrorlint.yaml", "exclude: [\"ä𝕏\", \"[\"]\n")?;
        let fault = opened
            .editor
            .diagnostic(&opened.path(".mirrorlint.yaml"), "config")?;
        assert_eq!(
            fault["range"],
            json!({"start": at(0, start), "end": at(0, end)})
        );
        // The same unit on the way in: `"["` becomes `"a"`.
        let range = json!({"start": at(0, start + 1), "end": at(0, start + 2)});
        let path = opened.path(".mirrorlint.yaml");
        opened
            .editor
            .did_edit(&path, 2, &json!([{"range": range, "text": "a"}]))?;
        opened.editor.settle()?;
        assert!(opened.rules(".mirrorlint.yaml").is_empty());
        opened.editor.goodbye()?;
    }
    Ok(())
}

#[test]
fn lines_may_end_as_on_windows() -> Outcome {
    let mut opened = Opened::new(&none())?;
    let sound = opened.text(MAPPING)?.replace('\n', "\r\n");
    opened.show(MAPPING, &sound)?;
    let path = opened.path(MAPPING);
    // Far behind the end of the line is its end, before the line break.
    let end = json!({"start": at(0, 999), "end": at(0, 999)});
    let text = "\r\nregistry.ci.openshift.org/acme/gadget:latest";
    opened
        .editor
        .did_edit(&path, 2, &json!([{"range": end, "text": text}]))?;
    opened.editor.settle()?;
    let diagnostic = opened.editor.diagnostic(&path, "mapping-syntax")?;
    assert_eq!(
        diagnostic["range"],
        json!({"start": at(1, 0), "end": at(1, 44)})
    );
    let actions = opened.actions(MAPPING, 1)?;
    let comment = actions.iter().find_map(|action| {
        let edits = action["edit"]["changes"].as_object()?.values().next()?;
        let text = edits[0]["newText"].as_str()?;
        text.contains("ignore[").then(|| text.to_owned())
    });
    assert_eq!(
        comment.as_deref(),
        Some("# mirrorlint: ignore[mapping-syntax] \r\n")
    );
    opened.editor.goodbye()
}

#[test]
fn positions_outside_the_text_are_the_nearest_inside() -> Outcome {
    let mut opened = Opened::new(&none())?;
    let path = opened.path(MAPPING);
    opened.show(MAPPING, "")?;
    let wild = json!({"start": at(4_000_000_000, 7), "end": at(0, 0)});
    opened
        .editor
        .did_edit(&path, 2, &json!([{"range": wild, "text": UNFINISHED}]))?;
    opened.editor.settle()?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    let document = json!({"uri": uri::of_path(&path)});
    for position in [at(9, 9), at(u32::MAX, u32::MAX), at(0, u32::MAX)] {
        for method in ["textDocument/hover", "textDocument/completion"] {
            let params = json!({"textDocument": document, "position": position});
            assert!(opened.editor.request(method, &params)?.is_ok(), "{method}");
        }
        let range = json!({"start": position, "end": at(0, 0)});
        let params =
            json!({"textDocument": document, "range": range, "context": {"diagnostics": []}});
        assert!(
            opened
                .editor
                .request("textDocument/codeAction", &params)?
                .is_ok()
        );
    }
    let negative = json!({"textDocument": document, "position": {"line": -1, "character": 0}});
    let refused = opened.editor.request("textDocument/hover", &negative)?;
    assert_eq!(refused.err().map(|error| error.code), Some(-32602));
    opened.editor.goodbye()
}

#[test]
fn files_come_and_go_on_disk() -> Outcome {
    let mut opened = Opened::new(&able("utf-8"))?;
    let path = opened.path(SUPPLEMENTAL);
    let sound = opened.text(SUPPLEMENTAL)?;
    fs::remove_file(&path)?;
    opened.editor.files_changed(&[(&path, 3)])?;
    opened.editor.settle()?;
    let gone = opened.editor.shown.len();
    fs::write(&path, format!("{sound}{UNFINISHED}"))?;
    opened.editor.files_changed(&[(&path, 1)])?;
    opened.editor.settle()?;
    assert_eq!(opened.rules(SUPPLEMENTAL), ["mapping-syntax"]);
    fs::write(&path, &sound)?;
    opened.editor.files_changed(&[(&path, 2), (&path, 2)])?;
    opened.editor.settle()?;
    assert!(
        opened
            .editor
            .shown
            .values()
            .all(|shown| *shown == json!([]))
    );
    assert!(gone > 0, "the job that reads the file has nothing to read");
    // A folder that goes with all that is in it.
    let folder = opened.path("core-services/image-mirroring/acme");
    fs::remove_dir_all(&folder)?;
    opened.editor.files_changed(&[(&folder, 3)])?;
    opened.editor.settle()?;
    assert!(
        opened
            .editor
            .shown
            .values()
            .any(|shown| *shown != json!([]))
    );
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("OWNERS"), "approvers:\n- acme-owner\n")?;
    let mapping = "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:latest\n";
    fs::write(opened.path(MAPPING), mapping)?;
    opened.editor.files_changed(&[(&folder, 1)])?;
    opened.editor.settle()?;
    assert!(
        opened
            .editor
            .shown
            .values()
            .all(|shown| *shown == json!([]))
    );
    opened.editor.goodbye()
}

/// An editor lists all other places in each hover: it gets the first, and how many more there are.
#[test]
fn other_places_are_counted_where_there_are_many() -> Outcome {
    let mut opened = Opened::new(&able("utf-8"))?;
    let tests = (0..15).map(|number| {
        format!(
            "- as: t{number}\n  steps:\n    test:\n    - as: step\n      commands: make\n      \
             from: nothing\n"
        )
    });
    let config = format!("tests:\n{}", tests.collect::<String>());
    opened.show(CONFIG, &config)?;
    let rule = "payload-image-unknown";
    let found = opened.editor.diagnostic(&opened.path(CONFIG), rule)?;
    let related = found["relatedInformation"].as_array().ok_or("no others")?;
    assert_eq!(related.len(), 10);
    let last = related[9]["message"].as_str().unwrap_or_default();
    assert!(last.ends_with(", and 4 more"), "{last}");
    opened.editor.goodbye()
}

/// A checkout of another branch, as it were: so much changed that everything is read again.
#[test]
fn hundreds_of_files_change_at_once() -> Outcome {
    let mut opened = Opened::new(&able("utf-8"))?;
    let folder = opened.path("core-services/image-mirroring/acme");
    let paths: Vec<PathBuf> = (0..600)
        .map(|number| folder.join(format!("mapping_acme_{number}")))
        .collect();
    for (number, path) in paths.iter().enumerate() {
        let sound = format!(
            "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget-{number}:latest\n"
        );
        fs::write(path, format!("{sound}{UNFINISHED}"))?;
    }
    let created: Vec<(&Path, u32)> = paths.iter().map(|path| (&**path, 1)).collect();
    opened.editor.files_changed(&created)?;
    opened.editor.settle()?;
    let broken = |opened: &Opened| {
        let rules = paths.iter().map(|path| opened.editor.rules(path));
        rules
            .filter(|rules| rules.contains(&"mapping-syntax".to_owned()))
            .count()
    };
    assert_eq!(broken(&opened), paths.len());
    for path in &paths {
        fs::remove_file(path)?;
    }
    let deleted: Vec<(&Path, u32)> = paths.iter().map(|path| (&**path, 3)).collect();
    opened.editor.files_changed(&deleted)?;
    opened.editor.settle()?;
    assert_eq!(broken(&opened), 0);
    opened.editor.goodbye()
}

#[test]
fn a_rule_of_ones_own_takes_effect_when_it_is_saved() -> Outcome {
    const PAGE: &str = "---\nid: own-words\ncheck: placeholder\nseverity: warning\nparams:\n  \
                        pattern: WORD\n---\n\n# No such words\n\nThey mean nothing.\n";
    let checkout = Checkout::new()?;
    let rules = TempDir::new()?;
    let page = rules.path().join("own-words.md");
    fs::write(&page, PAGE.replace("WORD", "nothing-like-this"))?;
    let editor = Editor::open_with(
        &["--rules".as_ref(), rules.path().as_os_str()],
        &[checkout.root()],
        &able("utf-8"),
    )?;
    let mut opened = Opened { checkout, editor };
    assert_eq!(opened.rules(MAPPING), [""; 0]);
    fs::write(&page, PAGE.replace("WORD", "quay.io"))?;
    opened.editor.files_changed(&[(&page, 2)])?;
    opened.editor.settle()?;
    assert!(opened.rules(MAPPING).contains(&"own-words".to_owned()));
    // A page that is none leaves the rules as they were, and is told of.
    fs::write(&page, "no page at all\n")?;
    opened.editor.files_changed(&[(&page, 2)])?;
    opened.editor.settle()?;
    assert!(opened.rules(MAPPING).contains(&"own-words".to_owned()));
    let is_told = |message: &Message| match message {
        Message::Notification(told) => {
            told.method == "window/showMessage" && told.params.to_string().contains("own-words.md")
        }
        _ => false,
    };
    assert!(opened.editor.said.iter().any(is_told));
    fs::remove_file(&page)?;
    opened.editor.files_changed(&[(&page, 3)])?;
    opened.editor.settle()?;
    assert_eq!(opened.rules(MAPPING), [""; 0]);
    opened.editor.goodbye()
}

#[test]
fn two_folders_are_two_checkouts() -> Outcome {
    let (one, two) = (Checkout::new()?, Checkout::new()?);
    let (first, second) = (
        one.write(MAPPING, UNFINISHED)?,
        two.write(MAPPING, UNFINISHED)?,
    );
    let nowhere = tempfile::TempDir::new()?;
    let inside = two.root().join("core-services");
    let folders = [one.root(), nowhere.path(), &inside];
    let mut editor = Editor::open(&folders, &none())?;
    assert_eq!(editor.rules(&first), ["mapping-syntax"]);
    assert_eq!(editor.rules(&second), ["mapping-syntax"]);
    let is_log =
        |m: &Message| matches!(m, Message::Notification(n) if n.method == "window/logMessage");
    assert!(editor.said.iter().any(is_log));
    let folder = |path: &Path| json!({"uri": uri::of_path(path), "name": "x"});
    let event = json!({"removed": [folder(one.root())], "added": []});
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        &json!({"event": event}),
    )?;
    editor.settle()?;
    assert!(editor.rules(&first).is_empty());
    let event = json!({"removed": [folder(&inside)], "added": [folder(one.root())]});
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        &json!({"event": event}),
    )?;
    editor.settle()?;
    assert_eq!(editor.rules(&first), ["mapping-syntax"]);
    assert!(editor.rules(&second).is_empty());
    editor.goodbye()
}

#[test]
fn a_folder_that_is_no_checkout_is_served_in_silence() -> Outcome {
    let nowhere = tempfile::TempDir::new()?;
    let mut editor = Editor::open(&[nowhere.path()], &able("utf-16"))?;
    let path = nowhere.path().join("a.yaml");
    editor.did_open(&path, "a: [")?;
    editor.did_change(&path, 2, "a: ]")?;
    let params = json!({"textDocument": {"uri": uri::of_path(&path)}});
    let report = editor.result("textDocument/diagnostic", &params)?;
    assert_eq!(report["items"], json!([]));
    editor.did_close(&path)?;
    editor.settle()?;
    assert!(editor.published.is_empty());
    editor.goodbye()
}

#[test]
fn superseded_edits_cost_nothing() -> Outcome {
    let mut opened = Opened::new(&none())?;
    let path = opened.path(MAPPING);
    opened.show(MAPPING, "")?;
    let document = json!({"uri": uri::of_path(&path)});
    let mut burst = Vec::new();
    for version in 2..=300 {
        let text = UNFINISHED.repeat(version);
        burst.extend(Editor::framed(&json!({
            "jsonrpc": "2.0",
            "method": "textDocument/didChange",
            "params": {
                "textDocument": {"uri": uri::of_path(&path), "version": version},
                "contentChanges": [{"text": text}],
            },
        })));
    }
    opened.editor.raw(&burst)?;
    opened.editor.settle()?;
    let published = &opened.editor.published;
    assert_eq!(published.last().map(|p| &p["version"]), Some(&json!(300)));
    assert!(published.len() < 100, "{} publications", published.len());
    // A request that is cancelled is answered once, whichever way; one about a text that is gone
    // may be, too.
    let request = |id| {
        Editor::framed(
            &json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/hover",
            "params": {"textDocument": document, "position": at(0, 0)}}),
        )
    };
    let cancel = Editor::framed(
        &json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "b"}}),
    );
    let edit = &burst[..];
    opened
        .editor
        .raw(&[edit, &request("a"), edit, &request("b"), &cancel].concat())?;
    for (id, code) in [("a", -32801), ("b", -32800)] {
        let answer = opened.editor.answer(&RequestId::from(id.to_owned()))?;
        let refused = answer.response_result.err().map(|error| error.code);
        assert!(
            refused.is_none_or(|refused| refused == code),
            "{id}: {refused:?}"
        );
    }
    opened.editor.goodbye()
}

#[test]
fn the_protocol_is_kept_in_every_state() -> Outcome {
    let mut editor = Editor::silent()?;
    let code = |answer: std::result::Result<Value, lsp_server::ResponseError>| {
        answer.err().map(|error| error.code)
    };
    for method in ["textDocument/hover", "shutdown", "no/such"] {
        assert_eq!(
            code(editor.request(method, &Value::Null)?),
            Some(-32002),
            "{method}"
        );
    }
    editor.notify("textDocument/didOpen", &json!({}))?;
    assert_eq!(
        code(editor.request("initialize", &json!([1]))?),
        Some(-32602)
    );
    assert_eq!(
        code(editor.request("initialize", &json!({"capabilities": {}}))?),
        None
    );
    assert_eq!(
        code(editor.request("initialize", &json!({"capabilities": {}}))?),
        Some(-32600)
    );
    assert_eq!(code(editor.request("no/such", &Value::Null)?), Some(-32601));
    assert_eq!(
        code(editor.request("textDocument/hover", &json!({"a": 1}))?),
        Some(-32602)
    );
    editor.notify("textDocument/didOpen", &json!({"textDocument": 1}))?;
    editor.notify("no/such", &Value::Null)?;
    assert_eq!(code(editor.request("shutdown", &Value::Null)?), None);
    for method in ["textDocument/hover", "shutdown", "initialize"] {
        assert_eq!(
            code(editor.request(method, &Value::Null)?),
            Some(-32600),
            "{method}"
        );
    }
    editor.notify("textDocument/didOpen", &json!({}))?;
    editor.notify("exit", &Value::Null)?;
    assert_eq!(editor.end()?, (Some(0), String::new()));
    Ok(())
}

#[test]
fn the_server_ends_cleanly_however_the_session_ends() -> Outcome {
    for (bytes, status) in [
        (&b""[..], 1),
        (b"garbage\n\n", 1),
        (b"\xff\xfe\x00", 1),
        (b"Content-Length: 99999999999999\r\n\r\n{}", 1),
        (b"Content-Length: 5\r\n\r\n{}", 1),
        (b"Content-Length: 17\r\n\r\n{\"method\":\"exit\"}", 1),
    ] {
        let mut editor = Editor::silent()?;
        // The server may be gone before it has read everything.
        let _ = editor.raw(bytes);
        let shown = String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(editor.end()?, (Some(status), String::new()), "{shown}");
    }
    let opened = Opened::new(&none())?;
    assert_eq!(opened.editor.end()?, (Some(1), String::new()));
    let mut opened = Opened::new(&none())?;
    opened.editor.notify("exit", &Value::Null)?;
    assert_eq!(opened.editor.end()?, (Some(1), String::new()));
    let mut opened = Opened::new(&none())?;
    opened.editor.result("shutdown", &Value::Null)?;
    assert_eq!(opened.editor.end()?, (Some(0), String::new()));
    Ok(())
}

#[test]
fn what_is_no_message_is_answered_and_forgotten() -> Outcome {
    let mut opened = Opened::new(&none())?;
    let deep = "[".repeat(100_000);
    for text in ["{", "[]", "1", "{\"jsonrpc\": \"2.0\"}", "\"\u{0}\"", &deep] {
        let framed = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        opened.editor.raw(framed.as_bytes())?;
    }
    opened.editor.settle()?;
    let answers: Vec<&str> = opened
        .editor
        .said
        .iter()
        .filter_map(|message| match message {
            Message::Notification(n) if n.method == NOBODY => n.params.as_str(),
            _ => None,
        })
        .collect();
    assert_eq!(answers.len(), 6, "{answers:#?}");
    assert!(answers[0].contains("-32700") && answers[1].contains("-32600"));
    let path = opened.path(MAPPING);
    for params in [
        json!(null),
        json!({"textDocument": {"uri": uri::of_path(&path)}}),
        json!({"textDocument": {"uri": "file:///../..", "version": 1}, "contentChanges": []}),
        json!({"textDocument": {"uri": uri::of_path(&path), "version": 1e99}, "contentChanges": []}),
    ] {
        opened.editor.notify("textDocument/didChange", &params)?;
        opened.editor.notify("textDocument/didClose", &params)?;
        opened
            .editor
            .notify("workspace/didChangeWatchedFiles", &params)?;
        opened
            .editor
            .notify("workspace/didChangeWorkspaceFolders", &params)?;
        opened.editor.notify("$/cancelRequest", &params)?;
    }
    opened.editor.did_change(&path, 3, "never opened")?;
    opened.editor.settle()?;
    opened.editor.goodbye()
}

#[test]
fn a_huge_document_is_a_finding() -> Outcome {
    let mut opened = Opened::new(&none())?;
    let huge = UNFINISHED.repeat(20 * 1024 * 1024 / UNFINISHED.len());
    opened.show(MAPPING, &huge)?;
    assert_eq!(opened.rules(MAPPING), ["unreadable-file"]);
    let start = json!({"start": at(0, 0), "end": at(0, 1)});
    let path = opened.path(MAPPING);
    opened
        .editor
        .did_edit(&path, 2, &json!([{"range": start, "text": ""}]))?;
    opened.change(MAPPING, 3, UNFINISHED)?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    opened.editor.goodbye()
}

#[test]
fn a_text_that_does_not_parse_takes_nothing_from_others() -> Outcome {
    let mut opened = Opened::new(&able("utf-8"))?;
    let sound = opened.text(CONFIG)?;
    opened.show(CONFIG, &sound)?;
    opened.change(CONFIG, 2, &format!("\tx: [\n{sound}"))?;
    assert_eq!(opened.rules(CONFIG), ["invalid-yaml"]);
    let others = opened.editor.shown.values();
    assert_eq!(others.filter(|shown| **shown != json!([])).count(), 1);
    // What was found before stays, and moves with its text.
    let wrong = sound.replace("from: boskos", "from: bosko");
    opened.change(CONFIG, 3, &wrong)?;
    assert_eq!(opened.rules(CONFIG), ["image-reference-undeclared"]);
    let path = opened.path(CONFIG);
    let before = opened
        .editor
        .diagnostic(&path, "image-reference-undeclared")?;
    opened.change(CONFIG, 4, &format!("# one\n\tx: [\n{wrong}"))?;
    let after = opened
        .editor
        .diagnostic(&path, "image-reference-undeclared")?;
    let line = |diagnostic: &Value| diagnostic["range"]["start"]["line"].as_u64();
    assert_eq!(line(&after), line(&before).map(|line| line + 2));
    opened.close(CONFIG)?;
    assert!(opened.rules(CONFIG).is_empty());
    opened.editor.goodbye()
}

#[test]
fn the_config_takes_effect_unsaved() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(MAPPING, UNFINISHED)?;
    let mut opened = Opened::with(checkout, &none())?;
    opened.show(".mirrorlint.yaml", "rules:\n  mapping-syntax: off\n")?;
    assert!(opened.rules(MAPPING).is_empty());
    opened.change(".mirrorlint.yaml", 2, "rules:\n  mapping-syntaxx: off\n")?;
    let path = opened.path(".mirrorlint.yaml");
    let fault = opened.editor.diagnostic(&path, "config")?;
    assert_eq!(fault["range"], json!({"start": at(1, 2), "end": at(1, 17)}));
    let message = fault["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("did you mean `mapping-syntax`?"),
        "{message}"
    );
    assert!(
        opened.rules(MAPPING).is_empty(),
        "the last good config applies"
    );
    let document = json!({"uri": uri::of_path(&path)});
    opened.change(
        ".mirrorlint.yaml",
        3,
        "rules:\n  mapping-syntax: warning\n  own\n",
    )?;
    let params = json!({"textDocument": document, "position": at(2, 5)});
    let offered = opened.editor.result("textDocument/completion", &params)?;
    let labels: Vec<&str> = offered
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["label"].as_str())
        .collect();
    assert!(labels.contains(&"owners-content"), "{labels:?}");
    let params = json!({"textDocument": document, "position": at(1, 5)});
    let hover = opened.editor.result("textDocument/hover", &params)?;
    let page = hover["contents"]["value"].as_str().unwrap_or_default();
    assert!(page.contains("mapping-syntax"), "{page}");
    opened.close(".mirrorlint.yaml")?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    // On disk, by somebody else.
    fs::write(&path, "exclude: [core-services]\n")?;
    opened.editor.files_changed(&[(&path, 1)])?;
    opened.editor.settle()?;
    assert!(opened.rules(MAPPING).is_empty());
    opened.editor.goodbye()
}

#[test]
fn a_finding_is_fixed_ignored_or_accepted() -> Outcome {
    let gone = "registry.svc.ci.openshift.org/ci/boskos:latest quay.io/acme/boskos:latest\n";
    let mut opened = Opened::new(&able("utf-8"))?;
    opened.show(MAPPING, gone)?;
    assert_eq!(opened.rules(MAPPING), ["decommissioned-registry"]);
    let actions = opened.actions(MAPPING, 0)?;
    let texts: Vec<String> = actions
        .iter()
        .map(|action| {
            let changes = &action["edit"]["documentChanges"];
            let edit = changes.as_array().and_then(|changes| changes.last());
            let text = edit.map(|edit| edit["edits"][0]["newText"].clone());
            text.unwrap_or_default()
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert_eq!(actions.len(), 4, "{actions:#?}");
    assert_eq!(actions[0]["isPreferred"], true);
    assert_eq!(
        actions[0]["diagnostics"][0]["code"],
        "decommissioned-registry"
    );
    assert_eq!(texts[1], "# mirrorlint: ignore[decommissioned-registry] \n");
    assert_eq!(actions[3]["kind"], "source.fixAll.mirrorlint");
    // Applied as an editor would: the fix, ...
    let edit = &actions[0]["edit"]["documentChanges"][0];
    assert_eq!(edit["textDocument"]["version"], 1);
    let path = opened.path(MAPPING);
    let change = json!([{"range": edit["edits"][0]["range"], "text": texts[0]}]);
    opened.editor.did_edit(&path, 2, &change)?;
    opened.editor.settle()?;
    assert!(opened.rules(MAPPING).is_empty());
    // ... the comment, with a reason, ...
    opened.change(
        MAPPING,
        3,
        &format!("{}old\n{gone}", texts[1].trim_end_matches('\n')),
    )?;
    assert!(opened.rules(MAPPING).is_empty());
    // ... and the baseline.
    opened.change(MAPPING, 4, gone)?;
    assert_eq!(opened.rules(MAPPING), ["decommissioned-registry"]);
    let create = &actions[2]["edit"]["documentChanges"][0];
    assert_eq!(create["kind"], "create");
    let baseline = opened.path(".mirrorlint-baseline.json");
    assert_eq!(create["uri"], json!(uri::of_path(&baseline)));
    opened.show(".mirrorlint-baseline.json", &texts[2])?;
    assert!(opened.rules(MAPPING).is_empty());
    opened.editor.goodbye()
}

#[test]
fn a_client_that_pulls_diagnostics_is_not_sent_them_too() -> Outcome {
    let mut opened = Opened::new(&asking())?;
    opened.editor.set(&json!({"severity": "hint"}))?;
    let options = &opened.editor.initialized["capabilities"]["diagnosticProvider"];
    assert_eq!(options["interFileDependencies"], true);
    assert_eq!(options["workspaceDiagnostics"], true);
    let manifest =
        format!("{}# clusters: [\n", opened.text(MANIFEST)?).replace("kind: Group", "kind: [");
    let path = opened.checkout.write(MANIFEST, manifest)?;
    opened.editor.files_changed(&[(&path, 2)])?;
    opened.editor.settle()?;
    assert!(
        !opened.rules(MANIFEST).is_empty(),
        "what is not open is pushed"
    );
    opened.show(MAPPING, UNFINISHED)?;
    assert!(opened.rules(MAPPING).is_empty(), "it asks for what is open");
    let manifest = opened.text(MANIFEST)?;
    opened.show(MANIFEST, &manifest)?;
    assert!(
        opened.rules(MANIFEST).is_empty(),
        "what was pushed is taken back"
    );
    opened.close(MANIFEST)?;
    assert!(!opened.rules(MANIFEST).is_empty());
    let document = json!({"uri": uri::of_path(&opened.path(MAPPING))});
    let params = json!({"textDocument": document});
    let report = opened.editor.result("textDocument/diagnostic", &params)?;
    assert_eq!(report["kind"], "full");
    assert_eq!(report["items"][0]["code"], "mapping-syntax");
    let params = json!({"textDocument": document, "previousResultId": report["resultId"]});
    let again = opened.editor.result("textDocument/diagnostic", &params)?;
    assert_eq!(again["kind"], "unchanged");
    let all = json!({"previousResultIds": []});
    let report = opened.editor.result("workspace/diagnostic", &all)?;
    assert_eq!(report["items"].as_array().map(Vec::len), Some(2));
    assert!(
        opened.rules(MANIFEST).is_empty(),
        "now it asks for everything"
    );
    let known = report["items"].as_array().into_iter().flatten();
    let known = known.map(|item| json!({"uri": item["uri"], "value": item["resultId"]}));
    let all = json!({"previousResultIds": known.collect::<Vec<_>>()});
    let again = opened.editor.result("workspace/diagnostic", &all)?;
    assert_eq!(again["items"][0]["kind"], "unchanged");
    let published = opened.editor.published.len();
    opened.editor.said.clear();
    opened.show(SUPPLEMENTAL, "")?;
    assert_eq!(opened.editor.published.len(), published);
    let is_refresh = |m: &Message| matches!(m, Message::Request(r) if r.method == "workspace/diagnostic/refresh");
    assert!(
        opened.editor.said.iter().any(is_refresh),
        "the user of the image has a finding now"
    );
    opened.change(
        MAPPING,
        2,
        "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:latest\n",
    )?;
    let again = opened.editor.result("workspace/diagnostic", &all)?;
    let mapping = again["items"].as_array().into_iter().flatten();
    let mut mapping = mapping.filter(|item| item["uri"] == document["uri"]);
    assert_eq!(mapping.next().map(|item| &item["items"]), Some(&json!([])));
    opened.editor.goodbye()
}
