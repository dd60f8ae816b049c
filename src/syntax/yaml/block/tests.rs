//! What the shortcut reads is what the general parser reads.

use proptest::prelude::*;
use proptest::sample::Index;

use super::super::tests::arena;
use super::super::{Limits, Stream, parse_block, parse_general};

/// A text of everything that is understood.
const SEED: &str = "# head\n---\na: b # c\n'q k': \"x \\\"y\\\"\"\nlist:\n- k: |\n    one\n      two\n\n  l: >-\n    three\n    four\n- - x\n  - y\n-\n  z: plain\n    goes on\n\n    here\nempty:\nflow: [a, {b: 'c d', \"e\":f}, []]\nlong: 'it''s\n  folded\n\n  twice'\nslash: \"x \\\n  \\ y\\n\"\né: ü\n---\n- 1\n- # none\n- --flag\n";

const PIECES: &[&str] = &[
    " ", "  ", "\n", "\n\n", "\n  ", "- ", "-", ": ", ":", "#", " # c ", "'", "\"", "|", "|-", ">",
    "|2", ">+\n", "[", "]", "{", "}", ", ", "? ", "&a ", "*a", "!!str ", "~", "<<: ", "---\n",
    "...\n", "\t", "\r\n", "é", "\u{85}", "\u{2028}", "\u{feff}", "\\", "\\n", "a", "a: b", "%",
    "@", "`", "1", "=",
];

/// What the shortcut reads of `text`, if it reads it, which is then what the general parser reads.
fn read<'t>(text: &'t str, limits: &Limits) -> Option<Stream<'t>> {
    let quick = parse_block(text, limits, arena())?;
    let general = parse_general(text, limits, arena());
    assert_eq!(quick, general, "{text:?}");
    Some(quick)
}

fn is_read(text: &str) -> bool {
    read(text, &Limits::default()).is_some()
}

/// Writes block YAML as a row of `choices` asks.
struct Writer<'c> {
    choices: std::slice::Iter<'c, u8>,
    text: String,
}

impl Writer<'_> {
    fn choose(&mut self, count: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or_default()) % count
    }

    fn add(&mut self, pieces: &[&str]) {
        let chosen = self.choose(pieces.len());
        self.text.push_str(pieces[chosen]);
    }

    fn indent(&mut self, column: usize) {
        self.text.extend(std::iter::repeat_n(' ', column));
    }

    fn end_line(&mut self) {
        self.add(&["", "", " ", " # é", " # c  "]);
        self.add(&[
            "\n",
            "\n",
            "\n",
            "\n\n",
            "\n  \n",
            "\n# c\n",
            "\n        # c \n\n",
        ]);
    }

    /// A collection at `column`, whose first line is indented already.
    fn collection(&mut self, column: usize, depth: usize) {
        let is_sequence = self.choose(2) == 0;
        for child in 0..=self.choose(4) {
            if child > 0 {
                self.indent(column);
            }
            if is_sequence {
                self.text.push('-');
                self.item(column, depth);
            } else {
                let quote = ["", "", "'", "\""][self.choose(4)];
                let name = ["k", "a-b.c/d", "é k"][self.choose(3)];
                self.text.push_str(&format!("{quote}{name}{child}{quote}"));
                self.text.push(':');
                self.value(column, depth);
            }
        }
    }

    fn item(&mut self, column: usize, depth: usize) {
        let spaces = 1 + self.choose(3);
        if depth > 0 && self.choose(3) == 0 {
            self.indent(spaces);
            self.collection(column + 1 + spaces, depth - 1);
        } else {
            self.value(column, depth);
        }
    }

    /// What stands behind the colon or dash of an entry of the collection at `column`.
    fn value(&mut self, column: usize, depth: usize) {
        let deeper = column + 1 + self.choose(4);
        match self.choose(8) {
            0 => self.end_line(),
            1 if depth > 0 => {
                self.end_line();
                self.indent(deeper);
                self.collection(deeper, depth - 1);
            }
            2 => {
                self.add(&[" |", " >", " |-", " >-", " |+", " >+"]);
                self.add(&["", " ", " # c"]);
                for _ in 0..=self.choose(4) {
                    self.add(&["\n", "\n\n"]);
                    self.indent(deeper);
                    self.add(&["x", "x  y ", "# x", "é: 'x", "- x"]);
                    self.add(&["", "", "\n", "\n\n"]);
                    if self.choose(4) == 0 {
                        self.text.push('\n');
                        self.indent(deeper);
                        self.text.push_str("  more");
                    }
                }
                self.add(&["\n", "\n\n\n"]);
            }
            3 => {
                let quote = ["", "'", "\""][self.choose(3)];
                self.text.push_str(&format!(" {quote}first"));
                for _ in 0..self.choose(4) {
                    self.add(&["\n", " \n", "\n\n", "\n \n\n"]);
                    self.indent(deeper);
                    self.add(&["more", "- more", "a,b", "?x", "%"]);
                }
                self.text.push_str(quote);
                self.end_line();
            }
            _ => {
                self.add(&[
                    " x",
                    "  1.5",
                    " --a=b",
                    " a:b#c",
                    " 'it''s'",
                    " \"\\n\\\\ \"",
                    " ''",
                    " é ü",
                    " []",
                    " {}",
                    " [a, 'b', {c: d}]",
                    " {a: [1,2], \"b\":c}",
                    " ~",
                    " \"# x\"",
                ]);
                self.end_line();
            }
        }
    }
}

/// Texts of block YAML.
fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u8>(), 0..200).prop_map(|choices| {
        let mut writer = Writer {
            choices: choices.iter(),
            text: String::new(),
        };
        writer.add(&["", "", "---\n", "# c\n\n--- # d\n"]);
        writer.collection(0, 4);
        writer.text
    })
}

/// Changes to a text: where, how many characters give way, and to which piece.
fn changes() -> impl Strategy<Value = Vec<(Index, usize, Option<&'static str>)>> {
    let piece = prop::option::weighted(0.8, prop::sample::select(PIECES));
    prop::collection::vec((any::<Index>(), 0..3_usize, piece), 1..6)
}

fn changed(text: &str, changes: &[(Index, usize, Option<&str>)]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (place, count, piece) in changes {
        let at = place.index(characters.len() + 1);
        let end = (at + count).min(characters.len());
        characters.splice(at..end, piece.unwrap_or_default().chars());
    }
    characters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_programs_write_is_read(text in texts()) {
        let is_sound = parse_general(&text, &Limits::default(), arena()).faults.is_empty();
        prop_assert_eq!(is_read(&text), is_sound, "{:?}", text);
    }

    #[test]
    fn a_changed_text_is_read_alike_or_not_at_all(
        text in prop_oneof![texts(), Just(SEED.to_owned())],
        changes in changes(),
    ) {
        is_read(&changed(&text, &changes));
    }

    #[test]
    fn pieces_are_read_alike_or_not_at_all(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..16),
    ) {
        is_read(&pieces.concat());
    }
}

#[test]
fn the_subset() {
    assert!(is_read(SEED));
    for text in [
        "",
        "# only\n",
        "a: b",
        "[a,\n b]\n",
        "a: |\n  x",
        "a: |+\n\n\n",
        "a: |2\n   x\n",
        "a:\n- b\n-\nc:\n",
        "  a: b\n  c: d\n",
        "-   - a\n    - b: c\n      d:\n",
        "- # c  \n- b\n",
        "a: \"b \\\n  c\"\n",
    ] {
        assert!(is_read(text), "{text:?}");
    }
    for text in [
        "a",
        "--- a\n",
        "---\n",
        "a: b\n...\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !!str b\n",
        "<<: {a: b}\n",
        "? a\n",
        "%YAML 1.2\n---\na: b\n",
        "a: b\na: c\n",
        "{a: b, 'a': c}\n",
        "a: b: c\n",
        "a:\n    b: c\n  d: e\n",
        "a: b\n c: d\n",
        "a: \"b\nc\"\n",
        "a: |\n    \n  x\n",
        "a: |\n  x\n   ",
        "a: |2\n # x\nb: c\n",
        "a: \tb\n",
        "a: b\r\n",
        "\u{feff}a: b\n",
        "a: [b\n",
        "a: {b}\n",
        "a: [b, ]\n",
        "a: @b\n",
    ] {
        assert!(!is_read(text), "{text:?}");
    }
}

#[test]
fn limits_are_kept() {
    let nested = "- ".repeat(99) + "- x\n";
    let flow = "[".repeat(100) + &"]".repeat(100);
    assert!(is_read(&nested) && is_read(&flow));
    assert!(!is_read(&format!("- {nested}")) && !is_read(&format!("[{flow}]")));
    let limits = Limits {
        max_nodes: 4,
        ..Limits::default()
    };
    assert!(read("a: [b, c]\n", &limits).is_none());
    assert!(read("a: [b]\n", &limits).is_some());
    let long = |length| format!("{}: x\n", "k".repeat(length));
    assert!(is_read(&long(1_000)) && !is_read(&long(1_001)));
    let many: String = (0..40).map(|n| format!("k{n}: x\n")).collect();
    assert!(is_read(&many) && !is_read(&format!("{many}k7: y\n")));
}
