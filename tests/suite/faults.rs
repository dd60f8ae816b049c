//! What happens when the system says no: a full disk, a file in the way, a reader that left, a kill.
#![cfg(target_os = "linux")]

use std::error::Error;
use std::fs;
use std::process::{Command, Stdio};

use serde::de::IgnoredAny;

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome, Run, assert_no_leftovers};

const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_bad";
const BASELINE: &str = ".mirrorlint-baseline.json";
const FORMATS: [&str; 9] = [
    "pretty", "concise", "json", "sarif", "junit", "github", "gitlab", "rdjson", "html",
];

/// A checkout with many findings, some of which can be fixed.
fn faulty() -> Result<Checkout, Box<dyn Error>> {
    let checkout = Checkout::new()?;
    let line =
        |n| format!("registry.svc.ci.openshift.org/acme/widget:{n}\tquay.io/acme/widget:{n}\n");
    let text: String = (0..400).map(line).collect();
    checkout.write(MAPPING, text)?;
    let alone: String = (0..200).map(|n| format!("alone{n}\n")).collect();
    checkout.write(format!("{MAPPING}_alone"), alone)?;
    Ok(checkout)
}

/// `mirrorlint check` on `checkout`, as the end of a shell command.
fn shell(script: &str, checkout: &Checkout, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh"])
        .arg(assert_cmd::cargo::cargo_bin!("mirrorlint"))
        .arg("check")
        .args(arguments)
        .arg(checkout.root())
        .env_remove("GITHUB_STEP_SUMMARY")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null());
    command
}

fn refused(run: &Run, says: &str) {
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.starts_with("mirrorlint: "), "{run:?}");
    assert!(run.stderr.contains(says), "{says}: {run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
}

#[test]
fn a_full_disk_under_every_format() -> Outcome {
    let checkout = faulty()?;
    for format in FORMATS {
        let to_file = format!("{format}=/dev/full");
        let run: Run = shell("exec \"$@\"", &checkout, &["--output", &to_file])
            .output()?
            .into();
        refused(&run, "/dev/full");
        let run: Run = shell("exec \"$@\" >/dev/full", &checkout, &["--output", format])
            .output()?
            .into();
        refused(&run, "standard output");
    }
    Ok(())
}

#[test]
fn a_reader_that_leaves_early() -> Outcome {
    let checkout = faulty()?;
    for format in FORMATS {
        let script = "{ \"$@\"; echo $? >&2; } | head -c1";
        let run: Run = shell(script, &checkout, &["--output", format])
            .output()?
            .into();
        assert_eq!(run.stderr, "1\n", "{format}: {run:?}");
    }
    Ok(())
}

#[test]
fn a_file_that_grows_too_large_leaves_the_old_one() -> Outcome {
    // The signal is ignored, as a full disk sends none.
    const SMALL: &str = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    let checkout = faulty()?;
    let before = fs::read(checkout.root().join(MAPPING))?;
    let run: Run = shell(SMALL, &checkout, &["--fix"]).output()?.into();
    refused(&run, MAPPING);
    assert!(fs::read(checkout.root().join(MAPPING))? == before);

    let old = "{\"version\": 1, \"findings\": [\n]}\n";
    checkout.write(BASELINE, old)?;
    let run: Run = shell(SMALL, &checkout, &["--write-baseline"])
        .output()?
        .into();
    // What is accepted is listed before it is written.
    assert_eq!(run.status, Some(2), "{run:?}");
    let last = run.stderr.lines().last().unwrap_or_default();
    assert!(
        last.contains("cannot write") && last.contains(BASELINE),
        "{run:?}"
    );
    assert_eq!(fs::read_to_string(checkout.root().join(BASELINE))?, old);

    let out = tempfile::tempdir()?;
    for format in FORMATS {
        let file = out.path().join("report");
        fs::write(&file, "old")?;
        let to_file = format!("{format}={}", file.display());
        let run: Run = shell(SMALL, &checkout, &["--output", &to_file])
            .output()?
            .into();
        refused(&run, "report");
        assert_eq!(fs::read_to_string(&file)?, "old", "{format}");
        assert_no_leftovers(out.path())?;
    }
    assert_no_leftovers(checkout.root())
}

#[test]
fn a_file_in_the_place_of_a_folder() -> Outcome {
    let checkout = faulty()?;
    let out = tempfile::tempdir()?;
    fs::write(out.path().join("file"), "x")?;
    for target in ["file/report", "gone/report", ""] {
        let to_file = format!("json={}", out.path().join(target).display());
        let run: Run = shell("exec \"$@\"", &checkout, &["--output", &to_file])
            .output()?
            .into();
        refused(&run, "cannot write");
        // Our temporary file is none of the user's.
        assert!(!run.stderr.contains(".mirrorlint-"), "{run:?}");
    }
    assert_no_leftovers(out.path())
}

#[test]
fn killed_and_simultaneous_runs_leave_whole_files() -> Outcome {
    let checkout = faulty()?;
    let out = tempfile::tempdir()?;
    let report = out.path().join("report.json");
    let to_file = format!("json={}", report.display());
    let baseline = checkout.root().join(BASELINE);
    for (arguments, written) in [
        (["--output", &to_file], report),
        (["--quiet", "--write-baseline"], baseline),
    ] {
        let start = || {
            shell("exec \"$@\"", &checkout, &arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
        };
        start()?.wait()?;
        let folder = written.parent().ok_or("a folder")?;
        // Runs that were killed between the first byte and the last leave what they wrote beside the
        // file. Whether one is caught there is luck, so it is tried until some were.
        let mut caught = 0;
        let mut tries = 0;
        while caught < 3 {
            tries += 1;
            assert!(tries < 300, "only {caught} runs were killed while writing");
            let (mut killed, mut rival) = (start()?, start()?);
            while crate::support::leftovers(folder)?.is_empty() && killed.try_wait()?.is_none() {}
            killed.kill()?;
            killed.wait()?;
            serde_json::from_slice::<IgnoredAny>(&fs::read(&written)?)?;
            rival.wait()?;
            serde_json::from_slice::<IgnoredAny>(&fs::read(&written)?)?;
            for left in crate::support::leftovers(folder)? {
                fs::remove_file(left)?;
                caught += 1;
            }
        }
    }
    Ok(())
}

#[test]
fn simultaneous_runs_of_fix_leave_whole_files() -> Outcome {
    let checkout = faulty()?;
    let fixed = faulty()?;
    fixed.check(&["--fix"])?;
    let new = fs::read(fixed.root().join(MAPPING))?;
    assert!(
        new != fs::read(checkout.root().join(MAPPING))?,
        "nothing to fix"
    );
    let mut rivals = Vec::new();
    for _ in 0..4 {
        let mut command = shell("exec \"$@\"", &checkout, &["--fix"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        rivals.push(command.spawn()?);
    }
    for mut rival in rivals {
        let code = rival.wait()?.code();
        assert!(code.is_some_and(|code| code <= 2), "{code:?}");
    }
    assert!(fs::read(checkout.root().join(MAPPING))? == new);
    assert_no_leftovers(checkout.root())
}

#[test]
fn a_repository_that_is_damaged() -> Outcome {
    let repo = Repo::new()?;
    let git = repo.git.path().to_path_buf();
    let index = fs::read(git.join("index"))?;
    fs::write(git.join("index.lock"), "")?;
    let run = repo.check(&["--staged"])?;
    assert_eq!(
        (run.status, run.stderr.as_str()),
        (Some(0), ""),
        "a stale lock"
    );

    fs::write(git.join("index"), &index[..index.len() / 2])?;
    refused(&repo.check(&["--staged"])?, "index");
    fs::write(git.join("index"), &index)?;

    let tree = repo.git.head()?.peel_to_tree()?.id().to_string();
    let object = git.join("objects").join(&tree[..2]).join(&tree[2..]);
    fs::rename(&object, git.join("away"))?;
    refused(&repo.check(&["--rev", "HEAD"])?, "");
    fs::write(&object, "garbage")?;
    refused(&repo.check(&["--rev", "HEAD"])?, "");
    fs::rename(git.join("away"), &object)?;

    fs::write(git.join("HEAD"), "ref: refs/heads/gone\n")?;
    refused(&repo.check(&["--rev", "HEAD"])?, "HEAD");
    Ok(())
}
