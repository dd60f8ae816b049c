//! What granit, or a limit, refuses, said for people.

use granit_parser::{ErrorKind, ScanError};

use super::{Fault, FaultKind, Limits, Span};
use crate::limits::MAX_COMMENT_RUN;

/// The character at `at`, which lies on a boundary; empty at the end of the text.
pub(super) fn first_char(text: &str, at: usize) -> Span {
    let width = text[at..].chars().next().map_or(0, char::len_utf8);
    Span::new(at, at + width)
}

pub(super) fn limit_fault(kind: FaultKind, limits: &Limits, span: Span) -> Fault {
    let message = match kind {
        FaultKind::TooDeep => format!("more than {} levels of nesting", limits.max_depth),
        FaultKind::TooManyNodes => format!("more than {} values in one file", limits.max_nodes),
        FaultKind::AliasExpansion | FaultKind::Syntax | FaultKind::DuplicateKey { .. } => {
            format!(
                "aliases stand for more than {} values",
                limits.max_expanded_nodes
            )
        }
    };
    Fault {
        kind,
        span,
        message,
    }
}

/// Granit's error in our words.
pub(super) fn syntax_fault(text: &str, limits: &Limits, error: &ScanError) -> Fault {
    let mut at = error.marker().byte_offset().unwrap_or(text.len());
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let message = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            return limit_fault(FaultKind::TooDeep, limits, first_char(text, at));
        }
        ErrorKind::TooManyComments => {
            return Fault {
                kind: FaultKind::TooManyNodes,
                span: first_char(text, at),
                message: format!("more than {MAX_COMMENT_RUN} comments in a row"),
            };
        }
        &ErrorKind::UnexpectedCharacter { character } => {
            // Inside of a scalar, granit points at the scalar's start.
            at += text[at..].find(character).unwrap_or(0);
            match character {
                '`' => "a value that starts with a backtick needs quotes".to_owned(),
                '@' | '%' => format!("a value that starts with `{character}` needs quotes"),
                _ => format!(
                    "character U+{:04X} is not allowed here",
                    u32::from(character)
                ),
            }
        }
        ErrorKind::SimpleKeyExpected => {
            let key = text[at..].lines().next().unwrap_or_default();
            let key = key.split(" #").next().unwrap_or_default().trim_end();
            // Readers of Go and Python notice it at the token behind the key, and name that line.
            match token_below(text, at).filter(|_| key.len() <= LONGEST_KEY) {
                Some(below) => {
                    at = below;
                    format!("expected `:` behind `{}` above", abridged(key))
                }
                None => "expected `:` behind this key".to_owned(),
            }
        }
        ErrorKind::UnclosedQuotedScalar => UNCLOSED.to_owned(),
        ErrorKind::UnknownAnchor => "alias without an anchor of this name before it".to_owned(),
        kind => {
            if let Some(tab) = tab_behind(text, at, kind) {
                return tab_fault(text, tab);
            }
            let is_indent = *kind == ErrorKind::InvalidQuotedScalarIndent;
            if let Some(quote) = unclosed_quote(text, at).filter(|_| is_indent) {
                return Fault {
                    kind: FaultKind::Syntax,
                    span: first_char(text, quote),
                    message: UNCLOSED.to_owned(),
                };
            }
            let info = error.info();
            let mut rest = info.chars();
            let first = rest.next().map(|first| first.to_lowercase());
            first.into_iter().flatten().chain(rest).collect()
        }
    };
    Fault {
        kind: FaultKind::Syntax,
        span: first_char(text, at),
        message,
    }
}

const UNCLOSED: &str = "the quote that opens here is not closed";

/// So many lines above the place where granit gives a quoted text up are searched for its start.
const LINES_OF_QUOTED: usize = 100;

/// Where the quoted text starts that granit gives up at `at`, if no quote closes it: it is indented too
/// little there because it was not meant to go on.
fn unclosed_quote(text: &str, at: usize) -> Option<usize> {
    let mut end = line_start(text, at);
    for _ in 0..LINES_OF_QUOTED {
        end = end.checked_sub(1)?;
        let start = line_start(text, end);
        if let Some(open) = open_quote(&text[start..end]) {
            let quote = text.as_bytes()[start + open];
            let close =
                at + memchr::memchr(quote, &text.as_bytes()[at..]).unwrap_or(text.len() - at);
            let behind = text.as_bytes().get(close + 1);
            let closes =
                behind.is_none_or(|byte| byte.is_ascii_whitespace() || b",:]}".contains(byte));
            return (close == text.len() || !closes).then_some(start + open);
        }
        end = start;
    }
    None
}

/// Where in a line a quoted text starts that does not end there.
fn open_quote(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let is_blank = |at: usize| bytes.get(at).is_none_or(|byte| b" \t\r".contains(byte));
    let mut at = 0;
    let mut starts = true; // whether a value may start here
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' => {}
            b'#' if at == 0 || is_blank(at - 1) => return None,
            b':' | b'-' | b'?' if is_blank(at + 1) => starts |= byte == b':',
            b'[' | b'{' | b',' => starts = true,
            b'"' | b'\'' if starts => {
                let Some(end) = closing(bytes, at) else {
                    return Some(at);
                };
                at = end;
                starts = false;
            }
            _ => starts = false,
        }
        at += 1;
    }
    None
}

/// Where the quoted text that starts at `open` ends, if it does.
fn closing(line: &[u8], open: usize) -> Option<usize> {
    let quote = line[open];
    let mut at = open + 1;
    loop {
        match *line.get(at)? {
            b'\\' if quote == b'"' => at += 1,
            byte if byte != quote => {}
            b'\'' if line.get(at + 1) == Some(&quote) => at += 1,
            _ => return Some(at),
        }
        at += 1;
    }
}

/// A key must end within so many bytes, on its line.
const LONGEST_KEY: usize = 1024;

/// Where the next token stands below the text at `at`, which goes on in lines that are indented more.
fn token_below(text: &str, at: usize) -> Option<usize> {
    let column = |at| at - line_start(text, at);
    let mut next = at;
    loop {
        next += text[next..].find(['\n', '\r'])?;
        next += text[next..].len() - text[next..].trim_start().len();
        let is_comment = text[next..].chars().next()? == '#';
        if !is_comment && column(next) <= column(at) {
            return Some(next);
        }
    }
}

/// So many characters of a key are quoted.
const QUOTED: usize = 40;

fn abridged(key: &str) -> String {
    match key.char_indices().nth(QUOTED) {
        Some((cut, _)) => format!("{}…", &key[..cut]),
        None => key.to_owned(),
    }
}

pub(super) fn tab_fault(text: &str, tab: usize) -> Fault {
    Fault {
        kind: FaultKind::Syntax,
        span: first_char(text, tab),
        message: "tab used for indentation, where YAML allows only spaces".to_owned(),
    }
}

/// The start of the line of `at`.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[..at]).map_or(0, |at| at + 1)
}

/// The first tab in the indentation of the line that starts at `line`.
pub(super) fn indenting_tab(text: &str, line: usize) -> Option<usize> {
    let mut indentation = text.as_bytes()[line..].iter();
    let at = line + indentation.position(|&byte| byte != b' ')?;
    (text.as_bytes()[at] == b'\t').then_some(at)
}

/// The tab in the indentation of the line of `at`, which is then what is really wrong; if granit
/// complains of a tab, it may also be in the next line.
fn tab_behind(text: &str, at: usize, kind: &ErrorKind) -> Option<usize> {
    let about_tab = match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => true,
        // These point at a bracket or a quote, whose line may well start with a tab.
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::MismatchedFlowCollectionEnd { .. }
        | ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::UnclosedQuotedScalar => return None,
        _ => false,
    };
    let line = line_start(text, at);
    indenting_tab(text, line).or_else(|| {
        let behind = &text[line..];
        let next = behind.find(['\n', '\r']).filter(|_| about_tab)?;
        let blank = behind[next..].len() - behind[next..].trim_start_matches(['\n', '\r']).len();
        indenting_tab(text, line + next + blank)
    })
}
