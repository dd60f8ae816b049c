//! The fields of the kinds that are looked into, as the API server's schema has them
//! (kubernetes/api rbac/v1 and core/v1 types.go; openshift/api authorization/v1, user/v1, image/v1
//! and build/v1 types.go). `oc apply` refuses any other.

use crate::model::schema::{self, Fault, Field, Schema};
use crate::syntax::yaml::Node;
use Schema::{Any, Bool, List, Map, Object, Text};

const METADATA: Schema = Object(&[
    ("annotations", Map(&Text)),
    ("clusterName", Any),
    ("creationTimestamp", Any),
    ("deletionGracePeriodSeconds", Any),
    ("deletionTimestamp", Any),
    ("finalizers", Any),
    ("generateName", Text),
    ("generation", Any),
    ("initializers", Any),
    ("labels", Map(&Text)),
    ("managedFields", Any),
    ("name", Text),
    ("namespace", Text),
    ("ownerReferences", Any),
    ("resourceVersion", Any),
    ("selfLink", Any),
    ("uid", Any),
]);

const OBJECT_REFERENCE: &[Field] = &[
    ("apiVersion", Text),
    ("fieldPath", Text),
    ("kind", Text),
    ("name", Text),
    ("namespace", Text),
    ("resourceVersion", Any),
    ("uid", Any),
];

const ROLE_REF: Schema = Object(&[("apiGroup", Text), ("kind", Text), ("name", Text)]);

const SUBJECT: Schema = Object(&[
    ("apiGroup", Text),
    ("kind", Text),
    ("name", Text),
    ("namespace", Text),
]);

const POLICY_RULE: Schema = Object(&[
    ("apiGroups", List(&Text)),
    ("nonResourceURLs", List(&Text)),
    ("resourceNames", List(&Text)),
    ("resources", List(&Text)),
    ("verbs", List(&Text)),
]);

const LEGACY_POLICY_RULE: Schema = Object(&[
    ("apiGroups", List(&Text)),
    ("attributeRestrictions", Any),
    ("nonResourceURLs", List(&Text)),
    ("resourceNames", List(&Text)),
    ("resources", List(&Text)),
    ("verbs", List(&Text)),
]);

const NAMESPACE: Schema = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    ("spec", Object(&[("finalizers", Any)])),
    ("status", Any),
]);

const SERVICE_ACCOUNT: Schema = Object(&[
    ("apiVersion", Text),
    ("automountServiceAccountToken", Bool),
    ("imagePullSecrets", List(&Object(&[("name", Text)]))),
    ("kind", Text),
    ("metadata", METADATA),
    ("secrets", List(&Object(OBJECT_REFERENCE))),
]);

const GROUP: Schema = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    ("users", List(&Text)),
]);

const ROLE: Schema = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    ("rules", List(&POLICY_RULE)),
]);

const CLUSTER_ROLE: Schema = Object(&[
    (
        "aggregationRule",
        Object(&[("clusterRoleSelectors", List(&Any))]),
    ),
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    ("rules", List(&POLICY_RULE)),
]);

const BINDING: Schema = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    ("roleRef", ROLE_REF),
    ("subjects", List(&SUBJECT)),
]);

/// Roles of `authorization.openshift.io/v1`, which the API server turns into RBAC's.
const LEGACY_ROLE: Schema = Object(&[
    ("aggregationRule", Any),
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    ("rules", List(&LEGACY_POLICY_RULE)),
]);

/// Bindings of `authorization.openshift.io/v1`: whom they name is an ObjectReference.
const LEGACY_BINDING: Schema = Object(&[
    ("apiVersion", Text),
    ("groupNames", Any),
    ("kind", Text),
    ("metadata", METADATA),
    ("roleRef", Object(OBJECT_REFERENCE)),
    ("subjects", List(&Object(OBJECT_REFERENCE))),
    ("userNames", Any),
]);

const IMAGE_STREAM: Schema = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    (
        "spec",
        Object(&[
            ("dockerImageRepository", Text),
            ("lookupPolicy", Object(&[("local", Bool)])),
            ("tags", List(&TAG)),
        ]),
    ),
    ("status", Any),
]);

const TAG: Schema = Object(&[
    ("annotations", Any),
    ("from", Object(OBJECT_REFERENCE)),
    ("generation", Any),
    (
        "importPolicy",
        Object(&[
            ("importMode", Text),
            ("insecure", Bool),
            ("scheduled", Bool),
        ]),
    ),
    ("name", Text),
    ("reference", Bool),
    ("referencePolicy", Object(&[("type", Text)])),
]);

const BUILD_CONFIG: Schema = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", METADATA),
    (
        "spec",
        Object(&[
            ("completionDeadlineSeconds", Any),
            ("failedBuildsHistoryLimit", Any),
            ("mountTrustedCA", Bool),
            ("nodeSelector", Any),
            (
                "output",
                Object(&[
                    ("imageLabels", Any),
                    ("pushSecret", Object(&[("name", Text)])),
                    ("to", Object(OBJECT_REFERENCE)),
                ]),
            ),
            ("postCommit", Any),
            ("resources", Any),
            ("revision", Any),
            ("runPolicy", Text),
            ("serviceAccount", Text),
            ("source", SOURCE),
            ("strategy", STRATEGY),
            ("successfulBuildsHistoryLimit", Any),
            ("triggers", List(&TRIGGER)),
        ]),
    ),
    ("status", Any),
]);

const SOURCE: Schema = Object(&[
    ("binary", Any),
    ("configMaps", Any),
    ("contextDir", Text),
    ("dockerfile", Text),
    (
        "git",
        Object(&[
            ("httpProxy", Text),
            ("httpsProxy", Text),
            ("noProxy", Text),
            ("ref", Any),
            ("uri", Text),
        ]),
    ),
    ("images", List(&Any)),
    ("secrets", Any),
    ("sourceSecret", Any),
    ("type", Text),
]);

const STRATEGY: Schema = Object(&[
    ("customStrategy", Any),
    (
        "dockerStrategy",
        Object(&[
            ("buildArgs", List(&Any)),
            ("dockerfilePath", Text),
            ("env", List(&Any)),
            ("forcePull", Bool),
            ("from", Object(OBJECT_REFERENCE)),
            ("imageOptimizationPolicy", Text),
            ("noCache", Bool),
            ("pullSecret", Any),
            ("volumes", Any),
        ]),
    ),
    ("jenkinsPipelineStrategy", Any),
    ("sourceStrategy", Any),
    ("type", Text),
]);

const TRIGGER: Schema = Object(&[
    ("bitbucket", Any),
    ("generic", Any),
    ("github", Any),
    ("gitlab", Any),
    (
        "imageChange",
        Object(&[
            ("from", Object(OBJECT_REFERENCE)),
            ("lastTriggeredImageID", Any),
            ("paused", Bool),
        ]),
    ),
    ("type", Text),
]);

const LIST: Schema = Object(&[
    ("apiVersion", Text),
    ("items", List(&Any)),
    ("kind", Text),
    ("metadata", Any),
]);

const TEMPLATE: Schema = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("labels", Any),
    ("message", Any),
    ("metadata", Any),
    ("objects", List(&Any)),
    ("parameters", List(&Any)),
]);

/// What the API server refuses in an object of this kind; nothing for kinds that are not looked
/// into.
pub(super) fn check(kind: &str, api_version: &str, node: &Node<'_>) -> Vec<Fault> {
    let legacy = api_version.starts_with("authorization.openshift.io/");
    let schema = match kind {
        "Namespace" => &NAMESPACE,
        "ServiceAccount" => &SERVICE_ACCOUNT,
        "Group" => &GROUP,
        "Role" | "ClusterRole" if legacy => &LEGACY_ROLE,
        "Role" => &ROLE,
        "ClusterRole" => &CLUSTER_ROLE,
        "RoleBinding" | "ClusterRoleBinding" if legacy => &LEGACY_BINDING,
        "RoleBinding" | "ClusterRoleBinding" => &BINDING,
        "ImageStream" => &IMAGE_STREAM,
        "BuildConfig" => &BUILD_CONFIG,
        "List" => &LIST,
        "Template" => &TEMPLATE,
        _ => return Vec::new(),
    };
    schema::check(node, schema)
}
