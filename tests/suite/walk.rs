//! The walks that the documentation describes, done as the help of the findings says: each ends
//! without a finding, hints included.

use serde_json::Value;

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome};

type Failed = Box<dyn std::error::Error>;

const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";
const SET: &str = "core-services/image-mirroring/gizmo";
const ACCESS: &str = "clusters/app.ci/registry-access/gizmo";
const OWNERS: &str = "approvers:\n- bob\n";

/// Builds `gadget`, publishes it to namespace `gizmo`.
const PUBLISHER: &str = "\
build_root:
  image_stream_tag:
    name: release
    namespace: openshift
    tag: rhel-9-release-golang-1.22-openshift-4.17
images:
  items:
  - from: src
    to: gadget
promotion:
  to:
  - namespace: gizmo
    tag: latest
resources:
  '*':
    requests:
      cpu: 100m
zz_generated_metadata:
  branch: main
  org: gizmo
  repo: gadget
";

/// Tests in that image.
const USER: &str = "\
base_images:
  gadget:
    name: gadget
    namespace: gizmo
    tag: latest
resources:
  '*':
    requests:
      cpu: 100m
tests:
- as: unit
  commands: make test
  container:
    from: gadget
zz_generated_metadata:
  branch: main
  org: gizmo
  repo: tool
";

/// The rule and the help of everything that is found, hints included.
fn found(checkout: &Checkout, arguments: &[&str]) -> Result<Vec<(String, String)>, Failed> {
    let usual = ["--severity", "hint", "--output", "json"];
    let run = checkout.check(&[&usual, arguments].concat())?;
    let report: Value = serde_json::from_str(&run.stdout)?;
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let text = |finding: &Value, key| finding[key].as_str().unwrap_or_default().to_owned();
    let found = findings.iter();
    Ok(found
        .map(|finding| (text(finding, "rule"), text(finding, "help")))
        .collect())
}

/// The help of the one finding of `rule`.
fn help(checkout: &Checkout, rule: &str) -> Result<String, Failed> {
    let found = found(checkout, &[])?;
    let mut of_rule = found.iter().filter(|(own, _)| own == rule);
    match (of_rule.next(), of_rule.next()) {
        (Some((_, help)), None) => Ok(help.clone()),
        _ => Err(format!("not one `{rule}`: {found:?}").into()),
    }
}

/// The job that a help shows, added to the others.
fn add_job(checkout: &Checkout, help: &str) -> Outcome {
    let (_, job) = help.split_once("for example:\n").ok_or("no example")?;
    let jobs = std::fs::read_to_string(checkout.root().join(JOBS))?;
    checkout.write(JOBS, format!("{jobs}{job}\n"))?;
    Ok(())
}

/// What a help wants to be in Vault, as an export of it.
fn vault(help: &str) -> Result<String, Failed> {
    let mut export = String::new();
    for part in help
        .split('`')
        .filter(|part| part.starts_with("secretsync/"))
    {
        export += &format!("{part}\n");
    }
    let (_, behind) = help.split_once("credentials under `").ok_or("no key")?;
    let (key, _) = behind.split_once('`').ok_or("no key")?;
    Ok(format!("{export}{key}: value\n"))
}

#[test]
fn a_new_mirror_set_ends_without_a_finding() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(
        format!("{SET}/mapping_gizmo"),
        "quay.io/openshift/ci:acme_widget_latest quay.io/gizmo/widget:latest\n",
    )?;
    let owners = help(&checkout, "mirror-set-owners")?;
    assert!(owners.contains("add one with the `approvers`"), "{owners}");
    checkout.write(format!("{SET}/OWNERS"), OWNERS)?;
    add_job(&checkout, &help(&checkout, "mapping-file-unselected")?)?;

    // All but what nothing in the repository can tell.
    assert!(checkout.check(&[])?.findings().is_empty());
    let export = vault(&help(&checkout, "mirror-job-secret")?)?;
    let index = checkout.write("vault.yaml", export)?;
    let index = index.to_str().ok_or("no UTF-8")?;
    assert_eq!(found(&checkout, &["--secretsync", index])?, []);
    Ok(())
}

#[test]
fn a_new_namespace_that_is_published_used_and_mirrored_ends_without_a_finding() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("start")?;
    let checkout = &repo.checkout;
    let named = |text: &str| text.replace("my-project", "gizmo");
    checkout.write(
        "ci-operator/config/gizmo/gadget/gizmo-gadget-main.yaml",
        PUBLISHER,
    )?;
    checkout.write("ci-operator/config/gizmo/tool/gizmo-tool-main.yaml", USER)?;
    let manifest = named(include_str!("../data/seed/authenticated_users.yaml"));
    checkout.write(format!("{ACCESS}/admin_manifest.yaml"), manifest)?;
    let owners = help(checkout, "registry-access-owners")?;
    assert!(owners.contains("add one with the `approvers`"), "{owners}");
    checkout.write(format!("{ACCESS}/OWNERS"), OWNERS)?;
    checkout.write(format!("{SET}/OWNERS"), OWNERS)?;
    let mapping = "quay.io/openshift/ci:gizmo_gadget_latest quay.io/gizmo/gadget:latest\n";
    checkout.write(format!("{SET}/mapping_gizmo"), mapping)?;
    add_job(checkout, &help(checkout, "mapping-file-unselected")?)?;
    let export = vault(&help(checkout, "mirror-job-secret")?)?;
    repo.commit("gizmo")?;

    let folder = tempfile::tempdir()?;
    let index = folder.path().join("vault.yaml");
    std::fs::write(&index, export)?;
    let index = index.to_str().ok_or("no UTF-8")?;
    let change = ["--base", "start", "--head", "main", "--all"];
    for arguments in [&change[..], &[]] {
        let arguments = [arguments, &["--secretsync", index]].concat();
        assert_eq!(found(checkout, &arguments)?, [], "{arguments:?}");
    }
    Ok(())
}
