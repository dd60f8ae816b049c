//! `check --online` against a registry that is made for the occasion: what is asked and found, what is
//! kept, and who may decide what is asked.

mod hostile;
mod server;

use std::fs;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome, Run};
use server::{Asked, Reply, Server, image, json};

const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_online";

/// What stands for user name and password, and must not be seen anywhere.
const LOGIN: &str = "alice:SENTINEL";
const ENCODED: &str = "YWxpY2U6U0VOVElORUw=";

/// A registry with the tags `v1` and `v2` of `acme/widget`, one image without amd64, and something private.
fn registry(asked: &Asked) -> Reply {
    let is_let_in = asked.authorization == Some(format!("Basic {ENCODED}"));
    match asked.path.as_str() {
        "/v2/acme/widget/manifests/v1" | "/v2/acme/widget/manifests/v2" => image(),
        "/v2/acme/widget/tags/list?n=1000" => json(200, r#"{"tags": ["v1", "v2", "latest"]}"#),
        "/v2/acme/arm/manifests/v1" => {
            server::index(r#"[{"platform": {"os": "linux", "architecture": "arm64"}}]"#)
        }
        path if path.starts_with("/v2/acme/widget/") => {
            json(404, r#"{"errors": [{"code": "MANIFEST_UNKNOWN"}]}"#)
        }
        path if path.starts_with("/v2/acme/private/") && is_let_in => image(),
        path if path.starts_with("/v2/acme/private/") => {
            server::with_header(401, "WWW-Authenticate: Basic realm=\"x\"")
        }
        path if path.starts_with("/v2/acme/broken/") => server::with_header(500, "X: y"),
        _ => json(404, r#"{"errors": [{"code": "NAME_UNKNOWN"}]}"#),
    }
}

/// A config that lets the registry at `host` be asked, and no other.
fn config(host: &str) -> String {
    format!(
        "conventions:\n  registries:\n    online:\n      hosts: []\n      local: ['{host}']\n      \
         plain: ['{host}']\n"
    )
}

/// A mapping file that takes these images.
fn mapping(host: &str, images: &[&str]) -> String {
    let lines = images.iter().enumerate();
    let lines = lines.map(|(at, image)| format!("{host}/acme/{image} quay.io/acme/copy:{at}\n"));
    lines.collect()
}

/// The home of somebody who has credentials for `host`, or none.
fn home(host: Option<&str>) -> Result<TempDir, Box<dyn std::error::Error>> {
    let home = TempDir::new()?;
    if let Some(host) = host {
        let auth = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{ENCODED}\"}}}}}}");
        fs::create_dir(home.path().join(".docker"))?;
        fs::write(home.path().join(".docker/config.json"), auth)?;
    }
    Ok(home)
}

/// Runs `check --online` as the owner of `home`.
fn online(checkout: &std::path::Path, home: &TempDir, arguments: &[&str]) -> std::io::Result<Run> {
    let output = cargo_bin_cmd!("mirrorlint")
        .env_clear()
        .env("HOME", home.path())
        .arg("check")
        .arg(checkout)
        .args([
            "--online",
            "--output",
            "json",
            "--select",
            "image-*,supplemental-*",
        ])
        .args(arguments)
        .output()?;
    Ok(output.into())
}

/// Line, rule and message of a finding.
type Line = (u64, String, String);

fn found(run: &Run) -> Result<Vec<Line>, Box<dyn std::error::Error>> {
    let report: Value = serde_json::from_str(&run.stdout).map_err(|_| run.stderr.clone())?;
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |finding: &Value| {
        let line = finding["line"].as_u64().unwrap_or_default();
        (line, text(&finding["rule"]), text(&finding["message"]))
    };
    Ok(findings.iter().map(one).collect())
}

fn counts(run: &Run) -> Result<Value, Box<dyn std::error::Error>> {
    let report: Value = serde_json::from_str(&run.stdout)?;
    Ok(report["summary"]["online"].clone())
}

const IMAGES: [&str; 7] = [
    "widget:v1",
    "widget:v3",
    "wigdet:v1",
    "arm:v1",
    "private:v1",
    "broken:v1",
    "widget:v2",
];

#[test]
fn answers_become_findings_and_are_kept_for_an_hour() -> Outcome {
    let server = Server::start(registry)?;
    let host = server.host();
    let checkout = Checkout::new()?;
    checkout.write(".mirrorlint.yaml", config(&host))?;
    checkout.write(MAPPING, mapping(&host, &IMAGES))?;
    let home = home(None)?;
    let run = online(checkout.root(), &home, &["--online-budget", "4"])?;
    let expected = [
        (
            2,
            "image-not-found",
            format!("`{host}/acme/widget` has no tag `v3`"),
        ),
        (
            3,
            "image-not-found",
            format!("there is no repository `{host}/acme/wigdet`"),
        ),
        (
            4,
            "image-platform-missing",
            format!("`{host}/acme/arm:v1` has no image for `linux/amd64`"),
        ),
        (
            5,
            "image-not-pullable",
            format!(
                "`{host}` does not show `{host}/acme/private:v1` to anybody without credentials"
            ),
        ),
    ];
    let expected = expected.map(|(line, rule, message)| (line, rule.to_owned(), message));
    assert_eq!(found(&run)?, expected, "{}", run.stderr);
    assert!(run.stdout.contains("there is `v2`, `v1`"), "{}", run.stdout);
    let schema = include_str!("../data/report.schema.json");
    let faults = crate::formats::faults(schema, &serde_json::from_str(&run.stdout)?)?;
    assert!(faults.is_empty(), "{faults:?}");
    let first = counts(&run)?;
    assert_eq!(first["asked"], 6);
    assert_eq!(
        first["undecided"],
        serde_json::json!({"registry failed": 1})
    );
    let said = ", 6 asked, 0 from the cache, 1 undecided (registry failed 1)";
    assert!(run.stderr.contains(said), "{}", run.stderr);

    let before = server.requests();
    let again = online(checkout.root(), &home, &["--online-budget", "4"])?;
    assert_eq!(found(&again)?, expected);
    assert_eq!(counts(&again)?["cached"], 6);
    // What was undecided is asked again, and nothing else.
    assert_eq!(
        server.requests() - before,
        counts(&again)?["requests"].as_u64().unwrap_or(0) as usize
    );
    assert!(counts(&again)?["requests"].as_u64() <= Some(3));
    let fresh = online(
        checkout.root(),
        &home,
        &["--online-budget", "4", "--no-cache"],
    )?;
    assert_eq!(counts(&fresh)?["cached"], 0);

    let strict = cargo_bin_cmd!("mirrorlint")
        .env_clear()
        .env("HOME", home.path())
        .args([
            "check",
            "--online=strict",
            "--online-budget",
            "2",
            "--fail-on",
            "never",
        ])
        .arg(checkout.root())
        .output()?;
    assert_eq!(strict.status.code(), Some(2));
    let plain = checkout.check(&["--output", "json"])?;
    assert!(!plain.stdout.contains("online") && !plain.stdout.contains("image-not-found"));
    Ok(())
}

#[test]
fn credentials_let_in_and_are_never_seen() -> Outcome {
    let server = Server::start(registry)?;
    let host = server.host();
    let checkout = Checkout::new()?;
    checkout.write(".mirrorlint.yaml", config(&host))?;
    checkout.write(MAPPING, mapping(&host, &["private:v1"]))?;
    let home = home(Some(&host))?;
    let run = online(checkout.root(), &home, &[])?;
    assert_eq!(found(&run)?, []);
    assert_eq!(counts(&run)?["asked"], 1);
    let cache = home
        .path()
        .join(".cache/mirrorlint/registry-answers-1.json");
    let cache = fs::read_to_string(cache)?;
    assert!(cache.contains(":v1 authenticated"), "{cache}");
    for text in [&cache, &run.stdout, &run.stderr] {
        assert!(!text.contains("SENTINEL") && !text.contains(ENCODED) && !text.contains(LOGIN));
    }
    // Somebody without credentials gets no answer from what somebody with them was told.
    fs::remove_dir_all(home.path().join(".docker"))?;
    let run = online(checkout.root(), &home, &[])?;
    assert_eq!(found(&run)?.len(), 1);
    fs::create_dir(home.path().join(".docker"))?;
    fs::write(
        home.path().join(".docker/config.json"),
        "{\"auths\": \"SENTINEL\"}",
    )?;
    let run = online(checkout.root(), &home, &[])?;
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("config.json") && !run.stderr.contains("SENTINEL"));
    Ok(())
}

#[test]
fn the_base_says_who_is_asked_and_the_change_what() -> Outcome {
    let server = Server::start(registry)?;
    let host = server.host();
    let home = home(None)?;
    let repository = Repo::new()?;
    repository
        .checkout
        .write(MAPPING, mapping(&host, &["widget:v4"]))?;
    let without = repository.commit("no list")?;
    repository
        .checkout
        .write(".mirrorlint.yaml", config(&host))?;
    repository
        .checkout
        .write(MAPPING, mapping(&host, &["widget:v4", "widget:v3"]))?;
    let with = repository.commit("a change that brings its own list")?;
    let run = online(
        repository.root(),
        &home,
        &["--base", &without.to_string(), "--head", &with.to_string()],
    )?;
    assert_eq!(found(&run)?, []);
    assert_eq!(server.requests(), 0);
    assert_eq!(
        counts(&run)?["not_asked"],
        serde_json::json!({host.as_str(): 1})
    );

    repository.checkout.write(
        MAPPING,
        mapping(&host, &["widget:v4", "widget:v3", "widget:v5"]),
    )?;
    let next = repository.commit("a change to a base that has one")?;
    let run = online(
        repository.root(),
        &home,
        &["--base", &with.to_string(), "--head", &next.to_string()],
    )?;
    let lines: Vec<u64> = found(&run)?.iter().map(|(line, ..)| *line).collect();
    assert_eq!(lines, [3]);
    assert_eq!(counts(&run)?["images"], 1);
    Ok(())
}

#[test]
fn a_new_supplemental_image_overwrites_no_other() -> Outcome {
    let server = Server::start(|asked| {
        let digest = match asked.path.contains("acme_widget_v9") {
            true => "1",
            false => "2",
        };
        server::image_of(&format!("sha256:{}", digest.repeat(64)))
    })?;
    let host = server.host();
    let config = format!("{}    qci: ['{host}/openshift/ci']\n", config(&host));
    let home = home(Some(&host))?;
    let repository = Repo::new()?;
    repository.checkout.write(".mirrorlint.yaml", &config)?;
    let base = repository.commit("base")?;
    let file = "core-services/image-mirroring/_config.yaml";
    let entries = format!(
        "supplementalCIImages:\n  acme/widget:v9:\n    image: {host}/acme/widget:v9\n  \
         acme/other:v1:\n    image: {host}/acme/other:v1\n"
    );
    repository.checkout.write(file, &entries)?;
    let head = repository.commit("new entries")?;
    let run = online(
        repository.root(),
        &home,
        &["--base", &base.to_string(), "--head", &head.to_string()],
    )?;
    let expected = "QCI has another image `acme/widget:v9` already".to_owned();
    let all = found(&run)?;
    assert_eq!(
        all,
        [(2, "supplemental-image-exists".to_owned(), expected)],
        "{}",
        run.stderr
    );
    Ok(())
}
