//! What the user accepts, case by case: comments, the baseline, and what a config may not say.

use std::fs;

use serde_json::Value;

use crate::support::{Checkout, Outcome};

const BAD: &str = "core-services/image-mirroring/acme/mapping_acme_bad";

fn rules(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    findings
        .iter()
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().unwrap_or_default();
            format!("{} {}", text("severity"), text("rule"))
        })
        .collect()
}

/// A checkout with two lines that make the file fail.
fn faulty() -> Result<Checkout, Box<dyn std::error::Error>> {
    let checkout = Checkout::new()?;
    checkout.write(BAD, "quay.io/a/b\nquay.io/a/c\n")?;
    assert_eq!(rules(&checkout.report()?), ["error mapping-syntax"; 2]);
    Ok(checkout)
}

#[test]
fn a_baseline_accepts_as_many_findings_as_it_counts() -> Outcome {
    let checkout = faulty()?;
    let run = checkout.check(&["--write-baseline"])?;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("added    1 × mapping-syntax"),
        "{}",
        run.stderr
    );
    let run = checkout.check(&[])?;
    assert_eq!((run.status, run.findings()), (Some(0), vec![]));
    let report = checkout.report()?;
    assert_eq!(report["summary"]["baselined"], 2);

    // Written again, it is the same file, and says so.
    let path = checkout.root().join(".mirrorlint-baseline.json");
    let first = fs::read_to_string(&path)?;
    let run = checkout.check(&["--write-baseline"])?;
    assert!(!run.stderr.contains('×'), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&path)?, first);

    // One more fault is that one; the same again is one too many.
    checkout.write(BAD, "quay.io/a/b\nquay.io/a/c\nquay.io/a/d\nquay.io/a/b\n")?;
    assert_eq!(rules(&checkout.report()?), ["error mapping-syntax"; 2]);

    // One fault less is stale, and writing the baseline takes it out.
    checkout.write(BAD, "quay.io/a/b\n")?;
    assert_eq!(rules(&checkout.report()?), ["warning stale-baseline"]);
    let run = checkout.check(&["--write-baseline"])?;
    assert!(
        run.stderr.contains("removed  1 × mapping-syntax"),
        "{}",
        run.stderr
    );
    assert_eq!(rules(&checkout.report()?), Vec::<String>::new());

    // A rule that did not run leaves its entries alone.
    let run = checkout.check(&["--ignore", "mapping-syntax", "--write-baseline"])?;
    assert!(!run.stderr.contains("removed  1"), "{}", run.stderr);
    assert_eq!(rules(&checkout.report()?), Vec::<String>::new());
    Ok(())
}

#[test]
fn pruning_a_baseline_only_removes() -> Outcome {
    let checkout = faulty()?;
    let run = checkout.check(&["--prune-baseline"])?;
    assert_eq!(run.status, Some(2), "there is none: {run:?}");
    checkout.check(&["--write-baseline"])?;

    // One is fixed, another is new.
    checkout.write(BAD, "quay.io/a/b\nquay.io/a/new\n")?;
    let stale = checkout.report()?;
    assert!(
        stale["findings"][0]["help"]
            .to_string()
            .contains("--prune-baseline"),
        "{stale:#}"
    );
    // What a run did not look at stays: another rule, another folder.
    for part in [["--ignore", "mapping-syntax"], ["--select", "placeholder"]] {
        let run = checkout.check(&[part[0], part[1], "--prune-baseline"])?;
        assert!(run.stderr.contains("0 added to and 0 removed"), "{run:?}");
    }
    // Nor is what is found forgotten because it is not shown.
    let run = checkout.check(&["--prune-baseline", "--severity", "error"])?;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("removed  1 × mapping-syntax"),
        "{run:?}"
    );
    assert!(run.stderr.contains("0 added to and 1 removed"), "{run:?}");
    assert_eq!(rules(&checkout.report()?), ["error mapping-syntax"]);
    Ok(())
}

#[test]
fn a_long_baseline_is_told_by_rule() -> Outcome {
    let checkout = Checkout::new()?;
    let lines: String = (0..20).map(|n| format!("quay.io/a/b{n}\n")).collect();
    checkout.write(BAD, lines)?;
    let run = checkout.check(&["--write-baseline"])?;
    let said: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(said.len(), 2, "{said:#?}");
    assert_eq!(
        said[0],
        "mirrorlint: added    20 × mapping-syntax in 1 file"
    );
    Ok(())
}

#[test]
fn a_broken_baseline_is_an_error() -> Outcome {
    let checkout = faulty()?;
    checkout.write(
        ".mirrorlint-baseline.json",
        "{\"version\": 1,\n \"finding\": []}",
    )?;
    let run = checkout.check(&[])?;
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.contains(".mirrorlint-baseline.json:2: "),
        "{}",
        run.stderr
    );
    Ok(())
}

#[test]
fn comments_suppress_findings() -> Outcome {
    let checkout = Checkout::new()?;
    let cases = [
        // On the line, above it, above it past another comment, in the whole file.
        (
            "quay.io/a/b # mirrorlint: ignore[mapping-syntax] so it is\n",
            vec![],
        ),
        (
            "# mirrorlint: ignore[mapping-syntax] so it is\nquay.io/a/b\n",
            vec![],
        ),
        (
            "# mirrorlint: ignore[mapping-syntax] so it is\n# x\nquay.io/a/b\n",
            vec![],
        ),
        (
            "# mirrorlint: ignore-file[mapping-syntax] so\n\nquay.io/a/b\nquay.io/a/c\n",
            vec![],
        ),
        // Not the line after the next, not another rule, not without a reason.
        (
            "# mirrorlint: ignore[mapping-syntax] so it is\n\nquay.io/a/b\n",
            vec!["warning unused-suppression", "error mapping-syntax"],
        ),
        (
            "quay.io/a/b # mirrorlint: ignore[mapping-wildcard] so it is\n",
            vec!["error mapping-syntax", "warning unused-suppression"],
        ),
        (
            "quay.io/a/b # mirrorlint: ignore[mapping-syntax]\n",
            vec!["error mapping-syntax", "warning unused-suppression"],
        ),
        (
            "quay.io/a/b # mirrorlint: ignore[mapping-sintax] so it is\n",
            vec!["error mapping-syntax", "warning unused-suppression"],
        ),
    ];
    for (text, expected) in cases {
        checkout.write(BAD, text)?;
        let report = checkout.report()?;
        assert_eq!(rules(&report), expected, "{text}");
    }
    // What stands in a YAML text is no comment.
    checkout.write(BAD, "quay.io/a/b:1 quay.io/acme/b:1\n")?;
    checkout.write(
        "core-services/image-mirroring/acme/OWNERS",
        "approvers:\n- \"x # mirrorlint: ignore[mapping-syntax] so it is\"\n",
    )?;
    let unused = ["--select", "unused-suppression", "--output", "concise"];
    assert!(checkout.check(&unused)?.findings().is_empty());
    Ok(())
}

#[test]
fn parameters_of_the_config_replace_those_of_the_rule_page() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(
        "core-services/image-mirroring/acme/mapping_acme_odd",
        "registry.ci.openshift.org/acme/widget:latest registry.ci.openshift.org/secret/b:1\n",
    )?;
    let select = ["--select", "placeholder", "--output", "concise"];
    assert!(checkout.check(&select)?.findings().is_empty());
    checkout.write(
        ".mirrorlint.yaml",
        "rules:\n  placeholder:\n    params:\n      pattern: secret\n",
    )?;
    let run = checkout.check(&select)?;
    assert_eq!(run.status, Some(1), "{run:?}");
    Ok(())
}

#[test]
fn a_config_with_an_unknown_key_or_a_wrong_value_is_an_error() -> Outcome {
    let checkout = Checkout::new()?;
    let cases = [
        (
            "\nrulez: {}",
            ":2: unknown key `rulez`; did you mean `rules`?",
        ),
        (
            "rules:\n  mapping-sintax: off",
            ":2: no rule is called `mapping-sintax`; did you mean `mapping-syntax`?",
        ),
        ("rules:\n  mapping-syntax: warn", ":2: a severity is"),
        (
            "rules:\n  mapping-syntax:\n    level: error",
            ":3: unknown key `level`",
        ),
        ("exclude:\n- 'a['", ":2: "),
        ("external-images: ['(']", ":1: "),
        ("exclude: x", ":1: `exclude` is a list of texts"),
        (
            "paths: [{rules: {}}]",
            ":1: an entry of `paths` has `paths`",
        ),
        ("rules: {", ":1: "),
        ("rules: {}\nrules: {}", ":2: "),
        (
            "rules:\n  placeholder:\n    params:\n      patern: x",
            ":4: parameter `patern` of rule `placeholder`",
        ),
        (
            "rules:\n  placeholder:\n    params:\n      pattern: '('",
            ":4: parameter `pattern`",
        ),
    ];
    for (text, expected) in cases {
        checkout.write(".mirrorlint.yaml", text)?;
        let run = checkout.check(&[])?;
        assert_eq!(run.status, Some(2), "{text}: {run:?}");
        let expected = format!(".mirrorlint.yaml{expected}");
        assert!(run.stderr.contains(&expected), "{text}: {}", run.stderr);
    }
    Ok(())
}
