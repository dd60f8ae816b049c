//! Runs the binary as a user does.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use mirrorlint::rules::REPOSITORY;
use regex::Regex;
use serde_json::Value;
use tempfile::tempdir;

use crate::support::{Checkout, Outcome, run};

const SET: &str = "core-services/image-mirroring/acme";

/// A sound checkout but for an access that is missing because a group is misspelt.
fn explained() -> Result<Checkout, Box<dyn std::error::Error>> {
    let checkout = Checkout::new()?;
    let path = "clusters/app.ci/registry-access/acme/admin_manifest.yaml";
    let manifest = fs::read_to_string(checkout.root().join(path))?;
    let misspelt = manifest.replace("system:authenticated", "system:authenticate");
    checkout.write(path, misspelt)?;
    Ok(checkout)
}

/// A sound checkout but for one error, one warning and one finding that is held back, each in a
/// file of its own.
fn faulty() -> Result<Checkout, Box<dyn std::error::Error>> {
    let checkout = Checkout::new()?;
    checkout.write(format!("{SET}/mapping_acme_bad"), "quay.io/acme/alone:1\n")?;
    checkout.write(
        format!("{SET}/mapping_acme_held"),
        "quay.io/openshift/ci:acme_widget_latest quay.io/acme/gadget:2\n",
    )?;
    // A registry-access folder without an OWNERS file.
    let access = "clusters/app.ci/registry-access";
    let manifest = fs::read_to_string(
        checkout
            .root()
            .join(access)
            .join("acme/admin_manifest.yaml"),
    )?;
    checkout.write(
        format!("{access}/gizmo/admin_manifest.yaml"),
        manifest.replace("acme", "gizmo"),
    )?;
    Ok(checkout)
}

#[test]
fn exit_statuses() -> Outcome {
    let sound = Checkout::new()?;
    assert_eq!(sound.check(&[])?.status, Some(0));
    let faulty = faulty()?;
    for (arguments, status) in [
        (&[][..], 1),
        (&["--fail-on", "never"], 0),
        (&["--ignore", "mapping-syntax"], 0),
        (&["--ignore", "mapping-syntax", "--fail-on", "warning"], 1),
        (&["--select", "registry-access-*"], 0),
        (
            &["--select", "registry-access-*", "--fail-on", "warning"],
            1,
        ),
        (
            &["--select", "mapping-destination-name", "--fail-on", "hint"],
            0,
        ),
        (
            &[
                "--select",
                "mapping-destination-name",
                "--fail-on",
                "hint",
                "--all",
            ],
            1,
        ),
        (&["--severity", "loud"], 2),
        (&["--select", "mapping-sintax"], 2),
        (&["--output", "xml"], 2),
        (&["--output", "json="], 2),
        (&["--output", "json", "--output", "pretty"], 2),
        (&["--output", "json=/nowhere/at/all"], 2),
        (&["--rules", "/nowhere/at/all"], 2),
        (&["--rev", "HEAD"], 2),
    ] {
        let run = faulty.check(arguments)?;
        assert_eq!(run.status, Some(status), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stderr.is_empty(), status != 2, "{arguments:?}");
    }
    assert_eq!(run(["chekc"])?.status, Some(2));
    assert_eq!(run(["--version"])?.status, Some(0));
    Ok(())
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() -> Outcome {
    for arguments in [
        &["explain", "mapping-sintax"][..],
        &["demo", "--ignore", "mapping-sintax"],
    ] {
        let run = run(arguments)?;
        assert_eq!(run.status, Some(2));
        assert!(
            run.stderr.contains("did you mean `mapping-syntax`?"),
            "{}",
            run.stderr
        );
    }
    Ok(())
}

#[test]
fn severity_decides_what_is_shown() -> Outcome {
    let checkout = faulty()?;
    let lines = |arguments: &[&str]| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let run = checkout.check(arguments)?;
        Ok(run.findings().into_iter().map(str::to_owned).collect())
    };
    let bad = format!("{SET}/mapping_acme_bad:1:1: error[mapping-syntax] ");
    assert_eq!(lines(&["--severity", "error"])?.len(), 1);
    assert!(lines(&["--severity", "error"])?[0].starts_with(&bad));
    assert_eq!(lines(&[])?.len(), 2);
    // What fails a run is shown.
    let strict = ["--severity", "error", "--fail-on", "warning"];
    assert_eq!(lines(&strict)?.len(), 2);
    assert_eq!(lines(&["--all", "--severity", "hint"])?.len(), 3);
    assert_eq!(lines(&["--quiet"])?.len(), 0);
    Ok(())
}

#[test]
fn several_reports_at_once() -> Outcome {
    let checkout = faulty()?;
    let folder = tempdir()?;
    let file = |format: &str| format!("{format}={}", folder.path().join(format).display());
    let run = checkout.check(&[
        "--output",
        &file("json"),
        "--output",
        &file("pretty"),
        "--output",
        "concise",
        "--statistics",
    ])?;
    assert_eq!(run.status, Some(1));
    assert!(
        run.stdout.contains("error[mapping-syntax]"),
        "{}",
        run.stdout
    );
    let json: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("json"))?)?;
    assert_eq!(json["statistics"]["mapping-syntax"], 1);
    assert_eq!(json["statistics"]["mapping-destination-name"], 1);
    let pretty = fs::read_to_string(folder.path().join("pretty"))?;
    assert!(pretty.contains("1 error, 1 warning in "), "{pretty}");
    assert!(pretty.contains("1  mapping-destination-name"), "{pretty}");
    assert!(
        run.stdout.contains("1  mapping-destination-name"),
        "{run:?}"
    );
    for format in ["github", "html"] {
        let said = checkout
            .check(&["--output", format, "--statistics"])?
            .stdout;
        assert!(said.contains("references to images, resolved by"), "{said}");
    }
    let to_file = file("concise");
    let quiet = checkout.check(&["--output", &to_file, "--quiet", "--statistics"])?;
    assert_eq!((quiet.status, quiet.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        fs::read_to_string(folder.path().join("concise"))?,
        run.stdout
    );
    Ok(())
}

#[test]
fn colour_only_where_it_is_asked_for() -> Outcome {
    let checkout = faulty()?;
    let pretty = |color: &str| checkout.check(&["--output", "pretty", "--color", color]);
    assert!(pretty("always")?.stdout.contains('\u{1b}'));
    for color in ["never", "auto"] {
        assert!(!pretty(color)?.stdout.contains('\u{1b}'), "{color}");
    }
    Ok(())
}

#[test]
fn json_keeps_its_contract() -> Outcome {
    let schema: Value = serde_json::from_str(include_str!("../data/report.schema.json"))?;
    let validator = jsonschema::validator_for(&schema)?;
    let demo = run(["demo", "--output", "json", "--statistics"])?;
    if let Some((_, folder)) = demo.stderr.split_once("mirrorlint check ") {
        fs::remove_dir_all(folder.trim())?;
    }
    let explained = explained()?.check(&["--all", "--output", "json"])?.stdout;
    assert!(explained.contains("\"caused_by\""), "{explained}");
    let reports = [
        serde_json::from_str(&demo.stdout)?,
        serde_json::from_str(&explained)?,
        faulty()?.report()?,
    ];
    for report in &reports {
        let broken: Vec<String> = validator
            .iter_errors(report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(broken.is_empty(), "{broken:#?}");
    }
    let mut torn = reports[0].clone();
    torn["findings"][0]["severity"] = "fatal".into();
    assert!(!validator.is_valid(&torn), "the schema accepts anything");
    Ok(())
}

#[test]
fn json_says_how_many_related_places_there_are() -> Outcome {
    let checkout = Checkout::new()?;
    for n in 0..40 {
        let line = format!("quay.io/a/b:{n} quay.io/acme/same:1\n");
        checkout.write(format!("{SET}/mapping_acme_{n}"), line)?;
    }
    let report = checkout.report()?;
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "mapping-duplicate-destination");
    assert_eq!(finding["related"].as_array().map(Vec::len), Some(30));
    assert_eq!(finding["related_total"], 39);
    let pretty = checkout.check(&["--output", "pretty"])?.stdout;
    assert!(pretty.contains("and 34 more places"), "{pretty}");
    Ok(())
}

#[test]
fn json_says_where_in_bytes_and_characters() -> Outcome {
    let checkout = Checkout::new()?;
    let line = "quay.io/a/b:1 quay.io/ä/b:1\n";
    checkout.write(format!("{SET}/mapping_acme_bad"), format!("# ä\n{line}"))?;
    let report = checkout.report()?;
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["line"], &finding["column"]),
        (&2.into(), &23.into())
    );
    assert_eq!(
        (&finding["byte_start"], &finding["byte_end"]),
        (&27.into(), &29.into())
    );
    assert_eq!(finding["end_column"], 24);
    Ok(())
}

#[test]
fn a_path_limits_what_is_reported_and_not_what_is_read() -> Outcome {
    let checkout = Checkout::new()?;
    for (set, tag) in [("acme", 1), ("gizmo", 2)] {
        checkout.write(
            format!("core-services/image-mirroring/{set}/mapping_{set}_x"),
            format!("registry.ci.openshift.org/{set}/widget:{tag} quay.io/acme/widget:same\n"),
        )?;
    }
    let folder = checkout.root().join(SET);
    for path in [folder.clone(), folder.join("mapping_acme_x")] {
        let run = run(["check".as_ref(), path.as_os_str()])?;
        assert_eq!(run.status, Some(1));
        let lines = run.findings();
        assert_eq!(lines.len(), 1, "{}", run.stdout);
        assert!(lines[0].contains("acme/mapping_acme_x:1:"), "{}", lines[0]);
        assert!(
            lines[0].contains("mapping-duplicate-destination"),
            "{}",
            lines[0]
        );
    }
    let elsewhere = checkout.root().join("clusters");
    assert_eq!(
        run(["check".as_ref(), elsewhere.as_os_str()])?.status,
        Some(0)
    );
    Ok(())
}

#[test]
fn many_findings_end_with_a_count_of_each_rule_and_the_next_step() -> Outcome {
    let checkout = Checkout::new()?;
    let set = "core-services/image-mirroring/acme";
    let alone = "registry.ci.openshift.org/acme/widget:1\n".repeat(30);
    let access = "clusters/app.ci/registry-access/acme/OWNERS";
    fs::remove_file(checkout.root().join(access))?;
    checkout.write(format!("{set}/mapping_acme_many"), alone)?;
    checkout.write(format!("{set}/mapping_acme_none"), "# nothing\n")?;
    let run = checkout.check(&["--output", "pretty"])?;
    let (above, end) = run.stdout.rsplit_once("╰────\n").ok_or("no finding")?;
    // Those that are alike share a place, and say where.
    assert!(run.stdout.lines().count() < 45, "{}", run.stdout);
    let others = format!("and 29 more like it in `{set}`:\n    {set}/mapping_acme_many:2:1\n");
    assert!(above.contains(&others), "{above}");
    assert!(above.contains("and 24 more in `"), "{above}");
    assert!(
        above.starts_with("warning["),
        "errors stand next to the summary"
    );
    let lines: Vec<&str> = end
        .lines()
        .skip_while(|line| !line.is_empty())
        .skip(1)
        // The address of the page, where the project has one.
        .filter(|line| !line.starts_with("  https://"))
        .map(|line| line.trim_end_matches(", or"))
        .collect();
    assert_eq!(
        lines,
        [
            "    30 error    mapping-syntax",
            "     1 error    mapping-empty-file",
            "     1 warning  registry-access-owners",
            "",
            "31 errors, 1 warning in 13 files.",
            "More on a rule: `mirrorlint explain mapping-syntax`",
            "All of it to filter and search: `--output html=FILE`",
            "To be told of what is new only: `--write-baseline`, or `--base REV` for one change",
        ]
    );
    Ok(())
}

#[test]
fn rules_and_their_pages_can_be_read() -> Outcome {
    let list = run(["rules"])?;
    assert_eq!(list.status, Some(0));
    assert!(list.stdout.contains("mapping-syntax "), "{}", list.stdout);
    let json: Value = serde_json::from_str(&run(["rules", "--json"])?.stdout)?;
    let rules = json.as_array().ok_or("no list")?;
    assert_eq!(rules.len(), list.stdout.lines().count());
    for rule in rules {
        let id = rule["id"].as_str().ok_or("no id")?;
        let page = run(["explain", id])?;
        assert_eq!(page.status, Some(0));
        assert!(page.stdout.contains("To fix, "), "{id}");
        for mark in ["^^^", "#! ", "path=", "```", "\n**"] {
            assert!(!page.stdout.contains(mark), "{id} shows the tests' {mark}");
        }
        let is_marked = page.stdout.lines().any(|line| line.starts_with("  >"));
        let (path, file) = (format!("{id}.md"), Path::new(env!("CARGO_MANIFEST_DIR")));
        let source = fs::read_to_string(file.join("rules").join(path))?;
        assert_eq!(is_marked, source.contains(&format!("^ {id}")), "{id}");
        let has_parameters = page.stdout.contains("\nParameters, ");
        assert_eq!(has_parameters, source.contains("\nparams:\n"), "{id}");
    }
    Ok(())
}

/// Standard error of a run with one more rule page, which must fail.
fn refused(name: &str, page: &str) -> Result<String, Box<dyn std::error::Error>> {
    let checkout = Checkout::new()?;
    let folder = tempdir()?;
    fs::write(folder.path().join(name), page)?;
    let run = checkout.check(&["--rules", &folder.path().to_string_lossy()])?;
    assert_eq!((run.status, run.stdout.as_str()), (Some(2), ""));
    Ok(run.stderr)
}

#[test]
fn a_broken_rule_page_is_refused_with_its_line() -> Outcome {
    const HEAD: &str = "---\nid: quiet-line\ncheck: placeholder\nseverity: error\n";
    const PARAMS: &str = "params:\n  pattern: x\n";
    for (page, says) in [
        (
            format!("{HEAD}{PARAMS}colour: red\n---\n# T\n"),
            "quiet-line.md:7: ",
        ),
        (
            format!("{HEAD}severity: fatal\n---\n# T\n"),
            "duplicate field `severity`",
        ),
        (format!("{HEAD}\t---\n---\n# T\n"), "quiet-line.md:"),
        (
            HEAD.replace("error", "fatal") + "---\n# T\n",
            "quiet-line.md:4: ",
        ),
        (
            HEAD.replace("quiet-line", "loud-line") + "---\n# T\n",
            "`loud-line` is not the name",
        ),
        (format!("{HEAD}{PARAMS}---\nno title\n"), "no `# ` title"),
        (
            "# T\n".to_owned(),
            "quiet-line.md:1: a rule page starts with front matter",
        ),
        (
            HEAD.replace("placeholder", "plaecholder") + "---\n# T\n",
            "does not exist; with `check` a page asks for ",
        ),
        (
            format!("{HEAD}params:\n  patern: x\n---\n# T\n"),
            "params of rule `quiet-line`: ",
        ),
        (
            format!("{HEAD}params:\n  pattern: '('\n---\n# T\n"),
            "params of rule `quiet-line`: ",
        ),
    ] {
        let said = refused("quiet-line.md", &page)?;
        assert!(said.contains(says), "`{says}` is not in: {said}");
        assert!(said.contains("quiet-line.md"), "{said}");
    }
    Ok(())
}

#[test]
fn one_rule_in_two_folders_is_refused() -> Outcome {
    let page =
        "---\nid: no-x\ncheck: placeholder\nseverity: error\nparams:\n  pattern: x\n---\n# T\n";
    let (first, second) = (tempdir()?, tempdir()?);
    for folder in [&first, &second] {
        fs::write(folder.path().join("no-x.md"), page)?;
    }
    let folders = [&first, &second].map(|folder| folder.path().to_string_lossy().into_owned());
    let run = Checkout::new()?.check(&["--rules", &folders[0], "--rules", &folders[1]])?;
    assert_eq!(run.status, Some(2), "{}", run.stdout);
    assert!(
        run.stderr.contains("rule `no-x` stands in"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains(&folders[0]), "{}", run.stderr);
    Ok(())
}

#[test]
fn a_rule_page_adds_a_rule_or_takes_the_place_of_one() -> Outcome {
    let folder = tempdir()?;
    let rules = folder.path().to_string_lossy().into_owned();
    let page = |id: &str, severity: &str, pattern: &str| {
        let text = format!(
            "---\nid: {id}\ncheck: placeholder\nseverity: {severity}\nparams:\n  pattern: {pattern}\n---\n# T\n"
        );
        fs::write(folder.path().join(format!("{id}.md")), text)
    };
    page("no-widgets", "warning", "widget")?;
    page("placeholder", "error", "boskos")?;
    let run = Checkout::new()?.check(&["--rules", &rules])?;
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    assert!(run.stdout.contains("warning[no-widgets]"), "{}", run.stdout);
    assert!(run.stdout.contains("error[placeholder]"), "{}", run.stdout);
    let explained = crate::support::run(["explain", "no-widgets", "--rules", &rules])?;
    assert!(
        explained.stdout.starts_with("no-widgets: T\n"),
        "{}",
        explained.stdout
    );
    Ok(())
}

#[test]
fn the_demo_shows_typical_faults() -> Outcome {
    let demo = run(["demo", "--output", "concise"])?;
    assert_eq!(demo.status, Some(0), "{}", demo.stderr);
    for rule in [
        "mapping-syntax",
        "mapping-duplicate-destination",
        "forbidden-namespace",
        "mapping-file-unselected",
        "mirror-set-owners",
        "docker-io-source",
        "decommissioned-registry",
        "placeholder",
    ] {
        let tag = format!("[{rule}]");
        assert!(demo.stdout.contains(&tag), "no {rule} in\n{}", demo.stdout);
    }
    let again = demo
        .stderr
        .lines()
        .find_map(|line| line.split_once("mirrorlint check "))
        .ok_or("the demo does not say where it is")?;
    let checked = run(["check", again.1])?;
    let more = checked.stdout.strip_prefix(&demo.stdout);
    let offer = "1 has a fix: `--diff` shows it, `--fix` applies it\n";
    assert_eq!((checked.status, more), (Some(1), Some(offer)));
    fs::remove_dir_all(again.1)?;
    Ok(())
}

#[test]
fn the_demo_fails_where_it_is_asked_to() -> Outcome {
    for (fail_on, status) in [("error", 1), ("never", 0)] {
        let demo = run(["demo", "--output", "concise", "--fail-on", fail_on])?;
        if let Some((_, folder)) = demo.stderr.split_once("mirrorlint check ") {
            fs::remove_dir_all(folder.trim())?;
        }
        assert_eq!(demo.status, Some(status), "{fail_on}: {}", demo.stderr);
    }
    Ok(())
}

#[test]
fn a_reader_that_stops_early_is_no_error() -> Outcome {
    let checkout = Checkout::new()?;
    let bad = "alone\n".repeat(1500);
    checkout.write(format!("{SET}/mapping_acme_bad"), bad)?;
    for format in ["concise", "pretty", "json"] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("mirrorlint"))
            .arg("check")
            .arg(checkout.root())
            .args(["--output", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut first = [0; 10];
        child
            .stdout
            .take()
            .ok_or("no standard output")?
            .read_exact(&mut first)?;
        let output = child.wait_with_output()?;
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
    Ok(())
}

/// Commits everything below `from` to a new repository at `at`, bare or not.
fn commit_all(from: &Path, at: &Path, bare: bool) -> Result<git2::Repository, git2::Error> {
    fn tree(git: &git2::Repository, folder: &Path) -> Result<git2::Oid, git2::Error> {
        let failed = |error: std::io::Error| git2::Error::from_str(&error.to_string());
        let mut builder = git.treebuilder(None)?;
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_owned();
            if name == ".git" {
                continue;
            }
            if path.is_dir() {
                builder.insert(name, tree(git, &path)?, 0o040_000)?;
            } else {
                builder.insert(name, git.blob_path(&path)?, 0o100_644)?;
            }
        }
        builder.write()
    }
    let git = if bare {
        git2::Repository::init_bare(at)?
    } else {
        git2::Repository::init(at)?
    };
    let who = git2::Signature::new("T", "t@example.org", &git2::Time::new(1_700_000_000, 0))?;
    let root = tree(&git, from)?;
    git.commit(Some("HEAD"), &who, &who, "All", &git.find_tree(root)?, &[])?;
    Ok(git)
}

#[test]
fn a_commit_is_linted_like_the_files_on_disk() -> Outcome {
    let checkout = faulty()?;
    let on_disk = checkout.check(&["--output", "json"])?;
    let bare = tempdir()?;
    commit_all(checkout.root(), bare.path(), true)?;
    commit_all(checkout.root(), checkout.root(), false)?;
    // What is on disk no longer counts.
    fs::remove_file(checkout.root().join(SET).join("mapping_acme_bad"))?;
    for repository in [bare.path(), checkout.root()] {
        let run = run([
            "check".as_ref(),
            repository.as_os_str(),
            "--rev".as_ref(),
            "HEAD".as_ref(),
            "--output".as_ref(),
            "json".as_ref(),
        ])?;
        assert_eq!(run.stdout, on_disk.stdout, "{}", run.stderr);
        assert_eq!(run.status, Some(1));
    }
    assert_eq!(checkout.check(&[])?.status, Some(0));
    let gone = checkout.check(&["--rev", "no-such-branch"])?;
    assert_eq!(gone.status, Some(2));
    assert!(gone.stderr.contains("`no-such-branch`"), "{}", gone.stderr);
    Ok(())
}

#[test]
fn github_finds_the_summary_in_the_file_it_names() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(format!("{SET}/mapping_acme_bad"), "alone\n")?;
    let folder = tempdir()?;
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "before\n")?;
    for (format, grows) in [("concise", false), ("github", true)] {
        let output = Command::new(assert_cmd::cargo::cargo_bin!("mirrorlint"))
            .arg("check")
            .arg(checkout.root())
            .args(["--output", format])
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()?;
        assert_eq!(output.status.code(), Some(1));
        let text = fs::read_to_string(&summary)?;
        assert!(text.starts_with("before\n"));
        assert_eq!(text.contains("1 error, 0 warnings"), grows, "{text}");
    }
    Ok(())
}

#[test]
fn completions_and_the_man_page_can_be_made() -> Outcome {
    for shell in ["bash", "zsh", "fish"] {
        let made = run(["completions", shell])?;
        assert_eq!(made.status, Some(0), "{}", made.stderr);
        assert!(made.stdout.contains("fail-on"), "{shell}");
    }
    assert_eq!(run(["completions", "tcsh"])?.status, Some(2));
    // What a real bash offers, where there is one.
    const ASK: &str = "eval \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1))
        _mirrorlint mirrorlint \"${*: -1}\" \"${*: -2:1}\"; echo \"${COMPREPLY[*]}\"";
    let script = run(["completions", "bash"])?.stdout;
    for (words, offered) in [
        (&["explain", "mapping-synt"][..], "mapping-syntax\n"),
        (&["check", "--select", "stale-"], "stale-baseline\n"),
        (&["demo", "--ignore", "docker-io-s"], "docker-io-source\n"),
        (&["check", "--output", "sar"], "sarif\n"),
    ] {
        let mut bash = Command::new("bash");
        bash.args(["-c", ASK, "bash", &script, "mirrorlint"])
            .args(words);
        match bash.output() {
            Err(error) if error.kind() == ErrorKind::NotFound => break,
            said => assert_eq!(String::from_utf8(said?.stdout)?, offered, "{words:?}"),
        }
    }
    let man = run(["man"])?;
    assert!(man.stdout.contains(".TH mirrorlint 1"), "{}", man.stdout);
    assert!(man.stdout.contains("fail\\-on"), "{}", man.stdout);
    assert!(
        man.stdout.contains("MIRRORLINT NEW MAPPING"),
        "{}",
        man.stdout
    );
    Ok(())
}

#[test]
fn the_version_may_name_a_commit() -> Outcome {
    let said = run(["--version"])?.stdout;
    let version = concat!("mirrorlint ", env!("CARGO_PKG_VERSION"));
    let rest = said.trim_end().strip_prefix(version).ok_or(said.clone())?;
    let is_commit = |id: &str| id.len() == 9 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let id = rest.strip_prefix(" (").and_then(|id| id.strip_suffix(')'));
    assert!(rest.is_empty() || id.is_some_and(is_commit), "{said}");
    Ok(())
}

#[test]
fn rule_pages_are_linked_to_where_the_project_lies_and_nowhere_else() -> Outcome {
    let link = Regex::new(r#"[^\s"'<>()`,]*/rules/[a-z-]+\.md"#)?;
    for format in [
        "pretty", "concise", "json", "sarif", "junit", "github", "gitlab", "rdjson", "markdown",
        "html",
    ] {
        let demo = run(["demo", "--output", format])?;
        if let Some((_, folder)) = demo.stderr.split_once("mirrorlint check ") {
            fs::remove_dir_all(folder.trim())?;
        }
        assert!(demo.stdout.contains("mapping-syntax"), "{format}");
        for found in link.find_iter(&demo.stdout) {
            let repository = REPOSITORY.ok_or_else(|| format!("{format}: {}", found.as_str()))?;
            assert!(
                found.as_str().starts_with(repository),
                "{format}: {}",
                found.as_str()
            );
        }
    }
    let page = run(["explain", "mapping-syntax"])?;
    assert_eq!(
        link.is_match(&page.stdout),
        REPOSITORY.is_some(),
        "{}",
        page.stdout
    );
    Ok(())
}

/// A file that is called like a folder of a checkout makes none, and takes nothing from one.
#[test]
fn a_file_is_no_landmark() -> Outcome {
    let checkout = Checkout::new()?;
    let folder = "clusters/app.ci/registry-access/acme";
    let (clusters, inner) = (
        checkout.root().join("clusters"),
        checkout.root().join(folder),
    );
    assert!(inner.is_dir());
    fs::remove_dir_all(&clusters)?;
    fs::write(&clusters, "no folder\n")?;
    let found = checkout.check(&["--output", "json"])?;
    assert!(found.stdout.starts_with('{'), "{found:?}");
    let other = tempdir()?;
    for name in ["clusters", "core-services", "ci-operator"] {
        fs::write(other.path().join(name), "no folder\n")?;
    }
    let none = run(["check".as_ref(), other.path().as_os_str()])?;
    assert_eq!(none.status, Some(2), "{none:?}");
    assert!(none.stderr.contains("is no checkout"), "{none:?}");
    Ok(())
}

/// The last lines offer what can be done, and no more.
#[test]
fn fixes_and_pages_are_offered_where_there_are_some() -> Outcome {
    const OFFER: &str = "1 has a fix: `--diff` shows it, `--fix` applies it";
    const PAGE: &str = "`--output html=FILE`";
    let checkout = Checkout::new()?;
    let path = format!("{SET}/mapping_acme_old");
    let gone = "registry.svc.ci.openshift.org/ci/boskos:latest quay.io/acme/boskos:latest\n";
    checkout.write(&path, "alone\n".repeat(30))?;
    let many = checkout.check(&[])?.stdout;
    assert!(
        !many.contains("have a fix") && !many.contains("has a fix"),
        "{many}"
    );
    assert!(many.contains(PAGE), "{many}");
    let page = checkout.root().join("page.html");
    let html = format!("html={}", page.display());
    let both = checkout
        .check(&["--output", "concise", "--output", &html])?
        .stdout;
    assert!(!both.contains(PAGE), "{both}");
    checkout.write(&path, gone)?;
    commit_all(checkout.root(), checkout.root(), false)?;
    let on_disk = checkout.check(&[])?.stdout;
    assert!(on_disk.contains(OFFER), "{on_disk}");
    // Nothing is written to a commit.
    let commit = checkout.check(&["--rev", "HEAD"])?.stdout;
    assert!(commit.contains("decommissioned-registry"), "{commit}");
    assert!(!commit.contains(OFFER), "{commit}");
    Ok(())
}
