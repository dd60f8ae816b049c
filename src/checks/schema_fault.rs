//! Words for what a strict reader refuses.

use crate::finding::{Draft, Fix, Place};
use crate::model::schema::{Fault, FaultKind};
use crate::tree::RepoPath;

/// A finding about `fault` in the file at `path`; `consequence` says what comes of it.
pub(super) fn draft(path: &RepoPath, fault: &Fault, consequence: &str) -> Draft {
    let place = Place::new(path, fault.span);
    let at = if fault.path.is_empty() {
        "the file"
    } else {
        &fault.path
    };
    match &fault.kind {
        FaultKind::Unknown {
            nearest,
            belongs_in,
            belongs_out,
        } => {
            let next = match (belongs_in, nearest) {
                (Some(outer), _) => format!("it belongs into `{outer}`"),
                _ if *belongs_out => "it belongs one level further out".to_owned(),
                (None, Some(nearest)) => format!("did you mean `{nearest}`?"),
                (None, None) => "remove it".to_owned(),
            };
            let meant = nearest.filter(|_| belongs_in.is_none() && !belongs_out);
            let meant = meant.and_then(|meant| Fix::alternative(place.clone(), meant));
            let draft = Draft::new(place, at, format!("there is no field `{at}`"))
                .help(format!("{consequence}; {next}"))
                .alternatives(meant);
            match belongs_in {
                // With it others of its kind are one level too far out.
                Some(outer) => {
                    let (parent, _) = fault.path.rsplit_once('.').unwrap_or_default();
                    draft.one_of_many(format!("fields for {parent}.{outer} of {path}"))
                }
                None => draft,
            }
        }
        FaultKind::Shape { expected, found } => {
            let at = if fault.path.is_empty() {
                at.to_owned()
            } else {
                format!("`{at}`")
            };
            let quotes =
                if *expected == "a string" && matches!(*found, "a number" | "a truth value") {
                    "; put it in quotes"
                } else {
                    ""
                };
            Draft::new(place, &at, format!("{at} is {found}, not {expected}"))
                .help(format!("{consequence}{quotes}"))
        }
    }
}
