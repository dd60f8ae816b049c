//! The laws of a change, on generated repositories in which both sides may write the same files.

mod support;

use std::collections::BTreeMap;

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine::Plan;
use mirrorlint::finding::Class;
use mirrorlint::model::{Conventions, ParsedFiles};
use mirrorlint::policy::Policy;
use mirrorlint::premerge::{self, Change, Divergence};
use mirrorlint::rules::Catalogue;
use mirrorlint::tree::Repository as Git;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use support::git::Repo;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// How often each fingerprint is found, by class.
type Counts = BTreeMap<(String, &'static str), usize>;

/// What a branch does to one of a few mapping files: lines of a few sources and destinations, so
/// that faults come, go and meet.
#[derive(Clone, Debug)]
struct Write {
    file: usize,
    /// Blank lines on top: moved text.
    moved: usize,
    lines: Vec<(usize, usize)>,
}

fn writes() -> impl Strategy<Value = Vec<Write>> {
    let one = (
        0..5usize,
        0..3usize,
        prop::collection::vec((0..3usize, 0..4usize), 0..4),
    )
        .prop_map(|(file, moved, lines)| Write { file, moved, lines });
    prop::collection::vec(one, 0..4)
}

fn apply(repository: &Repo, writes: &[Write]) -> Result<()> {
    for write in writes {
        let lines: String = write
            .lines
            .iter()
            .map(|(from, to)| format!("quay.io/acme/s{from}:1 quay.io/acme/d:{to}\n"))
            .collect();
        let text = "\n".repeat(write.moved) + &lines;
        let path = format!(
            "core-services/image-mirroring/acme/mapping_acme_{}",
            write.file
        );
        repository.checkout.write(path, text)?;
    }
    Ok(())
}

/// How often each fingerprint is found in the merge of `head` into `base`, by class.
fn review(repository: &Repo, base: &str, head: &str) -> Result<(Counts, bool)> {
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |_| true)?;
    let conventions = Conventions::builtin()?;
    let parsed = ParsedFiles::default();
    let inputs = Inputs::default();
    let load = |tree| Checkout::load_sharing(tree, &conventions, &inputs, &parsed);
    let git = Git::discover(repository.root())?;
    let merge = git.merge(base, head)?;
    let (result, onto) = (load(&merge.result)?, load(&merge.base)?);
    let (ancestor, alone) = (load(&merge.ancestor)?, load(&merge.head)?);
    let change = Change {
        base: &onto,
        result: &result,
    };
    let reviewed = premerge::review(&change, &plan, &Policy::default(), || {
        Ok::<_, std::convert::Infallible>((!merge.is_head).then_some(Divergence {
            ancestor: &ancestor,
            head: &alone,
        }))
    })?;
    let mut counts = BTreeMap::new();
    for finding in reviewed.judged.found.all() {
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

fn laws(start: &[Write], ours: &[Write], theirs: &[Write]) -> Result<()> {
    let repository = Repo::new()?;
    apply(&repository, start)?;
    repository.commit("Start")?;
    repository.branch("theirs")?;
    apply(&repository, ours)?;
    repository.commit("Ours")?;
    repository.switch("theirs")?;
    apply(&repository, theirs)?;
    repository.commit("Theirs")?;

    let (same, _) = review(&repository, "main", "main")?;
    for class in ["introduced", "conflict"] {
        assert_eq!(of_class(&same, class), [], "main into main");
    }
    let (one, is_clean) = review(&repository, "main", "theirs")?;
    let (other, _) = review(&repository, "theirs", "main")?;
    if is_clean {
        assert_eq!(of_class(&one, "conflict"), of_class(&other, "conflict"));
    }

    // Text that moves takes its findings along.
    let moved: Vec<Write> = ours
        .iter()
        .map(|write| Write {
            moved: write.moved + 2,
            ..write.clone()
        })
        .collect();
    repository.switch("main")?;
    apply(&repository, &moved)?;
    repository.commit("Move text")?;
    let (after, _) = review(&repository, "main~", "main")?;
    for class in ["introduced", "conflict"] {
        assert_eq!(of_class(&after, class), [], "moved text");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn hold(start in writes(), ours in writes(), theirs in writes()) {
        laws(&start, &ours, &theirs).map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}
