//! Runs of `mirrorlint new` that are killed, and those that meet what the killed have left.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{JOBS, MAPPING, MIRROR_SET, files, new};
use crate::support::{Checkout, Outcome, assert_no_leftovers};

const STAGE: &str = ".mirrorlint-new";

fn start(checkout: &Checkout) -> std::io::Result<Child> {
    Command::new(assert_cmd::cargo::cargo_bin!("mirrorlint"))
        .arg("new")
        .args(MIRROR_SET)
        .arg("--checkout")
        .arg(checkout.root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// Killed at many moments from the first byte on: what the next run finds is all or nothing.
#[test]
fn all_or_nothing_is_left() -> Outcome {
    let checkout = Checkout::new()?;
    let nothing = files(checkout.root())?;
    new(checkout.root(), MIRROR_SET)?;
    let all = files(checkout.root())?;
    let (mut caught, mut with_all, mut with_nothing) = (0, 0, 0);
    for attempt in 0..400_u64 {
        let checkout = Checkout::new()?;
        let stage = checkout.root().join(STAGE);
        let mut killed = start(&checkout)?;
        while !stage.exists() && killed.try_wait()?.is_none() {
            std::hint::spin_loop();
        }
        // Later and later: how long the writing takes differs from disk to disk.
        std::thread::sleep(Duration::from_micros(attempt * 250));
        killed.kill()?;
        killed.wait()?;
        caught += u32::from(stage.exists());
        // This asks for what is there already, so it writes nothing of its own.
        let run = new(
            checkout.root(),
            &["mapping", "acme/widget:latest", "quay.io/acme/widget"],
        )?;
        assert_eq!(run.status, Some(0), "{run:?}");
        let left = files(checkout.root())?;
        assert!(left == all || left == nothing, "{:?}", left.keys());
        with_all += u32::from(left == all);
        with_nothing += u32::from(left == nothing);
        assert_no_leftovers(checkout.root())?;
        if caught >= 3 && with_all > 0 && with_nothing > 0 {
            return Ok(());
        }
    }
    panic!("{caught} runs were killed while writing: {with_all} left all, {with_nothing} nothing");
}

#[test]
fn a_disk_that_is_full_leaves_nothing() -> Outcome {
    // No file may grow beyond a block or two; the signal is ignored, as a full disk sends none.
    const SMALL: &str = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    let checkout = Checkout::new()?;
    let before = files(checkout.root())?;
    let output = Command::new("sh")
        .args(["-c", SMALL, "sh"])
        .arg(assert_cmd::cargo::cargo_bin!("mirrorlint"))
        .arg("new")
        .args(MIRROR_SET)
        .arg("--checkout")
        .arg(checkout.root())
        .output()?;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8(output.stderr)?;
    assert!(said.contains("cannot write"), "{said}");
    assert_eq!(files(checkout.root())?, before);
    assert_no_leftovers(checkout.root())
}

#[test]
fn runs_at_the_same_time_wait_for_each_other() -> Outcome {
    let checkout = Checkout::new()?;
    let mut rivals = Vec::new();
    for _ in 0..4 {
        rivals.push(start(&checkout)?);
    }
    for mut rival in rivals {
        assert_eq!(rival.wait()?.code(), Some(0));
    }
    let jobs = fs::read_to_string(checkout.root().join(JOBS))?;
    assert_eq!(jobs.matches("mirroring-gizmo\n").count(), 1, "{jobs}");
    assert_no_leftovers(checkout.root())
}

/// What a run leaves that is killed between its two renames.
fn interrupted() -> Result<Checkout, Box<dyn std::error::Error>> {
    let checkout = Checkout::new()?;
    let old = fs::read_to_string(checkout.root().join(JOBS))?;
    new(checkout.root(), MIRROR_SET)?;
    let jobs = fs::read_to_string(checkout.root().join(JOBS))?;
    let set = "core-services/image-mirroring/gizmo";
    let changes: Vec<_> = [
        (format!("{set}/OWNERS"), None),
        (JOBS.to_owned(), Some(&old)),
    ]
    .into_iter()
    .map(|(path, old)| {
        let new = fs::read_to_string(checkout.root().join(&path))?;
        Ok(serde_json::json!({"path": path, "old": old, "new": new}))
    })
    .collect::<std::io::Result<_>>()?;
    let journal = serde_json::json!({"changes": changes, "targets": [set, JOBS]});
    checkout.write(format!("{STAGE}/journal.json"), journal.to_string())?;
    checkout.write(format!("{STAGE}/1"), jobs)?;
    checkout.write(JOBS, old)?;
    Ok(checkout)
}

#[test]
fn the_next_run_finishes_what_was_begun() -> Outcome {
    let checkout = interrupted()?;
    let dry = new(checkout.root(), &[MAPPING, &["--dry-run"]].concat())?;
    assert_eq!(dry.status, Some(2), "{dry:?}");
    let run = new(checkout.root(), MIRROR_SET)?;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(run.stderr.contains(&format!("wrote `{JOBS}`")), "{run:?}");
    assert!(run.stdout.contains("there already"), "{run:?}");
    assert_no_leftovers(checkout.root())?;

    // Nobody's work is written over for it.
    let checkout = interrupted()?;
    checkout.write(JOBS, "periodics: []\n")?;
    let before = files(checkout.root())?;
    let run = new(checkout.root(), MIRROR_SET)?;
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.contains("has changed since"), "{run:?}");
    assert_eq!(files(checkout.root())?, before);
    Ok(())
}

#[test]
fn a_journal_from_a_stranger_leads_nowhere() -> Outcome {
    for path in [
        "../escaped",
        ".git/config",
        "core-services/../.git/config",
        "/escaped",
        "link/escaped",
        "",
    ] {
        let outside = tempfile::tempdir()?;
        let checkout = Checkout::new()?;
        symlink(outside.path(), checkout.root().join("link"))?;
        let journal = serde_json::json!({
            "changes": [{"path": path, "old": null, "new": "x"}],
            "targets": ["gone", path],
        });
        checkout.write(format!("{STAGE}/journal.json"), journal.to_string())?;
        checkout.write(format!("{STAGE}/1"), "x")?;
        let run = new(checkout.root(), MAPPING)?;
        assert!(!run.stderr.contains("panicked"), "{path}: {run:?}");
        assert_eq!(fs::read_dir(outside.path())?.count(), 0, "{path}");
        assert!(!checkout.root().join(".git").exists(), "{path}");
        let above = checkout.root().parent().ok_or("a folder above")?;
        assert!(!above.join("escaped").exists(), "{path}");
    }
    for journal in ["{", "[]", "{\"changes\": [], \"targets\": [], \"x\": 1}"] {
        let checkout = Checkout::new()?;
        checkout.write(format!("{STAGE}/journal.json"), journal)?;
        let run = new(checkout.root(), MAPPING)?;
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains("journal.json"), "{run:?}");
    }
    Ok(())
}

#[test]
fn a_link_is_not_followed() -> Outcome {
    let outside = tempfile::tempdir()?;
    let checkout = Checkout::new()?;
    fs::write(outside.path().join("journal.json"), "theirs")?;
    symlink(outside.path(), checkout.root().join(STAGE))?;
    let run = new(checkout.root(), MAPPING)?;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert_eq!(fs::read(outside.path().join("journal.json"))?, b"theirs");

    let sets = checkout.root().join("core-services/image-mirroring");
    fs::rename(&sets, outside.path().join("sets"))?;
    symlink(outside.path().join("sets"), &sets)?;
    let before = files(outside.path())?;
    let run = new(checkout.root(), MIRROR_SET)?;
    assert_eq!(run.status, Some(2), "{run:?}");
    assert_eq!(files(outside.path())?, before);
    assert_no_leftovers(checkout.root())
}
