//! Rule pages: Markdown with front matter on top and executable examples in fenced blocks.

use serde::Deserialize;

/// A Markdown page, taken apart.
#[derive(Clone, Debug)]
pub struct Page {
    /// The YAML between the two `---` lines; empty when there is none.
    pub front_matter: String,
    /// Line of the page on which the front matter starts, from 1.
    pub front_matter_line: usize,
    /// The first heading.
    pub title: String,
    /// Everything below the front matter.
    pub body: String,
    /// The examples: one for each `##` section that holds fenced blocks with a `path=`.
    pub examples: Vec<Example>,
}

/// The blocks of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The section's heading, for example `Bad` or `Good: a wildcard`.
    pub heading: String,
    /// The files, in order.
    pub blocks: Vec<Block>,
}

/// A fenced block with a path: one file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Line of the page on which its content starts, from 1.
    pub line: usize,
    /// Where the file lies in the checkout.
    pub path: String,
    /// In which state of the checkout it lies there.
    pub state: State,
    /// What the file holds, marks included.
    pub content: String,
}

/// Which state of a checkout a block describes. In the page it is a word beside `path=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The checkout that is linted.
    Linted,
    /// After the rule's fixes.
    Fixed,
    /// The file is not there.
    Absent,
}

impl Page {
    /// Reads a page.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (front_matter, body, lines_above) = split_front_matter(text);
        let title = body
            .lines()
            .find_map(|line| line.strip_prefix("# "))
            .unwrap_or_default()
            .trim()
            .to_owned();
        Self {
            front_matter: front_matter.to_owned(),
            front_matter_line: 2,
            title,
            body: body.trim_start().to_owned(),
            examples: examples(body, lines_above),
        }
    }

    /// What stands between the title and the first section: what, why and how to fix it.
    #[must_use]
    pub fn explanation(&self) -> &str {
        let body = self.body.split("\n## ").next().unwrap_or_default();
        match body.split_once('\n') {
            Some((title, rest)) if title.starts_with("# ") => rest.trim(),
            _ => body.trim(),
        }
    }
}

fn split_front_matter(text: &str) -> (&str, &str, usize) {
    let Some(rest) = text.strip_prefix("---\n") else {
        return ("", text, 0);
    };
    match rest.find("\n---\n") {
        Some(end) => {
            let front_matter = &rest[..=end];
            let body = &rest[end + "\n---\n".len()..];
            (front_matter, body, front_matter.lines().count() + 2)
        }
        None => ("", text, 0),
    }
}

fn examples(body: &str, lines_above: usize) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut heading = String::new();
    let mut open: Option<(String, Option<Block>)> = None;
    for (at, line) in body.split_inclusive('\n').enumerate() {
        let text = line.trim_end_matches(['\n', '\r']);
        if let Some((fence, block)) = &mut open {
            if text == fence.as_str() {
                if let Some(block) = block.take() {
                    match examples.last_mut() {
                        Some(last) if last.heading == heading => last.blocks.push(block),
                        _ => examples.push(Example {
                            heading: heading.clone(),
                            blocks: vec![block],
                        }),
                    }
                }
                open = None;
            } else if let Some(block) = block {
                block.content.push_str(line);
            }
        } else if let Some(title) = text.strip_prefix("## ") {
            title.trim().clone_into(&mut heading);
        } else if text.starts_with("```") {
            let info = text.trim_start_matches('`');
            let fence = "`".repeat(text.len() - info.len());
            open = Some((fence, block(info, lines_above + at + 2)));
        }
    }
    examples
}

/// The block that a fence line opens, when it names a path.
fn block(info: &str, line: usize) -> Option<Block> {
    let words = || info.split_whitespace();
    let path = words().find_map(|word| word.strip_prefix("path="))?;
    let state = words()
        .find_map(|word| match word {
            "fixed" => Some(State::Fixed),
            "absent" => Some(State::Absent),
            _ => None,
        })
        .unwrap_or(State::Linted);
    Some(Block {
        line,
        path: path.to_owned(),
        state,
        content: String::new(),
    })
}

/// A finding that an example expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Line of the file without marks, from 1.
    pub line: usize,
    /// First and last marked column, from 1, in Unicode scalar values; `None` for a mark that
    /// speaks of the whole file.
    pub columns: Option<(usize, usize)>,
    /// The rule.
    pub rule: String,
    /// Words that the message must contain; empty for any.
    pub message: String,
}

impl Block {
    /// The file's content without the marks, and the marks.
    ///
    /// A mark is a line of carets under the marked text, perhaps behind a `#`, followed by the
    /// rule and optionally `: ` and part of the message:
    ///
    /// ```text
    /// quay.io/a/b:1 registry.ci.openshift.org/kube-x/b:1
    /// #             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ forbidden-namespace: `kube-x`
    /// ```
    ///
    /// `#! rule: part of the message` expects a finding about the file as a whole.
    #[must_use]
    pub fn marks(&self) -> (String, Vec<Mark>) {
        let mut content = String::new();
        let mut marks = Vec::new();
        let mut line = 0;
        for text in self.content.split_inclusive('\n') {
            if let Some(mark) = mark(text.trim_end(), line) {
                marks.push(mark);
            } else {
                content.push_str(text);
                line += 1;
            }
        }
        (content, marks)
    }
}

impl Block {
    /// The lines of the file to show to a person, numbered: those around what is marked, and all
    /// where nothing is. The bool says that something is marked in the line.
    #[must_use]
    pub fn excerpt(&self, context: usize) -> Vec<(usize, String, bool)> {
        let (content, marks) = self.marks();
        let marked: Vec<usize> = marks
            .iter()
            .filter(|mark| mark.columns.is_some())
            .map(|mark| mark.line)
            .collect();
        let is_near =
            |line: usize| marked.is_empty() || marked.iter().any(|at| at.abs_diff(line) <= context);
        let lines = content.lines().enumerate().map(|(at, line)| (at + 1, line));
        lines
            .filter(|(at, _)| is_near(*at))
            .map(|(at, line)| (at, line.to_owned(), marked.contains(&at)))
            .collect()
    }
}

fn mark(text: &str, line: usize) -> Option<Mark> {
    let (columns, said) = if let Some(said) = text.strip_prefix("#! ") {
        (None, said)
    } else {
        let carets = text.trim_start_matches(['#', ' ']);
        let said = carets.trim_start_matches('^');
        let first = text.chars().count() - carets.chars().count() + 1;
        let width = carets.len() - said.len();
        if width == 0 {
            return None;
        }
        (Some((first, first + width - 1)), said.strip_prefix(' ')?)
    };
    let (rule, message) = said.split_once(':').unwrap_or((said, ""));
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    rule.chars().all(is_id).then(|| Mark {
        line: if columns.is_some() { line } else { 1 },
        columns,
        rule: rule.to_owned(),
        message: message.trim().trim_end_matches('…').trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\nid: a\n---\n# Title\n\nWhy.\n\n## Bad\n```text path=x/y\none two\n#   ^^^ some-rule: say this …\n```\nand\n````yaml fixed path=x/z\n```\n````\n## Good\n```\nno path\n```\n";

    #[test]
    fn a_page_is_taken_apart() {
        let page = Page::parse(PAGE);
        assert_eq!(page.front_matter, "id: a\n");
        assert_eq!(page.title, "Title");
        assert_eq!(page.examples.len(), 1);
        let blocks = &page.examples[0].blocks;
        assert_eq!(blocks[0].line, 10);
        assert_eq!(
            (blocks[1].state, blocks[1].content.as_str()),
            (State::Fixed, "```\n")
        );
        let (content, marks) = blocks[0].marks();
        assert_eq!(content, "one two\n");
        assert_eq!(
            marks,
            [Mark {
                line: 1,
                columns: Some((5, 7)),
                rule: "some-rule".to_owned(),
                message: "say this".to_owned(),
            }]
        );
    }

    #[test]
    fn only_marks_are_marks() {
        for text in [
            "# a comment",
            "a: ^b",
            "#  ^^^",
            "^^^ Not an id",
            "#!shebang",
        ] {
            assert_eq!(mark(text, 1), None, "{text}");
        }
        assert_eq!(
            mark("#! r: m", 7).map(|m| (m.line, m.columns)),
            Some((1, None))
        );
    }
}
