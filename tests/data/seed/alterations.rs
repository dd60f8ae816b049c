//! The parts of the documentation's examples, removed or altered one at a time, and what is then
//! found.

pub const JOB: &str = "ci-operator/jobs/infra-periodics.yaml";
pub const SET: &str = "core-services/image-mirroring/gizmo/mapping_gizmo_latest";
pub const SET_OWNERS: &str = "core-services/image-mirroring/gizmo/OWNERS";
pub const ACCOUNT: &str = "clusters/app.ci/registry-access/gizmo/admin_manifest.yaml";
pub const ACCOUNT_OWNERS: &str = "clusters/app.ci/registry-access/gizmo/OWNERS";
pub const USERS: &str = "clusters/app.ci/registry-access/listed/admin_manifest.yaml";
pub const STREAM: &str = "clusters/app.ci/supplemental-ci-images/boskos.yaml";
pub const INDEX: &str = "vault.yaml";

/// What is done to a file: text that is replaced, or everything when there is none.
pub struct Alteration(
    pub &'static str,
    pub &'static str,
    pub &'static str,
    pub &'static [&'static str],
);

pub const ALTERATIONS: &[Alteration] = &[
    // The mirror job.
    Alteration(
        JOB,
        "  cluster: app.ci\n",
        "  cluster: build01\n",
        &["mapping-configmap", "mirror-job-secret-cluster"],
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
        &["mapping-file-selected-twice"],
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
        &["rbac-namespace", "rbac-role-undefined"],
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
        &["manifest-field", "rbac-namespace", "rbac-role-ref"],
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
        &["manifest-kind", "registry-access-namespace"],
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
