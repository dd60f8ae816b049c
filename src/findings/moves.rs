//! Files that a change gave another path.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::limits::MAX_COMPARED_BYTES;
use crate::model::File;
use crate::tree::RepoPath;

/// Where files of `base` that `result` no longer has lie there now: the new file with the same text,
/// or else the one with the same name or in the same folder that has most of its lines, and at least
/// half.
pub(crate) fn between(base: &Checkout, result: &Checkout) -> HashMap<RepoPath, RepoPath> {
    let gone = only_in(base, result);
    if gone.is_empty() {
        return HashMap::new();
    }
    let mut new = only_in(result, base);
    let mut by_text: HashMap<&str, Vec<&RepoPath>> = HashMap::new();
    for file in new.iter().rev() {
        by_text.entry(file.text).or_default().push(file.path);
    }
    let mut moves = HashMap::new();
    let mut changed = Vec::new();
    for old in gone {
        match by_text.get_mut(old.text).and_then(Vec::pop) {
            Some(path) => drop(moves.insert(old.path.clone(), path.clone())),
            None => changed.push(old),
        }
    }
    let taken: HashSet<&RepoPath> = moves.values().collect();
    new.retain(|file| !taken.contains(file.path));
    let mut left = MAX_COMPARED_BYTES;
    let mut is_affordable = |old: &str, new: &str| {
        let after = left.checked_sub(old.len() + new.len());
        left = after.unwrap_or_default();
        after.is_some()
    };
    for old in changed {
        let is_near = |file: &&New<'_>| {
            file.path.name() == old.path.name() || file.path.folder() == old.path.folder()
        };
        let near = new.iter().filter(is_near);
        let alike = near.filter(|file| is_affordable(old.text, file.text));
        let alike = alike.map(|file| (shared_lines(old.text, file.text), file.path));
        let best = alike.reduce(|best, next| if next.0 > best.0 { next } else { best });
        let lines = old.text.lines().count();
        if let Some((_, path)) = best.filter(|(shared, _)| shared * 2 >= lines) {
            moves.insert(old.path.clone(), path.clone());
            new.retain(|file| file.path != path);
        }
    }
    moves
}

/// A file that one checkout has and another has not.
struct New<'c> {
    path: &'c RepoPath,
    text: &'c str,
}

fn only_in<'c>(one: &'c Checkout, other: &Checkout) -> Vec<New<'c>> {
    // Both are in order of their paths.
    let mut others = other.files().iter().peekable();
    let files = one.files().iter().filter(|file| {
        while others
            .next_if(|other| !Arc::ptr_eq(other, file) && other.path < file.path)
            .is_some()
        {}
        let same = |other: &&Arc<File>| Arc::ptr_eq(other, file) || other.path == file.path;
        others.next_if(same).is_none()
    });
    let texts = files.filter_map(|file| {
        Some(New {
            path: &file.path,
            text: one.text(&file.path).filter(|text| !text.is_empty())?,
        })
    });
    texts.collect()
}

/// How many lines of `old` stand in `new` too.
fn shared_lines(old: &str, new: &str) -> usize {
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for line in new.lines() {
        *lines.entry(line).or_default() += 1;
    }
    let mut is_there = |line: &str| {
        let left = lines.get_mut(line).filter(|left| **left > 0);
        left.map(|left| *left -= 1).is_some()
    };
    old.lines().filter(|line| is_there(line)).count()
}
