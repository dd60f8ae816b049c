//! Fixes as diffs.

use std::collections::BTreeMap;

use super::super::Report;
use super::{FIXES_END, MAX_MESSAGE, Page, file};
use crate::finding::{Applicability, Edit, Finding, Fix};
use crate::report::escape::one_line;
use crate::report::markdown_text::{Within, block, words};
use crate::tree::RepoPath;

/// Lines of one fix that are shown; of a longer one only what it does.
const MAX_LINES: usize = 40;

/// Bytes of one fix that are shown, for the same reason.
const MAX_FIX: usize = 4000;

pub(super) fn write(report: &Report<'_>, findings: &[&Finding], page: &mut Page) {
    let fixes: Vec<&Fix> = findings.iter().filter_map(|f| f.fix.as_ref()).collect();
    if fixes.is_empty() {
        return;
    }
    let heading = match fixes.len() {
        1 => "1 fix".to_owned(),
        count => format!("{count} fixes"),
    };
    page.line(&format!("<details><summary>{heading}</summary>"));
    let left_out = page.rows(FIXES_END, fixes, |fix| shown(report, fix));
    page.left_out(left_out, "more suggestion");
    page.line("</details>");
}

/// What a fix does, and the lines that it changes.
fn shown(report: &Report<'_>, fix: &Fix) -> String {
    let title = words(&fix.title, MAX_MESSAGE, Within::Line);
    let caution = match fix.applicability {
        Applicability::Safe => "",
        Applicability::Unsafe => " (look at it first)",
    };
    let mut by_file: BTreeMap<&RepoPath, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        by_file.entry(&edit.place.path).or_default().push(edit);
    }
    let files = by_file
        .keys()
        .copied()
        .chain(fix.renames.iter().map(|rename| &rename.from));
    let first = files
        .map(|path| file(report, path.as_str(), Within::Line))
        .next();
    let mut shown = format!("\n{}: {title}{caution}\n", first.unwrap_or_default());
    for (path, edits) in by_file {
        let text = report.texts.text(path).unwrap_or_default();
        if let Some(lines) = changed(text, edits) {
            shown.push_str(&format!("\n{}", block("diff", &lines)));
        }
    }
    shown
}

/// The lines of `text` that `edits` change, as they are and as they would be. Nothing where that is too
/// much to look at, or the edits do not fit.
fn changed(text: &str, mut edits: Vec<&Edit>) -> Option<Vec<String>> {
    edits.sort_by_key(|edit| edit.place.span);
    let (first, last) = (edits.first()?.place.span, edits.last()?.place.span);
    let start = text
        .get(..first.start as usize)?
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let rest = text.get(last.end as usize..)?;
    let end = rest
        .find('\n')
        .map_or(text.len(), |at| last.end as usize + at + 1);
    if end - start > MAX_FIX {
        return None;
    }
    let mut after = String::new();
    let mut at = start;
    for edit in edits {
        after.push_str(text.get(at..edit.place.span.start as usize)?);
        after.push_str(&edit.text);
        at = edit.place.span.end as usize;
    }
    after.push_str(text.get(at..end)?);
    let before = text.get(start..end)?;
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| old == new)
        .count();
    let (old, new) = (&old[same..], &new[same..]);
    let pairs = old.iter().rev().zip(new.iter().rev());
    let same_behind = pairs.take_while(|(old, new)| old == new).count();
    let (old, new) = (
        &old[..old.len() - same_behind],
        &new[..new.len() - same_behind],
    );
    if old.len() + new.len() > MAX_LINES || after.len() > MAX_FIX {
        return None;
    }
    let removed = old.iter().map(|line| format!("-{}", one_line(line)));
    let added = new.iter().map(|line| format!("+{}", one_line(line)));
    Some(removed.chain(added).collect())
}
