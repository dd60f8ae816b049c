//! Config, suppression comments, baseline and fixes, as a user meets them.

use std::fs;

use crate::support::{Checkout, Outcome};

const SET: &str = "core-services/image-mirroring/acme";
const BAD: &str = "quay.io/acme/alone:1\n";

#[test]
fn a_baseline_is_silent_about_what_it_accepts_and_no_more() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(format!("{SET}/mapping_acme_bad"), BAD)?;
    let written = checkout.check(&["--write-baseline"])?;
    assert_eq!(written.status, Some(0), "{written:?}");
    assert!(
        written.stderr.contains("added    1 × mapping-syntax"),
        "{written:?}"
    );
    let quiet = checkout.check(&[])?;
    assert_eq!((quiet.status, quiet.findings().len()), (Some(0), 0));
    assert_eq!(checkout.report()?["summary"]["baselined"], 1);

    checkout.write(format!("{SET}/mapping_acme_worse"), BAD)?;
    let run = checkout.check(&[])?;
    assert_eq!(run.findings().len(), 1, "{run:?}");
    assert!(run.stdout.contains("mapping_acme_worse"), "{run:?}");

    fs::remove_file(checkout.root().join(format!("{SET}/mapping_acme_worse")))?;
    fs::remove_file(checkout.root().join(format!("{SET}/mapping_acme_bad")))?;
    let run = checkout.check(&[])?;
    assert!(
        run.stdout
            .starts_with(".mirrorlint-baseline.json:2:1: warning[stale-baseline]"),
        "{run:?}"
    );
    let renewed = checkout.check(&["--write-baseline"])?;
    assert!(
        renewed.stderr.contains("removed  1 × mapping-syntax"),
        "{renewed:?}"
    );
    assert!(checkout.check(&[])?.findings().is_empty());
    Ok(())
}

#[test]
fn the_config_grades_rules_by_path() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(format!("{SET}/mapping_acme_bad"), BAD)?;
    let status = |config: &str| -> Result<(Option<i32>, String), Box<dyn std::error::Error>> {
        checkout.write(".mirrorlint.yaml", config)?;
        let run = checkout.check(&[])?;
        Ok((run.status, run.stdout + &run.stderr))
    };
    assert_eq!(status("rules:\n  mapping-syntax: off\n")?.0, Some(0));
    let (warned, out) = status("rules:\n  mapping-syntax: warning\n")?;
    assert_eq!(warned, Some(0));
    assert!(out.contains("warning[mapping-syntax]"), "{out}");
    let by_path = format!("paths:\n- paths: [{SET}]\n  rules:\n    mapping-syntax: off\n");
    assert_eq!(status(&by_path)?.0, Some(0));
    assert_eq!(status(&by_path.replace("acme", "other"))?.0, Some(1));
    assert_eq!(
        status(&format!("exclude: [{SET}/mapping_acme_b*]\n"))?.0,
        Some(0)
    );
    Ok(())
}

#[test]
fn a_broken_config_says_where() -> Outcome {
    let checkout = Checkout::new()?;
    for (config, said) in [
        (
            "rules:\n  mapping-sintax: off\n",
            ".mirrorlint.yaml:2: no rule is called `mapping-sintax`; did you mean `mapping-syntax`?",
        ),
        (
            "\nrulez: {}\n",
            ".mirrorlint.yaml:2: unknown key `rulez`; did you mean `rules`?",
        ),
        ("exclude: ['a[']\n", ".mirrorlint.yaml:1:"),
        ("external-images: ['(']\n", ".mirrorlint.yaml:1:"),
        ("rules:\n  mapping-syntax: eror\n", ".mirrorlint.yaml:2:"),
        (
            "rules:\n  placeholder:\n    params:\n      patern: x\n",
            ".mirrorlint.yaml:4:",
        ),
        ("rules: [\n", ".mirrorlint.yaml:"),
    ] {
        checkout.write(".mirrorlint.yaml", config)?;
        let run = checkout.check(&[])?;
        assert_eq!(run.status, Some(2), "{config}");
        assert!(run.stderr.contains(said), "{config}: {}", run.stderr);
    }
    Ok(())
}

#[test]
fn the_config_to_start_from_is_sound_and_never_overwrites() -> Outcome {
    let checkout = Checkout::new()?;
    assert_eq!(checkout.check(&["--init"])?.status, Some(0));
    let run = checkout.check(&[])?;
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(checkout.check(&["--init"])?.status, Some(2));
    // Every example in it, uncommented, is sound too.
    let path = checkout.root().join(".mirrorlint.yaml");
    let starter = fs::read_to_string(&path)?;
    let is_prose = |line: &str| line.starts_with("# ") && !line.starts_with("#  ");
    let uncommented: String = starter
        .lines()
        .filter(|line| !is_prose(line))
        .map(|line| match line.strip_prefix('#') {
            Some(example) => format!("{example}\n"),
            None => format!("{}\n", line.trim_end_matches(['{', '}', '[', ']', ' '])),
        })
        .filter(|line| !line.contains("secretsync-index"))
        .collect();
    checkout.write(".mirrorlint.yaml", uncommented)?;
    let run = checkout.check(&[])?;
    assert_eq!(
        (run.status, run.stderr.as_str()),
        (Some(0), ""),
        "{starter}"
    );
    Ok(())
}

#[test]
fn images_from_elsewhere_are_provided() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(
        format!("{SET}/mapping_acme_other"),
        "registry.ci.openshift.org/elsewhere/thing:1 quay.io/acme/thing:1\n",
    )?;
    assert!(
        checkout
            .check(&["--all"])?
            .stdout
            .contains("mapping-source-unprovided")
    );
    checkout.write(".mirrorlint.yaml", "external-images: ['^elsewhere/']\n")?;
    assert!(checkout.check(&["--all"])?.findings().is_empty());
    Ok(())
}

#[test]
fn fixes_change_what_they_say_and_are_done_after_one_run() -> Outcome {
    let checkout = Checkout::new()?;
    let path = format!("{SET}/mapping_acme_latest");
    let before = "# kept, as is\nregistry.svc.ci.openshift.org/acme/widget:latest  quay.io/acme/widget:latest  # why\nregistry.ci.openshift.org/acme/widget:latest quay.io/acme/w:1\nregistry.ci.openshift.org/acme/widget:latest quay.io/acme/w:2\n";
    checkout.write(&path, before)?;
    let patch = checkout.check(&["--diff"])?;
    assert!(
        patch
            .stdout
            .contains("-registry.svc.ci.openshift.org/acme/widget:latest  quay.io"),
        "{patch:?}"
    );
    assert_eq!(
        fs::read_to_string(checkout.root().join(&path))?,
        before,
        "--diff changes nothing"
    );
    let fixed = checkout.check(&["--fix"])?;
    assert_eq!(fixed.status, Some(0), "{fixed:?}");
    let after = fs::read_to_string(checkout.root().join(&path))?;
    assert_eq!(after, before.replace("registry.svc.ci", "registry.ci"));
    let again = checkout.check(&["--fix"])?;
    assert!(again.stderr.contains("0 fixes in 0 files"), "{again:?}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn fixes_keep_modes_and_do_not_follow_links() -> Outcome {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let checkout = Checkout::new()?;
    let bad = "quay.io/openshift/ci:acme_widget_latest quay.io/acme/w:1 quay.io/acme/w:1\n";
    let path = checkout.write(format!("{SET}/mapping_acme_mode"), bad)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    let target = checkout.write("hack/shared_mapping", bad.replace("/w:", "/x:"))?;
    symlink(
        "../../../hack/shared_mapping",
        checkout.root().join(format!("{SET}/mapping_acme_link")),
    )?;
    let run = checkout.check(&["--fix"])?;
    assert!(run.stderr.contains("symbolic link"), "{run:?}");
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o755);
    assert!(!fs::read_to_string(&path)?.contains("w:1 quay"));
    assert!(fs::read_to_string(target)?.contains("x:1 quay"));
    crate::support::assert_no_leftovers(checkout.root())
}
