//! Repositories of every shape: what can be judged in them, and what they say when it cannot.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::Outcome;
use crate::support::git::Repo;

const ACME: &str = "core-services/image-mirroring/acme/mapping_acme_";
const WIDGET: &str = "quay.io/openshift/ci:acme_widget_latest";

fn line(source: &str, destination: &str) -> String {
    format!("{source} quay.io/acme/{destination}\n")
}

fn map(repo: &Repo, name: &str, text: &str) -> Outcome {
    repo.checkout.write(format!("{ACME}{name}"), text)?;
    Ok(())
}

/// `class rule file-name` of each finding, and the summary.
fn told(repo: &Repo, arguments: &[&str]) -> Result<(Vec<String>, Value), Box<dyn Error>> {
    let run = repo
        .checkout
        .check(&[arguments, &["--output", "json"]].concat())?;
    assert_eq!(run.stderr, "", "{arguments:?}");
    read(&run.stdout)
}

fn read(json: &str) -> Result<(Vec<String>, Value), Box<dyn Error>> {
    let report: Value = serde_json::from_str(json)?;
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or("-").to_owned();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let mut told: Vec<String> = findings
        .iter()
        .map(|finding| {
            let path = text(finding, "path");
            let name = path.rsplit('/').next().unwrap_or_default();
            format!(
                "{} {} {name}",
                text(finding, "class"),
                text(finding, "rule")
            )
        })
        .collect();
    told.sort();
    Ok((told, report["summary"].clone()))
}

const DUPLICATE: &str = "mapping-duplicate-destination";

#[test]
fn texts_are_merged_and_nothing_is_written() -> Outcome {
    /// Objects, refs, index and all.
    fn inside_git(root: &Path) -> Result<BTreeMap<String, Vec<u8>>, Box<dyn Error>> {
        let mut files = BTreeMap::new();
        for entry in walkdir::WalkDir::new(root.join(".git")) {
            let entry = entry?;
            if entry.file_type().is_file() {
                let path = entry.path().to_string_lossy().into_owned();
                files.insert(path, fs::read(entry.path())?);
            }
        }
        Ok(files)
    }
    let lines = |first: &str, last: &str| {
        let middle: String = (0..9).map(|n| line(WIDGET, &format!("m:{n}"))).collect();
        format!("{first}{middle}{last}")
    };
    let repo = Repo::new()?;
    map(
        &repo,
        "texts",
        &lines(&line(WIDGET, "a:1"), &line(WIDGET, "z:1")),
    )?;
    repo.commit("Write")?;
    repo.branch("change")?;
    let same = |image: &str| line(&format!("quay.io/acme/{image}:1"), "same:1");
    map(&repo, "texts", &lines(&same("x"), &line(WIDGET, "z:1")))?;
    repo.commit("Move the base")?;
    repo.switch("change")?;
    map(&repo, "texts", &lines(&line(WIDGET, "a:1"), &same("y")))?;
    repo.commit("Change")?;
    map(&repo, "unsaved", "not staged\n")?;

    let before = inside_git(repo.root())?;
    // Git merges the two ends of the file, which then writes `same:1` twice.
    assert_eq!(
        told(
            &repo,
            &["--base", "main", "--head", "change", "--select", DUPLICATE]
        )?
        .0,
        ["conflict mapping-duplicate-destination mapping_acme_texts"]
    );
    assert!(
        inside_git(repo.root())? == before,
        "git's files are as before"
    );
    assert!(repo.root().join(format!("{ACME}unsaved")).exists());
    Ok(())
}

#[test]
fn a_change_is_not_blamed_for_older_findings() -> Outcome {
    let repo = Repo::new()?;
    map(&repo, "old", &line(WIDGET, "x").repeat(2))?;
    let base = repo.commit("An old fault")?.to_string();
    // Moved text, and a new fault of another kind.
    let moved = format!("# moved\n\n{}quay.io/a/b\n", line(WIDGET, "x").repeat(2));
    map(&repo, "old", &moved)?;
    repo.commit("Change")?;
    let (new, summary) = told(&repo, &["--base", &base])?;
    assert_eq!(new, ["introduced mapping-syntax mapping_acme_old"]);
    assert_ne!(summary["held_back"], 0);
    let (all, _) = told(&repo, &["--base", &base, "--all"])?;
    assert!(
        all.iter().any(|told| told.starts_with("pre-existing")),
        "{all:?}"
    );

    // The same fault once more is one new finding, on the new line.
    map(&repo, "old", &line(WIDGET, "x").repeat(3))?;
    repo.commit("Once more")?;
    let once_more = told(&repo, &["--base", &base, "--select", DUPLICATE])?.0;
    assert_eq!(once_more.len(), 1, "{once_more:?}");

    fs::remove_file(repo.root().join(format!("{ACME}old")))?;
    repo.commit("Delete it")?;
    let (new, summary) = told(&repo, &["--base", &base, "--select", DUPLICATE])?;
    assert_eq!(new, Vec::<String>::new());
    assert_eq!(summary["fixed"], 1);
    Ok(())
}

#[test]
fn a_repository_that_cannot_answer_says_why() -> Outcome {
    let repo = Repo::new()?;
    let fails = |arguments: &[&str], reason: &str| -> Outcome {
        let run = repo.check(arguments)?;
        assert_eq!(run.status, Some(2), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
        Ok(())
    };
    fails(
        &["--base", "main", "--head", "nowhere"],
        "there is no such commit here",
    )?;

    // A history of its own.
    let who = git2::Signature::now("T", "t@example.org")?;
    let tree = repo.git.head()?.peel_to_tree()?;
    let alien = repo.git.commit(None, &who, &who, "Alien", &tree, &[])?;
    fails(
        &["--base", &alien.to_string()],
        "they have no history in common",
    )?;

    // A clone that was cut off behind its last commit.
    map(&repo, "more", &line(WIDGET, "more:1"))?;
    let before = repo.git.head()?.peel_to_commit()?.id();
    let tip = repo.commit("More")?;
    let object = |id: git2::Oid| {
        let id = id.to_string();
        let (folder, name) = id.split_at(2);
        repo.root().join(".git/objects").join(folder).join(name)
    };
    fs::write(repo.root().join(".git/shallow"), format!("{tip}\n"))?;
    fs::remove_file(object(before))?;
    fails(&["--base", &before.to_string()], "git fetch")?;
    fails(&["--base", &alien.to_string()], "shallow clone")?;

    // One content that is missing is a finding, a missing folder is not.
    let tree = repo.git.find_commit(tip)?.tree()?;
    let blob = tree.get_path(Path::new(&format!("{ACME}more")))?.id();
    fs::remove_file(object(blob))?;
    fs::remove_file(repo.root().join(format!("{ACME}more")))?;
    assert_eq!(
        told(&repo, &["--rev", "HEAD"])?.0,
        ["- unreadable-file mapping_acme_more"]
    );
    let folder = Path::new("core-services/image-mirroring/acme");
    fs::remove_file(object(tree.get_path(folder)?.id()))?;
    fails(&["--rev", "HEAD"], "cannot read the commit's folders")
}

#[test]
fn links_submodules_work_trees_and_bare_clones() -> Outcome {
    use std::os::unix::fs::symlink;
    let repo = Repo::new()?;
    let start = repo.git.head()?.peel_to_commit()?;
    let base = start.id().to_string();
    // A link inside, one that leads out, and a submodule.
    let acme = repo.root().join("core-services/image-mirroring/acme");
    symlink("mapping_acme_latest", acme.join("mapping_acme_link"))?;
    symlink("/etc/passwd", acme.join("mapping_acme_out"))?;
    repo.stage()?;
    let mut index = repo.git.index()?;
    index.read(true)?;
    let mut entry = index.get(0).ok_or("an entry")?;
    entry.mode = 0o160_000;
    entry.id = start.id();
    entry.path = format!("{ACME}module").into_bytes();
    index.add(&entry)?;
    index.write()?;
    let expected = [
        "introduced mapping-duplicate-entry mapping_acme_link",
        "introduced unreadable-file mapping_acme_out",
    ];
    assert_eq!(told(&repo, &["--staged"])?.0, expected);

    let tree = repo.git.find_tree(index.write_tree()?)?;
    let who = git2::Signature::now("T", "t@example.org")?;
    repo.git
        .commit(Some("HEAD"), &who, &who, "Links", &tree, &[&start])?;
    assert_eq!(told(&repo, &["--base", &base])?.0, expected);

    let folder = tempfile::TempDir::new()?;
    let second = folder.path().join("second");
    repo.git.worktree("second", &second, None)?;
    let bare = folder.path().join("bare.git");
    git2::build::RepoBuilder::new()
        .bare(true)
        .clone(&repo.root().to_string_lossy(), &bare)?;
    for place in [&second, &bare] {
        let place = place.to_string_lossy();
        let arguments = ["check", &*place, "--base", &base, "--output", "json"];
        let run = crate::support::run(arguments)?;
        assert_eq!(read(&run.stdout)?.0, expected, "{place}: {run:?}");
    }
    Ok(())
}

#[test]
fn files_on_disk_that_are_clean_stand_for_their_blobs() -> Outcome {
    let repo = Repo::new()?;
    map(&repo, "good", &line(WIDGET, "good:1"))?;
    let tip = repo.commit("Good")?.to_string();
    // Whatever the disk holds now, the commit is the commit; even where size and name are the same.
    let bad = line(WIDGET, "good:1").replace("quay.io/acme/good:1", "quay.io/acme/good,1");
    map(&repo, "good", &bad)?;
    assert_eq!(told(&repo, &["--rev", &tip])?.0, Vec::<String>::new());
    assert_eq!(told(&repo, &[])?.0, ["- mapping-syntax mapping_acme_good"]);
    Ok(())
}
