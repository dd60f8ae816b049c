//! The documentation's own examples, put into a checkout: as they stand they are clean, and every
//! part that is removed or altered gives the findings one expects, and no other.

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine;
use mirrorlint::finding::Severity;
use mirrorlint::model::secretsync;
use mirrorlint::rules;
use mirrorlint::tree::{MemoryTree, RepoPath};

use crate::support::Outcome;
use crate::support::builtin::{CATALOGUE, CONVENTIONS, PLAN};

#[path = "../data/seed/alterations.rs"]
mod alterations;

use alterations::*;

/// The checkout with the examples; `named` puts own names in the place of the placeholders.
fn checkout(named: bool) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let page = rules::companion("_example.md");
    for block in page
        .iter()
        .flat_map(|page| &page.examples)
        .flat_map(|e| &e.blocks)
    {
        files.push((block.path.clone(), block.marks().0));
    }
    let own = |text: &str, project: &str| {
        let text = text.replace("NEW_ORGANIZATION", "gizmo");
        text.replace("my-project", project)
            .replace("my-namespace", project)
    };
    let given = [
        (JOB, include_str!("../data/seed/mirror_job.yaml"), "gizmo"),
        (
            INDEX,
            include_str!("../data/seed/secret_keys.yaml"),
            "gizmo",
        ),
        (
            ACCOUNT,
            include_str!("../data/seed/service_account.yaml"),
            "gizmo",
        ),
        (
            USERS,
            include_str!("../data/seed/listed_users.yaml"),
            "listed",
        ),
        (
            "clusters/app.ci/registry-access/everybody/admin_manifest.yaml",
            include_str!("../data/seed/authenticated_users.yaml"),
            "everybody",
        ),
        (STREAM, include_str!("../data/seed/image_stream.yaml"), "ci"),
        (
            SET,
            "registry.ci.openshift.org/gizmo/my-imagestream:* quay.io/gizmo/myimage\n",
            "gizmo",
        ),
        (SET_OWNERS, "approvers:\n- bob\n", ""),
        (ACCOUNT_OWNERS, "approvers:\n- bob\n", ""),
        (
            "clusters/app.ci/registry-access/listed/OWNERS",
            "approvers:\n- bob\n",
            "",
        ),
        (
            "clusters/app.ci/registry-access/everybody/OWNERS",
            "approvers:\n- bob\n",
            "",
        ),
        (
            "clusters/app.ci/assets/admin_roles.yaml",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  \
             name: pull-secret-namespace-manager\nrules:\n- apiGroups: ['']\n  \
             resources: [secrets]\n  verbs: [get]\n",
            "",
        ),
    ];
    for (path, text, project) in given {
        let text = if named {
            own(text, project)
        } else {
            text.to_owned()
        };
        files.push((path.to_owned(), text));
    }
    for (path, text) in &mut files {
        if path == INDEX {
            text.push_str("config.json: SENTINEL\n");
        }
    }
    files
}

/// The rules of all errors and warnings, each as often as it found something.
fn found(files: &[(String, String)]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut tree = MemoryTree::default();
    let mut inputs = Inputs::default();
    for (path, text) in files {
        if path == INDEX {
            let entries = secretsync::read(text.as_bytes())?;
            inputs.secretsync.push((RepoPath::new(path), entries));
        } else {
            tree.insert(path, text.clone().into_bytes());
        }
    }
    let checkout = Checkout::load(&tree, &CONVENTIONS, &inputs)?;
    let findings = engine::lint(&checkout, &PLAN).findings;
    for finding in &findings {
        let told = format!("{finding:?}");
        assert!(!told.contains("SENTINEL"), "a secret's value is in {told}");
    }
    let mut rules: Vec<String> = findings
        .into_iter()
        .filter(|finding| {
            // Somebody brings what is altered.
            let rule = CATALOGUE.get(&finding.rule);
            let when_new = rule.and_then(|rule| rule.front_matter.introduced);
            Some(finding.severity).max(when_new) > Some(Severity::Hint)
        })
        .map(|finding| finding.rule)
        .collect();
    rules.sort();
    Ok(rules)
}

#[test]
fn as_they_stand_they_are_clean_but_for_their_placeholders() -> Outcome {
    assert_eq!(found(&checkout(true))?, Vec::<String>::new());
    Ok(())
}

#[test]
fn placeholders_are_reported() -> Outcome {
    let mut files = checkout(true);
    for (path, text) in checkout(false) {
        if path == JOB || path == ACCOUNT {
            files.retain(|(own, _)| *own != path);
            files.push((path, text));
        }
    }
    let rules = found(&files)?;
    assert!(
        rules.iter().filter(|rule| *rule == "placeholder").count() >= 10,
        "{rules:?}"
    );
    Ok(())
}

#[test]
fn todays_form_of_the_job_is_clean() -> Outcome {
    let mut files = checkout(true);
    for (path, text) in &mut files {
        if path == JOB {
            *text = text
                .replace("cluster: app.ci", "cluster: core-ci")
                .replace("/home/mirror", "/tmp/user")
                .replace(
                    "    - command:\n      - /tp-entrypoint.sh\n",
                    TODAYS_COMMAND,
                )
                .replace(
                    "registry.ci.openshift.org/ci/image-mirror:oc-415",
                    "registry.redhat.io/openshift4/ose-cli-rhel9",
                );
        }
        if path == INDEX {
            *text = text.replace("\"app.ci\"", "\"core-ci,app.ci\"");
        }
    }
    assert_eq!(found(&files)?, Vec::<String>::new());
    // Its script logs in as well.
    for (path, text) in &mut files {
        if path == JOB {
            *text = text.replace("    automountServiceAccountToken: true\n", "");
        }
    }
    assert_eq!(found(&files)?, ["mirror-job-token"]);
    Ok(())
}

const TODAYS_COMMAND: &str = "    - args:
      - -c
      - curl -sL https://raw.githubusercontent.com/openshift/release/refs/heads/main/hack/periodic-mirroring.sh | bash
      command:
      - /bin/bash
";

#[test]
fn every_altered_part_is_reported() -> Outcome {
    assert!(ALTERATIONS.len() >= 40);
    let mut failures = Vec::new();
    for Alteration(path, old, new, expected) in ALTERATIONS {
        let mut files = checkout(true);
        if old.is_empty() {
            files.retain(|(own, _)| own != path);
            if !new.is_empty() {
                files.push((
                    (*new).to_owned(),
                    checkout(true)
                        .into_iter()
                        .find(|(own, _)| own == path)
                        .map(|(_, text)| text)
                        .unwrap_or_default(),
                ));
            }
        } else {
            let (_, text) = files
                .iter_mut()
                .find(|(own, _)| own == path)
                .ok_or("no such file")?;
            assert!(text.contains(old), "{path} holds no {old:?}");
            *text = text.replacen(old, new, 1);
        }
        let rules = found(&files)?;
        if rules != *expected {
            failures.push(format!(
                "{path}: {old:?} -> {new:?}\n    expected {expected:?}\n    found    {rules:?}"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}
