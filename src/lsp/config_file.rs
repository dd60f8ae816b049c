//! `.mirrorlint.yaml`, and the suppression comments of all files, under the cursor: which rules
//! and options there are, and what a rule means.

use serde_yaml::Value;

use crate::config::KEYS;
use crate::model::Conventions;
use crate::rules::{Catalogue, Rule};
use crate::syntax::span::Span;

/// What may be written where a severity may.
const LEVELS: [(&str, &str); 4] = [
    ("error", "breaks something"),
    ("warning", "probably wrong"),
    ("hint", "worth knowing"),
    ("off", "not reported"),
];

/// Something that can be written at the cursor.
#[derive(Clone, Debug)]
pub struct Offer<'c> {
    /// The text.
    pub text: String,
    /// What it means, in a few words.
    pub detail: String,
    /// The rule that it names.
    pub rule: Option<&'c Rule>,
}

/// What a config may hold at `offset` of `text`, and the word that it takes the place of.
#[must_use]
pub fn offers<'c>(text: &str, offset: usize, catalogue: &'c Catalogue) -> (Span, Vec<Offer<'c>>) {
    let cursor = Cursor::at(text, offset);
    let path: Vec<&str> = cursor.path.iter().map(String::as_str).collect();
    let suffix = if cursor.is_value { "" } else { ": " };
    let rules = || {
        let offer = |rule: &'c Rule| Offer {
            text: format!("{}{suffix}", rule.id()),
            detail: rule.page.title.clone(),
            rule: Some(rule),
        };
        catalogue.rules().map(offer).collect()
    };
    let words = |words: &[(&str, &str)]| {
        let offer = |(word, detail): &(&str, &str)| Offer {
            text: format!("{word}{suffix}"),
            detail: (*detail).to_owned(),
            rule: None,
        };
        words.iter().map(offer).collect()
    };
    let offers = match (path.as_slice(), cursor.is_value) {
        ([], false) => words(&KEYS.map(|key| (key.name, key.effect))),
        (["rules"] | ["paths", "rules"], false) => rules(),
        (["rules", _] | ["rules", _, "severity"] | ["paths", "rules", _], true) => words(&LEVELS),
        (["rules", _], false) => words(&[
            ("severity", "error, warning, hint or off"),
            ("params", "replace those of the rule's page, one by one"),
        ]),
        (["rules", id, "params"], false) => {
            let rule = catalogue.get(id);
            keys(rule.map(|rule| &rule.front_matter.params), suffix)
        }
        (["conventions", path @ ..], false) => {
            let builtin = Conventions::builtin().ok();
            let whole = builtin.as_ref().map(Conventions::document);
            let inside = path.iter().try_fold(whole, |at, key| Some(at?.get(*key)));
            keys(inside.flatten(), suffix)
        }
        (["paths"], false) => words(&[
            ("paths", "patterns; a folder stands for all that lies in it"),
            ("rules", "severities for these paths"),
        ]),
        _ => Vec::new(),
    };
    (cursor.word, offers)
}

/// The rules that may be named in a suppression comment at `offset`, and the word that they take
/// the place of; `None` outside the brackets of one.
#[must_use]
pub fn offers_in_comment<'c>(
    text: &str,
    offset: usize,
    catalogue: &'c Catalogue,
) -> Option<(Span, Vec<Offer<'c>>)> {
    let line = line_at(text, offset);
    let before = text.get(line.start as usize..offset)?;
    let said = before.split_once("# mirrorlint:")?.1;
    let inside = said.rsplit_once('[')?.1;
    if inside.contains(']') {
        return None;
    }
    let offer = |rule: &'c Rule| Offer {
        text: rule.id().to_owned(),
        detail: rule.page.title.clone(),
        rule: Some(rule),
    };
    Some((
        word_at(text, offset),
        catalogue.rules().map(offer).collect(),
    ))
}

/// The rule that is named at `offset` of a config, or of a suppression comment.
#[must_use]
pub fn rule_at<'c>(
    text: &str,
    offset: usize,
    is_config: bool,
    catalogue: &'c Catalogue,
) -> Option<(Span, &'c Rule)> {
    let line = line_at(text, offset);
    if !is_config && !text.get(line.range())?.contains("mirrorlint:") {
        return None;
    }
    let word = word_at(text, offset);
    let end = text.get(word.end as usize..)?;
    let end = end.len() - end.trim_start_matches(is_of_word).len();
    let word = Span::new(word.start as usize, word.end as usize + end);
    Some((word, catalogue.get(text.get(word.range())?)?))
}

/// The page of `rule`, as Markdown.
#[must_use]
pub fn page(rule: &Rule) -> String {
    format!(
        "### {}\n\n`{}`, {}\n\n{}",
        rule.page.title,
        rule.id(),
        rule.front_matter.severity.as_str(),
        rule.page.explanation()
    )
}

/// The keys of a mapping, each with the value that it has without a config.
fn keys<'c>(values: Option<&Value>, suffix: &str) -> Vec<Offer<'c>> {
    let own = values.and_then(Value::as_mapping);
    let named = own.into_iter().flatten().filter_map(|(key, value)| {
        let value = serde_json::to_string(value).unwrap_or_default();
        Some(Offer {
            text: format!("{}{suffix}", key.as_str()?),
            detail: value.chars().take(80).collect(),
            rule: None,
        })
    });
    named.collect()
}

/// Where the cursor stands, by indentation: a text that is being typed seldom parses.
struct Cursor {
    /// The keys above.
    path: Vec<String>,
    /// Whether it stands behind a key; that key is then the last one of the path.
    is_value: bool,
    /// The word before it.
    word: Span,
}

impl Cursor {
    fn at(text: &str, offset: usize) -> Self {
        let offset = text.floor_char_boundary(offset);
        let start = line_at(text, offset).start as usize;
        let before = &text[start..offset];
        let (mut indent, key) = key_of(before);
        let is_value = key.is_some();
        let mut path: Vec<String> = key.map(str::to_owned).into_iter().collect();
        for line in text[..start].lines().rev() {
            let is_blank = line.trim().is_empty() || line.trim_start().starts_with('#');
            if let (false, (above, Some(key))) = (is_blank, key_of(line))
                && above < indent
            {
                path.push(key.to_owned());
                indent = above;
            } else if !is_blank && key_of(line).0 < indent {
                indent = key_of(line).0;
            }
            if indent == 0 {
                break;
            }
        }
        path.reverse();
        Self {
            path,
            is_value,
            word: word_at(text, offset),
        }
    }
}

/// How far a line is indented, dashes of list items included, and the key that it starts with.
fn key_of(line: &str) -> (usize, Option<&str>) {
    let rest = line.trim_start_matches([' ', '-']);
    let indent = line.len() - rest.len();
    let key = rest.split_once(':').map(|(key, _)| key.trim_end());
    (indent, key.filter(|key| !key.is_empty()))
}

/// The line around `offset`, without its break.
fn line_at(text: &str, offset: usize) -> Span {
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..]
        .find('\n')
        .map_or(text.len(), |at| offset + at);
    Span::new(start, end)
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The word that ends at `offset`.
fn word_at(text: &str, offset: usize) -> Span {
    let offset = text.floor_char_boundary(offset);
    let before = text[..offset].trim_end_matches(is_of_word);
    // The dash of a list item is none of the word.
    let dashes =
        text[before.len()..offset].len() - text[before.len()..offset].trim_start_matches('-').len();
    Span::new(before.len() + dashes, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is offered where `|` stands.
    fn offered(marked: &str) -> Vec<String> {
        let catalogue = Catalogue::builtin().unwrap_or_default();
        let offset = marked.find('|').unwrap_or(marked.len());
        let (_, offers) = offers(&marked.replace('|', ""), offset, &catalogue);
        offers.into_iter().map(|offer| offer.text).collect()
    }

    #[test]
    fn what_is_offered_depends_on_the_keys_above() {
        let keys = ["rules: ", "paths: ", "exclude: "];
        for marked in ["|", "ru|", "rules:\n  x: off\n|"] {
            let offered = offered(marked);
            assert!(
                keys.iter().all(|k| offered.iter().any(|o| o == k)),
                "{marked}"
            );
        }
        let levels = ["error", "warning", "hint", "off"];
        for marked in [
            "rules:\n  owners-content: |",
            "rules:\n  owners-content: w|\n  x: off\n",
            "rules:\n  owners-content:\n    severity: |",
            "paths:\n- paths: [a]\n  rules:\n    owners-content: |",
        ] {
            assert_eq!(offered(marked), levels, "{marked}");
        }
        for marked in [
            "rules:\n  |",
            "rules:\n  # a comment\n\n  own|\n",
            "paths:\n- paths: [a]\n  rules:\n    |",
        ] {
            let offered = offered(marked);
            assert!(offered.contains(&"owners-content: ".to_owned()), "{marked}");
        }
        assert_eq!(
            offered("rules:\n  owners-content:\n    |"),
            ["severity: ", "params: "]
        );
        let params = offered("rules:\n  placeholder:\n    params:\n      |");
        assert!(params.contains(&"pattern: ".to_owned()), "{params:?}");
        assert_eq!(offered("paths:\n- |"), ["paths: ", "rules: "]);
        assert_eq!(offered("exclude:\n- |"), Vec::<String>::new());
    }

    #[test]
    fn a_rule_is_known_in_the_config_and_in_comments() {
        let catalogue = Catalogue::builtin().unwrap_or_default();
        let named = |text: &str, offset, is_config| {
            rule_at(text, offset, is_config, &catalogue).map(|(_, rule)| rule.id().to_owned())
        };
        let wanted = Some("owners-content".to_owned());
        assert_eq!(named("rules:\n  owners-content: off", 15, true), wanted);
        let comment = "a b # mirrorlint: ignore[owners-content] x";
        assert_eq!(named(comment, 30, false), wanted);
        assert_eq!(named("owners-content", 3, false), None);
        let typed = "# mirrorlint: ignore[own";
        let offers = offers_in_comment(typed, typed.len(), &catalogue);
        let (word, offers) = offers.unwrap_or_default();
        assert_eq!(word, Span::new(typed.len() - 3, typed.len()));
        assert!(offers.iter().any(|offer| offer.text == "owners-content"));
        assert!(offers_in_comment("# mirrorlint: ignore[a] ", 24, &catalogue).is_none());
    }
}
