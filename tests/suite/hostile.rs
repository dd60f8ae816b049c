//! Checkouts made to do harm, one a row: each ends in time and memory, with an exit status of its
//! own making and the finding that it deserves, and no output format hands on anything raw.
#![cfg(unix)]

#[path = "hostile/rows.rs"]
mod rows;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::support::{Checkout, IS_HEAVY, Outcome};

/// Far above what a debug build on a busy machine takes, far below "it hangs".
const LIMIT: Duration = Duration::from_secs(60);

/// Address space of a run, in KiB.
const MEMORY: u32 = 2_000_000;

/// No report is longer than this, in bytes.
const LONGEST: u64 = 20_000_000;

/// What must never be shown: rows put it where a secret or somebody else's file would be.
const SENTINEL: &str = "SENTINEL-5cf1";

/// What a row must give.
enum Expect {
    /// This rule at this path; `ROOT` stands for the checkout.
    Finds(&'static str, String),
    /// No finding at all.
    Nothing,
    /// No finding at this path.
    SilentAt(String),
    /// Status 2, and these words on standard error.
    Fails(&'static str),
}

/// One attack.
struct Row {
    name: String,
    lay: Box<dyn Fn(&Checkout) -> Outcome + Send + Sync>,
    /// Of `mirrorlint check`; `ROOT` stands for the checkout.
    arguments: Vec<String>,
    expect: Expect,
}

/// The formats, and what their output is made of.
const FORMATS: [(&str, Kind); 9] = [
    ("json", Kind::Json),
    ("concise", Kind::Text),
    ("pretty", Kind::Text),
    ("github", Kind::Text),
    ("junit", Kind::Xml),
    ("html", Kind::Text),
    ("sarif", Kind::Json),
    ("gitlab", Kind::Json),
    ("rdjson", Kind::Json),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Json,
    Xml,
}

/// Characters that a terminal acts upon, or that show text in another order than it has.
fn is_raw(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a run gave: its status and standard error. Reports go to files.
fn run(checkout: &Checkout, arguments: &[String], out: &Path) -> Result<(i32, String), String> {
    let said = |error: std::io::Error| error.to_string();
    let stdout = File::create(out.join("stdout")).map_err(said)?;
    let stderr = File::create(out.join("stderr")).map_err(said)?;
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY}; exec \"$@\""))
        .arg("sh")
        .arg(assert_cmd::cargo::cargo_bin!("mirrorlint"))
        .args(["check", "--jobs", "2"])
        .args(arguments)
        .arg(checkout.root())
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GITHUB_STEP_SUMMARY")
        .current_dir(out)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .map_err(said)?;
    let started = Instant::now();
    let status = loop {
        match child.try_wait().map_err(said)? {
            Some(status) => break status,
            None if started.elapsed() > LIMIT => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it still runs after {LIMIT:?}"));
            }
            None => std::thread::sleep(Duration::from_millis(3)),
        }
    };
    let mut text = Vec::new();
    let stderr = File::open(out.join("stderr")).map_err(said)?;
    stderr.take(LONGEST).read_to_end(&mut text).map_err(said)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    match status.code() {
        Some(code @ 0..=2) => Ok((code, text)),
        _ => Err(format!(
            "{status}: {}",
            text.chars().take(500).collect::<String>()
        )),
    }
}

fn attack(row: &Row) -> Result<(), String> {
    let said = |error: Box<dyn Error>| error.to_string();
    let checkout = Checkout::new().map_err(said)?;
    (row.lay)(&checkout).map_err(said)?;
    let before = listed(checkout.root());
    let out = tempfile::tempdir().map_err(|error| error.to_string())?;
    let root = checkout.root().to_string_lossy();
    let given = row.arguments.iter();
    let mut arguments: Vec<String> = given.map(|text| text.replace("ROOT", &root)).collect();
    for (format, _) in FORMATS {
        arguments.extend(["--output".to_owned(), format!("{format}={format}")]);
    }
    let (status, stderr) = run(&checkout, &arguments, out.path())?;
    if let Some(raw) = stderr.chars().find(|c| is_raw(*c)) {
        return Err(format!("{raw:?} on standard error"));
    }
    for word in ["panicked", SENTINEL] {
        if stderr.contains(word) {
            return Err(format!("`{word}` on standard error"));
        }
    }
    if stderr.len() > 20_000 {
        return Err(format!("{} bytes on standard error", stderr.len()));
    }
    if listed(checkout.root()) != before {
        return Err("the checkout is not as it was".to_owned());
    }
    if let Expect::Fails(words) = row.expect {
        return if status == 2 && stderr.contains(words) {
            Ok(())
        } else {
            Err(format!("status {status}: {stderr}"))
        };
    }
    if status == 2 {
        return Err(stderr);
    }
    if !stderr.is_empty() {
        return Err(format!("it says {stderr}"));
    }
    let mut written = listed(out.path());
    written.retain(|name, _| name != "stdout" && name != "stderr");
    if written.len() != FORMATS.len() {
        return Err(format!("it wrote {:?}", written.keys()));
    }
    for (format, kind) in FORMATS {
        well_formed(&out.path().join(format), kind).map_err(|why| format!("{format}: {why}"))?;
    }
    let report = fs::read(out.path().join("json")).map_err(|error| error.to_string())?;
    let report: Value = serde_json::from_slice(&report).map_err(|error| error.to_string())?;
    judged(row, status, &report, &root)
}

fn judged(row: &Row, status: i32, report: &Value, root: &str) -> Result<(), String> {
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let shown: Vec<String> = findings
        .iter()
        .take(8)
        .map(|finding| {
            let mut line = format!(
                "{} {} {}",
                finding["rule"], finding["path"], finding["message"]
            );
            line.truncate(
                line.char_indices()
                    .nth(300)
                    .map_or(line.len(), |(end, _)| end),
            );
            line
        })
        .collect();
    let errors = findings
        .iter()
        .any(|finding| finding["severity"] == "error");
    if errors != (status == 1) {
        return Err(format!("status {status} with {shown:#?}"));
    }
    let fits = match &row.expect {
        Expect::Finds(rule, path) => {
            let path = path.replace("ROOT", root.trim_start_matches('/'));
            let is_it = |f: &Value| f["rule"] == *rule && f["path"] == path.as_str();
            findings.iter().any(is_it)
        }
        Expect::Nothing => findings.is_empty(),
        Expect::SilentAt(path) => findings
            .iter()
            .all(|finding| finding["path"] != path.as_str()),
        Expect::Fails(_) => false,
    };
    if fits {
        Ok(())
    } else {
        Err(format!("{} findings: {shown:#?}", findings.len()))
    }
}

fn well_formed(path: &Path, kind: Kind) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let size = fs::metadata(path).map_err(said)?.len();
    if size > LONGEST {
        return Err(format!("{size} bytes"));
    }
    let text = fs::read_to_string(path).map_err(said)?;
    if text.contains(SENTINEL) {
        return Err("it shows what it must not".to_owned());
    }
    if let Some(raw) = text.chars().find(|c| is_raw(*c)) {
        return Err(format!("{raw:?} is raw"));
    }
    match kind {
        Kind::Text => Ok(()),
        Kind::Json => serde_json::from_str::<serde::de::IgnoredAny>(&text)
            .map(|_| ())
            .map_err(|error| error.to_string()),
        Kind::Xml => quick_junit::Report::deserialize_from_str(&text)
            .map(|_| ())
            .map_err(|error| error.to_string()),
    }
}

/// Everything in a folder, without following links: the path, and what tells whether it was written.
fn listed(folder: &Path) -> BTreeMap<PathBuf, (u64, Option<SystemTime>)> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
            found.insert(name, (metadata.len(), metadata.modified().ok()));
            if metadata.is_dir() {
                open.push(path);
            }
        }
    }
    found
}

#[test]
fn every_hostile_checkout_gives_a_sound_report_in_time() -> Outcome {
    let only = std::env::var("HOSTILE").unwrap_or_default();
    let mut rows = rows::rows();
    let least = if IS_HEAVY { 55 } else { 165 };
    assert!(rows.len() >= least, "only {} attacks", rows.len());
    rows.retain(|row| row.name.contains(&only));
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    let result = attack(row);
                    println!("{:?} {}", started.elapsed(), row.name);
                    if let (Err(why), Ok(mut failures)) = (result, failures.lock()) {
                        failures.push(format!("{}: {why}", row.name));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner()?;
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    Ok(())
}
