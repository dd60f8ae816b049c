//! An open document, as the client has it.

use std::ops::Range;
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent as Change, Uri};

use super::position::{Encoding, Lines};
use crate::checkout::files::same;
use crate::limits::MAX_FILE_SIZE;
use crate::model::{self, File, FileKind};
use crate::syntax::span::Span;
use crate::tree::{RepoPath, Unreadable};

/// An open document.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// As the client spells it.
    pub uri: Uri,
    /// As the client counts.
    pub version: i32,
    /// What the user sees.
    pub text: String,
    /// The file on disk, where it counts for anything.
    pub on_disk: Option<Arc<File>>,
    /// The file that the checkout has: the document, or the last one that parsed.
    pub in_checkout: Option<Arc<File>>,
    /// Whether the last refresh was about something else.
    pub is_settled: bool,
    /// Whether its file was deleted under it: until it is edited, saved or there again, what the tab shows is
    /// of the past.
    pub is_deleted: bool,
    /// Set while the text does not parse: `in_checkout` is then the last one that did.
    pub broken: Option<Broken>,
}

/// A text that does not parse.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The file, with its faults.
    pub file: Arc<File>,
    /// Where the last good text went.
    pub shift: Shift,
}

impl Buffer {
    /// A document that was just opened.
    #[must_use]
    pub fn new(uri: Uri, version: i32, text: String) -> Self {
        Self {
            uri,
            version,
            text,
            on_disk: None,
            in_checkout: None,
            is_settled: false,
            is_deleted: false,
            broken: None,
        }
    }

    /// Makes the client's changes, each in the text that the one before left.
    pub fn change(&mut self, changes: Vec<Change>, encoding: Encoding) {
        self.is_deleted = false;
        for change in changes {
            match change {
                Change::TextDocumentContentChangeWholeDocument(whole) => self.text = whole.text,
                Change::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::new(&self.text);
                    let start = lines.offset(&self.text, part.range.start, encoding);
                    let end = lines.offset(&self.text, part.range.end, encoding);
                    self.text.replace_range(start..end.max(start), &part.text);
                }
            }
        }
    }

    /// Takes what is on disk now.
    pub fn set_on_disk(&mut self, file: Option<Arc<File>>) {
        if same(self.on_disk.as_ref(), file.as_ref()) {
            return;
        }
        self.is_deleted = file.is_none();
        // What was saved is what the checkout has.
        self.on_disk = match &self.in_checkout {
            Some(in_checkout) if same(Some(in_checkout), file.as_ref()) => {
                Some(Arc::clone(in_checkout))
            }
            _ => file,
        };
    }

    /// Reads the text as the file of `kind` at `path`.
    pub fn parse(&mut self, path: &RepoPath, kind: FileKind) {
        self.broken = None;
        if self.is_deleted {
            self.in_checkout = None;
            return;
        }
        if !kind.is_read() {
            // Only that it is there counts.
            let known = self.on_disk.clone().or_else(|| self.in_checkout.take());
            let new = || Arc::new(model::parse(path.clone(), kind, Vec::new()));
            self.in_checkout = Some(known.unwrap_or_else(new));
            return;
        }
        let same = |file: &&Arc<File>| *file.text == *self.text && file.kind == kind;
        if let Some(on_disk) = self.on_disk.as_ref().filter(same) {
            self.in_checkout = Some(Arc::clone(on_disk));
            return;
        }
        if self
            .in_checkout
            .as_ref()
            .is_some_and(|in_checkout| same(&in_checkout))
        {
            return;
        }
        let size = self.text.len() as u64;
        let file = if size > MAX_FILE_SIZE {
            model::unreadable(path.clone(), kind, Unreadable::TooLarge(size))
        } else {
            model::parse(path.clone(), kind, self.text.clone().into_bytes())
        };
        let file = Arc::new(file);
        let last_good = self.in_checkout.as_ref().or(self.on_disk.as_ref());
        match last_good.filter(|good| file.is_broken() && !good.is_broken()) {
            Some(good) => {
                let shift = Shift::between(&good.text, &self.text);
                self.in_checkout = Some(Arc::clone(good));
                self.broken = Some(Broken { file, shift });
            }
            None => self.in_checkout = Some(file),
        }
    }
}

/// Where the places of an old text are in a new one, which differs in one stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Where the texts begin to differ.
    start: usize,
    /// Where that ends in the old text, and in the new.
    ends: (usize, usize),
}

impl Shift {
    /// Compares two texts.
    #[must_use]
    pub fn between(old: &str, new: &str) -> Self {
        let common = |(a, b): &(u8, u8)| a == b;
        let start = old.bytes().zip(new.bytes()).take_while(common).count();
        let (old_rest, new_rest) = (&old.as_bytes()[start..], &new.as_bytes()[start..]);
        let backwards = old_rest.iter().rev().zip(new_rest.iter().rev());
        let end = backwards.take_while(|(a, b)| a == b).count();
        Self {
            start,
            ends: (old.len() - end, new.len() - end),
        }
    }

    /// The stretch that differs: in the old text, and in the new. Neither starts or ends inside a
    /// character.
    #[must_use]
    pub fn ends_of(self, old: &str, new: &str) -> (Span, Range<usize>) {
        // Both texts are the same before the stretch and behind it, so a character that is cut in
        // one is cut in the other.
        let start = old.floor_char_boundary(self.start);
        let (from, to) = self.ends;
        let end = old.ceil_char_boundary(from);
        let new_end = new.ceil_char_boundary(to);
        (Span::new(start, end), start..new_end)
    }

    /// The place of the new text that `span` of the old one went to. What is inserted between two
    /// places belongs to neither.
    #[must_use]
    pub fn forward(self, span: Span) -> Span {
        let (from, to) = self.ends;
        let start = span.start as usize;
        let start = match start < self.start {
            true => start,
            false => shifted(start, from, to),
        };
        let end = span.end as usize;
        let end = match end <= self.start {
            true => end,
            false => shifted(end, from, to),
        };
        Span::new(start, end)
    }

    /// The place of the old text that `offset` of the new one came from.
    #[must_use]
    pub fn back(self, offset: usize) -> usize {
        match offset <= self.start {
            true => offset,
            false => shifted(offset, self.ends.1, self.ends.0),
        }
    }
}

fn shifted(offset: usize, from: usize, to: usize) -> usize {
    match offset.checked_sub(from) {
        Some(beyond) => to + beyond,
        None => offset.min(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: usize, end: usize) -> Span {
        Span::new(start, end)
    }

    #[test]
    fn places_move_with_the_text_around_them() {
        let shift = Shift::between("a: b\nc: d\n", "a: b\n- [\nc: d\n");
        assert_eq!(shift.forward(at(0, 4)), at(0, 4));
        assert_eq!(shift.forward(at(5, 9)), at(9, 13));
        assert_eq!(shift.back(9), 5);
        let gone = Shift::between("abcdef", "af");
        assert_eq!(gone.forward(at(2, 4)), at(1, 1));
        assert_eq!(gone.back(2), 6);
    }

    #[test]
    fn a_document_whose_file_was_deleted_is_not_there_until_it_is_edited() {
        let (path, kind) = (RepoPath::new("clusters/x.yaml"), FileKind::Manifest);
        let text = "kind: A\n".to_owned();
        let file = Arc::new(model::parse(path.clone(), kind, text.clone().into_bytes()));
        let mut buffer = Buffer::new(Uri::from("file:///x"), 1, text);
        // A document that was never on disk is there.
        buffer.set_on_disk(None);
        buffer.parse(&path, kind);
        assert!(buffer.in_checkout.is_some());
        buffer.set_on_disk(Some(file));
        buffer.set_on_disk(None);
        buffer.parse(&path, kind);
        assert!(buffer.in_checkout.is_none());
        buffer.change(Vec::new(), Encoding::Utf8);
        buffer.parse(&path, kind);
        assert!(buffer.in_checkout.is_some());
    }

    #[test]
    fn a_text_that_does_not_parse_leaves_the_last_good_one() {
        let path = RepoPath::new("clusters/x.yaml");
        let mut buffer = Buffer::new(Uri::from("file:///x"), 1, "kind: A\n".to_owned());
        buffer.parse(&path, FileKind::Manifest);
        "kind: [A\n".clone_into(&mut buffer.text);
        buffer.parse(&path, FileKind::Manifest);
        let in_checkout = buffer.in_checkout.as_ref().map(|file| &*file.text);
        assert_eq!(in_checkout, Some("kind: A\n"));
        assert!(buffer.broken.is_some());
        "kind: B\n".clone_into(&mut buffer.text);
        buffer.parse(&path, FileKind::Manifest);
        assert!(buffer.broken.is_none());
        let in_checkout = buffer.in_checkout.as_ref().map(|file| &*file.text);
        assert_eq!(in_checkout, Some("kind: B\n"));
    }
}
