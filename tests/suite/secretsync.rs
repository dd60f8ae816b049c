//! `--secretsync`: an export of Vault makes the pairing exact, and never shows.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use mirrorlint::rules;

use crate::support::Outcome;

const SENTINEL: &str = "c2VudGluZWw";

/// The standing checkout, with a job that asks for the secret `secret`.
fn checkout(secret: &str) -> Result<tempfile::TempDir, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let page = rules::companion("_example.md").ok_or("no example")?;
    for block in page.examples.iter().flat_map(|example| &example.blocks) {
        let path = folder.path().join(&block.path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
        let text = block.marks().0;
        let text = if block.path.ends_with("infra-image-mirroring.yaml") {
            text.replace("registry-push-credentials-quay-io-acme", secret)
        } else {
            text
        };
        fs::write(path, text)?;
    }
    Ok(folder)
}

fn check(
    folder: &Path,
    index: &str,
    format: &str,
) -> Result<(String, String), Box<dyn std::error::Error>> {
    let file = folder.join("index");
    fs::write(&file, index)?;
    let output = Command::cargo_bin("mirrorlint")?
        .args(["check", "--output", format, "--secretsync"])
        .arg(&file)
        .arg(folder)
        .output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&output.stdout), text(&output.stderr)))
}

#[test]
fn keys_of_a_secret_are_compared_with_what_jobs_mount() -> Outcome {
    let folder = checkout("in-vault")?;
    let keys = "secretsync/target-namespace: ci\nsecretsync/target-name: in-vault\n";
    let known = format!("{keys}config.json: {SENTINEL}\n");
    let (out, err) = check(folder.path(), &known, "concise")?;
    assert!(!out.contains('[') && err.is_empty(), "{out}{err}");
    for (index, rule) in [
        (
            known.replace("name: in-vault", "name: other"),
            "error[mirror-job-secret]",
        ),
        (
            known.replace("config.json", "other"),
            "error[mirror-job-subpath]",
        ),
        (
            format!("{known}secretsync/target-clusters: build01,build02\n"),
            "error[mirror-job-secret-cluster]",
        ),
        (
            known.replace(": ci", ": 'ci, ocp'"),
            "error[secretsync-keys]",
        ),
        (
            format!(
                "{{\"data\": {{\"data\": {{\"secretsync/target-name\": \"In_Vault\", \"secretsync/target-namespace\": \"ci\", \"k\": \"{SENTINEL}\"}}}}}}"
            ),
            "error[secretsync-keys]",
        ),
    ] {
        let (out, _) = check(folder.path(), &index, "concise")?;
        assert!(out.contains(rule), "{rule} is not in\n{out}");
    }
    Ok(())
}

#[test]
fn no_value_is_ever_shown() -> Outcome {
    let folder = checkout("in-vault")?;
    let indexes = [
        format!("secretsync/target-namespace: c i\nsecretsync/target-name: a.b\nk k: {SENTINEL}\n"),
        format!("- k: {SENTINEL}\n  secretsync/target-name: x\n- {SENTINEL}\n"),
        format!("k: {SENTINEL}\n"),
        format!("k: [{SENTINEL}\n"),
        format!("k: {SENTINEL}\nk: {SENTINEL}\nsecretsync/other: x\n"),
        format!("{{\"k\": \"{SENTINEL}"),
    ];
    for index in &indexes {
        for format in ["pretty", "concise", "json"] {
            let (out, err) = check(folder.path(), index, format)?;
            assert!(
                !out.contains(SENTINEL) && !err.contains(SENTINEL),
                "{out}{err}"
            );
        }
    }
    Ok(())
}

#[test]
fn a_new_mirror_set_is_told_which_secrets_it_lacks() -> Outcome {
    let folder = checkout("registry-push-credentials-quay-io-acme")?;
    let set = folder.path().join("core-services/image-mirroring/gizmo");
    fs::create_dir(&set)?;
    fs::write(
        set.join("mapping_gizmo_latest"),
        "quay.io/openshift/ci:acme_widget_latest quay.io/gizmo/widget:latest\n",
    )?;
    let output = Command::cargo_bin("mirrorlint")?
        .args(["check", "--output", "json"])
        .arg(&set)
        .output()?;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let rules: Vec<&str> = findings.iter().filter_map(|f| f["rule"].as_str()).collect();
    assert_eq!(rules, ["mapping-file-unselected", "mirror-set-owners"]);
    let help = findings[0]["help"].as_str().ok_or("no help")?;
    for part in [
        "`OWNERS`",
        "registry-push-credentials-quay-io-gizmo",
        "value: mapping_gizmo",
        "dry_run",
    ] {
        assert!(help.contains(part), "{part} is not in\n{help}");
    }
    // What the help shows is a job that is right as it stands.
    let job = help.split_once(":\n").ok_or("no job")?.1;
    fs::write(
        folder.path().join("ci-operator/jobs/infra-periodics.yaml"),
        format!("periodics:\n{job}\n"),
    )?;
    fs::write(set.join("OWNERS"), "approvers:\n- bob\n")?;
    let keys = "secretsync/target-namespace: ci\nsecretsync/target-name: registry-push-credentials-quay-io-gizmo\nconfig.json: x\n";
    let (out, err) = check(folder.path(), keys, "concise")?;
    assert!(!out.contains('[') && err.is_empty(), "{out}{err}");
    Ok(())
}

#[test]
fn two_entries_clash_only_over_the_same_key_of_the_same_secret() -> Outcome {
    let folder = checkout("in-vault")?;
    let entry = |namespace: &str, key: &str, labels: &str| {
        format!(
            "- secretsync/target-namespace: {namespace}\n  secretsync/target-name: in-vault\n  \
             secretsync/target-labels: {labels}\n  {key}: {SENTINEL}\n"
        )
    };
    let first = entry("ci", "config.json", "team:acme,acme.example.com/tier:a_b");
    for (second, says) in [
        (entry("ci", "other", "team:acme"), None),
        (entry("other", "config.json", "team:acme"), None),
        (
            entry("'other,ci'", "config.json", "team:acme"),
            Some("`config.json` of secret 2 (`in-vault`) is claimed by secret 1 (`in-vault`)"),
        ),
        (
            entry("ci", "other", "team"),
            Some("holds `team`, which is no label"),
        ),
        (
            entry("ci", "other", "team:-acme"),
            Some("holds `team:-acme`, which is no label"),
        ),
        (
            entry("test-credentials", "other", "team:acme").replace("in-vault", &"a".repeat(47)),
            Some("where steps mount it"),
        ),
        (
            entry("test-credentials", "other", "team:acme").replace("in-vault", &"a".repeat(46)),
            None,
        ),
    ] {
        let said = check(folder.path(), &format!("{first}{second}"), "concise")?.0;
        match says {
            Some(says) => assert!(said.contains(says), "{second}: {said}"),
            None => assert!(!said.contains("secretsync-keys"), "{second}: {said}"),
        }
        assert!(!said.contains(SENTINEL));
    }
    Ok(())
}

/// However the command line calls an index, a report calls one in the checkout by its path there.
#[test]
fn an_index_in_the_checkout_has_its_path_there() -> Outcome {
    let folder = checkout("in-vault")?;
    let broken = "secretsync/target-namespace: c i\nsecretsync/target-name: in-vault\n";
    let (out, err) = check(folder.path(), broken, "concise")?;
    let mut lines = out.lines();
    assert!(lines.any(|line| line.starts_with("index:")), "{out}{err}");
    Ok(())
}
