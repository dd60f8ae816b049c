//! Text to spans. Knows files and notations, nothing of openshift/release.

pub mod dockerfile;
pub mod kubernetes_name;
pub mod likeness;
pub mod mapping;
pub mod object_name;
pub mod placeholders;
pub mod quantity;
pub mod reference;
pub mod schedule;
pub mod span;
pub mod template;
pub mod yaml;
