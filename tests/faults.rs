//! Faults around a run: a full disk, a file that may not grow, a pipe that nobody reads, a broken
//! repository. Each ends with a message and status, and nothing is lost.
#![cfg(unix)]

mod support;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use support::git::Repo;
use support::{Checkout, Outcome, Run};

const FORMATS: &[&str] = &[
    "pretty", "concise", "json", "sarif", "junit", "github", "gitlab", "rdjson", "html",
];
const MAP: &str = "core-services/image-mirroring/acme/mapping_acme_old";

/// A checkout with a fault that has a safe fix.
fn faulty() -> Result<(Checkout, String), Box<dyn Error>> {
    let checkout = Checkout::new()?;
    let new = "registry.ci.openshift.org/acme/widget:latest quay.io/acme/w:";
    let today: String = (0..40).map(|n| format!("{new}{n}\n")).collect();
    let text =
        format!("{today}registry.svc.ci.openshift.org/acme/widget:latest quay.io/acme/x:1\n");
    checkout.write(MAP, &text)?;
    Ok((checkout, text))
}

/// Runs `mirrorlint check` in a shell that was told `limit` first, and `redirect` for its output.
fn shell(root: &Path, limit: &str, arguments: &[&str], redirect: &str) -> std::io::Result<Run> {
    let output = Command::new("bash")
        .arg("-c")
        .arg(format!("{limit}; \"$@\" {redirect}"))
        .arg("bash")
        .arg(assert_cmd::cargo::cargo_bin!("mirrorlint"))
        .arg("check")
        .arg(root)
        .args(arguments)
        .output()?;
    Ok(output.into())
}

#[test]
fn a_full_disk_below_an_output() -> Outcome {
    let (checkout, _) = faulty()?;
    for format in FORMATS {
        let to_file = checkout.check(&["--output", &format!("{format}=/dev/full")])?;
        assert_eq!(to_file.status, Some(2), "{format}: {to_file:?}");
        assert!(
            to_file.stderr.contains("cannot write `/dev/full`"),
            "{to_file:?}"
        );
        let to_stdout = shell(checkout.root(), ":", &["--output", format], "> /dev/full")?;
        assert_eq!(to_stdout.status, Some(2), "{format}: {to_stdout:?}");
        assert!(
            to_stdout.stderr.contains("standard output"),
            "{to_stdout:?}"
        );
    }
    Ok(())
}

#[test]
fn an_output_where_no_file_can_be() -> Outcome {
    let (checkout, _) = faulty()?;
    let below_a_file = checkout.root().join(MAP).join("report.json");
    for path in [below_a_file.as_path(), checkout.root()] {
        let run = checkout.check(&["--output", &format!("json={}", path.display())])?;
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains("cannot write `"), "{run:?}");
    }
    Ok(())
}

#[test]
fn files_that_may_not_grow_stay_as_they_were() -> Outcome {
    let (checkout, text) = faulty()?;
    // The signal that the limit sends is ignored, so that writing fails as on a full disk.
    let limit = "trap '' XFSZ; ulimit -f 1";
    let fixed = shell(checkout.root(), limit, &["--fix"], "")?;
    assert_eq!(fixed.status, Some(2), "{fixed:?}");
    assert!(fixed.stderr.contains(&format!("{MAP}`: ")), "{fixed:?}");
    assert_eq!(fs::read_to_string(checkout.root().join(MAP))?, text);
    support::assert_no_leftovers(checkout.root())?;

    for n in 0..30 {
        checkout.write(format!("{MAP}_{n}"), "quay.io/acme/alone:1\n")?;
    }
    let accepted = shell(checkout.root(), limit, &["--write-baseline"], "")?;
    assert_eq!(accepted.status, Some(2), "{accepted:?}");
    let says = ".mirrorlint-baseline.json`: ";
    assert!(accepted.stderr.contains(says), "{accepted:?}");
    assert!(!checkout.root().join(".mirrorlint-baseline.json").exists());
    support::assert_no_leftovers(checkout.root())
}

#[test]
fn a_pipe_that_nobody_reads() -> Outcome {
    let (checkout, _) = faulty()?;
    for n in 0..30 {
        checkout.write(format!("{MAP}_{n}"), "quay.io/acme/alone:1\n".repeat(100))?;
    }
    for format in FORMATS {
        let limit = "set -o pipefail";
        let run = shell(checkout.root(), limit, &["--output", format], "| head -c 1")?;
        assert_eq!(run.status, Some(1), "{format}: {}", run.stderr);
        assert_eq!(run.stderr, "", "{format}");
    }
    Ok(())
}

#[test]
fn two_runs_at_once() -> Outcome {
    let (checkout, text) = faulty()?;
    let start = || {
        Command::new(assert_cmd::cargo::cargo_bin!("mirrorlint"))
            .args(["check", "--fix", "--quiet"])
            .arg(checkout.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    };
    let mut runs = Vec::new();
    for _ in 0..4 {
        runs.push(start()?);
    }
    for mut run in runs {
        // A run that looks while another writes may report what it sees of that.
        assert!(matches!(run.wait()?.code(), Some(0 | 1)));
    }
    let fixed = text.replace("registry.svc.ci", "registry.ci");
    assert_eq!(fs::read_to_string(checkout.root().join(MAP))?, fixed);
    support::assert_no_leftovers(checkout.root())
}

#[test]
fn a_broken_repository_is_an_error_with_a_reason() -> Outcome {
    type Break = fn(&Path) -> std::io::Result<()>;
    let cases: [(&str, &str, Break); 4] = [
        ("an empty HEAD", "--rev=HEAD", |git| {
            fs::write(git.join("HEAD"), "")
        }),
        ("a branch without a commit", "--rev=main", |git| {
            fs::write(git.join("refs/heads/main"), "0123456789".repeat(4))
        }),
        ("an index cut short", "--staged", |git| {
            let index = fs::read(git.join("index"))?;
            fs::write(git.join("index"), &index[..index.len() / 2])
        }),
        ("no objects", "--rev=HEAD", |git| {
            fs::remove_dir_all(git.join("objects"))?;
            fs::create_dir(git.join("objects"))
        }),
    ];
    for (name, argument, breaks) in cases {
        let repo = Repo::new()?;
        breaks(&repo.root().join(".git"))?;
        let run = repo.check(&[argument])?;
        assert_eq!(run.status, Some(2), "{name}: {run:?}");
        assert!(
            run.stdout.is_empty() && run.stderr.starts_with("mirrorlint: "),
            "{name}: {run:?}"
        );
    }
    Ok(())
}

#[test]
fn a_lock_that_somebody_left_is_in_nobodys_way() -> Outcome {
    let repo = Repo::new()?;
    fs::write(repo.root().join(".git/index.lock"), "")?;
    assert_eq!(repo.check(&["--staged"])?.status, Some(0));
    Ok(())
}
