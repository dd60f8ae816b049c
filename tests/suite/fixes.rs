//! Fixes, applied to files.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

use crate::support::git::Repo;
use crate::support::{Checkout, Outcome};

const ACME: &str = "core-services/image-mirroring/acme/mapping_acme_";

const OLD: &str = "registry.svc.ci.openshift.org/ci/boskos:latest";
const NEW: &str = "registry.ci.openshift.org/ci/boskos:latest";

/// Text with two faults on one line, a comment, odd blanks, and what is right around it.
fn text(image: &str, separator: &str) -> String {
    let filler: String = (0..4)
        .map(|n| format!("{NEW}   quay.io/acme/filler:{n}  # keep\n"))
        .collect();
    format!(
        "# ä comment\r\n{filler}{image}{separator}quay.io/acme/widget:one\n\n{image} quay.io/acme/widget:two"
    )
}

#[test]
fn a_fix_changes_only_the_fault() -> Outcome {
    let checkout = Checkout::new()?;
    let path = checkout.write(format!("{ACME}old"), text(OLD, "\t"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;

    let run = checkout.check(&["--diff"])?;
    assert_eq!(
        fs::read_to_string(&path)?,
        text(OLD, "\t"),
        "--diff changes nothing"
    );
    let added: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with('+'))
        .collect();
    assert_eq!(added.len(), 3, "{}", run.stdout);
    assert_eq!(run.status, Some(0), "{run:?}");

    // The patch does what --fix does.
    let patched = Checkout::new()?;
    patched.write(format!("{ACME}old"), text(OLD, "\t"))?;
    let patch = git2::Diff::from_buffer(run.stdout.as_bytes())?;
    let git = git2::Repository::init(patched.root())?;
    git.apply(&patch, git2::ApplyLocation::WorkDir, None)?;
    assert_eq!(
        fs::read_to_string(patched.root().join(format!("{ACME}old")))?,
        text(NEW, " ")
    );

    let run = checkout.check(&["--fix"])?;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert_eq!(fs::read_to_string(&path)?, text(NEW, " "));
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o755);
    let written = fs::metadata(&path)?.modified()?;
    checkout.check(&["--fix"])?;
    assert_eq!(
        fs::metadata(&path)?.modified()?,
        written,
        "nothing is left to do"
    );
    assert_eq!(checkout.check(&["--diff"])?.stdout, "");
    crate::support::assert_no_leftovers(checkout.root())
}

#[test]
fn what_no_fix_removes_is_told() -> Outcome {
    let checkout = Checkout::new()?;
    checkout.write(format!("{ACME}bad"), "quay.io/a/alone:1\n")?;
    let run = checkout.check(&["--diff"])?;
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        run.stderr,
        "mirrorlint: 0 fixes in 0 files; 1 finding left; `mirrorlint check` lists what is left\n"
    );
    // Beside one that a fix removes: the report is of the checkout as it is then.
    checkout.write(format!("{ACME}old"), line_of(OLD, "old"))?;
    let run = checkout.check(&["--fix"])?;
    assert_eq!(run.status, Some(1), "{run:?}");
    assert_eq!(run.stderr, "mirrorlint: 1 fix in 1 file; 1 finding left\n");
    assert_eq!(run.stdout, checkout.check(&[])?.stdout);
    assert!(run.stdout.contains("error[mapping-syntax]"), "{run:?}");
    Ok(())
}

#[test]
fn a_fix_writes_nothing_outside_of_the_checkout() -> Outcome {
    let elsewhere = tempfile::TempDir::new()?;
    let target = elsewhere.path().join("mapping_acme_out");
    fs::write(&target, text(OLD, " "))?;
    let checkout = Checkout::new()?;
    let acme = checkout.root().join("core-services/image-mirroring/acme");
    symlink(&target, acme.join("mapping_acme_out"))?;
    symlink(
        elsewhere.path(),
        checkout.root().join("core-services/image-mirroring/gone"),
    )?;
    // A link that stays inside: the file that it leads to is fixed, the link stays a link.
    let inside = checkout.write(
        "core-services/image-mirroring/acme/mapping_acme_in",
        text(OLD, " "),
    )?;
    symlink("mapping_acme_in", acme.join("mapping_acme_link"))?;
    checkout.check(&["--fix"])?;
    assert_eq!(fs::read_to_string(&target)?, text(OLD, " "));
    assert_eq!(fs::read_to_string(&inside)?, text(NEW, " "));
    assert!(fs::symlink_metadata(acme.join("mapping_acme_link"))?.is_symlink());
    Ok(())
}

#[test]
fn accepted_findings_are_not_fixed() -> Outcome {
    let checkout = Checkout::new()?;
    let comment = "# mirrorlint: ignore[decommissioned-registry] kept";
    let kept = format!("{OLD} quay.io/acme/a:1 {comment}\n{NEW} quay.io/acme/b:1\n");
    let path = checkout.write(format!("{ACME}old"), &kept)?;
    checkout.check(&["--fix"])?;
    assert_eq!(fs::read_to_string(path)?, kept);
    Ok(())
}

#[test]
fn staged_files_are_fixed_where_disk_and_index_agree() -> Outcome {
    let repo = Repo::new()?;
    let map = |name: &str, text: &str| repo.checkout.write(format!("{ACME}{name}"), text);
    let read = |name: &str| fs::read_to_string(repo.root().join(format!("{ACME}{name}")));
    map("old", &line_of(OLD, "old"))?;
    repo.commit("An old fault")?;
    map("same", &line_of(OLD, "same"))?;
    map("other", &line_of(OLD, "other"))?;
    repo.stage()?;
    let changed = format!("# more\n{}", line_of(OLD, "other"));
    map("other", &changed)?;
    let run = repo.check(&["--staged", "--fix"])?;
    assert_eq!(read("same")?, line_of(NEW, "same"));
    assert_eq!(read("other")?, changed);
    assert_eq!(read("old")?, line_of(OLD, "old"), "nobody staged that");
    let add = format!("git add {ACME}same");
    assert!(run.stderr.contains(&add), "{run:?}");
    assert!(run.stderr.contains(&format!("{ACME}other")), "{run:?}");
    // What is staged is as it was, and still judged so.
    let run = repo.check(&["--staged", "--select", "decommissioned-registry"])?;
    assert_eq!(run.findings().len(), 2, "{run:?}");
    Ok(())
}

/// Fixes are written to files, so what is staged is as wrong as before.
#[test]
fn a_hook_that_fixes_stops_the_commit_until_the_fixes_are_staged() -> Outcome {
    let repo = Repo::new()?;
    let path = format!("{ACME}same");
    repo.checkout.write(&path, line_of(OLD, "same"))?;
    repo.stage()?;
    assert_eq!(repo.check(&["--staged", "--fix"])?.status, Some(1));
    repo.stage()?;
    assert_eq!(repo.check(&["--staged", "--fix"])?.status, Some(0));
    // Who wants no failure gets none.
    repo.checkout.write(&path, line_of(OLD, "same"))?;
    repo.stage()?;
    let lenient = repo.check(&["--staged", "--fix", "--fail-on", "never"])?;
    assert_eq!(lenient.status, Some(0));
    Ok(())
}

/// A line that leaves the tree one of today: the old registry is the exception.
fn line_of(image: &str, tag: &str) -> String {
    let today: String = (0..4)
        .map(|n| format!("{NEW} quay.io/acme/filler-{tag}:{n}\n"))
        .collect();
    format!("{today}{image} quay.io/acme/widget:{tag}\n")
}

#[test]
fn a_killed_run_leaves_old_or_new_files() -> Outcome {
    const FILES: usize = 80;
    const FIX: [&str; 3] = [
        "--fix",
        "--select",
        "decommissioned-registry,mapping-syntax",
    ];
    let old = text(OLD, "\t").repeat(10);
    let new = {
        let checkout = Checkout::new()?;
        let path = checkout.write(format!("{ACME}000"), &old)?;
        checkout.check(&FIX)?;
        fs::read_to_string(path)?
    };
    assert_ne!(old, new);
    let mut changed = Vec::new();
    // The run writes in the order of the paths; it is killed as soon as this many files are new.
    for seen in [1, 1, 2, 3, 5, 8, 13, 21, 34, 55] {
        let checkout = Checkout::new()?;
        let paths = (0..FILES)
            .map(|n| checkout.write(format!("{ACME}{n:03}"), &old))
            .collect::<Result<Vec<_>, _>>()?;
        let was = fs::metadata(&paths[seen - 1])?.ino();
        let mut run = Command::new(assert_cmd::cargo::cargo_bin!("mirrorlint"))
            .arg("check")
            .args(FIX)
            .arg(checkout.root())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        while fs::metadata(&paths[seen - 1])?.ino() == was {
            assert!(
                run.try_wait()?.is_none() || fs::metadata(&paths[seen - 1])?.ino() != was,
                "the run is over, and file {seen} is not written"
            );
        }
        run.kill()?;
        run.wait()?;
        let mut count = 0;
        for (n, path) in paths.iter().enumerate() {
            let text = fs::read_to_string(path)?;
            assert!(
                text == old || text == new,
                "file {n} is neither old nor new"
            );
            count += usize::from(text == new);
        }
        assert!(count >= seen, "{count} of {seen}");
        changed.push(count);
    }
    // On a busy machine some runs end before the kill; all of them cannot.
    let is_cut = changed.iter().any(|&count| count < FILES);
    assert!(is_cut, "no run was cut between files: {changed:?}");
    Ok(())
}

#[test]
fn an_unread_promotion_is_moved_on_demand_and_only_as_a_whole_target() -> Outcome {
    let config = |promotion: &str| {
        format!(
            "images:\n  items:\n  - from: src\n    to: gadget\n{promotion}zz_generated_metadata:\n  branch: main\n  org: acme\n  repo: gadget\n"
        )
    };
    let unread = config("promotion:\n  namespace: acme\n  tag: latest\n");
    let read = config("promotion:\n  to:\n  - namespace: acme\n    tag: latest\n");
    let partial = config("promotion:\n  disabled: true\n");
    for (before, arguments, after) in [
        (&unread, &["--fix"][..], &unread),
        (&unread, &["--fix", "--unsafe-fixes"], &read),
        (&partial, &["--fix", "--unsafe-fixes"], &partial),
    ] {
        let checkout = Checkout::new()?;
        let path = "ci-operator/config/acme/gadget/acme-gadget-main.yaml";
        let path = checkout.write(path, before)?;
        let run = checkout.check(arguments)?;
        assert_eq!(&fs::read_to_string(path)?, after, "{arguments:?}: {run:?}");
        let offers = run
            .stderr
            .contains("1 of them with a fix to look at (`--unsafe-fixes`)");
        let leaves_it = before == &unread && after == &unread;
        assert_eq!(offers, leaves_it, "{arguments:?}: {run:?}");
    }
    Ok(())
}
