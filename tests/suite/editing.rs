//! What an editor can do through the server beside showing findings: rename, follow, fold and fix, each
//! with a look at what is true once the edits are made.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use mirrorlint::lsp::uri;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::editor::{Editor, Result};
use crate::support::{Checkout, Outcome};

const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_latest";
const SUPPLEMENTAL: &str =
    "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci";
const CONFIG: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";
const GADGET: &str = "ci-operator/config/acme/gadget/acme-gadget-main.yaml";
const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";

/// A client that shows places, and has the edits of several files in one.
fn able() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8"]},
        "workspace": {
            "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create", "rename"]},
        },
        "textDocument": {"rename": {"prepareSupport": true}},
        "experimental": {"mirrorlint": {"commands": ["mirrorlint.showReferences"]}},
    })
}

struct Opened {
    checkout: Checkout,
    editor: Editor,
}

impl Opened {
    fn with(files: &[(&str, &str)], capabilities: &Value) -> Result<Self> {
        let checkout = Checkout::new()?;
        for (path, text) in files {
            checkout.write(path, text)?;
        }
        let editor = Editor::open(&[checkout.root()], capabilities)?;
        Ok(Self { checkout, editor })
    }

    fn path(&self, path: &str) -> PathBuf {
        self.checkout.root().join(path)
    }

    fn uri(&self, path: &str) -> Value {
        json!(uri::of_path(&self.path(path)))
    }

    /// The parameters that name a document, and the position behind the first `word` in it.
    fn behind(&self, path: &str, word: &str) -> Result<Value> {
        let text = fs::read_to_string(self.path(path))?;
        let at = text.find(word).ok_or("no such word")? + word.len();
        let line = text[..at].matches('\n').count();
        let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1);
        Ok(json!({
            "textDocument": {"uri": self.uri(path)},
            "position": {"line": line, "character": column},
        }))
    }

    fn ask(&mut self, method: &str, params: &Value) -> Result<Value> {
        self.editor.result(method, params)
    }

    /// Writes what the edit makes of the files, as an editor does that saves all of them.
    fn apply(&mut self, edit: &Value) -> Result<()> {
        let mut changed = Vec::new();
        for change in edit["documentChanges"].as_array().ok_or("no changes")? {
            let uri = change["textDocument"]["uri"].as_str().ok_or("no URI")?;
            let path = uri::to_path(&uri.into()).ok_or("no path")?;
            let mut text = fs::read_to_string(&path)?;
            let mut edits = change["edits"].as_array().cloned().unwrap_or_default();
            edits.sort_by_key(|edit| {
                let start = &edit["range"]["start"];
                (start["line"].as_u64(), start["character"].as_u64())
            });
            for edit in edits.iter().rev() {
                let (start, end) = (
                    offset(&text, &edit["range"]["start"])?,
                    offset(&text, &edit["range"]["end"])?,
                );
                text.replace_range(start..end, edit["newText"].as_str().ok_or("no text")?);
            }
            fs::write(&path, text)?;
            changed.push(path);
        }
        let events: Vec<_> = changed.iter().map(|path| (&**path, 2)).collect();
        self.editor.files_changed(&events)?;
        self.editor.settle()
    }

    /// What is shown in all files.
    fn rules(&self) -> Vec<String> {
        let shown = self.editor.shown.values();
        let all = shown.flat_map(|found| found.as_array().cloned().unwrap_or_default());
        all.map(|found| found["code"].to_string()).collect()
    }
}

/// The byte of a position; columns count bytes.
fn offset(text: &str, position: &Value) -> Result<usize> {
    let number = |key| position[key].as_u64().and_then(|n| usize::try_from(n).ok());
    let line = number("line").ok_or("no line")?;
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.clone().nth(line).ok_or("no such line")?;
    Ok(start + number("character").ok_or("no column")?)
}

fn with(params: &Value, key: &str, value: Value) -> Value {
    let mut params = params.clone();
    params[key] = value;
    params
}

#[test]
fn an_image_is_renamed_and_nothing_new_is_found() -> Outcome {
    let user = "base_images:\n  w:\n    name: widget\n    namespace: acme\n    tag: latest\n\
                build_root:\n  from_repository: true\nresources:\n  '*':\n    requests:\n      cpu: 100m\n\
                tests:\n- as: unit\n  commands: make\n  container:\n    from: w\n\
                zz_generated_metadata:\n  branch: main\n  org: acme\n  repo: gadget\n";
    let mut opened = Opened::with(&[(GADGET, user)], &able())?;
    let renames = &opened.editor.initialized["capabilities"]["renameProvider"];
    assert_eq!(renames["prepareProvider"], true);
    assert_eq!(opened.rules(), [""; 0]);
    // From wherever it is named; each time it has another name.
    let mut last = "widget".to_owned();
    for (number, (path, start)) in [
        (GADGET, "    name: "),
        (CONFIG, "to: "),
        (MAPPING, "ci:acme_"),
        (SUPPLEMENTAL, "registry.ci.openshift.org/ci/"),
    ]
    .into_iter()
    .enumerate()
    {
        let at = opened.behind(path, start)?;
        let word = opened.ask("textDocument/prepareRename", &at)?;
        let new = format!("gizmo-{number}");
        let is_widget = path != SUPPLEMENTAL;
        let old = if is_widget { last.as_str() } else { "boskos" };
        assert_eq!(word["placeholder"], old, "{path}");
        let edit = opened.ask("textDocument/rename", &with(&at, "newName", json!(new)))?;
        opened.apply(&edit)?;
        assert_eq!(opened.rules(), [""; 0], "{path}");
        for path in [GADGET, CONFIG] {
            let text = fs::read_to_string(opened.path(path))?;
            assert_eq!(
                text.contains(&new),
                is_widget || path == CONFIG,
                "{path}: {text}"
            );
        }
        let run = opened.checkout.check(&["--severity", "warning", "--all"])?;
        assert_eq!(run.status, Some(0), "{}", run.stdout);
        if is_widget {
            last = new;
        }
    }
    let mapping = fs::read_to_string(opened.path(MAPPING))?;
    assert_eq!(
        mapping,
        "quay.io/openshift/ci:acme_gizmo-2_latest quay.io/acme/widget:latest\n"
    );
    opened.editor.goodbye()
}

/// Whatever can be renamed in the sound checkout leaves it sound.
#[test]
fn every_name_that_can_be_renamed_leaves_the_checkout_sound() -> Outcome {
    let mut opened = Opened::with(&[], &able())?;
    let mut renamed = BTreeMap::new();
    for path in [CONFIG, MAPPING, SUPPLEMENTAL] {
        let text = fs::read_to_string(opened.path(path))?;
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            for column in 0..=line.len() {
                let at = json!({
                    "textDocument": {"uri": opened.uri(path)},
                    "position": {"line": number, "character": column},
                });
                let answer = opened.editor.request("textDocument/prepareRename", &at)?;
                let Some(word) = answer.ok().filter(|word| !word.is_null()) else {
                    continue;
                };
                let start = word["range"]["start"].to_string();
                if renamed
                    .insert((path, start), word["placeholder"].clone())
                    .is_some()
                {
                    continue;
                }
                let before: Vec<(PathBuf, String)> = [CONFIG, MAPPING, SUPPLEMENTAL]
                    .iter()
                    .map(|path| {
                        let path = opened.path(path);
                        let text = fs::read_to_string(&path)?;
                        Ok((path, text))
                    })
                    .collect::<Result<_>>()?;
                let edit =
                    opened.ask("textDocument/rename", &with(&at, "newName", json!("gizmo")))?;
                opened.apply(&edit)?;
                assert_eq!(opened.rules(), [""; 0], "{path}:{number}: {word}");
                for (path, text) in &before {
                    fs::write(path, text)?;
                }
                let events: Vec<_> = before.iter().map(|(path, _)| (&**path, 2)).collect();
                opened.editor.files_changed(&events)?;
                opened.editor.settle()?;
                assert_eq!(opened.rules(), [""; 0], "{path}:{number}: put back");
            }
        }
    }
    // The key, name and tag of the base image, its use, the built image; both ends of the mappings.
    assert_eq!(renamed.len(), 8, "{renamed:?}");
    opened.editor.goodbye()
}

#[test]
fn what_cannot_be_renamed_says_why() -> Outcome {
    let mut opened = Opened::with(&[], &able())?;
    for (path, word, new, reason) in [
        (CONFIG, "to: widg", "a/b", "holds a `/`"),
        (CONFIG, "to: widg", "", "is empty"),
        (CONFIG, "to: widg", "Widget", "lower case"),
        (CONFIG, "to: widg", "boskos", "something else"),
        (MAPPING, "acme_widget_lat", "v1", "calls all its images"),
    ] {
        let at = with(&opened.behind(path, word)?, "newName", json!(new));
        let refused = opened.editor.request("textDocument/rename", &at)?;
        let refused = refused.err().ok_or("renamed")?;
        assert_eq!(refused.code, -32803);
        assert!(refused.message.contains(reason), "{}", refused.message);
    }
    let at = opened.behind(MAPPING, "quay.io/ac")?;
    assert_eq!(opened.ask("textDocument/prepareRename", &at)?, Value::Null);
    // A text that does not parse is not edited by what was known of it before.
    let text = fs::read_to_string(opened.path(CONFIG))?;
    let path = opened.path(CONFIG);
    opened.editor.did_open(&path, &format!("\tx: [\n{text}"))?;
    let at = with(
        &opened.behind(MAPPING, "acme_wid")?,
        "newName",
        json!("gizmo"),
    );
    let refused = opened.editor.request("textDocument/rename", &at)?;
    let reason = refused.err().map(|error| error.message).unwrap_or_default();
    assert!(reason.contains("does not parse"), "{reason}");
    opened.editor.goodbye()
}

#[test]
fn a_mapping_file_takes_its_jobs_prefix_along() -> Outcome {
    let mut opened = Opened::with(&[], &able())?;
    let operations = "/capabilities/workspace/fileOperations/willRename/filters/0/pattern/glob";
    let filter = opened.editor.initialized.pointer(operations);
    assert_eq!(filter, Some(&json!("**/core-services/image-mirroring/**")));
    let new = "core-services/image-mirroring/acme/mapping_acme_all";
    let files = |opened: &Opened, to: &str| json!({"files": [{"oldUri": opened.uri(MAPPING), "newUri": opened.uri(to)}]});
    let asked = files(&opened, new);
    assert_eq!(
        opened.ask("workspace/willRenameFiles", &asked)?,
        Value::Null
    );
    let asked = files(
        &opened,
        "core-services/image-mirroring/acme/mapping_gizmo_latest",
    );
    let edit = opened.ask("workspace/willRenameFiles", &asked)?;
    opened.apply(&edit)?;
    let jobs = fs::read_to_string(opened.path(JOBS))?;
    assert!(jobs.contains("value: mapping_gizmo\n"), "{jobs}");
    opened.editor.goodbye()
}

#[test]
fn a_lens_leads_to_the_users_where_the_client_can_show_them() -> Outcome {
    let mut opened = Opened::with(&[], &able())?;
    let document = json!({"textDocument": {"uri": opened.uri(SUPPLEMENTAL)}});
    let lenses = opened.ask("textDocument/codeLens", &document)?;
    // The first is about the file as a whole.
    assert_eq!(lenses.as_array().map(Vec::len), Some(2));
    assert_eq!(lenses[1]["command"], Value::Null);
    let lens = opened.ask("codeLens/resolve", &lenses[1])?;
    let command = &lens["command"];
    assert_eq!(command["title"], "1 config uses this");
    assert_eq!(command["command"], "mirrorlint.showReferences");
    assert_eq!(command["arguments"][0], opened.uri(SUPPLEMENTAL));
    assert_eq!(command["arguments"][1], lens["range"]["start"]);
    assert_eq!(command["arguments"][2][0]["uri"], opened.uri(CONFIG));
    let refused = opened
        .editor
        .request("codeLens/resolve", &json!({"range": lens["range"]}))?;
    assert_eq!(refused.err().map(|error| error.code), Some(-32602));
    opened.editor.goodbye()?;
    // Others have the words alone, at once.
    let mut opened = Opened::with(&[], &json!({}))?;
    let options = &opened.editor.initialized["capabilities"]["codeLensProvider"];
    assert_eq!(options["resolveProvider"], false);
    let document = json!({"textDocument": {"uri": opened.uri(SUPPLEMENTAL)}});
    let lenses = opened.ask("textDocument/codeLens", &document)?;
    assert_eq!(
        lenses[1]["command"],
        json!({"title": "1 config uses this", "command": ""})
    );
    opened.editor.goodbye()
}

#[test]
fn whoever_hangs_up_is_answered_still() -> Outcome {
    let checkout = Checkout::new()?;
    let folder = json!({"uri": uri::of_path(checkout.root()), "name": "folder"});
    let document = json!({"uri": uri::of_path(&checkout.root().join(CONFIG))});
    let mut editor = Editor::silent()?;
    let mut said = Vec::new();
    for message in [
        json!({"jsonrpc": "2.0", "id": "i", "method": "initialize",
               "params": {"processId": null, "capabilities": {}, "workspaceFolders": [folder]}}),
        json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}),
        json!({"jsonrpc": "2.0", "id": "l", "method": "textDocument/codeLens",
               "params": {"textDocument": document}}),
    ] {
        said.extend(Editor::framed(&message));
    }
    editor.raw(&said)?;
    editor.hang_up();
    let answer = editor.answer(&"l".to_owned().into())?.response_result;
    assert!(answer.is_ok_and(|lenses| lenses.is_array()));
    assert_eq!(editor.end()?, (Some(1), String::new()));
    Ok(())
}

/// In a build without optimization it may take ten times as long as a user would wait.
#[test]
fn a_long_mapping_file_has_its_lenses_in_time() -> Outcome {
    let lines = |line: &dyn Fn(usize) -> String| (0..10_000).map(line).collect::<String>();
    let brought = lines(&|number| {
        format!("quay.io/acme/w{number}:latest quay.io/openshift/ci:acme_w{number}_latest\n")
    });
    let sent_on = lines(&|number| {
        format!("quay.io/openshift/ci:acme_w{number}_latest quay.io/acme/x{number}:latest\n")
    });
    let files = [
        (MAPPING, &*brought),
        (
            "core-services/image-mirroring/acme/mapping_acme_on",
            &sent_on,
        ),
    ];
    let mut opened = Opened::with(&files, &able())?;
    for method in ["textDocument/codeLens", "textDocument/foldingRange"] {
        let document = json!({"textDocument": {"uri": opened.uri(MAPPING)}});
        let start = Instant::now();
        let answer = opened.ask(method, &document)?;
        let took = start.elapsed();
        assert!(took < Duration::from_secs(2), "{method}: {took:?}");
        if method == "textDocument/codeLens" {
            // One for the file, and one for each line, whose image is mirrored on.
            assert_eq!(answer.as_array().map(Vec::len), Some(10_001));
        }
    }
    opened.editor.goodbye()
}

#[test]
fn every_near_miss_can_be_chosen() -> Outcome {
    let provided = "quay.io/a/b:1 registry.ci.openshift.org/ci/tool:4.14\n\
                    quay.io/a/c:1 registry.ci.openshift.org/ci/tool:4.16\n\
                    gcr.io/k8s-staging-boskos/boskos:latest registry.ci.openshift.org/ci/boskos:latest\n";
    let text = fs::read_to_string(Checkout::new()?.root().join(CONFIG))?;
    let text = text.replace("name: boskos", "name: tool");
    let text = text.replacen("tag: latest", "tag: \"4.15\"", 1);
    let mut opened = Opened::with(&[(SUPPLEMENTAL, provided)], &able())?;
    let path = opened.path(CONFIG);
    opened.editor.did_open(&path, &text)?;
    opened.editor.settle()?;
    let found = opened
        .editor
        .diagnostic(&path, "image-reference-unprovided")?;
    let asked = json!({
        "textDocument": {"uri": opened.uri(CONFIG)},
        "range": found["range"],
        "context": {"diagnostics": []},
    });
    let actions = opened.ask("textDocument/codeAction", &asked)?;
    let titles: Vec<&str> = actions
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|action| action["title"].as_str())
        .collect();
    assert_eq!(
        titles,
        [
            "Change to `4.14`",
            "Change to `4.16`",
            "Accept this finding of `image-reference-unprovided` in the baseline"
        ]
    );
    for action in actions.as_array().into_iter().flatten().take(2) {
        let edit = &action["edit"]["documentChanges"][0]["edits"][0];
        let change = json!([{"range": edit["range"], "text": edit["newText"]}]);
        opened.editor.did_edit(&path, 2, &change)?;
        opened.editor.settle()?;
        assert_eq!(opened.rules(), [""; 0], "{edit}");
        opened.editor.did_change(&path, 3, &text)?;
        opened.editor.settle()?;
    }
    opened.editor.goodbye()
}

#[test]
fn near_misses_of_each_kind_of_name_can_be_chosen() -> Outcome {
    const MANIFEST: &str = "clusters/app.ci/registry-access/acme/admin_manifest.yaml";
    let own = Checkout::new()?;
    let text = |path| fs::read_to_string(own.root().join(path));
    let config = text(CONFIG)?;
    let images = "base_images:\n  tool-a: {name: boskos, namespace: ci, tag: latest}\n  \
                  tool-b: {name: boskos, namespace: ci, tag: latest}\n";
    let twice = config
        .replacen("base_images:\n", images, 1)
        .replace("from: src", "from: tool-c");
    for (path, text, rule, titles) in [
        (
            CONFIG,
            twice,
            "image-reference-undeclared",
            &["Change to `tool-a`", "Change to `tool-b`"][..],
        ),
        (
            MAPPING,
            text(MAPPING)?.replace("acme_widget", "acme_widgit"),
            "mapping-source-unprovided",
            &["Change to `acme/widget:latest`"],
        ),
        (
            MANIFEST,
            text(MANIFEST)?.replace("system:image-puller", "system:image-pullers"),
            "rbac-role-undefined",
            &["Change to `system:image-puller`"],
        ),
    ] {
        let mut opened = Opened::with(&[], &able())?;
        let place = opened.path(path);
        opened.editor.did_open(&place, &text)?;
        opened.editor.settle()?;
        let found = opened.editor.diagnostic(&place, rule)?;
        let asked = json!({
            "textDocument": {"uri": opened.uri(path)},
            "range": found["range"],
            "context": {"diagnostics": []},
        });
        let actions = opened.ask("textDocument/codeAction", &asked)?;
        let offered = actions.as_array().cloned().unwrap_or_default();
        let offered: Vec<&str> = offered
            .iter()
            .filter_map(|action| action["title"].as_str())
            .filter(|title| title.starts_with("Change to"))
            .collect();
        assert_eq!(offered, titles, "{rule}");
        let edit = &actions[0]["edit"]["documentChanges"][0]["edits"][0];
        let change = json!([{"range": edit["range"], "text": edit["newText"]}]);
        opened.editor.did_edit(&place, 2, &change)?;
        opened.editor.settle()?;
        let left = opened.editor.rules(&place);
        assert!(!left.contains(&rule.to_owned()), "{rule}: {left:?}");
        opened.editor.goodbye()?;
    }
    Ok(())
}

#[test]
fn a_hover_leads_to_what_it_names() -> Outcome {
    let mut opened = Opened::with(&[], &able())?;
    let at = opened.behind(CONFIG, "name: bos")?;
    let hover = opened.ask("textDocument/hover", &at)?;
    let said = hover["contents"]["value"].as_str().unwrap_or_default();
    let address = uri::of_path(&opened.path(SUPPLEMENTAL));
    let link = format!("[`{SUPPLEMENTAL}:1`](<{}#L1>)", address.as_ref());
    assert!(said.contains(&link), "{said}");
    opened.editor.goodbye()
}

#[test]
fn words_are_highlighted_and_parts_folded() -> Outcome {
    let mut opened = Opened::with(&[], &able())?;
    let at = opened.behind(CONFIG, "  bosk")?;
    let found = opened.ask("textDocument/documentHighlight", &at)?;
    let shown: Vec<(Option<u64>, Option<u64>)> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["range"]["start"]["line"].as_u64(), one["kind"].as_u64()))
        .collect();
    assert_eq!(shown, [(Some(1), Some(3)), (Some(12), Some(2))]);
    let folds = opened.ask("textDocument/foldingRange", &at)?;
    let first = json!({"startLine": 0, "endLine": 4});
    assert!(
        folds.as_array().is_some_and(|folds| folds.contains(&first)),
        "{folds}"
    );
    opened.editor.goodbye()
}

#[test]
fn a_rules_page_can_be_asked_for() -> Outcome {
    const PAGE: &str = "---\nid: own-words\ncheck: placeholder\nseverity: warning\nparams:\n  \
                        pattern: WORD\n---\n\n# No such words\n\nThey mean nothing.\n";
    let checkout = Checkout::new()?;
    let rules = TempDir::new()?;
    fs::write(rules.path().join("own-words.md"), PAGE)?;
    let mut editor = Editor::open_with(
        &["--rules".as_ref(), rules.path().as_os_str()],
        &[checkout.root()],
        &able(),
    )?;
    let mut page = |rule: &str| editor.result("mirrorlint/rulePage", &json!({"rule": rule}));
    let builtin = page("mapping-syntax")?;
    let text = builtin["text"].as_str().unwrap_or_default();
    assert!(
        builtin["title"]
            .as_str()
            .is_some_and(|title| !title.is_empty())
    );
    for part in [
        "`mapping-syntax`, error",
        "**To fix**",
        "\n## Bad",
        "```text\n",
        "\n> ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let own = page("own-words")?;
    assert_eq!(own["title"], "No such words");
    assert!(own["text"].to_string().contains("They mean nothing."));
    assert_eq!(page("no-such-rule")?, Value::Null);
    editor.goodbye()
}
