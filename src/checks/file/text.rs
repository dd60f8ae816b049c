//! What is wrong with a file as a text: unreadable, not UTF-8, not YAML, a key taken twice.

use crate::checkout::Checkout;
use crate::checks::rbac::{lost_rights, unapplied};
use crate::checks::{Drafts, unparsed};
use crate::finding::{Draft, Finding, Fix, Place, Severity, entity_of};
use crate::model::{Conventions, File, FileFault};
use crate::syntax::span::Span;
use crate::syntax::yaml::{Fault, FaultKind};

/// `unreadable-file`: one that could not be read, or is not UTF-8.
pub(super) fn unreadable(file: &File, drafts: &mut Drafts) {
    for fault in &file.faults {
        match fault {
            FileFault::Unreadable(why) => drafts.push(
                Draft::new(Place::whole_file(&file.path), "unreadable", why.to_string())
                    .help("nothing in this file was checked; every other file was")
                    .explains(unparsed::topic(&file.path)),
            ),
            FileFault::NotUtf8(offset) => drafts.push(
                Draft::new(
                    Place::new(&file.path, Span::new(*offset, *offset)),
                    "not UTF-8",
                    format!(
                        "the file is not UTF-8: byte {} is no part of a character",
                        offset + 1
                    ),
                )
                .help("nothing in this file was checked; save it as UTF-8")
                .explains(unparsed::topic(&file.path)),
            ),
            FileFault::Yaml(_) => {}
        }
    }
}

/// `invalid-yaml`: one that does not parse.
pub(super) fn invalid_yaml(file: &File, drafts: &mut Drafts) {
    let faults = yaml_faults(file);
    let mut faults = faults
        .filter(|fault| !matches!(fault.kind, FaultKind::DuplicateKey { .. }))
        .peekable();
    let draft = |span, message: String, help: &str| {
        let draft = Draft::new(Place::new(&file.path, span), "invalid YAML", message);
        draft.help(help).explains(unparsed::topic(&file.path))
    };
    if faults.peek().is_some()
        && let Some(marker) = conflict_marker(file)
    {
        let message = format!("`{}` is a merge conflict marker", file.slice(marker));
        drafts.push(draft(
            marker,
            message,
            "every tool that reads this file fails on it; resolve the conflict: keep the right lines and \
             delete the markers",
        ));
        return;
    }
    drafts.extend(faults.map(|fault| {
        draft(
            fault.span,
            fault.message.clone(),
            "every tool that reads this file fails on it, and nothing behind this point was checked",
        )
    }));
}

/// Where the first of the three markers stands that Git leaves in a file, if all of them are there in
/// their order.
fn conflict_marker(file: &File) -> Option<Span> {
    let breaks = memchr::memchr_iter(b'\n', file.text.as_bytes());
    let mut starts = std::iter::once(0).chain(breaks.map(|before| before + 1));
    let mut find = |marker: &str| {
        starts.find(|&start| {
            let line = file.text.get(start..).unwrap_or_default();
            let rest = line.strip_prefix(marker);
            rest.is_some_and(|rest| rest.starts_with([' ', '\r', '\n']))
        })
    };
    let first = find("<<<<<<<")?;
    find("=======")?;
    find(">>>>>>>")?;
    Some(Span::new(first, first + "<<<<<<<".len()))
}

/// `duplicate-key`: a mapping with a key twice.
pub(super) fn duplicate_key(file: &File, drafts: &mut Drafts) {
    let repeated = yaml_faults(file).filter_map(|fault| match fault.kind {
        FaultKind::DuplicateKey { first } => Some((fault, first)),
        _ => None,
    });
    let repeated: Vec<_> = repeated.collect();
    for objects in repeated.chunk_by(|a, b| is_same_object(file, a.0.span, b.0.span)) {
        let keys = objects
            .iter()
            .filter(|(fault, _)| names_object(file, fault.span));
        let joined = (keys.count() > 1).then(|| objects[0].0.span);
        for (fault, first) in objects {
            let place = Place::new(&file.path, fault.span);
            let related = Place::new(&file.path, *first);
            let draft = Draft::new(place, fault.message.clone(), fault.message.clone())
                .help("one of the two values is silently ignored, or the file is refused; keep one")
                .related(related, "first given here");
            drafts.push(match joined {
                Some(start) => in_joined(file, draft, fault.span, start),
                None => draft,
            });
        }
    }
}

/// `file-cut-off`: one that ends in the middle of a line.
pub(super) fn cut_off(file: &File, conventions: &Conventions, drafts: &mut Drafts) {
    if file.is_broken() || !file.is_cut_off(conventions) {
        return;
    }
    let start = file.text.rfind('\n').map_or(0, |before| before + 1);
    let line = file.text.get(start..).unwrap_or_default();
    drafts.push(
        Draft::new(
            Place::new(&file.path, Span::new(start, file.text.len())),
            entity_of(line),
            "the file ends in the middle of a line",
        )
        .help(
            "all files of this kind end in a line break, so the rest may be missing; put it back, or \
             end the line",
        )
        .explains(unparsed::topic(&file.path)),
    );
}

/// Of a file that goes on in the base, the rest was lost.
pub(super) fn severity_of_lost(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let rest = base.text(&finding.place.path)?;
    let line = rest.get(finding.place.span.range())?;
    let goes_on = rest.len() > finding.place.span.end as usize + 1;
    (goes_on && entity_of(line) == *finding.entity).then_some(Severity::Error)
}

/// What is told of a key at `span` in an object that starts at `start`, without a `---` in front.
fn in_joined(file: &File, draft: Draft, span: Span, start: Span) -> Draft {
    let at = start.range().start;
    let topic = format!("no `---` at {at} of {}", file.path);
    if span != start {
        return draft.follows_from(topic);
    }
    let before = Place::new(&file.path, Span::new(at, at));
    draft
        .help("this looks like another object; put `---` in front of it, or one of the two is lost")
        .fix(Fix::safe("put `---` in front", before, "---\n").to_review())
        .explains(topic)
        .explains(lost_rights(&file.path))
        .explains(unapplied(&file.path))
}

/// Whether repeated keys at these places belong to one object: none starts another.
fn is_same_object(file: &File, one: Span, next: Span) -> bool {
    starts_line(file, one) && starts_line(file, next) && file.slice(one) != file.slice(next)
}

/// Whether a key at the start of a line is one that every object has.
fn names_object(file: &File, span: Span) -> bool {
    starts_line(file, span) && matches!(file.slice(span), "apiVersion" | "kind" | "metadata")
}

fn starts_line(file: &File, span: Span) -> bool {
    let before = file.text.get(..span.range().start).unwrap_or_default();
    before.is_empty() || before.ends_with('\n')
}

fn yaml_faults(file: &File) -> impl Iterator<Item = &Fault> {
    file.faults.iter().filter_map(|fault| match fault {
        FileFault::Yaml(fault) => Some(fault),
        _ => None,
    })
}
