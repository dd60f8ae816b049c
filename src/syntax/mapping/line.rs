//! One line of a mapping file, after `parseArgs` in openshift/oc
//! `pkg/cli/image/mirror/mappings.go`.

use std::sync::Arc;

use super::super::reference::{ReferenceFault, TypedReference, web_address};
use super::super::span::Span;
use super::fault::{self, Fault};
use super::text::{Text, is_stray_separator};
use super::wildcard::{MAX_PATTERN, parse_wildcard, wildcard_at};
use super::{Destination, Line, Mapping, MappingFile, Source, TOO_LONG};

/// Reads `raw`, the line that starts at byte `start`, and adds what it says to `file`.
pub(super) fn read(raw: &str, start: usize, file: &mut MappingFile) {
    let (statement, comment_follows) = match raw.find('#') {
        Some(hash) => (&raw[..hash], true),
        None => (raw, false),
    };
    let content = Text::new(statement, start).trimmed();
    if raw.len() >= TOO_LONG {
        // The first word stands for the line: nobody wants 64 KiB underlined.
        let line = Text::new(raw, start).trimmed();
        let word = line.words().next().unwrap_or(line);
        file.faults
            .push(fault::line_too_long(word.span(), raw.len()));
    }
    if content.text.is_empty() {
        return;
    }
    let mut reader = Reader {
        content,
        comment_follows,
        mappings: Vec::new(),
        dropped: Vec::new(),
        faults: Vec::new(),
    };
    reader.read();
    file.lines.push(Line {
        span: content.span(),
        faulty: raw.len() >= TOO_LONG || reader.faults.iter().any(|fault| fault.rejected),
        mappings: reader.mappings,
        dropped: reader.dropped,
    });
    file.faults.append(&mut reader.faults);
}

struct Reader<'a> {
    content: Text<'a>,
    comment_follows: bool,
    mappings: Vec<Mapping>,
    dropped: Vec<Span>,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        let words: Vec<_> = self.content.words().collect();
        if self.conflict_marker(&words) {
            return;
        }
        let pairs = |word: &&Text<'_>| word.has_equals() && !word.is_web_query();
        if words.iter().any(|word| pairs(&word)) {
            self.read_pairs(&words);
        } else {
            self.read_source_and_destinations(&words);
        }
    }

    /// `<<<<<<< HEAD` and its like, which git leaves behind.
    fn conflict_marker(&mut self, words: &[Text<'a>]) -> bool {
        let Some(first) = words.first() else {
            return false;
        };
        let is_marker = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].contains(&first.text);
        // `oc` would drop the marker beside a pair, so that the line need not be rejected.
        if !is_marker || words[1..].iter().any(|word| word.has_equals()) {
            return false;
        }
        self.faults
            .push(fault::conflict_marker(first.span(), first.text));
        true
    }

    /// `SRC DST [DST …]`
    fn read_source_and_destinations(&mut self, words: &[Text<'a>]) {
        let tokens: Option<Vec<_>> = words.iter().map(|word| self.tokens(*word)).collect();
        let tokens = tokens.unwrap_or_default().concat();
        let Some((&first, others)) = tokens.split_first() else {
            return;
        };
        if others.is_empty() {
            let fault = fault::destination_missing(first.span(), self.comment_follows);
            self.faults.push(fault);
            return;
        }
        let source = self.source(first);
        let destinations = others
            .iter()
            .filter_map(|&token| self.destination(token))
            .collect();
        self.map(source, destinations);
    }

    /// `SRC=DST [SRC=DST …]`, beside which all else is dropped.
    fn read_pairs(&mut self, words: &[Text<'a>]) {
        let gap = self.gap_around_equals();
        let mut empty_side = false;
        let mut stray = false;
        for &word in words.iter().filter(|word| word.has_equals()) {
            if word.is_web_query() {
                self.source(word);
                continue;
            }
            // A stray separator splits what `oc` reads as one side: no more is said about it.
            let broken = word.text.contains(is_stray_separator);
            stray |= broken;
            for token in self.tokens(word).unwrap_or_default() {
                let Some((source, destination)) = token.text.split_once('=') else {
                    continue;
                };
                if !source.is_empty() && !destination.is_empty() {
                    let equals = source.len();
                    self.pair(
                        token.part(0, equals),
                        token.part(equals + 1, token.text.len()),
                    );
                } else if !broken {
                    empty_side = true;
                    let joined = gap.map(|(_, gap, _)| gap);
                    let fault = fault::empty_side(token.span(), token.text, joined);
                    self.faults.push(fault);
                }
            }
        }
        match gap {
            Some((source, _, destination)) if empty_side => self.pair(source, destination),
            // With `SRC = DST` the bare words are no leftovers but the sides meant.
            _ if empty_side || stray => {}
            _ => {
                let bare = words.iter().filter(|word| !word.has_equals());
                self.dropped = bare.map(|word| word.span()).collect();
            }
        }
    }

    /// The two sides of `SRC = DST`, `SRC= DST` or `SRC =DST`, and what lies between them.
    fn gap_around_equals(&self) -> Option<(Text<'a>, Span, Text<'a>)> {
        let content = self.content;
        let equals = content.text.find('=')?;
        let sides: Vec<_> = content.split_on(|c| c == ' ' || c == '=').collect();
        let &[source, destination] = sides.as_slice() else {
            return None;
        };
        let gap = Span::new(source.span().end as usize, destination.start);
        let between = gap.range().contains(&(content.start + equals));
        (between && content.text.matches('=').count() == 1).then_some((source, gap, destination))
    }

    fn pair(&mut self, source: Text<'a>, destination: Text<'a>) {
        let source = self.source(source);
        let destination = match destination.text.find('=') {
            Some(equals) => {
                let span = destination.part(equals, equals + 1).span();
                self.faults.push(fault::second_equals(span));
                None
            }
            None => self.destination(destination),
        };
        self.map(source, destination.into_iter().collect());
    }

    /// The parts of `word` between stray separators, each of which is a fault. `None` when
    /// something that cannot be seen stands inside: it may or may not separate two tokens.
    fn tokens(&mut self, word: Text<'a>) -> Option<Vec<Text<'a>>> {
        let mut rest = word.text;
        let mut hidden = false;
        while let Some(from) = rest.find(is_stray_separator) {
            let behind = rest[from..].trim_start_matches(is_stray_separator);
            let at = word.text.len() - rest.len() + from;
            let end = word.text.len() - behind.len();
            let run = word.part(at, end);
            hidden |= at > 0 && !behind.is_empty() && !run.text.contains(char::is_whitespace);
            self.faults
                .push(fault::separator(run.span(), run.text, run.start == 0));
            rest = behind;
        }
        (!hidden).then(|| word.split_on(is_stray_separator).collect())
    }

    fn source(&mut self, token: Text<'a>) -> Option<Source> {
        let (parsed, wildcard) = match wildcard_at(token.text) {
            Some(tag) if token.text.len() - tag > MAX_PATTERN => {
                self.faults.push(fault::long_wildcard(
                    token.part(tag, token.text.len()).span(),
                ));
                return None;
            }
            Some(tag) => (parse_wildcard(token.text, tag), Some(&token.text[tag..])),
            None => (TypedReference::parse(token.text), None),
        };
        let reference = self.read_or_fault(token, parsed)?;
        if wildcard.is_none() {
            self.note_slips(token, &reference);
        } else if reference.reference.is_host_only() {
            // "source expansion is only possible in tags"
            self.faults.push(fault::registry_wildcard(token.span()));
            return None;
        }
        Some(Source {
            span: token.span(),
            reference,
            wildcard: wildcard.map(Into::into),
        })
    }

    fn destination(&mut self, token: Text<'a>) -> Option<Destination> {
        let parsed = TypedReference::parse(token.text);
        let mut typed = self.read_or_fault(token, parsed)?;
        let parts = &mut typed.reference;
        if let Some(digest) = parts.spans.digest.take() {
            let at = digest.shifted(token.start);
            let with_sign = Span::new(at.start as usize - 1, at.end as usize);
            self.faults
                .push(fault::destination_digest(with_sign, parts.tag.is_some()));
            parts.digest = None;
            if parts.is_host_only() {
                return None;
            }
        } else {
            self.note_slips(token, &typed);
        }
        Some(Destination {
            span: token.span(),
            reference: typed,
        })
    }

    fn read_or_fault(
        &mut self,
        token: Text<'a>,
        parsed: Result<TypedReference, ReferenceFault>,
    ) -> Option<TypedReference> {
        parsed
            .map_err(|fault| {
                self.faults.push(Fault::of_reference(fault, token.start));
            })
            .ok()
    }

    /// What a person would not have meant although `oc` accepts it.
    fn note_slips(&mut self, token: Text<'a>, typed: &TypedReference) {
        if let Some(address) = web_address(token.text) {
            self.faults.push(fault::web_page(token.span(), address));
        } else if typed.reference.is_host_only() {
            self.faults
                .push(fault::registry_only(token.span(), token.text));
        }
    }

    /// Joins both sides and compares them.
    fn map(&mut self, source: Option<Source>, destinations: Vec<Destination>) {
        let Some(source) = source.map(Arc::new) else {
            return;
        };
        let mut untagged = false;
        for destination in destinations {
            let target = &destination.reference.reference;
            if let Some(tag) = target.spans.tag.filter(|_| source.expands()) {
                if source.wildcard.is_some() {
                    let tag = tag.shifted(destination.span.start as usize);
                    self.faults.push(fault::wildcard_into_tag(tag));
                } else if !source.reference.reference.is_host_only() {
                    untagged = true;
                }
            }
            let mapping = Mapping {
                source: Arc::clone(&source),
                destination,
            };
            if mapping.is_self_mirror() {
                let span = mapping.destination.span;
                self.faults.push(fault::self_mirror(span));
            }
            self.mappings.push(mapping);
        }
        if untagged {
            self.faults.push(fault::untagged_source(source.span));
        }
    }
}
