//! One tag of an ImageStream.

use super::Located;
use crate::finding::{Draft, Fix, Severity};
use crate::model::Text;
use crate::model::manifest::images::StreamTag;
use crate::syntax::likeness::{Effort, closest};

/// The kind of a source that is a pull spec.
pub(super) const PULLED: &str = "DockerImage";

impl Located<'_, StreamTag> {
    pub(super) fn entity(&self) -> String {
        let name = self.item.name.as_ref().map_or("?", |name| &name.value);
        format!("{}:{name}", self.object())
    }

    /// The pull spec that the tag is imported from.
    pub(super) fn pulled(&self) -> Option<&Text> {
        let from = self.item.from.as_ref()?;
        let is_pulled = from
            .kind
            .as_ref()
            .is_some_and(|kind| *kind.value == *PULLED);
        let name = from.name.as_ref()?;
        (is_pulled && self.item.name.is_some() && !self.is_templated(name)).then_some(name)
    }
}

impl<T> Located<'_, T> {
    /// An error about a word that is none of `known`, with the most similar of these as a fix.
    pub(super) fn unknown_word(
        &self,
        word: &Text,
        known: &[&str],
        entity: String,
        message: String,
        help: &str,
    ) -> Option<Draft> {
        if known.contains(&&*word.value) {
            return None;
        }
        let named = known.iter().map(|known| (*known, *known));
        let near = closest(&word.value, named, 3, &Effort::default());
        let fix = near.map(|near| {
            Fix::safe(format!("change to `{near}`"), self.place(word.span), near).to_review()
        });
        Some(
            Draft::new(self.place(word.span), entity, message)
                .severity(Severity::Error)
                .help(help)
                .maybe_fix(fix),
        )
    }
}
