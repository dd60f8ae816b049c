//! `image-provider-removed` on two trees: each way to lose a provider, and how bad it is.

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine::{self, Plan};
use mirrorlint::finding::{Finding, Severity};
use mirrorlint::model::Conventions;
use mirrorlint::rules::Catalogue;
use mirrorlint::tree::MemoryTree;

use crate::support::Outcome;

const PUBLISHER: &str = "ci-operator/config/acme/widget/acme-widget-main.yaml";
const USER: &str = "ci-operator/config/other/tool/other-tool-main.yaml";

/// Builds `widget` and `gadget` and publishes both to the stream `acme/1.0`.
const PUBLISHING: &str = "\
images:
- from: src
  to: widget
- from: src
  to: gadget
promotion:
  to:
  - name: '1.0'
    namespace: acme
";

/// Uses `acme/1.0:widget`.
const USING: &str = "\
base_images:
  widget:
    name: '1.0'
    namespace: acme
    tag: widget
images:
- from: widget
  to: tool
";

fn tree(files: &[(&str, &str)]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    for (path, content) in files {
        tree.insert(path, *content);
    }
    tree
}

fn lost(
    base: &MemoryTree,
    result: &MemoryTree,
) -> Result<Vec<Finding>, Box<dyn std::error::Error>> {
    found_by("image-provider-removed", base, result)
}

/// What one rule finds in a change.
fn found_by(
    id: &str,
    base: &MemoryTree,
    result: &MemoryTree,
) -> Result<Vec<Finding>, Box<dyn std::error::Error>> {
    let conventions = Conventions::builtin()?;
    let load = |tree| Checkout::load(tree, &conventions, &Inputs::default());
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |rule| rule.id() == id)?;
    let found = engine::lint_change(&load(base)?, &load(result)?, &plan);
    Ok(found.all().cloned().collect())
}

/// Severity, path and message.
type Loss = (Severity, String, String);

/// What changing the publisher to `now` does to the user.
fn after(now: Option<&str>) -> Result<Vec<Loss>, Box<dyn std::error::Error>> {
    let base = tree(&[(PUBLISHER, PUBLISHING), (USER, USING)]);
    let mut result = base.clone();
    match now {
        Some(now) => result.insert(PUBLISHER, now),
        None => result.remove(PUBLISHER),
    }
    Ok(lost(&base, &result)?
        .into_iter()
        .map(|finding| {
            (
                finding.severity,
                finding.place.path.to_string(),
                finding.message,
            )
        })
        .collect())
}

fn severities(now: Option<&str>) -> Result<Vec<Severity>, Box<dyn std::error::Error>> {
    Ok(after(now)?
        .into_iter()
        .map(|(severity, ..)| severity)
        .collect())
}

#[test]
fn an_unchanged_tree_loses_nothing() -> Outcome {
    assert_eq!(after(Some(PUBLISHING))?, []);
    Ok(())
}

#[test]
fn an_image_that_is_renamed_or_excluded_is_lost() -> Outcome {
    let renamed = PUBLISHING.replace("to: widget", "to: widget2");
    let found = after(Some(&renamed))?;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].0, found[0].1.as_str()),
        (Severity::Error, PUBLISHER)
    );
    assert!(
        found[0].2.starts_with("one reference still names `acme/1.0:widget`, which loses its last provider, the promotion in this file"),
        "{}",
        found[0].2
    );
    let excluded = PUBLISHING.replace(
        "    namespace",
        "    excluded_images: [widget]\n    namespace",
    );
    assert_eq!(severities(Some(&excluded))?, [Severity::Error]);
    Ok(())
}

/// A tag of an ImageStream that is made from the image has it already.
#[test]
fn what_is_only_copied_is_a_warning() -> Outcome {
    let copy = "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: copy\n  namespace: other\nspec:\n  tags:\n  - from:\n      kind: ImageStreamTag\n      name: '1.0:widget'\n      namespace: acme\n    name: widget\n";
    let copied = ("clusters/app.ci/copy.yaml", copy);
    let renamed = PUBLISHING.replace("to: widget", "to: widget2");
    let severity = |files: &[(&str, &str)]| -> Result<_, Box<dyn std::error::Error>> {
        let base = tree(files);
        let mut result = base.clone();
        result.insert(PUBLISHER, renamed.as_str());
        let found = lost(&base, &result)?;
        Ok(found.iter().map(|lost| lost.severity).collect::<Vec<_>>())
    };
    assert_eq!(
        severity(&[(PUBLISHER, PUBLISHING), copied])?,
        [Severity::Warning]
    );
    let both = [(PUBLISHER, PUBLISHING), copied, (USER, USING)];
    assert_eq!(severity(&both)?, [Severity::Error]);
    Ok(())
}

/// In the layout of today promotions go to QCI, where the last image stays; app.ci has a reference to
/// those of `ocp` alone.
#[test]
fn today_it_matters_who_reads_the_image_from_app_ci() -> Outcome {
    let publishing = |namespace: &str, images: &[&str]| {
        let images: String = images
            .iter()
            .map(|image| format!("  - from: src\n    to: {image}\n"))
            .collect();
        format!(
            "images:\n  items:\n{images}promotion:\n  to:\n  - name: '1.0'\n    namespace: {namespace}\n"
        )
    };
    let using = |namespace: &str| {
        USING
            .replace(
                "- from: widget\n  to: tool",
                "  items:\n  - from: widget\n    to: tool",
            )
            .replace("acme", namespace)
    };
    let mapping = "registry.ci.openshift.org/acme/1.0:widget quay.io/acme/widget:1.0\n";
    let from_qci = "quay.io/openshift/ci:acme_1.0_widget quay.io/acme/widget:1.0\n";
    for (namespace, mapping, severity) in [
        ("acme", None, Severity::Warning),
        ("acme", Some(from_qci), Severity::Warning),
        ("acme", Some(mapping), Severity::Error),
        ("ocp", None, Severity::Error),
        ("ocp-priv", None, Severity::Warning),
    ] {
        let (before, user) = (
            publishing(namespace, &["widget", "gadget"]),
            using(namespace),
        );
        let mut base = tree(&[(PUBLISHER, &before), (USER, &user)]);
        if let Some(mapping) = mapping {
            base.insert("core-services/image-mirroring/acme/mapping_acme", mapping);
        }
        let mut result = base.clone();
        result.insert(PUBLISHER, publishing(namespace, &["gadget"]).as_str());
        let found = lost(&base, &result)?;
        let severities: Vec<Severity> = found.iter().map(|one| one.severity).collect();
        assert_eq!(severities, [severity], "{namespace}, {mapping:?}");
    }
    Ok(())
}

#[test]
fn a_stream_that_goes_as_a_whole_is_a_warning() -> Outcome {
    let renamed = PUBLISHING.replace("'1.0'", "'1.1'");
    let found = after(Some(&renamed))?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Severity::Warning);
    let disabled = PUBLISHING.replace("  - name", "  - disabled: true\n    name");
    assert_eq!(severities(Some(&disabled))?, [Severity::Warning]);
    Ok(())
}

#[test]
fn a_deleted_config_is_a_warning_at_its_user() -> Outcome {
    let found = after(None)?;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0, found[0].1.as_str()), (Severity::Warning, USER));
    Ok(())
}

#[test]
fn an_image_made_optional_is_no_longer_published() -> Outcome {
    let optional = PUBLISHING.replace("  to: widget", "  optional: true\n  to: widget");
    assert_eq!(severities(Some(&optional))?, [Severity::Warning]);
    Ok(())
}

/// What the base's own providers said counts, whatever else may have filled the stream all the time.
#[test]
fn what_might_come_from_elsewhere_all_the_time_is_lost() -> Outcome {
    let config = "core-services/image-mirroring/_config.yaml";
    let art = "artImages:\n- namespace: acme\n  name: ^1\\.0$\n";
    let renamed = PUBLISHING.replace("to: widget", "to: widget2");
    let base = tree(&[(PUBLISHER, PUBLISHING), (USER, USING), (config, art)]);
    let mut result = base.clone();
    result.insert(PUBLISHER, renamed.as_str());
    let found = lost(&base, &result)?;
    let severities: Vec<Severity> = found.iter().map(|one| one.severity).collect();
    assert_eq!(severities, [Severity::Warning]);

    let base = tree(&[(PUBLISHER, PUBLISHING), (USER, USING)]);
    let mut handed_over = base.clone();
    handed_over.insert(PUBLISHER, renamed.as_str());
    handed_over.insert(config, art);
    assert_eq!(lost(&base, &handed_over)?, []);
    Ok(())
}

#[test]
fn a_stream_that_nothing_fills_any_more_loses_what_is_named_of_it() -> Outcome {
    let stream = "clusters/app.ci/supplemental-ci-images/acme.yaml";
    let open = "kind: ImageStream\nmetadata:\n  name: '1.0'\n  namespace: acme\nspec:\n  dockerImageRepository: quay.io/a/b\n";
    let other = "kind: ImageStream\nmetadata:\n  name: other\n  namespace: acme\nspec:\n  tags:\n  - name: x\n";
    let base = tree(&[(stream, open), (USER, USING)]);
    let mut result = base.clone();
    result.insert(stream, other);
    let found = lost(&base, &result)?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Warning);
    assert!(
        found[0].message.contains("`acme/1.0:widget`"),
        "{}",
        found[0].message
    );
    Ok(())
}

#[test]
fn a_key_spelt_wrongly_is_named_as_what_replaces_it() -> Outcome {
    let config = "core-services/image-mirroring/_config.yaml";
    let entry = "supplementalCIImages:\n  acme/1.0:widget:\n    image: quay.io/a/b:1\n";
    let base = tree(&[(config, entry), (USER, USING)]);
    let mut result = base.clone();
    result.insert(config, entry.replace("1.0:widget", "1.0:wigdet").as_str());
    let found = lost(&base, &result)?;
    let help = found[0].help.as_deref().unwrap_or_default();
    assert!(
        help.contains("now published as `acme/1.0:wigdet`"),
        "{help}"
    );
    Ok(())
}

#[test]
fn an_unused_key_is_a_hint() -> Outcome {
    let unused = USING.replace("from: widget", "from: src");
    let base = tree(&[(PUBLISHER, PUBLISHING), (USER, &unused)]);
    let mut result = base.clone();
    result.insert(PUBLISHER, PUBLISHING.replace("to: widget", "to: widget2"));
    let found = lost(&base, &result)?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Hint);
    Ok(())
}

#[test]
fn private_copies_and_other_providers_are_silent() -> Outcome {
    let private = "ci-operator/config/openshift-priv/tool/openshift-priv-tool-main.yaml";
    let base = tree(&[(PUBLISHER, PUBLISHING), (private, USING)]);
    let mut result = base.clone();
    result.remove(PUBLISHER);
    assert_eq!(lost(&base, &result)?, []);

    let base = tree(&[(PUBLISHER, PUBLISHING), (USER, USING)]);
    let mut moved = base.clone();
    moved.remove(PUBLISHER);
    moved.insert(
        "ci-operator/config/acme/widget/acme-widget-release.yaml",
        PUBLISHING,
    );
    assert_eq!(lost(&base, &moved)?, []);
    Ok(())
}

#[test]
fn other_providers_can_be_lost_too() -> Outcome {
    let config = "core-services/image-mirroring/_config.yaml";
    let stream = "clusters/app.ci/supplemental-ci-images/acme.yaml";
    let mapping =
        "core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_acme";
    for (path, content) in [
        (
            config,
            "supplementalCIImages:\n  acme/1.0:widget:\n    image: quay.io/a/b:1\n",
        ),
        (
            stream,
            "kind: ImageStream\nmetadata:\n  name: '1.0'\n  namespace: acme\nspec:\n  tags:\n  - name: widget\n",
        ),
        (
            mapping,
            "quay.io/a/b:1 registry.ci.openshift.org/acme/1.0:widget\n",
        ),
    ] {
        let base = tree(&[(path, content), (USER, USING)]);
        let mut result = base.clone();
        result.remove(path);
        let found = lost(&base, &result)?;
        assert_eq!(found.len(), 1, "{path}");
        assert_eq!(found[0].severity, Severity::Warning, "{path}");
    }
    Ok(())
}

#[test]
fn the_replacement_and_a_disabled_twin_are_named() -> Outcome {
    let twin = "ci-operator/config/acme/widget/acme-widget-release.yaml";
    let disabled = PUBLISHING.replace("  - name", "  - disabled: true\n    name");
    let base = tree(&[(PUBLISHER, PUBLISHING), (twin, &disabled), (USER, USING)]);
    let mut result = base.clone();
    result.insert(PUBLISHER, PUBLISHING.replace("'1.0'", "'1.1'"));
    let found = lost(&base, &result)?;
    let help = found[0].help.as_deref().unwrap_or_default();
    assert!(
        help.contains("now published as `acme/1.1:widget`"),
        "{help}"
    );
    assert!(help.contains(twin), "{help}");
    assert_eq!(found[0].related.len(), 1);
    Ok(())
}

/// A bare name means an image of the release where no base image has it: the change is told so.
#[test]
fn a_step_whose_base_image_goes_runs_from_the_releases_image() -> Outcome {
    let with = "\
base_images:
  cli:
    name: tool
    namespace: acme
    tag: latest
releases:
  latest:
    candidate:
      product: ocp
      stream: nightly
      version: '4.17'
tests:
- as: e2e
  steps:
    test:
    - as: one
      from: cli
    - as: two
      from: cli
";
    let without = with
        .split_once("releases:")
        .map_or(with, |(base_images, _)| {
            with.strip_prefix(base_images).unwrap_or(with)
        });
    let base = tree(&[(USER, with)]);
    let result = tree(&[(USER, without)]);
    let found = found_by("payload-image-unknown", &base, &result)?;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].message.contains("`acme/tool:latest`"),
        "{}",
        found[0].message
    );
    assert_eq!(found[0].related.len(), 1);
    assert_eq!(found_by("payload-image-unknown", &result, &base)?, []);
    assert_eq!(found_by("payload-image-unknown", &result, &result)?, []);
    Ok(())
}
