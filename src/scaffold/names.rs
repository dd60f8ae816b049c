//! What a request may name. Whatever is parsed here can stand in a path, in YAML and in a mapping
//! line as it is.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::syntax::kubernetes_name::is_dns_label;
use crate::syntax::object_name::Grammar;
use crate::syntax::reference::{ImageStreamTag, Reference, is_tag};

/// Longest login on GitHub, and more than any alias has.
const LONGEST_LOGIN: usize = 39;

/// Longest name of a group.
const LONGEST_GROUP: usize = 253;

/// Longest tag in a registry, which QCI's `namespace_name_tag` is too.
const LONGEST_TAG: usize = 128;

/// Why a word cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NameError(String);

fn refuse<T>(why: impl Into<String>) -> Result<T, NameError> {
    Err(NameError(why.into()))
}

/// The name of a mirror set, a namespace or a secret: a DNS label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(Box<str>);

impl Label {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_dns_label(text) {
            return Ok(Self(text.into()));
        }
        refuse("wanted are 1 to 63 lower case letters, digits and inner `-`")
    }
}

/// Somebody who approves: a login on GitHub, or an alias of `OWNERS_ALIASES`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver(Box<str>);

impl Approver {
    /// The login or alias.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Approver {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if starts_well && text.len() <= LONGEST_LOGIN && text.bytes().all(is_inner) {
            return Ok(Self(text.into()));
        }
        refuse("wanted is a login on GitHub, without `@`, or an alias of `OWNERS_ALIASES`")
    }
}

/// A group of users: one of Rover, or one of those that a cluster has by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group(Box<str>);

/// What Kubernetes puts in front of the names of its own groups.
const OF_THE_CLUSTER: &str = "system:";

/// Who has logged in, and everybody: what Kubernetes calls them, and how the command line may too.
const OF_USERS: [&str; 2] = ["authenticated", "unauthenticated"];

impl Group {
    /// The name, as a subject of a binding.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the cluster has it by itself.
    #[must_use]
    pub fn is_of_cluster(&self) -> bool {
        self.0.starts_with(OF_THE_CLUSTER)
    }
}

impl FromStr for Group {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let of_users = text.strip_prefix(OF_THE_CLUSTER).unwrap_or(text);
        if OF_USERS.contains(&of_users) {
            return Ok(Self(format!("{OF_THE_CLUSTER}{of_users}").into()));
        }
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let fits = text.len() <= LONGEST_GROUP && Grammar::Group.fault(text).is_none();
        if starts_well && fits && text.bytes().all(is_inner) {
            return Ok(Self(text.into()));
        }
        refuse("wanted is `authenticated`, `unauthenticated` or the name of a group in Rover")
    }
}

/// An ImageStreamTag that can be written to QCI too, where no namespace and no name holds a `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image(ImageStreamTag);

impl Image {
    /// The ImageStreamTag.
    #[must_use]
    pub fn tag(&self) -> &ImageStreamTag {
        &self.0
    }
}

impl FromStr for Image {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match Stream::from_str(text)? {
            Stream {
                namespace,
                name,
                tag: Some(tag),
            } => {
                let image = ImageStreamTag::new(&namespace, &name, &tag);
                image.map(Self).map_err(|why| NameError(why.to_string()))
            }
            _ => refuse("the tag is missing: wanted is NAMESPACE/NAME:TAG"),
        }
    }
}

/// An ImageStream and, unless all of its tags are meant, one tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    pub(super) namespace: Box<str>,
    pub(super) name: Box<str>,
    /// `None` for all.
    pub(super) tag: Option<Box<str>>,
}

impl Stream {
    pub(super) fn of(image: &ImageStreamTag) -> Self {
        Self {
            namespace: image.namespace().into(),
            name: image.name().into(),
            tag: Some(image.tag().into()),
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = self.tag.as_deref().unwrap_or("*");
        write!(f, "{}/{}:{tag}", self.namespace, self.name)
    }
}

impl FromStr for Stream {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let Some((namespace, rest)) = text.split_once('/') else {
            return refuse("wanted is NAMESPACE/NAME:TAG");
        };
        let (name, tag) = match rest.split_once(':') {
            Some((name, tag)) => (name, Some(tag).filter(|tag| *tag != "*")),
            None => (rest, None),
        };
        if !is_dns_label(namespace) {
            return refuse("the namespace is not made of lower case letters, digits and inner `-`");
        }
        if let Some(fault) = Grammar::Repository.fault(name) {
            return refuse(format!("the name {fault}"));
        }
        if name.contains('_') {
            return refuse("the name holds a `_`, at which the tags of QCI are split");
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return refuse("the tag is not made of letters, digits, `_`, `.` and `-`");
        }
        if namespace.len() + name.len() + tag.map_or(1, str::len) + 2 > LONGEST_TAG {
            return refuse("it is longer than a tag of QCI can be");
        }
        Ok(Self {
            namespace: namespace.into(),
            name: name.into(),
            tag: tag.map(Into::into),
        })
    }
}

/// What is mirrored: an image of CI as NAMESPACE/NAME:TAG, or as a pull spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// One image, or all of a stream.
    Stream(Stream),
    /// A pull spec, of which the conventions tell whether it is an image of CI.
    PullSpec(PullSpec),
}

impl FromStr for Source {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let first = text.split('/').next().unwrap_or_default();
        if first.contains(['.', ':']) && first != text {
            return text.parse().map(Self::PullSpec);
        }
        text.parse().map(Self::Stream)
    }
}

/// An image in a registry, with the registry's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullSpec(Reference);

impl PullSpec {
    /// Its parts.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.0
    }
}

impl FromStr for PullSpec {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let reference = match Reference::parse(text) {
            Ok(reference) => reference,
            Err(fault) => return refuse(fault.message),
        };
        if reference.host.is_none() || reference.is_host_only() {
            return refuse(
                "wanted is a pull spec with its registry: HOST/ORGANIZATION/REPOSITORY:TAG",
            );
        }
        Ok(Self(reference))
    }
}

/// Where an image is mirrored to: a repository of an organisation, perhaps with a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination(Reference);

impl Destination {
    /// Its parts.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.0
    }

    /// The registry and the organisation, whose credentials the push needs: `quay.io/acme`.
    #[must_use]
    pub fn account(&self) -> String {
        let host = self.0.host.as_deref().unwrap_or_default();
        format!("{host}/{}", self.organisation())
    }

    /// The organisation.
    #[must_use]
    pub fn organisation(&self) -> &str {
        self.0.repository.split('/').next().unwrap_or_default()
    }
}

impl FromStr for Destination {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let PullSpec(reference) = text.parse()?;
        if reference.digest.is_some() {
            return refuse("a digest cannot be chosen at a destination");
        }
        if !reference.repository.contains('/') {
            return refuse("wanted is HOST/ORGANIZATION/REPOSITORY, perhaps with a tag");
        }
        Ok(Self(reference))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes<T: FromStr<Err = NameError>>(good: &[&str], bad: &[&str]) {
        let long = "a".repeat(300);
        let hostile = [
            "",
            ".",
            "..",
            "../x",
            "a b",
            "a\u{1b}[31mb",
            "a\nb",
            "-",
            &long,
            "é",
        ];
        for text in good {
            assert!(text.parse::<T>().is_ok(), "{text:?}");
        }
        for text in bad.iter().chain(&hostile) {
            assert!(text.parse::<T>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn names_are_what_they_have_to_be() {
        takes::<Label>(&["a", "acme-2"], &["A", "a_b", "a.b", "a/b"]);
        takes::<Approver>(&["bob", "Bob-2", "a_b.c"], &["@bob", "a/b", "bob,eve"]);
        takes::<Group>(
            &["authenticated", "system:unauthenticated", "team-x"],
            &["system:masters", "a:b", "*"],
        );
        takes::<Image>(
            &["a/b:c", "a/b.c:D_1"],
            &["a/b", "a/b:*", "a_b/c:d", "a/b_c:d", "a/b:c:d"],
        );
        takes::<Source>(
            &["a/b", "a/b:*", "a/b:c", "quay.io/openshift/ci:a_b_c"],
            &["quay.io", "../b:c", "a/../b:c", "a.b/c d"],
        );
        takes::<Destination>(
            &["quay.io/a/b", "quay.io/a/b/c:d"],
            &[
                "quay.io/a",
                "a/b/c",
                "quay.io/a/b@sha256:x",
                "quay.io/../b/c",
            ],
        );
    }

    #[test]
    fn groups_of_the_cluster_have_their_full_name() -> Result<(), NameError> {
        let group: Group = "authenticated".parse()?;
        assert_eq!(
            (group.as_str(), group.is_of_cluster()),
            ("system:authenticated", true)
        );
        assert!(!"team".parse::<Group>()?.is_of_cluster());
        Ok(())
    }
}
