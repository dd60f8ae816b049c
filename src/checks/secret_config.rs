//! The configuration of ci-secret-bootstrap: what it refuses, and what it makes twice.

mod both_files;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::listing::listed;
use super::step_volume::StepVolumes;
use super::{Check, Drafts, FileCheck, schema_fault};
use crate::checkout::Checkout;
use crate::finding::{Draft, Place};
use crate::limits::MAX_SECRET_CLUSTERS;
use crate::model::secret_bootstrap::{Key, SecretBootstrap, SecretConfig, Target};
use crate::model::{File, Statements, Text};
use crate::syntax::span::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretBootstrapConfig {
    /// What this rule looks at.
    fault: Fault,
    /// What steps call the volume of a secret.
    #[serde(default)]
    volumes: Option<StepVolumes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// Entries that are refused.
    Malformed,
    /// One secret made twice.
    TargetDuplicate,
}

/// The type whose secrets have one key, and that key.
const DOCKER_CONFIG: (&str, &str) = ("kubernetes.io/dockerconfigjson", ".dockerconfigjson");

impl Check for SecretBootstrapConfig {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        if self.fault == Fault::TargetDuplicate {
            both_files::duplicates(checkout, drafts);
        }
    }

    fn of_each_file(&self) -> Option<&dyn FileCheck> {
        Some(self)
    }
}

impl FileCheck for SecretBootstrapConfig {
    fn run(&self, file: &File, drafts: &mut Drafts) {
        let Statements::SecretBootstrap(config) = &file.statements else {
            return;
        };
        match self.fault {
            Fault::Malformed => Malformed {
                file,
                config,
                volumes: self.volumes.as_ref(),
                groups: config.groups.iter().map(|(name, _)| &*name.value).collect(),
                drafts,
            }
            .run(),
            Fault::TargetDuplicate => duplicates(file, config, drafts),
        }
    }
}

struct Malformed<'c, 'd> {
    file: &'c File,
    config: &'c SecretBootstrap,
    volumes: Option<&'c StepVolumes>,
    /// The groups of clusters that there are.
    groups: BTreeSet<&'c str>,
    drafts: &'d mut Drafts,
}

impl Malformed<'_, '_> {
    fn run(mut self) {
        for fault in &self.config.faults {
            self.drafts.push(schema_fault::draft(
                &self.file.path,
                fault,
                "ci-secret-bootstrap fails on the whole file, so no secret is made or renewed",
            ));
        }
        for secret in &self.config.secrets {
            self.secret(secret);
        }
    }

    fn fault(&mut self, span: Span, entity: &str, message: String, help: &str) {
        self.drafts.push(
            Draft::new(
                Place::new(&self.file.path, span),
                format!("{entity}: {message}"),
                message,
            )
            .help(help),
        );
    }

    fn secret(&mut self, secret: &SecretConfig) {
        let name = secret
            .to
            .iter()
            .find_map(|target| target.name.as_ref())
            .map_or("(no name)", |name| &name.value);
        if secret.from.is_empty() {
            let message = format!("secret `{name}` has no `from`");
            let help = "say under `from` which keys it has, and which item each comes from";
            self.fault(secret.span, name, message, help);
        }
        if secret.to.is_empty() {
            let message = "a secret has no `to`".to_owned();
            let first = secret.from.first().map_or(secret.span, |key| key.name.span);
            let help = "say under `to` which cluster, namespace and name it goes to";
            self.fault(first, "no target", message, help);
        }
        for key in &secret.from {
            self.key(name, key);
        }
        let (_, key) = DOCKER_CONFIG;
        let has_key = secret.from.iter().any(|own| &*own.name.value == key);
        for target in &secret.to {
            self.target(target, has_key);
        }
    }

    fn key(&mut self, secret: &str, key: &Key) {
        let at = key.name.span;
        let what = format!("key `{}` of secret `{secret}`", key.name.value);
        let has_item = key.item.as_ref().is_some_and(|item| !item.value.is_empty());
        if key.name.value.is_empty() {
            let message = format!("a key of secret `{secret}` has no name");
            self.fault(at, &what, message, "a key is what the value is found under");
        }
        let help = "a key comes either from `item` and `field` or from `dockerconfigJSON`";
        let registries = key.registries.as_ref();
        match registries.filter(|registries| !(has_item && registries.is_empty())) {
            Some(_) if has_item => {
                self.fault(
                    at,
                    &what,
                    format!("{what} has both `item` and `dockerconfigJSON`"),
                    help,
                );
            }
            Some(registries) => {
                if registries.is_empty() {
                    self.fault(
                        at,
                        &what,
                        format!("{what} has an empty `dockerconfigJSON`"),
                        help,
                    );
                }
                for registry in registries {
                    for (has, field) in [
                        (registry.has_item, "item"),
                        (registry.has_auth, "auth_field"),
                        (registry.has_url, "registry_url"),
                    ] {
                        if !has {
                            let message = format!("an entry of {what} has no `{field}`");
                            let help = "an entry of `dockerconfigJSON` needs `item`, `auth_field` and `registry_url`";
                            self.fault(registry.span, &what, message, help);
                        }
                    }
                }
            }
            None => {
                for (value, field) in [(&key.item, "item"), (&key.field, "field")] {
                    if value.as_ref().is_none_or(|value| value.value.is_empty()) {
                        self.fault(at, &what, format!("{what} has no `{field}`"), help);
                    }
                }
            }
        }
    }

    /// `has_key` says whether the secret has the key that its type may want.
    fn target(&mut self, target: &Target, has_key: bool) {
        let at = target.anchor();
        let name = target.name.as_ref().map_or("(no name)", |name| &name.value);
        let what = format!("target `{name}`");
        for (value, field) in [(&target.name, "name"), (&target.namespace, "namespace")] {
            if value.as_ref().is_none_or(|value| value.value.is_empty()) {
                let message = format!("{what} has no `{field}`");
                self.fault(
                    target.span,
                    &what,
                    message,
                    "a target needs `namespace` and `name`",
                );
            }
        }
        if let (Some(volumes), Some(namespace), Some(_)) =
            (self.volumes, &target.namespace, &target.name)
            && volumes.is_unfit(&namespace.value, name)
        {
            let message = format!(
                "no step can mount secret `{name}`: `{}-{name}` cannot be the name of a volume",
                namespace.value
            );
            let help = "namespace and name together have 63 characters at most, with the `-` \
                        between, of lower case letters, digits, `-` and `.`; shorten the name";
            self.fault(at, &what, message, help);
        }
        let help = "a target names either one `cluster` or `cluster_groups`";
        let cluster = target.cluster.as_ref();
        let cluster = cluster.filter(|cluster| !cluster.value.is_empty());
        match (cluster, target.groups.is_empty()) {
            (Some(_), false) => {
                self.fault(
                    at,
                    &what,
                    format!("{what} has both `cluster` and `cluster_groups`"),
                    help,
                );
            }
            (None, true) => {
                self.fault(
                    at,
                    &what,
                    format!("{what} has neither `cluster` nor `cluster_groups`"),
                    help,
                );
            }
            _ => {}
        }
        for group in &target.groups {
            if self.groups.contains(&*group.value) {
                continue;
            }
            let known = listed(self.groups.iter().copied(), ", ");
            let help = format!("`cluster_groups` at the top of the file has {known}");
            let message = format!("cluster group `{}` is not defined", group.value);
            let entity = format!("{what} {}", group.value);
            self.fault(group.span, &entity, message, &help);
        }
        let (wanted, key) = DOCKER_CONFIG;
        if let Some(kind) = &target.kind
            && &*kind.value == wanted
            && !has_key
        {
            let message = format!("secret `{name}` is of type `{wanted}` and has no key `{key}`");
            self.fault(
                kind.span,
                &what,
                message,
                "the cluster refuses it; name the key so, or drop `type`",
            );
        }
    }
}

fn duplicates(file: &File, config: &SecretBootstrap, drafts: &mut Drafts) {
    let mut groups: BTreeMap<&str, Vec<&Text>> = BTreeMap::new();
    for (name, clusters) in &config.groups {
        groups.entry(&name.value).or_default().extend(clusters);
    }
    let mut named: BTreeMap<(&str, &str), Vec<(&Target, Span)>> = BTreeMap::new();
    for target in config.secrets.iter().flat_map(|secret| &secret.to) {
        if let (Some(namespace), Some(name)) = (&target.namespace, &target.name) {
            let of_name = named.entry((&namespace.value, &name.value)).or_default();
            of_name.push((target, name.span));
        }
    }
    for ((namespace, name), targets) in named.iter().filter(|(_, targets)| targets.len() > 1) {
        let mut made: BTreeMap<&str, Span> = BTreeMap::new();
        for (target, span) in targets {
            let of_groups = target.groups.iter();
            let of_groups = of_groups.filter_map(|group| groups.get(&*group.value));
            let clusters = target.cluster.iter().chain(of_groups.flatten().copied());
            // A cluster in two groups of one target is no second secret.
            let mut seen = BTreeSet::new();
            let clusters: Vec<&str> = clusters
                .take(MAX_SECRET_CLUSTERS)
                .map(|cluster| &*cluster.value)
                .filter(|cluster| seen.insert(*cluster))
                .collect();
            let mut twice: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
            for cluster in clusters {
                match made.get(cluster) {
                    Some(first) => twice.entry(*first).or_default().push(cluster),
                    None => {
                        made.insert(cluster, *span);
                    }
                }
            }
            for (first, clusters) in twice {
                let clusters = listed(clusters, ", ");
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, *span),
                        format!("{namespace}/{name}"),
                        format!(
                            "secret `{name}` in namespace `{namespace}` is made twice for cluster {clusters}"
                        ),
                    )
                    .help(
                        "the two overwrite each other, or are refused; remove one, or merge their \
                         keys",
                    )
                    .related(Place::new(&file.path, first), "made here first"),
                );
            }
        }
    }
}
