//! What ci-images-mirror refuses of its configuration beside the images themselves
//! (openshift/ci-tools pkg/controller/quay_io_ci_images_distributor/supplemental_images.go,
//! `LoadConfig`).

use regex::RegexBuilder;

use super::supplemental;
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Place};
use crate::limits::MAX_ART_IMAGES;
use crate::limits::PATTERN_SIZE;
use crate::model::schema::Fault;
use crate::model::supplemental::{ArtImage, Source, SupplementalImage};
use crate::model::{File, Text};
use crate::syntax::span::Span;

const CONSEQUENCE: &str = "ci-images-mirror stops at it, so no image is copied any more";

/// What Go's expressions have and ours have not, or read otherwise.
const ONLY_IN_GO: [&str; 3] = ["\\Q", "{", "[["];

/// `images-mirror-config`: a field or a value that it refuses.
pub(super) fn images_mirror_config(file: &File, drafts: &mut Drafts) {
    let Some(config) = file.images_mirror() else {
        return;
    };
    for fault in &config.faults {
        let draft = schema_fault::draft(&file.path, fault, CONSEQUENCE);
        let sections = [&config.images, &config.qci_to_app_ci];
        drafts.push(sections.iter().fold(draft, |draft, entries| {
            in_entry(file, draft, fault, entries)
        }));
    }
    for (number, source) in config.ignored.iter().enumerate() {
        drafts.extend(ignored(source, number).map(|found| found.draft(file)));
    }
    let images = config.art_images.iter().take(MAX_ART_IMAGES);
    for (number, image) in images.enumerate() {
        drafts.extend(art_image(image, number).map(|found| found.draft(file)));
    }
}

/// What is told of a fault in one of the `entries` of a section, which are in file order, and explains whatever else is wrong with it. A field
/// of an entry that stands among the entries leaves the one before without it.
fn in_entry(file: &File, draft: Draft, fault: &Fault, entries: &[SupplementalImage]) -> Draft {
    let behind = entries.partition_point(|entry| entry.target.span.start <= fault.span.start);
    let Some((own, others)) = entries[..behind].split_last() else {
        return draft;
    };
    if own.source.span.end < fault.span.start {
        return draft;
    }
    let draft = draft.explains(supplemental::faulty(file, own));
    match others.last() {
        Some(above) if Source::has_field(&own.target.value) => draft
            .help(format!(
                "{CONSEQUENCE}; indent `{}` below `{}`",
                own.target.value, above.target.value
            ))
            .explains(supplemental::faulty(file, above)),
        _ => draft,
    }
}

struct Refusal {
    span: Span,
    entity: String,
    message: String,
    next: &'static str,
}

impl Refusal {
    fn draft(self, file: &File) -> Draft {
        Draft::new(Place::new(&file.path, self.span), self.entity, self.message)
            .help(format!("{CONSEQUENCE}; {}", self.next))
    }
}

fn ignored(source: &Source, number: usize) -> Option<Refusal> {
    let entity = format!("ignoredSources[{number}]");
    if let Some(alias) = &source.alias {
        return Some(Refusal {
            span: alias.span,
            message: format!("`{entity}` has `as`, which is not allowed here"),
            entity,
            next: "remove it",
        });
    }
    let parts = [
        ("namespace", &source.namespace),
        ("name", &source.name),
        ("tag", &source.tag),
    ];
    let missing = parts.iter().find(|(_, part)| part.is_none());
    let (what, _) = missing.filter(|_| source.image.is_none())?;
    Some(Refusal {
        span: source.span,
        message: format!("`{entity}` has neither `image` nor a `{what}`"),
        entity,
        next: "give either `image`, a pull spec, or all of `namespace`, `name` and `tag`",
    })
}

fn art_image(image: &ArtImage, number: usize) -> Option<Refusal> {
    let entity = format!("artImages[{number}]");
    for (what, part) in [("namespace", &image.namespace), ("name", &image.name)] {
        if part.is_none() {
            return Some(Refusal {
                span: image.span,
                message: format!("`{entity}` has no `{what}`"),
                entity,
                next: "name the namespace, and give an expression for the names of its ImageStreams",
            });
        }
    }
    let broken = |part: &&Text| {
        let mut pattern = RegexBuilder::new(&part.value);
        let compiled = pattern.size_limit(PATTERN_SIZE).build();
        // One that is too large for us may be small for Go, whose `\w` is ASCII.
        let is_for_go = ONLY_IN_GO
            .iter()
            .any(|notation| part.value.contains(notation));
        compiled.is_err_and(|error| !matches!(error, regex::Error::CompiledTooBig(_)) && !is_for_go)
    };
    let patterns = image.name.iter().chain(&image.tag);
    let part = patterns.into_iter().find(broken)?;
    Some(Refusal {
        span: part.span,
        message: format!("`{}` is no regular expression", part.value),
        entity,
        next: "mend the expression",
    })
}
