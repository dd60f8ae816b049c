//! The laws of a change, on generated repositories in which both sides may write the same files.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::LazyLock;

use mirrorlint::checkout::Inputs;
use mirrorlint::finding::Class;
use mirrorlint::findings::Policy;
use mirrorlint::linter::{Divergence, Linter};
use mirrorlint::rules::Catalogue;
use mirrorlint::tree::Repository as Git;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use crate::support::changes::{Files, changes};
use crate::support::git::Repo;
use crate::support::{IS_HEAVY, property};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

static LINTER: LazyLock<Linter> = LazyLock::new(|| {
    let catalogue = Catalogue::builtin().expect("the rules are sound");
    Linter::new(catalogue, Policy::default(), Inputs::default(), |_| true)
        .expect("the rules are sound")
});

/// How often each fingerprint is found, by class.
type Counts = BTreeMap<(String, &'static str), usize>;

/// Up to three of a few mapping files: lines of a few sources and destinations, so that faults come,
/// go and meet, with blank lines on top.
fn mapping_files() -> impl Strategy<Value = Files> {
    let line = (0..3usize, 0..4usize)
        .prop_map(|(from, to)| format!("quay.io/acme/s{from}:1 quay.io/acme/d:{to}\n"));
    let file = (0..5usize, 0..3usize, prop::collection::vec(line, 0..4));
    let file = file.prop_map(|(file, blank, lines)| {
        let path = format!("core-services/image-mirroring/acme/mapping_acme_{file}");
        (path, ("\n".repeat(blank) + &lines.concat()).into_bytes())
    });
    prop::collection::vec(file, 0..4).prop_map(|files| files.into_iter().collect())
}

fn write(repository: &Repo, files: &Files) -> Result<()> {
    for (path, content) in files {
        repository.checkout.write(path, content)?;
    }
    Ok(())
}

/// How often each fingerprint is found in the merge of `head` into `base`, by class.
fn review(repository: &Repo, base: &str, head: &str) -> Result<(Counts, bool)> {
    let git = Git::discover(repository.root())?;
    let merge = git.merge(base, head)?;
    let (result, onto) = (LINTER.load(&merge.result)?, LINTER.load(&merge.base)?);
    let (ancestor, alone) = (LINTER.load(&merge.ancestor)?, LINTER.load(&merge.head)?);
    let (filtered, _) = LINTER.review(&onto, &result, || {
        Ok::<_, std::convert::Infallible>((!merge.is_head).then_some(Divergence {
            ancestor: &ancestor,
            head: &alone,
        }))
    })?;
    let mut counts = BTreeMap::new();
    for finding in filtered.found.all() {
        let class = finding.class.map_or("none", Class::as_str);
        *counts.entry((finding.fingerprint(), class)).or_default() += 1;
    }
    Ok((counts, merge.conflicts.is_empty()))
}

fn of_class<'c>(counts: &'c Counts, class: &str) -> Vec<(&'c String, usize)> {
    let of_class = counts.iter().filter(|((_, is), _)| *is == class);
    of_class
        .map(|((print, _), count)| (print, *count))
        .collect()
}

/// What the merges of a law were about, so that it does not hold for want of findings.
#[derive(Default)]
struct Seen {
    clean: Cell<usize>,
    told: RefCell<BTreeMap<&'static str, usize>>,
}

impl Seen {
    fn note(&self, counts: &Counts, is_clean: bool) {
        self.clean.set(self.clean.get() + usize::from(is_clean));
        for ((_, class), count) in counts {
            *self.told.borrow_mut().entry(class).or_default() += count;
        }
    }
}

fn laws(start: &Files, ours: &Files, theirs: &Files, seen: &Seen) -> Result<()> {
    let repository = Repo::new()?;
    write(&repository, start)?;
    repository.commit("Start")?;
    repository.branch("theirs")?;
    write(&repository, ours)?;
    repository.commit("Ours")?;
    repository.switch("theirs")?;
    write(&repository, theirs)?;
    repository.commit("Theirs")?;

    let (same, _) = review(&repository, "main", "main")?;
    for class in ["introduced", "conflict"] {
        assert_eq!(of_class(&same, class), [], "main into main");
    }
    let (one, is_clean) = review(&repository, "main", "theirs")?;
    let (other, _) = review(&repository, "theirs", "main")?;
    seen.note(&one, is_clean);
    if is_clean {
        assert_eq!(of_class(&one, "conflict"), of_class(&other, "conflict"));
    }

    // Text that moves takes its findings along.
    let moved = ours.iter().map(|(path, content)| {
        let content = [b"\n\n", content.as_slice()].concat();
        (path.clone(), content)
    });
    repository.switch("main")?;
    write(&repository, &moved.collect())?;
    repository.commit("Move text")?;
    let (after, _) = review(&repository, "main~", "main")?;
    for class in ["introduced", "conflict"] {
        assert_eq!(of_class(&after, class), [], "moved text");
    }
    Ok(())
}

/// Tries the laws on two sides that clash and on repositories of such files; these must merge
/// cleanly at times, and something must be found in them, old and new.
fn hold_for(files: impl Fn() -> BoxedStrategy<Files>) {
    let mut runner = TestRunner::new(property(24));
    let seen = Seen::default();
    // Generated ones need not clash; these do.
    let side = |name: &str| {
        let path = format!("core-services/image-mirroring/acme/mapping_acme_{name}");
        let line = format!("quay.io/acme/{name}:1 quay.io/acme/same:1\n");
        Files::from([(path, line.into_bytes())])
    };
    laws(&Files::new(), &side("ours"), &side("theirs"), &seen)
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(seen.told.borrow().contains_key("conflict"), "no clash");
    let held = runner.run(&(files(), files(), files()), |(start, ours, theirs)| {
        laws(&start, &ours, &theirs, &seen).map_err(|error| TestCaseError::fail(error.to_string()))
    });
    held.unwrap_or_else(|fault| panic!("{fault}"));
    if !IS_HEAVY {
        return; // A few cases need not be about everything.
    }
    let told = seen.told.borrow();
    assert!(seen.clean.get() > 0, "no merge is clean");
    for class in ["introduced", "pre-existing"] {
        assert!(told.contains_key(class), "nothing is {class}: {told:?}");
    }
}

#[test]
fn laws_hold_for_mapping_files() {
    hold_for(|| mapping_files().boxed());
}

#[test]
fn laws_hold_for_files_that_refer_to_each_other() {
    hold_for(|| changes().boxed());
}

/// What one side of a generated merge does to the mapping files.
#[derive(Clone, Debug)]
struct Side(Vec<(u8, u8, u8)>);

impl Side {
    /// Each step writes one of three files of this side with a source and a destination.
    fn apply(&self, repo: &Repo, name: &str) -> Result<()> {
        for (file, source, destination) in &self.0 {
            repo.checkout.write(
                format!("core-services/image-mirroring/acme/mapping_acme_{name}_{file}"),
                format!("quay.io/acme-builds/s:{source} quay.io/acme/d:{destination}\n"),
            )?;
        }
        repo.commit(name)?;
        Ok(())
    }
}

fn side() -> impl Strategy<Value = Side> {
    prop::collection::vec((0..3_u8, 0..3_u8, 0..4_u8), 0..4).prop_map(Side)
}

/// Rule and message of each conflict, at all of its ends, less the words that name the base's side.
fn conflicts(repo: &Repo, base: &str, head: &str) -> Result<Vec<String>> {
    let run = repo.check(&[
        "--base",
        base,
        "--head",
        head,
        "--severity",
        "hint",
        "--all",
    ])?;
    let mut found: Vec<String> = run
        .stdout
        .lines()
        .filter(|line| line.ends_with("(conflict)"))
        .map(|line| line.split("; neither").next().unwrap_or(line).to_owned())
        .collect();
    found.sort();
    Ok(found)
}

proptest! {
    #![proptest_config(property(12))]

    /// The same laws as a user sees them.
    #[test]
    fn laws_hold_on_the_command_line(ours in side(), theirs in side()) {
        let held = || -> Result<()> {
            let repo = Repo::new()?;
            repo.branch("theirs")?;
            ours.apply(&repo, "ours")?;
            repo.switch("theirs")?;
            theirs.apply(&repo, "theirs")?;
            // Merging a branch into itself brings nothing.
            for branch in ["main", "theirs"] {
                let run = repo.check(&["--base", branch, "--head", branch, "--severity", "hint"])?;
                assert!(run.findings().is_empty(), "{branch} into itself: {run:?}");
            }
            // Which side is called base does not matter to a conflict.
            assert_eq!(
                conflicts(&repo, "main", "theirs")?,
                conflicts(&repo, "theirs", "main")?
            );
            // Moved lines are the same findings.
            repo.branch("moved")?;
            repo.switch("moved")?;
            for (file, ..) in &theirs.0 {
                let path = format!("core-services/image-mirroring/acme/mapping_acme_theirs_{file}");
                let text = std::fs::read_to_string(repo.root().join(&path))?;
                repo.checkout.write(&path, format!("# moved\n\n{}", text.trim_start_matches("# moved\n\n")))?;
            }
            repo.commit("move")?;
            let run = repo.check(&["--base", "theirs", "--head", "moved", "--severity", "hint"])?;
            assert!(run.findings().is_empty(), "moved lines: {run:?}");
            Ok(())
        };
        held().map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}
