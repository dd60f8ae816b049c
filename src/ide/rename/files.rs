//! What a mapping file's name, or the set that it lies in, says in the job that mirrors it.

use std::collections::{BTreeMap, BTreeSet};

use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirrorJob, MirroredFile, Selector};
use crate::finding::{Edit, Rename};
use crate::model::FileKind;
use crate::syntax::yaml::scalar_of;
use crate::tree::RepoPath;

/// Where mapping files are going, by which of `Mirroring::files` they are.
type Moves = BTreeMap<usize, RepoPath>;

/// The edits that let jobs read mapping files, and belong to mirror sets, that are moved by `renames` of
/// files and folders. A job's prefix changes where it would select none of its files any more, its label
/// where the whole set moves.
#[must_use]
pub fn moved(checkout: &Checkout, renames: &[Rename]) -> Vec<Edit> {
    let files = &checkout.mirroring().files;
    let mut moves = Moves::new();
    for (number, file) in files.iter().enumerate() {
        let is_mounted = file.file.kind == FileKind::MappingFile;
        let new = renames.iter().find_map(|rename| goes_to(file, rename));
        if let Some(new) = new.filter(|_| is_mounted) {
            moves.insert(number, new);
        }
    }
    if moves.is_empty() {
        return Vec::new();
    }
    let mut edits = Vec::new();
    for job in &checkout.mirroring().jobs {
        for selector in &job.selectors {
            let prefix = new_prefix(checkout, selector, &moves);
            edits.extend(prefix.and_then(|prefix| selecting(job, selector, &prefix)));
        }
        edits.extend(new_area(checkout, job, &moves));
    }
    edits
}

/// The path that a file has after a rename of it or of a folder above it.
fn goes_to(file: &MirroredFile, rename: &Rename) -> Option<RepoPath> {
    let path = &file.file.path;
    if *path == rename.from {
        return Some(rename.to.clone());
    }
    let below = path.below(rename.from.as_str())?;
    Some(RepoPath::new(&format!("{}/{below}", rename.to)))
}

fn selects(selector: &Selector, name: &str) -> bool {
    match selector.exact {
        true => name == selector.prefix,
        false => name.starts_with(&selector.prefix),
    }
}

/// The prefix that selects all the files which `selector` does, under their new names, and nothing else;
/// none where some of them keep their names, or it selects one of the new ones.
fn new_prefix(checkout: &Checkout, selector: &Selector, moves: &Moves) -> Option<String> {
    let files = checkout.mirroring().files.iter().enumerate();
    let mounted = files.filter(|(_, file)| file.file.kind == FileKind::MappingFile);
    let (own, others): (Vec<_>, Vec<_>) =
        mounted.partition(|(_, file)| selects(selector, file.name()));
    let new: Vec<&str> = own
        .iter()
        .map(|(number, _)| Some(moves.get(number)?.name()))
        .collect::<Option<_>>()?;
    let first = *new.first()?;
    if new.iter().any(|name| selects(selector, name)) {
        return None;
    }
    if selector.exact {
        return (new.len() == 1).then(|| first.to_owned());
    }
    // What stands behind the prefix mostly stays.
    let rests = own.iter().zip(&new).map(|((_, file), new)| {
        let rest = &file.name()[selector.prefix.len()..];
        new.strip_suffix(rest)
    });
    let rests: Option<BTreeSet<&str>> = rests.collect();
    let kept = rests.and_then(|rests| {
        let mut rests = rests.into_iter();
        rests.next().filter(|_| rests.next().is_none())
    });
    let common = new.iter().fold(first, |common, name| {
        let same = common.bytes().zip(name.bytes());
        let length = same.take_while(|(one, other)| one == other).count();
        &common[..common.floor_char_boundary(length)]
    });
    let own_start = &checkout.conventions.mapping_files.prefix;
    let is_free = |prefix: &&str| {
        let names = others.iter().map(|(number, file)| match moves.get(number) {
            Some(new) => new.name(),
            None => file.name(),
        });
        let mut names = names;
        prefix.len() > own_start.len()
            && prefix.starts_with(own_start.as_str())
            && !names.any(|name| name.starts_with(*prefix))
    };
    let mut candidates = kept.into_iter().chain([common]);
    candidates.find(is_free).map(str::to_owned)
}

/// The edit that makes a selector another one.
fn selecting(job: &MirrorJob, selector: &Selector, prefix: &str) -> Option<Edit> {
    let word = job.file.slice(selector.span);
    let text = match word.strip_suffix('*') {
        // In the shell's glob.
        Some(start) if start == selector.prefix => format!("{prefix}*"),
        None if word == selector.prefix && selector.exact => prefix.to_owned(),
        _ if word.trim_matches(['"', '\'']) == selector.prefix => scalar_of(prefix),
        _ => return None,
    };
    Some(Edit {
        place: job.place(selector.span),
        text,
    })
}

/// The edit of the label that names the job's set, where all mapping files of that go to another set.
fn new_area(checkout: &Checkout, job: &MirrorJob, moves: &Moves) -> Option<Edit> {
    let area = job
        .job()
        .label(&checkout.conventions.mirror_jobs.labels.area)?;
    let set = checkout.mirroring().sets.get(&*area.value)?;
    let folder = &checkout.conventions.mapping_files.folder;
    let goals: Option<BTreeSet<&str>> = set
        .files
        .clone()
        .map(|number| Some(moves.get(&number)?.below(folder)?.split_once('/')?.0))
        .collect();
    let mut goals = goals?.into_iter();
    let (goal, None) = (goals.next()?, goals.next()) else {
        return None;
    };
    (goal != &*area.value && !checkout.mirroring().sets.contains_key(goal)).then(|| Edit {
        place: job.place(area.span),
        text: scalar_of(goal),
    })
}
