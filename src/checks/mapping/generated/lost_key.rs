//! Keys of generated files that a change takes away, and not what was generated from them.

use super::{AGAIN, Generated, abandoned};
use crate::checkout::Checkout;
use crate::checks::removed_line::removed_line;
use crate::checks::{Drafts, StillBroken};
use crate::finding::{Draft, Finding, Place, Severity};

/// `mapping-config`, of a change: a file stays that nothing writes any more.
pub(in crate::checks::mapping) fn lost(base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
    let (Some(before), Some(after)) = (Generated::of(base).0, Generated::of(result).0) else {
        return;
    };
    for (path, &key) in &before.by_path {
        let is_left = !after.by_path.contains_key(path) && result.file(path.as_str()).is_some();
        if !is_left || base.file(path.as_str()).is_none() {
            continue;
        }
        let name = before.name(key);
        let place = removed_line(base, result, &before.key(key));
        let place = place.unwrap_or_else(|| Place::whole_file(&after.file.path));
        let message = format!(
            "`{name}` is no key any more, and `{}` stays as it was",
            path.name()
        );
        let draft = Draft::new(place, path.as_str(), message)
            .severity(Severity::Warning)
            .help(format!(
                "its job goes on to mirror what no longer changes; delete the file too, or put the key back and {AGAIN}"
            ))
            .related(Place::whole_file(path), "written before")
            .explains(abandoned(path));
        drafts.push(draft);
    }
}

/// Whether the file is there still, and no key for it.
pub(in crate::checks::mapping) fn still_broken(finding: &Finding, _: &Checkout) -> StillBroken {
    let path = finding.entity.clone();
    Box::new(move |checkout| {
        let made = Generated::of(checkout).0;
        let has_key = made.is_some_and(|made| made.by_path.keys().any(|own| own.as_str() == path));
        !has_key && checkout.file(&path).is_some()
    })
}
