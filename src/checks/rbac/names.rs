//! Roles, ServiceAccounts and people that bindings name.

use globset::GlobSet;
use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::access::{Access, ObjectAt, REGISTRY_ACCESS};
use crate::checks::{Drafts, Look, edits, params};
use crate::finding::{Draft, Fix, Severity};
use crate::model::manifest::access::{Binding, Object, Subject};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::object_name::Grammar;
use crate::syntax::template::has_parameter;

/// ClusterRoles that come with the image registry.
const OF_REGISTRY: [&str; 3] = [
    "system:image-puller",
    "system:image-builder",
    "system:image-pusher",
];

/// The API whose bindings sync-rover-groups validates (openshift/ci-tools
/// cmd/sync-rover-groups/yamlgroupcollector.go).
const VALIDATED: &str = "rbac.authorization.k8s.io/v1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct RbacNames {
    /// What this rule looks at.
    fault: Fault,
    /// Which manifests.
    #[serde(deserialize_with = "params::paths")]
    paths: GlobSet,
    /// Names that exist without standing in a manifest.
    #[serde(default = "params::nothing", deserialize_with = "params::pattern")]
    built_in: Regex,
    /// Namespaces that are made, with what is in them, outside of this checkout.
    #[serde(default = "params::nothing", deserialize_with = "params::pattern")]
    foreign: Regex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// An object without its namespace.
    Namespace,
    /// A ServiceAccount that is nowhere defined.
    ServiceAccount,
    /// A role that is nowhere defined.
    Role,
    /// A Group, where groups come from Rover.
    GroupObject,
    /// A User as subject, where groups come from Rover.
    UserSubject,
}

impl Look for RbacNames {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let access = &checkout.access;
        let by_rover = matches!(self.fault, Fault::GroupObject | Fault::UserSubject);
        if by_rover && !access.has_rover {
            return;
        }
        let effort = Effort::default();
        for object in &access.objects {
            if !object.is_applied || !self.paths.is_match(object.file.path.as_str()) {
                continue;
            }
            match (self.fault, object.access()) {
                (Fault::Namespace, Some(inner)) => {
                    drafts.extend(without_namespace(object, inner));
                    drafts.extend(self.unmade_namespace(access, object, inner));
                }
                (Fault::GroupObject, Some(Object::Group)) => drafts.push(group_object(object)),
                (Fault::Role, Some(Object::Binding(binding))) => {
                    drafts.extend(self.role(access, object, binding, &effort));
                }
                (Fault::ServiceAccount, Some(Object::Binding(binding))) => {
                    let accounts = binding.subjects.iter();
                    drafts.extend(accounts.filter_map(|s| self.service_account(access, object, s)));
                }
                (Fault::UserSubject, Some(Object::Binding(binding))) => {
                    drafts.extend(binding.subjects.iter().filter_map(|s| user(object, s)));
                }
                _ => {}
            }
        }
    }
}

fn without_namespace(object: &ObjectAt, inner: &Object) -> Option<Draft> {
    let is_namespaced = match inner {
        Object::Role(_) | Object::ServiceAccount => true,
        Object::Binding(binding) => !binding.is_cluster,
        _ => false,
    };
    if !is_namespaced || !object.namespace().is_empty() {
        return None;
    }
    let manifest = object.manifest();
    let folder = object
        .file
        .path
        .below(REGISTRY_ACCESS)
        .and_then(|below| below.split_once('/'))
        .map(|(folder, _)| folder);
    let fix = match (&manifest.namespace, folder, manifest.metadata) {
        (None, Some(folder), Some(metadata)) => {
            edits::add_key(&object.file, metadata, "namespace", folder)
        }
        _ => None,
    };
    Some(
        Draft::new(
            object.place(manifest.anchor()),
            format!("{} {}", manifest.kind(), object.name()),
            format!(
                "the {} `{}` has no `metadata.namespace`",
                manifest.kind(),
                object.name()
            ),
        )
        .help("it is applied to whatever namespace the applier happens to be in; name its own")
        .maybe_fix(fix),
    )
}

fn group_object(object: &ObjectAt) -> Draft {
    let name = object.name();
    Draft::new(
        object.place(object.manifest().anchor()),
        name,
        format!("the Group `{name}` is written here, but groups come from Rover"),
    )
    .help(
        "its members are overwritten or never synced; delete the object, make a Rover group and \
         use that as the subject",
    )
}

fn user(object: &ObjectAt, subject: &Subject) -> Option<Draft> {
    let name = subject.name.as_ref()?;
    let draft = |message: String| {
        Draft::new(
            object.place(name.span),
            format!("{}/{} {}", object.namespace(), object.name(), name.value),
            message,
        )
    };
    // What the presubmit reads is decided by the version: others it does not know.
    let version = object.manifest().api_version.as_ref();
    let severity = if version.is_some_and(|version| *version.value == *VALIDATED) {
        Severity::Error
    } else {
        Severity::Warning
    };
    let is_group = subject.kind() == "Group" && !name.value.starts_with("system:");
    if is_group && has_parameter(&name.value) {
        return Some(
            draft(format!("the Group `{}` holds a parameter", name.value))
                .severity(severity)
                .help(
                    "sync-rover-groups reads subjects as they are written, in a Template too, \
                     and fails; write the name of the Rover group",
                ),
        );
    }
    (subject.kind() == "User").then(|| {
        draft(format!(
            "the User `{}` is given a role in person",
            name.value
        ))
        .severity(severity)
        .help(
            "sync-rover-groups fails; people come and go by their Rover groups, so give the \
             role to a Rover group of your team",
        )
    })
}

impl RbacNames {
    /// An object of a registry-access folder in a namespace that nothing makes.
    fn unmade_namespace(
        &self,
        access: &Access,
        object: &ObjectAt,
        inner: &Object,
    ) -> Option<Draft> {
        let namespace = object.manifest().namespace.as_ref()?;
        let name = &*namespace.value;
        let is_namespaced = matches!(
            inner,
            Object::Role(_) | Object::ServiceAccount | Object::Binding(_)
        );
        object.file.path.below(REGISTRY_ACCESS)?;
        let is_made = access.namespaces.contains(name)
            || self.foreign.is_match(name)
            || name.is_empty()
            || has_parameter(name);
        // Where the folder does not make the Namespace it is called after, that is the finding.
        let folder = object.file.path.folder();
        let is_folder = folder.ends_with(&format!("/{name}"));
        (is_namespaced && !is_made && !is_folder && access.makes_namespace(folder)).then(|| {
            Draft::new(
                object.place(namespace.span),
                format!("{} {}/{}", object.manifest().kind(), name, object.name()),
                format!(
                    "the {} `{}` is in namespace `{name}`, which no manifest makes",
                    object.manifest().kind(),
                    object.name()
                ),
            )
            .severity(Severity::Warning)
            .help("it cannot be applied unless the namespace exists all the same; correct the name")
        })
    }

    fn service_account(
        &self,
        access: &Access,
        object: &ObjectAt,
        subject: &Subject,
    ) -> Option<Draft> {
        if subject.kind() != "ServiceAccount" {
            return None;
        }
        let name = subject.name.as_ref()?;
        // One without a namespace is another rule's finding.
        let namespace = subject.namespace.as_ref()?;
        let is_given = has_parameter(&name.value) || has_parameter(&namespace.value);
        // A name that no ServiceAccount can have is another rule's finding.
        let is_refused = Grammar::Subdomain.fault(&name.value).is_some();
        if is_given
            || is_refused
            || self.foreign.is_match(&namespace.value)
            || self.built_in.is_match(&name.value) && access.namespaces.contains(&*namespace.value)
            || access
                .service_accounts
                .defines(&namespace.value, &name.value)
        {
            return None;
        }
        let entity = format!("{}/{}", namespace.value, name.value);
        if !access.namespaces.contains(&*namespace.value) {
            let folder = object.namespace();
            let next = if access.service_accounts.defines(folder, &name.value) {
                format!("there is a ServiceAccount `{}` in `{folder}`", name.value)
            } else {
                "the binding gives nobody anything unless it exists all the same".to_owned()
            };
            return Some(
                Draft::new(
                    object.place(namespace.span),
                    entity,
                    format!(
                        "no manifest defines the namespace `{}` of ServiceAccount `{}`",
                        namespace.value, name.value
                    ),
                )
                .help(next),
            );
        }
        Some(
            Draft::new(
                object.place(name.span),
                entity,
                format!(
                    "no manifest defines ServiceAccount `{}` in namespace `{}`",
                    name.value, namespace.value
                ),
            )
            .help(
                "the binding gives nobody anything; define the ServiceAccount, or correct its name",
            ),
        )
    }

    fn role(
        &self,
        access: &Access,
        object: &ObjectAt,
        binding: &Binding,
        effort: &Effort,
    ) -> Option<Draft> {
        let role = binding.role_ref.as_ref()?;
        let (kind, name) = (role.kind.as_ref()?, role.name.as_ref()?);
        let own = object.namespace();
        if has_parameter(&name.value) || has_parameter(own) {
            return None;
        }
        let has_role = access
            .roles
            .contains(&(own.to_owned(), name.value.to_string()));
        let has_cluster_role = access.cluster_roles.contains(&*name.value);
        let is_built_in = self.built_in.is_match(&name.value);
        let draft = |span, message: String| {
            Draft::new(
                object.place(span),
                format!("{own}/{} {}", object.name(), name.value),
                message,
            )
        };
        let exchanged = |right: &'static str, message: String| {
            let fix = Fix::safe(format!("write `{right}`"), object.place(kind.span), right);
            draft(kind.span, message)
                .help(format!("the binding gives nothing; write `kind: {right}`"))
                .fix(fix.to_review())
        };
        match &*kind.value {
            "Role" if has_role || binding.is_cluster => None,
            "Role" if has_cluster_role || is_built_in => Some(exchanged(
                "ClusterRole",
                format!(
                    "`{}` is a ClusterRole, not a Role of namespace `{own}`",
                    name.value
                ),
            )),
            // Its missing namespace is another rule's finding.
            "Role"
                if access
                    .roles
                    .contains(&(String::new(), name.value.to_string())) =>
            {
                None
            }
            "Role" => {
                let is_foreign = self.foreign.is_match(own) || !access.namespaces.contains(own);
                let severity = if is_foreign {
                    Severity::Warning
                } else {
                    Severity::Error
                };
                let message = format!(
                    "no manifest defines Role `{}` in namespace `{own}`",
                    name.value
                );
                let elsewhere = access.namespace_with_role(&name.value);
                let next = elsewhere.map_or_else(
                    || "define it, or give a ClusterRole".to_owned(),
                    |namespace| format!("there is one in `{namespace}`, which does not count here"),
                );
                let help = format!("the binding gives nothing; {next}");
                Some(draft(name.span, message).severity(severity).help(help))
            }
            "ClusterRole" if has_cluster_role || is_built_in => None,
            "ClusterRole" if has_role => Some(exchanged(
                "Role",
                format!(
                    "`{}` is a Role of namespace `{own}`, not a ClusterRole",
                    name.value
                ),
            )),
            "ClusterRole" => {
                let known = access.cluster_roles.iter().map(String::as_str);
                let known = known.chain(OF_REGISTRY).map(|known| (known, known));
                let near = closest(&name.value, known, 2, effort);
                let next = near.map_or_else(
                    || "it has to come with the cluster or an operator".to_owned(),
                    |known| format!("did you mean `{known}`?"),
                );
                let message = format!("no manifest defines ClusterRole `{}`", name.value);
                let severity = if near.is_some() {
                    Severity::Error
                } else {
                    Severity::Warning
                };
                let help = format!("the binding gives nothing unless it exists; {next}");
                Some(draft(name.span, message).severity(severity).help(help))
            }
            _ => None,
        }
    }
}
