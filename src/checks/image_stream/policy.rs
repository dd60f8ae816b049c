//! How a tag of an ImageStream follows its source, and where its users are sent. What the API server
//! refuses: openshift-apiserver `pkg/image/apis/image/validation/validation.go`
//! `ValidateImageStreamTagReference`.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde::Deserialize;

use super::{Located, streams};
use crate::checkout::Checkout;
use crate::checks::file::wrong_field;
use crate::checks::habit::COMMON;
use crate::checks::{Drafts, params};
use crate::finding::{Draft, Finding, Severity};
use crate::model::manifest::images::StreamTag;
use crate::syntax::reference::Reference;
use crate::tree::RepoPath;

const LOCAL: &str = "Local";
const REFERENCE_POLICIES: [&str; 2] = [LOCAL, "Source"];
const IMPORT_MODES: [&str; 2] = ["Legacy", "PreserveOriginal"];

/// `imagestream-reference-policy`: a `referencePolicy` that does not exist, or that sends users to
/// the source.
pub(super) fn reference_policy(checkout: &Checkout, drafts: &mut Drafts) {
    let habits = Habits::of(checkout);
    for stream in streams(checkout) {
        let tags = stream.item.tags.iter().map(|tag| stream.with(tag));
        drafts.extend(tags.filter_map(|tag| {
            unknown_reference_policy(&tag).or_else(|| not_local(checkout, &habits, &tag))
        }));
    }
}

/// How bad a tag without `Local` is that had it before.
pub(super) fn severity_of_loss(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let mut streams = streams(base);
    let was_local = streams.any(|stream| {
        let mut tags = stream.item.tags.iter().map(|tag| stream.with(tag));
        tags.any(|tag| is_local(&tag) && tag.entity() == finding.entity)
    });
    (was_local && finding.severity == Severity::Hint).then_some(Severity::Warning)
}

fn is_local(tag: &Located<'_, StreamTag>) -> bool {
    let policy = tag.item.reference_policy.as_ref();
    policy.is_some_and(|policy| *policy.value == *LOCAL)
}

/// The host of the pull spec that a tag is imported from.
fn host(tag: &Located<'_, StreamTag>) -> Option<Box<str>> {
    Reference::parse(&tag.pulled()?.value).ok()?.host
}

/// The files that import from each host, with `Local` and without.
#[derive(Default)]
struct Habits<'c> {
    with: BTreeMap<Box<str>, BTreeSet<&'c RepoPath>>,
    without: BTreeMap<Box<str>, BTreeSet<&'c RepoPath>>,
}

impl<'c> Habits<'c> {
    fn of(checkout: &'c Checkout) -> Self {
        let mut habits = Self::default();
        for stream in streams(checkout) {
            for tag in stream.item.tags.iter().map(|tag| stream.with(tag)) {
                let files = if is_local(&tag) {
                    &mut habits.with
                } else {
                    &mut habits.without
                };
                if let Some(host) = host(&tag) {
                    files.entry(host).or_default().insert(&stream.file.path);
                }
            }
        }
        habits
    }

    /// How many files import from `host` with `Local`, where the one at `path` alone has a tag without.
    fn all_others(&self, host: &str, path: &RepoPath) -> Option<usize> {
        let with = self.with.get(host).map_or(0, BTreeSet::len);
        let without = self.without.get(host);
        let is_alone = without.is_none_or(|files| files.iter().all(|file| *file == path));
        (is_alone && with >= COMMON).then_some(with)
    }
}

fn unknown_reference_policy(tag: &Located<'_, StreamTag>) -> Option<Draft> {
    let policy = tag.item.reference_policy.as_ref()?;
    if policy.value.is_empty() || tag.is_templated(policy) {
        return None;
    }
    let message = format!("there is no `referencePolicy` of type `{}`", policy.value);
    let help = "the ImageStream is refused; `type` is `Local` or `Source`";
    tag.unknown_word(policy, &REFERENCE_POLICIES, tag.entity(), message, help)
}

fn not_local(
    checkout: &Checkout,
    habits: &Habits<'_>,
    tag: &Located<'_, StreamTag>,
) -> Option<Draft> {
    let name = tag.item.name.as_ref()?;
    if is_local(tag) {
        return None;
    }
    let host = host(tag)?;
    let is_one_of = |hosts: &[String]| hosts.iter().any(|one| **one == *host);
    let registries = &checkout.conventions.registries;
    if is_one_of(&registries.internal) {
        return None;
    }
    let entity = tag.entity();
    let message = format!("tag `{entity}` has no `referencePolicy` of type `Local`");
    // With another host it is another fault.
    let of_host = format!("{entity} {host}");
    let draft = |entity: String| {
        Draft::new(tag.place(name.span), entity, message)
            .follows_from(wrong_field(&tag.file.path, tag.manifest))
    };
    Some(if is_one_of(&registries.authenticated) {
        draft(of_host).severity(Severity::Warning).help(format!(
            "`{host}` wants a login: without `referencePolicy: {{type: Local}}` whoever uses the tag \
             is sent there, and is refused"
        ))
    } else if let Some(files) = habits.all_others(&host, &tag.file.path) {
        draft(of_host).severity(Severity::Warning).help(format!(
            "all {files} files that import from `{host}` have it: without `referencePolicy: {{type: \
             Local}}` whoever uses the tag is sent there"
        ))
    } else {
        draft(entity).help(
            "with `Local` the image is served from the CI registry, and survives when its source \
             goes",
        )
    })
}

/// Parameters of `imagestream-import-policy`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportPolicy {
    /// Tags that never move.
    #[serde(deserialize_with = "params::pattern")]
    pinned: Regex,
}

impl ImportPolicy {
    /// `imagestream-import-policy`: an `importPolicy` that the API server refuses or that is of no
    /// use, or none where the source may move.
    pub(super) fn run(&self, tag: &Located<'_, StreamTag>) -> Option<Draft> {
        scheduled_copy(tag)
            .or_else(|| import_of_nothing(tag))
            .or_else(|| unknown_import_mode(tag))
            .or_else(|| self.imported_once(tag))
    }

    fn imported_once(&self, tag: &Located<'_, StreamTag>) -> Option<Draft> {
        let source = tag.pulled()?;
        let name = tag.item.name.as_ref()?;
        // Whoever writes `false` means it.
        if tag.item.scheduled.is_some() || tag.item.is_reference {
            return None;
        }
        let source = Reference::parse(&source.value).ok()?;
        let version = source.tag.as_ref();
        let is_pinned = version.is_some_and(|version| self.pinned.is_match(version));
        if source.digest.is_some() || is_pinned {
            return None;
        }
        let entity = tag.entity();
        let message = format!("tag `{entity}` is imported once and never again");
        Some(Draft::new(tag.place(name.span), entity, message).help(
            "with `importPolicy: {scheduled: true}` it follows its source; write `scheduled: false` \
             for a tag that is to stay",
        ))
    }
}

/// A tag that is not imported, and is to be imported again and again.
fn scheduled_copy(tag: &Located<'_, StreamTag>) -> Option<Draft> {
    let kind = tag.item.from.as_ref()?.kind.as_ref()?;
    let is_copy = matches!(&*kind.value, "ImageStreamTag" | "ImageStreamImage");
    let scheduled = tag.item.scheduled.as_ref();
    let scheduled = scheduled.filter(|scheduled| is_copy && scheduled.value)?;
    let entity = tag.entity();
    let message = format!("tag `{entity}` is an {}, which is not imported", kind.value);
    Some(
        Draft::new(tag.place(scheduled.span), entity, message)
            .severity(Severity::Error)
            .help(
                "the ImageStream is refused: only a `DockerImage` can be imported again and again; \
                 remove `scheduled`",
            ),
    )
}

/// A tag that is to be imported, from nowhere.
fn import_of_nothing(tag: &Located<'_, StreamTag>) -> Option<Draft> {
    let key = tag.item.import_policy.filter(|_| tag.item.from.is_none())?;
    let entity = tag.entity();
    let message = format!("tag `{entity}` has an `importPolicy`, and no `from`");
    Some(
        Draft::new(tag.place(key), entity, message)
            .severity(Severity::Warning)
            .help(
                "nothing is imported, and the tag stays as it is; say in `from` what it is made \
                 from, or remove `importPolicy` from a tag that is pushed to",
            )
            .follows_from(wrong_field(&tag.file.path, tag.manifest)),
    )
}

fn unknown_import_mode(tag: &Located<'_, StreamTag>) -> Option<Draft> {
    let mode = tag.item.import_mode.as_ref()?;
    if mode.value.is_empty() || tag.is_templated(mode) {
        return None;
    }
    let message = format!("there is no `importMode` `{}`", mode.value);
    let help = "the ImageStream is refused; `importMode` is `Legacy` or `PreserveOriginal`";
    tag.unknown_word(mode, &IMPORT_MODES, tag.entity(), message, help)
}
