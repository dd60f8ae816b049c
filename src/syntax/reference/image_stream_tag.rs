//! ImageStreamTags, and the pull specs of one repository that stand for them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use super::{Reference, is_component, is_tag};

/// `namespace/name:tag`, an image of CI (`docs/domain.md#words`). Cheap to clone. Ordered by its
/// parts.
#[derive(Clone)]
pub struct ImageStreamTag {
    text: Arc<str>,
    /// Where the name starts.
    name: u32,
    /// Where the tag starts.
    tag: u32,
}

/// Why a text is no ImageStreamTag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImageStreamTagError {
    /// Not of the form `namespace/name:tag`.
    #[error("not of the form `namespace/name:tag`")]
    Form,
    /// The namespace is no valid name.
    #[error("the namespace is not made of lower case letters, digits and inner separators")]
    Namespace,
    /// The name is no valid name.
    #[error("the name is not made of lower case letters, digits and inner separators")]
    Name,
    /// The tag is no valid tag.
    #[error("the tag is not 1 to 128 letters, digits, `_`, `.` and `-`, the first no `.` or `-`")]
    Tag,
}

impl ImageStreamTag {
    /// Puts the three parts together.
    ///
    /// # Errors
    ///
    /// When a part could not stand in a pull spec of the image.
    pub fn new(namespace: &str, name: &str, tag: &str) -> Result<Self, ImageStreamTagError> {
        if !is_component(namespace) {
            return Err(ImageStreamTagError::Namespace);
        }
        if !is_component(name) {
            return Err(ImageStreamTagError::Name);
        }
        if !is_tag(tag) {
            return Err(ImageStreamTagError::Tag);
        }
        let name_at = namespace.len() + 1;
        let tag_at = name_at + name.len() + 1;
        Ok(Self {
            text: [namespace, "/", name, ":", tag].concat().into(),
            name: u32::try_from(name_at).map_err(|_| ImageStreamTagError::Namespace)?,
            tag: u32::try_from(tag_at).map_err(|_| ImageStreamTagError::Name)?,
        })
    }

    /// `namespace/name:tag`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `namespace/name`.
    #[must_use]
    pub fn stream(&self) -> &str {
        &self.text[..self.tag as usize - 1]
    }

    /// Namespace of the ImageStream.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.text[..self.name as usize - 1]
    }

    /// Name of the ImageStream.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.name as usize..self.tag as usize - 1]
    }

    /// Tag in the ImageStream.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.text[self.tag as usize..]
    }

    fn parts(&self) -> (&str, &str, &str) {
        (self.namespace(), self.name(), self.tag())
    }

    /// Reads a pull spec of the form `REPOSITORY:namespace_name_tag`, where `repositories` lists
    /// the repositories that hold one image per ImageStreamTag under such a tag (QCI;
    /// `docs/domain.md#where-images-live`). Namespaces and names hold no underscore, so the first
    /// two split the tag.
    #[must_use]
    pub fn from_qci<S: AsRef<str>>(reference: &Reference, repositories: &[S]) -> Option<Self> {
        let host = reference.host.as_deref()?;
        let known = repositories.iter().any(|repository| {
            repository.as_ref().split_once('/') == Some((host, &*reference.repository))
        });
        known
            .then(|| Self::of_qci_tag(reference.tag.as_deref()?))
            .flatten()
    }

    /// What a tag there stands for: `namespace_name_tag`.
    #[must_use]
    pub fn of_qci_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.splitn(3, '_');
        let (namespace, name, tag) = (parts.next()?, parts.next()?, parts.next()?);
        Self::new(namespace, name, tag).ok()
    }

    /// The pull spec in such a `repository`: the inverse of [`ImageStreamTag::from_qci`].
    #[must_use]
    pub fn to_qci(&self, repository: &str) -> String {
        format!("{repository}:{}", self.to_qci_tag())
    }

    /// The tag in such a repository: the inverse of [`ImageStreamTag::of_qci_tag`].
    #[must_use]
    pub fn to_qci_tag(&self) -> String {
        let (namespace, name, tag) = self.parts();
        format!("{namespace}_{name}_{tag}")
    }
}

// No part has a separator in it, so equal texts have equal parts.
impl PartialEq for ImageStreamTag {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ImageStreamTag {}

impl Hash for ImageStreamTag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Ord for ImageStreamTag {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl PartialOrd for ImageStreamTag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for ImageStreamTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

impl fmt::Display for ImageStreamTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ImageStreamTag {
    type Err = ImageStreamTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (namespace, rest) = text.split_once('/').ok_or(ImageStreamTagError::Form)?;
        let (name, tag) = rest.split_once(':').ok_or(ImageStreamTagError::Form)?;
        Self::new(namespace, name, tag)
    }
}
