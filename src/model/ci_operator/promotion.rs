//! `promotion`: which images are published, and under which ImageStreamTags.
//!
//! The semantics are those of openshift/ci-tools `pkg/steps/release/promote.go` and
//! `pkg/api/promotion.go`; `docs/domain.md#promotion`.

use std::collections::HashSet;

use super::read::{entries, items};
use super::{BuiltImage, CiConfig, UseField, Wrong};
use crate::limits::MAX_PUBLISHED;
use crate::model::shape::{Text, text};
use crate::syntax::kubernetes_name::is_dns_label;
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// One target of `promotion`.
#[derive(Debug)]
pub struct PromotionTarget {
    /// The whole target.
    pub span: Span,
    /// Whether its fields stand beside `to`, which ci-operator reads no more since February 2024
    /// (openshift/ci-tools 16db4a37a).
    pub is_beside_to: bool,
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

/// A field of a target that stands beside `promotion.to`.
#[derive(Debug)]
pub struct UnreadField {
    /// The key.
    pub key: Text,
    /// The whole `promotion`.
    pub promotion: Span,
    /// Whether nothing but such fields stands there.
    pub is_all: bool,
}

/// The fields of a target.
const FIELDS: [&str; 7] = [
    "namespace",
    "name",
    "tag",
    "tag_by_commit",
    "excluded_images",
    "additional_images",
    "disabled",
];

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

    /// The image that is published under `tag`, one of those of this target.
    #[must_use]
    pub fn image_of<'t>(&self, tag: &'t ImageStreamTag) -> &'t str {
        if self.name.is_some() {
            tag.tag()
        } else {
            tag.name()
        }
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
        self.promotes = !promotion.is_null();
        self.build_cache_disabled = flag(promotion, "disable_build_cache");
        let fields = promotion.entries().filter(|entry| {
            let key = entry.key.as_str();
            key.is_some_and(|key| FIELDS.contains(&key)) && !entry.value.is_null()
        });
        let is_all = fields.clone().count() == promotion.entries().len();
        let fields = fields.filter_map(|entry| {
            Some(UnreadField {
                key: text(&entry.key)?,
                promotion: promotion.span,
                is_all,
            })
        });
        self.beside_targets = fields.take(FIELDS.len()).collect();
        // `disabled` alone is no target.
        if self
            .beside_targets
            .iter()
            .any(|field| *field.key.value != *"disabled")
        {
            self.target(promotion, true);
        }
        for target in self.list(promotion, "to") {
            self.target(target, false);
        }
    }

    /// Finds out what each target publishes, once all images are known, and under which names nobody can
    /// find it.
    pub(super) fn publish(&mut self) {
        let mut left = MAX_PUBLISHED;
        for target in &mut self.promotion {
            target.publish(&self.images, &mut left);
        }
        let publishing = self.promotion.iter().filter(|target| {
            !target.disabled && (!self.images.is_empty() || !target.additional.is_empty())
        });
        let wrong: Vec<_> = publishing.flat_map(target_names).collect();
        for (wrong, span, message) in wrong {
            self.wrong(wrong, span, message);
        }
    }

    fn target(&mut self, node: &Node<'_>, is_beside_to: bool) {
        let additional: Vec<(Text, Text)> = entries(node, "additional_images")
            .filter_map(|entry| Some((text(&entry.key)?, text(&entry.value)?)))
            .collect();
        let disabled = flag(node, "disabled");
        if !disabled {
            for (_, source) in &additional {
                self.use_of(UseField::AdditionalImage, Some(source.clone()));
            }
        }
        let target = PromotionTarget {
            span: node.span,
            is_beside_to,
            namespace: self.string(node, "namespace"),
            name: self.string(node, "name"),
            tag: self.string(node, "tag"),
            tag_by_commit: flag(node, "tag_by_commit"),
            disabled,
            excluded: items(node, "excluded_images").filter_map(text).collect(),
            additional,
            published: Vec::new(),
        };
        self.promotion.push(target);
    }
}

/// What no namespace, ImageStream or tag can be called: how wrong that is, where, and the message. QCI
/// takes a namespace or a name with capitals into a tag of its own; it takes no such tag.
fn target_names(target: &PromotionTarget) -> Vec<(Wrong, Span, String)> {
    let is_name = |name: &str| ImageStreamTag::new("a", name, "a").is_ok();
    let is_tag = |tag: &str| ImageStreamTag::new("a", "a", tag).is_ok();
    let wrong = |text: &Option<Text>, what, wrong, is_valid: &dyn Fn(&str) -> bool| {
        let text = text.as_ref().filter(|text| !text.value.is_empty())?;
        let message = format!("`{}` cannot be the name of {what}", text.value);
        (!is_valid(&text.value)).then_some((wrong, text.span, message))
    };
    let parts = [
        wrong(
            &target.namespace,
            "a namespace",
            Wrong::Target,
            &is_dns_label,
        ),
        wrong(&target.name, "an ImageStream", Wrong::Target, &is_name),
        wrong(&target.tag, "a tag", Wrong::Name, &is_tag),
    ];
    parts.into_iter().flatten().collect()
}

fn flag(node: &Node<'_>, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool) == Some(true)
}
