//! From granit's events to nodes.

mod alias;
mod empty_value;

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag};

use super::fault::{first_char, indenting_tab, limit_fault, line_start, syntax_fault, tab_fault};
use super::*;
use crate::limits::MAX_COMMENT_RUN;
use crate::limits::MAX_DUPLICATE_KEYS;

use alias::Origin;

/// Mappings up to this size are searched for duplicate keys without a hash table.
pub(super) const SMALL_MAPPING: usize = 16;
/// Reads all documents of `text` with a parser for all of YAML. Takes time and memory linear in the length of `text` and in
/// `limits`, whatever the text.
#[must_use]
pub fn parse<'s>(text: &'s str, limits: &Limits, arena: &'s Arena) -> Stream<'s> {
    // One above ours, so that the fault is found here, where its place is known best.
    let nesting_limit = limits.max_depth.saturating_add(1);
    let options = granit_parser::options! {
        max_buffered_comment_events: MAX_COMMENT_RUN,
        flow_nesting_limit: nesting_limit,
        block_nesting_limit: nesting_limit,
    };
    let mut builder = Builder::new(text, *limits, arena);
    for read in Parser::new_from_str_with_options(text, options) {
        let outcome = match read {
            Ok((event, place)) => builder.take(event, &place),
            Err(error) => Err(syntax_fault(text, limits, &error)),
        };
        if let Err(fault) = outcome {
            builder.stream.faults.push(fault);
            break;
        }
    }
    let mut stream = builder.stream;
    // A mapping is checked at its end, after those inside it.
    stream.faults.sort_by_key(|fault| fault.span);
    stream
}

/// A collection that is being read.
struct Frame<'s> {
    /// Counts the collections of this document; [`Builder::origins`] says where it belongs.
    id: usize,
    /// Where it starts, if its first child does not decide that.
    start: Option<usize>,
    end: usize,
    /// Column of a block collection's first token; none for a flow collection.
    column: Option<usize>,
    content: Content<'s>,
}

enum Content<'s> {
    Sequence(Vec<Node<'s>>),
    /// The entries, and the key whose value is still to come.
    Mapping(Vec<Entry<'s>>, Option<Node<'s>>),
}

/// Builds nodes from granit's events with a stack of its own, so that depth costs no call stack.
struct Builder<'s> {
    text: &'s str,
    arena: &'s Arena,
    limits: Limits,
    has_tabs: bool,
    stream: Stream<'s>,
    stack: Vec<Frame<'s>>,
    root: Option<Node<'s>>,
    nodes: usize,
    expanded: usize,
    duplicates: usize,
    /// The origins of this document's collections, by [`Frame::id`].
    origins: Vec<Origin>,
    /// The origins of this document's anchored nodes. An anchored node is looked up when an alias
    /// asks for it: a copy for each anchor would cost the product of size and depth.
    anchors: HashMap<usize, Origin>,
}

impl<'s> Builder<'s> {
    fn new(text: &'s str, limits: Limits, arena: &'s Arena) -> Self {
        Self {
            text,
            arena,
            limits,
            has_tabs: memchr::memchr(b'\t', text.as_bytes()).is_some(),
            stream: Stream::default(),
            stack: Vec::new(),
            root: None,
            nodes: 0,
            expanded: 0,
            duplicates: 0,
            origins: Vec::new(),
            anchors: HashMap::new(),
        }
    }

    fn take(&mut self, event: Event<'s>, place: &granit_parser::Span) -> Result<(), Fault> {
        // Always there for a parser over a `str`.
        let range = place.byte_range().unwrap_or_default();
        let span = Span::new(range.start, range.end);
        match event {
            Event::Comment(..) => self.stream.comments.push(Comment { span }),
            Event::Scalar(text, style, anchor, tag) => {
                self.count(span)?;
                if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    self.check_indentation(span)?;
                }
                self.note_anchor(anchor);
                let node = self.scalar(text, style, anchor != 0, tag.as_deref(), span);
                self.attach(node);
            }
            Event::Alias(anchor) => {
                self.count(span)?;
                let node = self.copy_of(anchor, span)?;
                self.attach(node);
            }
            Event::SequenceStart(style, anchor, _) => {
                let column = (style == StructureStyle::Block).then(|| place.start.col());
                let start = match column {
                    Some(_) => self.first_dash(range.start),
                    None => range.start,
                };
                let content = Content::Sequence(Vec::new());
                self.open(span, Some(start), column, anchor, content)?;
            }
            Event::MappingStart(style, anchor, _) => {
                let column = (style == StructureStyle::Block).then(|| place.start.col());
                let start = column.is_none().then_some(range.start);
                let content = Content::Mapping(Vec::new(), None);
                self.open(span, start, column, anchor, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::DocumentEnd => {
                self.stream.documents.extend(self.root.take());
                self.origins.clear();
                self.anchors.clear();
            }
            _ => {}
        }
        Ok(())
    }

    /// Counts the node at `span`.
    fn count(&mut self, span: Span) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > self.limits.max_nodes {
            return Err(limit_fault(
                FaultKind::TooManyNodes,
                &self.limits,
                first_char(self.text, span.start as usize),
            ));
        }
        Ok(())
    }

    /// Refuses a tab before the token at `span`: granit takes some, where libyaml and Go's readers
    /// "found character that cannot start any token". In flow collections all take it.
    fn check_indentation(&self, span: Span) -> Result<(), Fault> {
        let in_flow = self.stack.last().is_some_and(|top| top.column.is_none());
        if !self.has_tabs || in_flow || span.is_empty() {
            return Ok(());
        }
        let line = line_start(self.text, span.start as usize);
        indenting_tab(self.text, line).map_or(Ok(()), |tab| Err(tab_fault(self.text, tab)))
    }

    fn open(
        &mut self,
        span: Span,
        start: Option<usize>,
        column: Option<usize>,
        anchor: usize,
        content: Content<'s>,
    ) -> Result<(), Fault> {
        self.count(span)?;
        if self.stack.len() >= self.limits.max_depth {
            let place = first_char(self.text, span.start as usize);
            return Err(limit_fault(FaultKind::TooDeep, &self.limits, place));
        }
        self.note_anchor(anchor);
        let id = self.origins.len();
        self.origins.push(self.next_origin());
        self.stack.push(Frame {
            id,
            start,
            end: start.unwrap_or(span.end as usize),
            column,
            content,
        });
        Ok(())
    }

    /// Ends the innermost collection; `end` is its closing bracket, or empty.
    fn close(&mut self, end: Span) {
        let Some(mut frame) = self.stack.pop() else {
            return;
        };
        if !end.is_empty() {
            frame.end = end.end as usize;
        }
        let value = match frame.content {
            Content::Sequence(items) => Value::Sequence(self.arena.alloc_slice_copy(&items)),
            Content::Mapping(entries, _) => {
                self.find_duplicates(&entries);
                let entries = self.arena.alloc_slice_copy(&entries);
                Value::Mapping(Mapping { entries })
            }
        };
        let span = Span::new(frame.start.unwrap_or(frame.end), frame.end);
        self.attach(Node { span, value });
    }

    /// Puts a complete node in its place.
    fn attach(&mut self, node: Node<'s>) {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.start.get_or_insert(node.span.start as usize);
        frame.end = frame.end.max(node.span.end as usize);
        match &mut frame.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping(entries, pending) => match pending.take() {
                Some(key) => entries.push(Entry { key, value: node }),
                None => *pending = Some(node),
            },
        }
    }

    fn scalar(
        &self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        anchored: bool,
        tag: Option<&Tag>,
        span: Span,
    ) -> Node<'s> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        let (text, span) = match style {
            // Granit calls an empty value `~`.
            Style::Plain if span.is_empty() => {
                let at = self.empty_value(span.start as usize, anchored || tag.is_some());
                (Cow::Borrowed(""), Span::new(at, at))
            }
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => (text, span),
            // Granit ends it at the next token, which other indentation or blank lines precede.
            Style::Literal | Style::Folded => {
                let is_empty = text.chars().all(|c| c.is_ascii_whitespace());
                let start = if is_empty { 0 } else { span.start as usize };
                let end = trimmed_end(self.text, start, span.end as usize);
                let start = if is_empty { end } else { start };
                (text, Span::new(start, end))
            }
        };
        let text = kept(text, self.arena);
        let tagged = tag.map(|tag| match tag.core_suffix() {
            Some("null") => Kind::Null,
            Some("int") => Kind::Integer,
            Some("float") => Kind::Float,
            Some("bool") => match plain_kind(text) {
                kind @ Kind::Bool(_) => kind,
                _ => Kind::String,
            },
            _ => Kind::String,
        });
        Node {
            span,
            value: Value::Scalar(Scalar {
                text,
                style,
                tagged,
            }),
        }
    }

    /// The first dash of a block sequence that granit found at `at`: there, but behind the dash if
    /// the sequence is not indented against its key, or against the `?` of one that it is itself.
    fn first_dash(&self, at: usize) -> usize {
        let Some(Frame {
            column: Some(dash),
            content: Content::Mapping(..),
            ..
        }) = self.stack.last()
        else {
            return at;
        };
        let line = line_start(self.text, at);
        let line_head = &self.text.as_bytes()[line..];
        let is_dash = line + dash < at
            && line_head[..*dash].iter().all(|&byte| byte == b' ')
            && line_head[*dash] == b'-';
        if is_dash { line + dash } else { at }
    }

    fn find_duplicates(&mut self, entries: &[Entry<'s>]) {
        let keys = entries.iter().filter(|entry| !entry.is_merge());
        let keys = keys.filter_map(|entry| Some((entry.key.as_scalar()?.text, entry.key.span)));
        if entries.len() <= SMALL_MAPPING {
            let mut seen = [("", Span::default()); SMALL_MAPPING];
            for (count, (key, span)) in keys.enumerate() {
                let earlier = seen[..count].iter().find(|(earlier, _)| *earlier == key);
                if let Some(&(_, first)) = earlier {
                    self.duplicate(key, span, first);
                }
                seen[count] = (key, span);
            }
        } else {
            let mut seen = HashMap::with_capacity(entries.len());
            for (key, span) in keys {
                let first = *seen.entry(key).or_insert(span);
                if first != span {
                    self.duplicate(key, span, first);
                }
            }
        }
    }

    fn duplicate(&mut self, key: &str, span: Span, first: Span) {
        self.duplicates += 1;
        if self.duplicates <= MAX_DUPLICATE_KEYS {
            let shown: String = key.chars().take(60).collect();
            let cut = if shown.len() < key.len() { "…" } else { "" };
            self.stream.faults.push(Fault {
                kind: FaultKind::DuplicateKey { first },
                span,
                message: format!("key `{shown}{cut}` is given twice"),
            });
        }
    }
}

/// The text, in `arena` if it is not one of the text that is read.
pub(super) fn kept<'s>(text: Cow<'s, str>, arena: &'s Arena) -> &'s str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => arena.alloc_str(&text),
    }
}

/// `end`, or further left at the end of the last thing in `start..end` that is not white space.
fn trimmed_end(text: &str, start: usize, end: usize) -> usize {
    let kept = text[start..end].trim_end_matches([' ', '\t', '\r', '\n']);
    start + kept.len()
}
