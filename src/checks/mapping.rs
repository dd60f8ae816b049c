//! Rules about mapping files and the sets that they lie in.

mod config_map;
pub(super) mod destination_name;
pub(super) mod destination_namespace;
pub(super) mod duplicate_destination;
pub(super) mod file_name;
pub(super) mod line;
pub(super) mod mirror_set;
pub(super) mod script_wildcard;
pub(super) mod selection;
pub(super) mod source_registry;
pub(super) mod source_stale;
pub(super) mod whole_set;
pub(super) mod wildcard_source;

use super::{Named, each_mapping_file, whole_checkout};

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    ("mapping-configmap-size", |params| {
        params.none(whole_checkout(config_map::size))
    }),
    ("mapping-key-conflict", |params| {
        params.none(whole_checkout(config_map::key_conflict))
    }),
    ("mapping-key-invalid", |params| {
        params.none(each_mapping_file(config_map::key_invalid))
    }),
];
