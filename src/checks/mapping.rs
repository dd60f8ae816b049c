//! Rules about mapping files and the sets that they lie in.

mod config_map;
mod config_updater;
mod destination_name;
mod destination_namespace;
mod duplicate_destination;
mod file_name;
pub(super) mod file_start;
pub(super) mod generated;
mod hostless;
mod inherited_tag;
pub(super) mod joined;
mod line;
mod lost_tag;
mod mirror_set;
mod private_source;
mod script_wildcard;
mod selection;
mod set_habit;
pub(super) mod source_registry;
mod source_stale;
mod supplemental_namespace;
mod tag_number;
mod version;
mod whole_set;
mod wildcard_source;

use crate::checkout::mirroring::{MirrorJob, MirroredFile};
use crate::finding::Place;
use crate::model::mapping_file::Source;
use crate::tree::RepoPath;

use super::image::supplemental;
use super::{Named, change, each_mapping_file, rule, rule_with, whole_checkout};

/// The topic of what follows when a mapping file has a name that no job of its set asks for: it is
/// misspelled, or the file lies in the wrong set.
pub(super) fn misnamed(path: &RepoPath) -> String {
    format!("{path} is misnamed")
}

/// The topic of what follows when no job is there for the mirror set.
fn without_job(set: &str) -> String {
    format!("{set} has no job")
}

/// The topic of what follows when what is to be the mirror set's only mapping file is not called like one.
pub(super) fn without_file(set: &str) -> String {
    format!("{set} has no mapping file")
}

/// The topic of what follows when a mapping file lies in another set as well, which it was copied from.
fn copied(path: &RepoPath) -> String {
    format!("{path} is copied")
}

/// The topic of what follows when several mapping files are called so, of which one may be a copy.
fn namesakes(name: &str) -> String {
    format!("files are called {name}")
}

/// The topic of what follows when a job of the mirror set reads none or too few of its files.
pub(super) fn passed_over(set: &str) -> String {
    format!("files of {set} are passed over")
}

/// The topic of what follows when files of the mirror set are not read, for whatever reason.
pub(super) fn unread(set: &str) -> String {
    format!("files of {set} are not read")
}

/// The topic of what follows when nothing can be pushed to the destination at `place`, wherever it should go.
pub(super) fn refused(place: &Place) -> String {
    format!(
        "the destination at {} of {} is refused",
        place.span.start, place.path
    )
}

/// The topic of what follows when a job reads files of other sets.
pub(super) fn intrudes(job: &MirrorJob) -> String {
    format!("{} in {} intrudes", job.index, job.file.path)
}

/// The topic of what follows when two lines of a file write one destination.
fn written_twice(path: &RepoPath, destination: &str) -> String {
    format!("{path} writes {destination} twice")
}

/// The topic of what follows when a job runs on a cluster that is not meant.
pub(super) fn strays(job: &str) -> String {
    format!("{job} runs elsewhere")
}

/// The topic of what follows when a line may mean another image or another place.
fn in_doubt(file: &MirroredFile, source: &Source) -> String {
    format!("{source} in {} is in doubt", file.file.path)
}

/// The rules of this group.
pub(super) const RULES: &[Named] = &[
    rule("forbidden-namespace", || {
        each_mapping_file(destination_namespace::forbidden_namespace)
            .and(whole_checkout(supplemental::forbidden_namespace))
    }),
    rule("mapping-config", || {
        whole_checkout(generated::mapping_config::mapping_config).and(change(
            generated::lost_key::lost,
            generated::lost_key::still_broken,
        ))
    }),
    rule("mapping-configmap", || {
        whole_checkout(config_updater::check)
            .and(change(config_updater::lost, config_updater::still_broken))
    }),
    rule("mapping-configmap-size", || {
        whole_checkout(config_map::size)
    }),
    rule("mapping-destination-account", || {
        whole_checkout(set_habit::destination_account)
    }),
    rule("mapping-destination-name", || {
        whole_checkout(destination_name::destination_name)
    }),
    rule("mapping-duplicate-destination", || {
        whole_checkout(duplicate_destination::in_conflict)
    }),
    rule("mapping-duplicate-entry", || {
        whole_checkout(duplicate_destination::in_agreement)
    }),
    rule("mapping-empty-file", || each_mapping_file(line::empty_file)),
    rule("mapping-file-name", || {
        whole_checkout(file_name::file_name).advising_new(file_name::advice_on_new)
    }),
    rule("mapping-file-outside-set", || {
        whole_checkout(mirror_set::outside)
    }),
    rule("mapping-file-selected-twice", || {
        whole_checkout(selection::selected_twice)
    }),
    rule("mapping-file-unselected", || {
        whole_checkout(selection::unselected).advising_new(selection::advice_on_new)
    }),
    rule("mapping-hostless-reference", || {
        each_mapping_file(hostless::hostless_reference)
    }),
    rule("mapping-inherited-tag", || {
        whole_checkout(inherited_tag::inherited_tag)
    }),
    rule("mapping-joined-lines", || {
        each_mapping_file(joined::joined_lines)
    }),
    rule("mapping-key-conflict", || {
        whole_checkout(config_map::key_conflict)
    }),
    rule("mapping-key-invalid", || {
        each_mapping_file(config_map::key_invalid)
    }),
    rule("mapping-many-tags", || each_mapping_file(line::many_tags)),
    rule("mapping-mixed-equals", || {
        each_mapping_file(line::mixed_equals)
    }),
    rule("mapping-private-source", || {
        each_mapping_file(private_source::private_source)
    }),
    rule("mapping-self-mirror", || {
        each_mapping_file(line::self_mirror)
    }),
    rule("mapping-source-foreign", || {
        whole_checkout(set_habit::source_foreign)
    }),
    rule("mapping-source-stale", || {
        whole_checkout(source_stale::source_stale).grading_new(source_stale::severity_of_new)
    }),
    rule("mapping-syntax", || each_mapping_file(line::syntax)),
    rule("mapping-version-mismatch", || {
        whole_checkout(version::version_mismatch).and(each_mapping_file(tag_number::tag_number))
    }),
    rule("mapping-web-address", || {
        each_mapping_file(line::web_address)
    }),
    rule("mapping-wildcard", || each_mapping_file(line::wildcard)),
    rule("mapping-wildcard-collision", || {
        whole_checkout(wildcard_source::wildcard_collision)
    }),
    rule("mapping-wildcard-images", || {
        whole_checkout(wildcard_source::wildcard_images)
    }),
    rule_with("mapping-wildcard-script", |p| {
        let rule: script_wildcard::ScriptWildcard = p.read()?;
        Ok(each_mapping_file(move |checkout, file, drafts| {
            rule.run(checkout, file, drafts)
        }))
    }),
    rule("mirror-set-empty", || whole_checkout(mirror_set::empty)),
    rule("mirror-set-owners", || whole_checkout(mirror_set::owners)),
    rule("supplemental-namespace", || {
        whole_checkout(supplemental_namespace::supplemental_namespace)
    }),
];
