//! `mirrorlint new`: what it writes is what the documentation asks for, and clean; whatever it does
//! not write changes nothing.

#[cfg(target_os = "linux")]
mod killed;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;
use walkdir::WalkDir;

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome, Run, run};

type Failed = Box<dyn Error>;

const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";
const CONFIG: &str = "core-services/image-mirroring/_config.yaml";
const MIRROR_SET: &[&str] = &[
    "mirror-set",
    "gizmo",
    "--source",
    "acme/widget:latest",
    "--destination",
    "quay.io/gizmo/widget",
    "--approver",
    "bob",
];
const ACCESS: &[&str] = &[
    "registry-access",
    "gizmo",
    "--pull",
    "authenticated",
    "--approver",
    "bob",
];
const SUPPLEMENTAL: &[&str] = &[
    "supplemental-image",
    "acme/tool:1.2",
    "--from",
    "quay.io/acme/tool:1.2",
];
const MAPPING: &[&str] = &["mapping", "ci/boskos:latest", "quay.io/acme/boskos"];

/// A `_config.yaml` with keys in no order, comments, and an odd way of writing.
const CONFIG_TEXT: &str = "\
# What jobs use from outside.
supplementalCIImages:
  # two of acme's
  acme/alpha:1:
    image:   quay.io/acme/alpha:1
  acme/zeta:1: {image: quay.io/acme/zeta:1}   # in one line

artImages: []
";

/// Runs `mirrorlint new` in a checkout.
fn new(root: &Path, arguments: &[&str]) -> std::io::Result<Run> {
    let root = root.to_string_lossy().into_owned();
    run(["new"]
        .iter()
        .chain(arguments)
        .chain(&["--checkout", &root]))
}

/// Every file and what it holds, but for git's own.
fn files(root: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failed> {
    let mut files = BTreeMap::new();
    let entries = WalkDir::new(root).into_iter();
    for entry in entries.filter_entry(|entry| entry.file_name() != ".git") {
        let entry = entry?;
        if entry.file_type().is_file() {
            let path = entry
                .path()
                .strip_prefix(root)?
                .to_string_lossy()
                .into_owned();
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// What the change on `main` brings since `start`, hints included.
fn brought(repo: &Repo, vault: &str) -> Result<Vec<Value>, Failed> {
    let folder = tempfile::tempdir()?;
    let index = folder.path().join("vault.yaml");
    let mut arguments = vec!["--base", "start", "--head", "main", "--all"];
    arguments.extend(["--severity", "hint", "--output", "json"]);
    if !vault.is_empty() {
        fs::write(&index, vault)?;
        arguments.extend(["--secretsync", index.to_str().ok_or("no UTF-8")?]);
    }
    let run = repo.checkout.check(&arguments)?;
    let report: Value = serde_json::from_str(&run.stdout)?;
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let is_new = |finding: &&Value| finding["class"] != "pre-existing";
    Ok(findings.iter().filter(is_new).cloned().collect())
}

/// The keys that `new` says belong into Vault, as an export of it.
fn vault(said: &str) -> String {
    let keys = said.lines().map(str::trim);
    let keys =
        keys.filter(|line| line.starts_with("secretsync/") || line.starts_with("config.json:"));
    keys.map(|line| format!("{line}\n")).collect()
}

fn text(checkout: &Checkout, path: &str) -> Result<String, Failed> {
    Ok(fs::read_to_string(checkout.root().join(path))?)
}

#[test]
fn every_kind_is_clean_and_written_once() -> Outcome {
    for (arguments, config) in [
        (MIRROR_SET, None),
        (ACCESS, None),
        (SUPPLEMENTAL, None),
        (SUPPLEMENTAL, Some(CONFIG_TEXT)),
        (MAPPING, None),
    ] {
        let repo = Repo::new()?;
        if let Some(config) = config {
            repo.checkout.write(CONFIG, config)?;
            repo.commit("config")?;
        }
        repo.branch("start")?;
        let before = files(repo.root())?;
        let dry = new(repo.root(), &[arguments, &["--dry-run"]].concat())?;
        assert_eq!(dry.status, Some(0), "{dry:?}");
        assert_eq!(files(repo.root())?, before, "{arguments:?}");

        let written = new(repo.root(), arguments)?;
        assert_eq!(
            (written.status, &*written.stderr),
            (Some(0), ""),
            "{written:?}"
        );
        let after = files(repo.root())?;
        assert_ne!(after, before);
        repo.commit("new")?;
        assert_eq!(
            brought(&repo, &vault(&written.stdout))?,
            Vec::<Value>::new()
        );

        // The patch makes the same of the start.
        repo.git.reset(
            &repo.git.revparse_single("start")?,
            git2::ResetType::Hard,
            None,
        )?;
        let patch = git2::Diff::from_buffer(dry.stdout.as_bytes())?;
        repo.git.apply(&patch, git2::ApplyLocation::WorkDir, None)?;
        assert_eq!(files(repo.root())?, after, "{}", dry.stdout);

        let again = new(repo.root(), arguments)?;
        assert_eq!(again.status, Some(0), "{again:?}");
        assert!(again.stdout.contains("there already"), "{again:?}");
        assert_eq!(files(repo.root())?, after);
    }
    Ok(())
}

#[test]
fn a_job_and_a_key_come_to_their_place_and_all_else_stays() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(CONFIG, CONFIG_TEXT)?;
    let jobs = text(&checkout, JOBS)?;
    new(checkout.root(), MIRROR_SET)?;
    new(checkout.root(), SUPPLEMENTAL)?;
    let (first, rest) = jobs.rsplit_once("- agent:").ok_or("two jobs")?;
    let changed = text(&checkout, JOBS)?;
    let job = changed
        .strip_prefix(first)
        .and_then(|job| job.strip_suffix(rest));
    let job = job.and_then(|job| job.strip_suffix("- agent:"));
    let job = job.ok_or_else(|| format!("not in between:\n{changed}"))?;
    assert!(
        job.contains("  name: periodic-image-mirroring-gizmo\n"),
        "{job}"
    );

    let key = "  acme/tool:1.2:\n    image: quay.io/acme/tool:1.2\n";
    let (before, behind) = CONFIG_TEXT.split_once("  acme/zeta").ok_or("a key")?;
    let expected = format!("{before}{key}  acme/zeta{behind}");
    assert_eq!(text(&checkout, CONFIG)?, expected);
    Ok(())
}

#[test]
fn it_is_what_the_documentation_shows() -> Outcome {
    let checkout = Checkout::new()?;
    new(checkout.root(), MIRROR_SET)?;
    new(checkout.root(), ACCESS)?;
    let documents = |text: &str| -> Result<Vec<serde_yaml::Value>, serde_yaml::Error> {
        use serde::Deserialize;
        let documents = serde_yaml::Deserializer::from_str(text);
        documents.map(serde_yaml::Value::deserialize).collect()
    };
    let manifest = text(
        &checkout,
        "clusters/app.ci/registry-access/gizmo/admin_manifest.yaml",
    )?;
    let seed = include_str!("../data/seed/authenticated_users.yaml");
    let seed = seed
        .replace("my-project", "gizmo")
        .replace("MyProject", "gizmo");
    assert_eq!(documents(&manifest)?, documents(&seed)?);

    for owners in [
        "clusters/app.ci/registry-access/gizmo/OWNERS",
        "core-services/image-mirroring/gizmo/OWNERS",
    ] {
        assert_eq!(text(&checkout, owners)?, "approvers:\n- bob\n");
    }
    let mapping = text(
        &checkout,
        "core-services/image-mirroring/gizmo/mapping_gizmo",
    )?;
    let expected = "quay.io/openshift/ci:acme_widget_latest quay.io/gizmo/widget:latest\n";
    assert_eq!(mapping, expected);

    // The job that the documentation showed, in the form that the checkout has by now.
    let script = "curl -sL https://raw.githubusercontent.com/openshift/release/refs/heads/main/hack/\
                  periodic-mirroring.sh | bash";
    let seed = include_str!("../data/seed/mirror_job.yaml")
        .replace("NEW_ORGANIZATION", "gizmo")
        .replace("cluster: app.ci", "cluster: core-ci")
        .replace("/home/mirror", "/tmp/user")
        .replace("imagePullPolicy: Always", "imagePullPolicy: IfNotPresent")
        .replace(
            "registry.ci.openshift.org/ci/image-mirror:oc-415",
            "registry.redhat.io/openshift4/ose-cli-rhel9",
        )
        .replace(
            "command:\n      - /tp-entrypoint.sh",
            &format!("args: [-c, '{script}']\n      command: [bash]"),
        );
    let by_hand = &documents(&seed)?[0]["periodics"][0];
    let jobs = documents(&text(&checkout, JOBS)?)?;
    let jobs = jobs[0]["periodics"].as_sequence().ok_or("no jobs")?;
    assert!(jobs.contains(by_hand), "{by_hand:#?} is none of {jobs:#?}");
    Ok(())
}

#[test]
fn an_older_checkout_gets_the_form_of_its_jobs_and_lines() -> Outcome {
    let checkout = Checkout::new()?;
    let config = "ci-operator/config/acme/widget/acme-widget-main.yaml";
    let old = text(&checkout, config)?
        .replace("  items:\n  - from: boskos\n    to", "- from: boskos\n  to");
    checkout.write(config, old)?;
    let mapping = "registry.ci.openshift.org/acme/widget:latest quay.io/acme/widget:latest\n";
    checkout.write(
        "core-services/image-mirroring/acme/mapping_acme_latest",
        mapping,
    )?;
    let seed = include_str!("../data/seed/mirror_job.yaml").replace("NEW_ORGANIZATION", "acme");
    checkout.write(JOBS, seed)?;
    let run = new(checkout.root(), MIRROR_SET)?;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(
        run.stdout.contains("target-clusters: \"app.ci\"\n"),
        "{run:?}"
    );
    let jobs = text(&checkout, JOBS)?;
    assert_eq!(jobs.matches("- /tp-entrypoint.sh").count(), 2, "{jobs}");
    assert_eq!(
        jobs.matches("/home/mirror/.docker/config.json").count(),
        2,
        "{jobs}"
    );
    let line = text(
        &checkout,
        "core-services/image-mirroring/gizmo/mapping_gizmo",
    )?;
    assert_eq!(line, mapping.replace("quay.io/acme", "quay.io/gizmo"));
    Ok(())
}

#[test]
fn the_first_job_runs_where_the_mapping_files_go() -> Outcome {
    let plugins = "core-services/prow/02_config/_plugins.yaml";
    for (clusters, expected) in [
        ("app.ci: [ci]", "app.ci"),
        ("build01: [default]\n        app.ci: [ci]", "app.ci"),
        ("app.ci: [ci]\n        core-ci: [ci]", "core-ci"),
    ] {
        let checkout = Checkout::new()?;
        checkout.write(
            JOBS,
            "periodics:\n- agent: kubernetes\n  name: periodic-other\n  cron: '@daily'\n",
        )?;
        let map = format!(
            "config_updater:\n  maps:\n    core-services/image-mirroring/**/mapping_*:\n      clusters:\n        {clusters}\n      name: image-mirror-mappings\n"
        );
        checkout.write(plugins, map)?;
        // Where it refuses, because no job reads the other sets, it shows what job would do that.
        let run = new(checkout.root(), MIRROR_SET)?;
        assert_eq!(run.status, Some(2), "{run:?}");
        let clusters = run.stderr.lines().filter(|line| line.contains("cluster: "));
        let clusters: Vec<&str> = clusters.collect();
        assert_eq!(
            clusters,
            [
                format!("  |   cluster: {expected}"),
                format!("  |   cluster: {expected}")
            ]
        );
    }
    Ok(())
}

#[test]
fn what_would_be_a_finding_is_refused() -> Outcome {
    let source = |source| [&MIRROR_SET[..2], &["--source", source], &MIRROR_SET[4..]].concat();
    for (arguments, says) in [
        (source("acme/wodget:latest"), "mapping-source-unprovided"),
        (
            vec!["mapping", "ci/boskos:latest", "quay.io/acme/widget"],
            "mapping-duplicate-destination",
        ),
        (
            vec![
                "supplemental-image",
                "kube-x/tool:1.2",
                "--from",
                "quay.io/acme/tool:1.2",
            ],
            "forbidden-namespace",
        ),
    ] {
        let checkout = Checkout::new()?;
        let before = files(checkout.root())?;
        let run = new(checkout.root(), &arguments)?;
        assert_eq!((run.status, &*run.stdout), (Some(2), ""), "{run:?}");
        assert!(
            run.stderr.contains("`mirrorlint check` would report it"),
            "{run:?}"
        );
        assert!(run.stderr.contains(says), "{run:?}");
        assert_eq!(files(checkout.root())?, before);
    }
    Ok(())
}

#[test]
fn a_warning_may_be_meant_and_an_error_never() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(
        "core-services/image-mirroring/acme/mapping_acme_1.0",
        "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:1.0\n\
         registry.ci.openshift.org/ci/boskos:latest quay.io/acme/boskos:1.0\n",
    )?;
    let file = ["--file", "mapping_acme_latest"];
    let renamed = ["mapping", "ci/boskos:latest", "quay.io/acme/gadget:3.0"];
    let renamed = [&renamed[..], &file].concat();
    let run = new(checkout.root(), &renamed)?;
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(
        run.stderr.contains("--allow mapping-destination-name"),
        "{run:?}"
    );
    let allow = ["--allow", "mapping-destination-name"];
    let run = new(checkout.root(), &[&renamed[..], &allow].concat())?;
    assert_eq!(run.status, Some(0), "{run:?}");
    let taken = ["mapping", "ci/boskos:latest", "quay.io/acme/widget"];
    let taken = [&taken[..], &file].concat();
    let allow = [
        "--allow",
        "mapping-destination-name",
        "--allow",
        "mapping-duplicate-destination",
    ];
    let run = new(checkout.root(), &[&taken[..], &allow].concat())?;
    assert_eq!(run.status, Some(2), "{run:?}");
    Ok(())
}

#[test]
fn nothing_is_written_over() -> Outcome {
    let checkout = Checkout::new()?;
    new(checkout.root(), MIRROR_SET)?;
    let owners = "core-services/image-mirroring/gizmo/OWNERS";
    for (path, content, says) in [
        (
            owners,
            Some("approvers:\n- eve\n"),
            "`core-services/image-mirroring/gizmo/OWNERS`",
        ),
        (owners, None, "is there already as it would be written, but"),
        (
            JOBS,
            Some(&*text(&checkout, JOBS)?.replace("gizmo\n  spec:", "gizmo\n  # ours\n  spec:")),
            "job `periodic",
        ),
    ] {
        let whole = text(&checkout, path)?;
        match content {
            Some(content) => checkout.write(path, content).map(drop)?,
            None => fs::remove_file(checkout.root().join(path))?,
        }
        let before = files(checkout.root())?;
        let run = new(checkout.root(), MIRROR_SET)?;
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(says), "{run:?}");
        assert_eq!(files(checkout.root())?, before);
        checkout.write(path, whole)?;
    }
    Ok(())
}

#[test]
fn hostile_names_are_refused() -> Outcome {
    let checkout = Checkout::new()?;
    let before = files(checkout.root())?;
    let long = "a".repeat(300);
    for name in [
        "../x",
        "a b",
        "a\u{1b}[31m",
        "a\nb",
        &long,
        "",
        ".",
        "..",
        ".git",
        "é",
        "a/b",
        "{set}",
    ] {
        for (kind, at) in [
            (MIRROR_SET, 1),
            (MIRROR_SET, 3),
            (MIRROR_SET, 5),
            (MIRROR_SET, 7),
            (ACCESS, 1),
            (ACCESS, 3),
            (ACCESS, 5),
            (SUPPLEMENTAL, 1),
            (SUPPLEMENTAL, 3),
            (MAPPING, 1),
            (MAPPING, 2),
        ] {
            let mut arguments = kind.to_vec();
            arguments[at] = name;
            let run = new(checkout.root(), &arguments)?;
            assert_eq!(
                (run.status, &*run.stdout),
                (Some(2), ""),
                "{arguments:?}: {run:?}"
            );
            assert!(!run.stderr.contains("panicked"), "{run:?}");
        }
    }
    assert_eq!(files(checkout.root())?, before);
    Ok(())
}

#[test]
fn a_line_finds_its_set_and_its_file() -> Outcome {
    let checkout = Checkout::new()?;
    let folder = "core-services/image-mirroring/acme";
    checkout.write(
        format!("{folder}/mapping_acme_1.0"),
        "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:1.0",
    )?;
    let ask = |arguments: &[&str]| {
        new(
            checkout.root(),
            &[&["mapping", "ci/boskos:latest"], arguments].concat(),
        )
    };
    let run = ask(&["quay.io/acme/boskos:1.0"])?;
    assert!(run.stdout.contains("/mapping_acme_1.0\n"), "{run:?}");
    let expected = "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:1.0\n\
                    registry.ci.openshift.org/ci/boskos:latest quay.io/acme/boskos:1.0\n";
    assert_eq!(
        text(&checkout, &format!("{folder}/mapping_acme_1.0"))?,
        expected
    );
    for (arguments, says) in [
        (
            &["quay.io/acme/new:2.0", "--file", "mapping_nowhere"][..],
            "`mapping_acme_1.0`, `mapping_acme_latest`",
        ),
        (
            &["quay.io/nobody/boskos"],
            "no mirror set pushes to `quay.io/nobody`",
        ),
        (
            &["quay.io/acme/boskos", "--set", "acne"],
            "did you mean `acme`?",
        ),
    ] {
        let run = ask(arguments)?;
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(says), "{says}: {run:?}");
    }
    // Both files have lines for the one image now, and neither has the tag.
    let run = ask(&["quay.io/acme/boskos:3.0", "--file", "mapping_acme_latest"])?;
    assert_eq!(run.status, Some(0), "{run:?}");
    let run = ask(&["quay.io/acme/gizmo:4.0"])?;
    assert!(run.stderr.contains("say with `--file` which"), "{run:?}");

    checkout.write(
        "core-services/image-mirroring/other/mapping_other",
        "quay.io/openshift/ci:acme_widget_latest quay.io/acme/other:latest\n",
    )?;
    let run = ask(&["quay.io/acme/boskos:5.0"])?;
    assert!(
        run.stderr
            .contains("say with `--set` which: `acme`, `other`"),
        "{run:?}"
    );
    Ok(())
}

#[test]
fn there_must_be_a_place_for_it() -> Outcome {
    let checkout = Checkout::new()?;
    fs::remove_file(checkout.root().join(JOBS))?;
    let run = new(checkout.root(), MIRROR_SET)?;
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.contains("is not in this checkout"), "{run:?}");
    checkout.write(JOBS, "periodics: [{name: x}]\n")?;
    let run = new(checkout.root(), MIRROR_SET)?;
    assert!(
        run.stderr.contains("no list of jobs in block style"),
        "{run:?}"
    );
    checkout.write(
        CONFIG,
        "supplementalCIImages: {a/b:c: {image: quay.io/a/b:c}}\n",
    )?;
    let run = new(checkout.root(), SUPPLEMENTAL)?;
    assert!(run.stderr.contains("in block style"), "{run:?}");
    let nowhere = tempfile::tempdir()?;
    let run = new(nowhere.path(), ACCESS)?;
    assert!(
        run.stderr.contains("is no checkout of openshift/release"),
        "{run:?}"
    );
    Ok(())
}
