//! `images`: what a repository builds, and when. A list until April 2026, a mapping with `items` and
//! what they have in common since (openshift/ci-tools af49598d7, `pkg/api/types.go`
//! `ImageConfiguration`).

use std::collections::HashSet;

use super::{BuiltImage, CiConfig, UseField};
use crate::model::shape::text_at;
use crate::syntax::span::Span;
use crate::syntax::yaml::Node;

/// How a config writes `images`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImagesForm {
    /// Not at all.
    #[default]
    Absent,
    /// As a list.
    List {
        /// The key `images`.
        key: Span,
        /// The list.
        list: Span,
    },
    /// As a mapping with `items`.
    Mapping,
}

/// When the images are built: of these at most one may be set (openshift/ci-tools
/// `pkg/validation/config.go` `validateImageConfiguration`).
const CONDITIONS: [&str; 4] = [
    "run_if_changed",
    "skip_if_only_changed",
    "pipeline_run_if_changed",
    "pipeline_skip_if_only_changed",
];

impl CiConfig {
    pub(super) fn read_images(&mut self, root: &Node<'_>) {
        let Some(entry) = root.entry("images").filter(|entry| !entry.value.is_null()) else {
            return;
        };
        let value = &entry.value;
        if let Some(items) = value.as_sequence() {
            self.images_form = ImagesForm::List {
                key: entry.key.span,
                list: value.span,
            };
            self.read_items(root, items);
        } else if value.as_mapping().is_some() {
            self.images_form = ImagesForm::Mapping;
            self.read_conditions(value);
            let items = self.list(value, "items");
            self.read_items(root, items);
        } else {
            let said = "`images` is neither a mapping with `items` nor a list";
            self.wrong_value(value.span, said.to_owned());
        }
    }

    fn read_items(&mut self, root: &Node<'_>, items: &[Node<'_>]) {
        let mut known: HashSet<(&str, Option<&str>)> = HashSet::new();
        self.refuse_cycles(root, items);
        for item in items {
            let to = self.string(item, "to");
            match &to {
                Some(to) if !to.value.is_empty() => self.declare(&to.value),
                // Anything but a text has been told of.
                None if item.get("to").is_some_and(|to| !to.is_null()) => {}
                _ => self.wrong_value(item.span, "an image has no `to`, its name".to_owned()),
            }
            // One image is built for several repositories where `ref` tells them apart.
            let key = |key| item.get(key).and_then(Node::as_str);
            if items.len() > 1
                && let Some((name, to)) = key("to").zip(to.as_ref())
                && !known.insert((name, key("ref")))
            {
                let said = format!("another image of this config is called `{name}` already");
                self.wrong_value(to.span, said);
            }
            self.use_of(UseField::ImageFrom, text_at(item, "from"));
            self.inputs(item);
            self.image_shape(item);
            if let Some(to) = &to {
                self.image_name(to);
            }
            self.images.push(BuiltImage {
                to,
                optional: item.get("optional").and_then(Node::as_bool) == Some(true),
            });
        }
    }

    fn read_conditions(&mut self, images: &Node<'_>) {
        let mut first = None;
        for condition in CONDITIONS {
            let Some(text) = self.string(images, condition) else {
                continue;
            };
            if text.value.is_empty() {
                continue;
            }
            match first {
                None => first = Some(condition),
                Some(first) => {
                    let said = format!(
                        "`{first}` and `{condition}` are both set, of which only one may be"
                    );
                    self.wrong_value(text.span, said);
                }
            }
        }
        if let Some(value) = images.get("build_if_affected")
            && !value.is_null()
            && value.as_bool().is_none()
        {
            let said = "`build_if_affected` is neither `true` nor `false`";
            self.wrong_value(value.span, said.to_owned());
        }
    }
}
