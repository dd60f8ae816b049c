//! Characters that no reference holds.

use super::super::is_valid;
use super::{GRAMMAR, Kind, ReferenceFault};
use crate::syntax::span::Span;

/// The first character, with its equals that follow at once, that occurs in no reference.
pub(super) fn stray_character(token: &str) -> Option<ReferenceFault> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-:/@+".contains(c);
    let (start, character) = token.char_indices().find(|&(_, c)| !legal(c))?;
    let rest = &token[start..];
    let run = rest.len() - rest.trim_start_matches(character).len();
    let span = Span::new(start, start + run);
    let shown = shown(character);
    if character == '*' {
        return Some(ReferenceFault::new(
            Kind::Wildcard,
            span,
            "`*` is a wildcard in the tag of a source only",
            "name the image in full",
        ));
    }
    let stray = |message: String, help: &str| {
        ReferenceFault::new(Kind::StrayCharacter, span, message, help)
    };
    Some(match character {
        '"' | '\'' | '`' | ';' | ',' | '“' | '”' | '‘' | '’' => {
            let bare = token.trim_matches(['"', '\'', '`', ';', ',', '“', '”', '‘', '’']);
            let fix = is_valid(bare).then(|| (Span::new(0, token.len()), bare.to_owned()));
            let help = if matches!(character, ';' | ',') {
                "references are separated by spaces and by nothing else"
            } else {
                "references are written without quotes"
            };
            stray(format!("stray {shown}"), help).with_fix(fix)
        }
        '=' => stray(
            format!("{shown} inside an image reference"),
            "a token holds one `=`, between source and destination",
        ),
        '<' | '>' => stray(
            format!("{shown} is not allowed in an image reference"),
            "write the text that a placeholder such as `<tag>` stands for, and no arrow between references",
        ),
        '$' | '{' | '}' => stray(
            format!("{shown} is not allowed in an image reference"),
            "nothing is expanded here: replace the placeholder by the text it stands for",
        ),
        _ => stray(
            format!("{shown} is not allowed in an image reference"),
            GRAMMAR,
        ),
    })
}

/// A character as a message shows it: in backticks when it can be seen.
fn shown(character: char) -> String {
    if character == '`' {
        "backtick".to_owned()
    } else if character.is_ascii_graphic() {
        format!("`{character}`")
    } else if character.is_alphanumeric() || "“”‘’–—…".contains(character) {
        format!("`{character}` (U+{:04X})", u32::from(character))
    } else {
        format!("character U+{:04X}", u32::from(character))
    }
}
