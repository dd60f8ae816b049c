//! Properties of everything that is found in a checkout, on generated ones.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fs;

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine;
use mirrorlint::finding::{Finding, Place, Severity};
use mirrorlint::findings::{Comments, Policy};
use mirrorlint::report::{Comment, Format, Report, RuleText, Style, Subject, Summary, Texts};
use mirrorlint::tree::{MemoryTree, RepoPath, Tree, WorkTree};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::builtin::{CATALOGUE, CONVENTIONS, PLAN};
use crate::support::changes::Files;
use crate::support::checkouts::checkouts;
use crate::support::{IS_HEAVY, property};

/// A checkout, and all that any rule finds in it.
struct Linted {
    checkout: Checkout,
    findings: Vec<Finding>,
}

fn lint(tree: &dyn Tree) -> Linted {
    let checkout = Checkout::load(tree, &CONVENTIONS, &Inputs::default());
    let checkout = checkout.expect("the tree can be read");
    let found = engine::lint(&checkout, &PLAN);
    let found = Policy::default()
        .apply(&mut Comments::of(&checkout), &PLAN, found)
        .found;
    let findings = found.all().cloned().collect();
    Linted { checkout, findings }
}

impl Texts for Linted {
    fn text(&self, path: &RepoPath) -> Option<&str> {
        self.checkout.text(path)
    }
}

impl Linted {
    /// Whether the place lies in its file, on character boundaries. What could not be read has no
    /// text, and no parts.
    fn has(&self, place: &Place) -> bool {
        let text = self.text(&place.path).unwrap_or_default();
        text.get(place.span.range()).is_some()
    }

    /// The report in every format.
    fn reports(&self) -> Vec<(&'static str, Vec<u8>)> {
        let rules: Vec<RuleText> = CATALOGUE
            .rules()
            .map(|rule| RuleText {
                id: rule.id().to_owned(),
                title: rule.page.title.clone(),
                severity: rule.front_matter.severity,
                help_markdown: rule.page.body.clone(),
                page: rule.address(),
            })
            .collect();
        let count = |severity| {
            self.findings
                .iter()
                .filter(|f| f.severity == severity)
                .count()
        };
        let report = Report {
            findings: &self.findings,
            rules: &rules,
            summary: Summary {
                files: self.checkout.files().len(),
                errors: count(Severity::Error),
                warnings: count(Severity::Warning),
                hints: count(Severity::Hint),
                ..Summary::default()
            },
            subject: Subject::default(),
            fails_from: Some(Severity::Error),
            statistics: None,
            online: None,
            offers: mirrorlint::report::Offers::default(),
            comment: Comment::default(),
            texts: self,
        };
        let style = Style {
            color: true,
            width: 100,
        };
        let written = Format::ALL.iter().map(|(name, format)| {
            let mut bytes = Vec::new();
            let done = report.write(*format, style, &mut bytes);
            done.expect("memory can be written");
            (*name, bytes)
        });
        written.collect()
    }
}

fn in_memory(files: &Files) -> MemoryTree {
    let mut tree = MemoryTree::default();
    for (path, content) in files {
        tree.insert(path, content.clone());
    }
    tree
}

/// What the cases of a property were about, so that none holds for want of findings.
#[derive(Default)]
struct Seen {
    cases: Cell<usize>,
    with_findings: Cell<usize>,
    rules: RefCell<BTreeSet<String>>,
}

impl Seen {
    fn note(&self, findings: &[Finding]) {
        self.cases.set(self.cases.get() + 1);
        // The standing example alone gives none.
        if !findings.is_empty() {
            self.with_findings.set(self.with_findings.get() + 1);
        }
        let rules = findings.iter().map(|finding| finding.rule.clone());
        self.rules.borrow_mut().extend(rules);
    }

    fn is_telling(&self, least_rules: usize) {
        let (cases, with_findings) = (self.cases.get(), self.with_findings.get());
        assert!(with_findings > 0, "nothing is found in {cases} cases");
        if !IS_HEAVY {
            return; // Of a few cases more may be silent by chance.
        }
        assert!(
            with_findings * 10 >= cases * 9,
            "{with_findings} of {cases} cases"
        );
        let rules = self.rules.borrow();
        assert!(
            rules.len() >= least_rules,
            "{} rules: {rules:?}",
            rules.len()
        );
    }
}

#[test]
fn every_place_lies_in_its_file() {
    let seen = Seen::default();
    let mut runner = TestRunner::new(property(400));
    let held = runner.run(&checkouts(), |files| {
        let linted = lint(&in_memory(&files));
        seen.note(&linted.findings);
        for finding in &linted.findings {
            prop_assert!(linted.has(&finding.place), "{finding:#?}");
            for related in &finding.related {
                prop_assert!(linted.has(&related.place), "{finding:#?}");
            }
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                prop_assert!(linted.has(&edit.place), "{finding:#?}");
                prop_assert!(files.contains_key(edit.place.path.as_str()), "{finding:#?}");
            }
        }
        Ok(())
    });
    held.unwrap_or_else(|fault| panic!("{fault}"));
    seen.is_telling(40);
}

#[test]
fn order_of_files_and_number_of_threads_change_no_report() {
    let seen = Seen::default();
    let pools = [1, 2, 8].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        (threads, pool.expect("threads can be started"))
    });
    let orders = checkouts().prop_flat_map(|files| {
        let paths: Vec<String> = files.keys().cloned().collect();
        (Just(files), Just(paths).prop_shuffle())
    });
    let mut runner = TestRunner::new(property(40));
    let held = runner.run(&orders, |(files, paths)| {
        let expected = lint(&in_memory(&files));
        seen.note(&expected.findings);
        let expected = expected.reports();
        // A folder lists its files in the order of their coming, or in one of the file system's own.
        let folder = tempfile::tempdir()?;
        for path in &paths {
            let at = folder.path().join(path);
            fs::create_dir_all(at.parent().unwrap_or(folder.path()))?;
            fs::write(at, &files[path])?;
        }
        let on_disk = WorkTree::open(folder.path())?;
        for (threads, pool) in &pools {
            let reports = pool.install(|| lint(&on_disk).reports());
            for ((format, expected), (_, report)) in expected.iter().zip(&reports) {
                prop_assert!(expected == report, "{format} with {threads} threads");
            }
        }
        Ok(())
    });
    held.unwrap_or_else(|fault| panic!("{fault}"));
    seen.is_telling(20);
}

/// All at one place, so that nothing but the message tells them apart.
#[test]
fn findings_beyond_the_limit_are_the_same_ones_every_time() {
    let mut text = String::from(
        "base_images:\n  base: &base\n    namespace: nowhere\n    name: gone\n    tag: latest\n",
    );
    for number in 0..1500 {
        text.push_str(&format!(
            "  k{number}:\n    <<: *base\n    tag: t{number}\n"
        ));
    }
    let path = "ci-operator/config/acme/many/acme-many-main.yaml".to_owned();
    let tree = in_memory(&[(path, text.into_bytes())].into_iter().collect());
    let first = lint(&tree).findings;
    assert!(
        first
            .iter()
            .any(|finding| finding.message.contains("more findings"))
    );
    for _ in 0..3 {
        assert_eq!(lint(&tree).findings, first);
    }
}
