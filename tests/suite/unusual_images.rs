//! Images that are filled from outside, so that only the other files tell what there is.

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine::{self, Plan};
use mirrorlint::finding::Severity;
use mirrorlint::model::Conventions;
use mirrorlint::rules::Catalogue;
use mirrorlint::tree::MemoryTree;

use crate::support::Outcome;

/// ART's builders are told apart by their numbers, too: exchanged digits are a warning, a version that
/// nobody has a hint, the next one nothing.
#[test]
fn a_builder_of_a_version_that_nobody_has() -> Outcome {
    let using = |tag: &str| {
        format!(
            "build_root:\n  image_stream_tag:\n    name: builder\n    namespace: ocp\n    tag: {tag}\n"
        )
    };
    let config = |name: &str| format!("ci-operator/config/acme/{name}/acme-{name}-main.yaml");
    let conventions = Conventions::builtin()?;
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |rule| rule.id() == "image-reference-unprovided")?;
    let mut base = MemoryTree::default();
    for name in ["a", "b", "c"] {
        let common = using("rhel-9-golang-1.21-openshift-4.16");
        base.insert(&config(name), common.as_str());
    }
    for (tag, severity) in [
        ("rhel-9-golang-1.21-openshift-4.61", Some(Severity::Warning)),
        ("rhel-9-golang-1.22-openshift-4.61", Some(Severity::Warning)),
        ("rhel-9-golagn-1.21-openshift-4.16", Some(Severity::Warning)),
        ("rhel-9-golang-1.35-openshift-4.16", Some(Severity::Hint)),
        ("rhel-9-golang-1.22-openshift-4.17", None),
    ] {
        let mut result = base.clone();
        result.insert(&config("d"), using(tag).as_str());
        let checkout = Checkout::load(&result, &conventions, &Inputs::default())?;
        let found = engine::lint(&checkout, &plan);
        let severities: Vec<Severity> = found.all().map(|one| one.severity).collect();
        assert_eq!(severities, Vec::from_iter(severity), "{tag}");
    }
    Ok(())
}
