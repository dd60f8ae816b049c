//! The catalogue: every rule, read from its Markdown page.
//!
//! A rule's page is the single source of what it checks, how bad that is, what `explain` says and
//! what the tests run. Pages are compiled in; `--rules DIR` adds to them or replaces them.

mod page;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::finding::{Applicability, Severity};

pub use page::{Block, Example, Mark, Page, State};

/// The pages under `rules/`, by file name.
pub(crate) static PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rule_pages.rs"));

/// What stands in a rule page's front matter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The rule's id; also the page's file name.
    pub id: String,
    /// The mechanism that does the looking, where the rule has no check of its own.
    #[serde(default)]
    pub check: Option<String>,
    /// How bad a finding is unless its check grades it.
    pub severity: Severity,
    /// How bad its check may say that it is besides.
    #[serde(default)]
    pub graded: Vec<Severity>,
    /// The kinds of fixes that its findings may have.
    #[serde(default)]
    pub fixes: Vec<Applicability>,
    /// How bad a finding is at least that a change introduces: what is old may be well known, and
    /// who adds another one can still mend it.
    #[serde(default)]
    pub introduced: Option<Severity>,
    /// When findings are shown.
    #[serde(default)]
    pub reports: Reports,
    /// What the mechanism is to look for.
    #[serde(default)]
    pub params: serde_yaml::Value,
}

/// When a rule's findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reports {
    /// Always.
    #[default]
    Always,
    /// Only where a change touches, or with `--all`.
    Changed,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its front matter.
    pub front_matter: FrontMatter,
    /// Its page.
    pub page: Page,
    /// Where the page came from, for messages.
    pub origin: String,
    /// Whether the page is compiled in, so that `--rules` may replace it.
    is_builtin: bool,
}

/// Every rule, by id. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    rules: BTreeMap<String, Arc<Rule>>,
}

/// A rule page that cannot be used.
#[derive(Debug, Error)]
#[error("{path}:{line}: {reason}")]
pub struct RuleError {
    /// The page.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl Catalogue {
    /// The rules that are compiled in.
    ///
    /// # Errors
    /// When a page is malformed, which a test rules out.
    pub fn builtin() -> Result<Self, RuleError> {
        let mut catalogue = Self::default();
        for (name, text) in PAGES {
            if is_rule_page(name) {
                let mut rule = Rule::read(&format!("rules/{name}"), text)?;
                rule.is_builtin = true;
                catalogue.insert(rule)?;
            }
        }
        Ok(catalogue)
    }

    /// Adds the rules of every page in `folder`; one with the id of a rule that is compiled in
    /// takes its place.
    ///
    /// # Errors
    /// When the folder cannot be read, a page is malformed, or an earlier folder has its id.
    pub fn overlay(&mut self, folder: &Path) -> Result<(), RuleError> {
        let failed = |path: &Path, error: &dyn std::fmt::Display| RuleError {
            path: path.display().to_string(),
            line: 1,
            reason: error.to_string(),
        };
        let mut pages: Vec<_> = std::fs::read_dir(folder)
            .map_err(|error| failed(folder, &error))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| {
                path.file_name()
                    .and_then(|name| name.to_str())
                    .is_some_and(is_rule_page)
            })
            .collect();
        pages.sort();
        for path in pages {
            let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
            let rule = Rule::read(&path.display().to_string(), &text)?;
            if self.get(rule.id()).is_some_and(|known| known.is_builtin) {
                self.rules.remove(rule.id());
            }
            self.insert(rule)?;
        }
        Ok(())
    }

    fn insert(&mut self, rule: Rule) -> Result<(), RuleError> {
        let id = rule.front_matter.id.clone();
        let origin = rule.origin.clone();
        match self.rules.insert(id.clone(), Arc::new(rule)) {
            None => Ok(()),
            Some(first) => Err(RuleError {
                path: origin,
                line: 1,
                reason: format!("rule `{id}` stands in `{}` already", first.origin),
            }),
        }
    }

    /// The rule with this id, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Rule> {
        self.rules.get_mut(id).map(Arc::make_mut)
    }

    /// The rule with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id).map(|rule| &**rule)
    }

    /// The rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values().map(|rule| &**rule)
    }

    /// The same, for those who keep them.
    pub fn shared_rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.values()
    }
}

/// A rule page is a Markdown file whose name starts with a letter: `_example.md` and the like
/// are companions.
fn is_rule_page(name: &str) -> bool {
    name.ends_with(".md") && name.starts_with(|c: char| c.is_ascii_lowercase())
}

impl Rule {
    /// Reads the page `text` that came from `origin`.
    ///
    /// # Errors
    /// When the front matter is missing, malformed, or names another id than the file.
    pub fn read(origin: &str, text: &str) -> Result<Self, RuleError> {
        let page = Page::parse(text);
        let failed = |line: usize, reason: String| RuleError {
            path: origin.to_owned(),
            line,
            reason,
        };
        if page.front_matter.is_empty() {
            let reason = "a rule page starts with front matter between two `---` lines";
            return Err(failed(1, reason.to_owned()));
        }
        let front_matter: FrontMatter =
            serde_yaml::from_str(&page.front_matter).map_err(|error| {
                let line = error.location().map_or(1, |location| location.line());
                // To YAML, a carriage return by itself ends a line too.
                let line = line.clamp(1, page.front_matter.lines().count().max(1));
                failed(page.front_matter_line + line - 1, error.to_string())
            })?;
        let stem = Path::new(origin).file_stem().and_then(|stem| stem.to_str());
        if stem != Some(front_matter.id.as_str()) {
            let reason = format!("id `{}` is not the name of the file", front_matter.id);
            return Err(failed(page.front_matter_line, reason));
        }
        if page.title.is_empty() {
            let line = page.front_matter_line + page.front_matter.lines().count() + 1;
            let last = text.lines().count();
            return Err(failed(
                line.min(last),
                "the page has no `# ` title".to_owned(),
            ));
        }
        Ok(Self {
            front_matter,
            page,
            origin: origin.to_owned(),
            is_builtin: false,
        })
    }

    /// Whether `pattern` means it: its id, or the start of that and `*`.
    #[must_use]
    pub fn is_called(&self, pattern: &str) -> bool {
        match pattern.strip_suffix('*') {
            Some(prefix) => self.id().starts_with(prefix),
            None => pattern == self.id(),
        }
    }

    /// Whether it is to run where only those that `select` means are wanted, all where that is empty, and
    /// none that `ignore` means.
    #[must_use]
    pub fn is_picked(&self, select: &[String], ignore: &[String]) -> bool {
        let named = |patterns: &[String]| patterns.iter().any(|pattern| self.is_called(pattern));
        (select.is_empty() || named(select)) && !named(ignore)
    }

    /// Whether the page is compiled in.
    #[must_use]
    pub fn is_builtin(&self) -> bool {
        self.is_builtin
    }

    /// The rule's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.front_matter.id
    }

    /// Where a browser finds the page, as this version has it; nowhere unless it is compiled in and the
    /// project has a place on the web.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let repository = REPOSITORY.filter(|_| self.is_builtin)?;
        Some(page_address(repository, self.id()))
    }
}

/// Where the project lies on the web: `repository` in `Cargo.toml`, nothing where that is left out.
pub const REPOSITORY: Option<&str> = {
    let said = env!("CARGO_PKG_REPOSITORY");
    if said.is_empty() { None } else { Some(said) }
};

fn page_address(repository: &str, rule: &str) -> String {
    format!(
        "{}/blob/v{}/rules/{rule}.md",
        repository.trim_end_matches('/'),
        env!("CARGO_PKG_VERSION")
    )
}

/// A companion page under `rules/`, such as `_example.md`.
#[must_use]
pub fn companion(name: &str) -> Option<Page> {
    PAGES
        .iter()
        .find(|(page, _)| *page == name)
        .map(|(_, text)| Page::parse(text))
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, REPOSITORY, page_address};

    #[test]
    fn a_page_lies_below_the_repository() {
        for repository in [
            "https://example.org/o/mirrorlint",
            "https://example.org/o/mirrorlint/",
        ] {
            let address = page_address(repository, "mapping-syntax");
            let (start, end) = address.split_once("/blob/v").unwrap_or_default();
            assert_eq!(start, "https://example.org/o/mirrorlint");
            assert!(end.ends_with("/rules/mapping-syntax.md"), "{address}");
        }
    }

    #[test]
    fn a_rule_has_an_address_where_the_project_has_one() {
        let catalogue = Catalogue::builtin().unwrap_or_default();
        let rule = catalogue.get("mapping-syntax");
        assert!(rule.is_some_and(|rule| rule.address().is_some() == REPOSITORY.is_some()));
    }
}
