//! Before the merge: what is staged, and what merging two branches gives, in real repositories.

use std::fs;

use assert_cmd::cargo_bin_cmd;

use crate::support::git::Repo;
use crate::support::{Outcome, Run, run};

const SET: &str = "core-services/image-mirroring/acme";
const LATEST: &str = "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:latest\n";
const WIDGET: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";

#[test]
fn what_is_staged_is_judged_not_what_is_on_disk() -> Outcome {
    let repo = Repo::new()?;
    let path = format!("{SET}/mapping_acme_latest");
    assert_eq!(repo.check(&["--staged"])?.status, Some(0));

    // Unstaged: nobody's business.
    repo.checkout
        .write(&path, format!("{LATEST}quay.io/acme/alone:1\n"))?;
    assert_eq!(repo.check(&["--staged"])?.status, Some(0));

    // Staged: it blocks, at its line.
    repo.stage()?;
    let run = repo.check(&["--staged"])?;
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(
        run.stdout
            .starts_with(&format!("{path}:2:1: error[mapping-syntax]")),
        "{run:?}"
    );

    // Mended on disk only: what is staged is still bad.
    repo.checkout.write(&path, LATEST)?;
    assert_eq!(repo.check(&["--staged"])?.status, Some(1));
    repo.stage()?;
    assert_eq!(repo.check(&["--staged"])?.status, Some(0));
    Ok(())
}

#[test]
fn the_index_that_a_commit_prepares_for_itself_is_judged() -> Outcome {
    let repo = Repo::new()?;
    let path = format!("{SET}/mapping_acme_latest");
    let git = repo.root().join(".git");
    fs::copy(git.join("index"), git.join("before"))?;
    repo.checkout
        .write(&path, format!("{LATEST}quay.io/acme/alone:1\n"))?;
    repo.stage()?;
    // As `git commit -a` does: what it commits is in another file, which its hooks are told of.
    fs::rename(git.join("index"), git.join("next"))?;
    fs::rename(git.join("before"), git.join("index"))?;
    assert_eq!(repo.check(&["--staged"])?.status, Some(0));
    let hook = |index: &str| -> std::io::Result<Run> {
        let mut command = cargo_bin_cmd!("mirrorlint");
        command.args(["check", "--staged", "--output", "concise"]);
        command
            .current_dir(repo.root())
            .env("GIT_INDEX_FILE", index);
        Ok(command.output()?.into())
    };
    let run = hook(".git/next")?;
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(run.stdout.starts_with(&format!("{path}:2:1: ")), "{run:?}");
    let run = hook(".git/nowhere")?;
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(
        run.stderr.contains("there is no index at `.git/nowhere`"),
        "{run:?}"
    );
    Ok(())
}

#[test]
fn what_head_has_already_does_not_block() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout
        .write(format!("{SET}/mapping_acme_old"), "quay.io/acme/alone:1\n")?;
    repo.commit("an old fault")?;
    let run = repo.check(&["--staged"])?;
    assert_eq!((run.status, run.findings()), (Some(0), vec![]));
    let said = "(1 held back, already in `HEAD`; `--all` shows them)";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    let all = repo.check(&["--staged", "--all"])?;
    assert!(all.stdout.contains("(pre-existing)"), "{all:?}");
    assert_eq!(all.status, Some(1));
    Ok(())
}

#[test]
fn a_staged_deletion_that_takes_a_provider_is_judged() -> Outcome {
    let repo = Repo::new()?;
    std::fs::remove_file(repo.root().join(WIDGET))?;
    repo.stage()?;
    let run = repo.check(&["--staged"])?;
    assert!(
        run.stdout.contains(
            "warning[image-provider-removed] one reference still names `acme/widget:latest`"
        ),
        "{run:?}"
    );
    Ok(())
}

#[test]
fn a_change_reports_what_it_brings() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("change")?;
    repo.switch("change")?;
    repo.checkout.write(
        format!("{SET}/mapping_acme_1_0"),
        "registry.ci.openshift.org/acme/widget:1.0 quay.io/acme/widget:1.0\n",
    )?;
    repo.commit("map 1.0")?;
    let run = repo.check(&["--base", "main"])?;
    // A rule that reports changes only speaks of the line that the change adds.
    assert!(
        run.stdout.contains("warning[mapping-source-unprovided]"),
        "{run:?}"
    );
    assert!(run.stdout.contains("(introduced)"), "{run:?}");
    assert_eq!(run.status, Some(0));
    Ok(())
}

#[test]
fn one_destination_in_two_branches_is_a_conflict() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("change")?;
    let destination = "quay.io/acme/tool:latest";
    repo.checkout.write(
        format!("{SET}/mapping_acme_a"),
        format!("quay.io/acme-builds/a:1 {destination}\n"),
    )?;
    let base = repo.commit("mirror a")?;
    repo.switch("change")?;
    repo.checkout.write(
        format!("{SET}/mapping_acme_b"),
        format!("quay.io/acme-builds/b:1 {destination}\n"),
    )?;
    repo.commit("mirror b")?;
    for rev in ["main", "change"] {
        assert_eq!(
            repo.check(&["--rev", rev])?.findings(),
            Vec::<&str>::new(),
            "{rev} is fine alone"
        );
    }
    let run = repo.check(&["--base", "main", "--head", "change"])?;
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(run.stdout.contains("(conflict)"), "{run:?}");
    let short: String = base.to_string().chars().take(12).collect();
    assert!(
        run.stdout.contains(&short) && run.stdout.contains("mirror a"),
        "{run:?}"
    );
    Ok(())
}

#[test]
fn one_name_in_two_sets_is_a_conflict() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("change")?;
    let name = "mapping_supplemental_ci_images_acme";
    let line =
        |image: &str| format!("quay.io/acme/{image}:1 registry.ci.openshift.org/acme/{image}:1\n");
    repo.checkout.write(format!("{SET}/{name}"), line("one"))?;
    repo.commit("from our set")?;
    repo.switch("change")?;
    repo.checkout.write(
        format!("core-services/image-mirroring/supplemental-ci-images/{name}"),
        line("two"),
    )?;
    repo.commit("from the supplemental set")?;
    let review = ["--base", "main", "--head", "change"];
    let shown = repo.check(&review)?;
    assert_eq!(shown.status, Some(1), "{shown:?}");
    let told = "supplemental-ci-images/mapping_supplemental_ci_images_acme:1:1: error[mapping-key-conflict]";
    assert!(
        shown.stdout.contains(told),
        "at the change's end: {shown:?}"
    );
    let conflicts = |run: &Run| run.stdout.matches("error[mapping-key-conflict]").count();
    assert_eq!(conflicts(&shown), 1, "{shown:?}");
    let all = repo.check(&[&review[..], &["--all"]].concat())?;
    assert_eq!(conflicts(&all), 2, "{all:?}");
    Ok(())
}

#[test]
fn a_provider_that_the_base_removed_conflicts_with_a_new_user() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("change")?;
    let config = std::fs::read_to_string(repo.root().join(WIDGET))?;
    repo.checkout
        .write(WIDGET, config.replace("to: widget", "to: gadget"))?;
    // The standing mirror of the image goes too.
    repo.checkout.write(
        format!("{SET}/mapping_acme_latest"),
        "registry.ci.openshift.org/acme/gadget:latest quay.io/acme/widget:latest\n",
    )?;
    repo.commit("publish gadget")?;
    repo.switch("change")?;
    repo.checkout.write(
        "ci-operator/config/other/tool/other-tool-main.yaml",
        "base_images:\n  widget:\n    name: widget\n    namespace: acme\n    tag: latest\nimages:\n- from: widget\n  to: tool\n",
    )?;
    repo.commit("use widget")?;
    let run = repo.check(&["--base", "main", "--head", "change"])?;
    assert!(
        run.stdout.contains("nothing provides `acme/widget:latest`"),
        "{run:?}"
    );
    assert!(
        run.stdout.contains("(conflict)") && run.stdout.contains("publish gadget"),
        "{run:?}"
    );
    Ok(())
}

#[test]
fn a_textual_conflict_is_reported() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("change")?;
    let path = format!("{SET}/mapping_acme_latest");
    repo.checkout
        .write(&path, LATEST.replace("widget:latest\n", "widget:one\n"))?;
    repo.commit("one")?;
    repo.switch("change")?;
    repo.checkout
        .write(&path, LATEST.replace("widget:latest\n", "widget:two\n"))?;
    repo.commit("two")?;
    let run = repo.check(&["--base", "main", "--head", "change"])?;
    assert_eq!(run.status, Some(1));
    assert!(
        run.stdout
            .contains(&format!("{path}:1:1: error[merge-conflict]")),
        "{run:?}"
    );
    Ok(())
}

#[test]
fn nothing_is_written() -> Outcome {
    fn files(root: &std::path::Path) -> Vec<(String, u64)> {
        let mut files: Vec<_> = walkdir::WalkDir::new(root)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let size = entry.metadata().map_or(0, |metadata| metadata.len());
                (entry.path().display().to_string(), size)
            })
            .collect();
        files.sort();
        files
    }
    let repo = Repo::new()?;
    repo.branch("change")?;
    let path = format!("{SET}/mapping_acme_latest");
    repo.checkout
        .write(&path, format!("# base\n#\n#\n#\n{LATEST}"))?;
    repo.commit("base")?;
    repo.switch("change")?;
    repo.checkout
        .write(&path, format!("{LATEST}#\n#\n#\n# change\n"))?;
    repo.commit("change")?;
    let before = files(repo.root());
    let run = repo.check(&["--base", "main", "--head", "change"])?;
    assert_eq!((run.status, run.findings()), (Some(0), vec![]), "{run:?}");
    assert_eq!(files(repo.root()), before);
    Ok(())
}

#[test]
fn an_unknown_revision_or_a_bare_repository_is_an_error() -> Outcome {
    let repo = Repo::new()?;
    for arguments in [&["--base", "nowhere"][..], &["--rev", "nowhere"]] {
        let run = repo.check(arguments)?;
        assert_eq!(run.status, Some(2));
        assert!(run.stderr.contains("`nowhere`"), "{run:?}");
    }
    let bare = tempfile::TempDir::new()?;
    git2::Repository::init_bare(bare.path())?;
    let staged = run(["check", &bare.path().to_string_lossy(), "--staged"])?;
    assert_eq!(staged.status, Some(2), "{staged:?}");
    let plain = run(["check", &bare.path().to_string_lossy()])?;
    assert_eq!(plain.status, Some(2), "{plain:?}");
    assert!(plain.stderr.contains("`--rev REV`"), "{plain:?}");
    Ok(())
}
