//! What is pre-existing, and what only stands where something else was wrong before.

use serde_json::Value;

use crate::support::Outcome;
use crate::support::git::Repo;

const ACCESS: &str = "clusters/app.ci/registry-access/gizmo";

/// A binding that lets a subject pull.
fn manifest(subject: &str) -> String {
    format!(
        "apiVersion: v1
kind: Namespace
metadata:
  name: gizmo
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: pullers
  namespace: gizmo
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:image-puller
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: Group
  name: system:authenticated
{subject}"
    )
}

/// What a staged change introduces, as far as it is shown.
fn introduced(repo: &Repo) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    repo.stage()?;
    let run = repo.checkout.check(&["--staged", "--output", "json"])?;
    let report: Value = serde_json::from_str(&run.stdout)?;
    let findings = report["findings"].as_array().ok_or("no findings")?;
    Ok(findings
        .iter()
        .map(|finding| finding["message"].to_string())
        .collect())
}

#[test]
fn another_fault_of_the_same_thing_is_new() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout
        .write(format!("{ACCESS}/OWNERS"), "approvers:\n- dptp-owner\n")?;
    let path = format!("{ACCESS}/admin.yaml");
    let robot = "- kind: ServiceAccount\n  name: robot\n  namespace: nowhere-at-all\n";
    repo.checkout.write(&path, manifest(robot))?;
    repo.commit("a subject of a namespace that does not exist")?;
    repo.checkout.write(
        &path,
        manifest(&robot.replace("  namespace: nowhere-at-all\n", "")),
    )?;
    let introduced = introduced(&repo)?;
    assert_eq!(introduced.len(), 1, "{introduced:?}");
    Ok(())
}

#[test]
fn old_faults_move_with_their_file() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout
        .write(format!("{ACCESS}/OWNERS"), "approvers:\n- dptp-owner\n")?;
    let (old, new) = (
        format!("{ACCESS}/admin.yaml"),
        format!("{ACCESS}/pullers.yaml"),
    );
    let robot = "- kind: ServiceAccount\n  name: robot\n";
    repo.checkout.write(&old, manifest(robot))?;
    repo.commit("a subject without a namespace")?;
    std::fs::remove_file(repo.checkout.root().join(&old))?;
    repo.checkout.write(&new, manifest(robot))?;
    assert!(introduced(&repo)?.is_empty());
    let more = format!("{robot}- kind: ServiceAccount\n  name: another\n");
    repo.checkout.write(&new, manifest(&more))?;
    let introduced = introduced(&repo)?;
    assert_eq!(introduced.len(), 1, "{introduced:?}");
    assert!(introduced[0].contains("another"), "{introduced:?}");
    Ok(())
}
