//! A property of `mirrorlint new`: whatever the names are, what it would write brings no finding.

use std::cell::Cell;

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::finding::{Finding, Severity};
use mirrorlint::findings::Policy;
use mirrorlint::linter::Linter;
use mirrorlint::scaffold::{
    Mapping, MirrorSet, Proposal, RegistryAccess, Request, SupplementalImage, propose,
};
use mirrorlint::tree::{MemoryTree, Overlay};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use crate::support::builtin::CATALOGUE;
use crate::support::checkouts::example;
use crate::support::property;

/// Names that are no text to YAML, or odd in another way, and any others.
fn label() -> impl Strategy<Value = String> {
    let odd = [
        "1", "1e3", "0x1f", "null", "on", "y", "123", "0o7", "a--b", "true",
    ];
    prop_oneof![
        select(odd.to_vec()).prop_map(str::to_owned),
        "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?",
    ]
}

/// The name of an ImageStream.
fn stream() -> impl Strategy<Value = String> {
    let odd = ["1", "1e3", "null", "on", "4.20"];
    prop_oneof![
        select(odd.to_vec()).prop_map(str::to_owned),
        "[a-z0-9]{1,8}([.-][a-z0-9]{1,8}){0,2}",
    ]
}

fn login() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?", label()]
}

/// An image that the example provides, with the name that its stream has.
fn provided() -> impl Strategy<Value = (&'static str, &'static str)> {
    let images = [
        ("acme/widget:latest", "widget"),
        ("ci/boskos:latest", "boskos"),
        ("registry.ci.openshift.org/ci/boskos:latest", "boskos"),
        ("quay.io/openshift/ci:acme_widget_latest", "widget"),
    ];
    select(images.to_vec())
}

fn tag() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("latest".to_owned()),
        "[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,12}"
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let mirror_set = (label(), provided(), label(), tag(), login());
    let mirror_set =
        mirror_set.prop_map(|(name, (source, stream), organisation, tag, approver)| {
            Request::MirrorSet(MirrorSet {
                name: parsed(&name),
                sources: vec![parsed(source)],
                destinations: vec![parsed(&format!("quay.io/{organisation}/{stream}:{tag}"))],
                approvers: vec![parsed(&approver)],
                secret: None,
            })
        });
    let access = (label(), prop::collection::vec(label(), 0..3), login());
    let access = access.prop_map(|(namespace, mut groups, approver)| {
        groups.push("authenticated".to_owned());
        Request::RegistryAccess(RegistryAccess {
            namespace: parsed(&namespace),
            pull: groups.iter().map(|group| parsed(group)).collect(),
            approvers: vec![parsed(&approver), parsed("bob")],
        })
    });
    let image = (label(), stream(), tag());
    let image = image.prop_map(|(namespace, name, tag)| {
        Request::SupplementalImage(SupplementalImage {
            image: parsed(&format!("{namespace}/{name}:{tag}")),
            from: parsed(&format!("quay.io/acme/{name}:{tag}")),
        })
    });
    let mapping = (provided(), tag()).prop_map(|((source, stream), tag)| {
        Request::Mapping(Mapping {
            source: parsed(source),
            destination: parsed(&format!("quay.io/acme/{stream}:{tag}")),
            set: None,
            file: None,
        })
    });
    prop_oneof![3 => mirror_set, 2 => access, 2 => image, 1 => mapping]
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> T {
    let read = text.parse();
    read.unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What the files bring when they are read from a tree, less what nothing in a tree can settle.
fn found_on_disk(
    linter: &Linter,
    tree: &MemoryTree,
    base: &Checkout,
    proposal: &Proposal,
) -> Vec<Finding> {
    let mut overlay = Overlay::new(tree);
    for change in &proposal.changes {
        overlay.insert(&change.path, change.new.as_bytes());
    }
    let result = linter.load(&overlay).expect("memory can be read");
    let mut found = linter.brought(base, &result);
    found.retain(|finding| {
        let is_settled = proposal.settled_outside.contains(&&*finding.rule);
        !(is_settled && finding.severity == Severity::Hint)
    });
    found
}

#[test]
fn what_is_written_brings_no_finding_whatever_its_names() {
    let mut tree = MemoryTree::default();
    let config = "supplementalCIImages:\n  acme/alpha:1:\n    image: quay.io/acme/alpha:1\n";
    tree.insert(
        "core-services/image-mirroring/_config.yaml",
        config.as_bytes().to_vec(),
    );
    for (path, content) in example() {
        tree.insert(&path, content);
    }
    let catalogue = CATALOGUE.clone();
    let linter = Linter::new(catalogue, Policy::default(), Inputs::default(), |_| true);
    let linter = linter.expect("what is built in is sound");
    let base = linter.load(&tree).expect("memory can be read");
    let (tried, refused) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(property(400));
    let held = runner.run(&request(), |request| {
        tried.set(tried.get() + 1);
        let Ok(proposal) = propose(&base, &request) else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        let result = linter.changed(&base, &proposal.changes);
        let brought = linter.brought(&base, &result);
        if brought
            .iter()
            .any(|finding| finding.severity > Severity::Hint)
        {
            refused.set(refused.get() + 1);
            return Ok(());
        }
        let found = found_on_disk(&linter, &tree, &base, &proposal);
        prop_assert!(found.is_empty(), "{request:?} brings {found:#?}");
        // And asked for once more, it is there.
        let again = propose(&result, &request);
        let again = again.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again.changes, Vec::new());
        Ok(())
    });
    held.unwrap_or_else(|fault| panic!("{fault}"));
    let (tried, refused) = (tried.get(), refused.get());
    assert!(refused * 3 < tried, "{refused} of {tried} are refused");
}
