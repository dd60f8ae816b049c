//! Edits of YAML that fixes are made of.

use crate::finding::{Edit, Fix, Place};
use crate::model::File;
use crate::syntax::span::Span;
use crate::syntax::yaml::{self, Arena, Limits, Node};

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

/// The lines of `text`, each with so many more blanks before it; an empty line stays empty.
pub(super) fn indented(text: &str, blanks: usize) -> String {
    let blanks = " ".repeat(blanks);
    let lines = text.split_inclusive('\n').map(|line| {
        let is_empty = line.trim_end_matches(['\r', '\n']).is_empty();
        if is_empty {
            line.to_owned()
        } else {
            format!("{blanks}{line}")
        }
    });
    lines.collect()
}

/// The fix, if it has one edit and the document that this leaves has what it `wants`.
pub(super) fn rewritten(
    file: &File,
    fix: Fix,
    wants: impl Fn(&Node<'_>) -> Option<()>,
) -> Option<Fix> {
    let [Edit { place, text }] = fix.edits.as_slice() else {
        return None;
    };
    let before = file.text.get(..place.span.start as usize)?;
    let after = file.text.get(place.span.end as usize..)?;
    let whole = format!("{before}{text}{after}");
    let arena = Arena::new();
    let parsed = yaml::parse(&whole, &Limits::default(), &arena);
    let is_sound = parsed.faults.is_empty() && wants(parsed.documents.first()?).is_some();
    is_sound.then_some(fix)
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
    let arena = Arena::new();
    let parsed = yaml::parse(&own, &Limits::default(), &arena);
    parsed.documents.first()?.as_mapping()?;
    Some(indent)
}
