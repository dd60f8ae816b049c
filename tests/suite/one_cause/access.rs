//! One slip in what gives access to images, and in what publishes them.

use super::{JOBS, SETS, Tried, WIDGET};
use crate::support::Outcome;

const FOLDER: &str = "clusters/app.ci/registry-access/acme";
const ACCESS: &str = "clusters/app.ci/registry-access/acme/admin_manifest.yaml";

#[test]
fn a_binding_that_is_wrong_explains_that_nobody_may_pull() -> Outcome {
    let role = "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: system:image-puller\n";
    for (right, wrong, rule) in [
        ("  namespace: acme\nroleRef", "roleRef", "rbac-namespace"),
        ("system:image-puller", "system:image-pusher", "rbac-push"),
        ("system:image-puller", "admin", "rbac-push"),
        (role, "", "rbac-role-ref"),
        (
            "kind: RoleBinding",
            "kind: ClusterRoleBinding",
            "rbac-namespace",
        ),
    ] {
        let tried = Tried::new(&[])?;
        tried.replace(ACCESS, right, wrong)?;
        tried.gives_one(ACCESS, &[rule])?;
    }
    Ok(())
}

#[test]
fn a_folder_that_was_copied_is_one_finding_at_the_copy() -> Outcome {
    let tried = Tried::new(&[])?;
    for (folder, file) in [("aaa", "OWNERS"), ("aaa", "admin_manifest.yaml")] {
        let text = tried.read(&format!("{FOLDER}/{file}"))?;
        let copy = format!("clusters/app.ci/registry-access/{folder}/{file}");
        tried.repo.checkout.write(&copy, text)?;
    }
    let copy = "clusters/app.ci/registry-access/aaa/admin_manifest.yaml";
    tried.gives_one(copy, &["registry-access-namespace"])
}

#[test]
fn a_folder_that_is_taken_away_is_told_once() -> Outcome {
    let other = "ci-operator/config/acme/widget/acme-widget-next.yaml";
    let text = Tried::new(&[])?.read(WIDGET)?;
    let text = text
        .replace("branch: main", "branch: next")
        .replace("tag: latest\nresources", "tag: next\nresources");
    let gears = "clusters/app.ci/registry-access/gears";
    let access = Tried::new(&[])?.read(ACCESS)?.replace("acme", "gears");
    let tried = Tried::new(&[
        (other, text),
        (
            &format!("{gears}/OWNERS"),
            "approvers:\n- gears-owner\n".to_owned(),
        ),
        (&format!("{gears}/admin_manifest.yaml"), access),
    ])?;
    for file in ["OWNERS", "admin_manifest.yaml"] {
        tried.remove(&format!("{FOLDER}/{file}"))?;
    }
    let found = tried.rules(&["--staged"])?;
    assert_eq!(found, [format!("{WIDGET} promotion-unlisted-namespace")]);
    let staged = tried.repo.check(&["--staged"])?.stdout;
    assert!(
        staged.contains("this change takes `clusters/app.ci/registry-access/acme/` away"),
        "{staged}"
    );
    Ok(())
}

#[test]
fn a_promotion_that_is_wrong_explains_what_is_lost() -> Outcome {
    let promotion = "promotion:\n  to:\n  - namespace: acme\n    tag: latest\n";
    for (wrong, rule) in [
        (
            "promotion:\n  namespace: acme\n  tag: latest\n",
            "promotion-unread",
        ),
        (
            "promotion:\n  to:\n  - namespace: acme\n    name: \"1\"\n    tag: latest\n",
            "promotion-target",
        ),
        (
            "promotion:\n  to:\n  - namespace: acme\n    tag: 4.10\n",
            "image-reference-malformed",
        ),
        (
            "promotion:\n  to:\n  - namespace: acmee\n    tag: latest\n",
            "image-provider-removed",
        ),
    ] {
        let tried = Tried::new(&[])?;
        tried.replace(WIDGET, promotion, wrong)?;
        assert_eq!(tried.rules(&["--staged"])?, [format!("{WIDGET} {rule}")]);
    }
    Ok(())
}

#[test]
fn a_key_that_is_bumped_on_one_side_is_told() -> Outcome {
    let path = format!("{SETS}/_config.yaml");
    let entry = |key: &str, source: &str| {
        format!(
            "supplementalCIImages:\n  ci/etcd:{key}:\n    image: quay.io/coreos/etcd:{source}\n"
        )
    };
    let tried = Tried::new(&[(&path, entry("v3.5", "v3.5"))])?;
    tried.repo.checkout.write(&path, entry("v3.5", "v3.6"))?;
    assert_eq!(
        tried.rules(&["--staged"])?,
        [format!("{path} supplemental-image-tag-mismatch")]
    );
    let tried = Tried::new(&[(JOBS, Tried::new(&[])?.read(JOBS)?)])?;
    tried.repo.checkout.write(&path, entry("v3.5", "v3.6"))?;
    assert_eq!(
        tried.rules(&["--staged"])?,
        [""; 0],
        "a new one may be meant"
    );
    Ok(())
}

#[test]
fn two_slips_in_a_promotion_are_two_findings() -> Outcome {
    let promotion = "promotion:\n  to:\n  - namespace: acme\n    tag: latest\n";
    let both = format!("{promotion}  - namespace: acme\n    name: 4.10\n");
    let tried = Tried::new(&[])?;
    tried.replace(WIDGET, promotion, &both)?;
    tried.replace(WIDGET, "    to: widget\n", "    to: wodget\n")?;
    let found = tried.rules(&["--staged"])?;
    for rule in ["image-reference-malformed", "image-provider-removed"] {
        assert!(found.contains(&format!("{WIDGET} {rule}")), "{found:?}");
    }
    // A namespace that is another one altogether has to be opened too.
    let tried = Tried::new(&[])?;
    tried.replace(WIDGET, promotion, &promotion.replace("acme", "newcomers"))?;
    let found = tried.rules(&["--staged"])?;
    for rule in ["promotion-unlisted-namespace", "image-provider-removed"] {
        assert!(found.contains(&format!("{WIDGET} {rule}")), "{found:?}");
    }
    Ok(())
}

#[test]
fn a_wrong_role_does_not_hide_that_the_namespace_is_missing() -> Outcome {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: acme\n---\n";
    for (right, wrong, rule) in [
        ("system:image-puller", "admin", "rbac-push"),
        (
            "kind: RoleBinding",
            "kind: ClusterRoleBinding",
            "rbac-namespace",
        ),
        ("  namespace: acme\nroleRef", "roleRef", "rbac-namespace"),
    ] {
        let tried = Tried::new(&[])?;
        tried.replace(ACCESS, namespace, "")?;
        tried.replace(ACCESS, right, wrong)?;
        let found = tried.rules(&[])?;
        for rule in [rule, "registry-access-namespace"] {
            assert!(found.contains(&format!("{ACCESS} {rule}")), "{found:?}");
        }
    }
    Ok(())
}

#[test]
fn groups_of_one_name_on_other_clusters_are_two() -> Outcome {
    let path = "core-services/sync-rover-groups/_config.yaml";
    let config = |clusters: &str| {
        format!(
            "groups:\n  acme-admins:\n    clusters: [app.ci]\n  acme-owners:\n    clusters: [{clusters}]\n    rename_to: acme-admins\n"
        )
    };
    let tried = Tried::new(&[(path, config("hosted-mgmt"))])?;
    tried
        .repo
        .checkout
        .write(path, config("app.ci, hosted-mgmt"))?;
    tried.gives_one(path, &["rover-groups-config"])
}

#[test]
fn a_part_of_an_image_one_level_too_far_out_is_one_finding() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        WIDGET,
        "    namespace: ci\n    tag: latest\n",
        "    namespace: ci\n  tag: latest\n",
    )?;
    tried.gives_one(WIDGET, &["image-reference-malformed"])
}

#[test]
fn an_image_that_is_renamed_where_it_is_built_is_one_finding() -> Outcome {
    let used = "tests:\n- as: e2e\n  steps:\n    test:\n    - as: run\n      commands: run\n      dependencies:\n      - env: WIDGET\n        name: widget\n      from: src\n      resources:\n        requests:\n          cpu: 100m\n";
    let text = Tried::new(&[])?.read(WIDGET)?;
    let text = text.replacen("tests:\n", used, 1);
    let tried = Tried::new(&[(WIDGET, text)])?;
    tried.replace(WIDGET, "    to: widget\n", "    to: wodget\n")?;
    assert_eq!(
        tried.rules(&["--staged"])?,
        [format!("{WIDGET} image-provider-removed")]
    );
    Ok(())
}

#[test]
fn a_role_that_is_renamed_is_one_finding_for_all_bindings() -> Outcome {
    let path = "clusters/app.ci/acme/admin_rbac.yaml";
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: acme-watchers\nrules:\n- apiGroups: ['']\n  resources: [pods]\n  verbs: [get]\n";
    let binding = |name: &str| {
        format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: {name}\n  namespace: acme\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: acme-watchers\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: Group\n  name: acme-team\n"
        )
    };
    let tried = Tried::new(&[(path, format!("{role}{}{}", binding("one"), binding("two")))])?;
    tried.replace(
        path,
        "  name: acme-watchers\nrules",
        "  name: acme-watcher\nrules",
    )?;
    tried.gives_one(path, &["rbac-role-undefined"])
}

#[test]
fn an_account_that_lost_its_namespace_is_one_finding() -> Outcome {
    let account =
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: puller\n  namespace: acme\n";
    let subject = "- kind: ServiceAccount\n  name: puller\n  namespace: acme\n";
    let text = Tried::new(&[])?.read(ACCESS)?;
    let tried = Tried::new(&[(ACCESS, format!("{text}{subject}{account}"))])?;
    tried.replace(
        ACCESS,
        "kind: ServiceAccount\nmetadata:\n  name: puller\n  namespace: acme\n",
        "kind: ServiceAccount\nmetadata:\n  name: puller\n",
    )?;
    tried.gives_one(ACCESS, &["rbac-namespace"])
}

#[test]
fn a_cluster_without_its_nought_is_misspelt() -> Outcome {
    let path = "core-services/sync-rover-groups/_config.yaml";
    let group = |name: &str, cluster: &str| format!("  {name}:\n    clusters: [{cluster}]\n");
    let groups: String = ["a", "b", "c", "d"]
        .map(|name| group(name, "build02"))
        .concat();
    let tried = Tried::new(&[(path, format!("groups:\n{groups}{}", group("e", "build03")))])?;
    tried.replace(path, "build03", "build2")?;
    tried.gives_one(path, &["rover-groups-config"])?;
    tried.replace(path, "build2]", "build20]")?;
    assert_eq!(tried.rules(&[])?, [""; 0], "another cluster");
    Ok(())
}

#[test]
fn a_raw_step_of_no_kind_is_told() -> Outcome {
    let step = |kind: &str| {
        format!(
            "raw_steps:\n- {kind}:\n    from: src\n    to: cached\n    commands: make\nresources:"
        )
    };
    let text = Tried::new(&[])?.read(WIDGET)?;
    let text = text.replacen("resources:", &step("pipeline_image_cache_step"), 1);
    let tried = Tried::new(&[(WIDGET, text)])?;
    tried.replace(
        WIDGET,
        "pipeline_image_cache_step",
        "pipeline_cache_image_step",
    )?;
    tried.gives_one(WIDGET, &["config-field"])
}
