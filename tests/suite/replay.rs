//! `mirrorlint replay`, over real histories: every commit gets what `check` says of it as a change, and
//! what becomes of that is followed.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::os::unix::fs::symlink;

use git2::Oid;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::support::changes::changes;
use crate::support::git::Repo;
use crate::support::{Outcome, Run, property, run};

const ACME: &str = "core-services/image-mirroring/acme";
const CONFIG: &str = ".mirrorlint.yaml";
const WIDGET: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";
const USER: &str = "ci-operator/config/acme/user/acme-user-main.yaml";
const DAY: i64 = 24 * 60 * 60;

/// What a finding of either command must say alike.
const SAME: &[&str] = &[
    "rule",
    "severity",
    "class",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "message",
    "help",
    "fingerprint",
];

fn same_parts(findings: &Value) -> Vec<Value> {
    let findings = findings.as_array().cloned().unwrap_or_default();
    let parts = findings.into_iter().map(|finding| {
        let parts = SAME.iter().map(|part| (*part, finding[*part].clone()));
        json!(parts.collect::<BTreeMap<_, _>>())
    });
    parts.collect()
}

fn replay(repo: &Repo, arguments: &[&str]) -> std::io::Result<Run> {
    let root = repo.root().to_string_lossy().into_owned();
    let (range, options) = arguments.split_first().unwrap_or((&"", &[]));
    run([&["replay", range, &root], options].concat())
}

fn report(repo: &Repo, arguments: &[&str]) -> Result<Value, Box<dyn Error>> {
    let run = replay(repo, &[arguments, &["--output", "json"]].concat())?;
    assert_eq!((run.status, &*run.stderr), (Some(0), ""), "{arguments:?}");
    Ok(serde_json::from_str(&run.stdout)?)
}

/// Holds that what `replay` says of every commit between `first` and `HEAD` is what `check` says of it.
/// Returns how many findings that are.
fn assert_as_checked(repo: &Repo, first: Oid, options: &[&str]) -> Result<usize, Box<dyn Error>> {
    let report = report(repo, &[&[&*format!("{first}..")], options].concat())?;
    let past = report["past"].as_array().ok_or("no past")?;
    let mut commit = repo.git.head()?.peel_to_commit()?;
    let (mut commits, mut findings) = (0, 0);
    while commit.id() != first {
        let (id, parent) = (commit.id().to_string(), commit.parent(0)?);
        let base = parent.id().to_string();
        let told = past.iter().find(|past| past["commit"] == *id);
        let arguments = ["--base", &base, "--head", &id, "--output", "json"];
        let run = repo.checkout.check(&[&arguments, options].concat())?;
        if run.status == Some(2) {
            let failure = told.and_then(|past| past["failure"].as_str());
            let failure = failure.unwrap_or_else(|| panic!("{id}: {run:?}"));
            assert!(run.stderr.contains(failure), "{failure}: {run:?}");
        } else {
            let checked: Value = serde_json::from_str(&run.stdout)?;
            let checked = same_parts(&checked["findings"]);
            let told = told.map_or_else(Vec::new, |past| same_parts(&past["findings"]));
            assert_eq!(told, checked, "{id} {:?}", commit.message());
            findings += told.len();
        }
        commits += 1;
        commit = parent;
    }
    assert_eq!(report["commits"], commits);
    Ok(findings)
}

/// One commit of a generated history.
#[derive(Clone, Debug)]
enum Step {
    Write(BTreeMap<String, Vec<u8>>),
    /// What no rule looks at.
    Elsewhere(u8),
    Remove(Index),
    Move(Index),
    /// Cut off in the middle.
    Cut(Index, Index),
    /// Another policy, perhaps a broken one.
    Policy(&'static str),
    /// A link to a file that no rule reads, and another text there.
    Link(&'static str),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => changes().prop_map(Step::Write),
        1 => any::<u8>().prop_map(Step::Elsewhere),
        2 => any::<Index>().prop_map(Step::Remove),
        1 => any::<Index>().prop_map(Step::Move),
        2 => any::<(Index, Index)>().prop_map(|(file, at)| Step::Cut(file, at)),
        1 => select(&[
            "rules:\n  mapping-syntax: hint\n",
            "rules:\n  mapping-syntax: off\n",
            "rules: [broken\n",
            "conventions:\n  registries:\n    central: [registry.example.org]\n",
        ][..]).prop_map(Step::Policy),
        1 => select(&["quay.io/acme/alone:1\n", "# nothing\n"][..]).prop_map(Step::Link),
    ]
}

impl Step {
    fn make(&self, repo: &Repo) -> Outcome {
        let mut files: Vec<String> = repo
            .git
            .index()?
            .iter()
            .filter_map(|entry| String::from_utf8(entry.path).ok())
            .collect();
        files.retain(|path| !path.starts_with('.'));
        let file = |index: &Index| repo.root().join(index.get(&files));
        match self {
            Self::Write(files) => {
                for (path, text) in files {
                    repo.checkout.write(path, text)?;
                }
            }
            Self::Elsewhere(byte) => drop(repo.checkout.write("docs/note.txt", [*byte])?),
            Self::Remove(index) => fs::remove_file(file(index))?,
            Self::Move(index) => {
                let from = file(index);
                fs::rename(&from, from.with_file_name("mapping_acme_moved"))?;
            }
            Self::Cut(index, at) => {
                let path = file(index);
                let text = fs::read(&path).unwrap_or_default(); // none behind a link that dangles
                fs::write(path, &text[..at.index(text.len() + 1)])?;
            }
            Self::Policy(text) => drop(repo.checkout.write(CONFIG, text)?),
            Self::Link(text) => {
                repo.checkout.write("docs/linked", text)?;
                let link = repo.root().join(ACME).join("mapping_acme_link");
                if !link.is_symlink() {
                    symlink("../../../docs/linked", link)?;
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(property(32))]

    #[test]
    fn every_commit_gets_what_check_says_of_it(steps in prop::collection::vec(step(), 3..9)) {
        let held = || -> Outcome {
            let repo = Repo::new()?;
            let first = repo.git.head()?.peel_to_commit()?.id();
            for (number, step) in steps.iter().enumerate() {
                step.make(&repo)?;
                repo.commit(&format!("step {number}"))?;
            }
            assert_as_checked(&repo, first, &["--severity", "hint", "--fail-on", "never"])?;
            Ok(())
        };
        held().map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}

/// A mapping line that is no mapping: an error.
const BAD: &str = "quay.io/acme/alone:1\n";
const GOOD: &str = "quay.io/openshift/ci:acme_widget_latest quay.io/acme/widget:latest\n";

#[test]
fn merges_of_any_kind_are_judged_as_what_they_did_to_the_first_parent() -> Outcome {
    let repo = Repo::new()?;
    let first = repo.git.head()?.peel_to_commit()?;
    let other = |name: &str| -> Result<Oid, Box<dyn Error>> {
        repo.branch(name)?;
        repo.switch(name)?;
        repo.checkout
            .write(format!("{ACME}/mapping_acme_{name}"), BAD)?;
        let id = repo.commit(name)?;
        repo.switch("main")?;
        Ok(id)
    };
    let others = [other("one")?, other("two")?];
    for name in ["one", "two"] {
        repo.checkout
            .write(format!("{ACME}/mapping_acme_{name}"), BAD)?;
    }
    repo.merge_at("an octopus", DAY, &others)?;
    repo.merge_at("a merge that changes nothing", DAY, &others[..1])?;
    assert_eq!(assert_as_checked(&repo, first.id(), &[])?, 2);
    let said = report(&repo, &[&format!("{}..", first.id())])?;
    assert_eq!(said["past"].as_array().map(Vec::len), Some(1));
    assert_eq!(said["past"][0]["subject"], "an octopus");
    assert_eq!(said["alarms"][0]["per_hundred"], 50.0);
    // From a branch that was merged: what its tip does not have.
    let said = report(&repo, &[&format!("{}..main", others[0])])?;
    assert_eq!(said["commits"], 2);
    Ok(())
}

/// The state of each finding of `rule`, and the subject of the commit by which it went.
fn fates(report: &Value, rule: &str) -> Vec<(String, String)> {
    let past = report["past"].as_array().into_iter().flatten();
    let findings = past.flat_map(|past| past["findings"].as_array().into_iter().flatten());
    let of_rule = findings.filter(|finding| finding["rule"] == rule);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fates = of_rule.map(|finding| &finding["fate"]);
    fates
        .map(|fate| (text(&fate["state"]), text(&fate["subject"])))
        .collect()
}

fn gone(by: &str) -> (String, String) {
    ("gone".to_owned(), by.to_owned())
}

fn there() -> (String, String) {
    ("still-there".to_owned(), String::new())
}

#[test]
fn a_finding_is_followed_until_it_is_gone() -> Outcome {
    let repo = Repo::new()?;
    let first = repo.git.head()?.peel_to_commit()?.id();
    let write = |name: &str, text: &str| {
        repo.checkout
            .write(format!("{ACME}/mapping_acme_{name}"), text)
    };
    write("latest", &format!("{GOOD}{BAD}"))?;
    repo.merge_at("break one", DAY, &[])?;
    // Alike, and in the same file: the last to come is the first to go.
    write("latest", &format!("{GOOD}{BAD}{BAD}"))?;
    repo.merge_at("break it again", 2 * DAY, &[])?;
    write("latest", &format!("# moved lines\n{GOOD}{BAD}"))?;
    repo.merge_at("mend the last", 4 * DAY, &[])?;
    fs::rename(
        repo.root().join(format!("{ACME}/mapping_acme_latest")),
        repo.root().join(format!("{ACME}/mapping_acme_newest")),
    )?;
    repo.merge_at("move it", 5 * DAY, &[])?;
    repo.checkout
        .write(CONFIG, "rules:\n  mapping-syntax: off\n")?;
    repo.merge_at("look away", 6 * DAY, &[])?;
    fs::remove_file(repo.root().join(CONFIG))?;
    repo.merge_at("look again", 7 * DAY, &[])?;
    let range = format!("{first}..");
    let said = report(&repo, &[&range])?;
    assert_eq!(
        fates(&said, "mapping-syntax"),
        [there(), gone("mend the last")]
    );

    write("newest", GOOD)?;
    repo.merge_at("mend the first", 8 * DAY, &[])?;
    let said = report(&repo, &[&range])?;
    let mended = [gone("mend the first"), gone("mend the last")];
    assert_eq!(fates(&said, "mapping-syntax"), mended);
    let row = json!({
        "rule": "mapping-syntax", "commits": 2, "findings": 2, "repaired": 2,
        "median_seconds_to_repair": 2 * DAY,
    });
    assert_eq!(said["rules"], json!([row]));
    assert_eq!(said["past"][0]["findings"][0]["fate"]["seconds"], 7 * DAY);
    assert_as_checked(&repo, first, &[])?;

    // The same for a person.
    let run = replay(&repo, &[&range])?;
    assert!(
        run.stdout.contains("gone after 7 days, on 2023-11-22 by "),
        "{run:?}"
    );
    let row = "mapping-syntax        2         2         2                 2 days\n";
    assert!(run.stdout.contains(row), "{run:?}");
    let end = "7 commits of ";
    assert!(
        run.stdout
            .lines()
            .last()
            .is_some_and(|line| line.starts_with(end)),
        "{run:?}"
    );
    let run = replay(&repo, &[&range, "--fail-on", "warning", "--quiet"])?;
    assert_eq!((run.status, &*run.stdout), (Some(1), ""));
    Ok(())
}

#[test]
fn what_does_not_parse_is_not_gone() -> Outcome {
    let repo = Repo::new()?;
    let first = repo.git.head()?.peel_to_commit()?.id();
    let widget = fs::read_to_string(repo.root().join(WIDGET))?;
    let bad = widget.replace(
        "namespace: ci\n",
        "namespace: ci\n    registry: quay.io/a b\n",
    );
    let bad = bad.replace("name: boskos\n", "name: Boskos\n");
    repo.checkout.write(WIDGET, &bad)?;
    repo.merge_at("misspell it", DAY, &[])?;
    repo.checkout.write(WIDGET, format!("{bad}broken: [\n"))?;
    repo.merge_at("break the file", 2 * DAY, &[])?;
    repo.checkout.write(WIDGET, &bad)?;
    repo.merge_at("mend the file", 3 * DAY, &[])?;
    repo.checkout.write(WIDGET, &widget)?;
    repo.merge_at("mend it", 4 * DAY, &[])?;
    let said = report(&repo, &[&format!("{first}..")])?;
    let of_first = said["past"][0]["findings"].as_array().ok_or("none")?;
    assert!(!of_first.is_empty());
    for finding in of_first {
        assert_eq!(finding["fate"]["subject"], "mend it", "{finding}");
    }
    assert_eq!(fates(&said, "invalid-yaml"), [gone("mend the file")]);
    assert_as_checked(&repo, first, &[])?;
    Ok(())
}

/// Publishes `acme/ATTRIBUTE:tag`, or nothing.
fn publisher(promotion: &str) -> String {
    format!(
        "images:\n  items:\n  - from: src\n    to: tool\n{promotion}resources:\n  '*':\n    requests:\n      \
         cpu: 100m\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: tool\n"
    )
}

const TOOL: &str = "ci-operator/config/acme/tool/acme-tool-main.yaml";
const PROMOTION: &str = "promotion:\n  to:\n  - namespace: acme\n    tag: latest\n";

/// Tests in `acme/tool:latest`.
fn user(base_images: &str) -> String {
    format!(
        "{base_images}build_root:\n  image_stream_tag:\n    name: release\n    namespace: openshift\n    tag: \
         rhel-9-release-golang-1.22-openshift-4.17\nresources:\n  '*':\n    requests:\n      cpu: 100m\n\
         tests:\n- as: unit\n  commands: make test\n  container:\n    from: tool\nzz_generated_metadata:\n  \
         branch: main\n  org: acme\n  repo: user\n"
    )
}

const USES: &str = "base_images:\n  tool:\n    name: tool\n    namespace: acme\n    tag: latest\n";

#[test]
fn an_image_is_missed_until_it_is_provided_again_or_nobody_names_it() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout.write(TOOL, publisher(PROMOTION))?;
    repo.checkout.write(USER, user(USES))?;
    let first = repo.commit("publish and use")?;
    for round in ["first", "second"] {
        repo.checkout.write(TOOL, publisher(""))?;
        repo.commit(&format!("publish no more, {round}"))?;
        repo.checkout.write("docs/note", round)?;
        repo.commit("something else")?;
        if round == "first" {
            repo.checkout.write(TOOL, publisher(PROMOTION))?;
            repo.commit("publish again")?;
        }
    }
    let range = format!("{first}..");
    let rule = "image-provider-removed";
    let said = report(&repo, &[&range])?;
    assert_eq!(fates(&said, rule), [gone("publish again"), there()]);
    repo.checkout.write(USER, user(""))?;
    repo.commit("use no more")?;
    let said = report(&repo, &[&range])?;
    assert_eq!(
        fates(&said, rule),
        [gone("publish again"), gone("use no more")]
    );
    assert_as_checked(&repo, first, &[])?;
    Ok(())
}

/// Commits `before` and `broken`, something else, and then each of `mended` after another `broken`, and
/// holds that each makes the only finding of `rule` go.
fn assert_mended(
    rule: &str,
    path: &str,
    before: &str,
    broken: &str,
    mended: &[(&str, &str)],
) -> Outcome {
    for (path_mended, text) in mended {
        let repo = Repo::new()?;
        repo.checkout.write(path, before)?;
        let first = repo.commit("before")?;
        repo.checkout.write(path, broken)?;
        repo.commit("break it")?;
        repo.checkout.write(
            format!("{ACME}/mapping_acme_more"),
            GOOD.replace("widget:latest\n", "more:1\n"),
        )?;
        repo.commit("something else")?;
        let range = format!("{first}..");
        let said = report(&repo, &[&range])?;
        assert_eq!(fates(&said, rule), [there()], "{said:#}");
        repo.checkout.write(path_mended, text)?;
        repo.commit("mend it")?;
        let said = report(&repo, &[&range])?;
        assert_eq!(fates(&said, rule), [gone("mend it")], "{text}");
    }
    Ok(())
}

#[test]
fn an_alias_is_missed_until_it_is_back_or_nobody_names_it() -> Outcome {
    let aliases = "aliases:\n  dptp-owners:\n  - dptp-owner\n";
    let owners = format!("{ACME}/OWNERS");
    let with = format!("{aliases}  acme-owner:\n  - alice\n");
    let mended = [
        ("OWNERS_ALIASES", &*with),
        (&owners, "approvers:\n- alice\n"),
    ];
    assert_mended(
        "owners-content",
        "OWNERS_ALIASES",
        &with,
        aliases,
        &mended[..1],
    )?;
    // Two OWNERS files of the sound checkout name it: one that is mended does not do.
    let repo = Repo::new()?;
    repo.checkout.write("OWNERS_ALIASES", &with)?;
    let first = repo.commit("before")?;
    repo.checkout.write("OWNERS_ALIASES", aliases)?;
    repo.commit("break it")?;
    let access = "clusters/app.ci/registry-access/acme/OWNERS";
    for path in [&*owners, access] {
        let said = report(&repo, &[&format!("{first}..")])?;
        assert_eq!(fates(&said, "owners-content"), [there()]);
        repo.checkout.write(path, "approvers:\n- alice\n")?;
        repo.commit("mend it")?;
    }
    let said = report(&repo, &[&format!("{first}..")])?;
    assert_eq!(fates(&said, "owners-content"), [gone("mend it")]);
    Ok(())
}

#[test]
fn a_binding_is_missed_until_others_pull_again() -> Outcome {
    let path = "clusters/app.ci/registry-access/acme/admin_manifest.yaml";
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: acme\n";
    let binding = |name: &str, kind: &str, role: &str, group: &str| {
        format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: {name}\n  \
             namespace: acme\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {kind}\n  name: \
             {role}\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: Group\n  name: {group}\n"
        )
    };
    let team = binding("team", "ClusterRole", "view", "acme-admins");
    let pull = binding(
        "pull",
        "ClusterRole",
        "system:image-puller",
        "system:authenticated",
    );
    let with = format!("{namespace}{team}{pull}");
    let without = format!("{namespace}{team}");
    assert_mended(
        "registry-access-pull",
        path,
        &with,
        &without,
        &[(path, &with)],
    )
}

#[test]
fn a_base_image_is_missed_until_no_step_names_it() -> Outcome {
    let base = "base_images:\n  cli:\n    name: boskos\n    namespace: ci\n    tag: latest\n";
    let rest = "build_root:\n  image_stream_tag:\n    name: release\n    namespace: openshift\n    tag: \
                rhel-9-release-golang-1.22-openshift-4.17\nreleases:\n  latest:\n    candidate:\n      \
                product: ocp\n      stream: nightly\n      version: '4.17'\nresources:\n  '*':\n    \
                requests:\n      cpu: 100m\ntests:\n- as: e2e\n  steps:\n    test:\n    - as: one\n      \
                commands: make\n      from: cli\n      resources:\n        requests:\n          cpu: 100m\n\
                zz_generated_metadata:\n  branch: main\n  org: acme\n  repo: user\n";
    let with = format!("{base}{rest}");
    let other = rest.replace("from: cli", "from: src");
    let mended = [(USER, &*with), (USER, &*other)];
    assert_mended("payload-image-unknown", USER, &with, rest, &mended)
}

#[test]
fn a_range_that_cannot_be_judged_says_why() -> Outcome {
    let repo = Repo::new()?;
    let first = repo.git.head()?.peel_to_commit()?.id().to_string();
    repo.checkout
        .write(format!("{ACME}/mapping_acme_latest"), BAD)?;
    let last = repo.commit("break it")?.to_string();
    let who = git2::Signature::now("T", "t@example.org")?;
    let tree = repo.git.head()?.peel_to_tree()?;
    let alien = repo.git.commit(None, &who, &who, "Alien", &tree, &[])?;
    for (range, why) in [
        (
            format!("{last}..{first}"),
            format!("it goes the wrong way, `{first}` is older; write `{first}..{last}`"),
        ),
        (
            format!("{last}..HEAD"),
            "there is nothing in it: both are the same commit".to_owned(),
        ),
        (
            format!("{alien}.."),
            "the two have no history in common".to_owned(),
        ),
        (
            "nowhere..main".to_owned(),
            "there is no such commit here".to_owned(),
        ),
        (
            "main".to_owned(),
            "`main` is no range of commits: write `FROM..TO`".to_owned(),
        ),
        ("a...b".to_owned(), "write two dots".to_owned()),
    ] {
        let run = replay(&repo, &[&range])?;
        assert_eq!(
            (run.status, &*run.stdout),
            (Some(2), ""),
            "{range}: {run:?}"
        );
        assert!(run.stderr.contains(&why), "{range}: {}", run.stderr);
    }
    let root = repo.root().to_string_lossy().into_owned();
    for arguments in [
        &["replay"][..],
        &["replay", "--since", "soon", &root],
        &["replay", "--since", "1h", &root],
        &["replay", "--since", "1h", "main~1..", &root],
        &["replay", "main~1..", &root, "--output", "sarif"],
        &["replay", "main~1..", "/"],
    ] {
        let run = run(arguments)?;
        assert_eq!(
            (run.status, &*run.stdout),
            (Some(2), ""),
            "{arguments:?}: {run:?}"
        );
    }
    Ok(())
}

#[test]
fn a_root_is_told_from_where_a_shallow_clone_ends() -> Outcome {
    let repo = Repo::new()?;
    repo.checkout
        .write(format!("{ACME}/mapping_acme_latest"), BAD)?;
    let second = repo.commit("break it")?;
    repo.checkout
        .write(format!("{ACME}/mapping_acme_latest"), GOOD)?;
    repo.commit("mend it")?;
    let root = repo.root().to_string_lossy().into_owned();
    let since = ["replay", "--since", "2023-11-01", &root, "--output", "json"];
    let said: Value = serde_json::from_str(&run(since)?.stdout)?;
    assert_eq!((&said["commits"], &said["failed"]), (&json!(3), &json!(1)));
    let why = said["past"][0]["failure"].as_str().unwrap_or_default();
    assert!(why.starts_with("the history starts with it"), "{why}");
    assert_eq!(fates(&said, "mapping-syntax"), [gone("mend it")]);
    assert_eq!(said["alarms"][0]["per_hundred"], 50.0);

    fs::write(repo.root().join(".git/shallow"), format!("{second}\n"))?;
    let shallow = run(since)?;
    assert_eq!(shallow.status, Some(2), "{shallow:?}");
    assert!(
        shallow.stderr.contains("`git fetch --unshallow`"),
        "{shallow:?}"
    );
    // What is there can be judged.
    assert_eq!(report(&repo, &["HEAD~1..HEAD"])?["commits"], 1);
    Ok(())
}

#[test]
fn a_bare_repository_does_and_a_path_limits_what_is_told() -> Outcome {
    let repo = Repo::new()?;
    for name in ["acme", "supplemental-ci-images"] {
        let path = format!("core-services/image-mirroring/{name}/mapping_{name}_bad");
        repo.checkout.write(
            path.replace(
                "mapping_supplemental-ci-images",
                "mapping_supplemental_ci_images",
            ),
            BAD,
        )?;
    }
    repo.commit("break two sets")?;
    let all = report(&repo, &["HEAD~1..HEAD"])?;
    assert_eq!(all["past"][0]["findings"].as_array().map(Vec::len), Some(2));
    let folder = repo.root().join(ACME);
    let part = run([
        "replay",
        "HEAD~1..HEAD",
        &folder.to_string_lossy(),
        "--output",
        "json",
    ])?;
    let part: Value = serde_json::from_str(&part.stdout)?;
    assert_eq!(
        part["past"][0]["findings"].as_array().map(Vec::len),
        Some(1)
    );

    let bare = tempfile::tempdir()?;
    git2::build::RepoBuilder::new()
        .bare(true)
        .clone(&repo.root().to_string_lossy(), bare.path())?;
    let told = run([
        "replay",
        "HEAD~1..HEAD",
        &bare.path().to_string_lossy(),
        "--output",
        "json",
    ])?;
    assert_eq!(serde_json::from_str::<Value>(&told.stdout)?, all);
    Ok(())
}
