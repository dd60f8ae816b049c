//! Suppression comments: `# mirrorlint: ignore[rule] reason` and `ignore-file`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use memchr::memmem;
use regex::Regex;

use crate::checkout::{Change, Checkout};
use crate::finding::{Draft, Finding, Fix, Place};
use crate::limits::{MAX_RULE_LETTERS, MAX_SUPPRESSIONS};
use crate::model::{File, FileKind};
use crate::rules::Catalogue;
use crate::syntax::likeness::{asked, most_alike};
use crate::syntax::span::{ColumnUnit, LineIndex, Span};
use crate::syntax::yaml;
use crate::tree::RepoPath;

const MARK: &str = "mirrorlint:";

/// The suppression comments of a checkout.
#[derive(Clone, Debug, Default)]
pub struct Comments(BTreeMap<RepoPath, FileComments>);

#[derive(Clone, Debug)]
struct FileComments {
    file: Arc<File>,
    index: LineIndex,
    comments: Vec<Comment>,
}

#[derive(Clone, Debug)]
struct Comment {
    span: Span,
    /// The lines it speaks of; `None` for the whole file.
    lines: Option<(usize, usize)>,
    rules: Result<Vec<SuppressedRule>, String>,
}

/// One rule that a comment names.
#[derive(Clone, Debug)]
struct SuppressedRule {
    rule: String,
    used: bool,
}

impl Comments {
    /// Those of all files of `checkout`.
    #[must_use]
    pub fn of(checkout: &Checkout) -> Self {
        let mut comments = Self::default();
        comments.update(&Change::between(&[], checkout.files()));
        comments
    }

    /// Forgets those of files that are gone, and reads those of files that have come.
    pub(crate) fn update(&mut self, change: &Change) {
        for file in &change.gone {
            self.0.remove(&file.path);
        }
        let finder = memmem::Finder::new(MARK);
        let come = change.come.iter();
        let marked = come.filter(|file| finder.find(file.text.as_bytes()).is_some());
        self.0
            .extend(marked.map(|file| (file.path.clone(), FileComments::of(file))));
    }

    /// Forgets which of them were used: another run begins.
    pub(super) fn reset(&mut self) {
        let comments = self.0.values_mut().flat_map(|file| &mut file.comments);
        for suppressed in comments.filter_map(|comment| comment.rules.as_mut().ok()) {
            suppressed.iter_mut().for_each(|rule| rule.used = false);
        }
    }

    /// Whether a comment suppresses `finding`.
    pub(super) fn suppress(&mut self, finding: &Finding) -> bool {
        let Some(file) = self.0.get_mut(&finding.place.path) else {
            return false;
        };
        let start = finding.place.span.start;
        let line = file
            .index
            .position(&file.file.text, start, ColumnUnit::Utf8)
            .line;
        let mut suppressed = false;
        for comment in &mut file.comments {
            let speaks = comment
                .lines
                .is_none_or(|(own, next)| line == own || line == next);
            if let (true, Ok(rules)) = (speaks, &mut comment.rules) {
                for named in rules.iter_mut().filter(|named| named.rule == finding.rule) {
                    named.used = true;
                    suppressed = true;
                }
            }
        }
        suppressed
    }

    /// What is wrong with the comments that suppressed nothing. `runs` tells whether a rule looked
    /// at a file: if not, nobody knows whether its comment is still needed.
    pub(super) fn unused(
        &self,
        catalogue: &Catalogue,
        mut runs: impl FnMut(&str, &RepoPath) -> bool,
    ) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for (path, file) in &self.0 {
            for comment in &file.comments {
                let place = || Place::new(path, comment.span);
                match &comment.rules {
                    Err(reason) => {
                        let text = file.file.slice(comment.span);
                        drafts.push(
                            Draft::new(place(), text, format!("this comment has no effect: {reason}"))
                                .help("write `# mirrorlint: ignore[rule-id] reason`, or `ignore-file` for the whole file"),
                        );
                    }
                    Ok(rules) => drafts.extend(
                        rules
                            .iter()
                            .filter(|suppressed| !suppressed.used)
                            .filter_map(|suppressed| {
                                let text = file.file.slice(comment.span);
                                let words = (place(), text);
                                draft(suppressed, words, path, catalogue, &mut runs)
                            }),
                    ),
                }
            }
        }
        drafts
    }
}

fn draft(
    suppressed: &SuppressedRule,
    (place, text): (Place, &str),
    path: &RepoPath,
    catalogue: &Catalogue,
    runs: &mut impl FnMut(&str, &RepoPath) -> bool,
) -> Option<Draft> {
    let rule = &suppressed.rule;
    if catalogue.get(rule).is_none() {
        let word = word_in(text, rule).map(|word| word.shifted(place.span.start as usize));
        let near = most_alike(rule, catalogue.rules().map(crate::rules::Rule::id));
        return Some(
            Draft::new(
                place,
                rule,
                format!(
                    "no rule is called `{rule}`{}",
                    asked(near).trim_end_matches('?')
                ),
            )
            .alternatives(
                near.zip(word)
                    .and_then(|(near, word)| Fix::alternative(Place::new(path, word), near)),
            )
            .help("`mirrorlint rules` lists the rules"),
        );
    }
    runs(rule, path).then(|| {
        Draft::new(
            place,
            rule,
            format!("`{rule}` finds nothing here that this comment could suppress"),
        )
        .help("delete the comment, so that it does not hide the next finding")
    })
}

/// Where a comment names a rule.
fn word_in(text: &str, rule: &str) -> Option<Span> {
    let listed = text.find('[')? + 1;
    let is_of_word = |c: char| c.is_alphanumeric() || c == '-';
    let mut found = text[listed..].match_indices(rule);
    let (at, _) = found.find(|(at, _)| {
        let (before, behind) = (&text[..listed + at], &text[listed + at + rule.len()..]);
        !before.ends_with(is_of_word) && !behind.starts_with(is_of_word)
    })?;
    Some(Span::new(listed + at, listed + at + rule.len()))
}

impl FileComments {
    fn of(file: &Arc<File>) -> Self {
        // Only YAML has texts with a `#` that starts no comment; look for its comments the long way.
        let is_yaml = !matches!(file.kind, FileKind::MappingFile | FileKind::OldMappingFile);
        let arena = yaml::Arena::new();
        let stream = is_yaml.then(|| yaml::parse(&file.text, &yaml::Limits::default(), &arena));
        let is_comment = |at: usize| {
            stream.as_ref().is_none_or(|stream| {
                let at = Span::new(at, at);
                let comments = &stream.comments;
                let next = comments.partition_point(|comment| comment.span.end < at.start);
                comments
                    .get(next)
                    .is_some_and(|comment| comment.span.covers(at))
            })
        };
        let mut comments = Vec::new();
        let mut left = MAX_SUPPRESSIONS;
        let mut start = 0;
        // The line behind the run of comment lines that is being read.
        let mut run_end = 0;
        let lines: Vec<&str> = file.text.split('\n').collect();
        for (number, line) in lines.iter().enumerate() {
            if let Some((column, said)) = marked(line)
                && is_comment(start + column)
            {
                let end = start + line.trim_end().len();
                let span = Span::new(start + column, end);
                // A comment of its own speaks of what comes below, past other comments.
                let next = if line.trim_start().starts_with('#') {
                    if number >= run_end {
                        let below = lines.iter().skip(number + 1);
                        let run = below.take_while(|l| l.trim_start().starts_with('#'));
                        run_end = number + 1 + run.count();
                    }
                    run_end + 1
                } else {
                    number + 1
                };
                let mut comment = Comment::read(said, span, number + 1, next);
                let count = comment.rules.as_ref().map_or(1, Vec::len);
                if count > left {
                    comment.rules = Err(if left == 0 {
                        format!("the file has {MAX_SUPPRESSIONS} before it, and no more are read")
                    } else {
                        format!(
                            "the file names more than {MAX_SUPPRESSIONS} rules with it, and no more are read"
                        )
                    });
                    comments.push(comment);
                    break;
                }
                left -= count;
                comments.push(comment);
            }
            start += line.len() + 1;
        }
        Self {
            index: LineIndex::new(&file.text),
            file: Arc::clone(file),
            comments,
        }
    }
}

/// Whether `line`, put into `text` at byte `at`, is a comment there, and no part of a YAML text.
#[must_use]
pub fn is_comment_at(kind: FileKind, text: &str, at: usize, line: &str) -> bool {
    if matches!(kind, FileKind::MappingFile | FileKind::OldMappingFile) {
        return true;
    }
    let (Some(before), Some(behind)) = (text.get(..at), text.get(at..)) else {
        return false;
    };
    let hash = at + line.find('#').unwrap_or_default();
    let hash = Span::new(hash, hash);
    let text = [before, line, behind].concat();
    let arena = yaml::Arena::new();
    let stream = yaml::parse(&text, &yaml::Limits::default(), &arena);
    let mut comments = stream.comments.iter();
    comments.any(|comment| comment.span.covers(hash))
}

/// What a line says to us, and the byte at which it starts to.
fn marked(line: &str) -> Option<(usize, &str)> {
    let at = line.find(MARK)?;
    let before = line[..at].trim_end();
    let hash = before.strip_suffix('#')?.len();
    Some((hash, line[at + MARK.len()..].trim()))
}

fn cut(rule: &str) -> String {
    match rule.char_indices().nth(MAX_RULE_LETTERS) {
        Some((end, _)) => format!("{}…", &rule[..end]),
        None => rule.to_owned(),
    }
}

impl Comment {
    fn read(said: &str, span: Span, own: usize, next: usize) -> Self {
        static PATTERN: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"^(ignore|ignore-file)\s*\[([^\]]*)\]\s*(.*)$").ok());
        let found = PATTERN.as_ref().and_then(|pattern| pattern.captures(said));
        let part = |n| {
            let part = found.as_ref().and_then(|found| found.get(n));
            part.map_or("", |part| part.as_str())
        };
        let rules: Vec<SuppressedRule> = part(2)
            .split(',')
            .map(str::trim)
            .filter(|rule| !rule.is_empty())
            // One too many tells that there are too many.
            .take(MAX_SUPPRESSIONS + 1)
            .map(|rule| SuppressedRule {
                rule: cut(rule),
                used: false,
            })
            .collect();
        let rules = if found.is_none() {
            Err("it does not say which rule to ignore".to_owned())
        } else if rules.is_empty() {
            Err("there is no rule between the brackets".to_owned())
        } else if !part(3).chars().any(char::is_alphanumeric) {
            Err("it gives no reason".to_owned())
        } else {
            Ok(rules)
        };
        Self {
            span,
            lines: (part(1) != "ignore-file").then_some((own, next)),
            rules,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &str) -> Result<Vec<String>, String> {
        let comment = Comment::read(said, Span::default(), 1, 2);
        comment.rules.map(|rules| {
            rules
                .into_iter()
                .map(|suppressed| suppressed.rule)
                .collect()
        })
    }

    #[test]
    fn a_comment_names_rules_and_a_reason() {
        assert_eq!(
            read("ignore[a-b, c] because of x"),
            Ok(vec!["a-b".to_owned(), "c".to_owned()])
        );
        for broken in [
            "ignore[a]",
            "ignore[a] --",
            "ignore[] why",
            "ignore a why",
            "skip[a] why",
        ] {
            assert!(read(broken).is_err(), "{broken}");
        }
        let long = "k".repeat(MAX_RULE_LETTERS);
        assert_eq!(
            read(&format!("ignore[{long}, {long}k] why")),
            Ok(vec![long.clone(), long + "…"])
        );
        assert_eq!(marked("a b # mirrorlint: x "), Some((4, "x")));
        assert_eq!(marked("a b mirrorlint: x"), None);
    }
}
