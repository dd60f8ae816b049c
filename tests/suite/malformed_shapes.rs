//! Whatever stands in the place of a value, nothing panics; and where readers refuse it, there is
//! a finding.

use std::sync::Arc;

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine;
use mirrorlint::model;
use mirrorlint::rules;
use mirrorlint::tree::{MemoryTree, RepoPath};

use crate::support::Outcome;
use crate::support::builtin::{CONVENTIONS, PLAN};

const INSTEAD: [&str; 8] = ["", "~", "1", "true", "[]", "{}", "[~, [], {}]", "{a: [~]}"];

/// The parts of the standing checkout that are YAML.
fn standing() -> Vec<(String, String)> {
    let page = rules::companion("_example.md");
    let blocks = page
        .iter()
        .flat_map(|page| &page.examples)
        .flat_map(|e| &e.blocks);
    let mut files: Vec<_> = blocks.map(|b| (b.path.clone(), b.marks().0)).collect();
    files.push((
        "core-services/sync-rover-groups/_config.yaml".to_owned(),
        "groups:\n  a:\n    rename_to: b\n".to_owned(),
    ));
    files.push((
        "core-services/image-mirroring/openshift/_config.yaml".to_owned(),
        "source_namespace: origin\ntarget_registry: quay.io\ntarget_namespace: openshift\nimages:\n  \"4.18\":\n  - \"4.18\"\n".to_owned(),
    ));
    files.push((
        "core-services/ci-secret-bootstrap/gsm-config.yaml".to_owned(),
        "bundles:\n- name: a\n  targets:\n  - cluster: b\n    namespace: ci\n".to_owned(),
    ));
    files.push((
        "clusters/app.ci/registry-access/acme/admin_list.yaml".to_owned(),
        "kind: List\napiVersion: v1\nitems:\n- kind: Template\n  objects:\n  - kind: ServiceAccount\n    \
         apiVersion: v1\n    metadata:\n      name: a\n      namespace: acme\n".to_owned(),
    ));
    files
}

#[test]
fn no_replaced_value_makes_a_check_panic() -> Outcome {
    let parse = |path: &str, text: &str| {
        let kind = CONVENTIONS.kind(path)?;
        let text = text.as_bytes().to_vec();
        Some(Arc::new(model::parse(RepoPath::new(path), kind, text)))
    };
    let mut files = standing();
    files.sort();
    let parsed = files.iter().map(|(path, text)| parse(path, text));
    let parsed: Vec<_> = parsed.collect::<Option<_>>().ok_or("a file of no kind")?;
    for (number, (path, text)) in files.iter().enumerate() {
        if path.contains("mapping_") {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            for instead in INSTEAD {
                let Some(key) = lines[at].find(": ").map(|end| end + 1).or_else(|| {
                    lines[at]
                        .find("- ")
                        .map(|end| end + 1)
                        .or(Some(lines[at].len()))
                }) else {
                    continue;
                };
                let line = format!("{} {instead}", &lines[at][..key]);
                let mut altered = lines.clone();
                altered[at] = &line;
                let mut parsed = parsed.clone();
                parsed[number] = parse(path, &altered.join("\n")).ok_or("a file of no kind")?;
                let checkout = Checkout::new(parsed, &CONVENTIONS, &Inputs::default());
                let _ = engine::lint(&checkout, &PLAN);
            }
        }
    }
    Ok(())
}

#[test]
fn refused_values_are_reported() -> Outcome {
    let access = "clusters/app.ci/registry-access/acme/";
    for (path, text, rule) in [
        ("OWNERS", "approvers: 1\n", "owners-content"),
        ("OWNERS", "- bob\n", "owners-content"),
        ("OWNERS", "approvers:\n- 1\n", "owners-content"),
        ("OWNERS", "approvers:\n- [bob]\n", "owners-content"),
        ("OWNERS", "filters: []\n", "owners-content"),
        (
            "x.yaml",
            "kind: List\napiVersion: v1\nitems: {}\n",
            "manifest-field",
        ),
        (
            "x.yaml",
            "kind: Namespace\napiVersion: v1\nmetadata: x\n",
            "manifest-field",
        ),
        (
            "x.yaml",
            "kind: Namespace\napiVersion: [v1]\nmetadata:\n  name: x\n",
            "manifest-field",
        ),
        (
            "x.yaml",
            "kind: Group\napiVersion: v1\nmetadata:\n  name: x\nusers: bob\n",
            "manifest-field",
        ),
        (
            "x.yaml",
            "kind: RoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nroleRef: []\n",
            "manifest-field",
        ),
    ] {
        let mut tree = MemoryTree::default();
        tree.insert(&format!("{access}{path}"), text);
        let checkout = Checkout::load(&tree, &CONVENTIONS, &Inputs::default())?;
        let found = engine::lint(&checkout, &PLAN).findings;
        assert!(
            found.iter().any(|finding| finding.rule == rule),
            "{text}: {found:?}"
        );
    }
    Ok(())
}
