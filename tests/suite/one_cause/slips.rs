//! A slip of the pen on one line, and a file in the wrong place: of all that is wrong then, one finding.

use super::{JOBS, SETS, Tried, WIDGET};
use crate::support::Outcome;

const ACCESS: &str = "clusters/app.ci/registry-access/acme/admin_manifest.yaml";
/// The subjects of a binding, and the same indented, so that they stand in its `roleRef`.
const SUBJECTS: (&str, &str) = (
    "\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: Group\n  name:",
    "\n  subjects:\n  - apiGroup: rbac.authorization.k8s.io\n    kind: Group\n    name:",
);
const SUPPLEMENTAL: &str = "core-services/image-mirroring/_config.yaml";

#[test]
fn a_field_of_a_manifest_that_is_none_explains_what_is_missing() -> Outcome {
    for (right, wrong) in [
        ("  apiGroup: rbac", "  apigroup: rbac"),
        ("apiVersion: rbac", "apiVersiion: rbac"),
        ("  namespace: acme", "  namespce: acme"),
        SUBJECTS,
        ("- apiGroup: rbac.authorization.k8s.io\n  kind:", "- kinds:"),
    ] {
        let tried = Tried::new(&[])?;
        tried.replace(ACCESS, right, wrong)?;
        tried.gives_one(ACCESS, &["manifest-field"])?;
    }
    Ok(())
}

#[test]
fn a_field_of_another_object_explains_nothing() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        ACCESS,
        "  name: acme\n---",
        "  name: acme\n  nmae: acme\n---",
    )?;
    tried.replace(ACCESS, "  kind: ClusterRole\n", "")?;
    tried.gives_both(ACCESS, ["manifest-field", "rbac-role-ref"])
}

#[test]
fn an_entry_of_another_shape_is_one_finding() -> Outcome {
    let sound = "supplementalCIImages:\n  ci/etcd:v1:\n    image: quay.io/coreos/etcd:v1\n  ci/etcd:v2:\n    image: quay.io/coreos/etcd:v2\n";
    for (right, wrong) in [
        (
            "    image: quay.io/coreos/etcd:v2",
            "  image: quay.io/coreos/etcd:v2",
        ),
        (
            "    image: quay.io/coreos/etcd:v2",
            "    iamge: quay.io/coreos/etcd:v2",
        ),
        (
            "    image: quay.io/coreos/etcd:v2",
            "    image:quay.io/coreos/etcd:v2",
        ),
    ] {
        let tried = Tried::new(&[(SUPPLEMENTAL, sound.to_owned())])?;
        tried.replace(SUPPLEMENTAL, right, wrong)?;
        tried.gives_one(SUPPLEMENTAL, &["images-mirror-config"])?;
    }
    // What is wrong with another entry is another finding.
    let tried = Tried::new(&[(SUPPLEMENTAL, sound.to_owned())])?;
    tried.replace(SUPPLEMENTAL, "image: quay.io/coreos/etcd:v1", "name: etcd")?;
    tried.replace(SUPPLEMENTAL, "    image:", "    iamge:")?;
    tried.gives_both(
        SUPPLEMENTAL,
        ["supplemental-image-source", "images-mirror-config"],
    )
}

#[test]
fn a_release_without_its_kind_is_one_finding() -> Outcome {
    let releases = "releases:\n  latest:\n    candidate:\n      product: ocp\n      stream: nightly\n      version: '4.18'\nresources:";
    let sound = Tried::new(&[])?.read(WIDGET)?;
    let sound = sound.replacen("resources:", releases, 1);
    let tried = Tried::new(&[(WIDGET, sound)])?;
    tried.replace(WIDGET, "    candidate:\n", "")?;
    tried.gives_one(WIDGET, &["config-field"])?;
    tried.gives_one_said("it belongs into `candidate`; 3 more findings follow")
}

#[test]
fn a_mapping_file_copied_into_another_set_is_one_finding() -> Outcome {
    let (file, copy) = (
        format!("{SETS}/acme/mapping_acme_latest"),
        format!("{SETS}/supplemental-ci-images/mapping_acme_latest"),
    );
    let tried = Tried::new(&[])?;
    tried.repo.checkout.write(&copy, tried.read(&file)?)?;
    tried.gives_one(&copy, &["mapping-file-name"])
}

#[test]
fn a_job_of_one_set_that_reads_anothers_files_is_one_finding() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        JOBS,
        "value: mapping_acme",
        "value: mapping_supplemental_ci_images",
    )?;
    tried.gives_one(JOBS, &["mapping-file-selected-twice"])?;
    tried
        .gives_one_said("the files of set `acme`, which this job is for, start with `mapping_acme`")
}

#[test]
fn a_tag_that_cannot_be_is_one_finding() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        WIDGET,
        "tag: rhel-9-release-golang",
        "tag: rhel-9-relase-golang",
    )?;
    tried.gives_one(WIDGET, &["image-reference-art"])
}

#[test]
fn a_folder_whose_manifest_is_broken_is_one_finding() -> Outcome {
    let tried = Tried::new(&[])?;
    let text = tried.read(ACCESS)?;
    tried.repo.checkout.write(
        ACCESS,
        format!("<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> theirs\n"),
    )?;
    tried.gives_one(ACCESS, &["invalid-yaml"])?;
    tried.gives_one_said("`<<<<<<<` is a merge conflict marker")
}

#[test]
fn a_wrong_label_does_not_hide_what_a_binding_lacks() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        ACCESS,
        "  name: acme-image-puller-binding\n",
        "  name: acme-image-puller-binding\n  lables:\n    a: b\n",
    )?;
    tried.replace(
        ACCESS,
        "  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole",
        "  kind: ClusterRole",
    )?;
    tried.gives_both(ACCESS, ["manifest-field", "rbac-role-ref"])
}

#[test]
fn a_misspelled_name_does_not_hide_what_the_file_says() -> Outcome {
    let file = format!("{SETS}/acme/mapping_amce_two");
    let other = format!("{SETS}/acme/mapping_acme_latest");
    let tried = Tried::new(&[])?;
    tried
        .repo
        .checkout
        .write(&file, "quay.io/other/widget:1 quay.io/acme/widget:latest\n")?;
    let found = tried.rules(&["--staged"])?;
    for expected in [
        format!("{file} mapping-file-name"),
        format!("{file} mapping-duplicate-destination"),
    ] {
        assert!(found.contains(&expected), "{found:?}");
    }
    assert!(
        !found.iter().any(|found| found.starts_with(&other)),
        "{found:?}"
    );
    Ok(())
}

#[test]
fn a_field_one_level_too_deep_is_told_so_where_it_is_missing_there() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        ACCESS,
        "  namespace: acme\nroleRef:",
        "roleRef:\n  metadata:\n    name: x",
    )?;
    let text = tried.repo.checkout.check(&["--output", "concise"])?.stdout;
    assert!(!text.contains("one level further out"), "{text}");
    let tried = Tried::new(&[])?;
    tried.replace(ACCESS, SUBJECTS.0, SUBJECTS.1)?;
    tried.gives_one_said("it belongs one level further out")
}

#[test]
fn the_config_map_goes_where_jobs_run() -> Outcome {
    let plugins = "core-services/prow/02_config/_plugins.yaml";
    for (from, to, message) in [
        (
            "core-ci:\n        - ci",
            "core-ci:\n        - default\n        - ci",
            None,
        ),
        ("app.ci:\n        - ci", "app.ci:\n        - default", None),
        (
            "core-ci:\n        - ci",
            "core-ci: []",
            Some("goes to no namespace"),
        ),
        (
            "core-ci:\n        - ci",
            "core-ci:\n        - default",
            Some("goes to namespace `default`"),
        ),
    ] {
        let tried = Tried::new(&[])?;
        tried.replace(plugins, from, to)?;
        match message {
            Some(message) => tried.gives_one_said(message)?,
            None => assert_eq!(tried.rules(&[])?, [""; 0], "{to}"),
        }
    }
    Ok(())
}

#[test]
fn an_entry_of_the_config_updater_that_is_taken_away_is_one_finding() -> Outcome {
    let plugins = "core-services/prow/02_config/_plugins.yaml";
    let tried = Tried::new(&[])?;
    let other = "config_updater:\n  maps:\n    core-services/other/*:\n      name: other\n";
    tried.repo.checkout.write(plugins, other)?;
    let found = tried.rules(&["--staged"])?;
    assert_eq!(found, [format!("{plugins} mapping-configmap")]);
    assert_eq!(
        tried.rules(&[])?,
        [""; 0],
        "it may stand in a file that is not read"
    );
    Ok(())
}

#[test]
fn lines_that_were_moved_are_as_stale_as_before() -> Outcome {
    let (first, second) = (
        format!("{SETS}/acme/mapping_acme_first"),
        format!("{SETS}/acme/mapping_acme_second"),
    );
    let line = "registry.ci.openshift.org/acme/widget:latest quay.io/acme/widget:old\n";
    let tried = Tried::new(&[(&first, line.to_owned())])?;
    tried.rename(&first, &second)?;
    assert_eq!(tried.rules(&["--staged"])?, [""; 0]);
    Ok(())
}
