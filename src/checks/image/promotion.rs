//! Promotions that cannot work, or should not be.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};

use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checks::{Advice, Drafts, params};
use crate::finding::{Draft, Finding, Fix, Place, Severity};
use crate::model::File;
use crate::model::ci_operator::{CiConfig, PromotionTarget};
use crate::model::manifest::access::IMAGE_PULLER;
use crate::syntax::kubernetes_name::is_dns_label;
use crate::syntax::likeness::{Effort, closest, differ_in_number, slips};

/// `promotion-namespace`: a target in a namespace that may not be promoted to.
pub(super) fn namespace(checkout: &Checkout, drafts: &mut Drafts) {
    let forbidden = &checkout.conventions.namespaces.forbidden.promotion;
    for (file, target) in targets(checkout) {
        let Some(namespace) = &target.namespace else {
            continue;
        };
        let name = &*namespace.value;
        if !forbidden.contains(name) {
            continue;
        }
        let place = Place::new(&file.path, namespace.span);
        let message = format!("images may not be promoted to namespace `{name}`");
        drafts.push(Draft::new(place, name, message).help(format!(
            "it is managed by Red Hat: forbidden is whatever matches `{}`; choose a namespace of \
             your own",
            *forbidden.names
        )));
    }
}

/// Parameters of `promotion-version-tag`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionTag {
    /// What a version looks like.
    #[serde(deserialize_with = "params::pattern")]
    version: Regex,
}

impl VersionTag {
    /// `promotion-version-tag`: a target in a payload namespace that names each image's stream, with
    /// a version for a tag.
    pub(super) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let payload = &checkout.conventions.namespaces.payload;
        for (file, target) in targets(checkout) {
            let (Some(namespace), Some(tag)) = (&target.namespace, &target.tag) else {
                continue;
            };
            let in_payload = payload.iter().any(|name| **name == *namespace.value);
            if !in_payload || !self.version.is_match(&tag.value) {
                continue;
            }
            let draft = Draft::new(
                Place::new(&file.path, tag.span),
                format!("{}:{}", namespace.value, tag.value),
                format!(
                    "`tag: {}` in namespace `{}` publishes outside the release stream",
                    tag.value, namespace.value
                ),
            );
            drafts.push(draft.help(format!(
                "a payload's images are tags of one stream: write `name: \"{0}\"`; with `tag` each \
                 image becomes a stream of its own with the tag `{0}`",
                tag.value
            )));
        }
    }
}

/// `promotion-target`: a target with neither or both of `name` and `tag`, without a namespace, or
/// that is there twice (openshift/ci-tools `pkg/validation/config.go`
/// `validatePromotionConfiguration`).
pub(super) fn target(checkout: &Checkout, drafts: &mut Drafts) {
    for (file, config, target) in targets_of_configs(checkout) {
        let missing = match (&target.namespace, &target.name, &target.tag) {
            (None, ..) => "no `namespace`",
            (_, None, None) => "neither `name` nor `tag`",
            (_, Some(_), Some(_)) => "both `name` and `tag`",
            _ => continue,
        };
        let draft = Draft::new(
            Place::new(&file.path, target.anchor()),
            missing,
            format!("the promotion target has {missing}"),
        );
        let draft = draft.help(
            "ci-operator refuses the config: `name` publishes every image as a tag of one stream, `tag` as a \
             stream of its own; exactly one of the two is needed",
        );
        let draft = super::misdirects(file, config, draft);
        drafts.push(draft.follows_from(super::dropped(&file.path)));
    }
    let effort = Effort::default();
    for (file, config) in checkout.ci_configs() {
        twice(file, config, drafts);
        for target in config.targets(checkout.layout()) {
            misspelt_exclusions(file, config, target, &effort, drafts);
        }
    }
}

/// So many letters of an image's name may be wrong.
const MOST_SLIPS: usize = 2;

/// Images that are not to be published, and are called nearly like one that is.
fn misspelt_exclusions(
    file: &File,
    config: &CiConfig,
    target: &PromotionTarget,
    effort: &Effort,
    drafts: &mut Drafts,
) {
    if target.excluded.is_empty() || target.excluded.iter().any(|name| &*name.value == "*") {
        return;
    }
    let built = config.images.iter().filter_map(|image| image.to.as_ref());
    let built: BTreeSet<&str> = built.map(|to| &*to.value).collect();
    let excluded: BTreeSet<&str> = target.excluded.iter().map(|name| &*name.value).collect();
    let published: Vec<&str> = built.difference(&excluded).copied().collect();
    for name in &target.excluded {
        let own = &*name.value;
        if built.contains(own) {
            continue;
        }
        let others = published.iter().map(|other| (*other, *other));
        let near = closest(own, others, slips(own, MOST_SLIPS), effort);
        let Some(near) = near.filter(|near| !differ_in_number(near, own)) else {
            continue;
        };
        let place = Place::new(&file.path, name.span);
        let message = format!("the config builds no image `{own}` that could be left out");
        let draft = Draft::new(place.clone(), format!("excluded {own}"), message)
            .severity(Severity::Warning)
            .help(format!("`{near}` is published; did you mean that?"));
        drafts.push(draft.alternatives(Fix::alternative(place, near)));
    }
}

/// `promotion-unlisted-namespace`: a target in a namespace that nobody may pull from.
pub(super) fn unlisted_namespace(checkout: &Checkout, drafts: &mut Drafts) {
    if checkout.access().folders.is_empty() {
        return; // a part of a checkout, which says nothing about access
    }
    let conventions = &checkout.conventions;
    let elsewhere = &conventions.namespaces.access_elsewhere;
    let forbidden = &conventions.namespaces.forbidden.promotion;
    let folder = &conventions.clusters.registry_access;
    // How many configs publish to a namespace: one that nobody else knows may be misspelled.
    let promoted = LazyCell::new(|| -> HashMap<&str, usize> {
        let mut promoted = HashMap::new();
        for (_, config) in checkout.ci_configs() {
            let targets = config.targets(checkout.layout());
            let names = targets.filter_map(|target| Some(&*target.namespace.as_ref()?.value));
            for name in names.collect::<BTreeSet<&str>>() {
                *promoted.entry(name).or_default() += 1;
            }
        }
        promoted
    });
    let effort = Effort::default();
    let mut may_be_pulled: HashMap<&str, bool> = HashMap::new();
    for (file, config) in checkout.ci_configs() {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let targets = config.targets(checkout.layout());
        for target in targets.filter(|target| !target.disabled && !target.published.is_empty()) {
            let Some(namespace) = &target.namespace else {
                continue;
            };
            let name = &*namespace.value;
            // A folder that grants nothing is `registry-access-pull`'s business.
            let is_listed = checkout.access().folders.contains_key(name)
                || elsewhere.iter().any(|elsewhere| elsewhere == name);
            // What cannot be a namespace is `image-reference-malformed`'s business, and what nobody may
            // promote to `promotion-namespace`'s.
            let is_refused = forbidden.contains(name) || !is_dns_label(name);
            if is_listed || is_refused || !seen.insert(name) {
                continue;
            }
            if *may_be_pulled
                .entry(name)
                .or_insert_with(|| !checkout.access().pullers(name).is_empty())
            {
                continue;
            }
            let near = match promoted.get(name) {
                Some(1) => {
                    let listed = checkout.access().folders.keys().map(|folder| &**folder);
                    let listed = listed.chain(elsewhere.iter().map(|elsewhere| &**elsewhere));
                    let used = listed.filter(|listed| promoted.contains_key(listed));
                    closest(name, used.map(|name| (name, name)), 1, &effort)
                }
                _ => None,
            };
            // What was published to it goes elsewhere then.
            let slip = near.is_some() || {
                let folders = checkout.access().folders.keys().map(|folder| &**folder);
                let others = folders.chain(promoted.keys().copied());
                let others = others.filter(|other| *other != name);
                closest(name, others.map(|other| (other, ())), 1, &effort).is_some()
            };
            let asked = near.map(|near| format!("did you mean `{near}`? Else "));
            let place = Place::new(&file.path, namespace.span);
            let draft = Draft::new(
                place.clone(),
                name,
                format!("nobody is granted to pull from namespace `{name}`"),
            )
            .help(format!(
                "{}add `{folder}/{name}/` with an OWNERS file and an `admin_manifest.yaml` that \
                 binds `{IMAGE_PULLER}`, for example to `system:authenticated`",
                asked.unwrap_or_default()
            ));
            drafts.push(
                draft
                    .alternatives(near.and_then(|near| Fix::alternative(place, near)))
                    .follows_from_any(slip.then(|| super::stopped(&file.path)))
                    .one_of_many(format!("nobody may pull from {name}")),
            );
        }
    }
}

/// Where others use a namespace already, nobody has missed a grant: of 13 such findings in real merges
/// the two that were mended were of namespaces that the base did not know. One that the change takes away
/// is missed.
pub(super) fn severity_of_unlisted(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let is_used = base.images().has_namespace(&finding.entity);
    (is_used && !was_listed(finding, base)).then_some(Severity::Hint)
}

/// What to do where the change takes the folder away.
pub(super) fn advice_on_unlisted(finding: &Finding, base: &Checkout) -> Option<Advice> {
    let folder = &base.conventions.clusters.registry_access;
    let name = &finding.entity;
    was_listed(finding, base).then(|| Advice {
        help: format!(
            "this change takes `{folder}/{name}/` away, and images are still promoted there; put the folder \
             back, or end the promotions first"
        ),
        meant: None,
    })
}

/// Whether the base has a folder for the namespace that a finding is about.
fn was_listed(finding: &Finding, base: &Checkout) -> bool {
    base.access().folders.contains_key(&*finding.entity)
}

/// The targets of all configs that ci-operator reads.
fn targets(checkout: &Checkout) -> impl Iterator<Item = (&File, &PromotionTarget)> {
    targets_of_configs(checkout).map(|(file, _, target)| (file, target))
}

/// The same with the configs.
fn targets_of_configs(
    checkout: &Checkout,
) -> impl Iterator<Item = (&File, &CiConfig, &PromotionTarget)> {
    checkout.ci_configs().flat_map(|(file, config)| {
        let targets = config.targets(checkout.layout());
        targets.map(move |target| (file, config, target))
    })
}

/// Targets below `to` with the same namespace and the same name or tag as an earlier one.
fn twice(file: &File, config: &CiConfig, drafts: &mut Drafts) {
    let mut known: HashMap<_, &PromotionTarget> = HashMap::new();
    for target in config.promotion.iter().filter(|t| !t.is_beside_to) {
        let [Some(namespace), name, tag] = [&target.namespace, &target.name, &target.tag]
            .map(|text| text.as_ref().map(|t| &*t.value))
        else {
            continue;
        };
        if name.is_some() == tag.is_some() {
            continue; // reported as it is
        }
        let Some(first) = known.get(&(namespace, name, tag)) else {
            known.insert((namespace, name, tag), target);
            continue;
        };
        let what = name.or(tag).unwrap_or_default();
        let field = if name.is_some() { "name" } else { "tag" };
        let draft = Draft::new(
            Place::new(&file.path, target.anchor()),
            format!("{namespace} {field} {what}"),
            format!(
                "another target publishes to namespace `{namespace}` with `{field}: {what}` already"
            ),
        );
        drafts.push(
            draft
                .help(
                    "ci-operator refuses the config: make one target of the two, or give one of \
                     them another name",
                )
                .related(
                    Place::new(&file.path, first.anchor()),
                    "the first of the two",
                ),
        );
    }
}
