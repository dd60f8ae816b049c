//! ServiceAccounts that bindings name.

use regex::Regex;
use serde::Deserialize;

use super::{central_bindings, undefined};
use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::{Drafts, params};
use crate::finding::{Draft, Fix};
use crate::model::manifest::access::Subject;
use crate::syntax::likeness::Effort;
use crate::syntax::object_name::Grammar;
use crate::syntax::template::has_parameter;

/// `rbac-service-account`: one that no manifest defines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceAccounts {
    /// Those that every namespace has.
    #[serde(deserialize_with = "params::pattern")]
    built_in: Regex,
}

impl ServiceAccounts {
    pub(super) fn check(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let effort = Effort::default();
        for (object, binding) in central_bindings(checkout) {
            let subjects = binding.subjects.iter();
            let unknown = subjects.filter_map(|one| self.unknown(checkout, object, one, &effort));
            drafts.extend(unknown);
        }
    }

    fn unknown(
        &self,
        checkout: &Checkout,
        object: &ObjectAt,
        subject: &Subject,
        effort: &Effort,
    ) -> Option<Draft> {
        if subject.kind() != "ServiceAccount" {
            return None;
        }
        let access = checkout.access();
        let name = subject.name.as_ref()?;
        // One without a namespace is another rule's finding.
        let namespace = subject.namespace.as_ref()?;
        let is_templated = has_parameter(&name.value) || has_parameter(&namespace.value);
        // A name that no ServiceAccount can have is another rule's finding.
        let is_refused = Grammar::Subdomain.fault(&name.value).is_some();
        if is_templated
            || is_refused
            || checkout
                .conventions
                .namespaces
                .of_cluster
                .is_match(&namespace.value)
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
            let is_in_folder = access.service_accounts.defines(folder, &name.value);
            let next = if is_in_folder {
                format!("there is a ServiceAccount `{}` in `{folder}`", name.value)
            } else {
                "the binding gives nobody anything unless it exists all the same".to_owned()
            };
            let place = object.place(namespace.span);
            let in_folder = is_in_folder.then(|| Fix::alternative(place.clone(), folder));
            return Some(
                Draft::new(
                    place,
                    entity,
                    format!(
                        "no manifest defines the namespace `{}` of ServiceAccount `{}`",
                        namespace.value, name.value
                    ),
                )
                .help(next)
                .alternatives(in_folder.flatten())
                .one_end()
                .follows_from(undefined(&object.file.path, &name.value)),
            );
        }
        let accounts = &access.service_accounts;
        let near = accounts.like(&namespace.value, &name.value, effort);
        Some(
            Draft::new(
                object.place(name.span),
                entity,
                format!(
                    "no manifest defines ServiceAccount `{}` in namespace `{}`",
                    name.value, namespace.value
                ),
            )
            .help(format!(
                "the binding gives nobody anything; {}",
                match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "define the ServiceAccount, or correct its name".to_owned(),
                }
            ))
            .alternatives(near.and_then(|near| Fix::alternative(object.place(name.span), near)))
            .one_end()
            .follows_from(undefined(&object.file.path, &name.value)),
        )
    }
}
