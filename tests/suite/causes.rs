//! What follows from something else is counted there, and hidden by nothing that is not shown itself.

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome};
use serde_json::Value;

const SET: &str = "core-services/image-mirroring/acme";
const ACCESS: &str = "clusters/app.ci/registry-access/gizmo";
const MANIFEST: &str = "apiVersion: v1
kind: Namespace
metadata:
  name: gizmo
";

/// A binding that lets the group pull.
fn binding(name: &str, group: &str) -> String {
    format!(
        "---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {name}
  namespace: gizmo
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:image-puller
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: {group}
"
    )
}

fn manifest(groups: &[&str]) -> String {
    let bindings = groups.iter().enumerate();
    let bindings = bindings.map(|(at, group)| binding(&format!("pullers-{at}"), group));
    MANIFEST.to_owned() + &bindings.collect::<String>()
}

/// The rules of what is shown.
fn rules(findings: &[&str]) -> Vec<String> {
    let rule = |line: &&str| {
        let rest = line.split_once('[')?.1;
        Some(rest.split_once(']')?.0.to_owned())
    };
    findings.iter().filter_map(rule).collect()
}

#[test]
fn missing_access_follows_from_a_misspelt_group() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(format!("{ACCESS}/OWNERS"), "approvers:\n- dptp-owner\n")?;
    checkout.write(
        format!("{ACCESS}/admin.yaml"),
        manifest(&["system:authenticate"]),
    )?;
    let shown = checkout.check(&[])?;
    assert_eq!(rules(&shown.findings()), ["rbac-subject"], "{shown:?}");
    assert!(
        shown.stdout.contains("one more finding follows"),
        "{shown:?}"
    );
    let all = checkout.check(&["--all", "--output", "json"])?;
    let report: Value = serde_json::from_str(&all.stdout)?;
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let pull = findings
        .iter()
        .find(|finding| finding["rule"] == "registry-access-pull");
    let cause = &pull.ok_or("no registry-access-pull")?["caused_by"];
    assert_eq!(cause["rule"], "rbac-subject");
    assert_eq!(cause["path"], format!("{ACCESS}/admin.yaml"));
    Ok(())
}

#[test]
fn an_old_fault_does_not_hide_what_a_change_brings() -> Outcome {
    let repo = Repo::new()?;
    let path = format!("{ACCESS}/admin.yaml");
    repo.checkout
        .write(format!("{ACCESS}/OWNERS"), "approvers:\n- dptp-owner\n")?;
    repo.checkout.write(
        &path,
        manifest(&["system:authenticate", "system:authenticated"]),
    )?;
    repo.commit("one group is misspelt, and the other is not")?;
    repo.checkout
        .write(&path, manifest(&["system:authenticate"]))?;
    repo.stage()?;
    let run = repo.check(&["--staged"])?;
    assert_eq!(rules(&run.findings()), ["registry-access-pull"], "{run:?}");
    Ok(())
}

#[test]
fn an_accepted_cause_hides_nothing() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(format!("{ACCESS}/OWNERS"), "approvers:\n- dptp-owner\n")?;
    checkout.write(
        format!("{ACCESS}/admin.yaml"),
        manifest(&["system:authenticate"]),
    )?;
    let paths = format!("paths:\n- paths: [{ACCESS}]\n  rules:\n    rbac-subject: off\n");
    checkout.write(".mirrorlint.yaml", paths)?;
    let run = checkout.check(&[])?;
    assert_eq!(rules(&run.findings()), ["registry-access-pull"], "{run:?}");
    Ok(())
}

#[test]
fn an_end_is_shown_in_the_part_that_was_asked_for() -> Outcome {
    let checkout = Checkout::new()?;
    let name = "mapping_supplemental_ci_images_acme";
    let supplemental = "core-services/image-mirroring/supplemental-ci-images";
    for (folder, image) in [(SET, "one"), (supplemental, "two")] {
        let line = format!("quay.io/x/{image}:1 registry.ci.openshift.org/acme/{image}:1\n");
        checkout.write(format!("{folder}/{name}"), line)?;
    }
    for folder in [SET, supplemental] {
        let run = checkout.check_in(folder, &["--select", "mapping-key-conflict"])?;
        assert_eq!(run.findings().len(), 1, "{folder}: {run:?}");
        assert!(run.stdout.starts_with(folder), "{folder}: {run:?}");
    }
    Ok(())
}

#[test]
fn a_baseline_accepts_all_ends() -> Outcome {
    let checkout = Checkout::new()?;
    for folder in ["a", "b"] {
        let config = format!(
            "images:\n- from: src\n  to: twice\npromotion:\n  to:\n  - namespace: acme\n    tag: latest\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: {folder}\n"
        );
        let path = format!("ci-operator/config/acme/{folder}/acme-{folder}-main.yaml");
        checkout.write(path, config)?;
    }
    let select = ["--select", "image-provider-duplicate"];
    assert_eq!(checkout.check(&select)?.findings().len(), 1);
    checkout.check(&[&select[..], &["--write-baseline"]].concat())?;
    assert!(checkout.check(&select)?.findings().is_empty());
    Ok(())
}

#[test]
fn a_fault_in_a_copy_hides_no_error_in_the_original() -> Outcome {
    let checkout = Checkout::new()?;
    for org in ["openshift", "openshift-priv"] {
        for repo in ["a", "b"] {
            let config = format!(
                "images:\n- from: src\n  to: twice\npromotion:\n  to:\n  - namespace: acme\n    tag: latest\nzz_generated_metadata:\n  branch: main\n  org: {org}\n  repo: {repo}\n"
            );
            let path = format!("ci-operator/config/{org}/{repo}/{org}-{repo}-main.yaml");
            checkout.write(path, config)?;
        }
    }
    let run = checkout.check(&["--select", "image-provider-duplicate"])?;
    assert_eq!(run.findings().len(), 1, "{run:?}");
    assert!(
        run.stdout.starts_with("ci-operator/config/openshift/"),
        "{run:?}"
    );
    Ok(())
}

#[test]
fn a_file_that_no_longer_parses_fixes_nothing() -> Outcome {
    let repo = Repo::new()?;
    let path = format!("{ACCESS}/admin.yaml");
    repo.checkout
        .write(format!("{ACCESS}/OWNERS"), "approvers:\n- dptp-owner\n")?;
    repo.checkout
        .write(&path, manifest(&["system:authenticate"]))?;
    repo.commit("a group is misspelt")?;
    repo.checkout.write(
        &path,
        manifest(&["system:authenticate"]).replace("metadata:", "\tmetadata:"),
    )?;
    repo.stage()?;
    let run = repo.check(&["--staged"])?;
    assert_eq!(rules(&run.findings()), ["invalid-yaml"], "{run:?}");
    assert!(!run.stdout.contains("fixed by this change"), "{run:?}");
    Ok(())
}
