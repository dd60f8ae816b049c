//! `promotion`: which images are published, and under which ImageStreamTags.
//!
//! The semantics are those of openshift/ci-tools `pkg/steps/release/promote.go` and
//! `pkg/api/promotion.go`; domain section 6.

use std::collections::HashSet;

use super::read::{entries, items};
use super::{BuiltImage, CiConfig, UseField};
use crate::model::shape::{Text, text};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// Images of one config that its targets are looked up for. A hostile one may have as many targets as
/// images; real ones have a few dozens of each at most.
const MAX_PUBLISHED: usize = 20_000;

/// One target of `promotion`.
#[derive(Debug)]
pub struct PromotionTarget {
    /// The whole target.
    pub span: Span,
    /// `namespace`.
    pub namespace: Option<Text>,
    /// `name`: every image becomes a tag of this ImageStream.
    pub name: Option<Text>,
    /// `tag`: every image becomes an ImageStream of its own, with this tag.
    pub tag: Option<Text>,
    /// `tag_by_commit: true`: also under the tag of the commit that was built.
    pub tag_by_commit: bool,
    /// `disabled: true`: nothing is published.
    pub disabled: bool,
    /// `excluded_images`; `*` stands for all.
    pub excluded: Vec<Text>,
    /// `additional_images`: published name and pipeline name.
    pub additional: Vec<(Text, Text)>,
    /// The images that the target publishes when it is not disabled, in order, optional ones
    /// included and marked.
    pub published: Vec<Published>,
}

/// An image that a target publishes, or would.
#[derive(Debug)]
pub struct Published {
    /// Under which ImageStreamTag.
    pub tag: ImageStreamTag,
    /// What says so: `images[].to`, or the key in `additional_images`.
    pub image: Span,
    /// Whether it is built only when something needs it; never published then.
    pub optional: bool,
}

impl PromotionTarget {
    /// Where to point at when the target as such is meant: what names the stream.
    #[must_use]
    pub fn anchor(&self) -> Span {
        let named = self
            .name
            .as_ref()
            .or(self.tag.as_ref())
            .or(self.namespace.as_ref());
        named.map_or(self.span, |text| text.span)
    }

    /// Finds out what it publishes of the first images, as many as are `left` to be looked at.
    fn publish(&mut self, images: &[BuiltImage], left: &mut usize) {
        let excluded: HashSet<&str> = self.excluded.iter().map(|name| &*name.value).collect();
        let replaced = self.additional.iter().map(|(name, _)| &*name.value);
        let replaced: HashSet<&str> = replaced.collect();
        let images = &images[..images.len().min(*left)];
        *left -= images.len();
        let built = images.iter().filter_map(|image| {
            let to = image.to.as_ref()?;
            let is_excluded = excluded.contains("*") || excluded.contains(&*to.value);
            // An additional image of the same name takes its place.
            let is_replaced = replaced.contains(&*to.value);
            (!is_excluded && !is_replaced).then_some((to, image.optional))
        });
        let additional = self.additional.iter().map(|(name, _)| (name, false));
        let published = built.chain(additional).filter_map(|(image, optional)| {
            Some(Published {
                tag: self.target_of(&image.value)?,
                image: image.span,
                optional,
            })
        });
        self.published = published.collect();
    }

    /// The ImageStreamTag under which an image is published; none when the target names neither
    /// or both of `name` and `tag`.
    #[must_use]
    pub fn target_of(&self, image: &str) -> Option<ImageStreamTag> {
        let namespace = &self.namespace.as_ref()?.value;
        match (&self.name, &self.tag) {
            (Some(name), None) => ImageStreamTag::new(namespace, &name.value, image).ok(),
            (None, Some(tag)) => ImageStreamTag::new(namespace, image, &tag.value).ok(),
            _ => None,
        }
    }
}

impl CiConfig {
    /// Both forms: the older with the target's fields at the top, the newer with a list `to`; a
    /// config may have both.
    pub(super) fn read_promotion(&mut self, promotion: &Node<'_>) {
        let flag = |node: &Node<'_>, key| node.get(key).and_then(Node::as_bool) == Some(true);
        self.build_cache_disabled = flag(promotion, "disable_build_cache");
        let is_target = |node: &Node<'_>| {
            [
                "namespace",
                "name",
                "tag",
                "additional_images",
                "excluded_images",
            ]
            .iter()
            .any(|key| node.get(key).is_some())
        };
        if is_target(promotion) {
            self.target(promotion);
        }
        for target in self.list(promotion, "to") {
            self.target(target);
        }
        // Disabled at the top disables all.
        if flag(promotion, "disabled") {
            for target in &mut self.promotion {
                target.disabled = true;
            }
        }
    }

    /// Finds out what each target publishes, once all images are known.
    pub(super) fn publish(&mut self) {
        let mut left = MAX_PUBLISHED;
        for target in &mut self.promotion {
            target.publish(&self.images, &mut left);
        }
    }

    fn target(&mut self, node: &Node<'_>) {
        let flag = |key| node.get(key).and_then(Node::as_bool) == Some(true);
        let additional: Vec<(Text, Text)> = entries(node, "additional_images")
            .filter_map(|entry| Some((text(&entry.key)?, text(&entry.value)?)))
            .collect();
        let disabled = flag("disabled");
        if !disabled {
            for (_, source) in &additional {
                self.use_of(UseField::AdditionalImage, Some(source.clone()));
            }
        }
        let target = PromotionTarget {
            span: node.span,
            namespace: self.string(node, "namespace"),
            name: self.string(node, "name"),
            tag: self.string(node, "tag"),
            tag_by_commit: flag("tag_by_commit"),
            disabled,
            excluded: items(node, "excluded_images").filter_map(text).collect(),
            additional,
            published: Vec::new(),
        };
        self.promotion.push(target);
    }
}
