//! What a change takes away from others: the last provider of an image that is still used.
//!
//! How bad that is follows from what happened after such changes were merged
//! (`docs/domain.md#when-a-provider-goes-away`): the promoted-image-governor deletes a tag that is
//! no longer promoted from a stream that still is, within a day; what is left of a whole stream
//! stays as it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Images, Provider, ProviderKind, Resolution, State, Store};
use crate::checks::Drafts;
use crate::finding::{Draft, Place, Severity};
use crate::model::Statements;
use crate::syntax::reference::ImageStreamTag;
use crate::tree::RepoPath;

/// `image-provider-removed`: what was provided before the change, is not after it, and is named.
pub(super) fn provider_removed(base: &Checkout, result: &Checkout, drafts: &mut Drafts) {
    let mut after = After::new(base, result);
    for (tag, provider) in lost(&base.images, &result.images) {
        drafts.extend(loss(&mut after, &tag, provider));
    }
}

/// The result of the change, with what many lost images ask of the same stream or the same file.
struct After<'c> {
    base: &'c Checkout,
    result: &'c Checkout,
    /// Whether streams, by namespace and name, are still promoted.
    promoted: BTreeMap<(String, String), bool>,
    published: HashMap<RepoPath, Published>,
}

/// What was provided and no longer is, with who provided it.
fn lost<'b>(base: &'b Images, result: &Images) -> Vec<(ImageStreamTag, &'b Provider)> {
    let mut lost = Vec::new();
    for (namespace, name, stream) in base.streams() {
        let kept = result.stream(namespace, name);
        if kept.is_some_and(|kept| Arc::ptr_eq(kept, stream)) {
            continue; // not even touched
        }
        for (tag, providers) in &stream.tags {
            let Some(provider) = live(providers) else {
                continue;
            };
            // Nearly all of them; asking for the image as a whole would cost more.
            if kept
                .and_then(|stream| live(stream.tags.get(tag)?))
                .is_some()
            {
                continue;
            }
            let Ok(tag) = ImageStreamTag::new(namespace, name, tag) else {
                continue;
            };
            let is_gone = matches!(
                result.resolve(&tag),
                Resolution::Missing(_) | Resolution::Inactive(_)
            );
            if is_gone {
                lost.push((tag, provider));
            }
        }
    }
    lost
}

/// The provider that works, if one does; live ones come first.
fn live(providers: &[Provider]) -> Option<&Provider> {
    providers.first().filter(|p| p.state == State::Live)
}

/// How many images that replace one its finding names.
const MAX_REPLACEMENTS: usize = 3;

/// What a file publishes now and did not before.
#[derive(Default)]
struct Published {
    /// In order, as a message names them.
    names: Vec<String>,
    /// Which of them have a tag, and which are of a stream of a name: the first ones.
    by_tag: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl<'c> After<'c> {
    fn new(base: &'c Checkout, result: &'c Checkout) -> Self {
        Self {
            base,
            result,
            promoted: BTreeMap::new(),
            published: HashMap::new(),
        }
    }

    /// Whether some other tag of the stream is promoted, so that the governor looks after the
    /// stream.
    fn is_still_promoted(&mut self, tag: &ImageStreamTag) -> bool {
        let images = &self.result.images;
        let (namespace, name) = (tag.namespace(), tag.name());
        *self
            .promoted
            .entry((namespace.to_owned(), name.to_owned()))
            .or_insert_with(|| {
                images.stream(namespace, name).is_some_and(|stream| {
                    stream
                        .tags
                        .values()
                        .flatten()
                        .any(|p| p.kind == ProviderKind::Promotion && p.state == State::Live)
                })
            })
    }

    /// What the provider's file publishes now and did not before, where it is the same image or
    /// stream.
    fn replacements(&mut self, tag: &ImageStreamTag, provider: &Provider) -> Vec<String> {
        let (base, result) = (self.base, self.result);
        let path = &provider.place.path;
        let published = self
            .published
            .entry(path.clone())
            .or_insert_with(|| Published::of(base, result, path));
        let same_tag = published.by_tag.get(tag.tag());
        let same_name = published.by_name.get(tag.name());
        let alike: BTreeSet<usize> = same_tag
            .into_iter()
            .chain(same_name)
            .flatten()
            .copied()
            .collect();
        alike
            .into_iter()
            .take(MAX_REPLACEMENTS)
            .map(|at| published.names[at].clone())
            .collect()
    }
}

impl Published {
    fn of(base: &Checkout, result: &Checkout, path: &RepoPath) -> Self {
        let Some(Statements::CiConfig(config)) =
            result.file(path.as_str()).map(|file| &file.statements)
        else {
            return Self::default();
        };
        let mut new: Vec<(String, &ImageStreamTag)> = config
            .targets(&result.layout)
            .filter(|target| !target.disabled)
            .flat_map(|target| &target.published)
            .filter(|published| !published.optional)
            .map(|published| &published.tag)
            .filter(|tag| base.images.providers(tag).is_empty())
            .map(|tag| (format!("`{tag}`"), tag))
            .collect();
        new.sort();
        let mut published = Self::default();
        for (at, (name, tag)) in new.into_iter().enumerate() {
            published.names.push(name);
            let (by_tag, by_name) = (&mut published.by_tag, &mut published.by_name);
            for alike in [
                by_tag.entry(tag.tag().to_owned()).or_default(),
                by_name.entry(tag.name().to_owned()).or_default(),
            ] {
                if alike.len() < MAX_REPLACEMENTS {
                    alike.push(at);
                }
            }
        }
        published
    }
}

fn loss(after: &mut After<'_>, tag: &ImageStreamTag, provider: &Provider) -> Option<Draft> {
    let result = after.result;
    let users = result.images.users(tag);
    // What only a private copy names is copied again with its original.
    let ci_configs = &result.conventions.ci_configs;
    let is_private = |naming: &ImageUse| ci_configs.is_copy(naming.place.path.as_str());
    if users.iter().all(is_private) {
        return None; // nobody at all, too
    }
    let publisher = &provider.place.path;
    let elsewhere = users
        .iter()
        .any(|naming| result.images.is_used(naming) && naming.place.path != *publisher);
    let severity = if !elsewhere || is_optional(&result.images, tag) {
        Severity::Hint
    } else if provider.kind == ProviderKind::Promotion
        && result.file(publisher.as_str()).is_some()
        && after.is_still_promoted(tag)
        && is_read_from_app_ci(result, tag, users)
    {
        Severity::Error
    } else {
        Severity::Warning
    };
    let files: BTreeSet<_> = users.iter().map(|naming| &naming.place.path).collect();
    let place = place(result, provider).or_else(|| Some(users.first()?.place.clone()))?;
    let draft = Draft::new(
        place,
        tag.to_string(),
        format!(
            "`{tag}` loses its {}, and {} still {} it",
            last_provider(provider),
            counted(users.len(), files.len()),
            if users.len() == 1 { "names" } else { "name" },
        ),
    )
    .severity(severity)
    .help(help(after, tag, provider, severity));
    // Each of them names one image only.
    let named = users.iter().map(|naming| {
        let message = format!("named here in {}", naming.referrer.as_str());
        (naming.place.clone(), message)
    });
    Some(draft.related_all(named))
}

/// Whether somebody reads the tag through app.ci, where the governor deletes what is no longer
/// promoted; of QCI, which ci-operator reads for most namespaces, the last image stays. Before
/// promotions went to QCI alone, everybody read app.ci.
fn is_read_from_app_ci(result: &Checkout, tag: &ImageStreamTag, users: &[ImageUse]) -> bool {
    let reads = |naming: &ImageUse| naming.store == Some(Store::AppCi);
    !result.layout.has_image_items()
        || tag.namespace() == result.conventions.namespaces.release
        || users.iter().any(reads)
}

fn last_provider(provider: &Provider) -> String {
    format!(
        "last provider, the {} in `{}`",
        provider.kind.as_str(),
        provider.place.path
    )
}

fn counted(references: usize, files: usize) -> String {
    match (references, files) {
        (1, _) => "one reference".to_owned(),
        (references, 1) => format!("{references} references in one file"),
        (references, files) => format!("{references} references in {files} files"),
    }
}

/// Whether the image is still built, but only when something needs it.
fn is_optional(images: &Images, tag: &ImageStreamTag) -> bool {
    images
        .providers(tag)
        .iter()
        .any(|provider| provider.state == State::Optional)
}

/// Where the provider was: the promotion that is left in its file, or the file. None where the
/// file is gone too.
fn place(result: &Checkout, provider: &Provider) -> Option<Place> {
    let file = result.file(provider.place.path.as_str())?;
    let span = match &file.statements {
        Statements::CiConfig(config) => config.promotion.first().map(|target| target.anchor()),
        _ => None,
    };
    Some(Place::new(&file.path, span.unwrap_or_default()))
}

fn help(
    after: &mut After<'_>,
    tag: &ImageStreamTag,
    provider: &Provider,
    severity: Severity,
) -> String {
    let mut help = match severity {
        Severity::Error => {
            "the stream is still promoted, so the promoted-image-governor deletes the tag within a \
             day, and the jobs that use it fail"
        }
        Severity::Warning => "what was built last may stay, but it is never updated again",
        Severity::Hint => "nothing that runs seems to need it",
    }
    .to_owned();
    let replacements = after.replacements(tag, provider);
    if !replacements.is_empty() {
        help.push_str(&format!("; now published as {}", replacements.join(", ")));
    }
    if let Some(disabled) = disabled_sibling(&after.result.images, tag, provider) {
        help.push_str(&format!(
            "; enabling the disabled promotion in `{}` would keep it",
            disabled.place.path
        ));
    } else if severity > Severity::Hint {
        help.push_str("; change its users first, or keep publishing it");
    }
    help
}

/// A disabled promotion of the tag in another config of the same repository.
fn disabled_sibling<'r>(
    images: &'r Images,
    tag: &ImageStreamTag,
    provider: &Provider,
) -> Option<&'r Provider> {
    images.providers(tag).iter().find(|other| {
        other.state == State::Disabled
            && other.kind == ProviderKind::Promotion
            && other.place.path != provider.place.path
            && other.place.path.folder() == provider.place.path.folder()
    })
}
