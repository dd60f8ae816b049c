//! A line of YAML and what stands around it, read without a parser.

use std::collections::BTreeMap;

use super::super::{FilePosition, is_on};
use crate::syntax::span::Span;

/// A line of block YAML, `key: value` with perhaps dashes before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct YamlLine<'t> {
    /// The column of the key.
    indent: usize,
    /// Whether a dash stands before the key: the first line of an item.
    is_item: bool,
    pub(super) key: &'t str,
    value: &'t str,
    /// Where the value starts in the line.
    value_at: usize,
}

impl<'t> YamlLine<'t> {
    /// None for blank lines, comments, and what has no key.
    pub(super) fn read(line: &'t str) -> Option<Self> {
        let line = line.trim_end_matches('\r');
        let mut rest = line.trim_start_matches(' ');
        let is_item = rest.starts_with("- ");
        while let Some(behind) = rest.strip_prefix("- ") {
            rest = behind.trim_start_matches(' ');
        }
        if rest.starts_with('#') {
            return None;
        }
        let (key, value) = rest.split_once(':')?;
        if !(value.is_empty() || value.starts_with(' ')) {
            return None;
        }
        let value = value.trim_start_matches(' ');
        Some(Self {
            indent: line.len() - rest.len(),
            is_item,
            key: key.trim(),
            value: value.split(" #").next().unwrap_or_default().trim_end(),
            value_at: line.len() - value.len(),
        })
    }

    /// The value without quotes.
    pub(super) fn plain(&self) -> &'t str {
        self.value.trim_matches(['"', '\''])
    }
}

/// The other keys of the mapping that the line of `cursor` is in, and the keys above it, the closest
/// first.
pub(super) fn surroundings<'t>(
    cursor: &FilePosition<'t>,
    own: &YamlLine<'t>,
) -> (BTreeMap<&'t str, &'t str>, Vec<&'t str>) {
    let line = cursor.line();
    let above = cursor.text[..line.start as usize].lines().rev();
    let below = cursor.text[line.end as usize..].lines().skip(1);
    let mut siblings = BTreeMap::new();
    let mut parents = Vec::new();
    // Behind the dash of an item, its mapping starts.
    let mut in_mapping = !own.is_item;
    let mut indent = own.indent;
    let mut was_item = own.is_item;
    for line in above.filter_map(YamlLine::read) {
        if in_mapping && line.indent == own.indent {
            siblings.insert(line.key, line.plain());
            in_mapping = !line.is_item;
            was_item |= line.is_item;
        } else if line.indent < indent {
            in_mapping = false;
            parents.push(line.key);
            indent = line.indent;
            was_item = line.is_item;
        } else if was_item && !line.is_item && line.indent + 2 == indent {
            // `key:` above a list that is not indented.
            parents.push(line.key);
            indent = line.indent;
            was_item = false;
        }
    }
    for line in below.filter_map(YamlLine::read) {
        if line.indent < own.indent || line.is_item && line.indent <= own.indent {
            break;
        }
        if line.indent == own.indent {
            siblings.insert(line.key, line.plain());
        }
    }
    (siblings, parents)
}

/// The word of the value that the cursor is in, without quotes.
pub(super) fn value_word(cursor: &FilePosition<'_>, line: &YamlLine<'_>) -> Option<Span> {
    let start = cursor.line().start as usize + line.value_at;
    if cursor.text[..start].ends_with(':') {
        return None; // A value stands behind a blank.
    }
    let quoted = line.value.len() - line.value.trim_start_matches(['"', '\'']).len();
    let word = Span::new(start + quoted, start + quoted + line.plain().len());
    is_on(word, cursor.offset()).then_some(word)
}
