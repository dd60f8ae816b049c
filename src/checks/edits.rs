//! Edits of YAML that fixes are made of.

use crate::finding::{Fix, Place};
use crate::model::File;
use crate::syntax::span::Span;
use crate::syntax::yaml::{self, Limits};

/// A safe fix that puts `key: value` before the first key of the block mapping at `mapping`;
/// nothing for a mapping in braces, one that does not start its own column, or a value that cannot
/// stand there as it is, such as a folder's odd name.
pub(super) fn add_key(file: &File, mapping: Span, key: &str, value: &str) -> Option<Fix> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let indent = indentation(file, mapping).filter(|_| value.chars().all(is_plain))?;
    Some(Fix::safe(
        format!("add `{key}: {value}`"),
        Place::new(
            &file.path,
            Span::new(mapping.start as usize, mapping.start as usize),
        ),
        format!("{key}: {value}\n{indent}"),
    ))
}

/// A safe fix that puts an item before the one at `item`, a block mapping behind a dash.
pub(super) fn add_item(
    file: &File,
    item: Span,
    title: &str,
    pairs: &[(&str, &str)],
) -> Option<Fix> {
    let indent = indentation(file, item)?;
    let dash = indent.strip_suffix("  ")?;
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    Some(Fix::safe(
        title,
        Place::new(
            &file.path,
            Span::new(item.start as usize, item.start as usize),
        ),
        format!("{}\n{dash}- ", pairs.join(&format!("\n{indent}"))),
    ))
}

/// The blanks that put a key under the first key of the block mapping at `mapping`; nothing where
/// there is none, but a text.
fn indentation(file: &File, mapping: Span) -> Option<String> {
    let text = &*file.text;
    let start = mapping.start as usize;
    if mapping.is_empty() || text.get(start..)?.starts_with(['{', '&', '*', '!']) {
        return None;
    }
    let line = text.get(..start)?.rsplit('\n').next()?;
    let is_own = line.chars().all(|c| c == ' ' || c == '-');
    let indent = is_own.then(|| " ".repeat(line.len()))?;
    let own = format!("{indent}{}", file.slice(mapping));
    let parsed = yaml::parse(&own, &Limits::default());
    parsed.documents.first()?.as_mapping()?;
    Some(indent)
}
