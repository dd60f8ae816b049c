//! Roles that bindings name.

use regex::Regex;
use serde::Deserialize;

use super::{central_bindings, lost_rights, undefined, wrong_namespace, wrong_role};
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::{Drafts, params};
use crate::finding::{Draft, Fix, Severity};
use crate::model::manifest::access::{Binding, IMAGE_PULLER};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::template::has_parameter;

/// ClusterRoles that come with the image registry.
const OF_REGISTRY: [&str; 3] = [IMAGE_PULLER, "system:image-builder", "system:image-pusher"];

/// `rbac-role-undefined`: one that no manifest defines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Roles {
    /// ClusterRoles that every cluster has.
    #[serde(deserialize_with = "params::pattern")]
    built_in: Regex,
}

impl Roles {
    pub(super) fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let effort = Effort::default();
        for (object, binding) in central_bindings(checkout) {
            drafts.extend(self.unknown(checkout, object, binding, &effort));
        }
    }

    fn unknown(
        &self,
        checkout: &Checkout,
        object: &ObjectAt,
        binding: &Binding,
        effort: &Effort,
    ) -> Option<Draft> {
        let access = checkout.access();
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
        let is_misspelled = || {
            let known = OF_REGISTRY.map(|known| (known, known));
            let is_one = OF_REGISTRY.contains(&&*name.value);
            !is_one && closest(&name.value, known, 2, effort).is_some()
        };
        let is_built_in = self.built_in.is_match(&name.value) && !is_misspelled();
        let draft = |span, message: String| {
            Draft::new(
                object.place(span),
                format!("{own}/{} {}", object.name(), name.value),
                message,
            )
        };
        let exchanged = |right: &'static str, message: String| {
            let fix = Fix::safe(
                format!("change to `{right}`"),
                object.place(kind.span),
                right,
            );
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
                let is_foreign = checkout.conventions.namespaces.of_cluster.is_match(own)
                    || !access.namespaces.contains(own);
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
                let topic = match elsewhere {
                    Some(_) => wrong_namespace(object),
                    None => undefined(&object.file.path, &name.value),
                };
                let draft = draft(name.span, message).severity(severity).help(help);
                Some(
                    draft
                        .follows_from(topic)
                        .explains(wrong_role(object))
                        .explains(lost_rights(&object.file.path)),
                )
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
                let bare = |known: &&str| known.strip_prefix("system:") == Some(&*name.value);
                let near = OF_REGISTRY.into_iter().find(bare);
                let near = near.or_else(|| closest(&name.value, known, 2, effort));
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
                // Where the role is gone or renamed, all that give it tell the same.
                let topic = format!("ClusterRole {} is not defined", name.value);
                let draft = draft(name.span, message).severity(severity).help(help);
                let near = near.and_then(|near| Fix::alternative(object.place(name.span), near));
                Some(
                    draft
                        .alternatives(near)
                        .follows_from(undefined(&object.file.path, &name.value))
                        .explains(wrong_role(object))
                        .explains(lost_rights(&object.file.path))
                        .one_of_many(topic),
                )
            }
            _ => None,
        }
    }
}
