//! Bundles: what they hold, where they go, and which of them are one too many.

use std::collections::{BTreeMap, BTreeSet};

use super::super::config::DOCKER_CONFIG;
use super::{Inspection, value_of};
use crate::checks::listing::listed;
use crate::finding::{Draft, Place, Severity};
use crate::limits::{MAX_GSM_CLUSTERS, MAX_SECRET_KEYS};
use crate::model::Text;
use crate::model::gsm::{Bundle, CLUSTER, DockerConfig, Target};
use crate::syntax::kubernetes_name::{is_label_value, is_qualified_name};
use crate::syntax::object_name::Grammar as ObjectName;
use crate::syntax::span::Span;

const CLUSTERS_HELP: &str = "a target names either one `cluster` or `cluster_groups`";

/// Where a bundle's targets send it.
#[derive(Default)]
struct Destinations<'c> {
    /// Cluster, namespace, and the target that says so.
    all: Vec<(&'c str, &'c str, Span)>,
    /// Targets that name no cluster.
    nowhere: Vec<Span>,
    /// Whether some target cannot be followed, which is a finding of its own.
    is_unclear: bool,
}

impl<'c> Inspection<'c, '_> {
    pub(super) fn bundles(&mut self) {
        let mut made: BTreeMap<(&str, &str, &str), Span> = BTreeMap::new();
        let mut mounted: BTreeMap<&str, Span> = BTreeMap::new();
        for bundle in &self.config.bundles {
            let Some(name) = bundle.name.as_ref().filter(|name| !name.value.is_empty()) else {
                let help = "a bundle's name is that of the secret";
                let message = "a bundle has no name".to_owned();
                self.fault(bundle.anchor(), "no name", message, help);
                continue;
            };
            let what = format!("bundle `{}`", name.value);
            let destinations = self.destinations(&what, bundle);
            self.content(&what, bundle, &destinations);
            self.syncing(&what, bundle, &destinations);
            self.secret_name(&what, name, bundle);
            self.keys(&what, bundle);
            self.labels(&what, bundle);
            let mut twice: BTreeMap<Span, (Span, &str, Vec<&str>)> = BTreeMap::new();
            for (cluster, namespace, span) in &destinations.all {
                match made.get(&(&*name.value, cluster, namespace)) {
                    Some(first) => {
                        let clusters = twice.entry(*span).or_insert((*first, namespace, vec![]));
                        clusters.2.push(cluster);
                    }
                    None => {
                        made.insert((&name.value, cluster, namespace), *span);
                    }
                }
            }
            for (span, (first, namespace, clusters)) in twice {
                let clusters = listed(clusters, ", ");
                let message =
                    format!("{what} goes to namespace `{namespace}` twice in cluster {clusters}");
                let help = "a cluster may also be in two groups of one target; drop one";
                let draft = self.draft(span, &what, message, help);
                let first = Place::new(&self.file.path, first);
                self.drafts.push(draft.related(first, "sent here first"));
            }
            if bundle.is_synced {
                continue;
            }
            match mounted.get(&*name.value) {
                Some(first) => {
                    let message = format!("there is another {what} without `sync_to_cluster`");
                    let help = "a bundle that is not synced is found by its name; rename one";
                    let draft = self.draft(name.span, &what, message, help);
                    let first = Place::new(&self.file.path, *first);
                    self.drafts.push(draft.related(first, "the other one"));
                }
                None => {
                    mounted.insert(&name.value, name.span);
                }
            }
        }
    }

    fn destinations(&mut self, what: &str, bundle: &'c Bundle) -> Destinations<'c> {
        let mut found = Destinations::default();
        for target in &bundle.targets {
            self.target(what, target, &mut found);
        }
        for span in &found.nowhere {
            let message = format!("a target of {what} has neither `cluster` nor `cluster_groups`");
            let draft = self.draft(*span, what, message, CLUSTERS_HELP);
            // A target like this is dropped, and only a synced bundle needs one that is left.
            let is_refused = bundle.is_synced && found.all.is_empty();
            let drops = "the target is passed over";
            self.drafts.push(if is_refused {
                draft
            } else {
                let help = format!("{drops}; {CLUSTERS_HELP}");
                draft.severity(Severity::Warning).help(help)
            });
        }
        found
    }

    fn target(&mut self, what: &str, target: &'c Target, found: &mut Destinations<'c>) {
        let span = target.anchor();
        let namespace = value_of(target.namespace.as_ref());
        if namespace.is_empty() {
            let span = target.namespace.as_ref().map_or(span, |text| text.span);
            let message = format!("a target of {what} has no `namespace`");
            self.fault(
                span,
                what,
                message,
                "say which namespace the secret goes to",
            );
        }
        if let Some(kind) = &target.kind
            && !kind.value.is_empty()
            && !self.params.types.iter().any(|known| **known == *kind.value)
        {
            let known = listed(self.params.types.iter().map(String::as_str), " and ");
            let message = format!("{what} cannot be of type `{}`", kind.value);
            self.fault(kind.span, what, message, &format!("there is {known}"));
        }
        let own = target.cluster.as_ref();
        let own = own.filter(|cluster| !cluster.value.is_empty());
        match (own, target.groups.is_empty()) {
            (Some(_), false) => {
                found.is_unclear = true;
                let message = format!("a target of {what} has both `cluster` and `cluster_groups`");
                self.fault(span, what, message, CLUSTERS_HELP);
            }
            (Some(cluster), true) => found.all.push((&cluster.value, namespace, span)),
            (None, true) => {
                found.is_unclear = true;
                found.nowhere.push(target.span);
            }
            (None, false) => {
                for group in &target.groups {
                    let Some(clusters) = self.groups.get(&*group.value) else {
                        found.is_unclear = true;
                        let known = listed(self.groups.keys().copied(), ", ");
                        let help = format!("`cluster_groups` at the top of the file has {known}");
                        let message = format!("cluster group `{}` is not defined", group.value);
                        let entity = format!("{what} {}", group.value);
                        self.fault(group.span, &entity, message, &help);
                        continue;
                    };
                    let clusters = clusters.iter().take(MAX_GSM_CLUSTERS.min(self.left));
                    self.left -= clusters.len();
                    let to = clusters.map(|cluster| (&*cluster.value, namespace, group.span));
                    found.all.extend(to);
                }
            }
        }
    }

    fn content(&mut self, what: &str, bundle: &'c Bundle, destinations: &Destinations) {
        for name in &bundle.components {
            if !self.components.contains_key(&*name.value) {
                let known = listed(self.components.keys().copied(), ", ");
                let help = format!("`components` at the top of the file has {known}");
                let message = format!("component `{}` is not defined", name.value);
                let entity = format!("{what} {}", name.value);
                self.fault(name.span, &entity, message, &help);
            }
        }
        let is_empty = bundle.references.is_empty()
            && bundle.components.is_empty()
            && bundle.docker_config.is_none();
        if is_empty {
            let message = format!("{what} holds nothing");
            let help = "give it `gsm_secrets`, `components` or `dockerconfig`";
            self.fault(bundle.anchor(), what, message, help);
        }
        let clusters = destinations
            .all
            .iter()
            .map(|to| to.0)
            .take(MAX_GSM_CLUSTERS);
        let clusters: BTreeSet<&str> = clusters.collect();
        let mut for_clusters = bundle.references.iter().flat_map(|own| &own.fields);
        let for_cluster =
            for_clusters.find(|field| value_of(field.name.as_ref()).contains(CLUSTER));
        if let Some(field) = for_cluster.filter(|_| clusters.is_empty()) {
            if !destinations.is_unclear {
                let span = field.name.as_ref().map_or(field.span, |name| name.span);
                let message = format!("{what} writes `{CLUSTER}` and goes to no cluster");
                let help = "give it targets with clusters";
                self.fault(span, what, message, help);
            }
        } else {
            for reference in &bundle.references {
                self.reference(what, reference, &clusters);
            }
        }
        if let Some(docker_config) = &bundle.docker_config {
            self.docker_config(what, docker_config, bundle.is_synced);
        }
    }

    /// A bundle that is synced is a secret of its name.
    fn secret_name(&mut self, what: &str, name: &Text, bundle: &Bundle) {
        if !bundle.is_synced {
            return;
        }
        let namespaces = bundle.targets.iter().flat_map(|target| &target.namespace);
        let namespaces = namespaces.filter(|namespace| !namespace.value.is_empty());
        let namespaces = namespaces.map(|namespace| ("namespace", namespace, ObjectName::Label));
        for (field, text, grammar) in namespaces.chain([("name", name, ObjectName::Subdomain)]) {
            if let Some(why) = grammar.fault(&text.value) {
                let message = format!("`{field}` of {what} is `{}`, which {why}", text.value);
                let place = Place::new(&self.file.path, text.span);
                let draft = Draft::new(place, format!("{what}: {message}"), message);
                let help = "the cluster refuses the secret; rename it";
                self.drafts.push(draft.help(help));
            }
        }
    }

    /// The keys of the secret: each once, and the one that its type asks for.
    fn keys(&mut self, what: &str, bundle: &'c Bundle) {
        let of_components = bundle.components.iter();
        let of_components = of_components.filter_map(|name| self.components.get(&*name.value));
        let references = of_components.copied().flatten().chain(&bundle.references);
        let references: Vec<_> = references.take(MAX_SECRET_KEYS + 1).collect();
        let fields = references.iter().flat_map(|reference| &reference.fields);
        let fields: Vec<_> = fields.take(MAX_SECRET_KEYS + 1).collect();
        if references.len().max(fields.len()) > MAX_SECRET_KEYS {
            return;
        }
        let mut keys: BTreeMap<String, Span> = BTreeMap::new();
        for field in fields {
            let Some(key) = field.key() else {
                continue;
            };
            let named = field.alias.as_ref().or(field.name.as_ref());
            let span = named.map_or(field.span, |named| named.span);
            let Some(first) = keys.get(&key) else {
                keys.insert(key, span);
                continue;
            };
            let message = format!("{what} has the key `{key}` twice");
            let place = |span| Place::new(&self.file.path, span);
            let draft = Draft::new(place(span), format!("{what}: {message}"), message)
                .severity(Severity::Warning)
                .help("of the two values the last is taken; give one of them another `as`, or drop it")
                .related(place(*first), "the other one");
            self.drafts.push(draft);
        }
        let (wanted, key) = DOCKER_CONFIG;
        let config = bundle.docker_config.as_ref();
        let has_key = config.is_some_and(|config| config.key() == key) || keys.contains_key(key);
        // Without fields a reference stands for all that Google Secret Manager has.
        let is_known = references
            .iter()
            .all(|reference| !reference.fields.is_empty());
        let is_empty = references.is_empty() && config.is_none();
        if has_key || !is_known || is_empty || !bundle.is_synced {
            return;
        }
        let kinds = bundle
            .targets
            .iter()
            .filter_map(|target| target.kind.as_ref());
        for kind in kinds.filter(|kind| &*kind.value == wanted) {
            let message = format!("{what} is of type `{wanted}` and has no key `{key}`");
            let place = Place::new(&self.file.path, kind.span);
            let draft = Draft::new(place, format!("{what}: {message}"), message);
            self.drafts.push(draft.help(format!(
                "the cluster refuses the secret; give a field `as: {key}`, or drop `type`"
            )));
        }
    }

    fn docker_config(&mut self, what: &str, docker_config: &DockerConfig, is_synced: bool) {
        let span = docker_config.span;
        if !is_synced {
            let message = format!("{what} has `dockerconfig` without `sync_to_cluster: true`");
            let help = "only a secret that is synced can hold credentials put together";
            self.fault(span, what, message, help);
        }
        if let Some(alias) = &docker_config.alias {
            self.key(what, alias);
        }
        if docker_config.registries.is_empty() {
            let message = format!("`dockerconfig` of {what} has no `registries`");
            self.fault(
                span,
                what,
                message,
                "list the registries it has credentials for",
            );
        }
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for registry in &docker_config.registries {
            if let Some(url) = registry.url.as_ref().filter(|url| !url.value.is_empty()) {
                match first.get(&*url.value) {
                    Some(first) => {
                        let message = format!("`dockerconfig` of {what} has `{}` twice", url.value);
                        let place = |span| Place::new(&self.file.path, span);
                        let entity = format!("{what}: {message}");
                        self.drafts.push(
                            Draft::new(place(url.span), entity, message)
                                .severity(Severity::Warning)
                                .help("of the two credentials the last is taken; remove one")
                                .related(place(*first), "the other one"),
                        );
                    }
                    None => {
                        first.insert(&url.value, url.span);
                    }
                }
            }
            let grammar = &self.grammar;
            let group = grammar.group(value_of(registry.group.as_ref()));
            let auth = grammar.field(value_of(registry.auth.as_ref()));
            let url = value_of(registry.url.as_ref());
            let url = url.is_empty().then(String::new);
            for (value, field, why) in [
                (&registry.group, "group", group),
                (&registry.auth, "auth_field", auth),
                (&registry.url, "registry_url", url),
            ] {
                self.name(what, field, value.as_ref(), registry.span, why);
            }
        }
    }

    fn syncing(&mut self, what: &str, bundle: &Bundle, destinations: &Destinations) {
        if bundle.is_synced && destinations.all.is_empty() && !destinations.is_unclear {
            let message = format!("{what} has `sync_to_cluster: true` and goes to no cluster");
            let help = "say under `targets` which clusters and namespaces it goes to";
            self.fault(bundle.anchor(), what, message, help);
        }
        if !bundle.is_synced && !destinations.all.is_empty() {
            let message = format!("{what} has targets without `sync_to_cluster: true`");
            let help = "a bundle that is not synced goes nowhere; say `sync_to_cluster: true`";
            self.fault(bundle.anchor(), what, message, help);
        }
    }

    fn labels(&mut self, what: &str, bundle: &Bundle) {
        for label in &bundle.labels {
            let why = match label.value.trim().split_once(':') {
                None => "is not `key:value`",
                Some((key, _)) if !is_qualified_name(key) => "has a key that no label can have",
                Some((_, value)) if !is_label_value(value) => "has a value that no label can have",
                Some((key, _)) if key == self.params.reserved_label => "is set by the tool itself",
                Some(_) => continue,
            };
            let message = format!("label `{}` of {what} {why}", label.value);
            let help = "a label is `key:value`, of letters, digits, `-`, `_` and `.`";
            self.fault(label.span, what, message, help);
        }
    }
}
