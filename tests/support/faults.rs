//! Faults to put into a checkout, one at a time: what contributors do wrong, and what must be said of it.
//!
//! A [`Kind`] finds a place for itself in any checkout by lines and simple patterns, never through the
//! parsers that are under test, and says which finding it expects, how bad and where. The same seed
//! gives the same fault.

mod access;
mod base_images;
mod builds;
mod ci_operator;
mod image_streams;
mod job_volumes;
mod jobs;
mod judge;
mod lines;
mod mapping;
mod mapping_files;
mod promotion;
mod rbac;
mod score;
mod secrets;
mod source;
mod subjects;
mod supplemental;
mod typing;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use fastrand::Rng;
use mirrorlint::finding::Severity;

pub use judge::Judge;
use judge::Seen;
pub use score::{Score, table};
pub use source::Source;

/// What a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Mapping,
    Jobs,
    Secrets,
    CiOperator,
    Access,
    ImageStreams,
    Supplemental,
}

impl fmt::Display for Family {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Mapping => "mapping files",
            Self::Jobs => "mirror jobs",
            Self::Secrets => "ci-secret-bootstrap",
            Self::CiOperator => "ci-operator",
            Self::Access => "access",
            Self::ImageStreams => "ImageStreams",
            Self::Supplemental => "supplemental images",
        })
    }
}

/// One way to get something wrong.
pub struct Kind {
    /// What is wrong, in a few words; no other kind is called so.
    pub name: &'static str,
    pub family: Family,
    /// The least severity that the finding must have.
    pub severity: Severity,
    /// The rules that may report it; none: any.
    pub rules: &'static [&'static str],
    inject: Inject,
}

type Inject = fn(&Source, &mut Rng) -> Option<Fault>;

/// An error of one of `rules`; of any where there are none.
const fn error(name: &'static str, rules: &'static [&'static str], inject: Inject) -> Kind {
    kind(name, Severity::Error, rules, inject)
}

/// A warning, or worse.
const fn warning(name: &'static str, rules: &'static [&'static str], inject: Inject) -> Kind {
    kind(name, Severity::Warning, rules, inject)
}

/// A hint, or worse.
const fn hint(name: &'static str, rules: &'static [&'static str], inject: Inject) -> Kind {
    kind(name, Severity::Hint, rules, inject)
}

const fn kind(
    name: &'static str,
    severity: Severity,
    rules: &'static [&'static str],
    inject: Inject,
) -> Kind {
    Kind {
        name,
        family: Family::Mapping,
        severity,
        rules,
        inject,
    }
}

/// A changed checkout, and where the change is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// New texts of files; none where a file is removed.
    pub edits: BTreeMap<String, Option<String>>,
    /// Where a finding may point. A place without lines is the whole file, or any below a folder.
    pub places: Vec<Place>,
}

/// Lines of a file, counted from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub path: String,
    pub lines: Option<RangeInclusive<usize>>,
}

impl Fault {
    /// Also right where the finding is anywhere in this file, or below this folder.
    fn or_in(mut self, path: impl Into<String>) -> Self {
        self.places.push(Place {
            path: path.into(),
            lines: None,
        });
        self
    }

    /// Both changes; the place is that of the first.
    fn and(mut self, more: Self) -> Self {
        self.edits.extend(more.edits);
        self
    }
}

impl Kind {
    /// The fault of this number in a checkout; none where it has no place for it.
    pub fn inject(&self, source: &Source, number: u64) -> Option<Fault> {
        // FNV-1a: a new kind moves no fault of another.
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        let seed = self.name.bytes().fold(0xcbf2_9ce4_8422_2325, hash);
        (self.inject)(source, &mut Rng::with_seed(seed.wrapping_add(number)))
    }

    /// Up to `count` faults that differ, with their numbers.
    pub fn faults(&self, source: &Source, count: usize) -> Vec<(u64, Fault)> {
        let mut faults: Vec<(u64, Fault)> = Vec::new();
        for number in 0..count as u64 * 3 {
            let Some(fault) = self.inject(source, number) else {
                break;
            };
            if faults.iter().all(|(_, other)| other.edits != fault.edits) {
                faults.push((number, fault));
            }
            if faults.len() == count {
                break;
            }
        }
        faults
    }
}

/// Every kind, by family.
pub fn kinds() -> Vec<Kind> {
    let families = [
        (Family::Mapping, mapping::kinds()),
        (Family::Mapping, mapping_files::kinds()),
        (Family::Jobs, jobs::kinds()),
        (Family::Jobs, job_volumes::kinds()),
        (Family::Secrets, secrets::kinds()),
        (Family::CiOperator, ci_operator::kinds()),
        (Family::CiOperator, base_images::kinds()),
        (Family::CiOperator, promotion::kinds()),
        (Family::Access, access::kinds()),
        (Family::Access, rbac::kinds()),
        (Family::Access, subjects::kinds()),
        (Family::ImageStreams, image_streams::kinds()),
        (Family::ImageStreams, builds::kinds()),
        (Family::Supplemental, supplemental::kinds()),
    ];
    let of = |(family, kinds): (Family, Vec<Kind>)| {
        kinds.into_iter().map(move |kind| Kind { family, ..kind })
    };
    families.into_iter().flat_map(of).collect()
}
