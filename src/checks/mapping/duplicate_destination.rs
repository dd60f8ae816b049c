//! Destinations that are written more than once.

use std::collections::{BTreeMap, HashMap};

use super::generated::Generated;
use crate::checkout::Checkout;
use crate::checkout::mirroring::{Mirroring, Writer};
use crate::checks::Drafts;
use crate::checks::copied::one_of_those_between;
use crate::finding::{Draft, Fix, Severity};
use crate::limits::MAX_MENDED_LINE;
use crate::limits::MAX_RELATED;
use crate::syntax::span::Span;

/// `mapping-duplicate-destination`: twice in one file, which `oc` refuses, or from different sources in
/// several, which overwrite each other.
pub(super) fn in_conflict(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let generated = Generated::of(checkout);
    let mut shared = BTreeMap::new();
    generated.promised(checkout, &mut shared);
    let repeats = Repeats::of(mirroring);
    for (key, writers) in repeated(mirroring) {
        repeated_in_file(mirroring, key, writers, &repeats, drafts);
        let firsts = first_of_each_file(writers);
        if agree(mirroring, &firsts) {
            continue;
        }
        if let Some(keys) = generated.keys(&mirroring.files, &firsts) {
            let destinations = shared.entry(keys).or_default();
            destinations.insert(key.to_owned(), firsts);
        } else {
            across_files(checkout, &generated, (key, &firsts), drafts);
        }
    }
    generated.report(checkout, &shared, drafts);
}

/// `mapping-duplicate-entry`: from the same source in several files, which is superfluous.
pub(super) fn in_agreement(checkout: &Checkout, drafts: &mut Drafts) {
    let mirroring = checkout.mirroring();
    let generated = Generated::of(checkout);
    for (key, writers) in repeated(mirroring) {
        let firsts = first_of_each_file(writers);
        if firsts.len() > 1 && agree(mirroring, &firsts) {
            across_files(checkout, &generated, (key, &firsts), drafts);
        }
    }
}

/// The destinations with more than one writer.
fn repeated(mirroring: &Mirroring) -> impl Iterator<Item = (&str, &[Writer])> {
    let destinations = mirroring.destinations.iter();
    destinations
        .filter(|(key, writers)| writers.len() > 1 && !key.is_empty())
        .map(|(key, writers)| (&**key, &**writers))
}

/// Writers are in order of files and lines.
fn first_of_each_file(writers: &[Writer]) -> Vec<Writer> {
    let mut firsts = writers.to_vec();
    firsts.dedup_by_key(|writer| writer.file);
    firsts
}

/// Whether all take the same source.
fn agree(mirroring: &Mirroring, writers: &[Writer]) -> bool {
    let source = |writer: &Writer| mirroring.written_by(*writer).1.source.key();
    let first = source(&writers[0]);
    writers.iter().all(|writer| source(writer) == first)
}

/// A finding at each of the writers; at those in files that people write, where there are some.
fn across_files(
    checkout: &Checkout,
    config: &Generated<'_>,
    (key, writers): (&str, &[Writer]),
    drafts: &mut Drafts,
) {
    let mirroring = checkout.mirroring();
    let is_same_source = agree(mirroring, writers);
    let is_generated = |writer: &Writer| {
        let path = &mirroring.files[writer.file].file.path;
        let generated = &checkout.conventions.mapping_files.generated;
        generated.is_match(path.as_str())
    };
    let generated = writers.iter().all(is_generated);
    for writer in writers
        .iter()
        .filter(|writer| generated || !is_generated(writer))
    {
        let (file, mapping) = mirroring.written_by(*writer);
        let others = writers.len() - 1;
        let elsewhere = match others {
            1 => "another file".to_owned(),
            n => format!("{n} other files"),
        };
        let mut draft = if is_same_source {
            Draft::new(
                file.place(mapping.destination.span),
                key,
                format!("`{key}` is mirrored from the same source in {elsewhere}"),
            )
            .help("one of the lines is enough; keep it in the file of the set that owns it")
        } else {
            Draft::new(
                file.place(mapping.destination.span),
                key,
                format!("`{key}` is also written from a different source in {elsewhere}"),
            )
            .help(
                "each file's run overwrites what the other wrote, so the image changes every \
                     hour; give each source a destination of its own",
            )
        };
        if generated {
            draft = draft.severity(Severity::Warning).help(
                "these files are generated: change the promotion or `_config.yaml`, then run \
                     `make openshift-image-mirror-mappings`",
            );
        }
        let others = writers.iter().filter(|other| *other != writer);
        if !is_same_source {
            let others = others.clone().map(|other| &mirroring.files[other.file]);
            let of_other_sets = others.filter(|other| other.set != file.set);
            draft = draft.affects(of_other_sets.map(|other| &other.file.path));
        }
        for other in others.take(MAX_RELATED) {
            let (file, mapping) = mirroring.written_by(*other);
            draft = draft.related(
                file.place(mapping.destination.span),
                format!("written here from `{}`", mapping.source),
            );
        }
        let entries = writers.iter().filter_map(|writer| {
            let path = &mirroring.files[writer.file].file.path;
            Some((config.entry(path)?, "generated from this entry".to_owned()))
        });
        let entries: Vec<_> = entries.collect();
        let draft = draft
            .related_total(writers.len() - 1 + entries.len())
            .related_all(entries.into_iter().take(MAX_RELATED))
            .one_end()
            .worded_by_others();
        let kind = match is_same_source {
            true => "the same lines",
            false => "other lines for the same destinations",
        };
        let files = writers.iter().map(|w| &mirroring.files[w.file].file.path);
        // One that was copied and kept its name.
        let draft = match writers {
            [one, other] if is_namesake(mirroring, one, other) => files
                .clone()
                .fold(draft, |draft, path| draft.follows_from(super::copied(path)))
                .follows_from(super::namesakes(mirroring.files[one.file].name())),
            _ => draft,
        };
        drafts.push(one_of_those_between(files, kind, draft));
    }
}

/// Whether two write in files of one name.
fn is_namesake(mirroring: &Mirroring, one: &Writer, other: &Writer) -> bool {
    mirroring.files[one.file].name() == mirroring.files[other.file].name()
}

/// What `oc` refuses: a destination that one file writes twice, from whatever source.
fn repeated_in_file(
    mirroring: &Mirroring,
    key: &str,
    writers: &[Writer],
    repeats: &Repeats,
    drafts: &mut Drafts,
) {
    for (first, writer) in in_one_file(writers) {
        let (file, mapping) = mirroring.written_by(writer);
        let (_, first_mapping) = mirroring.written_by(first);
        let same_source = mapping.source.key() == first_mapping.source.key();
        let span = mapping.destination.span;
        let fix = same_source
            .then(|| {
                removal(
                    file.file.text.as_ref(),
                    file.lines()[writer.line].span,
                    span,
                )
            })
            .flatten()
            .map(|span| Fix::safe("delete the repetition", file.place(span), ""));
        let draft = Draft::new(
            file.place(span),
            key,
            format!("`{key}` is already written in this file"),
        )
        .help(
            "`oc image mirror` refuses the whole file: each destination tag may only be specified once",
        )
        .related(
            file.place(first_mapping.destination.span),
            format!("first written here from `{}`", first_mapping.source),
        )
        .explains(super::written_twice(&file.file.path, key))
        .maybe_fix(fix);
        drafts.push(match repeats.block_of(first, writer) {
            Some(begin) => draft.one_of_many(format!(
                "{} repeats a block from line {begin} on",
                file.file.path
            )),
            None => draft,
        });
    }
}

/// Those who write what their file writes already, each behind the first who does. Writers are in order of
/// files.
fn in_one_file(writers: &[Writer]) -> impl Iterator<Item = (Writer, Writer)> {
    let mut of_file: Option<Writer> = None;
    writers.iter().filter_map(move |&writer| {
        let first = of_file.filter(|first| first.file == writer.file);
        if first.is_none() {
            of_file = Some(writer);
        }
        Some((first?, writer))
    })
}

/// Blocks of several lines that were repeated: by file, first line and second line where the block begins.
struct Repeats(HashMap<(usize, usize, usize), usize>);

impl Repeats {
    fn of(mirroring: &Mirroring) -> Self {
        let pairs = repeated(mirroring).flat_map(|(_, writers)| in_one_file(writers));
        let distant = pairs.filter(|(first, writer)| first.line < writer.line);
        let distant = distant.map(|(first, writer)| {
            let distance = writer.line - first.line;
            let is_same_source = agree(mirroring, &[first, writer]);
            (writer.file, distance, is_same_source, writer.line)
        });
        let mut pairs: Vec<_> = distant.collect();
        pairs.sort_unstable();
        pairs.dedup();
        let follows = |one: &(usize, usize, bool, usize), next: &(usize, usize, bool, usize)| {
            (one.0, one.1, one.2, one.3 + 1) == *next
        };
        let blocks = pairs.chunk_by(follows).filter(|block| block.len() > 1);
        let lines = blocks.flat_map(|block| {
            let begin = block[0].3;
            let lines = block.iter();
            lines.map(move |&(file, distance, _, line)| ((file, line - distance, line), begin))
        });
        Self(lines.collect())
    }

    /// Where the block begins that has the two in it.
    fn block_of(&self, first: Writer, writer: Writer) -> Option<usize> {
        self.0.get(&(writer.file, first.line, writer.line)).copied()
    }
}

/// What to delete so that a repeated destination is gone: the destination with the spaces in
/// front of it, or the whole line where it is the line's only one.
fn removal(text: &str, line: Span, destination: Span) -> Option<Span> {
    let content = text.get(line.range())?;
    if content.len() > MAX_MENDED_LINE || content.contains('=') {
        return None;
    }
    let line_break = text.get(line.end as usize..)?.find('\n');
    let start = text
        .get(..line.start as usize)?
        .rfind('\n')
        .map_or(0, |at| at + 1);
    if content.split_whitespace().take(3).count() == 2 {
        let end = line_break.map_or(text.len(), |at| line.end as usize + at + 1);
        return Some(Span::new(start, end));
    }
    let before = text
        .get(..destination.start as usize)?
        .trim_end_matches(' ')
        .len();
    Some(Span::new(before, destination.end as usize))
}
