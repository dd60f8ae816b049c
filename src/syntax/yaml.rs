//! YAML with spans: every scalar, collection, comment and fault knows its bytes.
//!
//! `block` reads what nearly all files consist of; every other text is granit-parser's, which is
//! known to this module alone. What granit leaves open is settled in `build`: duplicate keys,
//! aliases (within a budget), the spans of collections and of empty values, and limits that
//! hold for hostile input (`docs/architecture.md#limits`).

mod block;
mod build;
mod fault;

use std::borrow::Cow;
use std::slice;

use super::span::Span;
use crate::limits::{MAX_EXPANDED_NODES, MAX_YAML_DEPTH, MAX_YAML_NODES};

pub use block::parse as parse_block;
pub use build::parse as parse_general;

/// Reads all documents of `text`: with [`parse_block`], or where that gives up [`parse_general`].
/// The nodes lie in `arena`. Takes time and memory linear in the length of `text` and in `limits`,
/// whatever the text.
#[must_use]
pub fn parse<'s>(text: &'s str, limits: &Limits, arena: &'s Arena) -> Stream<'s> {
    parse_block(text, limits, arena).unwrap_or_else(|| parse_general(text, limits, arena))
}

/// Where the nodes of texts lie, until it is dropped or reset: a text has thousands of them, which come
/// and go together.
pub type Arena = bumpalo::Bump;

/// How much a text may make us build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Collections inside each other.
    pub max_depth: usize,
    /// Nodes written in the text, over all its documents.
    pub max_nodes: usize,
    /// Nodes copied for aliases, over all documents of the text.
    pub max_expanded_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: MAX_YAML_DEPTH,
            max_nodes: MAX_YAML_NODES,
            max_expanded_nodes: MAX_EXPANDED_NODES,
        }
    }
}

/// What was read from one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream<'s> {
    /// The roots of all documents that were complete before a fault ended the reading. An empty
    /// document is a null scalar; a text without any document has none.
    pub documents: Vec<Node<'s>>,
    /// All comments, in order, up to the fault that ended the reading, if any.
    pub comments: Vec<Comment>,
    /// What is wrong, by place. Only [`FaultKind::DuplicateKey`] lets the reading go on.
    pub faults: Vec<Fault>,
}

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its `#` to the end of the line, without the line break.
    pub span: Span,
}

/// A value and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node<'s> {
    /// Scalars: the token with its quotes; a block scalar's body without its first indentation
    /// and its last line break; an empty value is empty and lies behind its colon or dash.
    /// Block collections: from the first key or dash to the end of the last value. Flow
    /// collections: with their brackets. Aliases: the `*name`, while the nodes below it keep the
    /// spans of what was copied. Anchors and tags are not covered.
    pub span: Span,
    /// The value.
    pub value: Value<'s>,
}

/// What a node holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'s> {
    /// A text, number, truth value or null.
    Scalar(Scalar<'s>),
    /// A list.
    Sequence(&'s [Node<'s>]),
    /// Keys and values.
    Mapping(Mapping<'s>),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes; the only style whose text decides about its [`Kind`].
    Plain,
    /// In `'`.
    SingleQuoted,
    /// In `"`.
    DoubleQuoted,
    /// A block behind `|`.
    Literal,
    /// A block behind `>`.
    Folded,
}

/// What a Go reader takes a scalar for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Empty, `~` or `null`.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites, in YAML 1.1's three spellings.
    Bool(bool),
    /// A number of at most 64 bits without a fraction.
    Integer,
    /// Any other number.
    Float,
    /// All else, dates included.
    String,
}

/// A value that is neither list nor mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar<'s> {
    /// The text behind quotes, escapes and folding; empty for an empty value.
    pub text: &'s str,
    /// How it is written.
    pub style: Style,
    /// The kind that an explicit tag asks for.
    tagged: Option<Kind>,
}

/// The entries of a mapping, as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mapping<'s> {
    /// In the order of the text, repeated keys and `<<` included.
    pub entries: &'s [Entry<'s>],
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'s> {
    /// The key, nearly always a scalar.
    pub key: Node<'s>,
    /// The value; a null scalar if there is none.
    pub value: Node<'s>,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Not YAML.
    Syntax,
    /// A key that its mapping has already.
    DuplicateKey {
        /// The first key of this text.
        first: Span,
    },
    /// More than [`Limits::max_depth`] collections inside each other.
    TooDeep,
    /// More than [`Limits::max_nodes`], or a hundred thousand comments in a row.
    TooManyNodes,
    /// More than [`Limits::max_expanded_nodes`], or an alias inside of what it stands for.
    AliasExpansion,
}

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which fault.
    pub kind: FaultKind,
    /// Where: the repeated key, the alias, or one character.
    pub span: Span,
    /// One sentence, without the place.
    pub message: String,
}

impl<'s> Node<'s> {
    /// The value of `key`, if this is a mapping that has it; see [`Mapping::get`].
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        Some(&self.entry(key)?.value)
    }

    /// The entry of `key`, if this is a mapping that has it; see [`Mapping::get`].
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry<'s>> {
        self.as_mapping()?.get(key)
    }

    /// The text of a scalar that is not null, whatever its kind.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        let scalar = self.as_scalar()?;
        (scalar.kind() != Kind::Null).then_some(scalar.text)
    }

    /// The scalar, if this is one.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&Scalar<'s>> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    /// The items, if this is a sequence.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Node<'s>]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            Value::Scalar(_) | Value::Mapping(_) => None,
        }
    }

    /// The mapping, if this is one.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&Mapping<'s>> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            Value::Scalar(_) | Value::Sequence(_) => None,
        }
    }

    /// Whether this is a null scalar.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.as_scalar()
            .is_some_and(|scalar| scalar.kind() == Kind::Null)
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.as_scalar()?.kind() {
            Kind::Bool(value) => Some(value),
            Kind::Null | Kind::Integer | Kind::Float | Kind::String => None,
        }
    }

    /// The items of a sequence; none for any other shape.
    pub fn items(&self) -> slice::Iter<'_, Node<'s>> {
        self.as_sequence().unwrap_or_default().iter()
    }

    /// The entries of a mapping as written, `<<` not followed; none for any other shape.
    pub fn entries(&self) -> slice::Iter<'_, Entry<'s>> {
        self.as_mapping()
            .map_or(&[][..], |mapping| mapping.entries)
            .iter()
    }
}

impl<'s> Mapping<'s> {
    /// The last entry of `key`, as Go's readers let a repeated key overwrite the earlier one; if
    /// there is none, what the merge keys (`<<`) bring in.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry<'s>> {
        let own = self.entries.iter().rev();
        let mut has_merge = false;
        for entry in own.clone() {
            if entry.key.as_scalar().is_some_and(|own| own.text == key) {
                return Some(entry);
            }
            has_merge |= entry.is_merge();
        }
        if !has_merge {
            return None;
        }
        own.filter(|entry| entry.is_merge())
            .find_map(|entry| match &entry.value.value {
                Value::Mapping(merged) => merged.get(key),
                Value::Sequence(merged) => merged.iter().find_map(|node| node.entry(key)),
                Value::Scalar(_) => None,
            })
    }
}

impl Entry<'_> {
    /// Whether the key is YAML 1.1's merge key, `<<` without quotes.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.key.as_scalar().is_some_and(|key| {
            key.style == Style::Plain && key.tagged.is_none() && key.text == "<<"
        })
    }
}

impl Scalar<'_> {
    /// What Go's YAML 1.1 readers make of it: gopkg.in/yaml.v2 v2.4.0, resolve.go, which
    /// sigs.k8s.io/yaml contains a copy of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match (self.tagged, self.style) {
            (Some(kind), _) => kind,
            (None, Style::Plain) => plain_kind(self.text),
            (None, _) => Kind::String,
        }
    }
}

/// The scalar that is read as `name`, which is made of letters, digits, `.`, `_` and `-`: in quotes where
/// it could be taken for a number or a boolean without.
#[must_use]
pub fn scalar_of(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !matches!(
            name.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "null"
        );
    if is_plain {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}

fn plain_kind(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Kind::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Kind::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF"
        | "-.inf" | "-.Inf" | "-.INF" => return Kind::Float,
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'.') if is_float(text) => Kind::Float,
        Some(b'0'..=b'9' | b'+' | b'-') => {
            let digits = if text.contains('_') {
                Cow::Owned(text.replace('_', ""))
            } else {
                Cow::Borrowed(text)
            };
            if is_integer(&digits) {
                Kind::Integer
            } else if is_float(&digits) {
                Kind::Float
            } else {
                Kind::String
            }
        }
        _ => Kind::String,
    }
}

/// As Go's `strconv.ParseInt(…, 0, 64)` and `ParseUint`: a leading `0` alone means octal.
fn is_integer(text: &str) -> bool {
    let (max, magnitude) = match text.as_bytes().first() {
        Some(b'-') => (1 << 63, &text[1..]),
        Some(b'+') => ((1 << 63) - 1, &text[1..]),
        _ => (u64::MAX, text),
    };
    let (radix, digits) = match magnitude.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &magnitude[2..]),
        [b'0', b'o' | b'O', ..] => (8, &magnitude[2..]),
        [b'0', b'b' | b'B', ..] => (2, &magnitude[2..]),
        [b'0', _, ..] => (8, &magnitude[1..]),
        _ => (10, magnitude),
    };
    digits.starts_with(|first: char| first.is_digit(radix))
        && u64::from_str_radix(digits, radix).is_ok_and(|value| value <= max)
}

fn is_float(text: &str) -> bool {
    let shape = |byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    text.bytes().all(shape) && text.parse().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests;
