//! What stands above lines.

use super::*;
use crate::ide::lenses::{lenses, places};

impl Question {
    /// The lenses of the file, each with its line, from 1, and the places that it counts.
    fn lenses(&self) -> Vec<String> {
        let lenses = lenses(&self.cursor()).into_iter();
        let shown = lenses.map(|lens| {
            let line = self.text[..lens.span.start as usize].matches('\n').count() + 1;
            let places = places(&self.checkout, &lens.images).len();
            format!("{line}: {} ({places})", lens.title)
        });
        shown.collect()
    }
}

#[test]
fn a_line_tells_who_uses_the_image_and_the_file_who_mirrors_it() -> Outcome {
    let file = "1: mirrored by job periodic-image-mirroring-supplemental-ci-images (0)";
    let question = Question::behind(SUPPLEMENTAL, "gcr.io")?;
    assert_eq!(question.lenses(), [file, "1: 1 config uses this (1)"]);
    let unused = "quay.io/a/b:1 registry.ci.openshift.org/ci/b:1\n\n\
                  quay.io/a/c:1 registry.ci.openshift.org/ci/c:1 # «»\n";
    let question = Question::with(SUPPLEMENTAL, unused)?;
    assert_eq!(question.lenses(), [file]);
    // Which tags a wildcard writes is for a registry to say.
    let many = "quay.io/a/b:* registry.ci.openshift.org/ci/b # «»\n";
    let question = Question::with(SUPPLEMENTAL, many)?;
    assert_eq!(question.lenses(), [file]);
    // Nothing is said of a file without lines.
    let empty = Question::with(SUPPLEMENTAL, "# none«»\n")?;
    assert_eq!(empty.lenses(), [""; 0]);
    Ok(())
}

#[test]
fn an_image_tells_where_it_goes() -> Outcome {
    let job = "by job periodic-image-mirroring-acme";
    let question = Question::behind(MAPPING, "quay.io")?;
    assert_eq!(question.lenses(), [format!("1: mirrored {job} (0)")]);
    let question = Question::behind(CONFIG, "to: wid")?;
    assert_eq!(
        question.lenses(),
        [
            format!("14: mirrored to quay.io/acme/widget:latest {job} (1)"),
            "18: publishes 1 image (1)".to_owned()
        ]
    );
    let others = [
        (
            "ci-operator/config/acme/one/acme-one-main.yaml",
            "base_images:\n  w: {name: widget, namespace: acme, tag: latest}\n",
        ),
        (
            "ci-operator/config/acme/two/acme-two-main.yaml",
            "base_images:\n  w: {name: widget, namespace: acme, tag: latest}\n",
        ),
        (
            "ci-operator/step-registry/acme/test/acme-test-ref.yaml",
            "ref:\n  as: acme-test\n  from_image: {name: widget, namespace: acme, tag: latest}\n",
        ),
    ];
    let question = Question::behind_among(&others, CONFIG, "to: wid")?;
    let users = "2 configs and 1 step use this";
    assert_eq!(
        question.lenses(),
        [
            format!("14: {users} · mirrored to quay.io/acme/widget:latest {job} (4)"),
            format!("18: publishes 1 image · {users} (4)")
        ]
    );
    // Nothing reads the file, and what is switched off publishes nothing.
    let jobs = text_of(JOBS)?.replace("value: mapping_acme\n", "value: mapping_other\n");
    let question = Question::behind_among(&[(JOBS, &jobs)], MAPPING, "quay.io")?;
    assert_eq!(question.lenses(), ["1: no job reads this file (0)"]);
    let text = text_of(CONFIG)?.replace(
        "- namespace: acme",
        "- disabled: true«»\n    namespace: acme",
    );
    assert_eq!(Question::with(CONFIG, &text)?.lenses(), [""; 0]);
    Ok(())
}

#[test]
fn copied_images_tell_who_uses_them() -> Outcome {
    let config = "core-services/image-mirroring/_config.yaml";
    let text = "supplementalCIImages:\n  ci/tool:v1:«»\n    image: quay.io/acme/tool:v1\n";
    let user = "base_images:\n  t: {name: tool, namespace: ci, tag: v1}\n";
    let other = "ci-operator/config/acme/one/acme-one-main.yaml";
    let question = Question::among(&[(other, user)], config, text)?;
    assert_eq!(question.lenses(), ["2: 1 config uses this (1)"]);
    Ok(())
}
