//! Where something stood that a change took away.

use crate::checkout::Checkout;
use crate::finding::Place;
use crate::syntax::span::{LineIndex, Span};

/// The line of `result` that is where `place` of `base` was. None where its file is gone too.
pub(super) fn removed_line(base: &Checkout, result: &Checkout, place: &Place) -> Option<Place> {
    let path = &place.path;
    let (old, new) = (base.text(path)?, result.text(path)?);
    let before: Vec<&str> = old.lines().collect();
    let lines: Vec<&str> = new.lines().collect();
    let Some(end) = lines.len().checked_sub(1) else {
        return Some(Place::whole_file(path));
    };
    let removed = old.get(..place.span.start as usize)?;
    let at = removed.matches('\n').count();
    // What is between the first and the last line that differ was changed, and the rest was not.
    let pairs = before.iter().zip(&lines);
    let same = pairs.take_while(|(old, new)| old == new).count();
    let pairs = before.iter().rev().zip(lines.iter().rev());
    let same_behind = pairs.take_while(|(old, new)| old == new).count();
    let last = lines.len().saturating_sub(same_behind).max(same);
    let line = at.clamp(same, last).min(end);
    let span = LineIndex::new(new).line_span(new, line + 1)?;
    let text = new.get(span.range())?;
    let start = span.start as usize + (text.len() - text.trim_start().len());
    Some(Place::new(
        path,
        Span::new(start, start + text.trim().len()),
    ))
}
