//! `conventions`: what the config takes for granted in place of `rules/conventions.yaml`.

use serde_yaml::Value;

use super::{Read, Reader, value_of};
use crate::config::PolicyError;
use crate::model::Conventions;
use crate::syntax::likeness::did_you_mean;
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// How many values there may be: much of what the checkout says is held against each.
const MAX_VALUES: usize = 1000;

impl Reader<'_> {
    /// The conventions that are compiled in, with those of the config in their place.
    pub(super) fn conventions(&self, span: Span, node: &Node<'_>) -> Read<Conventions> {
        let builtin = Conventions::builtin();
        let builtin = builtin.map_err(|error| self.error(span, &error.to_string()))?;
        let mut left = MAX_VALUES;
        self.count(node, &mut left)?;
        let mut document = builtin.document().clone();
        self.replace(&mut document, node)?;
        Conventions::read(document).map_err(|error| {
            let own = builtin.document();
            self.wrong_convention(own, node, &mut Vec::new())
                .unwrap_or_else(|| self.error(span, &format!("`conventions`: {error}")))
        })
    }

    /// No value may be empty, and there may not be too many.
    fn count(&self, node: &Node<'_>, left: &mut usize) -> Read<()> {
        *left = left.checked_sub(1).ok_or_else(|| {
            let reason = format!("`conventions` has more than {MAX_VALUES} values");
            self.error(node.span, &reason)
        })?;
        if node.as_str() == Some("") {
            return Err(self.error(node.span, "a convention is no empty text"));
        }
        for child in node.items().chain(node.entries().map(|entry| &entry.value)) {
            self.count(child, left)?;
        }
        Ok(())
    }

    /// Puts `node` in the place of `value`: a mapping key by key, anything else as a whole.
    fn replace(&self, value: &mut Value, node: &Node<'_>) -> Read<()> {
        let Value::Mapping(own) = value else {
            *value = value_of(node);
            return Ok(());
        };
        for (key, _, node) in self.entries(node, "a part of `conventions`")? {
            let value = own.entry(key.into()).or_insert(Value::Null);
            self.replace(value, node)?;
        }
        Ok(())
    }

    /// The first entry of `node` that cannot be used in `document` at `path`.
    fn wrong_convention<'n>(
        &self,
        document: &Value,
        node: &'n Node<'_>,
        path: &mut Vec<&'n str>,
    ) -> Option<PolicyError> {
        for (key, span, value) in self.entries(node, "").ok()? {
            let mut tried = document.clone();
            let level = path
                .iter()
                .try_fold(&mut tried, |at, key| at.get_mut(*key))?;
            let Value::Mapping(own) = level else {
                return None;
            };
            let is_known = own.contains_key(key);
            let near = if is_known {
                String::new()
            } else {
                did_you_mean(key, own.keys().filter_map(Value::as_str))
            };
            let entry = own.entry(key.into()).or_insert(Value::Null);
            self.replace(entry, value).ok()?;
            let Err(error) = Conventions::read(tried) else {
                continue;
            };
            path.push(key);
            let inside = self.wrong_convention(document, value, path);
            return inside.or_else(|| {
                let path = path.join(".");
                Some(self.error(span, &format!("`conventions.{path}`: {error}{near}")))
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CONFIG_PATH, Config};
    use crate::rules::Catalogue;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn read(conventions: &str) -> Result<Conventions, Box<dyn std::error::Error>> {
        let text = format!("conventions:\n{conventions}");
        let config = Config::read(CONFIG_PATH, &text, &Catalogue::builtin()?)?;
        Ok(config.conventions()?)
    }

    #[test]
    fn a_mapping_is_taken_key_by_key_and_a_list_as_a_whole() -> Outcome {
        let conventions = read(
            "  registries: {central: [registry.example.com]}\n  clusters: {central: clusters/b/}\n  \
             prow:\n  mapping_files: {aliases: {acme: [widget]}}\n  \
             files: {owners: [OWNERS, a/OWNERS]}\n",
        )?;
        let builtin = Conventions::builtin()?;
        assert_eq!(conventions.registries.today(), "registry.example.com");
        assert!(conventions.registries.decommissioned().is_empty());
        assert_eq!(conventions.registries.qci, builtin.registries.qci);
        assert_eq!(conventions.clusters.central, "clusters/b");
        assert_eq!(conventions.prow.namespace, builtin.prow.namespace);
        let aliases: Vec<_> = conventions.mapping_files.aliases.keys().collect();
        assert_eq!(aliases, ["acme", "openshift", "openshift-logging"]);
        assert!(conventions.kind("a/OWNERS").is_some());
        assert_eq!(conventions.kind("clusters/OWNERS"), None);
        assert_eq!(
            conventions.kind("clusters/x.yaml"),
            builtin.kind("clusters/x.yaml")
        );
        Ok(())
    }

    #[test]
    fn an_error_names_the_line_and_what_was_perhaps_meant() -> Outcome {
        let many = (0..1001).map(|n| format!("a{n}, ")).collect::<String>();
        for (text, error) in [
            (
                "  registris: {}\n",
                ":2: `conventions.registris`: unknown field",
            ),
            ("  registris: {}\n", "; did you mean `registries`?"),
            (
                "  registries:\n    qci: [x.io/y]\n    centrall: []\n",
                ":4: `conventions.registries.centrall`: unknown field",
            ),
            (
                "  prow: {}\n  registries:\n    central: x\n",
                ":4: `conventions.registries.central`: invalid type",
            ),
            (
                "  namespaces:\n    forbidden:\n      mapping:\n        names: '('\n",
                ":5: `conventions.namespaces.forbidden.mapping.names`: regex parse error",
            ),
            ("  secrets: {usual: '(a{1000}){1000}'}\n", "size limit"),
            (
                "  files: {owner: [a]}\n",
                ":2: `conventions.files.owner`: unknown variant",
            ),
            (
                "  files: {owners: ['{a']}\n",
                ":2: `conventions.files.owners`: error parsing glob",
            ),
            (
                "  clusters: {all: /}\n",
                ":2: `conventions.clusters.all`: a folder must have a name",
            ),
            (
                "  mirror_jobs: {mount: ''}\n",
                ":2: a convention is no empty text",
            ),
            ("  []\n", ":2: a part of `conventions` is a mapping"),
            (
                &format!("  registries: {{qci: [{many}]}}\n"),
                ":2: `conventions` has more than 1000 values",
            ),
            (
                &format!("  outside_images: {{art: [{}]}}\n", "a, ".repeat(101)),
                ":2: `conventions.outside_images.art`: more than 100 patterns",
            ),
        ] {
            let found = read(text).err().ok_or("taken")?.to_string();
            assert!(found.contains(error), "{text}: {found}");
        }
        Ok(())
    }
}
