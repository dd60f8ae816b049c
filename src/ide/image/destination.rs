//! Who mirrors to a place outside of CI, from what and how often.

use serde::Serialize;

use super::report::NoAnswer;
use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::checkout::mirroring::{MirrorJob, MirroredFile};
use crate::finding::LineIndexes;
use crate::model::mapping_file::Mapping;
use crate::syntax::likeness::{Effort, distance_within, version_gap};
use crate::syntax::reference::Reference;

/// How many near misses are offered.
const MAX_OFFERED: usize = 3;

/// A destination of mapping files.
#[derive(Debug, Serialize)]
pub struct DestinationReport {
    /// What is written, with its tag or the pattern of its tags.
    pub destination: String,
    /// Who writes it.
    pub writers: Vec<WriterLine>,
}

/// A mapping that writes a destination.
#[derive(Debug, Serialize)]
pub struct WriterLine {
    /// The pull spec that is read.
    pub source: String,
    /// The ImageStreamTag that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The mirror set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// The mapping file.
    pub path: String,
    /// The line there, from 1.
    pub line: usize,
    /// The jobs that read the file.
    pub jobs: Vec<JobLine>,
}

/// A job that mirrors.
#[derive(Debug, Serialize)]
pub struct JobLine {
    /// Its name.
    pub name: String,
    /// How often it runs, in words.
    pub runs: String,
}

/// All destinations that `wanted` names: one, or without a tag those of the repository.
pub(super) fn reports(
    checkout: &Checkout,
    wanted: &Reference,
) -> Result<Vec<DestinationReport>, NoAnswer> {
    let mirroring = checkout.mirroring();
    let repository = wanted.repository_text();
    let tag = wanted.tag.as_deref();
    let mut lines = LineIndexes::default();
    let mut reports = Vec::new();
    for (destination, writers) in &mirroring.destinations {
        let mut of_it = writers
            .iter()
            .map(|writer| mirroring.written_by(*writer))
            .filter(|(_, mapping)| writes(mapping, &repository, tag))
            .peekable();
        if of_it.peek().is_none() {
            continue;
        }
        let mut line = |(file, mapping): (&MirroredFile, &Mapping)| {
            let place = file.place(mapping.destination.span);
            let text = checkout.text(&place.path).unwrap_or_default();
            writer_line(checkout, file, mapping, lines.line(&place, text))
        };
        reports.push(DestinationReport {
            destination: destination.clone(),
            writers: of_it.map(&mut line).collect(),
        });
    }
    if reports.is_empty() {
        let near = near(checkout, &wanted.to_string());
        return Err(NoAnswer::NotWritten(wanted.to_string(), near));
    }
    Ok(reports)
}

/// Whether a mapping writes `tag` of `repository`, or anything of it where no tag is given. One that
/// may come out of a wildcard counts.
fn writes(mapping: &Mapping, repository: &str, tag: Option<&str>) -> bool {
    let written = mapping.tag_or_pattern();
    mapping.destination.reference.reference.repository_text() == repository
        && match (tag, written) {
            (Some(tag), Some(written)) => crate::syntax::mapping::patterns_overlap(written, tag),
            (tag, _) => tag.is_none(),
        }
}

fn writer_line(
    checkout: &Checkout,
    file: &MirroredFile,
    mapping: &Mapping,
    line: usize,
) -> WriterLine {
    let registries = &checkout.conventions.registries;
    let reference = &mapping.source.reference.reference;
    let jobs = &checkout.mirroring().jobs;
    WriterLine {
        source: mapping.source.to_string(),
        image: stored_image(reference, registries).map(|(_, tag)| tag.to_string()),
        set: file.set.clone(),
        path: file.file.path.to_string(),
        line,
        jobs: file
            .readers
            .iter()
            .map(|reader| job_line(&jobs[reader.job]))
            .collect(),
    }
}

fn job_line(job: &MirrorJob) -> JobLine {
    let schedule = &job.job().schedule;
    let runs = match (
        &schedule.cron,
        &schedule.interval,
        &schedule.minimum_interval,
    ) {
        (Some(cron), ..) => format!("on schedule `{}`", cron.value),
        (_, Some(interval), _) => format!("every {}", interval.value),
        (.., Some(pause)) => format!("{} after the last run has ended", pause.value),
        _ => "never, for it has no schedule".to_owned(),
    };
    JobLine {
        name: job.name().to_owned(),
        runs,
    }
}

/// Destinations that look like `wanted`, closest first.
fn near(checkout: &Checkout, wanted: &str) -> Vec<String> {
    let effort = Effort::default();
    let limit = (wanted.len() / 6).clamp(1, 6);
    let destinations = checkout.mirroring().destinations.keys();
    let mut near: Vec<_> = destinations
        .filter_map(|key| {
            let distance = distance_within(wanted, key, limit, &effort)?;
            Some((distance, version_gap(wanted, key), key))
        })
        .collect();
    near.sort();
    let near = near.into_iter().take(MAX_OFFERED);
    near.map(|(.., key)| key.clone()).collect()
}
