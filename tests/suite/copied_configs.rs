//! Findings in configs that are generated from others.

use mirrorlint::checkout::{Checkout, Inputs};
use mirrorlint::engine::{self, Plan};
use mirrorlint::finding::Severity;
use mirrorlint::model::Conventions;
use mirrorlint::rules::Catalogue;
use mirrorlint::tree::MemoryTree;

const RULE: &str = "image-reference-unprovided";

/// Severities of what is told of a config for each organization, by the paths' order.
fn severities(texts: [(&str, &str); 2]) -> Result<Vec<Severity>, Box<dyn std::error::Error>> {
    let mut tree = MemoryTree::default();
    for (org, tag) in texts {
        let path = format!("ci-operator/config/{org}/oc/{org}-oc-main.yaml");
        let image = format!("{{namespace: acme, name: gone, tag: {tag}}}");
        tree.insert(
            &path,
            format!(
                "base_images:\n  base: {image}\ntests:\n- as: unit\n  commands: make\n  \
                 container:\n    from: base\n"
            ),
        );
    }
    let catalogue = Catalogue::builtin()?;
    let plan = Plan::new(&catalogue, |rule| rule.id() == RULE)?;
    let checkout = Checkout::load(&tree, &Conventions::builtin()?, &Inputs::default())?;
    let found = engine::lint(&checkout, &plan);
    Ok(found.all().map(|finding| finding.severity).collect())
}

#[test]
fn a_finding_that_a_copied_config_repeats_is_a_hint() -> Result<(), Box<dyn std::error::Error>> {
    let same = severities([("openshift", "a"), ("openshift-priv", "a")])?;
    let other = severities([("openshift", "a"), ("openshift-priv", "b")])?;
    let strangers = severities([("openshift", "a"), ("acme", "a")])?;
    assert_eq!(same, [Severity::Hint, Severity::Warning]); // `-` comes before `/`
    assert_eq!(other, [Severity::Warning, Severity::Warning]);
    assert_eq!(strangers, [Severity::Warning, Severity::Warning]);
    Ok(())
}
