//! Two lines that became one.

use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Draft, Fix, Place, entity_of};
use crate::limits::MAX_RELATED;
use crate::model::conventions::Registries;
use crate::model::mapping_file::{Line, Mapping};
use crate::syntax::span::Span;

/// The longest name of a host, in bytes (RFC 1035).
const MAX_HOST: usize = 253;

/// `mapping-joined-lines`: an image of CI among destinations that are none, or one from elsewhere among
/// images of CI, with another destination behind it, as the source of a second line has.
pub(super) fn joined_lines(checkout: &Checkout, file: &MirroredFile, drafts: &mut Drafts) {
    let registries = &checkout.conventions.registries;
    for line in file.lines() {
        drafts.extend(second_source(registries, line).map(|second| draft(file, line, second)));
    }
}

/// Where the second line's source stands.
fn second_source<'l>(registries: &Registries, line: &'l Line) -> Option<&'l Mapping> {
    let is_of_ci = |mapping: &Mapping| {
        let reference = &mapping.destination.reference.reference;
        stored_image(reference, registries).is_some()
    };
    let (first, others) = line.mappings.split_first()?;
    let is_one_line = others
        .iter()
        .all(|own| own.source.span == first.source.span);
    let (last, between) = others.split_last()?;
    let goes_to_ci = is_of_ci(first);
    if !is_one_line || goes_to_ci && !is_of_ci(last) {
        return None;
    }
    between
        .iter()
        .find(|mapping| is_of_ci(mapping) != goes_to_ci)
}

/// `mapping-syntax`, of two lines without anything between them: in the word that cannot be read, the registry that
/// the line takes its image from comes once more.
pub(super) fn run_together(file: &MirroredFile, line: &Line, fault: Span) -> Option<Draft> {
    let text = file.file.slice(line.span);
    let (registry, _) = text.trim_start().split_once('/')?;
    if registry.is_empty() || registry.len() > MAX_HOST || registry.contains(char::is_whitespace) {
        return None;
    }
    let until_fault = text.get(..fault.start.checked_sub(line.span.start)? as usize)?;
    let word = until_fault.rfind(char::is_whitespace)? + 1;
    let rest = text.get(word..)?;
    let rest = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let again = rest.match_indices(registry).map(|(at, _)| at);
    let is_second = |at: &usize| {
        let is_behind_word = rest[..*at].ends_with(|c: char| c.is_ascii_alphanumeric());
        is_behind_word && rest[at + registry.len()..].starts_with('/')
    };
    let at = word + again.take(MAX_RELATED).find(is_second)?;
    let start = line.span.start as usize;
    let gap = file.place(Span::new(start + at, start + at));
    let destination = file.place(Span::new(start + word, start + at));
    let second = Span::new(start + at, start + word + rest.len());
    let draft = Draft::new(
        file.place(second),
        entity_of(file.file.slice(second)),
        format!(
            "`{registry}/…` stands directly behind another image, as if a line break were missing"
        ),
    )
    .help("a line is `SRC DST`; start a new line here")
    .explains(joined_at(&destination))
    .fix(Fix::safe("start a new line", gap, "\n").to_review());
    Some(draft)
}

/// The topic of what follows when this destination is the source of another line, or holds it.
pub(in crate::checks) fn joined_at(destination: &Place) -> String {
    format!(
        "{} has a line at {}",
        destination.path, destination.span.start
    )
}

fn draft(file: &MirroredFile, line: &Line, second: &Mapping) -> Draft {
    let span = second.destination.span;
    let source = file.file.slice(span);
    let text = &file.file.text;
    let blanks = text
        .get(line.span.start as usize..span.start as usize)
        .map_or(0, |before| {
            before.len() - before.trim_end_matches(' ').len()
        });
    let start = span.start as usize;
    let gap = Span::new(start - blanks, start);
    Draft::new(
        file.place(span),
        source,
        format!("`{source}` is a destination here, and looks like the source of another line"),
    )
    .help(
        "`SRC DST DST` pushes the first image to every other place of the line, this one included; \
         start a new line here",
    )
    .explains(joined_at(&file.place(span)))
    .fix(Fix::safe("start a new line", file.place(gap), "\n").to_review())
}
