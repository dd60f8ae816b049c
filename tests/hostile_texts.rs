//! Checkouts that mean harm, in a table: each gives the finding or the error that is expected,
//! within bounds on time, memory and output, and writes nothing.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use support::{Checkout, Outcome, Run};

/// Far above what a debug build on a busy machine takes, far below "it hangs".
const TIME: Duration = Duration::from_secs(60);

/// KiB of address space for a run.
const MEMORY: usize = 2_000_000;

/// No report of one bad file is longer than this many bytes.
const OUTPUT: usize = 1_000_000;

const SET: &str = "core-services/image-mirroring/acme";
const GOOD_LINE: &str = "registry.ci.openshift.org/acme/widget:9 quay.io/acme/widget:9\n";

/// A file of each kind that is read as YAML.
const YAML_FILES: &[&str] = &[
    "ci-operator/jobs/infra-bad.yaml",
    "ci-operator/config/acme/bad/acme-bad-main.yaml",
    "clusters/app.ci/registry-access/acme/bad.yaml",
    "core-services/image-mirroring/acme/OWNERS",
    "core-services/ci-secret-bootstrap/_config.yaml",
];

/// One attack: a file, and what must be said of it.
struct Attack {
    name: String,
    path: String,
    content: Vec<u8>,
    status: i32,
    says: String,
}

fn attack(name: &str, path: &str, content: impl Into<Vec<u8>>, status: i32, says: &str) -> Attack {
    Attack {
        name: name.to_owned(),
        path: path.to_owned(),
        content: content.into(),
        status,
        says: says.to_owned(),
    }
}

fn alias_bomb() -> String {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    text
}

fn utf16(text: &str) -> Vec<u8> {
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn nested_blocks(levels: usize) -> String {
    (0..levels)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect()
}

fn on_yaml() -> Vec<Attack> {
    let bodies: [(&str, Vec<u8>, &str); 9] = [
        ("alias bomb", alias_bomb().into(), "invalid-yaml"),
        ("alias of itself", "a: &a [*a]\n".into(), "invalid-yaml"),
        ("deep flow", "[".repeat(100_000).into(), "invalid-yaml"),
        ("deep braces", "{a: ".repeat(50_000).into(), "invalid-yaml"),
        (
            "a hundred thousand dashes",
            "- ".repeat(100_000).into(),
            "invalid-yaml",
        ),
        ("deep blocks", nested_blocks(400).into(), "invalid-yaml"),
        ("not UTF-8", b"a: caf\xe9\n".to_vec(), "unreadable-file"),
        ("UTF-16", utf16("a: b\n"), "unreadable-file"),
        (
            "ten thousand keys again",
            "a: 1\n".repeat(10_000).into(),
            "duplicate-key",
        ),
    ];
    let files = YAML_FILES.iter();
    files
        .flat_map(|path| {
            bodies.iter().map(move |(name, body, rule)| {
                let says = format!("{path}:*[{rule}]");
                attack(&format!("{name} in {path}"), path, body.clone(), 1, &says)
            })
        })
        .collect()
}

fn on_mappings() -> Vec<Attack> {
    let path = format!("{SET}/mapping_acme_bad");
    let says = |rule: &str| format!("{path}:*[{rule}]");
    let many: String = (0..3000).map(|n| format!(" quay.io/acme/w:{n}")).collect();
    let wildcards: String = (0..400)
        .map(|n| format!("registry.ci.openshift.org/acme/widget:*{n} quay.io/acme/w\n"))
        .collect();
    let of =
        |name, content: Vec<u8>, status, says: String| attack(name, &path, content, status, &says);
    let syntax = || says("mapping-syntax");
    vec![
        of("NUL", b"quay.io/a\0b:1 quay.io/c:1\n".into(), 1, syntax()),
        of("a BOM", format!("\u{feff}{GOOD_LINE}").into(), 1, syntax()),
        of("UTF-16", utf16(GOOD_LINE), 1, says("unreadable-file")),
        of(
            "not UTF-8",
            b"# caf\xe9\n".into(),
            1,
            says("unreadable-file"),
        ),
        of(
            "a line of a megabyte",
            "x".repeat(1 << 20).into(),
            1,
            syntax(),
        ),
        of("a million blanks", " ".repeat(1 << 20).into(), 1, syntax()),
        of(
            "ends of lines are CR",
            GOOD_LINE.replace('\n', "\r").repeat(2).into(),
            1,
            syntax(),
        ),
        of(
            "a hundred thousand comments",
            "# x\n".repeat(100_000).into(),
            1,
            says("mapping-empty-file"),
        ),
        of(
            "a hundred thousand bad lines",
            "x\n".repeat(100_000).into(),
            1,
            syntax(),
        ),
        of(
            "thousands of destinations",
            format!("quay.io/acme/w:1{many}\n").into(),
            1,
            says("mapping-self-mirror"),
        ),
        of(
            "hundreds of wildcards over one stream",
            wildcards.into(),
            0,
            String::new(),
        ),
        of(
            "escape sequences",
            "quay.io/a\u{1b}]0;x\u{7}:1\n".into(),
            1,
            syntax(),
        ),
        of(
            "a forged annotation",
            "::error::x\r::error::y\n".into(),
            1,
            syntax(),
        ),
        of(
            "right to left",
            "quay.io/\u{202e}a:1 quay.io/b:1\n".into(),
            1,
            syntax(),
        ),
        of(
            "an equals sign a byte",
            "=".repeat(60_000).into(),
            1,
            syntax(),
        ),
        of(
            "more than is read",
            vec![b'#'; 17_000_000],
            1,
            says("unreadable-file"),
        ),
        of(
            "a hundred thousand suppressions",
            "# mirrorlint: ignore[mapping-syntax] x\n"
                .repeat(100_000)
                .into(),
            1,
            says("unused-suppression"),
        ),
    ]
}

fn on_policy() -> Vec<Attack> {
    let (config, baseline) = (".mirrorlint.yaml", ".mirrorlint-baseline.json");
    let slow = "external-images: ['(a{1,1000}){1,1000}{1,1000}']\n";
    let entry = |count: &str| {
        format!(
            "{{\"rule\": \"mapping-syntax\", \"path\": \"x\", \"entity\": \"y\", \"count\": {count}}}"
        )
    };
    let most = usize::MAX.to_string();
    let sum = format!(
        "{{\"version\": 1, \"findings\": [\n{0},\n{0}\n]}}\n",
        entry(&most)
    );
    let nested = format!("{{\"version\": 1, \"findings\": {}", "[".repeat(100_000));
    let key = format!("{}: 1\n", "k".repeat(1000));
    vec![
        attack(
            "a pattern too large",
            config,
            slow,
            2,
            ".mirrorlint.yaml:1:",
        ),
        attack(
            "an alias bomb in the config",
            config,
            alias_bomb(),
            2,
            ".mirrorlint.yaml:",
        ),
        attack(
            "a deep config",
            config,
            "[".repeat(100_000),
            2,
            ".mirrorlint.yaml:",
        ),
        attack(
            "a config that is not UTF-8",
            config,
            b"\xff".to_vec(),
            2,
            "is not UTF-8",
        ),
        attack(
            "a config too large",
            config,
            vec![b'#'; 17_000_000],
            2,
            "bytes, more than",
        ),
        attack(
            "an unknown key of a thousand bytes",
            config,
            key,
            2,
            "unknown key",
        ),
        attack(
            "a key that colours",
            config,
            "\"\\e[31m\": 1\n",
            2,
            "\\u{1b}[31m",
        ),
        attack(
            "a key that forges",
            config,
            "\"\\n::error::x\": 1\n",
            2,
            "  | ::error::x",
        ),
        attack(
            "a list in itself",
            config,
            "exclude: &a [*a]\n",
            2,
            ".mirrorlint.yaml:1:",
        ),
        attack("counts beyond counting", baseline, sum, 0, "stale-baseline"),
        attack(
            "a count that is none",
            baseline,
            format!("{{\"version\": 1, \"findings\": [{}]}}", entry("-1")),
            2,
            "baseline",
        ),
        attack(
            "a deep baseline",
            baseline,
            nested,
            2,
            ".mirrorlint-baseline.json:1:",
        ),
        attack(
            "a baseline too large",
            baseline,
            vec![b' '; 17_000_000],
            2,
            "bytes, more than",
        ),
        attack(
            "a baseline of another version",
            baseline,
            "{\"version\": 2, \"findings\": []}",
            2,
            "version 2",
        ),
        attack(
            "a baseline that is not UTF-8",
            baseline,
            b"\xff".to_vec(),
            2,
            "is not UTF-8",
        ),
    ]
}

/// Runs `mirrorlint check` with little memory; holds it to the bounds.
fn bounded(checkout: &Checkout, arguments: &[&str]) -> Result<Run, Box<dyn Error>> {
    let started = Instant::now();
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY}; exec \"$@\""))
        .arg("sh")
        .arg(assert_cmd::cargo::cargo_bin!("mirrorlint"))
        .arg("check")
        .arg(checkout.root())
        .args(arguments)
        .output()?;
    let run = Run::from(output);
    assert!(started.elapsed() < TIME, "it took {:?}", started.elapsed());
    assert!(run.stdout.len() < OUTPUT, "{} bytes", run.stdout.len());
    let raw = |c: char| c.is_control() && c != '\n';
    assert!(
        !run.stdout.contains(raw) && !run.stderr.contains(raw),
        "{run:?}"
    );
    Ok(run)
}

/// What lies below `folder`: by path, what a link leads to or what a file holds.
fn snapshot(folder: &Path, into: &mut BTreeMap<String, Vec<u8>>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.to_string_lossy().into_owned();
        if path.is_symlink() {
            let target = fs::read_link(&path)?;
            into.insert(name, target.to_string_lossy().into_owned().into_bytes());
        } else if path.is_dir() {
            snapshot(&path, into)?;
        } else {
            into.insert(name, fs::read(&path)?);
        }
    }
    Ok(())
}

/// What `attack` makes of the run, when it is not what is expected.
fn fault(attack: &Attack) -> Result<Option<String>, Box<dyn Error>> {
    let checkout = Checkout::new()?;
    checkout.write(&attack.path, &attack.content)?;
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    snapshot(checkout.root(), &mut before)?;
    let run = bounded(&checkout, &["--output", "concise"])?;
    snapshot(checkout.root(), &mut after)?;
    assert!(before == after, "{}: something was written", attack.name);
    let said = format!("{}{}", run.stdout, run.stderr);
    let is_said = match attack.says.split_once('*') {
        Some((start, rule)) => said
            .lines()
            .any(|line| line.starts_with(start) && line.contains(rule)),
        None => said.contains(&attack.says),
    };
    let start: String = said.chars().take(300).collect();
    let fault = || {
        format!(
            "{}: status {:?} instead of {}, or no `{}` in\n{start}",
            attack.name, run.status, attack.status, attack.says
        )
    };
    Ok((run.status != Some(attack.status) || !is_said).then(fault))
}

#[test]
fn every_attack_gives_what_is_expected() -> Outcome {
    let attacks: Vec<Attack> = [on_yaml(), on_mappings(), on_policy()]
        .into_iter()
        .flatten()
        .collect();
    assert!(attacks.len() >= 60, "{} attacks", attacks.len());
    let mut faults = Vec::new();
    for attack in &attacks {
        faults.extend(fault(attack)?);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    Ok(())
}

#[test]
fn policy_files_that_are_links_out_of_the_checkout_are_refused() -> Outcome {
    let outside = tempfile::NamedTempFile::new()?;
    fs::write(outside.path(), "SECRET: 1\n")?;
    for name in [".mirrorlint.yaml", ".mirrorlint-baseline.json"] {
        let checkout = Checkout::new()?;
        symlink(outside.path(), checkout.root().join(name))?;
        let run = bounded(&checkout, &[])?;
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains("outside the checkout"), "{run:?}");
        assert!(!run.stderr.contains("SECRET"), "{run:?}");
    }
    Ok(())
}

#[test]
fn a_secret_is_never_printed() -> Outcome {
    let checkout = Checkout::new()?;
    let export = tempfile::NamedTempFile::new()?;
    let text = "secretsync/target-name: A B\nsecretsync/target-namespace: ci\nkey: hunter2\n";
    fs::write(export.path(), text)?;
    let path = export.path().to_string_lossy().into_owned();
    for format in [
        "pretty", "concise", "json", "sarif", "junit", "github", "gitlab", "rdjson", "html",
    ] {
        let run = checkout.check(&["--all", "--secretsync", &path, "--output", format])?;
        assert!(!format!("{run:?}").contains("hunter2"), "{format}");
    }
    Ok(())
}
