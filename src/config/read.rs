//! How the config is read: strictly, so that nothing which the user sets is passed over.

mod conventions;

use std::collections::BTreeMap;

use globset::{GlobSet, GlobSetBuilder};
use regex::RegexBuilder;

use super::{Config, KEYS, Level, PathConfig, PolicyError, RuleConfig};
use crate::finding::Severity;
use crate::limits::{MAX_CONFIG_PATHS, MAX_EXTERNAL_IMAGES, PATTERN_SIZE};
use crate::rules::{Catalogue, Rule};
use crate::syntax::likeness::did_you_mean;
use crate::syntax::span::{ColumnUnit, LineIndex, Span};
use crate::syntax::yaml::{self, Kind, Node, Value};
use crate::tree::path_glob;

impl Config {
    /// Reads the config `text` that came from `origin`.
    ///
    /// # Errors
    /// For unknown keys and rules, malformed patterns, and anything of another shape.
    pub fn read(origin: &str, text: &str, catalogue: &Catalogue) -> Result<Self, PolicyError> {
        let reader = Reader {
            origin,
            text,
            index: LineIndex::new(text),
            catalogue,
        };
        let arena = yaml::Arena::new();
        let stream = yaml::parse(text, &yaml::Limits::default(), &arena);
        if let Some(fault) = stream.faults.first() {
            return Err(reader.error(fault.span, &fault.message));
        }
        let mut config = Self::default();
        for document in stream.documents.iter().filter(|node| !node.is_null()) {
            reader.document(document, &mut config)?;
        }
        Ok(config)
    }
}

/// Reads one config, and knows where it stands in it.
struct Reader<'r> {
    origin: &'r str,
    text: &'r str,
    index: LineIndex,
    catalogue: &'r Catalogue,
}

type Read<T> = Result<T, PolicyError>;

impl Reader<'_> {
    fn line(&self, span: Span) -> usize {
        let at = self.index.position(self.text, span.start, ColumnUnit::Utf8);
        at.line
    }

    fn error(&self, span: Span, reason: &str) -> PolicyError {
        PolicyError {
            path: self.origin.to_owned(),
            line: self.line(span),
            span,
            reason: reason.to_owned(),
        }
    }

    /// The entries of a mapping, the keys as texts. An empty value has none.
    fn entries<'n, 's>(
        &self,
        node: &'n Node<'s>,
        what: &str,
    ) -> Read<Vec<(&'n str, Span, &'n Node<'s>)>> {
        if node.is_null() {
            return Ok(Vec::new());
        }
        let mapping = node
            .as_mapping()
            .ok_or_else(|| self.error(node.span, &format!("{what} is a mapping")))?;
        mapping
            .entries
            .iter()
            .map(|entry| {
                let key = entry.key.as_str();
                let key = key.ok_or_else(|| self.error(entry.key.span, "a key is a text"))?;
                Ok((key, entry.key.span, &entry.value))
            })
            .collect()
    }

    fn texts<'n>(&self, node: &'n Node<'_>, what: &str) -> Read<Vec<(&'n str, Span)>> {
        if node.is_null() {
            return Ok(Vec::new());
        }
        let fault = |span| self.error(span, &format!("{what} is a list of texts"));
        let items = node.as_sequence().ok_or_else(|| fault(node.span))?;
        items
            .iter()
            .map(|item| Ok((item.as_str().ok_or_else(|| fault(item.span))?, item.span)))
            .collect()
    }

    fn unknown(&self, span: Span, key: &str, known: &[&str]) -> PolicyError {
        let near = did_you_mean(key, known.iter().copied());
        let known = known.join("`, `");
        self.error(
            span,
            &format!("unknown key `{key}`{near}; there are `{known}`"),
        )
    }

    fn document(&self, node: &Node<'_>, config: &mut Config) -> Read<()> {
        for (key, span, value) in self.entries(node, "the config")? {
            match key {
                "rules" => {
                    for (id, span, value) in self.entries(value, "`rules`")? {
                        self.known_rule(id, span)?;
                        config.rules.insert(id.to_owned(), self.rule(id, value)?);
                    }
                }
                "paths" => {
                    let items = value.as_sequence().unwrap_or_default();
                    if items.is_empty() && !value.is_null() && value.as_sequence().is_none() {
                        return Err(self.error(value.span, "`paths` is a list"));
                    }
                    let left = MAX_CONFIG_PATHS.saturating_sub(config.paths.len());
                    if let Some(beyond) = items.get(left) {
                        let reason = format!(
                            "`paths` has more than {MAX_CONFIG_PATHS} entries; one entry takes any number of patterns and rules"
                        );
                        return Err(self.error(beyond.span, &reason));
                    }
                    for item in items {
                        config.paths.push(self.path(item)?);
                    }
                }
                "exclude" => config.exclude = self.globs(value, "`exclude`")?,
                "external-images" => {
                    let patterns = self.texts(value, "`external-images`")?;
                    if let Some((_, span)) = patterns.get(MAX_EXTERNAL_IMAGES) {
                        let error = format!("more than {MAX_EXTERNAL_IMAGES} patterns");
                        return Err(self.error(*span, &error));
                    }
                    for (pattern, span) in patterns {
                        let pattern = RegexBuilder::new(pattern)
                            .size_limit(PATTERN_SIZE)
                            .build()
                            .map_err(|error| self.error(span, &error.to_string()))?;
                        config.external_images.push(pattern);
                    }
                }
                "secretsync-indexes" => {
                    let files = self.texts(value, "`secretsync-indexes`")?;
                    config.secret_indexes = files.iter().map(|f| f.0.to_owned()).collect();
                }
                "conventions" => config.conventions = Some(self.conventions(span, value)?),
                other => return Err(self.unknown(span, other, &KEYS.map(|key| key.name))),
            }
        }
        Ok(())
    }

    fn known_rule(&self, id: &str, span: Span) -> Read<()> {
        if self.catalogue.get(id).is_some() {
            return Ok(());
        }
        let near = did_you_mean(id, self.catalogue.rules().map(Rule::id));
        Err(self.error(span, &format!("no rule is called `{id}`{near}")))
    }

    fn level(&self, node: &Node<'_>) -> Read<Level> {
        match node.as_str() {
            Some("off") => Ok(Level::Off),
            Some("error") => Ok(Level::At(Severity::Error)),
            Some("warning") => Ok(Level::At(Severity::Warning)),
            Some("hint") => Ok(Level::At(Severity::Hint)),
            other => {
                let near = did_you_mean(other.unwrap_or(""), ["error", "warning", "hint", "off"]);
                let reason = format!("a severity is `error`, `warning`, `hint` or `off`{near}");
                Err(self.error(node.span, &reason))
            }
        }
    }

    fn rule(&self, id: &str, node: &Node<'_>) -> Read<RuleConfig> {
        let mut config = RuleConfig::default();
        if node.as_mapping().is_none() {
            config.level = Some(self.level(node)?);
            return Ok(config);
        }
        for (key, span, value) in self.entries(node, "a rule")? {
            match key {
                "severity" => config.level = Some(self.level(value)?),
                "params" => {
                    let origin = format!("{}:{}", self.origin, self.line(span));
                    config.params = Some((origin, self.params(id, value)?));
                }
                other => return Err(self.unknown(span, other, &["severity", "params"])),
            }
        }
        Ok(config)
    }

    /// The parameters that replace those of the rule. Each is tried by itself, beside the
    /// rule's own others, so that the error names its line.
    fn params(&self, id: &str, node: &Node<'_>) -> Read<serde_yaml::Mapping> {
        let mut params = serde_yaml::Mapping::new();
        let Some(rule) = self.catalogue.get(id) else {
            return Ok(params);
        };
        let own = match &rule.front_matter.params {
            serde_yaml::Value::Mapping(own) => own.clone(),
            _ => serde_yaml::Mapping::new(),
        };
        for (key, span, value) in self.entries(node, "`params`")? {
            let value = value_of(value);
            let mut tried = own.clone();
            tried.insert(key.into(), value.clone());
            if let Some(prepare) = crate::checks::prepare(id, rule.front_matter.check.as_deref())
                && let Err(reason) = prepare.check(&serde_yaml::Value::Mapping(tried))
            {
                let known = own.keys().filter_map(serde_yaml::Value::as_str);
                let near = if own.contains_key(key) {
                    String::new()
                } else {
                    did_you_mean(key, known)
                };
                let reason = format!("parameter `{key}` of rule `{id}`: {reason}{near}");
                return Err(self.error(span, &reason));
            }
            params.insert(key.into(), value);
        }
        Ok(params)
    }

    fn path(&self, node: &Node<'_>) -> Read<PathConfig> {
        let mut globs = None;
        let mut rules = BTreeMap::new();
        for (key, span, value) in self.entries(node, "an entry of `paths`")? {
            match key {
                "paths" => globs = Some(self.globs(value, "`paths`")?),
                "rules" => {
                    for (id, span, value) in self.entries(value, "`rules`")? {
                        self.known_rule(id, span)?;
                        rules.insert(id.to_owned(), self.level(value)?);
                    }
                }
                other => return Err(self.unknown(span, other, &["paths", "rules"])),
            }
        }
        let globs = globs.ok_or_else(|| {
            self.error(
                node.span,
                "an entry of `paths` has `paths`, a list of patterns",
            )
        })?;
        Ok(PathConfig { globs, rules })
    }

    fn globs(&self, node: &Node<'_>, what: &str) -> Read<GlobSet> {
        let mut globs = GlobSetBuilder::new();
        for (pattern, span) in self.texts(node, what)? {
            let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
            for pattern in [pattern, &format!("{pattern}/**")] {
                globs
                    .add(path_glob(pattern).map_err(|error| self.error(span, &error.to_string()))?);
            }
        }
        globs
            .build()
            .map_err(|error| self.error(node.span, &error.to_string()))
    }
}

/// The value as a rule's parameters have it.
fn value_of(node: &Node<'_>) -> serde_yaml::Value {
    match &node.value {
        Value::Sequence(items) => serde_yaml::Value::Sequence(items.iter().map(value_of).collect()),
        Value::Mapping(mapping) => serde_yaml::Value::Mapping(
            mapping
                .entries
                .iter()
                .map(|entry| (value_of(&entry.key), value_of(&entry.value)))
                .collect(),
        ),
        Value::Scalar(scalar) => match scalar.kind() {
            Kind::Null => serde_yaml::Value::Null,
            Kind::Bool(value) => value.into(),
            Kind::Integer => match scalar.text.parse::<i64>() {
                Ok(number) => number.into(),
                Err(_) => scalar.text.to_string().into(),
            },
            Kind::Float => match scalar.text.parse::<f64>() {
                Ok(number) => number.into(),
                Err(_) => scalar.text.to_string().into(),
            },
            Kind::String => scalar.text.to_string().into(),
        },
    }
}
