//! The documentation's own examples, put into a checkout: as they stand they are clean, and every
//! part that is removed or altered gives the findings one expects, and no other.

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine::{self, Plan};
use mirrorlint::finding::Severity;
use mirrorlint::model::{Conventions, secretsync};
use mirrorlint::rules::{self, Catalogue};
use mirrorlint::tree::{MemoryTree, RepoPath};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const JOB: &str = "ci-operator/jobs/infra-periodics.yaml";
const SET: &str = "core-services/image-mirroring/gizmo/mapping_gizmo_latest";
const SET_OWNERS: &str = "core-services/image-mirroring/gizmo/OWNERS";
const ACCOUNT: &str = "clusters/app.ci/registry-access/gizmo/admin_manifest.yaml";
const ACCOUNT_OWNERS: &str = "clusters/app.ci/registry-access/gizmo/OWNERS";
const USERS: &str = "clusters/app.ci/registry-access/listed/admin_manifest.yaml";
const STREAM: &str = "clusters/app.ci/supplemental-ci-images/boskos.yaml";
const INDEX: &str = "vault.yaml";

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
        (JOB, include_str!("data/seed/mirror_job.yaml"), "gizmo"),
        (INDEX, include_str!("data/seed/secret_keys.yaml"), "gizmo"),
        (
            ACCOUNT,
            include_str!("data/seed/service_account.yaml"),
            "gizmo",
        ),
        (USERS, include_str!("data/seed/listed_users.yaml"), "listed"),
        (
            "clusters/app.ci/registry-access/everybody/admin_manifest.yaml",
            include_str!("data/seed/authenticated_users.yaml"),
            "everybody",
        ),
        (STREAM, include_str!("data/seed/image_stream.yaml"), "ci"),
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
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |_| true)?;
    let checkout = Checkout::load(&tree, &Conventions::builtin()?, &inputs)?;
    let findings = engine::lint(&checkout, &plan).findings;
    for finding in &findings {
        let told = format!("{finding:?}");
        assert!(!told.contains("SENTINEL"), "a secret's value is in {told}");
    }
    let mut rules: Vec<String> = findings
        .into_iter()
        .filter(|finding| finding.severity > Severity::Hint)
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
fn placeholders_are_told() -> Outcome {
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

/// What is done to a file: text that is replaced, or everything when there is none.
struct Alteration(
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const ALTERATIONS: &[Alteration] = &[
    // The mirror job.
    Alteration(
        JOB,
        "  cluster: app.ci\n",
        "  cluster: build01\n",
        &["mirror-job-secret-cluster"],
    ),
    Alteration(
        JOB,
        "    ci.openshift.io/area: gizmo\n",
        "",
        &["mirror-job-area"],
    ),
    Alteration(JOB, "area: gizmo", "area: acme", &["mirror-job-area"]),
    Alteration(
        JOB,
        "name: periodic-image-mirroring-gizmo",
        "name: mirror-gizmo",
        &["mirror-job-name"],
    ),
    Alteration(
        JOB,
        "name: periodic-image-mirroring-gizmo",
        "name: periodic-image-mirroring-acme",
        &["mirror-job-name", "mirror-job-name"],
    ),
    Alteration(
        JOB,
        "    automountServiceAccountToken: true\n",
        "",
        &["mirror-job-token"],
    ),
    Alteration(JOB, "Token: true", "Token: false", &["mirror-job-token"]),
    Alteration(
        JOB,
        "value: /home/mirror\n",
        "value: /tmp/user\n",
        &["mirror-job-volumes"],
    ),
    Alteration(
        JOB,
        "      - name: MAPPING_FILE_PREFIX\n        value: mapping_gizmo\n",
        "",
        &["mapping-file-unselected", "mirror-job-prefix"],
    ),
    Alteration(
        JOB,
        "value: mapping_gizmo",
        "value: mapping_gizmos",
        &["mapping-file-unselected", "mirror-job-selects-nothing"],
    ),
    Alteration(
        JOB,
        "value: mapping_gizmo",
        "value: mapping_",
        &["mapping-file-selected-twice", "mapping-file-selected-twice"],
    ),
    Alteration(
        JOB,
        "      - name: dry_run\n        value: \"false\"\n",
        "",
        &["mirror-job-dry-run"],
    ),
    Alteration(
        JOB,
        "value: \"false\"",
        "value: \"true\"",
        &["mirror-job-dry-run"],
    ),
    Alteration(
        JOB,
        "value: \"false\"",
        "value: false",
        &["mirror-job-dry-run"],
    ),
    Alteration(
        JOB,
        "role: image-mirroring\n",
        "role: image-mirroring\n    pj-rehearse.openshift.io/can-be-rehearsed: \"true\"\n",
        &["mirror-job-dry-run"],
    ),
    Alteration(
        JOB,
        "        name: push\n",
        "        name: pull\n",
        &["mirror-job-volumes", "mirror-job-volumes"],
    ),
    Alteration(
        JOB,
        "subPath: config.json",
        "subPath: .dockerconfigjson",
        &["mirror-job-subpath"],
    ),
    Alteration(
        JOB,
        "        subPath: config.json # this matches the key in the secret\n",
        "",
        &["mirror-job-subpath"],
    ),
    Alteration(
        JOB,
        "mountPath: /etc/imagemirror",
        "mountPath: /etc/mappings",
        &["mirror-job-configmap"],
    ),
    Alteration(
        JOB,
        "name: image-mirror-mappings",
        "name: mirror-mappings",
        &["mirror-job-configmap"],
    ),
    Alteration(
        JOB,
        "secretName: registry-push-credentials-quay-io-gizmo",
        "secretName: registry-push-credentials-quay.io-gizmo",
        &["mirror-job-secret"],
    ),
    Alteration(
        JOB,
        "secretName: registry-push-credentials-quay-io-gizmo",
        "secretName: quay-io-gizmo",
        &["mirror-job-secret"],
    ),
    Alteration(
        JOB,
        "    - configMap:\n        name: image-mirror-mappings\n      name: config\n",
        "",
        &["mirror-job-volumes"],
    ),
    Alteration(JOB, "", "", &["mapping-file-unselected"]),
    // The secret's keys in Vault.
    Alteration(
        INDEX,
        "target-namespace: \"ci\"",
        "target-namespace: \"test-credentials\"",
        &["mirror-job-secret-cluster"],
    ),
    Alteration(
        INDEX,
        "target-namespace: \"ci\"",
        "target-namespace: \"ci, x\"",
        &["secretsync-keys"],
    ),
    Alteration(
        INDEX,
        "quay-io-gizmo",
        "quay.io-gizmo",
        &["mirror-job-secret", "secretsync-keys"],
    ),
    Alteration(
        INDEX,
        "target-clusters: \"app.ci\"",
        "target-clusters: \"build01\"",
        &["mirror-job-secret-cluster"],
    ),
    Alteration(
        INDEX,
        "target-clusters: \"app.ci\"",
        "target-clusters: \"\"",
        &[],
    ),
    Alteration(
        INDEX,
        "secretsync/target-namespace: \"ci\"\n",
        "",
        &["mirror-job-secret", "secretsync-keys"],
    ),
    Alteration(
        INDEX,
        "target-clusters",
        "target-cluster",
        &["secretsync-keys"],
    ),
    Alteration(
        INDEX,
        "config.json:",
        "config json:",
        &["mirror-job-subpath", "secretsync-keys"],
    ),
    // The mirror set.
    Alteration(SET_OWNERS, "", "", &["mirror-set-owners"]),
    Alteration(
        SET_OWNERS,
        "",
        "core-services/image-mirroring/gizmo/owners",
        &["owners-file-name"],
    ),
    Alteration(
        SET,
        "",
        "",
        &["mirror-job-selects-nothing", "mirror-set-empty"],
    ),
    Alteration(
        SET,
        "",
        "core-services/image-mirroring/gizmo/mapping_widget",
        &[
            "mapping-file-name",
            "mapping-file-unselected",
            "mirror-job-selects-nothing",
        ],
    ),
    // The ServiceAccount's folder.
    Alteration(ACCOUNT_OWNERS, "", "", &["registry-access-owners"]),
    Alteration(
        ACCOUNT_OWNERS,
        "",
        "clusters/app.ci/registry-access/gizmo/ONWERS",
        &["owners-file-name"],
    ),
    Alteration(ACCOUNT_OWNERS, "- bob", "- some_body", &["owners-content"]),
    Alteration(
        ACCOUNT_OWNERS,
        "approvers:\n- bob",
        "approvers: bob",
        &["owners-content"],
    ),
    Alteration(ACCOUNT, "", "", &["registry-access-manifest"]),
    Alteration(
        ACCOUNT,
        "",
        "clusters/app.ci/registry-access/gizmo/admin_manifest.yml",
        &["manifest-extension", "registry-access-manifest"],
    ),
    Alteration(
        ACCOUNT,
        "",
        "clusters/app.ci/registry-access/gizmo/_manifest.yaml",
        &["manifest-extension", "registry-access-manifest"],
    ),
    Alteration(
        ACCOUNT,
        "  name: gizmo\n---\n# this is the ServiceAccount",
        "  name: gadget\n---\n# this is the ServiceAccount",
        &["registry-access-namespace"],
    ),
    Alteration(
        ACCOUNT,
        "  name: image-puller\n  namespace: gizmo\n",
        "  name: image-puller\n",
        &["rbac-namespace", "rbac-service-account"],
    ),
    Alteration(
        ACCOUNT,
        "  # the namespace from which you will pull images\n  namespace: ocp\n",
        "",
        &["rbac-namespace"],
    ),
    Alteration(
        ACCOUNT,
        "  apiGroup: rbac.authorization.k8s.io\n  name: system:image-puller",
        "  name: system:image-puller",
        &["rbac-role-ref"],
    ),
    Alteration(
        ACCOUNT,
        "  apiGroup: rbac.authorization.k8s.io\n  name: system:image-puller",
        "  namespace: ocp\n  name: system:image-puller",
        &["manifest-field", "rbac-role-ref"],
    ),
    Alteration(
        ACCOUNT,
        "  kind: ClusterRole\n",
        "  kind: Role\n",
        &["rbac-role-undefined"],
    ),
    Alteration(
        ACCOUNT,
        "name: system:image-puller",
        "name: image-puler",
        &["rbac-role-undefined"],
    ),
    Alteration(
        ACCOUNT,
        "name: pull-secret-namespace-manager",
        "name: pull-secret-namespace-manger",
        &["rbac-role-undefined"],
    ),
    Alteration(
        ACCOUNT,
        "    namespace: gizmo\n    name: image-puller\n",
        "    name: image-puller\n",
        &["rbac-subject"],
    ),
    Alteration(
        ACCOUNT,
        "    namespace: gizmo\n    name: image-puller\n",
        "    namespace: gizmo-admins\n    name: image-puller\n",
        &["rbac-service-account"],
    ),
    Alteration(
        ACCOUNT,
        "    name: image-puller\n",
        "    name: image-pusher\n",
        &["rbac-service-account"],
    ),
    Alteration(
        ACCOUNT,
        "kind: RoleBinding\napiVersion: rbac.authorization.k8s.io/v1\n",
        "kind: RoleBinding\napiVersion: rbac.authorization.k8s.io/v1beta1\n",
        &["manifest-api-version"],
    ),
    Alteration(
        ACCOUNT,
        "kind: RoleBinding\napiVersion: rbac.authorization.k8s.io/v1\n",
        "kind: RoleBinding\n",
        &["manifest-api-version"],
    ),
    Alteration(
        ACCOUNT,
        "  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n",
        "  - kind: SystemGroup\n    apiGroup: rbac.authorization.k8s.io\n",
        &["rbac-subject"],
    ),
    Alteration(
        ACCOUNT,
        "  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n",
        "  - kind: Group\n",
        &["rbac-subject"],
    ),
    Alteration(
        ACCOUNT,
        "    name: gizmo-admins\n    namespace: gizmo\n",
        "    name: gizmo-admins\n    namespace: gizmo-admins\n",
        &["rbac-subject"],
    ),
    Alteration(
        ACCOUNT,
        "roleRef:",
        "roleref:",
        &["manifest-field", "rbac-role-ref"],
    ),
    Alteration(
        USERS,
        "  name: system:image-puller\n",
        "  name: system:image-builders\n",
        &["rbac-role-undefined", "registry-access-pull"],
    ),
    Alteration(
        USERS,
        "kind: Namespace\n",
        "kind: namespace\n",
        &["registry-access-namespace"],
    ),
    Alteration(
        USERS,
        "",
        "clusters/app.ci/gadget/admin_manifest.yaml",
        &["manifest-misplaced", "registry-access-manifest"],
    ),
    // The ImageStream.
    Alteration(
        STREAM,
        "    importPolicy:\n      scheduled: true",
        "    importPolicy:\n      schedule: true",
        &["manifest-field"],
    ),
    Alteration(STREAM, "  tags:\n", "tags:\n", &["manifest-field"]),
];

#[test]
fn every_altered_part_is_told() -> Outcome {
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
