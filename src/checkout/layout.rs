//! Which forms a checkout's ci-operator configs are written in. The repository is rewritten as a
//! whole when ci-operator stops to read a form, so what most configs have is what the ci-operator of
//! their time reads.

use std::sync::Arc;

use super::Change;
use crate::model::File;
use crate::model::ci_operator::{CiConfig, ImagesForm};

/// So many configs have to promote beside `promotion.to` for the form to be that of the tree. It is
/// two years older than `images.items`: in a tree with that form, fewer than thousands are leftovers.
const READ_BESIDE_TO: usize = 2;
const READ_BESIDE_TO_WITH_ITEMS: usize = 100;

/// So many configs with a list under `images` are no examples or leftovers.
const SURELY_LISTS: usize = 100;

/// How many configs are written in which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    image_lists: usize,
    image_mappings: usize,
    promote_beside_to: usize,
    promote_to: usize,
}

impl Layout {
    /// Counts the forms of all files.
    pub(super) fn of(files: &[Arc<File>]) -> Self {
        let mut layout = Self::default();
        layout.count(files, |count| *count += 1);
        layout
    }

    /// The same for the files as they are after the change.
    pub(super) fn after(mut self, change: &Change) -> Self {
        self.count(&change.gone, |count| *count = count.saturating_sub(1));
        self.count(&change.come, |count| *count += 1);
        self
    }

    /// Whether most configs that build images name them below `images.items`, so that a list under
    /// `images` is not read.
    #[must_use]
    pub fn has_image_items(&self) -> bool {
        self.image_mappings > self.image_lists
    }

    /// Whether so many configs have a list under `images` that the checkout is surely of a time when
    /// ci-operator read one.
    #[must_use]
    pub fn is_of_before_items(&self) -> bool {
        !self.has_image_items() && self.image_lists >= SURELY_LISTS
    }

    /// Whether the fields of a promotion are read where they stand beside `promotion.to`. They are
    /// in no tree of today, and neither is a single config that has them.
    #[must_use]
    pub fn promotes_beside_to(&self) -> bool {
        let enough = if self.has_image_items() {
            READ_BESIDE_TO_WITH_ITEMS
        } else {
            READ_BESIDE_TO
        };
        self.promote_beside_to >= enough && self.promote_beside_to > self.promote_to
    }

    fn count(&mut self, files: &[Arc<File>], step: impl Fn(&mut usize)) {
        for file in files {
            if let Some(config) = file.ci_config() {
                self.count_config(config, &step);
            }
        }
    }

    fn count_config(&mut self, config: &CiConfig, step: impl Fn(&mut usize)) {
        match config.images_form {
            ImagesForm::Absent => {}
            ImagesForm::List { .. } => step(&mut self.image_lists),
            ImagesForm::Mapping => step(&mut self.image_mappings),
        }
        if config.promotion.iter().any(|target| target.is_beside_to) {
            step(&mut self.promote_beside_to);
        }
        if config.promotion.iter().any(|target| !target.is_beside_to) {
            step(&mut self.promote_to);
        }
    }
}

impl CiConfig {
    /// The targets of its promotion that ci-operator reads in a checkout of this layout.
    pub fn targets(
        &self,
        layout: &Layout,
    ) -> impl Iterator<Item = &crate::model::ci_operator::PromotionTarget> {
        let reads_all = layout.promotes_beside_to();
        self.promotion
            .iter()
            .filter(move |target| reads_all || !target.is_beside_to)
    }
}
