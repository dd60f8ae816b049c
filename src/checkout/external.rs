//! Images that are pulled from outside of CI, and what to ask registries about.

use std::collections::BTreeSet;

use super::Checkout;
use super::images::{Resolution, stored_image};
use crate::model::supplemental::SupplementalImage;
use crate::model::{File, PulledImage};
use crate::registry::Question;
use crate::syntax::reference::{ImageStreamTag, Reference};

impl Checkout {
    /// Every image that a file has somebody pull from a registry and that nothing in the checkout
    /// provides, with the question whether it is there: those from outside of CI, and those of QCI.
    pub fn pulled_images(&self) -> impl Iterator<Item = (&File, PulledImage<'_>, Question)> {
        self.files().iter().flat_map(move |file| {
            let images = file.pulled_images().into_iter();
            images.filter_map(move |image| {
                let question = Question::of(&image.reference)?;
                self.is_elsewhere(&image)
                    .then_some((&**file, image, question))
            })
        })
    }

    /// Whether the checkout does not tell that the image is there: it is no ImageStreamTag, or none that
    /// is provided.
    fn is_elsewhere(&self, image: &PulledImage<'_>) -> bool {
        let registries = &self.conventions.registries;
        let host = image.reference.host.as_deref();
        match stored_image(&image.reference, registries) {
            Some((_, tag)) if self.is_in_qci(image) => {
                !matches!(self.images.resolve(&tag), Resolution::Provided(_))
            }
            Some(_) => false,
            // What mirrors to QCI by other names is for its own rules to judge.
            None => !host.is_some_and(|host| registries.is_of_ci(host)) && !self.is_in_qci(image),
        }
    }

    /// Whether the image lies in a repository of QCI.
    fn is_in_qci(&self, image: &PulledImage<'_>) -> bool {
        let repository = image.reference.repository_text();
        let mut qci = self.conventions.registries.qci.iter();
        qci.any(|own| *own == repository)
    }

    /// What to ask registries about: the images that are pulled, and of a change to `base` those alone
    /// that the base does not name. With the change, whether QCI has an image already that a new entry of
    /// `supplementalCIImages` is to put there. `may_ask_qci` says whether somebody may pull from there.
    #[must_use]
    pub fn questions(
        &self,
        base: Option<&Self>,
        may_ask_qci: impl Fn(&Question) -> bool,
    ) -> BTreeSet<Question> {
        let known: BTreeSet<Question> = base
            .into_iter()
            .flat_map(|base| base.files())
            .flat_map(|file| file.pulled_images())
            .filter_map(|image| Question::of(&image.reference))
            .collect();
        let pulled = self.pulled_images().filter(|(_, image, question)| {
            !known.contains(question) && (!self.is_in_qci(image) || may_ask_qci(question))
        });
        let mut questions: BTreeSet<Question> = pulled.map(|(.., question)| question).collect();
        let new = base.map(|base| self.new_supplemental_images(base));
        for (_, entry, target) in new.into_iter().flatten() {
            let Some(copy) = self.question_of_copy(&target).filter(&may_ask_qci) else {
                continue;
            };
            questions.insert(copy);
            questions.extend(source(entry));
        }
        questions
    }

    /// The entries of `supplementalCIImages` with a pull spec whose keys `base` does not have.
    pub fn new_supplemental_images<'c>(
        &'c self,
        base: &Self,
    ) -> Vec<(&'c File, &'c SupplementalImage, ImageStreamTag)> {
        let old: BTreeSet<&str> = base
            .images_mirror_configs()
            .flat_map(|(_, config)| &config.images)
            .map(|entry| &*entry.target.value)
            .collect();
        let entries = self.images_mirror_configs().flat_map(|(file, config)| {
            let entries = config.images.iter();
            entries.map(move |entry| (file, entry))
        });
        let new = entries.filter(|(_, entry)| {
            entry.source.image.is_some() && !old.contains(&*entry.target.value)
        });
        new.filter_map(|(file, entry)| Some((file, entry, entry.target.value.parse().ok()?)))
            .collect()
    }

    /// Whether QCI has the image.
    #[must_use]
    pub fn question_of_copy(&self, tag: &ImageStreamTag) -> Option<Question> {
        let repository = self.conventions.registries.qci.first()?;
        Question::of(&Reference::parse(&tag.to_qci(repository)).ok()?)
    }
}

/// Whether what an entry copies is there.
fn source(entry: &SupplementalImage) -> Option<Question> {
    let image = entry.source.image.as_ref()?;
    Question::of(&Reference::parse(&image.value).ok()?)
}
