//! Files that refer to each other, with names of so few that they meet.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

/// Paths and contents.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Files that take the place of others in a checkout, or join them.
pub fn changes() -> impl Strategy<Value = Files> {
    let file = prop_oneof![
        4 => config(),
        4 => mapping_file(),
        2 => jobs(),
        2 => manifest(),
        1 => secrets(),
        1 => owners(),
    ];
    prop::collection::vec(file, 1..6).prop_map(|files| {
        let files = files.into_iter();
        files
            .map(|(path, text)| (path, text.into_bytes()))
            .collect()
    })
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    select(texts)
}

fn namespace() -> impl Strategy<Value = &'static str> {
    one_of(&["acme", "ci", "ocp", "kube-x", "acmee"])
}

fn name() -> impl Strategy<Value = &'static str> {
    one_of(&["widget", "gadget", "boskos", "widgets", "naïve"])
}

fn tag() -> impl Strategy<Value = &'static str> {
    one_of(&["latest", "4.18", "v1", "\"\"", "'quay.io/acme/x:1'"])
}

fn config() -> impl Strategy<Value = (String, String)> {
    let image = (namespace(), name(), tag());
    let bases = prop::collection::vec(image, 0..3);
    let built = prop::collection::vec((name(), name()), 0..3);
    let promoted = prop::option::of((namespace(), one_of(&["tag", "name"]), tag()));
    (0..3, bases, built, promoted).prop_map(|(repo, bases, built, promoted)| {
        let mut text = String::from("base_images:\n");
        for (at, (namespace, name, tag)) in bases.iter().enumerate() {
            text += &format!(
                "  base{at}:\n    namespace: {namespace}\n    name: {name}\n    tag: {tag}\n"
            );
        }
        text += "images:\n";
        for (from, to) in built {
            text += &format!("- from: {from}\n  to: {to}\n");
        }
        if let Some((namespace, key, value)) = promoted {
            text += &format!("promotion:\n  to:\n  - namespace: {namespace}\n    {key}: {value}\n");
        }
        text += &format!("zz_generated_metadata:\n  branch: main\n  org: acme\n  repo: r{repo}\n");
        (
            format!("ci-operator/config/acme/r{repo}/acme-r{repo}-main.yaml"),
            text,
        )
    })
}

fn mapping_file() -> impl Strategy<Value = (String, String)> {
    let central = (namespace(), name()).prop_map(|(namespace, name)| {
        format!("registry.ci.openshift.org/{namespace}/{name}:latest")
    });
    let side = prop_oneof![
        3 => central,
        3 => name().prop_map(|name| format!("quay.io/acme/{name}:1")),
        1 => one_of(&[
            "registry.svc.ci.openshift.org/acme/widget:latest",
            "quay.io/acme/widget:*",
            "https://quay.io/repository/acme/widget",
            "acme/widget",
            "#",
            "a=b=c",
        ]).prop_map(str::to_owned),
    ];
    let line = prop::collection::vec(side, 1..4).prop_map(|sides| sides.join(" ") + "\n");
    let set = one_of(&["acme", "supplemental-ci-images", "lost"]);
    let file = one_of(&[
        "mapping_acme_x",
        "mapping_acme_y",
        "mapping_supplemental_ci_images_ci",
        "Mapping",
    ]);
    (set, file, prop::collection::vec(line, 0..5)).prop_map(|(set, file, lines)| {
        (
            format!("core-services/image-mirroring/{set}/{file}"),
            lines.concat(),
        )
    })
}

fn jobs() -> impl Strategy<Value = (String, String)> {
    let job = (
        one_of(&["acme", "lost", "Ü"]),
        one_of(&["mapping_acme", "mapping_acme_x", "mapping_none", "\"\""]),
        one_of(&["registry-push-credentials-quay-io-acme", "gone"]),
        one_of(&["app.ci", "build01"]),
    );
    prop::collection::vec(job, 1..3).prop_map(|jobs| {
        let mut text = String::from("periodics:\n");
        for (area, prefix, secret, cluster) in jobs {
            text += &format!(
                "- agent: kubernetes\n  cluster: {cluster}\n  labels:\n    ci.openshift.io/area: {area}\n    ci.openshift.io/role: image-mirroring\n  name: periodic-image-mirroring-{area}\n  spec:\n    containers:\n    - env:\n      - name: MAPPING_FILE_PREFIX\n        value: {prefix}\n      image: registry.ci.openshift.org/ci/image-mirror:oc-415\n    volumes:\n    - name: push\n      secret:\n        secretName: {secret}\n"
            );
        }
        ("ci-operator/jobs/infra-more.yaml".to_owned(), text)
    })
}

fn manifest() -> impl Strategy<Value = (String, String)> {
    let stream = (namespace(), name(), namespace(), name()).prop_map(|(namespace, name, of, from)| {
        format!("apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: {name}\n  namespace: {namespace}\nspec:\n  tags:\n  - name: latest\n    from:\n      kind: DockerImage\n      name: registry.ci.openshift.org/{of}/{from}:latest\n")
    });
    let role = one_of(&["system:image-puller", "acme-role"]);
    let kind = one_of(&["Group", "User", "ServiceAccount"]);
    let binding = (namespace(), role, kind, name()).prop_map(|(namespace, role, kind, subject)| {
        format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: pull\n  namespace: {namespace}\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: {role}\nsubjects:\n- kind: {kind}\n  name: {subject}\n")
    });
    let object = prop_oneof![
        stream,
        binding,
        namespace().prop_map(|name| format!(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n"
        )),
    ];
    let folder = one_of(&["acme", "ocp"]);
    let file = one_of(&["admin_x.yaml", "_x.yaml", "x.yml"]);
    (folder, file, prop::collection::vec(object, 1..4)).prop_map(|(folder, file, objects)| {
        (
            format!("clusters/app.ci/registry-access/{folder}/{file}"),
            objects.join("---\n"),
        )
    })
}

fn secrets() -> impl Strategy<Value = (String, String)> {
    let secret = (
        one_of(&["app.ci", "build01", "nowhere"]),
        one_of(&["a", "gone"]),
    );
    prop::collection::vec(secret, 1..4).prop_map(|secrets| {
        let mut text = String::from("secret_configs:\n- from:\n    config.json:\n      field: config.json\n      item: x\n  to:\n");
        for (cluster, name) in secrets {
            text += &format!("  - cluster: {cluster}\n    name: {name}\n    namespace: ci\n");
        }
        ("core-services/ci-secret-bootstrap/_config.yaml".to_owned(), text)
    })
}

fn owners() -> impl Strategy<Value = (String, String)> {
    let path = one_of(&[
        "core-services/image-mirroring/acme/OWNERS",
        "clusters/app.ci/registry-access/acme/OWNERS",
        "clusters/app.ci/registry-access/ocp/owners",
    ]);
    let text = one_of(&[
        "approvers: []\n",
        "approvers:\n- dptp-ownerz\n",
        "reviewers:\n- ä\n",
        "x\n",
    ]);
    (path, text).prop_map(|(path, text)| (path.to_owned(), text.to_owned()))
}
