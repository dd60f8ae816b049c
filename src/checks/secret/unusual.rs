//! What one secret's entry says unlike all others: a misspelt cluster, namespace, item or registry.

use std::collections::{BTreeMap, BTreeSet};

use super::odd_cluster;
use crate::checkout::Checkout;
use crate::checks::Drafts;
use crate::checks::habit::Habit;
use crate::finding::{Draft, Fix, Place};
use crate::model::gsm::GsmConfig;
use crate::model::secret_bootstrap::SecretBootstrap;
use crate::model::{File, FileKind, Statements, Text};
use crate::syntax::likeness::{asked, differ_in_number, most_alike};

/// `secret-unusual`
pub(super) fn unusual(checkout: &Checkout, drafts: &mut Drafts) {
    let mut said = Said::default();
    for file in checkout.files_of(&[FileKind::SecretBootstrap, FileKind::GsmConfig]) {
        match &file.statements {
            Statements::SecretBootstrap(config) => said.add_bootstrap(file, config),
            Statements::Gsm(config) => said.add_gsm(file, config),
            _ => {}
        }
    }
    let of_jobs = checkout.jobs().filter_map(|(_, job)| job.cluster.as_ref());
    for cluster in of_jobs {
        said.entry += 1;
        said.count(CLUSTER, &cluster.value);
    }
    said.judge(drafts);
}

const CLUSTER: &str = "cluster";

/// What all entries say.
#[derive(Default)]
struct Said<'c> {
    /// The entry that is being read.
    entry: usize,
    /// What things of each kind are called, and in how many entries.
    habits: BTreeMap<&'static str, Habit<'c, usize>>,
    /// In how many places each part of a name stands.
    words: BTreeMap<&'c str, usize>,
    /// Clusters that are in a group.
    grouped: BTreeSet<&'c str>,
    /// Everything with its place.
    places: Vec<(&'static str, &'c File, &'c Text)>,
}

impl<'c> Said<'c> {
    fn add_bootstrap(&mut self, file: &'c File, config: &'c SecretBootstrap) {
        self.add_groups(file, &config.groups);
        self.entry += 1;
        self.add_all(file, CLUSTER, &config.user_clusters);
        for secret in &config.secrets {
            self.entry += 1;
            for key in &secret.from {
                self.add(file, "key", &key.name);
                self.add_all(file, "item", &key.item);
                self.add_all(file, "field", &key.field);
                for registry in key.registries.iter().flatten() {
                    self.add_all(file, "item", &registry.item);
                    self.add_all(file, "field", &registry.auth);
                    self.add_all(file, "registry", &registry.url);
                }
            }
            for target in &secret.to {
                self.add_all(file, CLUSTER, &target.cluster);
                self.add_all(file, "namespace", &target.namespace);
                self.add_all(file, "type", &target.kind);
            }
        }
    }

    fn add_gsm(&mut self, file: &'c File, config: &'c GsmConfig) {
        self.add_groups(file, &config.groups);
        let of_components = config.components.iter().flat_map(|(_, all)| all);
        let of_bundles = config.bundles.iter().flat_map(|bundle| &bundle.references);
        for reference in of_components.chain(of_bundles) {
            self.entry += 1;
            self.add_all(file, "collection", &reference.collection);
            self.add_all(file, "group", &reference.group);
        }
        for bundle in &config.bundles {
            self.entry += 1;
            let config = bundle.docker_config.iter();
            for registry in config.flat_map(|config| &config.registries) {
                self.add_all(file, "group", &registry.group);
                self.add_all(file, "field", &registry.auth);
                self.add_all(file, "registry", &registry.url);
            }
            for target in &bundle.targets {
                self.add_all(file, CLUSTER, &target.cluster);
                self.add_all(file, "namespace", &target.namespace);
            }
        }
    }

    /// The clusters of a group need not be named elsewhere.
    fn add_groups(&mut self, file: &'c File, groups: &'c [(Text, Vec<Text>)]) {
        for (_, clusters) in groups {
            self.entry += 1;
            self.add_all(file, CLUSTER, clusters);
            for cluster in clusters {
                self.grouped.insert(&cluster.value);
            }
        }
    }

    fn add_all(
        &mut self,
        file: &'c File,
        kind: &'static str,
        texts: impl IntoIterator<Item = &'c Text>,
    ) {
        for text in texts {
            self.add(file, kind, text);
        }
    }

    fn add(&mut self, file: &'c File, kind: &'static str, text: &'c Text) {
        self.count(kind, &text.value);
        self.places.push((kind, file, text));
        for word in words(&text.value) {
            *self.words.entry(word).or_default() += 1;
        }
    }

    fn count(&mut self, kind: &'static str, value: &'c str) {
        self.habits.entry(kind).or_default().add(self.entry, value);
    }

    fn judge(&self, drafts: &mut Drafts) {
        for (kind, file, text) in &self.places {
            drafts.extend(self.odd(kind, file, text));
        }
    }

    fn odd(&self, kind: &'static str, file: &File, text: &Text) -> Option<Draft> {
        let value = &*text.value;
        let unusual = self.habits.get(kind)?.unusual(value)?;
        // What is made of words that other names have too is another name.
        let is_made_of_words = words(value).all(|word| self.words[word] > 1);
        let near = unusual
            .near
            .filter(|(near, _)| !is_made_of_words && !differ_in_number(near, value));
        let place = Place::new(&file.path, text.span);
        let entity = format!("{kind} {value}");
        let draft = |message| {
            let draft = Draft::new(place.clone(), entity, message);
            if kind == CLUSTER {
                draft.explains(odd_cluster(value))
            } else {
                draft
            }
        };
        if let Some((near, count)) = near {
            let fix = Fix::of_value(format!("change to `{near}`"), place.clone(), near);
            let message =
                format!("{kind} `{value}` stands here alone, and `{near}` in {count} entries");
            return Some(
                draft(message)
                    .help(format!("did you mean `{near}`?"))
                    .maybe_fix(fix.map(Fix::to_review)),
            );
        }
        let is_new_cluster = kind == CLUSTER && !self.grouped.contains(value);
        is_new_cluster.then(|| {
            let others = self.habits[CLUSTER].counts().map(|(other, _)| other);
            let others = others.filter(|other| !differ_in_number(other, value));
            let near = most_alike(value, others);
            draft(format!("nothing else goes to cluster `{value}`"))
                .help(format!(
                    "no other secret goes there and no job runs there{}",
                    asked(near)
                ))
                .alternatives(near.and_then(|near| Fix::alternative(place.clone(), near)))
        })
    }
}

/// The parts of a name, without numbers.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let parts = name.split(|c: char| !c.is_ascii_alphabetic());
    parts.filter(|part| !part.is_empty())
}
