//! Which ServiceAccounts there are, in a table for each question.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::likeness::{Effort, closest};
use crate::syntax::template::has_parameter;
use crate::tree::RepoPath;

/// ServiceAccounts. Every question is a look-up: a binding may have as many subjects as there are
/// ServiceAccounts.
#[derive(Debug, Default)]
pub struct ServiceAccounts {
    /// The namespaces of those of each name.
    by_name: BTreeMap<String, BTreeSet<String>>,
    /// The names of those of each namespace.
    by_namespace: BTreeMap<String, BTreeSet<String>>,
    /// The namespaces of those of each name in each file, in order of lines.
    by_file: BTreeMap<RepoPath, BTreeMap<String, Vec<String>>>,
    /// Namespace and name of those with a parameter, which leaves open what it stands in.
    templated: BTreeSet<(Option<String>, Option<String>)>,
}

impl ServiceAccounts {
    /// Adds one that the file at `path` defines.
    pub(super) fn insert(&mut self, path: &RepoPath, namespace: String, name: String) {
        let (fixed_namespace, fixed_name) = (fixed(&namespace), fixed(&name));
        if fixed_namespace.is_none() || fixed_name.is_none() {
            self.templated.insert((fixed_namespace, fixed_name));
        }
        let of_file = self.by_file.entry(path.clone()).or_default();
        let namespaces = of_file.entry(name.clone()).or_default();
        namespaces.push(namespace.clone());
        let names = self.by_namespace.entry(namespace.clone()).or_default();
        names.insert(name.clone());
        self.by_name.entry(name).or_default().insert(namespace);
    }

    /// Whether one is defined; a template's parameter in its name matches anything.
    #[must_use]
    pub fn defines(&self, namespace: &str, name: &str) -> bool {
        let is_known = |namespaces: &BTreeSet<String>| namespaces.contains(namespace);
        if self.by_name.get(name).is_some_and(is_known) {
            return true;
        }
        let (namespace, name) = (Some(namespace.to_owned()), Some(name.to_owned()));
        let matching = [(None, name), (namespace, None), (None, None)];
        matching.iter().any(|one| self.templated.contains(one))
    }

    /// The namespace of all that are of this name, if they are of one.
    #[must_use]
    pub fn only_namespace(&self, name: &str) -> Option<&str> {
        let namespaces = self.by_name.get(name)?;
        let first = namespaces.first()?;
        (namespaces.len() == 1).then_some(first)
    }

    /// One of the namespace that is nearly called so.
    #[must_use]
    pub fn like(&self, namespace: &str, name: &str, effort: &Effort) -> Option<&str> {
        let names = self.by_namespace.get(namespace)?;
        let names = names.iter().map(|name| (&**name, &**name));
        closest(name, names, 2, effort)
    }

    /// The namespaces of those of this name that the file at `path` defines, in order of lines.
    #[must_use]
    pub fn in_file(&self, path: &RepoPath, name: &str) -> &[String] {
        let of_file = self.by_file.get(path).and_then(|names| names.get(name));
        of_file.map_or(&[], Vec::as_slice)
    }
}

/// The text, if it holds no parameter.
fn fixed(text: &str) -> Option<String> {
    (!has_parameter(text)).then(|| text.to_owned())
}
