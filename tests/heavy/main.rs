//! What takes long: checkouts that are too much of something, and the properties with all their
//! cases, of which `cargo test` tries some. `.ci/run` runs it; by hand it is
//! `cargo test --test heavy`.

#[path = "../suite/hostile.rs"]
mod hostile;
#[path = "../suite/merge_laws.rs"]
mod merge_laws;
#[path = "../suite/new_names.rs"]
mod new_names;
#[path = "../suite/properties.rs"]
mod properties;
#[path = "../support/mod.rs"]
mod support;
#[path = "../suite/update.rs"]
mod update;
