//! Edits of lines.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use regex::Regex;

use super::source::Source;
use super::{Fault, Place};

/// A line that a fault could change.
pub struct Site<'s> {
    pub source: &'s Source,
    pub path: &'s str,
    pub lines: Rc<[&'s str]>,
    /// The number of the line, from zero.
    pub at: usize,
    groups: Vec<Option<Range<usize>>>,
}

impl<'s> Site<'s> {
    /// The lines of a file that match `pattern`.
    pub fn all(source: &'s Source, path: &'s str, pattern: &Regex) -> Vec<Self> {
        let lines: Rc<[&str]> = source.text(path).unwrap_or_default().lines().collect();
        let matched = lines.iter().enumerate().filter_map(|(at, line)| {
            let groups = pattern.captures(line)?;
            let groups = groups.iter().map(|group| group.map(|group| group.range()));
            Some((at, groups.collect()))
        });
        let site = |(at, groups)| Self {
            source,
            path,
            lines: Rc::clone(&lines),
            at,
            groups,
        };
        matched.map(site).collect()
    }

    pub fn line(&self) -> &'s str {
        self.lines[self.at]
    }

    /// What the pattern's group of this number has matched; nothing where it took no part.
    pub fn group(&self, number: usize) -> &'s str {
        let range = self.groups.get(number).cloned().flatten();
        range.map_or("", |range| &self.line()[range])
    }

    /// How deep the line stands.
    pub fn indent(&self) -> usize {
        indent(self.line())
    }

    /// The numbers of the lines that belong to the site's line: those below it that stand deeper, and
    /// items of a list beside a key.
    pub fn block(&self) -> Range<usize> {
        let is_item = self.line().trim_start().starts_with("- ");
        let own = self.indent();
        let belongs = |line: &&&str| {
            let depth = indent(line);
            line.trim().is_empty()
                || depth > own
                || (!is_item && depth == own && line.trim_start().starts_with("- "))
        };
        let below = self.lines[self.at + 1..].iter().take_while(belongs).count();
        self.at..self.at + 1 + below
    }

    /// The lines of the item of a list that the site's line is in, whose dash is at column `column`.
    pub fn item(&self, column: usize) -> Range<usize> {
        let dash = format!("{}- ", " ".repeat(column));
        let starts = |line: &str| line.starts_with(&dash);
        let start = (0..=self.at).rev().find(|&at| starts(self.lines[at]));
        let start = start.unwrap_or(self.at);
        let ends = |line: &str| starts(line) || (!line.is_empty() && indent(line) < column + 1);
        let end = (start + 1..self.lines.len()).find(|&at| ends(self.lines[at]));
        start..end.unwrap_or(self.lines.len())
    }

    /// The first line within `range` that holds `word`.
    pub fn find(&self, range: Range<usize>, word: &str) -> Option<usize> {
        range.into_iter().find(|&at| self.lines[at].contains(word))
    }

    pub fn has(&self, range: Range<usize>, word: &str) -> bool {
        self.find(range, word).is_some()
    }

    /// The line, with the group of this number replaced.
    pub fn swap(&self, number: usize, new: &str) -> Option<Fault> {
        let range = self.groups.get(number).cloned().flatten()?;
        let mut line = self.line().to_owned();
        line.replace_range(range, new);
        self.replace(&line)
    }

    /// The line, with the first `old` in it replaced.
    pub fn change(&self, old: &str, new: &str) -> Option<Fault> {
        self.replace(&self.line().replacen(old, new, 1))
    }

    /// Other lines in place of this one.
    pub fn replace(&self, new: &str) -> Option<Fault> {
        self.put(self.at..self.at + 1, new)
    }

    /// Nothing in place of this line.
    pub fn delete(&self) -> Option<Fault> {
        self.cut(self.at..self.at + 1)
    }

    /// Another line below this one.
    pub fn add(&self, new: &str) -> Option<Fault> {
        let mut fault = self.replace(&format!("{}\n{new}", self.line()))?;
        fault.places[0].lines = Some(self.at + 1..=self.at + 1 + new.lines().count());
        Some(fault)
    }

    /// Nothing in place of these lines.
    pub fn cut(&self, range: Range<usize>) -> Option<Fault> {
        let mut lines = self.lines.to_vec();
        let at = range.start;
        lines.drain(range);
        Some(self.fault(&lines, at.max(1)..=at + 1))
    }

    /// Others in place of these lines.
    pub fn put(&self, range: Range<usize>, new: &str) -> Option<Fault> {
        let new: Vec<&str> = new.lines().collect();
        if self.lines[range.clone()] == new[..] {
            return None;
        }
        let (at, count) = (range.start, new.len());
        let mut lines = self.lines.to_vec();
        lines.splice(range, new);
        Some(self.fault(&lines, at + 1..=at + count.max(1)))
    }

    /// The file with these lines.
    pub fn fault(&self, lines: &[&str], place: std::ops::RangeInclusive<usize>) -> Fault {
        let mut text = lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        Fault {
            edits: BTreeMap::from([(self.path.to_owned(), Some(text))]),
            places: vec![Place {
                path: self.path.to_owned(),
                lines: Some(place),
            }],
        }
    }

    /// Lines of the file, joined.
    pub fn text(&self, range: Range<usize>) -> String {
        self.lines[range].join("\n")
    }
}

pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The file at `path` written anew; the place is all of it.
pub fn written(path: &str, text: impl Into<String>) -> Fault {
    Fault {
        edits: BTreeMap::from([(path.to_owned(), Some(text.into()))]),
        places: Vec::new(),
    }
    .or_in(path)
}

/// The file at `path` removed. A finding can be at the file, or at what is said with `or_in`.
pub fn removed(path: &str) -> Fault {
    Fault {
        edits: BTreeMap::from([(path.to_owned(), None)]),
        places: Vec::new(),
    }
    .or_in(path)
}

/// The file at `old` called `new`.
pub fn moved(old: &str, new: &str, text: &str) -> Option<Fault> {
    (old != new).then(|| written(new, text).and(removed(old)))
}

/// The folder of a file.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The file's own name.
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
