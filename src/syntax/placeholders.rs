//! Texts with names in braces, which are filled in: prose, and YAML in which what is filled in stays
//! a text whatever it is.

use std::borrow::Cow;

/// Words that a Go reader of YAML takes for something else than a text, in lower case.
const NO_TEXTS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// `template` with the `value` of each name that has one, which is not looked into again.
#[must_use]
pub fn fill<'v>(template: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let named = behind.split_once('}');
        let known = named.and_then(|(name, behind)| Some((value(name)?, behind)));
        let (value, behind) = known.unwrap_or(("{", behind));
        filled.push_str(value);
        rest = behind;
    }
    filled + rest
}

/// The same for YAML in block style: a scalar that is filled in is put in quotes where it would be
/// no text without. A value of several lines is taken as the YAML that it is.
#[must_use]
pub fn fill_yaml<'v>(template: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let filled = |scalar: &str| {
        let text = fill(scalar, &value);
        let is_scalar = scalar.contains('{') && !scalar.starts_with(['"', '\'', '#']);
        if is_scalar && !text.contains('\n') {
            yaml_scalar(&text).into_owned()
        } else {
            text
        }
    };
    let mut yaml = String::with_capacity(template.len());
    for line in template.split_inclusive('\n') {
        let content = line.trim_end_matches('\n');
        let scalar = content.trim_start_matches([' ', '-']);
        let (key, behind) = match scalar.split_once(": ") {
            Some((key, value)) => (key, format!(": {}", filled(value))),
            None => match scalar.strip_suffix(':') {
                Some(key) => (key, ":".to_owned()),
                None => (scalar, String::new()),
            },
        };
        yaml.push_str(&content[..content.len() - scalar.len()]);
        yaml.push_str(&filled(key));
        yaml.push_str(&behind);
        yaml.push_str(&line[content.len()..]);
    }
    yaml
}

/// A text of one line as a scalar: in quotes only where it has to be.
#[must_use]
pub fn yaml_scalar(text: &str) -> Cow<'_, str> {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !NO_TEXTS.contains(&&*text.to_ascii_lowercase())
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' ']);
    if is_plain {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', "''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_once() {
        let value = |name: &str| match name {
            "a" => Some("{b}"),
            "b" => Some("x"),
            _ => None,
        };
        for (template, filled) in [
            ("{a} and {b}", "{b} and x"),
            ("{}, {c} and {", "{}, {c} and {"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(fill(template, value), filled);
        }
    }

    #[test]
    fn what_is_filled_into_yaml_stays_a_text() {
        for text in [
            "acme", "1e3", "0x1", "null", "On", "123", "a: b", "a #b", "it's",
        ] {
            let template = "- key: {text}\n  {text}:\n    # {text}\n    list:\n    - {text}\n";
            let yaml = fill_yaml(template, |_| Some(text));
            let read: serde_yaml::Value = serde_yaml::from_str(&yaml).expect("it is YAML");
            assert_eq!(read[0]["key"], serde_yaml::Value::from(text), "{yaml}");
            let below = &read[0][text]["list"][0];
            assert_eq!(*below, serde_yaml::Value::from(text), "{yaml}");
            assert!(yaml.contains(&format!("# {text}\n")), "{yaml}");
        }
        let yaml = fill_yaml("- {run}\n  x: \"{n}\"", |name| {
            Some(if name == "n" { "1" } else { "a: 1\n  b: 2" })
        });
        assert_eq!(yaml, "- a: 1\n  b: 2\n  x: \"1\"");
    }
}
