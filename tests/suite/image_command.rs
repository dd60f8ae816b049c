//! `mirrorlint image`, as a user asks it.

use serde_json::Value;

use crate::support::{Checkout, Outcome, Run, run};

fn ask(checkout: &Checkout, image: &str, more: &[&str]) -> std::io::Result<Run> {
    let root = checkout.root().to_string_lossy().into_owned();
    run(["image", image, &root].iter().chain(more))
}

/// A checkout with ImageStreams `namespace/name` that have a tag `cli` each.
fn with_streams(namespace: &str, names: &[&str]) -> Result<Checkout, Box<dyn std::error::Error>> {
    let checkout = Checkout::new()?;
    for name in names {
        checkout.write(
            format!("clusters/app.ci/supplemental-ci-images/{namespace}/{name}.yaml"),
            format!(
                "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: \"{name}\"\n  \
                 namespace: {namespace}\nspec:\n  tags:\n  - name: cli\n    from:\n      kind: DockerImage\n      \
                 name: quay.io/acme/cli:{name}\n"
            ),
        )?;
    }
    Ok(checkout)
}

#[test]
fn an_image_is_known_by_whatever_name_it_is_pulled() -> Outcome {
    let checkout = Checkout::new()?;
    let tag = ask(&checkout, "ci/boskos:latest", &[])?;
    assert_eq!(tag.status, Some(0), "{tag:?}");
    assert!(tag.stdout.starts_with("ci/boskos:latest: provided\n"));
    for spelled in [
        "registry.ci.openshift.org/ci/boskos:latest",
        "docker://registry.ci.openshift.org/ci/boskos:latest",
        "image-registry.openshift-image-registry.svc:5000/ci/boskos:latest",
        "quay.io/openshift/ci:ci_boskos_latest",
        "quay-proxy.ci.openshift.org/openshift/ci:ci_boskos_latest",
        // A stream with one tag.
        "ci/boskos",
        "registry.ci.openshift.org/ci/boskos",
    ] {
        assert_eq!(
            ask(&checkout, spelled, &[])?.stdout,
            tag.stdout,
            "{spelled}"
        );
    }
    for (wrong, said) in [
        (
            "boskos",
            "neither of the form NAMESPACE/NAME[:TAG] nor a pull spec",
        ),
        ("ci/boskos:", "the tag is not"),
        ("registry.ci.openshift.org/boskos:latest", "not of the form"),
        ("registry.ci.openshift.org/ci/a/b", "not of the form"),
    ] {
        let run = ask(&checkout, wrong, &[])?;
        assert_eq!(run.status, Some(2), "{wrong}: {run:?}");
        assert!(run.stderr.contains(said), "{wrong}: {}", run.stderr);
    }
    Ok(())
}

#[test]
fn a_destination_tells_who_writes_it_from_what_and_how_often() -> Outcome {
    let checkout = Checkout::new()?;
    let run = ask(&checkout, "quay.io/acme/widget:latest", &[])?;
    assert_eq!(run.status, Some(0), "{run:?}");
    for line in [
        "quay.io/acme/widget:latest\n",
        "  from quay.io/openshift/ci:acme_widget_latest\n",
        "    in core-services/image-mirroring/acme/mapping_acme_latest:1\n",
        "    by job periodic-image-mirroring-acme, which runs ",
        "    more on the source: mirrorlint image acme/widget:latest\n",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let json = ask(
        &checkout,
        "quay.io/acme/widget:latest",
        &["--output", "json"],
    )?;
    let json: Value = serde_json::from_str(&json.stdout)?;
    assert_eq!(json[0]["writers"][0]["image"], "acme/widget:latest");

    // All tags of a repository, one that comes out of a wildcard among them.
    checkout.write(
        "core-services/image-mirroring/acme/mapping_acme_more",
        "quay.io/acme-builds/widget:v* quay.io/acme/widget\n",
    )?;
    let all = ask(&checkout, "quay.io/acme/widget", &[])?.stdout;
    assert!(all.starts_with("2 destinations\n"), "{all}");
    let one = ask(&checkout, "quay.io/acme/widget:v1", &[])?.stdout;
    assert!(one.contains("from quay.io/acme-builds/widget:v*"), "{one}");

    let wrong = ask(
        &checkout,
        "quay.io/acme/wigdet:latest",
        &["--output", "json"],
    )?;
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    assert_eq!(wrong.stdout, "[]\n");
    assert!(
        wrong
            .stderr
            .contains("did you mean `quay.io/acme/widget:latest`?"),
        "{wrong:?}"
    );
    Ok(())
}

#[test]
fn names_that_look_alike_are_offered_the_next_versions_first() -> Outcome {
    let checkout = with_streams(
        "acme",
        &["4.1", "4.10", "4.11", "4.13", "4.15", "golangci-lint"],
    )?;
    for (wrong, near) in [
        (
            "acme/4.14:cli",
            "did you mean acme/4.13:cli, acme/4.15:cli, ",
        ),
        (
            "acme/golangci-lnt:cli",
            "did you mean acme/golangci-lint:cli?",
        ),
    ] {
        let run = ask(&checkout, wrong, &[])?;
        assert_eq!(run.status, Some(1), "{run:?}");
        assert!(run.stdout.contains(near), "{}", run.stdout);
    }
    for (wrong, near) in [
        ("acme/golangci-lnt", "; did you mean `acme/golangci-lint`?"),
        ("acne/golangci-lint", "; did you mean `acme/golangci-lint`?"),
        ("acme/4.14", "; did you mean `acme/4.13`, `acme/4.15`, `"),
    ] {
        let run = ask(&checkout, wrong, &[])?;
        assert_eq!(run.status, Some(1), "{run:?}");
        assert!(run.stderr.contains(near), "{}", run.stderr);
    }
    Ok(())
}

#[test]
fn a_long_answer_is_cut_and_says_so() -> Outcome {
    let checkout = Checkout::new()?;
    let mut stream = String::from(
        "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata:\n  name: many\n  namespace: acme\nspec:\n  tags:\n",
    );
    for n in 0..30 {
        stream.push_str(&format!(
            "  - name: t{n}\n    from:\n      kind: DockerImage\n      name: quay.io/acme/many:{n}\n"
        ));
        // Everybody names one of the tags, the last of them twice.
        let again = if n == 29 {
            "  b:\n    name: many\n    namespace: acme\n    tag: t7\n"
        } else {
            ""
        };
        checkout.write(
            format!("ci-operator/config/acme/user{n}/acme-user{n}-main.yaml"),
            format!(
                "base_images:\n  a:\n    name: many\n    namespace: acme\n    tag: t7\n{again}"
            ),
        )?;
    }
    checkout.write(
        "clusters/app.ci/supplemental-ci-images/acme/many.yaml",
        stream,
    )?;

    let run = ask(&checkout, "acme/many", &[])?.stdout;
    let lines: Vec<&str> = run.lines().collect();
    assert_eq!(lines[0], "acme/many: 30 tags, 30 provided");
    assert!(
        run.contains("  named 31 times by 30 owners\n  t7 from ImageStream in "),
        "{run}"
    );
    assert!(
        run.contains("  and 20 more tags, listed with `--all`\n"),
        "{run}"
    );
    assert!(lines.len() < 20, "{run}");
    assert!(
        ask(&checkout, "acme/many", &["--all"])?
            .stdout
            .lines()
            .count()
            > 30
    );

    let run = ask(&checkout, "acme/many:t7", &[])?.stdout;
    let place = "acme-user29-main.yaml:5 in base_images";
    assert!(
        run.contains("named 31 times by 30 owners:\n    acme/user29: "),
        "{run}"
    );
    assert!(
        run.contains("  and 20 more owners, listed with `--all`\n"),
        "{run}"
    );
    assert!(!run.contains(place) && run.lines().count() < 20, "{run}");
    let all = ask(&checkout, "acme/many:t7", &["--all"])?.stdout;
    assert!(all.contains("    acme/user29: 2 places\n"), "{all}");
    Ok(())
}
