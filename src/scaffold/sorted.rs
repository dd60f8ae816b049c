//! Adding a block to a list or a mapping that is written in YAML's block style: at its place in the
//! order of the names, with every other byte kept.

use crate::syntax::span::Span;

/// One block that is there: an item of a list, or a key with its value.
pub(super) struct Block<'f> {
    /// What it is sorted by.
    pub(super) name: &'f str,
    /// From where it starts, which may be behind its `-`, to the end of its last value.
    pub(super) span: Span,
}

/// What stands at the start of each line of a block in front of its content.
const DASH: &str = "- ";

/// The lines of `text` that the block at `span` takes.
pub(super) fn lines(text: &str, span: Span) -> &str {
    let range = span.range();
    &text[start_of_line(text, range.start)..end_of_line(text, range.end)]
}

/// `text` with `new`, lines that are not indented, among `blocks`, which are in the order of the
/// text; `None` where these do not stand on lines of their own. Among blocks that are in no order
/// it goes where it adds least to the disorder.
pub(super) fn insert(text: &str, blocks: &[Block<'_>], name: &str, new: &str) -> Option<String> {
    let first = blocks.first()?;
    let before =
        text.get(start_of_line(text, first.span.range().start)..first.span.range().start)?;
    let indentation = before.strip_suffix(DASH).unwrap_or(before);
    if !indentation.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let at = match blocks.get(place(blocks, name)) {
        Some(next) => above_comments(text, start_of_line(text, next.span.range().start)),
        None => end_of_line(text, blocks.last()?.span.range().end),
    };
    let break_ = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut changed = text[..at].to_owned();
    if !changed.is_empty() && !changed.ends_with('\n') {
        changed.push_str(break_);
    }
    for line in new.lines() {
        changed.extend([indentation, line, break_]);
    }
    Some(changed + &text[at..])
}

/// In front of which block `name` comes: where the fewest stand on the wrong side of it, and of such
/// places the last.
fn place(blocks: &[Block<'_>], name: &str) -> usize {
    let is_before = |block: &Block<'_>| block.name < name;
    let mut wrong = blocks.iter().filter(|block| is_before(block)).count();
    let (mut best, mut fewest) = (0, wrong);
    for (number, block) in blocks.iter().enumerate() {
        if is_before(block) {
            wrong -= 1;
        } else {
            wrong += 1;
        }
        if wrong <= fewest {
            (best, fewest) = (number + 1, wrong);
        }
    }
    best
}

fn start_of_line(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

fn end_of_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// The start of the comments right above a line, which speak of what follows them.
fn above_comments(text: &str, mut at: usize) -> usize {
    while at > 0 {
        let above = start_of_line(text, at - 1);
        if !text[above..at].trim_start().starts_with('#') {
            break;
        }
        at = above;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks of a list of names, one a line.
    fn blocks(text: &str) -> Vec<Block<'_>> {
        let mut at = 0;
        let mut blocks = Vec::new();
        for line in text.split_inclusive('\n') {
            let name = line.trim().trim_start_matches(DASH);
            let start = at + line.find(name).unwrap_or_default();
            if !name.is_empty() && !name.starts_with('#') && !name.ends_with("of:") {
                let span = Span::new(start, start + name.len());
                blocks.push(Block { name, span });
            }
            at += line.len();
        }
        blocks
    }

    #[test]
    fn a_block_goes_where_the_order_wants_it() {
        for (text, name, expected) in [
            ("- b\n- d\n", "a", "- a\n- b\n- d\n"),
            ("- b\n- d\n", "c", "- b\n- c\n- d\n"),
            ("- b\n- d", "e", "- b\n- d\n- e\n"),
            (
                "of:\n  - b\n  # of d\n  - d\n",
                "c",
                "of:\n  - b\n  - c\n  # of d\n  - d\n",
            ),
            (
                "- b # of b\n# of d\n\n- d\n",
                "e",
                "- b # of b\n# of d\n\n- d\n- e\n",
            ),
            ("- b\r\n- d\r\n", "c", "- b\r\n- c\r\n- d\r\n"),
            // In no order: two of these come later, one earlier.
            ("- z\n- b\n- y\n- x\n", "c", "- z\n- b\n- c\n- y\n- x\n"),
        ] {
            let new = format!("- {name}");
            let inserted = insert(text, &blocks(text), name, &new);
            assert_eq!(inserted.as_deref(), Some(expected), "{name} in {text:?}");
        }
    }

    #[test]
    fn what_stands_beside_other_things_is_left_alone() {
        let text = "of: [b]\n";
        let block = Block {
            name: "b",
            span: Span::new(5, 6),
        };
        assert_eq!(insert(text, &[block], "a", "- a"), None);
        assert_eq!(insert(text, &[], "a", "- a"), None);
    }

    #[test]
    fn a_block_has_its_lines() {
        let text = "of:\n- b: 1\n  c: 2 # two\n- d\n";
        assert_eq!(lines(text, Span::new(6, 17)), "- b: 1\n  c: 2 # two\n");
    }
}
