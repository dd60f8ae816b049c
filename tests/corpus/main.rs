//! Lints real checkouts of openshift/release and holds what is found against `snapshots/corpus`.
//!
//! `MIRRORLINT_CORPUS` names the folder that holds them, or some of them: one for each date (see
//! [`COMMITS`]), `today-partial` with files of 2026, and below `modernised` those of the dates in the
//! layout of today. A test whose checkout is missing says so and passes; with
//! `MIRRORLINT_CORPUS_WHOLE` set it fails, as in `.ci/run`.

mod faults;
mod modernised;
mod new_command;
mod peers;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assert_cmd::cargo::cargo_bin_cmd;
use mirrorlint::checkout::{Change, Checkout, Inputs};
use mirrorlint::model::{self, Conventions, File};
use mirrorlint::syntax::yaml::{Arena, Limits, parse_block, parse_general};
use mirrorlint::tree::WorkTree;
use serde_json::Value;
use walkdir::WalkDir;

use support::Outcome;
use support::joined::assert_same;

/// The checkouts that anybody can make, and their commits in openshift/release.
const COMMITS: [(&str, &str); 3] = [
    ("2021-06-15", "b676f277dc0e28c8a5e7e6ee76727a5176e13e0d"),
    ("2023-06-15", "cc0a755244e6fde2eafefd5252d0d997f89849c4"),
    ("2024-03-20", "6a1f58b46d1432404e3137b1461e30afb6c70749"),
];

/// The checkout of this name, if the corpus has it.
fn checkout(name: &str) -> Result<Option<PathBuf>, Box<dyn Error>> {
    let corpus = std::env::var_os("MIRRORLINT_CORPUS")
        .ok_or("MIRRORLINT_CORPUS must name the folder of the checkouts")?;
    let checkout = Path::new(&corpus).join(name);
    if checkout.join("core-services").is_dir() {
        return Ok(Some(checkout));
    }
    let commit = COMMITS.iter().find(|(date, _)| *date == name);
    let commit = commit.map_or(String::new(), |(_, commit)| format!(", commit {commit}"));
    missing(&format!(
        "there is no checkout in {}{commit}",
        checkout.display()
    ))?;
    Ok(None)
}

/// Says what is not tested for want of `what`, where the tests' output is not captured.
fn missing(what: &str) -> Outcome {
    if std::env::var_os("MIRRORLINT_CORPUS_WHOLE").is_some() {
        return Err(what.into());
    }
    let test = std::thread::current();
    let test = test.name().unwrap_or_default();
    Ok(writeln!(std::io::stderr(), "NOT RUN: {test}: {what}")?)
}

/// Standard output of `mirrorlint check` in a checkout, which must end with status 0 or 1.
fn check(checkout: &Path, arguments: &[&str]) -> Result<Vec<u8>, Box<dyn Error>> {
    let output = cargo_bin_cmd!("mirrorlint")
        .current_dir(checkout)
        .arg("check")
        .args(arguments)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{arguments:?} ended with {}: {said}",
        output.status
    );
    assert_eq!(said, "", "{arguments:?} wrote to standard error");
    Ok(output.stdout)
}

/// Every error in full, and how many findings each rule has, shown or not.
fn picture(checkout: &Path) -> Result<String, Box<dyn Error>> {
    let errors = check(checkout, &["--severity", "error", "--output", "concise"])?;
    let all = check(
        checkout,
        &[
            "--all",
            "--severity",
            "hint",
            "--statistics",
            "--output",
            "json",
        ],
    )?;
    let report: Value = serde_json::from_slice(&all)?;
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in report["findings"].as_array().ok_or("no findings")? {
        let word = |key: &str| finding[key].as_str().ok_or("a finding lacks a word");
        *counts
            .entry((word("rule")?, word("severity")?))
            .or_default() += 1;
    }
    let mut text = format!("{} files\n\n", report["summary"]["files"]);
    for ((rule, severity), count) in counts {
        writeln!(text, "{count:>6}  {severity:<7}  {rule}")?;
    }
    let images = &report["images"];
    writeln!(
        text,
        "\n{:>6}  references, resolved by",
        images["references"]
    )?;
    for (what, count) in images["resolved"].as_object().ok_or("no images")? {
        writeln!(text, "{count:>6}    {what}")?;
    }
    text.push('\n');
    // Below the errors come their help and a summary.
    let errors = String::from_utf8(errors)?;
    let lines = errors.lines().take_while(|line| !line.is_empty());
    for line in lines.filter(|line| line.contains(": error[")) {
        writeln!(text, "{line}")?;
    }
    Ok(text)
}

fn holds_its_snapshot(date: &str) -> Outcome {
    let Some(checkout) = checkout(date)? else {
        return Ok(());
    };
    let first = check(&checkout, &["--output", "json"])?;
    assert!(
        first == check(&checkout, &["--output", "json"])?,
        "{date}: two runs differ"
    );
    assert!(
        first == check(&checkout, &["--output", "json", "--jobs", "1"])?,
        "{date}: the number of threads changes what is printed"
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/corpus");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let picture = picture(&checkout)?;
    settings.bind(|| insta::assert_snapshot!(date, picture));
    Ok(())
}

#[test]
fn findings_in_2021_are_those_of_the_snapshot() -> Outcome {
    holds_its_snapshot("2021-06-15")
}

#[test]
fn findings_in_2023_are_those_of_the_snapshot() -> Outcome {
    holds_its_snapshot("2023-06-15")
}

#[test]
fn findings_in_2024_are_those_of_the_snapshot() -> Outcome {
    holds_its_snapshot("2024-03-20")
}

/// Real files of 2026, a part of the repository only.
#[test]
fn findings_in_files_of_2026_are_those_of_the_snapshot() -> Outcome {
    holds_its_snapshot("today-partial")
}

/// Bytes of YAML: all of them, and those that the shortcut reads.
#[derive(Default)]
struct Share {
    all: usize,
    read: usize,
}

impl Share {
    fn add(&mut self, length: usize, is_read: bool) {
        self.all += length;
        self.read += if is_read { length } else { 0 };
    }

    fn percent(&self) -> usize {
        self.read * 100 / self.all.max(1)
    }
}

/// And the quicker one reads nearly everything.
#[test]
fn both_yaml_parsers_read_the_same() -> Outcome {
    let conventions = Conventions::builtin()?;
    for (date, _) in COMMITS {
        let Some(checkout) = checkout(date)? else {
            continue;
        };
        let (mut wanted, mut yaml) = (Share::default(), Share::default());
        for entry in WalkDir::new(&checkout) {
            let entry = entry?;
            let path = entry.path().strip_prefix(&checkout)?;
            let Some(path) = path.to_str().filter(|_| entry.file_type().is_file()) else {
                continue;
            };
            let is_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
            let is_wanted = (is_yaml || path.ends_with(".json") || path.contains("OWNERS"))
                && conventions.kind(path).is_some_and(|kind| kind.is_read());
            if !is_yaml && !is_wanted {
                continue;
            }
            let Ok(text) = std::fs::read_to_string(entry.path()) else {
                continue;
            };
            let arena = Arena::new();
            let quick = parse_block(&text, &Limits::default(), &arena);
            if is_wanted {
                wanted.add(text.len(), quick.is_some());
            }
            if is_yaml {
                yaml.add(text.len(), quick.is_some());
            }
            if let Some(quick) = quick {
                let general = parse_general(&text, &Limits::default(), &arena);
                assert!(quick == general, "{date}: {path} is read in two ways");
            }
        }
        assert!(wanted.percent() >= 99, "{date}: {}%", wanted.percent());
        assert!(yaml.percent() >= 98, "{date}: {}% of all", yaml.percent());
    }
    Ok(())
}

/// What people of the field know to be wrong on that day, and to be right.
#[test]
fn known_faults_of_2024_are_found_and_sound_files_are_not() -> Outcome {
    let Some(checkout) = checkout("2024-03-20")? else {
        return Ok(());
    };
    let out = check(&checkout, &["--output", "json"])?;
    let report: Value = serde_json::from_slice(&out)?;
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let of = |rule: &'static str, part: &'static str| {
        findings.iter().filter(move |finding| {
            finding["rule"] == rule && finding["path"].as_str().is_some_and(|p| p.contains(part))
        })
    };
    // That nobody reads the first follows from its name.
    for (rule, file) in [
        ("mapping-file-name", "/mapping_test_harness"),
        ("mapping-file-unselected", "/mapping_microshift_4_7_0-0_okd"),
    ] {
        assert_eq!(of(rule, file).count(), 1, "{file}");
    }
    let logging = "core-services/image-mirroring/openshift-logging/";
    let latest: Vec<_> = of("mapping-duplicate-destination", logging)
        .filter(|finding| finding["message"].to_string().contains(":latest"))
        .collect();
    assert!(!latest.is_empty(), "no conflict over `:latest` is found");
    for finding in latest {
        let related = finding["related"].as_array().ok_or("no related places")?;
        assert!(!related.is_empty(), "{finding}");
    }
    let knative: Vec<_> = of("mapping-duplicate-destination", "/knative/").collect();
    assert!(knative.is_empty(), "{knative:#?}");
    Ok(())
}

/// What an editor does to the joined checkout: files are cut short, taken out and put back.
#[test]
fn joining_what_changed_gives_what_joining_everything_gives() -> Outcome {
    let Some(checkout) = checkout("2024-03-20")? else {
        return Ok(());
    };
    let tree = WorkTree::open(&checkout)?;
    let (conventions, inputs) = (Conventions::builtin()?, Inputs::default());
    let join = |files| Checkout::new(files, &conventions, &inputs);
    let update = |joined: &Checkout, files: &[Arc<File>]| {
        let change = Change::between(joined.files(), files);
        joined.update(files.to_vec(), &change, &conventions, &inputs)
    };
    let mut joined = Checkout::load(&tree, &conventions, &inputs)?;
    let all = joined.files().to_vec();
    let stride = all.len() / 20;
    for at in (stride / 2..all.len()).step_by(stride) {
        let file = &all[at];
        let half = file.text.len() / 2;
        let half = (half..)
            .find(|&end| file.text.is_char_boundary(end))
            .ok_or("no end")?;
        let text = file.text[..half].as_bytes().to_vec();
        let mut files = all.clone();
        files[at] = Arc::new(model::parse(file.path.clone(), file.kind, text));
        joined = update(&joined, &files);
        assert_same(&joined, &join(files.clone()))?;
        files.remove(at);
        joined = update(&joined, &files);
    }
    joined = update(&joined, &all);
    assert_same(&joined, &join(all))
}
