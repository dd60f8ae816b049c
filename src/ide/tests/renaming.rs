//! What is renamed, and what is not.

use super::*;
use crate::finding::{Edit, Rename};

/// A config of its own, which publishes nothing.
const OTHER: &str = "ci-operator/config/acme/gadget/acme-gadget-main.yaml";

impl Question {
    /// The lines that differ once the thing at the cursor is called `new`; why not, where it cannot be.
    fn renamed(&self, new: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let edits = match rename::rename(&self.cursor(), new) {
            Ok(edits) => edits.ok_or("nothing stands there")?,
            Err(error) => return Err(error.to_string().into()),
        };
        let span = rename::prepare(&self.cursor())?.ok_or("nothing stands there")?;
        assert!(is_on(span, self.offset));
        Ok(lines_after(&self.checkout, &edits))
    }

    /// Why the thing at the cursor cannot be called `new`.
    fn refused(&self, new: &str) -> String {
        match self.renamed(new) {
            Ok(lines) => format!("{lines:?}"),
            Err(error) => error.to_string(),
        }
    }
}

/// The lines that edits change, as they are then, by file.
fn lines_after(checkout: &Checkout, edits: &[Edit]) -> Vec<String> {
    let mut changed = Vec::new();
    for file in checkout.files() {
        let mut text = file.text.to_string();
        let own = edits.iter().filter(|edit| edit.place.path == file.path);
        for edit in own.rev() {
            text.replace_range(edit.place.span.range(), &edit.text);
        }
        let lines = text.lines().zip(file.text.lines());
        let new = lines.filter(|(new, old)| new != old);
        changed.extend(new.map(|(new, _)| format!("{}: {}", file.path.name(), new.trim())));
    }
    changed
}

#[test]
fn an_image_is_renamed_where_it_is_built_and_mirrored() -> Outcome {
    let everywhere = [
        "acme-widget-main.yaml: to: gadget",
        "mapping_acme_latest: quay.io/openshift/ci:acme_gadget_latest quay.io/acme/widget:latest",
    ];
    for (path, word) in [(CONFIG, "to: wid"), (MAPPING, "acme_widg")] {
        let question = Question::behind(path, word)?;
        assert_eq!(question.renamed("gadget")?, everywhere, "{word}");
    }
    // What is built from it, and who takes it under another name.
    let steps = "  steps:\n    test:\n    - as: unit\n      commands: make test\n      from: pipeline:widget\n      resources:\n        requests:\n          cpu: 100m\n";
    let config = text_of(CONFIG)?.replace(
        "  commands: make test\n  container:\n    from: src\n",
        steps,
    );
    let user = "base_images:\n  w:\n    name: widget\n    namespace: acme\n    tag: latest\n";
    let config = config.replace("to: widget", "to: widg«»et");
    let question = Question::among(&[(OTHER, user)], CONFIG, &config)?;
    assert_eq!(
        question.renamed("gadget")?,
        [
            "acme-gadget-main.yaml: name: gadget",
            "acme-widget-main.yaml: to: gadget",
            "acme-widget-main.yaml: from: pipeline:gadget",
            everywhere[1]
        ]
    );
    // A stream of many images: the tag is the name.
    let config = text_of(CONFIG)?.replace("tag: latest\nresources", "name: all\nresources");
    let user = "base_images:\n  w:\n    name: all\n    namespace: acme\n    tag: widg«»et\n";
    let question = Question::among(&[(CONFIG, &config)], OTHER, user)?;
    assert_eq!(
        question.renamed("4.18")?,
        [
            "acme-gadget-main.yaml: tag: \"4.18\"",
            "acme-widget-main.yaml: to: \"4.18\""
        ]
    );
    Ok(())
}

#[test]
fn a_destination_keeps_the_tag_that_it_took_from_its_source() -> Outcome {
    let line = "quay.io/openshift/ci:acme_wid«»get_latest quay.io/acme/widget\n";
    assert_eq!(
        Question::with(MAPPING, line)?.renamed("gadget")?,
        [
            "acme-widget-main.yaml: to: gadget",
            "mapping_acme_latest: quay.io/openshift/ci:acme_gadget_latest \
             quay.io/acme/widget:acme_widget_latest"
        ]
    );
    Ok(())
}

#[test]
fn a_mirrored_image_is_renamed_at_its_mapping() -> Outcome {
    let name = [
        "acme-widget-main.yaml: name: leaser",
        "mapping_supplemental_ci_images_ci: gcr.io/k8s-staging-boskos/boskos:latest \
         registry.ci.openshift.org/ci/leaser:latest",
    ];
    for (path, word) in [(CONFIG, "name: bos"), (SUPPLEMENTAL, "org/ci/bos")] {
        let question = Question::behind(path, word)?;
        assert_eq!(question.renamed("leaser")?, name, "{word}");
    }
    let question = Question::behind(SUPPLEMENTAL, "org/ci/boskos:lat")?;
    assert_eq!(
        question.renamed("1.2")?,
        [
            "acme-widget-main.yaml: tag: \"1.2\"",
            "mapping_supplemental_ci_images_ci: gcr.io/k8s-staging-boskos/boskos:latest \
             registry.ci.openshift.org/ci/boskos:1.2",
        ]
    );
    let key = "supplementalCIImages:\n  ci/too«»l:v1:\n    image: quay.io/acme/tool:v1\n";
    let user = "base_images:\n  t: {name: tool, namespace: ci, tag: v1}\n";
    let config = "core-services/image-mirroring/_config.yaml";
    let question = Question::among(&[(OTHER, user)], config, key)?;
    assert_eq!(
        question.renamed("hammer")?,
        [
            "acme-gadget-main.yaml: t: {name: hammer, namespace: ci, tag: v1}",
            "_config.yaml: ci/hammer:v1:"
        ]
    );
    Ok(())
}

#[test]
fn the_key_of_a_base_image_is_a_name_of_the_config() -> Outcome {
    for word in ["  bosk", "- from: bos"] {
        assert_eq!(
            Question::behind(CONFIG, word)?.renamed("leaser")?,
            [
                "acme-widget-main.yaml: leaser:",
                "acme-widget-main.yaml: - from: leaser"
            ],
            "{word}"
        );
    }
    Ok(())
}

#[test]
fn what_is_no_name_is_refused() -> Outcome {
    for (path, word) in [
        (CONFIG, "to: widg"),
        (CONFIG, "  bosk"),
        (CONFIG, "name: bosk"),
        (MAPPING, "acme_wid"),
        (SUPPLEMENTAL, "org/ci/bos"),
    ] {
        let question = Question::behind(path, word)?;
        for bad in ["", "a/b", "Widget", "a b", "a--b", "-a", "ä", "a:b", "a\nb"] {
            let said = question.refused(bad);
            assert!(
                said.contains("not made of") || said.contains("is empty") || said.contains('/'),
                "{word} {bad:?}: {said}"
            );
            assert!(!said.starts_with('['), "{word} {bad:?}: {said}");
        }
    }
    Ok(())
}

#[test]
fn tags_of_qci_can_still_be_taken_apart() -> Outcome {
    for (path, word) in [(CONFIG, "to: widg"), (CONFIG, "name: bosk")] {
        let said = Question::behind(path, word)?.refused("a_b");
        assert!(said.contains("holds a `_`"), "{word}: {said}");
    }
    let key = Question::behind(CONFIG, "  bosk")?.renamed("a_b")?;
    assert_eq!(
        key.first().map(String::as_str),
        Some("acme-widget-main.yaml: a_b:")
    );
    Ok(())
}

#[test]
fn what_cannot_be_renamed_wholly_is_refused() -> Outcome {
    const SECOND: &str = "core-services/image-mirroring/acme/mapping_acme_second";
    let copy = text_of(CONFIG)?;
    let whole =
        "releases:\n  latest:\n    integration:\n      name: widget\n      namespace: acme\n";
    let text = "tests:\n- as: a\n  commands: oc image info registry.ci.openshift.org/acme/widget:latest\n  container:\n    from: src\n";
    let step = "ref:\n  as: acme-test\n  from: widget\n";
    let step_path = "ci-operator/step-registry/acme/test/acme-test-ref.yaml";
    let inline = "images:\n  items:\n  - to: x\n    dockerfile_literal: |\n      FROM registry.ci.openshift.org/acme/widget:latest\n";
    let named = "base_images:\n  g: {name: gadget, namespace: acme, tag: latest}\n";
    let image = (CONFIG, "to: widg");
    for (others, (path, word), reason) in [
        (
            &[][..],
            (CONFIG, "namespace: c"),
            "a namespace is more than a name",
        ),
        (&[], (CONFIG, "name: rel"), "published from outside"),
        (&[], (MAPPING, "acme_widget_lat"), "`latest` is what"),
        (
            &[],
            (CONFIG, "container:\n    from: sr"),
            "neither a base image",
        ),
        (&[(OTHER, &*copy)], image, "is provided by 2 places"),
        (&[(OTHER, whole)], image, "named as a whole"),
        (&[(OTHER, text)], image, "is named in a text"),
        (&[(OTHER, inline)], image, "named in a Dockerfile"),
        (&[(OTHER, named)], image, "is named already"),
        (
            &[(SECOND, "quay.io/openshift/ci:acme_* quay.io/acme/all\n")],
            image,
            "taken by a wildcard",
        ),
    ] {
        let question = Question::behind_among(others, path, word)?;
        let said = question.refused("gadget");
        assert!(said.contains(reason), "{word} {reason}: {said}");
        assert!(said.starts_with("cannot be renamed: "), "{said}");
    }
    let question = Question::behind(CONFIG, "to: widg")?;
    let said = question.refused("boskos");
    assert!(said.contains("imports or builds something else"), "{said}");
    let alias = "base_images:\n  a: &a\n    name: bos«»kos\n    namespace: ci\n    tag: latest\n  \
                 b:\n    <<: *a\n    tag: other\n";
    let said = Question::with(OTHER, alias)?.refused("leaser");
    assert!(said.contains("by what an alias repeats"), "{said}");
    let runs = copy.replace(
        "tests:\n",
        "tests:\n- as: e2e\n  steps:\n    test:\n    - ref: acme-test\n",
    );
    let runs = runs.replace("to: widget", "to: widg«»et");
    let question = Question::among(&[(step_path, step)], CONFIG, &runs)?;
    let said = question.refused("gadget");
    assert!(
        said.contains("a step of the registry names `widget`"),
        "{said}"
    );
    Ok(())
}

#[test]
fn a_jobs_prefix_follows_its_mapping_files() -> Outcome {
    const SECOND: &str = "core-services/image-mirroring/acme/mapping_acme_second";
    let folder = "core-services/image-mirroring";
    let prefix = |prefix: &str| vec![format!("infra-image-mirroring.yaml: value: {prefix}")];
    for (others, from, to, wanted) in [
        // It is read as before.
        (
            &[][..],
            "acme/mapping_acme_latest",
            "acme/mapping_acme_x",
            vec![],
        ),
        (
            &[],
            "acme/mapping_acme_latest",
            "acme/mapping_gizmo_latest",
            prefix("mapping_gizmo"),
        ),
        (
            &[],
            "acme/mapping_acme_latest",
            "acme/mapping_zz",
            prefix("mapping_zz"),
        ),
        // Another file needs the prefix.
        (
            &[(SECOND, "")],
            "acme/mapping_acme_latest",
            "acme/mapping_gizmo_latest",
            vec![],
        ),
        // A prefix that others begin with, too.
        (
            &[],
            "acme/mapping_acme_latest",
            "acme/mapping_supplemental_latest",
            prefix("mapping_supplemental_latest"),
        ),
        // It is no mapping file any more, or none that could be told from others.
        (&[], "acme/mapping_acme_latest", "acme/acme", vec![]),
        (&[], "acme/OWNERS", "acme/OWNERS2", vec![]),
        (
            &[],
            "acme",
            "gizmo",
            vec!["infra-image-mirroring.yaml: ci.openshift.io/area: gizmo".to_owned()],
        ),
        (&[], "acme", "supplemental-ci-images", vec![]),
    ] {
        let question = Question::among(others, CONFIG, "«»")?;
        let path = |below: &str| RepoPath::new(&format!("{folder}/{below}"));
        let moved = Rename {
            from: path(from),
            to: path(to),
        };
        let edits = rename::moved(&question.checkout, &[moved]);
        assert_eq!(
            lines_after(&question.checkout, &edits),
            wanted,
            "{from} {to}"
        );
    }
    Ok(())
}
