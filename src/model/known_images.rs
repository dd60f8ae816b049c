//! Lists of images that exist, exported by somebody who may ask.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{BufRead, Read};

use serde::Deserialize;
use thiserror::Error;

use crate::syntax::reference::{ImageStreamTag, Reference, is_tag};

/// Images that exist.
#[derive(Clone, Debug, Default)]
pub struct KnownImages {
    /// ImageStreamTags.
    pub tags: HashSet<ImageStreamTag>,
    /// Namespaces of which all ImageStreamTags are listed.
    pub namespaces: BTreeSet<String>,
    /// Pull specs.
    pub pull_specs: Vec<Reference>,
    /// Repositories of which all tags are listed, as `host/path`.
    pub repositories: BTreeMap<String, BTreeSet<String>>,
}

/// A list that cannot be used.
#[derive(Debug, Error)]
pub enum ListError {
    /// It could not be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Malformed JSON.
    #[error("it is no JSON that `oc` or `skopeo` prints: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON of another shape.
    #[error(
        "it is neither what `oc get istag -A -o json` prints nor what `skopeo list-tags` prints"
    )]
    Shape,
    /// A line that names no image.
    #[error("line {0} is neither `namespace/name:tag` nor a pull spec with its registry")]
    Line(usize),
}

/// `oc get istag -o json`, or `skopeo list-tags`.
#[derive(Deserialize)]
struct Document {
    items: Option<Vec<Item>>,
    #[serde(rename = "Repository")]
    repository: Option<String>,
    #[serde(rename = "Tags")]
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Item {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    namespace: String,
}

impl KnownImages {
    /// Adds what a list says: one image a line, `#` in front of a comment, or JSON, of which several
    /// documents may follow each other.
    ///
    /// # Errors
    /// When something in it is no image.
    pub fn add(&mut self, mut list: impl BufRead) -> Result<(), ListError> {
        let start = list.fill_buf()?;
        let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            Some(b'{' | b'[') => self.add_documents(list),
            _ => self.add_lines(list),
        }
    }

    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.pull_specs.is_empty() && self.repositories.is_empty()
    }

    fn add_documents(&mut self, list: impl Read) -> Result<(), ListError> {
        let documents = serde_json::Deserializer::from_reader(list).into_iter::<Document>();
        for document in documents {
            let document = document?;
            match (document.items, document.repository, document.tags) {
                (Some(items), _, _) => {
                    for Item { metadata } in items {
                        let tag = format!("{}/{}", metadata.namespace, metadata.name);
                        self.tags.insert(tag.parse().map_err(|_| ListError::Shape)?);
                        self.namespaces.insert(metadata.namespace);
                    }
                }
                (_, Some(repository), Some(tags)) => {
                    let named = repository.strip_prefix("docker://").unwrap_or(&repository);
                    let reference = Reference::parse(named).map_err(|_| ListError::Shape)?;
                    if reference.host.is_none() || reference.is_host_only() {
                        return Err(ListError::Shape);
                    }
                    let known = self.repositories.entry(reference.repository_text());
                    known
                        .or_default()
                        .extend(tags.into_iter().filter(|tag| is_tag(tag)));
                }
                _ => return Err(ListError::Shape),
            }
        }
        Ok(())
    }

    fn add_lines(&mut self, list: impl BufRead) -> Result<(), ListError> {
        for (at, line) in list.lines().enumerate() {
            let line = line?;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let reference = Reference::parse(line).map_err(|_| ListError::Line(at + 1))?;
            if reference.host.is_some() && !reference.is_host_only() {
                self.pull_specs.push(reference);
            } else {
                let tag = line.parse().map_err(|_| ListError::Line(at + 1))?;
                self.tags.insert(tag);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str) -> Result<KnownImages, ListError> {
        let mut images = KnownImages::default();
        images.add(list.as_bytes())?;
        Ok(images)
    }

    #[test]
    fn every_documented_form_is_read() -> Result<(), ListError> {
        let lines = read("# nightly\nacme/widget:1\n\nquay.io/acme/widget:1\n")?;
        assert_eq!((lines.tags.len(), lines.pull_specs.len()), (1, 1));
        let tags = read(
            r#"{"kind": "List", "items": [{"kind": "ImageStreamTag", "image": {"x": [1]},
                "metadata": {"namespace": "acme", "name": "widget:1"}}]}"#,
        )?;
        assert_eq!(tags.tags, lines.tags);
        let repository = r#"{"Repository": "quay.io/acme/widget", "Tags": ["1", "2"]}"#;
        let images = read(&format!("{repository}\n{repository}"))?;
        assert_eq!(images.repositories["quay.io/acme/widget"].len(), 2);
        Ok(())
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        for list in [
            "acme/widget",
            "acme/widget:1\nnonsense",
            "quay.io",
            "{",
            "[1]",
            "{}",
            r#"{"items": [{"metadata": {"name": "widget"}}]}"#,
            r#"{"Repository": "widget", "Tags": []}"#,
        ] {
            assert!(read(list).is_err(), "{list}");
        }
    }
}
