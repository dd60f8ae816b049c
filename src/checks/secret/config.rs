//! What ci-secret-bootstrap refuses in its configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::{is_unfit_for_steps, spoilt};
use crate::checks::listing::listed;
use crate::checks::{Drafts, schema_fault};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::conventions::SecretNames;
use crate::model::gsm;
use crate::model::schema::FaultKind;
use crate::model::secret_bootstrap::{Key, Registry, SecretBootstrap, SecretConfig, Target};
use crate::model::{Conventions, File, Statements, Text};
use crate::syntax::object_name::Grammar;
use crate::syntax::span::Span;

/// The type whose secrets have one key, and that key.
pub(super) const DOCKER_CONFIG: (&str, &str) =
    ("kubernetes.io/dockerconfigjson", gsm::DOCKER_CONFIG);

/// `secret-config`: entries that are refused.
pub(super) fn check(file: &File, conventions: &Conventions, drafts: &mut Drafts) {
    if let Statements::SecretBootstrap(config) = &file.statements {
        let inspection = Inspection {
            file,
            config,
            names: &conventions.secrets,
            groups: config.groups.iter().map(|(name, _)| &*name.value).collect(),
            number: 0,
            drafts,
        };
        inspection.run();
    }
}

/// One configuration while it is looked at.
struct Inspection<'c, 'd> {
    file: &'c File,
    config: &'c SecretBootstrap,
    names: &'c SecretNames,
    /// The groups of clusters that there are.
    groups: BTreeSet<&'c str>,
    /// The number of the secret that is looked at.
    number: usize,
    drafts: &'d mut Drafts,
}

impl Inspection<'_, '_> {
    fn run(mut self) {
        for fault in &self.config.faults {
            let draft = schema_fault::draft(
                &self.file.path,
                fault,
                "ci-secret-bootstrap fails on the whole file, so no secret is made or renewed",
            );
            let is_unknown = matches!(fault.kind, FaultKind::Unknown { .. });
            self.drafts.push(match self.number_of(fault.span) {
                Some(number) if is_unknown => draft.explains(self.misread(number)),
                _ => draft,
            });
        }
        for (number, secret) in self.config.secrets.iter().enumerate() {
            self.number = number;
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
            .help(help)
            .follows_from(self.misread(self.number)),
        );
    }

    /// Which of the secrets stands around `span`.
    fn number_of(&self, span: Span) -> Option<usize> {
        let secrets = &self.config.secrets;
        let behind = secrets.partition_point(|secret| secret.span.start <= span.start);
        let number = behind.checked_sub(1)?;
        (span.start < secrets[number].span.end).then_some(number)
    }

    /// The topic of what follows from a field of a secret that does not exist.
    fn misread(&self, number: usize) -> String {
        format!("secret {number} of {}", self.file.path)
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
        if !key.name.value.is_empty() && !self.names.key.is_match(&key.name.value) {
            let message = format!("{what} is no key that a secret can have");
            let help =
                "the cluster refuses the secret; a key has letters, digits, `.`, `-` and `_` only";
            self.fault(at, &what, message, help);
        }
        let of_registries = key.registries.iter().flatten();
        let items = of_registries.filter_map(|registry| registry.item.as_ref());
        for item in items.chain(&key.item) {
            self.item(&what, item);
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
                self.registries(&what, registries);
                for registry in registries {
                    for (has, field) in [
                        (&registry.item, "item"),
                        (&registry.auth, "auth_field"),
                        (&registry.url, "registry_url"),
                    ] {
                        if has.is_none() {
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

    /// Of two entries for one registry, the last counts.
    fn registries(&mut self, what: &str, registries: &[Registry]) {
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        let urls = registries.iter().filter_map(|own| own.url.as_ref());
        for url in urls.filter(|url| !url.value.is_empty()) {
            let Some(first) = first.get(&*url.value) else {
                first.insert(&url.value, url.span);
                continue;
            };
            let message = format!("{what} has `{}` twice", url.value);
            let place = |span| Place::new(&self.file.path, span);
            let draft = Draft::new(place(url.span), format!("{what}: {message}"), message)
                .severity(Severity::Warning)
                .help("of the two credentials the last is taken; remove one")
                .related(place(*first), "the other one");
            self.drafts.push(draft);
        }
    }

    /// An item that starts with what is put in front of all.
    fn item(&mut self, what: &str, item: &Text) {
        let prefix = self.config.item_prefix.as_ref();
        let Some(prefix) = prefix.filter(|prefix| !prefix.value.is_empty()) else {
            return;
        };
        let rest = item.value.strip_prefix(&*prefix.value);
        let Some(rest) = rest.and_then(|rest| rest.strip_prefix('/')) else {
            return;
        };
        let place = Place::new(&self.file.path, item.span);
        let message = format!("item `{}` starts with `vault_dptp_prefix`", item.value);
        let draft = Draft::new(place.clone(), format!("{what} {}", item.value), message)
            .severity(Severity::Warning)
            .help(format!(
                "`{prefix}/` is put in front of every item, so `{prefix}/{}` is looked for; write \
                 `{rest}`",
                item.value,
                prefix = prefix.value
            ))
            .maybe_fix(
                Fix::of_value(format!("change to `{rest}`"), place, rest).map(Fix::to_review),
            );
        self.drafts.push(draft);
    }

    /// Names that no cluster takes; whether all are taken.
    fn names(&mut self, what: &str, target: &Target) -> bool {
        let grammars = [
            ("name", &target.name, Grammar::Subdomain),
            ("namespace", &target.namespace, Grammar::Label),
        ];
        let mut are_taken = true;
        for (field, text, grammar) in grammars {
            let Some(text) = text.as_ref().filter(|text| !text.value.is_empty()) else {
                continue;
            };
            if let Some(why) = grammar.fault(&text.value) {
                are_taken = false;
                let message = format!("`{field}` of {what} is `{}`, which {why}", text.value);
                let help = "the cluster refuses the secret; rename it";
                self.fault(text.span, what, message, help);
            }
        }
        are_taken
    }

    /// `has_key` says whether the secret has the key that its type may want.
    fn target(&mut self, target: &Target, has_key: bool) {
        let at = target.anchor();
        let name = target.name.as_ref().map_or("(no name)", |name| &name.value);
        let what = format!("target `{name}`");
        for (value, field) in [(&target.name, "name"), (&target.namespace, "namespace")] {
            if value.as_ref().is_none_or(|value| value.value.is_empty()) {
                let message = format!("{what} has no `{field}`");
                let place = Place::new(&self.file.path, target.span);
                let draft = Draft::new(place, format!("{what}: {message}"), message)
                    .help("a target needs `namespace` and `name`")
                    .follows_from(self.misread(self.number))
                    .explains(spoilt(name));
                self.drafts.push(draft);
            }
        }
        if self.names(&what, target)
            && let (Some(namespace), Some(_)) = (&target.namespace, &target.name)
            && is_unfit_for_steps(self.names, &namespace.value, name)
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
            // The group was renamed where it is defined: one of its uses tells of all.
            let topic = format!("cluster group {} of {}", group.value, self.file.path);
            let place = Place::new(&self.file.path, group.span);
            let draft = Draft::new(place, format!("{entity}: {message}"), message).help(help);
            let draft = draft.follows_from(self.misread(self.number));
            self.drafts.push(draft.one_of_many(topic));
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
