//! Input that nobody should write and somebody will: each gives a clear finding, the rest of the
//! checkout is linted all the same, and nothing raw reaches the terminal.
#![cfg(unix)]

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Checkout, Outcome, Run, run};

const SET: &str = "core-services/image-mirroring/acme";
const CANARY: &str = "core-services/image-mirroring/acme/mapping_acme_canary";
const JOBS: &str = "ci-operator/jobs/infra-bad.yaml";
const GOOD_LINE: &str = "registry.ci.openshift.org/acme/widget:9 quay.io/acme/widget:9\n";

/// Far above what a debug build on a busy machine takes, far below "it hangs".
const LIMIT: Duration = Duration::from_secs(60);

/// A sound checkout with one plain fault, which must be found whatever else is wrong.
fn with_canary() -> Result<Checkout, Box<dyn Error>> {
    let checkout = Checkout::new()?;
    checkout.write(CANARY, "quay.io/acme/canary:1\n")?;
    Ok(checkout)
}

/// The findings of `rule` at `path`; holds that the canary is found and that every format copes.
fn found(checkout: &Checkout, rule: &str, path: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let started = Instant::now();
    let report = checkout.report()?;
    assert!(started.elapsed() < LIMIT, "it took {:?}", started.elapsed());
    for format in ["pretty", "concise"] {
        let run = checkout.check(&["--output", format])?;
        assert_eq!(run.status, Some(1), "{format}: {}", run.stderr);
        assert_eq!(run.stderr, "", "{format}");
        let raw = |c: char| c.is_control() && c != '\n';
        assert!(!run.stdout.contains(raw), "{format}: {:?}", run.stdout);
    }
    let all = report["findings"].as_array().ok_or("no findings")?;
    let at = |rule: &str, path: &str| -> Vec<Value> {
        all.iter()
            .filter(|finding| finding["rule"] == rule && finding["path"] == path)
            .cloned()
            .collect()
    };
    assert_eq!(at("mapping-syntax", CANARY).len(), 1, "the rest is linted");
    let found = at(rule, path);
    assert!(!found.is_empty(), "no {rule} at {path:?} in {all:#?}");
    for finding in &found {
        assert!(finding["help"].is_string(), "no help: {finding}");
    }
    Ok(found)
}

/// The one finding there is, as `line:column message`.
fn only(checkout: &Checkout, rule: &str, path: &str) -> Result<String, Box<dyn Error>> {
    let found = found(checkout, rule, path)?;
    let [finding] = found.as_slice() else {
        return Err(format!("more than one finding: {found:#?}").into());
    };
    Ok(format!(
        "{}:{} {}",
        finding["line"],
        finding["column"],
        finding["message"].as_str().unwrap_or_default()
    ))
}

fn mapping(content: &[u8], rule: &str) -> Result<String, Box<dyn Error>> {
    let checkout = with_canary()?;
    let path = format!("{SET}/mapping_acme_bad");
    checkout.write(&path, content)?;
    only(&checkout, rule, &path)
}

fn yaml(content: &[u8], rule: &str) -> Result<String, Box<dyn Error>> {
    let checkout = with_canary()?;
    checkout.write(JOBS, content)?;
    only(&checkout, rule, JOBS)
}

#[test]
fn a_mapping_file_that_is_not_utf8() -> Outcome {
    let text = [GOOD_LINE.as_bytes(), b"# caf\xe9\n"].concat();
    let said = mapping(&text, "unreadable-file")?;
    assert!(said.starts_with("2:6 the file is not UTF-8"), "{said}");
    Ok(())
}

#[test]
fn a_mapping_file_with_a_byte_order_mark() -> Outcome {
    let said = mapping(format!("\u{feff}{GOOD_LINE}").as_bytes(), "mapping-syntax")?;
    assert!(said.starts_with("1:1 ") && said.contains("byte"), "{said}");
    Ok(())
}

#[test]
fn a_mapping_file_with_an_overlong_line() -> Outcome {
    let text = format!("{GOOD_LINE}# {}\n", "x".repeat(70_000));
    let said = mapping(text.as_bytes(), "mapping-syntax")?;
    assert!(said.starts_with("2:"), "{said}");
    Ok(())
}

#[test]
fn a_mapping_file_with_a_nul() -> Outcome {
    let said = mapping(b"quay.io/acme/a\0b:1 quay.io/acme/c:1\n", "mapping-syntax")?;
    assert!(said.starts_with("1:"), "{said}");
    Ok(())
}

#[test]
fn yaml_indented_with_tabs() -> Outcome {
    let said = yaml(b"periodics:\n- name: a\n\tagent: b\n", "invalid-yaml")?;
    assert!(said.starts_with("3:1 ") && said.contains("tab"), "{said}");
    Ok(())
}

#[test]
fn yaml_with_a_key_given_twice() -> Outcome {
    let said = yaml(b"periodics: []\nperiodics: []\n", "duplicate-key")?;
    assert!(said.starts_with("2:1 "), "{said}");
    Ok(())
}

#[test]
fn yaml_with_an_alias_bomb() -> Outcome {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        let list = vec![alias; 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    text.push_str("periodics: *a29\n");
    let said = yaml(text.as_bytes(), "invalid-yaml")?;
    assert!(said.contains("alias"), "{said}");
    Ok(())
}

#[test]
fn yaml_with_a_hundred_thousand_brackets() -> Outcome {
    let said = yaml("[".repeat(100_000).as_bytes(), "invalid-yaml")?;
    assert!(said.contains("nesting"), "{said}");
    let said = yaml("- ".repeat(100_000).as_bytes(), "invalid-yaml")?;
    assert!(said.contains("nesting"), "{said}");
    Ok(())
}

#[test]
fn yaml_of_fifty_megabytes() -> Outcome {
    let said = yaml(&vec![b'#'; 50_000_000], "unreadable-file")?;
    assert!(
        said.starts_with("1:1 the file has 50000000 bytes"),
        "{said}"
    );
    Ok(())
}

#[test]
fn symbolic_links_that_lead_nowhere_or_out_or_in_a_circle() -> Outcome {
    let outside = tempfile::NamedTempFile::new()?;
    fs::write(outside.path(), "SECRET\n")?;
    let cases: [(PathBuf, &str); 5] = [
        ("nowhere".into(), "/nowhere`, which does not exist"),
        (outside.path().into(), "outside the checkout"),
        ("../../../../../etc/passwd".into(), "outside the checkout"),
        ("mapping_acme_link".into(), "leads back to itself"),
        ("/dev/zero".into(), "outside the checkout"),
    ];
    for (target, says) in cases {
        let checkout = with_canary()?;
        let path = format!("{SET}/mapping_acme_link");
        symlink(&target, checkout.root().join(&path))?;
        let said = only(&checkout, "unreadable-file", &path)?;
        assert!(said.contains(says), "{}: {said}", target.display());
    }
    Ok(())
}

#[test]
fn a_symbolic_link_within_the_checkout_is_followed() -> Outcome {
    let checkout = Checkout::new()?;
    let link = checkout.root().join(SET).join("mapping_acme_link");
    symlink("mapping_acme_latest", link)?;
    let report = checkout.report()?;
    assert_eq!(report["summary"]["errors"], 0, "{report:#}");
    Ok(())
}

#[test]
fn a_folder_that_is_a_link_out_of_the_checkout_is_not_entered() -> Outcome {
    for folder in ["clusters", "core-services/prow", "ci-operator/jobs"] {
        let outside = tempfile::tempdir()?;
        for name in [
            "secret.yaml",
            "infra-secret.yaml",
            "02_config/_plugins.yaml",
        ] {
            let path = outside.path().join(name);
            fs::create_dir_all(path.parent().ok_or("no folder")?)?;
            fs::write(path, "SECRET: [\n")?;
        }
        let checkout = with_canary()?;
        fs::remove_dir_all(checkout.root().join(folder))?;
        symlink(outside.path(), checkout.root().join(folder))?;
        let report = checkout.report()?.to_string();
        assert!(!report.contains("secret.yaml"), "{folder}: {report}");
        assert!(
            !report.contains("_plugins.yaml\",\"rule"),
            "{folder}: {report}"
        );
        let said = only(&checkout, "unreadable-file", folder)?;
        assert!(said.contains("outside the checkout"), "{said}");
    }
    Ok(())
}

/// Runs `mirrorlint` as somebody whom permissions bind, which root is not.
fn run_bound(checkout: &Checkout, arguments: &[&str]) -> Result<Run, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let binary = folder.path().join("mirrorlint");
    // The build folder may lie where only root may look. Copied by another process: one of ours that
    // another test starts meanwhile would hold the copy open for writing, and nobody could run it.
    let copied = Command::new("cp")
        .arg(assert_cmd::cargo::cargo_bin!("mirrorlint"))
        .arg(&binary)
        .status()?;
    assert!(copied.success());
    for open in [folder.path(), checkout.root()] {
        fs::set_permissions(open, fs::Permissions::from_mode(0o755))?;
    }
    let mut command = Command::new(&binary);
    command.arg("check").arg(checkout.root()).args(arguments);
    if folder.path().metadata()?.uid() == 0 {
        command.uid(65_534).gid(65_534);
    }
    Ok(command.output()?.into())
}

#[test]
fn folders_and_files_without_read_permission() -> Outcome {
    let checkout = with_canary()?;
    let closed = "core-services/image-mirroring/closed";
    checkout.write(format!("{closed}/mapping_closed"), GOOD_LINE)?;
    let file = format!("{SET}/mapping_acme_closed");
    checkout.write(&file, GOOD_LINE)?;
    for path in [closed, file.as_str()] {
        let path = checkout.root().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o000))?;
    }
    let run = run_bound(&checkout, &["--output", "concise"])?;
    // So that the temporary folder can be removed by whoever runs the tests.
    fs::set_permissions(
        checkout.root().join(closed),
        fs::Permissions::from_mode(0o755),
    )?;
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    for path in [closed, file.as_str()] {
        let line = format!("{path}:1:1: error[unreadable-file] ");
        let said = run.stdout.lines().find(|said| said.starts_with(&line));
        let said = said.ok_or_else(|| format!("no {line} in\n{}", run.stdout))?;
        assert!(said.to_lowercase().contains("permission denied"), "{said}");
    }
    assert!(run.stdout.contains(CANARY), "{}", run.stdout);
    Ok(())
}

#[test]
fn a_pipe_in_place_of_a_file() -> Outcome {
    let checkout = with_canary()?;
    let path = format!("{SET}/mapping_acme_pipe");
    let made = Command::new("mkfifo")
        .arg(checkout.root().join(&path))
        .status()?;
    assert!(made.success());
    let said = only(&checkout, "unreadable-file", &path)?;
    assert!(said.contains("a pipe"), "{said}");
    Ok(())
}

#[test]
fn a_folder_in_place_of_a_file() -> Outcome {
    let checkout = with_canary()?;
    fs::create_dir_all(checkout.root().join(SET).join("mapping_acme_folder"))?;
    assert_eq!(checkout.check(&[])?.status, Some(1));
    let report = checkout.report()?;
    assert_eq!(report["summary"]["errors"], 1, "the canary: {report:#}");
    Ok(())
}

#[test]
fn a_file_name_that_is_not_utf8() -> Outcome {
    let checkout = with_canary()?;
    let name = OsStr::from_bytes(b"mapping_acme_caf\xe9");
    checkout.write(PathBuf::from(SET).join(name), GOOD_LINE)?;
    let path = format!("{SET}/mapping_acme_caf\u{fffd}");
    let said = only(&checkout, "unreadable-file", &path)?;
    assert!(said.contains("the name is not UTF-8"), "{said}");
    Ok(())
}

#[test]
fn a_file_name_with_control_characters() -> Outcome {
    let checkout = with_canary()?;
    let path = format!("{SET}/mapping_acme_\u{1b}[31m\n::error::x");
    checkout.write(&path, GOOD_LINE)?;
    only(&checkout, "mapping-key-invalid", &path)?;
    let run = checkout.check(&["--output", "concise"])?;
    let line = format!("{SET}/mapping_acme_\\u{{1b}}[31m\\n::error::x:1:1: error[");
    assert!(run.stdout.contains(&line), "{}", run.stdout);
    Ok(())
}

#[test]
fn control_characters_in_a_file() -> Outcome {
    let checkout = with_canary()?;
    let path = format!("{SET}/mapping_acme_bad");
    checkout.write(
        &path,
        "quay.io/a\u{1b}]0;x\u{7}/b:1 quay.io/\u{202e}c:1\r\n\u{9b}31m\n",
    )?;
    found(&checkout, "mapping-syntax", &path)?;
    Ok(())
}

#[test]
fn folders_that_are_no_checkout() -> Outcome {
    let empty = tempfile::tempdir()?;
    let other = tempfile::tempdir()?;
    fs::write(other.path().join("main.go"), "package main\n")?;
    for folder in [empty.path(), other.path(), &empty.path().join("gone")] {
        let run = run([OsStr::new("check"), folder.as_os_str()])?;
        assert_eq!(run.status, Some(2), "{}", run.stdout);
        assert_eq!(run.stdout, "");
        let says = if folder.exists() {
            "neither it nor a folder above it has a folder `core-services` or `ci-operator`"
        } else {
            "No such file or directory"
        };
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    Ok(())
}

#[test]
fn a_checkout_with_nothing_in_it() -> Outcome {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("core-services"))?;
    let run = run([OsStr::new("check"), folder.path().as_os_str()])?;
    let said = "No findings in 0 files.\n";
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), said));
    Ok(())
}

#[test]
fn mapping_files_that_outgrow_the_config_map() -> Outcome {
    const KIB: usize = 1024;
    for (size, severity) in [(780, None), (830, Some("warning")), (1030, Some("error"))] {
        let checkout = Checkout::new()?;
        let comment = format!("# {}\n", "x".repeat(KIB - 3));
        let text = GOOD_LINE.to_owned() + &comment.repeat(size);
        checkout.write(format!("{SET}/mapping_acme_big"), text)?;
        let report = checkout.report()?;
        let findings = report["findings"].as_array().ok_or("no findings")?;
        let found = findings
            .iter()
            .find(|finding| finding["rule"] == "mapping-configmap-size");
        assert_eq!(
            found.and_then(|finding| finding["severity"].as_str()),
            severity,
            "{size} KiB"
        );
        if let Some(finding) = found {
            let related = finding["related"].to_string();
            assert!(related.contains("mapping_acme_big"), "{related}");
        }
    }
    Ok(())
}

#[test]
fn more_findings_than_anybody_reads() -> Outcome {
    let checkout = with_canary()?;
    let path = format!("{SET}/mapping_acme_bad");
    checkout.write(&path, "alone\n".repeat(1500))?;
    let found = found(&checkout, "mapping-syntax", &path)?;
    assert_eq!(
        found.len(),
        1001,
        "a thousand, and one that counts the rest"
    );
    let beyond = found
        .iter()
        .filter(|finding| finding["message"].to_string().contains("500 more findings"));
    assert_eq!(beyond.count(), 1);
    Ok(())
}
