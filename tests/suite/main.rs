//! Everything that `cargo test` runs beside the unit tests, a module for each matter. What takes long
//! is left to `tests/heavy`.

#[path = "../support/mod.rs"]
mod support;

mod accepting;
mod access;
mod advice;
mod affected;
mod architecture;
mod bad_input;
mod causes;
mod cli;
mod copied_configs;
mod editing;
mod faults;
mod fixes;
mod formats;
mod fuzzing;
mod generated;
mod hostile;
mod image_command;
mod image_provider_removed;
mod images;
mod injected_faults;
mod known_lists;
mod lsp;
mod malformed_shapes;
mod markdown;
mod merge_laws;
mod new_command;
mod new_names;
mod old_faults;
mod one_cause;
#[cfg(feature = "online")]
mod online;
mod policy;
mod premerge;
mod properties;
mod readme;
mod replay;
mod replay_formats;
mod repositories;
mod rule_pages;
mod secretsync;
mod seed_examples;
mod unusual_images;
mod update;
mod walk;
mod wrapping;
