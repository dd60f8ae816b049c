//! What is known from elsewhere: lists that the user gives, and answers of registries.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::checkout::images::stored_image;
use crate::model::conventions::Registries;
use crate::model::known_images::KnownImages;
use crate::registry::{Answer, Answers, Question, Version, nearest};
use crate::syntax::likeness::Effort;
use crate::syntax::reference::ImageStreamTag;

/// What is known from elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Tags that exist, by `namespace/name`.
    streams: HashMap<Box<str>, BTreeSet<Box<str>>>,
    /// Namespaces of which `streams` has all.
    namespaces: BTreeSet<String>,
    pull_specs: BTreeSet<Question>,
    repositories: BTreeMap<String, BTreeSet<String>>,
    /// The groups that Rover has, where a list tells.
    pub groups: Option<BTreeSet<String>>,
    /// What registries say; `None` where none is asked.
    pub answers: Option<Answers>,
}

/// Who gave an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The registry, just now.
    Registry,
    /// A list, which may be older.
    List,
}

impl Known {
    /// What the lists of images and groups say.
    #[must_use]
    pub fn of_lists(
        images: KnownImages,
        groups: Option<BTreeSet<String>>,
        registries: &Registries,
    ) -> Self {
        let mut tags = images.tags;
        let stored = images.pull_specs.iter();
        tags.extend(stored.filter_map(|own| Some(stored_image(own, registries)?.1)));
        for repository in &registries.qci {
            let listed = images.repositories.get(repository).into_iter().flatten();
            tags.extend(listed.filter_map(|tag| ImageStreamTag::of_qci_tag(tag)));
        }
        let mut streams: HashMap<Box<str>, BTreeSet<Box<str>>> = HashMap::new();
        for tag in tags {
            let stream = streams.entry(tag.stream().into()).or_default();
            stream.insert(tag.tag().into());
        }
        Self {
            streams,
            namespaces: images.namespaces,
            pull_specs: images.pull_specs.iter().filter_map(Question::of).collect(),
            repositories: images.repositories,
            groups,
            answers: None,
        }
    }

    /// Whether anything is known of external images, or may become so.
    #[must_use]
    pub fn tells_of_images(&self) -> bool {
        self.answers.is_some() || !self.pull_specs.is_empty() || !self.repositories.is_empty()
    }

    /// Whether a list says that the image is there.
    #[must_use]
    pub fn has(&self, tag: &ImageStreamTag) -> bool {
        let tags = self.streams.get(tag.stream());
        tags.is_some_and(|tags| tags.contains(tag.tag()))
    }

    /// Whether a list has all images of the tag's namespace, but not this one.
    #[must_use]
    pub fn lacks(&self, tag: &ImageStreamTag) -> bool {
        self.namespaces.contains(tag.namespace()) && !self.has(tag)
    }

    /// The tags of the same ImageStream that a list has and that look most like this one.
    #[must_use]
    pub fn near(&self, tag: &ImageStreamTag, effort: &Effort) -> Vec<String> {
        let tags = self.streams.get(tag.stream()).into_iter().flatten();
        nearest(tag.tag(), tags.map(|tag| &**tag), effort)
    }

    /// The tags of the repository that a list has and that look most like the one asked for.
    #[must_use]
    pub fn near_listed(&self, question: &Question, effort: &Effort) -> Vec<String> {
        let tags = self.repositories.get(&question.repository_text());
        let tags = tags.into_iter().flatten().map(String::as_str);
        nearest(question.version.as_str(), tags, effort)
    }

    /// What a list says to `question`, without the tags that are near.
    #[must_use]
    pub fn listed(&self, question: &Question) -> Option<Answer> {
        let found = Answer::Found {
            digest: None,
            platforms: None,
        };
        if self.pull_specs.contains(question) {
            return Some(found);
        }
        let tags = self.repositories.get(&question.repository_text())?;
        match &question.version {
            Version::Tag(tag) if tags.contains(&**tag) => Some(found),
            Version::Tag(_) => Some(Answer::NoVersion { near: Vec::new() }),
            Version::Digest(_) => None,
        }
    }

    /// What is known to answer `question`, and by whom.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Option<(Cow<'_, Answer>, Source)> {
        let answers = self.answers.as_ref();
        let asked = answers.and_then(|answers| answers.get(question));
        let asked = asked.map(|answer| (Cow::Borrowed(answer), Source::Registry));
        asked.or_else(|| Some((Cow::Owned(self.listed(question)?), Source::List)))
    }
}
