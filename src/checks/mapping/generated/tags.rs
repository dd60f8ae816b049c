//! The tags by which generated files publish images, which are those of their keys.

use std::collections::{BTreeMap, BTreeSet};

use super::{AGAIN, Made};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Severity};
use crate::limits::MAX_TAGS_OF_STREAM;
use crate::model::mapping_file::Line;

impl Made<'_> {
    /// Files that are not as their key says now, and lines that are not as the rest: somebody changed the one and
    /// not the other.
    pub(super) fn other_tags(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (path, &key) in &self.by_path {
            if let Some(file) = checkout.mirroring().file(path) {
                self.other_tags_in(file, key, drafts);
            }
        }
    }

    fn other_tags_in(&self, file: &MirroredFile, key: usize, drafts: &mut Drafts) {
        let said = self.config.images[key].tags.iter();
        let said: BTreeSet<&str> = said
            .take(MAX_TAGS_OF_STREAM)
            .map(|tag| &*tag.value)
            .collect();
        let lines = file.lines().iter();
        let lines = lines.filter_map(|line| Some((line.mappings.first()?, tags_of(line))));
        let lines: Vec<_> = lines.collect();
        let mut counts: BTreeMap<&BTreeSet<&str>, usize> = BTreeMap::new();
        for (_, tags) in &lines {
            *counts.entry(tags).or_default() += 1;
        }
        // What most lines have is what was generated.
        let Some((&usual, _)) = counts.iter().max_by_key(|(_, count)| **count) else {
            return;
        };
        let name = self.name(key);
        if *usual != said {
            let (wanted, written) = (listed_tags(&said), listed_tags(usual));
            let message = format!(
                "`{name}` publishes as {wanted}, and `{}` as {written}",
                file.name()
            );
            let draft = Draft::new(self.key(key), format!("{name} {written}"), message)
                .severity(Severity::Warning)
                .help(format!(
                    "with the next promotion the file is written anew; if it is to be so, {AGAIN}"
                ));
            let mut as_usual = lines.iter().filter(|(_, tags)| tags == usual);
            drafts.push(match as_usual.next() {
                Some((mapping, _)) => {
                    let place = file.place(mapping.destination.span);
                    draft.related(place, "written before")
                }
                None => draft,
            });
        }
        for (mapping, tags) in lines.iter().filter(|(_, tags)| tags != usual) {
            let message = format!(
                "`{}` is published as {}, and the other images of the file as {}",
                mapping.source,
                listed_tags(tags),
                listed_tags(usual)
            );
            let draft = Draft::new(
                file.place(mapping.destination.span),
                mapping.key(),
                message,
            )
            .severity(Severity::Warning)
            .help(format!(
                "the file is generated, and the line is as the others after the next promotion; {AGAIN}"
            ))
            .related(self.key(key), "generated from this entry");
            drafts.push(draft.one_of_many(format!("lines of {} are edited", file.file.path)));
        }
    }
}

/// The tags of all places that a line pushes to.
fn tags_of(line: &Line) -> BTreeSet<&str> {
    let mappings = line.mappings.iter().take(MAX_TAGS_OF_STREAM);
    mappings.filter_map(|mapping| mapping.tag()).collect()
}

fn listed_tags(tags: &BTreeSet<&str>) -> String {
    match tags.is_empty() {
        true => "nothing".to_owned(),
        false => listed(tags.iter().copied(), ", "),
    }
}
