//! What a branch changes, as the server sees it: compared with git, whatever is saved.

use std::fs;

use gen_lsp_types::Uri;
use lsp_server::Message;
use mirrorlint::lsp::uri;
use serde_json::{Value, json};

use super::{CONFIG, MANIFEST, MAPPING, Opened, SUPPLEMENTAL, UNFINISHED, able, asking, none};
use crate::support::Outcome;
use crate::support::editor::{Editor, Result};
use crate::support::git::Repo;

const REMOVED: &str = "image-provider-removed";
const UNPROVIDED: &str = "image-reference-unprovided";
const HEAD: &str = ".git/logs/HEAD";

impl Opened<Repo> {
    /// Tells of a file that changed on disk.
    fn changed(&mut self, path: &str) -> Result<()> {
        let path = self.path(path);
        let kind = if path.exists() { 2 } else { 3 };
        self.editor.files_changed(&[(&path, kind)])?;
        self.editor.settle()
    }

    fn set(&mut self, settings: &Value) -> Result<()> {
        self.editor.set(settings)
    }

    /// Whether it is shown that a provider is gone.
    fn tells_of_removal(&self) -> bool {
        // Where the file is gone, a file that needs it says so.
        let mut rules = [SUPPLEMENTAL, CONFIG]
            .into_iter()
            .flat_map(|path| self.rules(path));
        rules.any(|rule| rule == REMOVED)
    }
}

#[test]
fn what_a_change_breaks_is_shown_until_it_is_committed() -> Outcome {
    let mut opened = Opened::with(Repo::new()?, &able("utf-8"))?;
    let sound = opened.text(SUPPLEMENTAL)?;
    opened
        .checkout
        .checkout
        .write(SUPPLEMENTAL, "# nothing\n")?;
    opened.changed(SUPPLEMENTAL)?;
    assert!(opened.tells_of_removal());
    // Unsaved, saved, or staged: it is the same change.
    opened.checkout.checkout.write(SUPPLEMENTAL, &sound)?;
    opened.changed(SUPPLEMENTAL)?;
    assert!(!opened.tells_of_removal());
    opened
        .checkout
        .checkout
        .write(SUPPLEMENTAL, "# nothing\n")?;
    opened.changed(SUPPLEMENTAL)?;
    opened.checkout.stage()?;
    opened.changed(HEAD)?;
    assert!(opened.tells_of_removal());
    opened.checkout.commit("remove it")?;
    opened.changed(HEAD)?;
    assert!(!opened.tells_of_removal());
    opened.editor.goodbye()
}

#[test]
fn the_commits_of_a_branch_are_its_change() -> Outcome {
    let repo = Repo::new()?;
    let start = repo.git.head()?.peel_to_commit()?.id();
    let main = "refs/remotes/upstream/main";
    repo.git.reference(main, start, false, "fetched")?;
    repo.checkout.write(SUPPLEMENTAL, "# nothing\n")?;
    repo.commit("remove it")?;
    let mut opened = Opened::with(repo, &none())?;
    assert!(opened.tells_of_removal());
    // Another base, where that is asked for.
    opened.set(&json!({"base": "HEAD"}))?;
    assert!(!opened.tells_of_removal());
    let shown = opened.editor.said.len();
    opened.set(&json!({"base": "no/such"}))?;
    let said = opened.editor.said[shown..].iter();
    let mut shown = said.filter_map(|message| match message {
        Message::Notification(n) if n.method == "window/showMessage" => {
            n.params["message"].as_str()
        }
        _ => None,
    });
    assert!(shown.any(|said| said.contains("`no/such`")));
    assert!(opened.tells_of_removal());
    opened.editor.goodbye()
}

#[test]
fn another_branch_is_another_change() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("other")?;
    repo.checkout.write(SUPPLEMENTAL, "# nothing\n")?;
    repo.commit("remove it")?;
    let mut opened = Opened::with(repo, &able("utf-16"))?;
    assert!(!opened.tells_of_removal());
    opened.checkout.switch("other")?;
    opened.changed(".git/HEAD")?;
    opened.changed(SUPPLEMENTAL)?;
    assert!(!opened.tells_of_removal());
    opened.checkout.switch("main")?;
    // The file is told of first, and compared with what is checked out by then.
    opened.changed(SUPPLEMENTAL)?;
    assert!(!opened.tells_of_removal());
    opened.editor.goodbye()
}

#[test]
fn only_the_change_is_shown_where_that_is_asked_for() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout.write(MAPPING, UNFINISHED)?;
    repo.commit("an old fault")?;
    let mut opened = Opened::with(repo, &none())?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    opened.set(&json!({"onlyMyChange": true}))?;
    assert!(opened.rules(MAPPING).is_empty());
    opened.show(SUPPLEMENTAL, "# nothing\n")?;
    assert!(opened.tells_of_removal());
    opened.show(
        MAPPING,
        &format!("{UNFINISHED}{}", UNFINISHED.replace("gadget", "gizmo")),
    )?;
    assert_eq!(
        opened.rules(MAPPING),
        ["mapping-syntax"],
        "the new one of two"
    );
    opened.set(&json!({"onlyMyChange": false}))?;
    assert_eq!(opened.rules(MAPPING).len(), 2);
    opened.editor.goodbye()
}

#[test]
fn settings_say_which_rules_run_and_what_is_shown() -> Outcome {
    let mut opened = Opened::with(Repo::new()?, &none())?;
    opened.show(MAPPING, UNFINISHED)?;
    assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    for settings in [
        json!({"ignore": ["mapping-*"]}),
        json!({"select": ["rbac-subject"]}),
    ] {
        opened.set(&settings)?;
        assert!(opened.rules(MAPPING).is_empty(), "{settings}");
        opened.set(&json!(null))?;
        assert_eq!(opened.rules(MAPPING), ["mapping-syntax"]);
    }
    opened.show(SUPPLEMENTAL, "# nothing\n")?;
    assert!(opened.rules(CONFIG).is_empty(), "what follows is a hint");
    opened.set(&json!({"severity": "hint"}))?;
    assert_eq!(opened.rules(CONFIG), [UNPROVIDED]);
    opened.set(&json!({"severity": "loud"}))?;
    assert_eq!(
        opened.rules(CONFIG),
        [UNPROVIDED],
        "nonsense changes nothing"
    );
    let last = opened.editor.said.last();
    assert!(matches!(last, Some(Message::Notification(n)) if n.method == "window/logMessage"));
    opened.editor.goodbye()
}

#[test]
fn settings_may_come_with_the_first_words() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout.write(MAPPING, UNFINISHED)?;
    let mut editor = Editor::silent()?;
    let folder = json!({"uri": uri::of_path(repo.root()), "name": "folder"});
    editor.result(
        "initialize",
        &json!({
            "processId": null, "capabilities": {}, "workspaceFolders": [folder],
            "initializationOptions": {"ignore": ["mapping-syntax"]},
        }),
    )?;
    editor.notify("initialized", &json!({}))?;
    editor.settle()?;
    assert!(editor.rules(&repo.root().join(MAPPING)).is_empty());
    editor.goodbye()
}

#[test]
fn a_deleted_file_that_is_still_open_does_not_exist() -> Outcome {
    let mut opened = Opened::with(Repo::new()?, &able("utf-8"))?;
    let sound = opened.text(SUPPLEMENTAL)?;
    opened.show(SUPPLEMENTAL, &sound)?;
    fs::remove_file(opened.path(SUPPLEMENTAL))?;
    opened.changed(SUPPLEMENTAL)?;
    assert!(opened.tells_of_removal());
    // Who edits it means to keep it.
    opened.change(SUPPLEMENTAL, 2, &format!("{sound}# again\n"))?;
    assert!(!opened.tells_of_removal());
    opened.editor.goodbye()
}

#[test]
fn a_burst_at_the_start_is_answered_whole() -> Outcome {
    let repo = Repo::new()?;
    let mut editor = Editor::silent()?;
    let folder = json!({"uri": uri::of_path(repo.root()), "name": "folder"});
    let capabilities = asking();
    editor.result(
        "initialize",
        &json!({"processId": null, "capabilities": capabilities, "workspaceFolders": [folder]}),
    )?;
    // All at once: what is asked while the checkout is read waits for it, or needs nothing of it.
    editor.notify("initialized", &json!({}))?;
    let path = repo.root().join(CONFIG);
    editor.did_open(&path, &fs::read_to_string(&path)?)?;
    let of = |path: &std::path::Path| -> Uri { uri::of_path(path) };
    let document = json!({"uri": of(&path)});
    let position = json!({"line": 2, "character": 6});
    let params = json!({"textDocument": document, "position": position});
    let hover = editor.result("textDocument/hover", &params)?;
    assert!(hover.is_object() || hover.is_null());
    let symbols = editor.result("textDocument/documentSymbol", &params)?;
    assert!(
        symbols
            .as_array()
            .is_some_and(|symbols| !symbols.is_empty())
    );
    let all = editor.result("workspace/diagnostic", &json!({"previousResultIds": []}))?;
    assert_eq!(all["items"], json!([]));
    let found = editor.result("workspace/symbol", &json!({"query": "acme"}))?;
    assert!(found.as_array().is_some_and(|found| !found.is_empty()));
    assert!(editor.published.is_empty(), "it asks for everything");
    let manifest = repo.root().join(MANIFEST);
    editor.did_open(&manifest, &fs::read_to_string(&manifest)?)?;
    editor.settle()?;
    editor.goodbye()
}

/// The name before the change is written by the first action; to live with the slip comes last.
#[test]
fn the_secret_that_a_job_mounted_before_is_offered() -> Outcome {
    const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";
    const BEFORE: &str = "registry-push-credentials-quay-io-vaulted";
    let repo = Repo::new()?;
    let jobs = fs::read_to_string(repo.root().join(JOBS))?;
    let jobs = jobs.replace("registry-push-credentials-quay-io-acme", BEFORE);
    repo.checkout.write(JOBS, &jobs)?;
    repo.commit("keep the secret in Vault")?;
    let mut opened = Opened::with(repo, &able("utf-8"))?;
    opened.show(
        JOBS,
        &jobs.replace(BEFORE, "registry-push-credentials-quay-io-vaultde"),
    )?;
    assert!(opened.rules(JOBS).contains(&"mirror-job-secret".to_owned()));
    let line = jobs
        .lines()
        .take_while(|line| !line.contains(BEFORE))
        .count();
    let actions = opened.actions(JOBS, u32::try_from(line)?)?;
    let titles = actions.iter().filter_map(|action| action["title"].as_str());
    let titles: Vec<&str> = titles.collect();
    assert_eq!(titles.first(), Some(&&*format!("Change to `{BEFORE}`")));
    assert!(titles.len() > 1, "{titles:?}");
    let is_aside = |title: &&&str| title.starts_with("Ignore") || title.starts_with("Accept");
    let asides = titles.iter().skip_while(|title| !is_aside(title));
    assert!(
        asides.clone().count() > 0 && asides.clone().all(|title| is_aside(&title)),
        "{titles:?}"
    );
    opened.editor.goodbye()
}
