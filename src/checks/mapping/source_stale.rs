//! Sources of mapping files in a store that nobody writes them to any more.

use crate::checkout::Checkout;
use crate::checkout::images::{
    ImageUse, Provider, ProviderKind, Referrer, State, Store, stored_image,
};
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::finding::{Applicability, Draft, Edit, Finding, Fix, Severity};
use crate::limits::{MAX_PROVIDERS, MAX_READERS};
use crate::model::mapping_file::{Line, Mapping};
use crate::syntax::reference::{ImageStreamTag, Reference};
use crate::syntax::span::Span;

/// `mapping-source-stale`
pub(super) fn source_stale(checkout: &Checkout, drafts: &mut Drafts) {
    if !checkout.layout().has_image_items() {
        return; // of a time when promotions wrote both stores
    }
    for file in &checkout.mirroring().files {
        for line in file.lines() {
            drafts.extend(of_line(checkout, file, line));
        }
    }
}

/// A line that was moved takes what it took before.
pub(super) fn severity_of_new(finding: &Finding, base: &Checkout) -> Option<Severity> {
    let reference = Reference::parse(&finding.entity).ok()?;
    let (_, tag) = stored_image(&reference, &base.conventions.registries)?;
    let took_it = |image_use: &ImageUse| {
        let text = base.text(&image_use.place.path);
        let said = text.and_then(|text| text.get(image_use.place.span.range()));
        image_use.referrer == Referrer::Mapping && said == Some(&*finding.entity)
    };
    let users = base.images().users(&tag).iter();
    users
        .take(MAX_READERS)
        .any(took_it)
        .then_some(Severity::Hint)
}

fn of_line(checkout: &Checkout, file: &MirroredFile, line: &Line) -> Option<Draft> {
    let mapping = line.mappings.first()?;
    let source = &mapping.source;
    if source.expands() {
        return None;
    }
    let reference = &source.reference.reference;
    // Of the hosts that are gone `decommissioned-registry` speaks.
    if reference.host.as_deref()
        != checkout
            .conventions
            .registries
            .central
            .first()
            .map(String::as_str)
    {
        return None;
    }
    let (_, tag) = stored_image(reference, &checkout.conventions.registries)?;
    let providers = checkout.images().providers(&tag);
    // So many say as much as all.
    let providers = providers.iter().take(MAX_PROVIDERS);
    let mut live = providers.filter(|one| one.state == State::Live);
    let first = live.next()?;
    let writes = |one: &Provider| writes_to_app_ci(checkout, one, &tag);
    if writes(first) || live.any(writes) {
        return None;
    }
    let qci = tag.to_qci(checkout.conventions.registries.qci.first()?);
    let draft = Draft::new(
        file.place(source.span),
        source.key(), // to push the same image to another place makes it no staler
        format!(
            "`{tag}` is not written to `{}` any more",
            reference.host.as_deref().unwrap_or_default()
        ),
    )
    .help(format!(
        "its {} publishes to QCI alone, so the copy that is mirrored from here goes stale; \
             take `{qci}`",
        first.kind.as_str()
    ))
    .related(first.place.clone(), "published here")
    .follows_from(super::in_doubt(file, source));
    Some(draft.fix(fix(file, line, mapping, qci)))
}

fn writes_to_app_ci(checkout: &Checkout, provider: &Provider, tag: &ImageStreamTag) -> bool {
    match provider.kind {
        ProviderKind::Promotion | ProviderKind::BuildCache => checkout
            .conventions
            .namespaces
            .promoted_to_app_ci
            .iter()
            .any(|namespace| namespace == tag.namespace()),
        _ => provider.stores.contains(&Store::AppCi),
    }
}

fn after(span: Span) -> Span {
    let end = span.range().end;
    Span::new(end, end)
}

/// Takes the source from QCI. A destination that inherits the source's tag keeps it.
fn fix(file: &MirroredFile, line: &Line, mapping: &Mapping, qci: String) -> Fix {
    let source = mapping.source.span;
    let mut edits = vec![Edit {
        place: file.place(source),
        text: qci,
    }];
    for other in line.mappings.iter().filter(|own| own.source.span == source) {
        let destination = &other.destination;
        if let (None, Some(tag)) = (&destination.reference.reference.tag, other.tag()) {
            edits.push(Edit {
                place: file.place(after(destination.span)),
                text: format!(":{tag}"),
            });
        }
    }
    Fix {
        applicability: Applicability::Safe,
        title: "take the image from QCI".to_owned(),
        edits,
        renames: Vec::new(),
    }
}
