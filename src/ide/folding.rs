//! Which lines of a text belong together.

use crate::syntax::span::Span;

/// Lines that an editor can fold up below the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fold {
    /// From the start of the first line to the end of the last one.
    pub span: Span,
    /// Whether they are comments.
    pub is_comment: bool,
}

/// A line that something stands on.
struct Line {
    span: Span,
    level: usize,
    is_comment: bool,
    /// Whether a blank line comes before it.
    is_apart: bool,
}

/// The folds of a YAML text, which need not parse: what is indented below a line, the items of a list
/// below their key, and comments of several lines.
#[must_use]
pub fn of_yaml(text: &str) -> Vec<Fold> {
    let lines = lines(text);
    let mut folds = comments(&lines);
    let mut open: Vec<(usize, Span)> = Vec::new();
    let mut last = Span::whole_file();
    for line in lines.iter().filter(|line| !line.is_comment) {
        close(&mut open, line.level, last, &mut folds);
        open.push((line.level, line.span));
        last = line.span;
    }
    close(&mut open, 0, last, &mut folds);
    folds.sort();
    folds
}

/// The folds of a mapping file: comments of several lines, and what stands below a comment up to the
/// next one or a blank line.
#[must_use]
pub fn of_mapping_file(text: &str) -> Vec<Fold> {
    let lines = lines(text);
    let mut folds = comments(&lines);
    let mut groups = lines.chunk_by(|one, next| {
        !next.is_apart && (next.is_comment == one.is_comment || one.is_comment)
    });
    folds.extend(groups.by_ref().filter_map(|group| {
        let title = group.iter().rposition(|line| line.is_comment)?;
        fold(&group[title..], false)
    }));
    folds.sort();
    folds
}

/// Ends what is not below a line of this level any more.
fn close(open: &mut Vec<(usize, Span)>, level: usize, last: Span, folds: &mut Vec<Fold>) {
    while let Some((_, first)) = open.pop_if(|(own, _)| *own >= level) {
        if first != last {
            folds.push(Fold {
                span: first.join(last),
                is_comment: false,
            });
        }
    }
}

fn comments(lines: &[Line]) -> Vec<Fold> {
    let runs = lines.chunk_by(|one, next| {
        one.is_comment && next.is_comment && one.level == next.level && !next.is_apart
    });
    runs.filter(|run| run[0].is_comment)
        .filter_map(|run| fold(run, true))
        .collect()
}

/// The fold of several lines.
fn fold(lines: &[Line], is_comment: bool) -> Option<Fold> {
    let [first, .., last] = lines else {
        return None;
    };
    Some(Fold {
        span: first.span.join(last.span),
        is_comment,
    })
}

/// The lines that are not blank.
fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut is_apart = false;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end();
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - content.len();
        if content.is_empty() {
            is_apart = true;
        } else {
            // A list may stand as far left as the key that it belongs to.
            let is_item = content == "-" || content.starts_with("- ");
            lines.push(Line {
                span: Span::new(start, start + line.len()),
                level: 2 * indent + usize::from(is_item),
                is_comment: content.starts_with('#'),
                is_apart,
            });
            is_apart = false;
        }
        start += raw.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, folds: &[Fold]) -> Vec<(usize, usize, bool)> {
        let line = |at: u32| text[..at as usize].matches('\n').count();
        folds
            .iter()
            .map(|fold| (line(fold.span.start), line(fold.span.end), fold.is_comment))
            .collect()
    }

    #[test]
    fn what_is_indented_below_a_key_is_folded() {
        let text =
            "# one\n# two\na:\n  b: 1\n\n  c:\n    d: 2\nlist:\n- x: 1\n  y: 2\n- z\nend: 1\n";
        assert_eq!(
            shown(text, &of_yaml(text)),
            [
                (0, 1, true),
                (2, 6, false),
                (5, 6, false),
                (7, 10, false),
                (8, 9, false)
            ]
        );
        assert_eq!(of_yaml(""), []);
        assert_eq!(of_yaml("a: [\n"), []);
    }

    #[test]
    fn groups_of_mappings_are_folded_below_their_comment() {
        let text = "a b\nc d\n# one\n# two\ne f\ng h\n\n# three\ni j\n# four\n";
        assert_eq!(
            shown(text, &of_mapping_file(text)),
            [(2, 3, true), (3, 5, false), (7, 8, false)]
        );
    }
}
