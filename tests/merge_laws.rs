//! The laws of a change, on generated repositories in which both sides may write the same files.

#[path = "properties/changes.rs"]
mod changes;
mod support;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use mirrorlint::checkout::Inputs;
use mirrorlint::finding::Class;
use mirrorlint::findings::Policy;
use mirrorlint::linter::{Divergence, Linter};
use mirrorlint::rules::Catalogue;
use mirrorlint::tree::Repository as Git;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use changes::{Files, changes};
use support::git::Repo;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

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
    let catalogue = Catalogue::builtin()?;
    let linter = Linter::new(catalogue, Policy::default(), Inputs::default(), |_| true)?;
    let git = Git::discover(repository.root())?;
    let merge = git.merge(base, head)?;
    let (result, onto) = (linter.load(&merge.result)?, linter.load(&merge.base)?);
    let (ancestor, alone) = (linter.load(&merge.ancestor)?, linter.load(&merge.head)?);
    let (filtered, _) = linter.review(&onto, &result, || {
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
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let seen = Seen::default();
    // Two dozen generated ones need not clash; these do.
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
    let told = seen.told.borrow();
    assert!(seen.clean.get() > 0, "no merge is clean");
    for class in ["introduced", "pre-existing"] {
        assert!(told.contains_key(class), "nothing is {class}: {told:?}");
    }
}

#[test]
fn hold_for_mapping_files() {
    hold_for(|| mapping_files().boxed());
}

#[test]
fn hold_for_files_that_refer_to_each_other() {
    hold_for(|| changes().boxed());
}
