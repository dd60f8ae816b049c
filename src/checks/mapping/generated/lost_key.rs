//! Keys of generated files that a change takes away, and not what was generated from them.

use super::mapping_config::misread;
use super::{AGAIN, Generated, Made, abandoned};
use crate::checkout::Checkout;
use crate::checks::removed_line::removed_line;
use crate::checks::{Drafts, StillBroken, unparsed};
use crate::finding::{Draft, Finding, Place, Severity};

/// `mapping-config`, of a change: a file stays that nothing writes any more.
pub(in crate::checks::mapping) fn lost(base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
    let Some(before) = Generated::of(base).0 else {
        return;
    };
    let after = Generated::of(result).0;
    for (path, &key) in &before.by_path {
        let has_key = |made: &Made<'_>| made.by_path.contains_key(path);
        let is_there = |checkout: &Checkout| checkout.file(path.as_str()).is_some();
        if after.as_ref().is_some_and(has_key) || !is_there(base) || !is_there(result) {
            continue;
        }
        let name = before.name(key);
        // Where the whole config is gone, what it wrote is what is left to point at.
        let place = match result.file(before.file.path.as_str()) {
            Some(config) => removed_line(base, result, &before.key(key))
                .unwrap_or_else(|| Place::whole_file(&config.path)),
            None => Place::whole_file(path),
        };
        let message = format!(
            "`{name}` is no key any more, and `{}` is still there",
            path.name()
        );
        let draft = Draft::new(place, path.as_str(), message)
            .severity(Severity::Warning)
            .help(format!(
                "what is promoted anew to `{name}` is not mirrored any more; delete the file too, or put the \
                 key back and {AGAIN}"
            ))
            .related(Place::whole_file(path), "generated before")
            .explains(abandoned(path))
            .follows_from(misread(before.file))
            .follows_from(unparsed::topic(&before.file.path));
        drafts.push(match after {
            Some(_) => draft,
            None => draft.one_of_many(format!("{} is gone", before.file.path)),
        });
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
