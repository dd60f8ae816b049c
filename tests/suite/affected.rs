//! Whom a finding hits: the files of others that it breaks, and who owns them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome, run};

const CONFIGS: &str = "ci-operator/config";
const WIDGET: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";
const SETS: &str = "core-services/image-mirroring";

/// Uses `acme/widget:latest`.
const USING: &str = "\
base_images:
  widget:
    name: widget
    namespace: acme
    tag: latest
images:
- from: widget
  to: tool
";

/// Adds a config that uses the widget, with what its folder's OWNERS file says, if it has one.
fn add_user(
    checkout: &Checkout,
    repository: &str,
    owners: Option<&str>,
) -> std::io::Result<String> {
    let name = repository.replace('/', "-");
    let path = format!("{CONFIGS}/{repository}/{name}-main.yaml");
    let (org, repo) = repository.split_once('/').unwrap_or_default();
    let metadata =
        format!("zz_generated_metadata:\n  branch: main\n  org: {org}\n  repo: {repo}\n");
    checkout.write(&path, format!("{USING}{metadata}"))?;
    if let Some(owners) = owners {
        checkout.write(format!("{CONFIGS}/{repository}/OWNERS"), owners)?;
    }
    Ok(path)
}

/// The one finding of `rule`.
fn finding<'r>(report: &'r Value, rule: &str) -> Result<&'r Value, String> {
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let mut of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
    match (of_rule.next(), of_rule.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(format!("not one finding of {rule}: {report:#}")),
    }
}

/// The affected files of a finding, each with its owners.
fn affected(finding: &Value) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let files = finding["affected"].as_array().into_iter().flatten();
    files
        .map(|file| {
            let owners = file["owners"].as_array().into_iter().flatten();
            (text(&file["path"]), owners.map(text).collect())
        })
        .collect()
}

/// What the change `head` brings, as JSON.
fn change(repo: &Repo) -> Result<Value, Box<dyn std::error::Error>> {
    let root = repo.root().to_string_lossy().into_owned();
    let fixed = [
        "check", &root, "--base", "main", "--head", "change", "--output", "json",
    ];
    let said = run(fixed)?;
    serde_json::from_str(&said.stdout).map_err(|error| format!("{error}: {said:?}").into())
}

/// A team that asks about its own folder is told what a change elsewhere breaks there.
#[test]
fn what_breaks_a_file_of_the_part_is_reported_for_it() -> Outcome {
    let repo = removal()?;
    let told = |folder: &str| -> Result<usize, Box<dyn std::error::Error>> {
        let part = repo.root().join(folder).to_string_lossy().into_owned();
        let said = run([
            "check", &part, "--base", "main", "--head", "change", "--output", "json",
        ])?;
        let report: Value = serde_json::from_str(&said.stdout)?;
        Ok(report["findings"].as_array().map_or(0, Vec::len))
    };
    assert_eq!(told("ci-operator/config/other/alias")?, 1);
    assert_eq!(told("clusters")?, 0);
    Ok(())
}

/// A repository in which others use the widget that is taken away on the branch `change`.
fn removal() -> Result<Repo, Box<dyn std::error::Error>> {
    let repo = Repo::new()?;
    let checkout = &repo.checkout;
    checkout.write("OWNERS", "approvers:\n- root\n")?;
    checkout.write(
        "OWNERS_ALIASES",
        "aliases:\n  Tool-Team:\n  - Alice\n  - bob\n  dptp-owners:\n  - dptp-owner\n",
    )?;
    add_user(
        checkout,
        "other/alias",
        Some("approvers:\n- tool-team\n- '@Carol'\n"),
    )?;
    add_user(
        checkout,
        "other/filters",
        Some(
            "filters:\n  \"\\\\.md$\":\n    approvers:\n    - writer\n  \"^other-.*\\\\.yaml$\":\n    \
             approvers:\n    - dave\n",
        ),
    )?;
    add_user(
        checkout,
        "other/simple",
        Some("reviewers:\n- r\nfilters:\n  \".*\":\n    approvers:\n    - unread\n"),
    )?;
    add_user(
        checkout,
        "other/closed",
        Some("options:\n  no_parent_owners: true\nreviewers:\n- erin\n"),
    )?;
    add_user(checkout, "other/silent", Some("reviewers:\n- frank\n"))?;
    add_user(checkout, "other/none", None)?;
    add_user(checkout, "other/linked", None)?;
    symlink(
        "../alias/OWNERS",
        repo.root().join(format!("{CONFIGS}/other/linked/OWNERS")),
    )?;
    repo.commit("others use it")?;
    repo.branch("change")?;
    repo.switch("change")?;
    fs::remove_file(repo.root().join(WIDGET))?;
    repo.commit("take it away")?;
    Ok(repo)
}

#[test]
fn the_nearest_approvers_own_a_file() -> Outcome {
    let report = change(&removal()?)?;
    let schema: Value = serde_json::from_str(include_str!("../data/report.schema.json"))?;
    let validator = jsonschema::validator_for(&schema)?;
    let broken: Vec<String> = validator
        .iter_errors(&report)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(broken, Vec::<String>::new());
    let finding = finding(&report, "image-provider-removed")?;
    let expected = [
        ("alias", vec!["alice", "bob", "carol"]),
        ("closed", vec![]),
        ("filters", vec!["dave"]),
        ("linked", vec!["alice", "bob", "carol"]),
        ("none", vec!["root"]),
        ("silent", vec!["root"]),
        ("simple", vec!["root"]),
    ];
    let mut expected: BTreeMap<String, Vec<String>> = expected
        .into_iter()
        .map(|(name, owners)| {
            let path = format!("{CONFIGS}/other/{name}/other-{name}-main.yaml");
            (path, owners.into_iter().map(str::to_owned).collect())
        })
        .collect();
    let set = format!("{SETS}/acme/mapping_acme_latest");
    expected.insert(set, vec!["acme-owner".to_owned()]);
    assert_eq!(affected(finding), expected);
    assert_eq!(finding["affected_total"], 8);
    let files = finding["affected"].as_array().ok_or("none")?;
    let linked = files
        .iter()
        .find(|file| file["path"].as_str().is_some_and(|p| p.contains("linked")));
    let file = &linked.ok_or("no linked")?["owners_file"];
    assert_eq!(*file, format!("{CONFIGS}/other/linked/OWNERS"));
    Ok(())
}

#[test]
fn people_read_it_in_one_line() -> Outcome {
    let repo = removal()?;
    let line = "hits 8 files of 4 teams: the whole repository (root); ";
    let concise = repo.check(&["--base", "main", "--head", "change"])?.stdout;
    assert!(
        concise.contains(&format!(" image-provider-removed {line}")),
        "{concise}"
    );
    let root = repo.root().to_string_lossy().into_owned();
    let fixed = ["check", &root, "--base", "main", "--head", "change"];
    let pretty = run(fixed.iter().chain(&["--output", "pretty"]))?.stdout;
    let running = pretty.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(running.contains(line), "{pretty}");
    assert!(
        running.contains("other, 2 folders (alice, bob, carol)"),
        "{pretty}"
    );
    Ok(())
}

#[test]
fn an_alias_that_is_gone_stands_for_those_of_the_base() -> Outcome {
    let repo = Repo::new()?;
    let owners = format!("{SETS}/acme/OWNERS");
    let kept = "aliases:\n  dptp-owners:\n  - dptp-owner\n";
    let with_team = format!("{kept}  tool-team:\n  - alice\n  - bob\n");
    repo.checkout.write("OWNERS_ALIASES", with_team)?;
    repo.checkout.write(&owners, "approvers:\n- tool-team\n")?;
    repo.commit("name the alias")?;
    repo.branch("change")?;
    repo.switch("change")?;
    repo.checkout.write("OWNERS_ALIASES", kept)?;
    repo.commit("take the alias away")?;
    let report = change(&repo)?;
    let finding = finding(&report, "owners-content")?;
    let expected = BTreeMap::from([(owners, vec!["alice".to_owned(), "bob".to_owned()])]);
    assert_eq!(affected(finding), expected, "{report:#}");
    Ok(())
}

#[test]
fn a_destination_of_another_set_is_its_owners() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("change")?;
    repo.switch("change")?;
    let other = format!("{SETS}/gizmo");
    repo.checkout.write(
        format!("{other}/mapping_gizmo_main"),
        "quay.io/openshift/ci:gizmo_x_latest quay.io/acme/widget:latest\n",
    )?;
    repo.checkout
        .write(format!("{other}/OWNERS"), "approvers:\n- gizmo-owner\n")?;
    repo.commit("take a destination")?;
    let report = change(&repo)?;
    let finding = finding(&report, "mapping-duplicate-destination")?;
    assert_eq!(finding["path"], format!("{other}/mapping_gizmo_main"));
    let path = format!("{SETS}/acme/mapping_acme_latest");
    let expected = BTreeMap::from([(path, vec!["acme-owner".to_owned()])]);
    assert_eq!(affected(finding), expected);
    Ok(())
}

#[test]
fn what_breaks_where_the_change_did_not_touch_is_its_owners() -> Outcome {
    // The secret of a mirror job is taken away, in another file than the job's.
    let repo = Repo::new()?;
    repo.branch("change")?;
    repo.switch("change")?;
    let secrets = "core-services/ci-secret-bootstrap/_config.yaml";
    let text = fs::read_to_string(repo.root().join(secrets))?;
    let renamed = text.replace("registry-push-credentials-quay-io-acme", "something-else");
    assert_ne!(text, renamed);
    repo.checkout.write(secrets, renamed)?;
    repo.commit("take a secret away")?;
    let report = change(&repo)?;
    let finding = finding(&report, "mirror-job-secret")?;
    let hit = affected(finding);
    let set = format!("{SETS}/acme/mapping_acme_latest");
    assert_eq!(
        hit.get(&set),
        Some(&vec!["acme-owner".to_owned()]),
        "{hit:?}"
    );
    assert!(
        hit.contains_key("ci-operator/jobs/infra-image-mirroring.yaml"),
        "{hit:?}"
    );
    Ok(())
}

#[test]
fn what_hits_nobody_else_lists_nobody() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("change")?;
    repo.switch("change")?;
    let path = format!("{SETS}/acme/mapping_acme_latest");
    repo.checkout.write(&path, "quay.io/acme/alone:1\n")?;
    repo.commit("break one's own file")?;
    let report = change(&repo)?;
    let finding = finding(&report, "mapping-syntax")?;
    assert!(
        finding["affected"].is_null() && finding["affected_total"].is_null(),
        "{finding:#}"
    );
    Ok(())
}

#[test]
fn hostile_owners_cost_little_and_stay_text() -> Outcome {
    let repo = removal()?;
    repo.switch("main")?;
    let owners = |name: &str| format!("{CONFIGS}/other/{name}/OWNERS");
    let many: String = (0..50_000).map(|n| format!("- user{n}\n")).collect();
    repo.checkout
        .write(owners("alias"), format!("approvers:\n{many}"))?;
    let filters: String = (0..20_000)
        .map(|n| format!("  '(x{{1,50}}){{1,50}}{n}':\n    approvers:\n    - a\n"))
        .collect();
    repo.checkout
        .write(owners("filters"), format!("filters:\n{filters}"))?;
    let long = "x".repeat(100_000);
    repo.checkout.write(
        owners("silent"),
        format!("approvers:\n- {long}\n- \"\\e[31mred\\n::error::\"\n"),
    )?;
    repo.commit("hostile owners")?;
    let report = change(&repo)?;
    let found = finding(&report, "image-provider-removed")?;
    let hit = affected(found);
    let of = |name: &str| {
        let path = format!("{CONFIGS}/other/{name}/other-{name}-main.yaml");
        hit.get(&path).cloned().unwrap_or_default()
    };
    assert_eq!(of("alias").len(), 50);
    assert_eq!(of("silent"), ["\u{1b}[31mred\n::error::"]);
    let concise = repo.check(&["--base", "main", "--head", "change"])?.stdout;
    assert!(
        !concise.contains('\u{1b}') && !concise.contains("\n::error"),
        "{concise}"
    );
    Ok(())
}
