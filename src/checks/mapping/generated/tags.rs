//! The tags by which generated files publish images, which are those of their keys.

use std::collections::BTreeSet;

use super::{AGAIN, Made};
use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::checks::listing::listed;
use crate::finding::{Draft, Severity};
use crate::limits::MAX_TAGS_OF_STREAM;
use crate::model::mapping_file::Line;

impl Made<'_> {
    /// Files that were not written by what their key says now: somebody changed the one and not the other.
    pub(super) fn other_tags(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for (path, &key) in &self.by_path {
            if let Some(file) = checkout.mirroring().file(path) {
                drafts.extend(self.other_tags_in(file, key));
            }
        }
    }

    fn other_tags_in(&self, file: &MirroredFile, key: usize) -> Option<Draft> {
        let said = self.config.images[key].tags.iter();
        let said: BTreeSet<&str> = said
            .take(MAX_TAGS_OF_STREAM)
            .map(|tag| &*tag.value)
            .collect();
        let lines = || file.lines().iter().filter(|line| !line.mappings.is_empty());
        let mut unlike = lines().filter(|line| tags_of(line) != said).peekable();
        let first = *unlike.peek()?;
        let name = self.name(key);
        let (wanted, written) = (listed_tags(&said), listed_tags(&tags_of(first)));
        let mapping = first.mappings.first()?;
        let line = file.place(mapping.destination.span);
        // What all lines have is what was generated.
        let draft = if unlike.count() == lines().count() {
            let message = format!(
                "`{name}` publishes as {wanted}, and `{}` as {written}",
                file.name()
            );
            Draft::new(self.key(key), format!("{name} {written}"), message)
                .help(format!(
                    "with the next promotion the file is written anew; if it is to be so, {AGAIN}"
                ))
                .related(line, "written before")
        } else {
            let image = &mapping.source;
            let message = format!(
                "`{image}` is published as {written}, and what the file is generated from says {wanted}"
            );
            Draft::new(line, mapping.key(), message)
                .help(format!(
                    "the file is generated, and the line is lost with the next promotion; {AGAIN}"
                ))
                .related(self.key(key), "generated from this entry")
        };
        Some(draft.severity(Severity::Warning))
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
