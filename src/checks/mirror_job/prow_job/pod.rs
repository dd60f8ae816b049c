//! The pod of a job (kubernetes-sigs/prow pkg/config/config.go, `validatePodSpec`).

use std::collections::BTreeMap;

use super::Reader;
use crate::checks::listing::listed;
use crate::finding::Place;
use crate::model::Text;
use crate::model::prow_jobs::{Container, PodSpec};
use crate::syntax::quantity::is_quantity;
use crate::syntax::span::Span;

const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];

/// The resources without a domain in their names, but for `hugepages-*`.
const RESOURCES: [&str; 4] = ["cpu", "memory", "ephemeral-storage", "storage"];

/// The policy of an initial container that runs beside the others.
const SIDECAR: &str = "Always";

impl<'c> Reader<'c, '_> {
    pub(super) fn pod(&mut self) {
        let Some(spec) = &self.job.spec else {
            return;
        };
        for container in &spec.init_containers {
            let policy = container.restart_policy.as_ref();
            if policy.is_none_or(|policy| &*policy.value != SIDECAR) {
                let message = format!("job `{}` has an initial container", self.called());
                let help = "run what it does in the job's own container";
                self.fault(container.anchor(), message, help);
            }
        }
        self.containers(spec);
        for container in &spec.containers {
            self.values(container);
            self.variables(container);
            self.mounts(spec, container);
        }
        self.volumes(spec);
    }

    fn containers(&mut self, spec: &'c PodSpec) {
        let containers = &spec.containers;
        if containers.is_empty() {
            let message = format!("job `{}` has no container", self.called());
            self.lack(self.job.anchor(), message, "add one to `containers`");
        }
        if self.job.is_decorated {
            for container in containers {
                let first = container.arguments.first();
                if first.is_none_or(|first| first.value.is_empty()) {
                    let message = format!("job `{}` does not say what it runs", self.called());
                    let help = "a decorated job has a `command` or `args`";
                    self.lack(container.anchor(), message, help);
                }
            }
        }
        let [_, second, ..] = &**containers else {
            return;
        };
        if !self.job.is_decorated {
            let message = format!("job `{}` has several containers", self.called());
            let help = "only a job with `decorate: true` may have more than one";
            self.fault(second.anchor(), message, help);
            return;
        }
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for container in containers {
            let name = container
                .name
                .as_ref()
                .filter(|name| !name.value.is_empty());
            let Some(name) = name else {
                let message = "a container has no name, and is not alone".to_owned();
                self.fault(container.anchor(), message, "give each its own `name`");
                continue;
            };
            let reserved = &self.conventions.prow.reserved.containers;
            if reserved.iter().any(|own| **own == *name.value) {
                let message = format!("container `{}` is called like one of Prow's", name.value);
                self.fault(name.span, message, "give it another name");
            }
            self.once(&mut first, name, "container");
        }
    }

    /// Whether nothing before is called so; if something is, that is a finding.
    fn once(&mut self, first: &mut BTreeMap<&'c str, Span>, name: &'c Text, what: &str) {
        match first.get(&*name.value) {
            Some(before) => {
                let message = format!(
                    "two of job `{}`'s {what}s are called `{}`",
                    self.called(),
                    name.value
                );
                let draft = self.draft(name.span, message, "rename or remove one of them");
                let before = Place::new(&self.file.path, *before);
                self.drafts.push(draft.related(before, "the other one"));
            }
            None => {
                first.insert(&name.value, name.span);
            }
        }
    }

    /// What the cluster refuses, so that the pod is never made (kubernetes/kubernetes
    /// pkg/apis/core/validation).
    fn values(&mut self, container: &'c Container) {
        let consequence = "the pod cannot be made";
        if let Some(policy) = &container.pull_policy
            && !PULL_POLICIES.contains(&&*policy.value)
        {
            let message = format!("`imagePullPolicy` is `{}`", policy.value);
            let help = format!("{consequence}; there are {}", listed(PULL_POLICIES, ", "));
            self.drafts
                .push(self.draft(policy.span, message, "").help(help));
        }
        let image = container.image.as_ref();
        if image.is_none_or(|image| image.value.is_empty()) {
            let message = format!("a container of job `{}` has no `image`", self.called());
            let help = format!("{consequence}; say which image it runs");
            self.lack(container.anchor(), message, &help);
        }
        for (resource, amount) in &container.resources {
            let (resource_name, value) = (&*resource.value, &*amount.value);
            let is_known = resource_name.contains('/')
                || resource_name.starts_with("hugepages-")
                || RESOURCES.contains(&resource_name);
            if !is_known {
                let message = format!("there is no resource `{resource_name}`");
                let help = format!("{consequence}; there are {}", listed(RESOURCES, ", "));
                self.drafts
                    .push(self.draft(resource.span, message, "").help(help));
            }
            if !is_quantity(value) {
                let message = format!("`{resource_name}` is `{value}`, which is no amount");
                let help = format!("{consequence}; an amount is such as `500m`, `2` or `1Gi`");
                self.drafts
                    .push(self.draft(amount.span, message, "").help(help));
            }
        }
    }

    fn variables(&mut self, container: &'c Container) {
        let mut first = BTreeMap::new();
        for variable in &container.env {
            let name = &variable.name;
            let reserved = &self.conventions.prow.reserved.variables;
            if reserved.iter().any(|own| **own == *name.value) {
                let message = format!("variable `{}` is set by Prow itself", name.value);
                self.fault(name.span, message, "give it another name");
            }
            self.once(&mut first, name, "variable");
        }
    }

    fn mounts(&mut self, spec: &'c PodSpec, container: &'c Container) {
        for mount in &container.mounts {
            let reserved = &self.conventions.prow.reserved;
            if let Some(volume) = &mount.volume {
                let is_called = |own: &String| **own == *volume.value;
                let is_there = reserved.volumes.iter().any(is_called)
                    || self.is_decoration_secret(&volume.value)
                    || spec.volumes.iter().any(|own| {
                        own.name
                            .as_ref()
                            .is_some_and(|name| name.value == volume.value)
                    });
                if reserved.mounts.iter().any(is_called) {
                    let message = format!("volume `{}` is mounted by Prow itself", volume.value);
                    let help = "mount a volume of another name";
                    self.fault(volume.span, message, help);
                } else if !is_there && !self.mirrors {
                    let called = self.called();
                    let message =
                        format!("no volume of job `{called}` is called `{}`", volume.value);
                    self.fault(volume.span, message, "define it under `volumes`");
                }
            }
            if let Some(path) = &mount.path
                && reserved.paths.iter().any(|own| **own == *path.value)
            {
                let message = format!("`{}` is where Prow mounts its own volume", path.value);
                self.fault(path.span, message, "mount the volume elsewhere");
            }
        }
    }

    fn is_decoration_secret(&self, name: &str) -> bool {
        let mut secrets = self.job.decoration_secrets.iter();
        secrets.any(|secret| &*secret.value == name)
    }

    fn volumes(&mut self, spec: &'c PodSpec) {
        let mut first = BTreeMap::new();
        for name in spec
            .volumes
            .iter()
            .filter_map(|volume| volume.name.as_ref())
        {
            let reserved = &self.conventions.prow.reserved.volumes;
            if reserved.iter().any(|own| **own == *name.value)
                || self.is_decoration_secret(&name.value)
            {
                let message = format!("volume `{}` is called like one of Prow's", name.value);
                self.fault(name.span, message, "give it another name");
            }
            // Of a mirror job, another rule says so.
            if !self.mirrors {
                self.once(&mut first, name, "volume");
            }
        }
    }
}
