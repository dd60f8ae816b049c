//! Which fields a structure has, and of what shape: enough to say what a strict reader would
//! refuse, with places.

use crate::syntax::likeness::{Effort, closest, distance_within};
use crate::syntax::span::Span;
use crate::syntax::template::has_parameter;
use crate::syntax::yaml::{Kind, Node, Value};

/// What may stand at a place.
#[derive(Debug)]
pub(super) enum Schema {
    /// Anything: not looked into.
    Any,
    /// A string.
    Text,
    /// A string, or something else.
    TextOr(&'static Schema),
    /// A truth value.
    Bool,
    /// A whole number.
    Integer,
    /// A list.
    List(&'static Schema),
    /// A mapping with keys of the author's choice.
    Map(&'static Schema),
    /// A mapping with these keys.
    Object(&'static [Field]),
    /// The same for a reader that takes keys in any case, as Go's for JSON does.
    AnyCase(&'static [Field]),
    /// A text, or a number that is taken for its text.
    Scalar,
}

/// A key and what stands behind it.
pub(super) type Field = (&'static str, Schema);

/// A place that a strict reader refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The unknown key, or the value of the wrong shape.
    pub span: Span,
    /// Where it stands in the structure, such as `roleRef.namespace`.
    pub path: String,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// What is wrong with a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// No such field.
    Unknown {
        /// The field that is nearly called so.
        nearest: Option<&'static str>,
        /// The field beside it that has a field of this name.
        belongs_in: Option<&'static str>,
        /// Whether a field of this name is missing beside what it stands in.
        belongs_out: bool,
    },
    /// A value of another shape.
    Shape {
        /// What is wanted.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
}

/// Everything in `node` that `schema` refuses, in file order.
pub(super) fn check(node: &Node<'_>, schema: &Schema) -> Vec<Fault> {
    check_at(node, schema, "")
}

/// The same for a node that stands at `path` of a structure.
pub(super) fn check_at(node: &Node<'_>, schema: &Schema, path: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    visit(node, schema, &At::Start(path), &mut faults);
    faults
}

/// A place of a structure, which is written out for a fault only.
enum At<'a> {
    Start(&'a str),
    /// What the author calls so.
    Key(&'a At<'a>, &'a str),
    /// One of the fields of an object, and those that the object could have and has not.
    Field(&'a At<'a>, &'a str, &'a dyn Fn(&str) -> bool),
    Item(&'a At<'a>, usize),
}

impl At<'_> {
    fn path(&self) -> String {
        // The depth of the recursion is that of the schema.
        match self {
            Self::Start(path) => (*path).to_owned(),
            Self::Key(outer, key) | Self::Field(outer, key, _) => join(&outer.path(), key),
            Self::Item(outer, number) => format!("{}[{number}]", outer.path()),
        }
    }

    /// Whether a field of this name is missing beside this place.
    fn is_beside(&self, key: &str) -> bool {
        match self {
            Self::Field(_, _, lacks) => lacks(key),
            _ => false,
        }
    }
}

/// A value at `path` that has not the shape that `schema` wants.
pub(super) fn shape_fault(node: &Node<'_>, schema: &Schema, path: &str) -> Fault {
    Fault {
        span: node.span,
        path: path.to_owned(),
        kind: FaultKind::Shape {
            expected: schema.named(),
            found: shape_of(node),
        },
    }
}

fn visit(node: &Node<'_>, schema: &Schema, at: &At<'_>, faults: &mut Vec<Fault>) {
    // The depth of the recursion is that of the schema.
    match (schema, &node.value) {
        (Schema::Any, _) => {}
        (Schema::Text | Schema::TextOr(_), Value::Scalar(scalar))
            if scalar.kind() == Kind::String => {}
        (Schema::TextOr(other), Value::Mapping(_) | Value::Sequence(_)) => {
            visit(node, other, at, faults);
        }
        (Schema::Bool, Value::Scalar(scalar)) if matches!(scalar.kind(), Kind::Bool(_)) => {}
        (Schema::Integer, Value::Scalar(scalar)) if scalar.kind() == Kind::Integer => {}
        // A template's parameter stands for whatever it is given.
        (Schema::Text | Schema::Bool | Schema::Integer, Value::Scalar(scalar))
            if has_parameter(scalar.text) => {}
        (Schema::Scalar, Value::Scalar(_)) => {}
        (Schema::List(item), Value::Sequence(items)) => {
            for (number, node) in items.iter().enumerate() {
                visit(node, item, &At::Item(at, number), faults);
            }
        }
        (Schema::Map(value), Value::Mapping(_)) => {
            for entry in node.entries().filter(|entry| !entry.is_merge()) {
                let key = entry.key.as_str().unwrap_or_default();
                visit(&entry.value, value, &At::Key(at, key), faults);
            }
        }
        (Schema::Object(fields), Value::Mapping(_)) => {
            object(node, fields, str::eq, at, faults);
        }
        (Schema::AnyCase(fields), Value::Mapping(_)) => {
            object(node, fields, str::eq_ignore_ascii_case, at, faults);
        }
        // Readers take null for an absent value.
        _ if node.is_null() => {}
        _ => faults.push(shape_fault(node, schema, &at.path())),
    }
}

fn object(
    node: &Node<'_>,
    fields: &'static [Field],
    is_same: fn(&str, &str) -> bool,
    at: &At<'_>,
    faults: &mut Vec<Fault>,
) {
    let lacks = |key: &str| node.get(key).is_none() && fields.iter().any(|(name, _)| *name == key);
    for entry in node.entries().filter(|entry| !entry.is_merge()) {
        let key = entry.key.as_str().unwrap_or_default();
        let inner = At::Field(at, key, &lacks);
        let field = (fields.iter().find(|(name, _)| *name == key))
            .or_else(|| fields.iter().find(|(name, _)| is_same(name, key)));
        match field {
            Some((_, schema)) => visit(&entry.value, schema, &inner, faults),
            // Readers drop an unknown field that holds nothing.
            None if entry.value.is_null() && !key.is_empty() => {}
            None => faults.push(Fault {
                span: entry.key.span,
                path: inner.path(),
                kind: FaultKind::Unknown {
                    nearest: nearest(key, fields),
                    belongs_in: beside(key, fields),
                    belongs_out: at.is_beside(key),
                },
            }),
        }
    }
}

/// How many characters of a key stand in the paths of faults; there may be many below it.
const MAX_KEY: usize = 60;

/// `path.key`.
pub(super) fn join(path: &str, key: &str) -> String {
    let cut = key
        .char_indices()
        .nth(MAX_KEY)
        .map_or(key.len(), |(at, _)| at);
    let key = &key[..cut];
    match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    }
}

/// So many edits away, a key may be another one misspelled.
const MAX_EDITS: usize = 2;

fn nearest(key: &str, fields: &'static [Field]) -> Option<&'static str> {
    let key = key.to_lowercase();
    let lower: Vec<_> = fields
        .iter()
        .map(|(name, _)| (name.to_lowercase(), *name))
        .collect();
    let names = lower.iter().map(|(lower, name)| (&**lower, (lower, *name)));
    let (lower, name) = closest(&key, names, MAX_EDITS, &Effort::default())?;
    // Where half of a short name is other letters, nothing is alike.
    let limit = (name.len() / 2).checked_sub(1)?;
    distance_within(&key, lower, limit, &Effort::default()).map(|_| name)
}

fn beside(key: &str, fields: &'static [Field]) -> Option<&'static str> {
    fields.iter().find_map(|(name, schema)| match schema {
        Schema::Object(inner) | Schema::AnyCase(inner) => inner
            .iter()
            .any(|(field, _)| *field == key)
            .then_some(*name),
        _ => None,
    })
}

impl Schema {
    fn named(&self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Text | Self::TextOr(_) | Self::Scalar => "a string",
            Self::Bool => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::List(_) => "a list",
            Self::Map(_) | Self::Object(_) | Self::AnyCase(_) => "a mapping",
        }
    }
}

/// What a node is, in words.
pub(super) fn shape_of(node: &Node<'_>) -> &'static str {
    match &node.value {
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "a mapping",
        Value::Scalar(scalar) => match scalar.kind() {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a truth value",
            Kind::Integer | Kind::Float => "a number",
            Kind::String => "a string",
        },
    }
}
