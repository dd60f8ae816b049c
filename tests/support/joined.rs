//! Whether two checkouts are joined to the same.

use std::collections::BTreeMap;

use mirrorlint::checkout::Checkout;
use mirrorlint::engine;

use super::Outcome;
use super::builtin::PLAN;

/// Holds two checkouts against each other: what provides and names every image, and what every
/// rule finds.
pub fn assert_same(one: &Checkout, other: &Checkout) -> Outcome {
    let streams = |checkout: &Checkout| {
        let streams = checkout.images().streams();
        let owned = streams.map(|(namespace, name, stream)| {
            ((namespace.to_owned(), name.to_owned()), stream.clone())
        });
        owned.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(streams(one), streams(other));
    let named = |checkout: &Checkout| {
        let named = checkout.images().named();
        named
            .map(|(tag, named)| (tag.to_string(), format!("{named:?}")))
            .collect::<BTreeMap<_, _>>()
    };
    assert_eq!(named(one), named(other));
    let (one, other) = (engine::lint(one, &PLAN), engine::lint(other, &PLAN));
    assert_eq!(one.findings, other.findings);
    assert_eq!(one.held_back, other.held_back);
    Ok(())
}
