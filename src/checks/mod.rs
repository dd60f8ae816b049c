//! Mechanisms: each a pure function of a checkout and a rule's parameters to findings.
//!
//! A mechanism holds no policy. Names, patterns, folders and exceptions are the parameters that a
//! rule page gives it, and one mechanism may serve several rules.

mod config_map;
mod decommissioned_registry;
mod destination_name;
mod destination_namespace;
mod duplicate_destination;
mod file_text;
mod mapping_file_name;
mod mapping_file_selection;
mod mapping_line;
mod mirror_set;
mod params;
mod placeholder;
mod source_registry;
mod supplemental_namespace;

use serde::de::DeserializeOwned;

use crate::checkout::Checkout;
use crate::finding::Draft;

/// A mechanism with its parameters, ready to run.
pub trait Check: Send + Sync {
    /// Adds what it finds in `checkout` to `drafts`.
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts);

    /// Whether [`Check::run_change`] looks at anything.
    fn compares(&self) -> bool {
        false
    }

    /// Adds what turning `base` into `result` breaks; places lie in `result`. Called only where
    /// there is a base, and only on checks that [`Check::compares`].
    fn run_change(&self, _base: &Checkout, _result: &Checkout, _drafts: &mut Drafts) {}
}

/// The findings of one check, as they come.
#[derive(Debug, Default)]
pub struct Drafts(Vec<Draft>);

impl Drafts {
    /// Adds a finding.
    pub fn push(&mut self, draft: Draft) {
        self.0.push(draft);
    }

    /// All of them.
    #[must_use]
    pub fn into_vec(self) -> Vec<Draft> {
        self.0
    }
}

/// A mechanism's name, and how it is made from a rule's `params`.
pub struct Mechanism {
    /// What a rule page's `check` names.
    pub name: &'static str,
    /// Reads the parameters; the error says what is wrong with them.
    pub prepare: fn(&serde_yaml::Value) -> Result<Box<dyn Check>, String>,
}

/// Every mechanism. A new one is a file in this folder and a line here.
pub static MECHANISMS: &[Mechanism] = &[
    of::<config_map::ConfigMap>("config-map"),
    of::<decommissioned_registry::DecommissionedRegistry>("decommissioned-registry"),
    of::<destination_name::DestinationName>("destination-name"),
    of::<destination_namespace::DestinationNamespace>("destination-namespace"),
    of::<duplicate_destination::DuplicateDestination>("duplicate-destination"),
    of::<file_text::FileText>("file-text"),
    of::<mapping_file_name::MappingFileName>("mapping-file-name"),
    of::<mapping_file_selection::MappingFileSelection>("mapping-file-selection"),
    of::<mapping_line::MappingLine>("mapping-line"),
    of::<mirror_set::MirrorSetParts>("mirror-set"),
    of::<placeholder::Placeholder>("placeholder"),
    of::<source_registry::SourceRegistry>("source-registry"),
    of::<supplemental_namespace::SupplementalNamespace>("supplemental-namespace"),
];

/// Mechanisms that are no check of a checkout: findings about what the user says of findings
/// (`policy`), and about a merge that git cannot make (`premerge`).
pub static BUILT_IN: &[&str] = &["baseline", "merge", "suppressions"];

/// The mechanism of this name.
#[must_use]
pub fn mechanism(name: &str) -> Option<&'static Mechanism> {
    MECHANISMS.iter().find(|mechanism| mechanism.name == name)
}

/// The mechanism whose parameters are the fields of `C`.
const fn of<C: Check + DeserializeOwned + 'static>(name: &'static str) -> Mechanism {
    Mechanism {
        name,
        prepare: |params| {
            let check: C = match params {
                serde_yaml::Value::Null => {
                    serde_yaml::from_value(serde_yaml::Value::Mapping(serde_yaml::Mapping::new()))
                }
                params => serde_yaml::from_value(params.clone()),
            }
            .map_err(|error| error.to_string())?;
            Ok(Box::new(check))
        },
    }
}
