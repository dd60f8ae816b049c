//! What is offered at a place.

use super::*;

#[test]
fn parts_of_a_base_image_are_offered() -> Outcome {
    // Beside the config that publishes and names something.
    const CONFIG: &str = "ci-operator/config/acme/gadget/acme-gadget-main.yaml";
    let base = |lines: &str| format!("base_images:\n  a:\n{lines}images: []\n");
    for (lines, offered) in [
        ("    namespace: «»\n", &["acme", "ci", "openshift"][..]),
        (
            "    namespace: a«»\n    name:\n    tag:\n",
            &["acme", "ci", "openshift"],
        ),
        ("    name: «»\n    namespace: ci\n", &["boskos"]),
        ("    name: boskos\n    namespace: «»\n", &["ci"]),
        (
            "    name: boskos\n    namespace: ci\n    tag: \"la«»\"\n",
            &["latest"],
        ),
        ("    namespace: ci\n    name: boskos\n    tag:«»\n", &[]),
        (
            "    name: boskos\n    namespace: nowhere\n    tag: «»\n",
            &[],
        ),
    ] {
        let question = Question::with(CONFIG, &base(lines))?;
        assert_eq!(question.completions(), offered, "{lines}");
    }
    // Below another key the same words mean something else.
    let question = Question::with(
        CONFIG,
        "promotion:\n  to:\n  - name: «»\n    namespace: ci\n",
    )?;
    assert_eq!(question.completions(), Vec::<String>::new());
    let text = "tests:\n- as: a\n  steps:\n    test:\n    - as: b\n      from_image:\n        namespace: ci\n        name: «»\n";
    assert_eq!(Question::with(CONFIG, text)?.completions(), ["boskos"]);
    Ok(())
}

#[test]
fn parts_of_a_pull_spec_are_offered() -> Outcome {
    let central = "registry.ci.openshift.org";
    for (line, offered) in [
        ("«»", vec!["gcr.io", "quay.io", central]),
        (
            "quay.io/a/b:1 registry«»",
            vec!["gcr.io", "quay.io", central],
        ),
        (
            "quay.io/a/b:1 registry.ci.openshift.org/«»",
            vec!["acme", "ci", "openshift"],
        ),
        ("registry.ci.openshift.org/ci/bo«» x", vec!["boskos"]),
        ("registry.ci.openshift.org/ci/boskos:«»", vec!["latest"]),
        ("quay.io/a/b:1=quay.io/acme/«»", vec!["widget"]),
        ("# quay.io/«»", vec![]),
    ] {
        let mut question = Question::with(MAPPING, line)?;
        // The rest of the checkout, as it was before the line was begun.
        let tree = example()?;
        question.checkout = Checkout::load(&tree, &question.conventions, &Inputs::default())?;
        assert_eq!(question.completions(), offered, "{line}");
    }
    Ok(())
}

#[test]
fn what_was_just_typed_is_not_offered() -> Outcome {
    let line = "quay.io/acme/newer:latest registry.ci.openshift.org/acme/newer:latest\n";
    for (typed, offered) in [
        (line.replacen("newer", "newer«»", 1), vec![]),
        (
            format!("{line}{}", line.replacen("newer", "ne«»", 1)),
            vec!["newer"],
        ),
    ] {
        // As an editor asks: the checkout has what the buffer has.
        let question = Question::with(MAPPING, &typed)?;
        assert_eq!(question.completions(), offered, "{typed}");
    }
    Ok(())
}

#[test]
fn aliases_and_secrets_are_offered() -> Outcome {
    let question = Question::with(OWNERS, "approvers:\n- «»")?;
    assert_eq!(question.completions(), ["dptp-owners"]);
    let text = "periodics:\n- spec:\n    volumes:\n    - secret:\n        secretName: reg«»\n";
    let question = Question::with(JOBS, text)?;
    assert_eq!(
        question.completions(),
        [
            "registry-push-credentials-ci-central",
            "registry-push-credentials-quay-io-acme"
        ]
    );
    Ok(())
}
