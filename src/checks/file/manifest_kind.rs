//! Kinds that nothing has.

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::habit::Habit;
use crate::checks::rbac::{lost_rights, unapplied, undefined};
use crate::checks::{Drafts, central_objects};
use crate::finding::{Draft, Fix, Severity};
use crate::model::manifest::{Body, KINDS};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::template::has_parameter;

/// `manifest-kind`: an object of no kind, or of one that nothing else has.
pub(super) fn check(checkout: &Checkout, drafts: &mut Drafts) {
    let mut habit = Habit::default();
    for object in central_objects(checkout) {
        habit.add(&object.file.path, object.manifest().kind());
    }
    let effort = Effort::default();
    for object in central_objects(checkout) {
        let draft = no_kind(object).or_else(|| unknown(checkout, object, &habit, &effort));
        drafts.extend(draft.map(|draft| {
            draft
                .explains(lost_rights(&object.file.path))
                .explains(unapplied(&object.file.path))
                .explains(undefined(&object.file.path, object.name()))
        }));
    }
}

fn no_kind(object: &ObjectAt) -> Option<Draft> {
    let manifest = object.manifest();
    let version = manifest.api_version.as_ref()?;
    let is_missing = manifest.kind().is_empty() && manifest.metadata.is_some();
    is_missing.then(|| {
        Draft::new(
            object.place(version.span),
            format!("{}/{} kind", object.namespace(), object.name()),
            format!("the object `{}` has no `kind`", object.name()),
        )
        .help("it is refused; say what it is, such as `kind: RoleBinding`")
    })
}

fn unknown(
    checkout: &Checkout,
    object: &ObjectAt,
    habit: &Habit<'_>,
    effort: &Effort,
) -> Option<Draft> {
    let manifest = object.manifest();
    let kind = manifest.kind.as_ref()?;
    let name = &*kind.value;
    let is_looked_into = !matches!(manifest.body, Body::Other) || KINDS.contains(&name);
    if is_looked_into || name.is_empty() || has_parameter(name) || habit.count(name) > 1 {
        return None;
    }
    let draft = |message: String| {
        let entity = format!("{name} {}/{}", object.namespace(), object.name());
        Draft::new(object.place(kind.span), entity, message)
    };
    let limit = (name.len() / 4).clamp(1, 2);
    if let Some(near) = closest(name, KINDS.map(|kind| (kind, kind)), limit, effort) {
        let fix = Fix::of_value(format!("change to `{near}`"), object.place(kind.span), near);
        return Some(
            draft(format!("there is no kind `{name}`"))
                .help(format!("the object is refused; did you mean `{near}`?"))
                .maybe_fix(fix.map(Fix::to_review)),
        );
    }
    let unusual = habit.unusual(name)?;
    if let Some((near, files)) = unusual.near {
        return Some(
            draft(format!(
                "no other manifest has the kind `{name}`; {files} files say `{near}`"
            ))
            .severity(Severity::Warning)
            .help(format!(
                "an object of a kind that does not exist is refused; did you mean `{near}`?"
            ))
            .alternatives(Fix::alternative(object.place(kind.span), near)),
        );
    }
    let clusters = &checkout.conventions.clusters;
    let mut folders = [&clusters.registry_access, &clusters.supplemental_images].into_iter();
    let folder = folders.find(|folder| object.file.path.is_within(folder))?;
    Some(
        draft(format!(
            "`{name}` is a kind that no other manifest has, in `{folder}` or elsewhere"
        ))
        .severity(Severity::Warning)
        .help("an object of a kind that does not exist is refused; check how it is written"),
    )
}
