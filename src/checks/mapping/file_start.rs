//! What the names of a mirror set's mapping files start with, and which side is wrong where a job
//! reads something else.

use crate::checkout::Checkout;
use crate::checkout::mirroring::{MirroredFile, Selector};
use crate::limits::MAX_RELATED;
use crate::model::conventions::MappingFiles;

/// What a mapping file of `set` starts with: what the set's job reads already, else the name that
/// the set goes by.
pub(in crate::checks) fn of_set(checkout: &Checkout, set: &str) -> String {
    let names = &checkout.conventions.mapping_files;
    let read = what_works(checkout, set).map(|selector| &*selector.prefix);
    // One that is no longer than what all files start with reads other sets' files too.
    let read = read.filter(|prefix| prefix.len() > names.prefix.len());
    read.map_or_else(|| names.start(set), str::to_owned)
}

/// By what the job of `set` reads the first of its files that it does read.
fn what_works<'c>(checkout: &'c Checkout, set: &str) -> Option<&'c Selector> {
    let mirroring = checkout.mirroring();
    let members = mirroring.sets.get(set)?;
    let number = members.job?;
    let job = mirroring.jobs.get(number)?;
    // The job of another set may read a file that strayed.
    let is_own = job
        .area()
        .is_none_or(|area| area == set || !mirroring.sets.contains_key(area));
    let job = Some(job).filter(|_| is_own)?;
    let file = &mirroring.files[job.first_of(&members.files)?];
    let reader = file.readers.iter().find(|reader| reader.job == number)?;
    let selector = job.selectors.get(reader.selector)?;
    (!selector.exact).then_some(selector)
}

/// How much of `file`'s name says which set it belongs to, if it is named after `set`.
pub(in crate::checks) fn named_after<'f>(
    names: &MappingFiles,
    set: &str,
    name: &'f str,
) -> Option<&'f str> {
    let rest = folded(name.strip_prefix(&names.prefix)?);
    let aliases = names.aliases.get(set).into_iter().flatten();
    let mut starts = std::iter::once(set).chain(aliases.map(String::as_str));
    let start = starts.find(|start| rest.starts_with(&folded(start)))?;
    name.get(..names.prefix.len() + start.len())
}

/// What the job of `file`'s set should read in place of `selector`, when that is what is wrong: it
/// reads no file, or fewer of the set than it leaves out, and is not called like the set where the
/// file is.
pub(in crate::checks) fn of_job(
    checkout: &Checkout,
    file: &MirroredFile,
    selector: &Selector,
) -> Option<String> {
    let names = &checkout.conventions.mapping_files;
    let set_name = file.set.as_deref()?;
    let set = checkout.mirroring().sets.get(set_name)?;
    let own = named_after(names, set_name, file.name());
    let is_conventional = {
        let (start, prefix) = (names.start(set_name), folded(&selector.prefix));
        prefix.starts_with(&start)
            || (start.starts_with(&prefix) && prefix.len() > names.prefix.len())
    };
    let is_wrong = match (own, is_conventional) {
        (Some(_), false) => true,
        (None, true) => false,
        _ => selector.matches_nothing || set.unread.len() * 2 > set.files.len(),
    };
    let shared = || {
        // So many say as much as all.
        let unread = set.unread.iter().take(MAX_RELATED);
        let unread = unread.map(|&at| checkout.mirroring().files[at].name());
        unread.fold(file.name(), common_start)
    };
    is_wrong.then(|| own.unwrap_or_else(shared).to_owned())
}

/// What two names start with.
fn common_start<'n>(one: &'n str, other: &str) -> &'n str {
    let mut pairs = one.char_indices().zip(other.chars());
    let differs = pairs.find(|((_, a), b)| a != b);
    let end = differs.map_or(one.len().min(other.len()), |((at, _), _)| at);
    &one[..end]
}

/// `-` and `_` mean the same in set names.
pub(in crate::checks) fn folded(name: &str) -> String {
    name.replace('-', "_")
}
