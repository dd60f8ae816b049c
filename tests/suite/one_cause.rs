//! One mistake is one finding, at the place that is to be mended.

mod access;
mod mirroring;
mod slips;

use std::error::Error;
use std::fs;

use crate::support::Outcome;
use crate::support::git::Repo;

const JOBS: &str = "ci-operator/jobs/infra-image-mirroring.yaml";
const SETS: &str = "core-services/image-mirroring";
const ORIGIN: &str = "core-services/image-mirroring/openshift";
const RELEASE: &str = "clusters/app.ci/supplemental-ci-images/release.yaml";

/// The sound checkout with `files`, and what a change to it gives: as the tree that it leads to, and as
/// the change.
struct Tried {
    repo: Repo,
}

impl Tried {
    fn new(files: &[(&str, String)]) -> Result<Self, Box<dyn Error>> {
        let repo = Repo::new()?;
        for (path, text) in files {
            repo.checkout.write(path, text)?;
        }
        repo.commit("more")?;
        let tried = Self { repo };
        assert_eq!(tried.rules(&[])?, [""; 0], "the checkout is not sound");
        Ok(tried)
    }

    fn read(&self, path: &str) -> std::io::Result<String> {
        fs::read_to_string(self.repo.root().join(path))
    }

    /// The file and the rule of each finding.
    fn rules(&self, arguments: &[&str]) -> Result<Vec<String>, Box<dyn Error>> {
        self.repo.stage()?;
        let run = self.repo.check(arguments)?;
        let finding = |line: &&str| {
            let (path, rest) = line.split_once(':')?;
            let rule = rest.split_once('[')?.1.split_once(']')?.0;
            Some(format!("{path} {rule}"))
        };
        Ok(run.findings().iter().filter_map(finding).collect())
    }

    #[track_caller]
    fn gives_one(&self, path: &str, rules: &[&str]) -> Outcome {
        for arguments in [&[][..], &["--staged"]] {
            let found = self.rules(arguments)?;
            let is_it = |rule: &&str| found == [format!("{path} {rule}")];
            assert!(rules.iter().any(is_it), "{arguments:?}: {found:?}");
        }
        Ok(())
    }

    /// The checkout as it is has these two findings in one file: neither explains the other.
    fn gives_both(&self, path: &str, rules: [&str; 2]) -> Outcome {
        let both = rules.map(|rule| format!("{path} {rule}"));
        assert_eq!(self.rules(&[])?, both);
        Ok(())
    }

    /// The checkout as it is has one finding, whose help says `said`.
    fn gives_one_said(&self, said: &str) -> Outcome {
        let found = self.rules(&[])?;
        assert_eq!(found.len(), 1, "{found:?}");
        let run = self.repo.checkout.check(&["--output", "pretty"])?;
        let text = run
            .stdout
            .replace('│', " ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(text.contains(said), "{text}");
        Ok(())
    }

    fn replace(&self, path: &str, from: &str, to: &str) -> Outcome {
        let text = self.read(path)?;
        assert!(text.contains(from), "no `{from}` in {path}");
        self.repo.checkout.write(path, text.replacen(from, to, 1))?;
        Ok(())
    }

    fn remove(&self, path: &str) -> Outcome {
        Ok(fs::remove_file(self.repo.root().join(path))?)
    }

    fn rename(&self, from: &str, to: &str) -> Outcome {
        let root = self.repo.root();
        Ok(fs::rename(root.join(from), root.join(to))?)
    }
}

#[test]
fn a_wrong_prefix_is_found_at_the_job() -> Outcome {
    let more = format!("{SETS}/acme/mapping_acme_more");
    let line = "quay.io/acme/widget:latest quay.io/acme/widget:more\n".to_owned();
    for (prefix, rule) in [
        ("mapping_acne", "mirror-job-selects-nothing"),
        ("mapping_NEW_ORGANIZATION", "placeholder"),
        ("mapping_acme_m", "mirror-job-prefix"),
        ("mapping_", "mapping-file-selected-twice"),
    ] {
        let tried = Tried::new(&[(&more, line.clone())])?;
        tried.replace(JOBS, "value: mapping_acme", &format!("value: {prefix}"))?;
        tried.gives_one(JOBS, &[rule])?;
    }
    Ok(())
}

#[test]
fn a_wrong_name_is_found_at_the_file() -> Outcome {
    let line = "quay.io/acme/base:1 registry.ci.openshift.org/acme/base:1\n".to_owned();
    let (alone, beside) = (
        format!("{SETS}/acme/mapping_acme_latest"),
        format!("{SETS}/acme/mapping_acme_more"),
    );
    let wrong = format!("{SETS}/acme/mapping_adme");
    let tried = Tried::new(&[])?;
    tried.rename(&alone, &wrong)?;
    tried.gives_one(&wrong, &["mapping-file-name"])?;
    let tried = Tried::new(&[(&beside, line)])?;
    tried.rename(&beside, &wrong)?;
    tried.gives_one(&wrong, &["mapping-file-name"])
}

/// `text`, cut in the middle of a line near its half.
fn cut(text: &str) -> &str {
    let lines = text.match_indices('\n').map(|(at, _)| at);
    let end = lines.min_by_key(|at| at.abs_diff(text.len() / 2));
    &text[..end.unwrap_or(text.len()) - 2]
}

/// `text` with a tab in front of its middle line.
fn tabbed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let middle = (lines.len() / 2..lines.len()).find(|&at| lines[at].contains(':'));
    let broken = |(at, line): (usize, &&str)| match Some(at) == middle {
        true => format!("\t{line}\n"),
        false => format!("{line}\n"),
    };
    lines.iter().enumerate().map(broken).collect()
}

#[test]
fn a_file_that_is_not_understood_explains_what_seems_absent() -> Outcome {
    let files = [
        JOBS,
        "OWNERS_ALIASES",
        "core-services/ci-secret-bootstrap/_config.yaml",
        "core-services/image-mirroring/_config.yaml",
        "ci-operator/config/acme/widget/acme-widget-main.yaml",
    ];
    let images = "supplementalCIImages:\n  ci/etcd:v3.5:\n    image: quay.io/coreos/etcd:v3.5\n  ci/etcd:v3.6:\n    image: quay.io/coreos/etcd:v3.6\n";
    let tried = Tried::new(&[(
        "core-services/image-mirroring/_config.yaml",
        images.to_owned(),
    )])?;
    for path in files {
        let Ok(sound) = tried.read(path) else {
            panic!("no {path}");
        };
        tried.repo.checkout.write(path, tabbed(&sound))?;
        tried.gives_one(path, &["invalid-yaml"])?;
        tried.repo.checkout.write(path, cut(&sound))?;
        let found = tried.rules(&["--staged"])?;
        assert_eq!(found.len(), 1, "{path}: {found:?}");
        assert!(
            found[0].ends_with("file-cut-off") || found[0].ends_with("invalid-yaml"),
            "{path}: {found:?}"
        );
        tried.repo.checkout.write(path, &sound)?;
    }
    Ok(())
}

#[test]
fn a_line_that_was_never_ended_is_a_hint() -> Outcome {
    let tried = Tried::new(&[])?;
    let sound = tried.read(JOBS)?;
    tried.repo.checkout.write(JOBS, sound.trim_end())?;
    assert_eq!(tried.rules(&["--staged"])?, [""; 0]);
    let hints = tried.rules(&["--severity", "hint"])?;
    assert!(hints.contains(&format!("{JOBS} file-cut-off")), "{hints:?}");
    Ok(())
}

fn promoting(streams: &[&str]) -> String {
    let targets = streams
        .iter()
        .map(|stream| format!("  - name: \"{stream}\"\n    namespace: origin\n"));
    format!(
        "build_root:\n  from_repository: true\nimages:\n  items:\n  - from: src\n    to: gadget\npromotion:\n  to:\n{}resources:\n  '*':\n    requests:\n      cpu: 100m\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: gadget\n",
        targets.collect::<String>()
    )
}

fn origin(keys: &[&str]) -> String {
    let keys = keys.iter().map(|key| {
        let version = key.trim_start_matches("scos-");
        format!("  \"{key}\":\n  - \"{version}\"\n")
    });
    format!(
        "source_registry: quay.io\nsource_namespace: origin\ntarget_registry: quay.io\ntarget_namespace: openshift\nimages:\n{}",
        keys.collect::<String>()
    )
}

fn generated(stream: &str) -> String {
    let version = stream.trim_start_matches("scos-");
    format!(
        "quay.io/openshift/ci:origin_{stream}_gadget quay.io/openshift/origin-gadget:{version}\n"
    )
}

/// A checkout with generated mapping files for `4.18`, and a job that reads them.
fn generating() -> Result<Tried, Box<dyn Error>> {
    let tried = Tried::new(&[])?;
    let jobs = tried.read(JOBS)?;
    let start = jobs.find("- agent").ok_or("no job")?;
    let end = jobs[start + 1..]
        .find("\n- agent")
        .map_or(jobs.len(), |end| start + 1 + end + 1);
    let job = jobs[start..end]
        .replace("mapping_acme", "mapping_origin")
        .replace("credentials-quay-io-acme", "credentials-ci-central")
        .replace("subPath: config.json", "subPath: .dockerconfigjson")
        .replace("area: acme", "area: openshift")
        .replace("mirroring-acme", "mirroring-openshift");
    let root = &tried.repo.checkout;
    root.write(JOBS, jobs + &job)?;
    root.write(format!("{ORIGIN}/OWNERS"), "approvers:\n- dptp-owner\n")?;
    root.write(format!("{ORIGIN}/_config.yaml"), origin(&["4.18"]))?;
    root.write(format!("{ORIGIN}/mapping_origin_4_18"), generated("4.18"))?;
    root.write(
        "ci-operator/config/acme/gadget/acme-gadget-main.yaml",
        promoting(&["4.18", "scos-4.18"]),
    )?;
    tried.repo.commit("generated files")?;
    assert_eq!(tried.rules(&[])?, [""; 0]);
    Ok(tried)
}

#[test]
fn keys_that_write_the_same_are_found_in_the_config() -> Outcome {
    let tried = generating()?;
    let config = format!("{ORIGIN}/_config.yaml");
    let root = &tried.repo.checkout;
    root.write(&config, origin(&["4.18", "scos-4.18"]))?;
    tried.gives_one(&config, &["mapping-duplicate-destination"])?;
    root.write(
        format!("{ORIGIN}/mapping_origin_scos-4_18"),
        generated("scos-4.18"),
    )?;
    tried.gives_one(&config, &["mapping-duplicate-destination"])
}

/// `count` lines of a mapping file, to destinations of their own from sources called `source`.
fn lines(count: usize, source: &str) -> String {
    let line = |n| format!("quay.io/acme/{source}:{n} quay.io/acme/copied:{n}\n");
    (1..=count).map(line).collect()
}

#[test]
fn where_the_config_map_goes_is_one_finding() -> Outcome {
    let plugins = "core-services/prow/02_config/_plugins.yaml";
    let tried = Tried::new(&[])?;
    let sound = tried.read(plugins)?;
    for (from, to) in [
        ("**/mapping_*", "**/maping_*"),
        ("name: image-mirror-mappings", "name: image-mirror-mapping"),
        ("core-ci:", "build01:"),
    ] {
        tried.replace(plugins, from, to)?;
        tried.gives_one(plugins, &["mapping-configmap"])?;
        tried.repo.checkout.write(plugins, &sound)?;
    }
    Ok(())
}

#[test]
fn a_renamed_cluster_group_is_one_finding() -> Outcome {
    let path = "core-services/ci-secret-bootstrap/_config.yaml";
    let uses: String = (1..=3)
        .map(|n| format!("- from:\n    token:\n      field: token\n      item: acme-{n}\n  to:\n  - cluster_groups:\n    - build_farm\n    name: made-{n}\n    namespace: ci\n"))
        .collect();
    let sound = Tried::new(&[])?.read(path)?;
    let tried = Tried::new(&[(path, sound + &uses)])?;
    tried.replace(path, "  build_farm:", "  build_farms:")?;
    tried.gives_one(path, &["secret-config"])?;
    tried.gives_one_said("2 more findings follow from this one")
}

#[test]
fn a_copied_mapping_file_is_one_finding() -> Outcome {
    let (first, second) = (
        format!("{SETS}/acme/mapping_acme_first"),
        format!("{SETS}/acme/mapping_acme_second"),
    );
    for (source, rule) in [
        ("first", "mapping-duplicate-entry"),
        ("other", "mapping-duplicate-destination"),
    ] {
        let tried = Tried::new(&[(&first, lines(9, "first"))])?;
        tried.repo.checkout.write(&second, lines(9, source))?;
        let staged = tried.rules(&["--staged"])?;
        assert_eq!(staged, [format!("{second} {rule}")], "not where it is new");
        tried.gives_one_said("8 more findings follow from this one")?;
    }
    Ok(())
}

#[test]
fn a_copied_promotion_is_one_finding() -> Outcome {
    let images: String = (1..=5)
        .map(|n| format!("  - from: src\n    to: made-{n}\n"))
        .collect();
    let config = |branch: &str| {
        format!(
            "build_root:\n  from_repository: true\nimages:\n  items:\n{images}promotion:\n  to:\n  - namespace: acme\n    tag: new\nresources:\n  '*':\n    requests:\n      cpu: 100m\nzz_generated_metadata:\n  branch: {branch}\n  org: acme\n  repo: gadget\n"
        )
    };
    let path = |branch| format!("ci-operator/config/acme/gadget/acme-gadget-{branch}.yaml");
    let tried = Tried::new(&[(&path("main"), config("main"))])?;
    let copy = path("next");
    tried.repo.checkout.write(&copy, config("next"))?;
    let staged = tried.rules(&["--staged"])?;
    assert_eq!(staged, [format!("{copy} image-provider-duplicate")]);
    tried.gives_one_said("4 more findings follow from this one")
}

#[test]
fn a_line_by_hand_is_found_where_it_was_written() -> Outcome {
    let tried = generating()?;
    let path = format!("{SETS}/acme/mapping_acme_origin");
    let line = "quay.io/acme/x:1 quay.io/openshift/origin-gadget:4.18\n";
    tried.repo.checkout.write(&path, line)?;
    tried.gives_one(&path, &["mapping-duplicate-destination"])
}

#[test]
fn a_stream_without_promotions_is_found_in_the_config() -> Outcome {
    let tried = generating()?;
    tried.repo.checkout.write(
        "ci-operator/config/acme/gadget/acme-gadget-main.yaml",
        promoting(&["scos-4.18"]),
    )?;
    let found = tried.rules(&[])?;
    assert_eq!(found, [format!("{ORIGIN}/_config.yaml mapping-config")]);
    Ok(())
}

#[test]
fn a_broken_config_of_generated_files_is_one_finding() -> Outcome {
    let tried = generating()?;
    let config = format!("{ORIGIN}/_config.yaml");
    tried
        .repo
        .checkout
        .write(&config, tabbed(&origin(&["4.18"])))?;
    tried.gives_one(&config, &["invalid-yaml"])
}

const STREAM: &str = "apiVersion: image.openshift.io/v1
kind: ImageStream
metadata:
  name: release
  namespace: openshift
spec:
  tags:
  - from:
      kind: DockerImage
      name: quay.io/acme/golang:1
    name: golang-1.19
    referencePolicy:
      type: Local
";

#[test]
fn a_stream_that_a_change_takes_away_is_found_at_its_manifest() -> Outcome {
    let user = "ci-operator/config/acme/gadget/acme-gadget-main.yaml";
    let config = "base_images:\n  base:\n    name: release\n    namespace: openshift\n    tag: golang-1.19\nresources:\n  '*':\n    requests:\n      cpu: 100m\ntests:\n- as: unit\n  commands: make\n  container:\n    from: base\nzz_generated_metadata:\n  branch: main\n  org: acme\n  repo: gadget\n";
    let tried = Tried::new(&[(RELEASE, STREAM.to_owned()), (user, config.to_owned())])?;
    tried.replace(RELEASE, "name: release", "name: relase")?;
    let found = tried.rules(&["--staged"])?;
    assert_eq!(found, [format!("{RELEASE} image-provider-removed")]);
    tried.repo.checkout.write(RELEASE, tabbed(STREAM))?;
    tried.gives_one(RELEASE, &["invalid-yaml"])
}

const WIDGET: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";

/// What a config no longer publishes because a field of it is misspelled.
#[test]
fn a_field_that_is_dropped_is_found_at_the_field() -> Outcome {
    for (right, wrong) in [
        ("promotion:", "promotions:"),
        ("\nimages:", "\nimage:"),
        ("  - namespace: acme", "  - name_space: acme"),
        ("base_images:", "base_image:"),
        ("    namespace: ci\n", "    namspace: ci\n"),
    ] {
        let tried = Tried::new(&[])?;
        tried.replace(WIDGET, right, wrong)?;
        tried.gives_one(WIDGET, &["config-field"])?;
    }
    Ok(())
}
