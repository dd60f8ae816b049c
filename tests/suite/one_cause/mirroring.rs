//! One slip in what mirroring takes: a mapping file, its job, the job's secret.

use super::{JOBS, SETS, Tried};
use crate::support::Outcome;

const SECRETS: &str = "core-services/ci-secret-bootstrap/_config.yaml";
const SECRET: &str = "registry-push-credentials-quay-io-acme";

/// The lines of a set of three images, and where they stand.
fn lines() -> (String, String) {
    let path = format!("{SETS}/acme/mapping_acme_more");
    let lines = ["gadget", "gizmo", "sprocket"].map(|image| {
        format!("registry.ci.openshift.org/acme/{image}:latest quay.io/acme/{image}:latest\n")
    });
    (path, lines.concat())
}

/// A config that publishes them.
fn built() -> (&'static str, String) {
    let text = "build_root:\n  from_repository: true\nimages:\n  items:\n  - to: gadget\n  - to: gizmo\n  - to: sprocket\npromotion:\n  to:\n  - namespace: acme\n    tag: latest\nresources:\n  '*':\n    requests:\n      cpu: 100m\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: gadgets\n";
    let path = "ci-operator/config/acme/gadgets/acme-gadgets-main.yaml";
    (path, text.to_owned())
}

/// The job once more, for the same files, under another name.
fn second_job() -> Result<String, Box<dyn std::error::Error>> {
    let jobs = Tried::new(&[])?.read(JOBS)?;
    let (_, jobs) = jobs.split_once('\n').ok_or("no jobs")?;
    let second = jobs.split("\n- agent").next().ok_or("no job")?;
    let second = second.replace(
        "name: periodic-image-mirroring-acme",
        "name: periodic-image-mirroring-acme-again",
    );
    Ok(format!("periodics:\n{jobs}{second}\n"))
}

#[test]
fn a_secret_that_is_not_made_is_one_finding_for_all_jobs() -> Outcome {
    let jobs = (JOBS, second_job()?);
    let name = format!("    name: {SECRET}\n");
    let tried = Tried::new(std::slice::from_ref(&jobs))?;
    for _ in 0..2 {
        tried.replace(
            SECRETS,
            &name,
            "    name: registry-push-credentials-quay.io-acme\n",
        )?;
    }
    let found = tried.rules(&["--staged"])?;
    assert_eq!(found, [format!("{JOBS} mirror-job-secret")]);
    let tried = Tried::new(&[jobs])?;
    let placed = format!("  - cluster: core-ci\n{name}");
    tried.replace(SECRETS, &placed, &placed.replace("core-ci", "build01"))?;
    tried.gives_one(JOBS, &["mirror-job-secret-cluster"])
}

#[test]
fn an_entry_that_makes_no_secret_explains_that_it_is_not_made() -> Outcome {
    let to = format!("    name: {SECRET}\n    namespace: ci\n");
    let text = Tried::new(&[])?.read(SECRETS)?;
    let text = text.replacen(&format!("  - cluster: app.ci\n{to}"), "", 1);
    let tried = Tried::new(&[(SECRETS, text)])?;
    tried.replace(SECRETS, &to, &format!("    name: {SECRET}\n"))?;
    tried.gives_one(SECRETS, &["secret-config"])
}

#[test]
fn a_set_whose_job_is_gone_is_one_finding() -> Outcome {
    let (more, lines) = lines();
    let tried = Tried::new(&[(&more, lines), built()])?;
    let jobs = tried.read(JOBS)?;
    let (_, others) = jobs.rsplit_once("\n- agent").ok_or("one job")?;
    tried
        .repo
        .checkout
        .write(JOBS, format!("periodics:\n- agent{others}"))?;
    tried.gives_one(
        &format!("{SETS}/acme/mapping_acme_latest"),
        &["mapping-file-unselected"],
    )?;
    let staged = tried.repo.check(&["--staged"])?.stdout;
    let advice = "this change takes job `periodic-image-mirroring-acme` away";
    assert!(staged.contains(advice), "{staged}");
    Ok(())
}

#[test]
fn a_name_that_is_no_mapping_files_is_one_finding() -> Outcome {
    let wrong = format!("{SETS}/acme/maping_acme_latest");
    let tried = Tried::new(&[])?;
    tried.rename(&format!("{SETS}/acme/mapping_acme_latest"), &wrong)?;
    tried.gives_one(&wrong, &["mapping-file-name"])
}

#[test]
fn a_file_that_was_moved_to_another_set_is_one_finding() -> Outcome {
    let other = "core-services/image-mirroring/gears/OWNERS";
    let files = |set: &str, organisation: &str| -> String {
        let lines = ["axle", "bolt", "cog"]
            .map(|image| format!("quay.io/{set}/{image}:1 quay.io/{organisation}/{image}:1\n"));
        lines.concat()
    };
    let jobs = second_job()?.replacen(
        "periodic-image-mirroring-acme-again",
        "periodic-image-mirroring-gears",
        1,
    );
    let (before, second) = jobs.rsplit_once("area: acme").ok_or("no second job")?;
    let second = second
        .replacen("value: mapping_acme", "value: mapping_gears", 1)
        .replace(SECRET, "registry-push-credentials-quay-io-gears");
    let jobs = format!("{before}area: gears{second}");
    let more = format!("{SETS}/acme/mapping_acme_more");
    let gears = format!("{SETS}/gears/mapping_gears_latest");
    let gears_text = files("gears-upstream", "gears");
    let files = [
        (other, "approvers:\n- gears-owner\n".to_owned()),
        (&gears, gears_text),
        (&more, files("acme-upstream", "acme")),
        (JOBS, jobs),
    ];
    let tried = Tried::new(&files)?;
    let moved = format!("{SETS}/gears/mapping_acme_more");
    tried.rename(&more, &moved)?;
    tried.gives_one(&moved, &["mapping-file-name"])
}

#[test]
fn one_slip_in_a_line_is_one_finding() -> Outcome {
    let (more, text) = lines();
    let line = |image: &str| {
        format!("registry.ci.openshift.org/acme/{image}:latest quay.io/acme/{image}:latest\n")
    };
    let swapped = line("gadget").replace("quay.io/acme/gadget", "quay.io/acme/gizmo")
        + &line("gizmo").replace("quay.io/acme/gizmo", "quay.io/acme/gadget")
        + &line("sprocket");
    for (wrong, rule) in [
        (format!("{text}{text}"), "mapping-duplicate-destination"),
        (text.replacen('\n', " ", 1), "mapping-joined-lines"),
        (text.replacen('\n', "", 1), "mapping-syntax"),
        (swapped, "mapping-destination-name"),
        (
            text.replace("acme/sprocket:latest quay", "acme/sproket:latest quay"),
            "mapping-source-unprovided",
        ),
        (
            text.replace("org/acme/", "org/acne/"),
            "mapping-source-unprovided",
        ),
    ] {
        let tried = Tried::new(&[(&more, text.clone()), built()])?;
        tried.repo.checkout.write(&more, &wrong)?;
        assert_eq!(tried.rules(&["--staged"])?, [format!("{more} {rule}")]);
    }
    Ok(())
}

#[test]
fn lines_that_repeat_others_here_and_there_are_findings_each() -> Outcome {
    let (more, text) = lines();
    let tried = Tried::new(&[(&more, text.clone()), built()])?;
    let repeated: Vec<&str> = text.lines().collect();
    let repeated = format!("{text}{}\n{}\n", repeated[2], repeated[0]);
    tried.repo.checkout.write(&more, repeated)?;
    tried.gives_both(&more, ["mapping-duplicate-destination"; 2])
}

#[test]
fn two_lines_run_together_are_told_apart() -> Outcome {
    let (more, text) = lines();
    let tried = Tried::new(&[(&more, text.clone()), built()])?;
    tried
        .repo
        .checkout
        .write(&more, text.replacen('\n', "", 1))?;
    tried.gives_one_said("a line is `SRC DST`; start a new line here")
}

#[test]
fn a_job_that_is_nearly_called_after_its_set_is_told_so() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        JOBS,
        "name: periodic-image-mirroring-acme",
        "name: periodic-image-mirroring-acne",
    )?;
    tried.gives_one(JOBS, &["mirror-job-name"])?;
    // What the set is called may be part of it.
    let tried = Tried::new(&[])?;
    tried.replace(
        JOBS,
        "name: periodic-image-mirroring-acme",
        "name: periodic-image-mirroring-acme-2",
    )?;
    assert_eq!(tried.rules(&[])?, [""; 0]);
    Ok(())
}

#[test]
fn a_prefix_that_all_files_have_is_one_finding() -> Outcome {
    let line = "quay.io/coreos/etcd:9 registry.ci.openshift.org/gears/etcd:9\n";
    let tried = Tried::new(&[
        (
            &format!("{SETS}/gears/OWNERS"),
            "approvers:\n- gears-owner\n".to_owned(),
        ),
        (
            &format!("{SETS}/gears/mapping_supplemental_ci_images_gears"),
            line.to_owned(),
        ),
    ])?;
    tried.replace(JOBS, "value: mapping_acme", "value: mapping_")?;
    tried.gives_one(JOBS, &["mapping-file-selected-twice"])
}

#[test]
fn a_job_without_the_variable_explains_what_it_does_not_read() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        JOBS,
        "name: MAPPING_FILE_PREFIX",
        "name: MAPPING_FILES_PREFIX",
    )?;
    tried.gives_one(JOBS, &["mirror-job-prefix"])
}

#[test]
fn a_push_secret_is_nearly_called_after_the_set() -> Outcome {
    let tried = Tried::new(&[])?;
    tried.replace(
        SECRETS,
        "item: acme-quay-push\n  to:",
        "item: acme-quay-push\n  to: []\n  more:",
    )?;
    let text = Tried::new(&[])?.read(SECRETS)?;
    let (before, _) = text
        .split_once("- from:\n    config.json")
        .ok_or("no such secret")?;
    let tried = Tried::new(&[])?;
    tried.repo.checkout.write(SECRETS, before)?;
    assert_eq!(tried.rules(&[])?, [""; 0], "it may be in Vault");
    tried.replace(JOBS, SECRET, "registry-push-credentials-quay-io-acne")?;
    tried.gives_one_said(&format!("did you mean `{SECRET}`"))
}

#[test]
fn a_destination_that_is_refused_is_one_finding() -> Outcome {
    let supplemental = format!("{SETS}/supplemental-ci-images/mapping_supplemental_ci_images_ci");
    for (wrong, rule) in [
        (
            "registry.ci.openshift.org/kube-system/",
            "forbidden-namespace",
        ),
        ("registry.ci.openshift.org/", "forbidden-namespace"),
        (
            "registry.svc.ci.openshift.org/ci/",
            "decommissioned-registry",
        ),
    ] {
        let text = Tried::new(&[])?.read(&supplemental)?;
        let more = "quay.io/coreos/etcd:9 registry.ci.openshift.org/ci/etcd:9\n";
        let tried = Tried::new(&[(&supplemental, format!("{text}{more}"))])?;
        tried.replace(
            &supplemental,
            " registry.ci.openshift.org/ci/",
            &format!(" {wrong}"),
        )?;
        assert_eq!(tried.rules(&[])?, [format!("{supplemental} {rule}")]);
    }
    Ok(())
}

#[test]
fn a_key_of_a_generated_file_that_is_taken_away_is_told() -> Outcome {
    let config = format!("{SETS}/openshift/_config.yaml");
    let keys = |keys: &[&str]| {
        let images: Vec<String> = keys
            .iter()
            .map(|key| format!("  \"{key}\":\n  - \"{key}\"\n"))
            .collect();
        format!(
            "source_namespace: acme\ntarget_registry: quay.io\ntarget_namespace: openshift\nimages:\n{}",
            images.concat()
        )
    };
    let line = |key: &str| {
        format!("quay.io/openshift/ci:acme_{key}_gadget quay.io/openshift/acme-gadget:{key}\n")
    };
    let (path, text) = built();
    let text = text.replace(
        "    tag: latest\n",
        "    name: \"4.8\"\n  - namespace: acme\n    name: \"4.9\"\n",
    );
    let jobs = second_job()?;
    let (before, second) = jobs.rsplit_once("area: acme").ok_or("no second job")?;
    let second = second
        .replacen(
            "periodic-image-mirroring-acme-again",
            "periodic-image-mirroring-openshift",
            1,
        )
        .replacen("value: mapping_acme", "value: mapping_origin", 1)
        .replace(SECRET, "registry-push-credentials-quay-io-openshift");
    let files = [
        (&*config, keys(&["4.8", "4.9"])),
        (
            &*format!("{SETS}/openshift/OWNERS"),
            "approvers:\n- acme-owner\n".to_owned(),
        ),
        (
            &*format!("{SETS}/openshift/mapping_origin_4_8"),
            line("4.8"),
        ),
        (
            &*format!("{SETS}/openshift/mapping_origin_4_9"),
            line("4.9"),
        ),
        (path, text),
        (JOBS, format!("{before}area: openshift{second}")),
    ];
    let tried = Tried::new(&files)?;
    tried.repo.checkout.write(&config, keys(&["4.9"]))?;
    assert_eq!(
        tried.rules(&["--staged"])?,
        [format!("{config} mapping-config")]
    );
    tried.remove(&format!("{SETS}/openshift/mapping_origin_4_8"))?;
    assert_eq!(tried.rules(&["--staged"])?, [""; 0]);
    // All keys at once are one finding.
    for wrong in ["imagess:", "# images:"] {
        let tried = Tried::new(&files)?;
        tried.replace(&config, "images:", wrong)?;
        let found = tried.rules(&["--staged"])?;
        let of_config = found.iter().filter(|found| found.starts_with(&*config));
        assert!(of_config.count() <= 2, "{found:?}");
    }
    let tried = Tried::new(&files)?;
    tried.remove(&config)?;
    let first = format!("{SETS}/openshift/mapping_origin_4_8");
    assert_eq!(
        tried.rules(&["--staged"])?,
        [format!("{first} mapping-config")]
    );
    Ok(())
}

#[test]
fn two_slips_in_mirroring_are_two_findings() -> Outcome {
    // A job that stops at once, and a file that no job would read.
    let latest = format!("{SETS}/acme/mapping_acme_latest");
    let wrong = format!("{SETS}/acme/mapping_latest");
    let tried = Tried::new(&[])?;
    tried.replace(
        JOBS,
        "      - name: MAPPING_FILE_PREFIX\n        value: mapping_acme\n",
        "",
    )?;
    tried.rename(&latest, &wrong)?;
    let found = tried.rules(&[])?;
    assert_eq!(
        found,
        [
            format!("{JOBS} mirror-job-prefix"),
            format!("{wrong} mapping-file-name")
        ]
    );

    // A namespace, and the name of the repository.
    let (more, text) = lines();
    let tried = Tried::new(&[(&more, text.clone()), built()])?;
    let line = text.replacen("org/acme/gadget", "org/acne/gadget", 1);
    tried
        .repo
        .checkout
        .write(&more, line.replacen("io/acme/gadget", "io/acme/gadgett", 1))?;
    let found = tried.rules(&["--staged"])?;
    let expected = ["mapping-source-unprovided", "mapping-destination-name"];
    assert_eq!(found, expected.map(|rule| format!("{more} {rule}")));

    // Two blocks that were repeated, as far apart as each other.
    let numbers = |from: usize| -> String {
        let line = |n: usize| format!("quay.io/acme-upstream/n{n}:1 quay.io/acme/n{n}:1\n");
        (from..from + 2).map(line).collect()
    };
    let sound: String = [0, 2, 4, 6].map(numbers).concat();
    let tried = Tried::new(&[(&more, sound)])?;
    let text = [0, 0, 2, 4, 4, 6].map(numbers).concat();
    tried.repo.checkout.write(&more, text)?;
    tried.gives_both(&more, ["mapping-duplicate-destination"; 2])
}

#[test]
fn a_file_that_is_named_after_another_set_may_belong_there() -> Outcome {
    let gears = format!("{SETS}/gears/OWNERS");
    let tried = Tried::new(&[])?;
    tried
        .repo
        .checkout
        .write(&gears, "approvers:\n- gears-owner\n")?;
    let line = "quay.io/openshift/ci:acme_widget_latest quay.io/gears/widget:latest\n";
    tried
        .repo
        .checkout
        .write(format!("{SETS}/acme/mapping_gears_latest"), line)?;
    let text = tried.repo.checkout.check(&["--output", "concise"])?.stdout;
    let advice =
        format!("move it to `{SETS}/gears/`, whose name it has, or rename it to `mapping_acme…`");
    assert!(text.contains(&advice), "{text}");
    Ok(())
}

#[test]
fn what_follows_is_not_said_behind_an_example() -> Outcome {
    let (more, lines) = lines();
    let tried = Tried::new(&[(&more, lines), built()])?;
    let jobs = tried.read(JOBS)?;
    let (_, others) = jobs.rsplit_once("\n- agent").ok_or("one job")?;
    tried
        .repo
        .checkout
        .write(JOBS, format!("periodics:\n- agent{others}"))?;
    let text = tried.repo.checkout.check(&["--output", "concise"])?.stdout;
    assert!(
        text.contains("(`--all` lists it); add a job for the set"),
        "{text}"
    );
    Ok(())
}

#[test]
fn a_shell_runs_the_line_behind_its_option() -> Outcome {
    let arguments = "    - args:\n      - -c\n";
    for (instead, is_right) in [
        ("    - args:\n      - -ec\n", true),
        (
            "    - args:\n      - -o\n      - pipefail\n      - -ec\n",
            true,
        ),
        ("    - args:\n      - --norc\n", false),
        ("    - args:\n      - -o\n      - noclobber\n", false),
        ("    - args:\n      - /opt/run.sh\n", true),
    ] {
        let tried = Tried::new(&[])?;
        tried.replace(JOBS, arguments, instead)?;
        match is_right {
            true => assert_eq!(tried.rules(&[])?, [""; 0], "{instead}"),
            false => tried.gives_one(JOBS, &["mirror-job-script"])?,
        }
    }
    Ok(())
}

#[test]
fn short_names_that_differ_are_no_slips() -> Outcome {
    for name in ["ose", "acme2"] {
        let tried = Tried::new(&[])?;
        let name = format!("name: periodic-image-mirroring-{name}");
        tried.replace(JOBS, "name: periodic-image-mirroring-acme", &name)?;
        assert_eq!(tried.rules(&[])?, [""; 0], "{name}");
    }
    Ok(())
}

#[test]
fn one_destination_that_is_called_otherwise_swaps_nothing() -> Outcome {
    let (more, text) = lines();
    let tried = Tried::new(&[(&more, text.clone()), built()])?;
    let more_text = text.replacen("quay.io/acme/gadget", "quay.io/acme/gizmo", 1);
    tried.repo.checkout.write(&more, more_text)?;
    let found = tried.repo.check(&["--staged"])?.stdout;
    assert!(!found.contains("the other way round"), "{found}");
    Ok(())
}

#[test]
fn files_that_are_compressed_by_default_are_compressed() -> Outcome {
    let plugins = "core-services/prow/02_config/_plugins.yaml";
    let tried = Tried::new(&[])?;
    tried.replace(
        plugins,
        "config_updater:\n",
        "config_updater:\n  gzip: true\n",
    )?;
    tried.gives_one(plugins, &["mapping-configmap"])
}

#[test]
fn a_supplemental_file_that_is_called_after_another_namespace_is_one_finding() -> Outcome {
    let path = format!("{SETS}/supplemental-ci-images/mapping_supplemental_ci_images_ci");
    let text = Tried::new(&[])?.read(&path)?;
    let more = "quay.io/coreos/etcd:9 registry.ci.openshift.org/ci/etcd:9\n";
    let tried = Tried::new(&[(&path, format!("{text}{more}"))])?;
    let other = format!("{path}i");
    tried.rename(&path, &other)?;
    tried.gives_one(&other, &["supplemental-namespace"])
}

#[test]
fn a_version_that_no_stream_has_is_one_finding() -> Outcome {
    let (more, text) = lines();
    let tried = Tried::new(&[(&more, text.clone()), built()])?;
    tried
        .repo
        .checkout
        .write(&more, text.replace(":latest", ":v1.14"))?;
    assert_eq!(
        tried.rules(&["--staged"])?,
        [format!("{more} mapping-source-unprovided")]
    );
    Ok(())
}

#[test]
fn a_destination_that_became_anothers_is_one_finding() -> Outcome {
    let (more, text) = lines();
    let tried = Tried::new(&[(&more, text.clone()), built()])?;
    let wrong = text.replacen("quay.io/acme/gadget", "quay.io/acme/gizmo", 1);
    tried.repo.checkout.write(&more, wrong)?;
    tried.gives_one(&more, &["mapping-duplicate-destination"])
}

#[test]
fn a_file_outside_of_its_set_is_one_finding() -> Outcome {
    let outside = format!("{SETS}/mapping_acme_latest");
    let tried = Tried::new(&[])?;
    tried.rename(&format!("{SETS}/acme/mapping_acme_latest"), &outside)?;
    tried.gives_one(&outside, &["mapping-file-outside-set"])
}

#[test]
fn a_file_that_was_copied_into_a_folder_is_one_finding() -> Outcome {
    let (more, text) = lines();
    let tried = Tried::new(&[(&more, text.clone()), built()])?;
    let copy = format!("{SETS}/acme/latest/mapping_acme_more");
    tried.repo.checkout.write(&copy, text)?;
    tried.gives_one(&copy, &["mapping-key-conflict"])
}
