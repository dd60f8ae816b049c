//! Mapping files. Their grammar is syntax; here they are only named as statements.

pub use crate::syntax::mapping::{
    Destination, Fault, FaultKind, Line, Mapping, MappingFile, Source,
};
