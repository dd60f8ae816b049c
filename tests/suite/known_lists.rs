//! `--known-images` and `--known-groups`: lists that tell what the checkout cannot.

use crate::support::{Checkout, Outcome};

const CONFIG: &str = "ci-operator/config/acme/gadget/acme-gadget-main.yaml";
const MAPPING: &str = "core-services/image-mirroring/acme/mapping_acme_known";
const ACCESS: &str = "clusters/app.ci/registry-access/acme/admin_more.yaml";

/// A config that builds from this image.
fn builds_from(namespace: &str, name: &str, tag: &str) -> String {
    format!(
        "base_images:\n  base:\n    name: {name}\n    namespace: {namespace}\n    tag: {tag}\nbuild_root:\n  from_repository: \
         true\nimages:\n  items:\n  - from: base\n    to: gadget\nzz_generated_metadata:\n  branch: main\n  org: acme\n  \
         repo: gadget\n"
    )
}

/// The findings of `rules`, one a line, with a list given by `flag`.
fn check(
    checkout: &Checkout,
    rules: &str,
    list: Option<(&str, &str)>,
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut arguments = vec!["--output", "concise", "--select", rules, "--all"];
    let path;
    if let Some((flag, text)) = list {
        path = checkout.write("a-list", text)?;
        arguments.extend([flag, path.to_str().ok_or("no UTF-8")?]);
    }
    let run = checkout.check(&arguments)?;
    assert_eq!(run.stderr, "");
    Ok(run.findings().into_iter().map(str::to_owned).collect())
}

#[test]
fn an_image_in_a_list_is_provided() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(CONFIG, builds_from("acme", "hammer", "v1"))?;
    let rules = "image-reference-unprovided";
    assert_eq!(check(&checkout, rules, None)?.len(), 1);
    let tags =
        r#"{"kind": "List", "items": [{"metadata": {"namespace": "acme", "name": "hammer:v1"}}]}"#;
    let qci = r#"{"Repository": "quay.io/openshift/ci", "Tags": ["acme_hammer_v1"]}"#;
    for list in [
        "acme/hammer:v1\n",
        "quay.io/openshift/ci:acme_hammer_v1\n",
        "registry.ci.openshift.org/acme/hammer:v1\n",
        tags,
        qci,
    ] {
        let found = check(&checkout, rules, Some(("--known-images", list)))?;
        assert_eq!(found, Vec::<String>::new(), "{list}");
    }
    let other = check(
        &checkout,
        rules,
        Some(("--known-images", "acme/hammer:v2\n")),
    )?;
    assert_eq!(other.len(), 1);
    Ok(())
}

#[test]
fn a_complete_list_tells_what_is_not_there() -> Outcome {
    let checkout = Checkout::new()?;
    let tag = "rhel-9-release-golang-1.99-openshift-4.99";
    checkout.write(CONFIG, builds_from("openshift", "release", tag))?;
    let rules = "image-reference-*";
    // That of the example is there, too.
    let list = |tag: &str| {
        let names = [tag, "rhel-9-release-golang-1.22-openshift-4.17"];
        let item = |name| {
            format!(
                "{{\"metadata\": {{\"namespace\": \"openshift\", \"name\": \"release:{name}\"}}}}"
            )
        };
        format!("{{\"items\": [{}]}}", names.map(item).join(", "))
    };
    let known = |text: &str| check(&checkout, rules, Some(("--known-images", text)));
    assert_eq!(known(&list(tag))?, Vec::<String>::new());
    let near = "rhel-9-release-golang-1.98-openshift-4.99";
    let found = known(&list(near))?;
    assert!(
        found.len() == 1 && found[0].contains("the list of known images does not have it"),
        "{found:?}"
    );
    // A line says that one image is there, and nothing of others.
    assert_eq!(known("openshift/release:x\n")?, Vec::<String>::new());
    Ok(())
}

#[test]
fn the_tags_of_a_repository_are_a_warning_where_one_is_missing() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(MAPPING, "quay.io/acme/hammer:v3 quay.io/acme/copy:v3\n")?;
    let rules = "image-not-found";
    assert_eq!(check(&checkout, rules, None)?, Vec::<String>::new());
    let list = r#"{"Repository": "quay.io/acme/hammer", "Tags": ["v1", "v2"]}"#;
    let found = check(&checkout, rules, Some(("--known-images", list)))?;
    let expected =
        format!("{MAPPING}:1:21: warning[image-not-found]: `quay.io/acme/hammer` has no tag `v3`");
    assert_eq!(found.len(), 1);
    assert!(
        found[0].replace("]: ", "] ") == expected.replace("]: ", "] "),
        "{found:?}"
    );
    for list in ["quay.io/acme/hammer:v3\n", "quay.io/acme/hammer:v1\n"] {
        let found = check(&checkout, rules, Some(("--known-images", list)))?;
        assert_eq!(found, Vec::<String>::new(), "{list}");
    }
    Ok(())
}

#[test]
fn a_list_of_groups_tells_which_are_none() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(
        ACCESS,
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: acme-viewers\n  \
         namespace: acme\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  \
         name: view\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: Group\n  name: acme-amdins\n",
    )?;
    let rules = "rbac-subject";
    assert_eq!(check(&checkout, rules, None)?, Vec::<String>::new());
    let with = |text: &str| check(&checkout, rules, Some(("--known-groups", text)));
    let found = with("acme-admins\n")?;
    assert!(
        found.len() == 1 && found[0].contains("the list of Rover's groups has no `acme-amdins`"),
        "{found:?}"
    );
    assert_eq!(with("acme-amdins: [alice]\n")?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_list_that_cannot_be_used_stops_the_run() -> Outcome {
    let checkout = Checkout::new()?;
    for (flag, text) in [
        ("--known-images", "nonsense\n"),
        ("--known-images", "{"),
        ("--known-groups", "a: SENTINEL"),
    ] {
        let path = checkout.write("a-list", text)?;
        let run = checkout.check(&[flag, path.to_str().ok_or("no UTF-8")?])?;
        assert_eq!(run.status, Some(2), "{text}");
        assert!(run.stderr.contains("a-list") && !run.stderr.contains("SENTINEL"));
        let run = checkout.check(&[flag, "/nowhere"])?;
        assert_eq!(run.status, Some(2));
    }
    Ok(())
}

#[cfg(not(feature = "online"))]
#[test]
fn a_build_that_cannot_ask_says_so() -> Outcome {
    let run = Checkout::new()?.check(&["--online"])?;
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.contains("this build cannot ask registries"),
        "{}",
        run.stderr
    );
    Ok(())
}
