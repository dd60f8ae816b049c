//! A shortcut for the YAML that programs write and most people too: block collections, one-line
//! flow collections, scalars of all styles, comments, documents behind `---`.
//!
//! Nearly all files are of this kind, and reading them line by line takes a fraction of the time
//! that a parser for all of YAML needs. What is read here is what [`super::build`] would read, to
//! the byte; tests hold both against each other. Whatever is not fully understood, a fault or a
//! reached limit included, ends the attempt, so that every fault comes from the general parser.
//! Every byte is looked at a fixed number of times, so an attempt that fails costs little.

mod body;
mod flow;
mod lines;
mod scalar;

use foldhash::{HashSet, HashSetExt};

use super::build::{SMALL_MAPPING, kept};
use super::*;
use crate::limits::MAX_COMMENT_RUN;
use lines::Lines;

/// Bytes of a key. The general parser looks for the colon in as many characters.
const MAX_KEY: usize = 1_000;
/// The indentation asked of a scalar's second line where there must be none.
const ONE_LINE: usize = usize::MAX;

/// Reads all documents of `text`, or gives up.
#[must_use]
pub fn parse<'s>(text: &'s str, limits: &Limits, arena: &'s Arena) -> Option<Stream<'s>> {
    let mut scanner = Scanner {
        lines: Lines::new(text)?,
        arena,
        depth_left: limits.max_depth,
        nodes_left: limits.max_nodes,
        items: Vec::new(),
        entries: Vec::new(),
        body: String::new(),
    };
    let mut documents = Vec::new();
    loop {
        let marked = scanner.lines.skip_document_marker()?;
        if scanner.lines.indentation.is_none() {
            // Without a marker it is the end of a text that has no document at all.
            if marked {
                return None;
            }
            break;
        }
        documents.push(scanner.node(0)?);
        if scanner.lines.indentation.is_some() {
            return None;
        }
        if scanner.lines.is_at_end() {
            break;
        }
    }
    let comments = scanner.lines.comments;
    (comments.len() < MAX_COMMENT_RUN).then_some(Stream {
        documents,
        comments,
        faults: Vec::new(),
    })
}

/// Reads nodes. A method that reads one starts at its first byte and ends at the next line with
/// content. `least` is the least column at which lines belong to the node that is read: one more
/// than that of the block collection it stands in, and 0 for the root.
struct Scanner<'s> {
    lines: Lines<'s>,
    arena: &'s Arena,
    /// How many more collections may be inside each other.
    depth_left: usize,
    /// How many more nodes may be read.
    nodes_left: usize,
    /// The items of the sequences that are being read, and the entries of the mappings: each
    /// moves its own from the end to the arena when it is complete.
    items: Vec<Node<'s>>,
    entries: Vec<Entry<'s>>,
    /// Room for the text of a block scalar.
    body: String,
}

impl<'s> Scanner<'s> {
    /// A node at the start of a line or behind a dash, where a collection may start.
    fn node(&mut self, least: usize) -> Option<Node<'s>> {
        if self.lines.is_at_dash() {
            return self.sequence();
        }
        if matches!(self.lines.byte(), Some(b'|' | b'>' | b'[' | b'{')) {
            return self.value(least);
        }
        let (line, column) = (self.lines.start(), self.lines.column());
        let scalar = self.scalar(least)?;
        // A key stands on one line; elsewhere the colon is found to be out of place.
        if self.lines.is_at_colon() && self.lines.start() == line {
            self.mapping(column, scalar)
        } else {
            self.rest_of_scalar(scalar, least)
        }
    }

    /// A node behind the colon of its key, on the same line.
    fn value(&mut self, least: usize) -> Option<Node<'s>> {
        match self.lines.byte()? {
            b'|' | b'>' => self.block_scalar(least),
            b'[' | b'{' => {
                let node = self.flow_collection()?;
                self.lines.end_line()?;
                Some(node)
            }
            _ => {
                let scalar = self.scalar(least)?;
                self.rest_of_scalar(scalar, least)
            }
        }
    }

    /// The block mapping at `column` whose first key was read up to its colon.
    fn mapping(&mut self, column: usize, first: Node<'s>) -> Option<Node<'s>> {
        self.open()?;
        let start = first.span.start;
        let mut key = first;
        let outer = self.entries.len();
        loop {
            if !is_plain_key(&key) {
                return None;
            }
            let value = self.mapping_value(column)?;
            self.entries.push(Entry { key, value });
            match self.lines.indentation {
                Some(next) if next == column => key = self.scalar(ONE_LINE)?,
                Some(next) if next > column => return None,
                _ => break,
            }
            if !self.lines.is_at_colon() {
                return None;
            }
        }
        self.close();
        let entries = self.arena.alloc_slice_copy(&self.entries[outer..]);
        self.entries.truncate(outer);
        let end = entries.last()?.value.span.end;
        Some(Node {
            span: Span { start, end },
            value: Value::Mapping(without_duplicates(entries)?),
        })
    }

    /// What stands behind the colon, which is next, of a key at `column`.
    fn mapping_value(&mut self, column: usize) -> Option<Node<'s>> {
        self.lines.at += 1;
        let behind_colon = self.lines.at;
        if !self.lines.skip_to_line_end() {
            return self.value(column + 1);
        }
        self.lines.end_line()?;
        match self.lines.indentation {
            Some(next) if next > column => self.node(column + 1),
            Some(next) if next == column && self.lines.is_at_dash() => self.sequence(),
            _ => self.empty_value(behind_colon),
        }
    }

    /// The block sequence whose first dash is next.
    fn sequence(&mut self) -> Option<Node<'s>> {
        self.open()?;
        let start = self.lines.at;
        let column = self.lines.column();
        let outer = self.items.len();
        loop {
            self.lines.at += 1;
            let behind_dash = self.lines.at;
            let item = if !self.lines.skip_to_line_end() {
                self.node(column + 1)?
            } else {
                self.lines.end_line()?;
                match self.lines.indentation {
                    Some(next) if next > column => self.node(column + 1)?,
                    _ => self.empty_value(behind_dash)?,
                }
            };
            self.items.push(item);
            match self.lines.indentation {
                Some(next) if next == column && self.lines.is_at_dash() => {}
                Some(next) if next > column => return None,
                _ => break,
            }
        }
        self.close();
        let items = self.arena.alloc_slice_copy(&self.items[outer..]);
        self.items.truncate(outer);
        let end = items.last()?.span.end;
        Some(Node {
            span: Span::new(start, end as usize),
            value: Value::Sequence(items),
        })
    }

    /// A null at the byte offset `at`.
    fn empty_value(&mut self, at: usize) -> Option<Node<'s>> {
        self.scalar_node(Span::new(at, at), "", Style::Plain)
    }

    fn scalar_node(&mut self, span: Span, text: &'s str, style: Style) -> Option<Node<'s>> {
        self.count()?;
        Some(Node {
            span,
            value: Value::Scalar(Scalar {
                text,
                style,
                tagged: None,
            }),
        })
    }

    fn count(&mut self) -> Option<()> {
        self.nodes_left = self.nodes_left.checked_sub(1)?;
        Some(())
    }

    fn open(&mut self) -> Option<()> {
        self.depth_left = self.depth_left.checked_sub(1)?;
        self.count()
    }

    fn close(&mut self) {
        self.depth_left += 1;
    }
}

/// Whether the general parser takes a scalar before a colon for a key, and for no merge key.
fn is_plain_key(key: &Node<'_>) -> bool {
    key.span.len() <= MAX_KEY && key.as_scalar().is_some_and(|key| key.text != "<<")
}

/// The mapping of `entries`, unless a key is given twice. All keys are scalars.
fn without_duplicates<'s>(entries: &'s [Entry<'s>]) -> Option<Mapping<'s>> {
    let is_twice = if entries.len() <= SMALL_MAPPING {
        (entries.iter().enumerate()).any(|(count, entry)| {
            let earlier = &entries[..count];
            earlier
                .iter()
                .any(|earlier| key_text(earlier) == key_text(entry))
        })
    } else {
        let mut seen = HashSet::with_capacity(entries.len());
        !entries.iter().all(|entry| seen.insert(key_text(entry)))
    };
    (!is_twice).then_some(Mapping { entries })
}

fn key_text<'s>(entry: &Entry<'s>) -> &'s str {
    entry.key.as_scalar().map_or("", |key| key.text)
}

#[cfg(test)]
mod tests;
