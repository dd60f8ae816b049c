//! What the help of a finding tells people to do: the side that is wrong is corrected, and a typo is
//! never spread.

use serde_json::Value;

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome};

type Failed = Box<dyn std::error::Error>;

const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";
const SECRETS: &str = "core-services/ci-secret-bootstrap/_config.yaml";
const ACME: &str = "core-services/image-mirroring/acme";
const LATEST: &str = "core-services/image-mirroring/acme/mapping_acme_latest";
const LINE: &str = "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:latest\n";
const SECRET: &str = "registry-push-credentials-quay-io-acme";

/// Path, message and help of the findings of `rule`, one a line.
fn said(checkout: &Checkout, rule: &str, arguments: &[&str]) -> Result<String, Failed> {
    let usual = ["--severity", "hint", "--output", "json"];
    let run = checkout.check(&[&usual, arguments].concat())?;
    let report: Value = serde_json::from_str(&run.stdout)?;
    let findings = report["findings"].as_array().ok_or("no findings")?;
    let of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
    let text = |finding: &Value, key| finding[key].as_str().unwrap_or_default().to_owned();
    let said = of_rule.map(|finding| {
        let (path, message) = (text(finding, "path"), text(finding, "message"));
        format!("{path}: {message}; {}", text(finding, "help"))
    });
    Ok(said.collect::<Vec<_>>().join("\n"))
}

/// The sound checkout with the first `from` of the file at `path` replaced by `to`.
fn altered(path: &str, from: &str, to: &str) -> Result<Checkout, Failed> {
    let checkout = Checkout::new()?;
    let text = std::fs::read_to_string(checkout.root().join(path))?;
    assert!(text.contains(from), "no `{from}` in {path}");
    checkout.write(path, text.replacen(from, to, 1))?;
    Ok(checkout)
}

/// The sound checkout with `line` for its mapping file.
fn with_line(line: &str) -> Result<Checkout, Failed> {
    let checkout = Checkout::new()?;
    checkout.write(LATEST, format!("{line}\n"))?;
    Ok(checkout)
}

/// Moves a file or folder.
fn moved(checkout: &Checkout, from: &str, to: &str) -> Outcome {
    let to = checkout.root().join(to);
    std::fs::create_dir_all(to.parent().ok_or("no folder")?)?;
    Ok(std::fs::rename(checkout.root().join(from), to)?)
}

#[track_caller]
fn assert_says(said: &str, words: &str) {
    assert!(said.contains(words), "no `{words}` in: {said}");
}

#[test]
fn a_misspelt_prefix_is_corrected_and_no_file_renamed() -> Outcome {
    let checkout = altered(JOBS, "value: mapping_acme", "value: mapping_amce")?;
    // That nobody reads the file follows from the job's prefix.
    let file = said(&checkout, "mapping-file-unselected", &["--all"])?;
    assert_says(&file, "let the job read `mapping_acme`");
    assert!(!file.contains("rename"), "{file}");
    let job = said(&checkout, "mirror-job-selects-nothing", &[])?;
    assert_says(&job, "start with `mapping_acme`: write that");
    Ok(())
}

#[test]
fn a_misspelt_file_is_renamed() -> Outcome {
    let checkout = Checkout::new()?;
    moved(&checkout, LATEST, &format!("{ACME}/mapping_amce_latest"))?;
    assert_says(&said(&checkout, "mapping-file-name", &[])?, "mapping_acme");
    // That nobody reads it follows from its name.
    let rename = "rename the file to start with `mapping_acme`";
    assert_says(
        &said(&checkout, "mapping-file-unselected", &["--all"])?,
        rename,
    );
    let job = said(&checkout, "mirror-job-selects-nothing", &["--all"])?;
    assert_says(&job, "rename that to start with `mapping_acme`");
    Ok(())
}

#[test]
fn a_misspelt_folder_is_renamed_and_not_its_files() -> Outcome {
    let checkout = Checkout::new()?;
    moved(&checkout, ACME, "core-services/image-mirroring/amce")?;
    let file = said(&checkout, "mapping-file-name", &[])?;
    assert_says(&file, "rename the folder to `acme`");
    let label = said(&checkout, "mirror-job-area", &[])?;
    assert_says(&label, "the folder has the wrong name: rename it to `acme`");
    Ok(())
}

#[test]
fn a_file_is_named_after_what_the_job_of_its_set_reads() -> Outcome {
    let checkout = altered(JOBS, "value: mapping_acme", "value: mapping_widgets")?;
    moved(&checkout, LATEST, &format!("{ACME}/mapping_widgets_latest"))?;
    checkout.write(format!("{ACME}/mapping_other"), LINE)?;
    let file = said(&checkout, "mapping-file-name", &[])?;
    assert_says(&file, "mapping_other`");
    assert_says(&file, "rename it to `mapping_widgets…`");

    // The set's established name, where no job says it.
    let checkout = Checkout::new()?;
    let openshift = "core-services/image-mirroring/openshift";
    checkout.write(format!("{openshift}/mapping_x"), LINE)?;
    let file = said(&checkout, "mapping-file-name", &[])?;
    assert_says(&file, "rename it to `mapping_origin…`");
    Ok(())
}

#[test]
fn a_misspelt_label_does_not_rename_files() -> Outcome {
    let area = "ci.openshift.io/area: acme";
    let checkout = altered(JOBS, area, "ci.openshift.io/area: amce")?;
    let jobs = std::fs::read_to_string(checkout.root().join(JOBS))?;
    let jobs = jobs.replace("value: mapping_acme", "value: mapping_widgets");
    checkout.write(JOBS, jobs)?;
    moved(&checkout, LATEST, &format!("{ACME}/mapping_widgets_latest"))?;
    assert_eq!(said(&checkout, "mapping-file-name", &[])?, "");
    let label = said(&checkout, "mirror-job-area", &[])?;
    assert_says(&label, "give it the name of the set's folder");
    Ok(())
}

#[test]
fn a_moved_file_is_told_where_it_was() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("start")?;
    let to = "core-services/image-mirroring/gizmo/mapping_acme_latest";
    moved(&repo.checkout, LATEST, to)?;
    repo.commit("move")?;
    let change = ["--base", "start", "--head", "main"];
    let file = said(&repo.checkout, "mapping-file-name", &change)?;
    assert_says(&file, &format!("before this change it lay in `{LATEST}`"));
    Ok(())
}

#[test]
fn a_path_beside_the_mapping_files_is_what_is_wrong_with_a_job() -> Outcome {
    let text = "periodics:\n- name: periodic-image-mirroring-gizmo\n  spec:\n    containers:\n    \
                - args:\n      - for m in /etc/image-mirror/mapping_gizmo*; do oc image mirror -f \
                $m; done\n";
    let checkout = Checkout::new()?;
    checkout.write("ci-operator/jobs/infra-periodics.yaml", text)?;
    let job = said(&checkout, "mirror-job-prefix", &[])?;
    assert_says(&job, "reads `/etc/image-mirror/mapping_gizmo*`");
    assert_says(&job, "mounted at `/etc/imagemirror`");
    Ok(())
}

#[test]
fn a_source_without_registry_is_offered_what_such_lines_take() -> Outcome {
    let rule = "mapping-hostless-reference";
    let of_ci = with_line("acme/widget:latest quay.io/acme/widget:latest")?;
    let qci = "for example `quay.io/openshift/ci:acme_widget_latest`";
    assert_says(&said(&of_ci, rule, &[])?, qci);
    let other = with_line("gcr.io/x/y:1 quay.io/acme/y:1\nx/z:1 quay.io/acme/z:1")?;
    assert_says(&said(&other, rule, &[])?, "for example `gcr.io/x/z:1`");
    let to = with_line(&format!("{LINE}gcr.io/x/y:1 y:1"))?;
    assert_says(&said(&to, rule, &[])?, "for example `quay.io/acme/y:1`");
    Ok(())
}

#[test]
fn a_tag_behind_a_space_is_given_back_to_its_image() -> Outcome {
    let rule = "mapping-hostless-reference";
    for (line, image) in [
        (
            "quay.io/a/b:1 quay.io/acme/widget latest",
            "quay.io/acme/widget",
        ),
        ("quay.io/a/b latest quay.io/acme/widget:1", "quay.io/a/b"),
    ] {
        let checkout = with_line(line)?;
        let found = said(&checkout, rule, &[])?;
        assert_says(&found, &format!("between `{image}` and its tag `latest`"));
        assert_says(&found, &format!("write `{image}:latest`"));
        // The source has its tag, behind the space.
        assert_eq!(said(&checkout, "mapping-many-tags", &[])?, "");
    }
    // Two spaces and more.
    let checkout = with_line("quay.io/a/b:1 quay.io/acme/widget:1  latest")?;
    assert_says(&said(&checkout, rule, &[])?, "destination `latest`");
    Ok(())
}

#[test]
fn a_colon_at_the_end_is_no_second_tag() -> Outcome {
    let checkout = with_line("quay.io/a/b:1: quay.io/acme/widget:1")?;
    let found = said(&checkout, "mapping-syntax", &[])?;
    assert_says(&found, "a `:` behind the tag `1`");
    Ok(())
}

#[test]
fn swapped_sides_are_called_that() -> Outcome {
    let checkout = with_line("quay.io/acme/widget:1 quay.io/openshift/ci:acme_widget_latest")?;
    let found = said(&checkout, "image-provider-duplicate", &[])?;
    assert_says(&found, "the two are swapped");
    Ok(())
}

#[test]
fn a_misspelt_cluster_is_corrected_where_it_stands() -> Outcome {
    let job = altered(JOBS, "cluster: core-ci", "cluster: core-cl")?;
    let found = said(&job, "prow-job-unusual", &[])?;
    assert_says(&found, "no other job runs in cluster `core-cl`");
    assert_says(&found, "did you mean `core-ci`?");
    assert_says(&found, "2 more findings follow");
    let secret = altered(SECRETS, "cluster: core-ci", "cluster: core-cl")?;
    let found = said(&secret, "secret-unusual", &[])?;
    assert_says(&found, "cluster `core-cl` stands here alone");
    assert_says(&found, "did you mean `core-ci`?");
    // Not a misspelling, but another one of its kind.
    let farm = altered(JOBS, "cluster: core-ci", "cluster: build01")?;
    assert_says(
        &said(&farm, "mirror-job-secret-cluster", &[])?,
        "let the secret go to cluster `build01`",
    );
    Ok(())
}

#[test]
fn who_followed_the_convention_for_secrets_is_told_what_vault_needs() -> Outcome {
    let rule = "mirror-job-secret";
    let job = altered(JOBS, SECRET, "registry-push-credentials-quay-io-acme-dev")?;
    let found = said(&job, rule, &[])?;
    for words in [
        "`secretsync/target-name: registry-push-credentials-quay-io-acme-dev`",
        "`secretsync/target-namespace: ci`",
        "`secretsync/target-clusters: \"core-ci\"`",
        "under `config.json`, which is the job's `subPath`",
        "`--secretsync FILE`",
    ] {
        assert_says(&found, words);
    }
    assert!(!found.contains("convention"), "{found}");
    let job = altered(JOBS, SECRET, "my-secret")?;
    let convention = format!("called `{SECRET}` by convention");
    assert_says(&said(&job, rule, &[])?, &convention);
    Ok(())
}

#[test]
fn a_secret_that_the_change_removes_is_said_to_be_removed() -> Outcome {
    let repo = Repo::new()?;
    repo.branch("start")?;
    let text = std::fs::read_to_string(repo.root().join(SECRETS))?;
    let (kept, _) = text
        .split_once("- from:\n    config.json")
        .ok_or("no entry")?;
    repo.checkout.write(SECRETS, kept)?;
    repo.commit("remove")?;
    let change = ["--base", "start", "--head", "main"];
    let found = said(&repo.checkout, "mirror-job-secret", &change)?;
    assert_says(
        &found,
        &format!("this change takes `{SECRET}` out of `{SECRETS}`"),
    );
    // Held to be in Vault otherwise, which is a hint.
    let run = repo.checkout.check(&change)?;
    assert_says(&run.stdout, "warning[mirror-job-secret]");
    Ok(())
}

#[test]
fn the_secret_of_another_job_is_not_said_to_be_removed() -> Outcome {
    let repo = Repo::new()?;
    let set = "core-services/image-mirroring/gizmo";
    let line = LINE.replace("/acme/", "/gizmo/");
    repo.checkout.write(format!("{set}/mapping_gizmo"), line)?;
    let owners = format!("{set}/OWNERS");
    repo.checkout.write(&owners, "approvers:\n- acme-owner\n")?;
    let jobs = std::fs::read_to_string(repo.root().join(JOBS))?;
    let start = "- agent: kubernetes";
    let own = jobs.split(start).nth(1).ok_or("no job")?;
    let other = own.replace("acme", "gizmo").replace("quay-io", "quay.io");
    let jobs = format!("{jobs}{start}{other}");
    repo.checkout.write(JOBS, &jobs)?;
    let secrets = std::fs::read_to_string(repo.root().join(SECRETS))?;
    let theirs = "registry-push-credentials-quay.io-gizmo";
    let secret = format!(
        "- from:\n    config.json:\n      field: config.json\n      item: gizmo-quay-push\n  \
         to:\n  - cluster: core-ci\n    name: {theirs}\n    namespace: ci\n"
    );
    repo.checkout.write(SECRETS, format!("{secrets}{secret}"))?;
    repo.commit("another set")?;
    repo.branch("start")?;
    repo.checkout
        .write(JOBS, jobs.replacen(SECRET, theirs, 1))?;
    repo.commit("mistake")?;
    let change = ["--base", "start", "--head", "main"];
    let found = said(&repo.checkout, "mirror-job-secret", &change)?;
    assert_says(&found, &format!("called `{SECRET}` by convention"));
    assert!(!found.contains("this change takes"), "{found}");
    Ok(())
}

#[test]
fn who_pushes_to_the_central_registry_is_told_of_no_secret_for_quay() -> Outcome {
    let job = altered(JOBS, "registry-push-credentials-ci-central", "my-secret")?;
    let found = said(&job, "mirror-job-secret", &[])?;
    assert_says(&found, "secret `my-secret`");
    assert!(!found.contains("by convention"), "{found}");
    Ok(())
}
