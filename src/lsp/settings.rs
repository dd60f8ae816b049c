//! What the user's editor is set to: `initializationOptions` and `workspace/didChangeConfiguration`.

use serde::Deserialize;
use serde_json::Value;

use super::Options;
use crate::finding::Severity;
use crate::rules::Rule;

/// The section that the settings are in, where a client sends those of others too.
const SECTION: &str = "mirrorlint";

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The lowest severity that is shown.
    pub shown_from: Severity,
    /// Show only what the branch introduces.
    pub only_my_change: bool,
    /// The revision that the branch is to be merged into; where there is none, the main branch of the remote
    /// that is found.
    pub base: Option<String>,
    select: Vec<String>,
    ignore: Vec<String>,
}

/// The settings as clients send them. What is not sent, or null, is as it was when the server was started.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Sent {
    severity: Option<Level>,
    select: Option<Vec<String>>,
    ignore: Option<Vec<String>>,
    only_my_change: Option<bool>,
    base: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
    Hint,
}

impl Settings {
    /// Those that the server is started with.
    #[must_use]
    pub fn of(options: &Options) -> Self {
        Self {
            shown_from: options.shown_from,
            only_my_change: false,
            base: None,
            select: Vec::new(),
            ignore: Vec::new(),
        }
    }

    /// Those that a client sends, as its own section or with those of others.
    ///
    /// # Errors
    /// In words, when they cannot be read.
    pub fn sent(options: &Options, value: &Value) -> Result<Self, String> {
        let own = value.get(SECTION).unwrap_or(value);
        let sent = match own {
            Value::Object(_) => Sent::deserialize(own).map_err(|error| error.to_string())?,
            Value::Null => Sent::default(),
            _ => return Err("the settings have to be an object".to_owned()),
        };
        let started = Self::of(options);
        Ok(Self {
            shown_from: match sent.severity {
                None => started.shown_from,
                Some(Level::Error) => Severity::Error,
                Some(Level::Warning) => Severity::Warning,
                Some(Level::Hint) => Severity::Hint,
            },
            only_my_change: sent.only_my_change.unwrap_or(started.only_my_change),
            base: sent.base.filter(|base| !base.trim().is_empty()),
            select: sent.select.unwrap_or_default(),
            ignore: sent.ignore.unwrap_or_default(),
        })
    }

    /// Whether `rule` is to run.
    #[must_use]
    pub fn picks(&self, rule: &Rule) -> bool {
        rule.is_picked(&self.select, &self.ignore)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(value: &Value) -> Result<Settings, String> {
        let options = Options {
            rules: Vec::new(),
            shown_from: Severity::Warning,
        };
        Settings::sent(&options, value)
    }

    #[test]
    fn settings_come_by_themselves_or_with_those_of_others() -> Result<(), String> {
        let own = json!({"severity": "hint", "onlyMyChange": true, "base": "upstream/master"});
        let all = json!({"mirrorlint": own, "editor": {"severity": "error"}});
        let read = sent(&own)?;
        assert_eq!(read, sent(&all)?);
        assert_eq!(read.shown_from, Severity::Hint);
        assert!(read.only_my_change);
        assert_eq!(read.base.as_deref(), Some("upstream/master"));
        Ok(())
    }

    #[test]
    fn what_is_not_said_is_as_at_the_start_and_nonsense_is_refused() -> Result<(), String> {
        for nothing in [
            json!(null),
            json!({}),
            json!({"base": " ", "trace": {"server": "off"}, "severity": null}),
        ] {
            let read = sent(&nothing)?;
            assert_eq!((read.shown_from, read.base), (Severity::Warning, None));
        }
        for nonsense in [
            json!([1]),
            json!({"severity": "loud"}),
            json!({"select": "all"}),
        ] {
            assert!(sent(&nonsense).is_err(), "{nonsense}");
        }
        Ok(())
    }
}
