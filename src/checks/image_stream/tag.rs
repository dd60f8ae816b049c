//! One tag of an ImageStream: what it takes, and how it follows its source.

use regex::Regex;

use super::stream::{called, quote_width};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::manifest::Manifest;
use crate::model::manifest::images::{ObjectReference, StreamTag};
use crate::model::{File, Text};
use crate::syntax::likeness::{Effort, closest};
use crate::syntax::reference::Reference;
use crate::syntax::span::Span;
use crate::syntax::template::has_parameter;

/// What a tag may be made from, how its users are sent to the image, and how it is imported
/// (openshift-apiserver pkg/image/apis/image/validation/validation.go
/// `ValidateImageStreamTagReference`).
const KINDS: [&str; 3] = [PULLED, "ImageStreamImage", "ImageStreamTag"];
const PULLED: &str = "DockerImage";
const REFERENCE_POLICIES: [&str; 2] = ["Local", "Source"];
const IMPORT_MODES: [&str; 2] = ["Legacy", "PreserveOriginal"];

/// A tag, with the stream and the file it stands in.
pub(in crate::checks) struct TagAt<'c> {
    pub(in crate::checks) file: &'c File,
    pub(in crate::checks) manifest: &'c Manifest,
    pub(in crate::checks) tag: &'c StreamTag,
}

impl TagAt<'_> {
    fn place(&self, span: Span) -> Place {
        Place::new(&self.file.path, span)
    }

    fn entity(&self) -> String {
        let name = self.tag.name.as_ref().map_or("?", |name| &name.value);
        format!("{}:{name}", called(self.manifest))
    }

    /// Whether a template puts something else in the place of the text.
    fn is_given(&self, text: &Text) -> bool {
        self.manifest.in_template && has_parameter(&text.value)
    }

    /// The pull spec that the tag is imported from.
    fn pulled(&self) -> Option<&Text> {
        let from = self.tag.from.as_ref()?;
        let is_pulled = from
            .kind
            .as_ref()
            .is_some_and(|kind| *kind.value == *PULLED);
        let name = from.name.as_ref()?;
        (is_pulled && self.tag.name.is_some() && !self.is_given(name)).then_some(name)
    }

    /// A source that the API server refuses.
    pub(in crate::checks) fn source(&self) -> Option<Draft> {
        let from = self.tag.from.as_ref()?;
        let entity = self.entity();
        if let Some(draft) = self.kind(from, &entity) {
            return Some(draft);
        }
        let source = from.name.as_ref().filter(|name| !name.value.is_empty());
        let Some(source) = source else {
            let span = from.kind.as_ref().map_or(from.span, |kind| kind.span);
            let message = format!("`from` of tag `{entity}` has no `name`");
            return Some(
                Draft::new(self.place(span), entity, message)
                    .help("the ImageStream is refused; name the image that the tag is made from"),
            );
        };
        if from
            .kind
            .as_ref()
            .is_some_and(|kind| *kind.value != *PULLED)
            || self.is_given(source)
        {
            return None;
        }
        let fault = Reference::parse(&source.value).err()?;
        let start = quote_width(self.file, source.span) + source.span.start as usize;
        let place = self.place(fault.span.shifted(start));
        Some(
            Draft::new(place, entity, fault.message)
                .help("the import fails, and the tag never appears"),
        )
    }

    fn kind(&self, from: &ObjectReference, entity: &str) -> Option<Draft> {
        let help = "the ImageStream is refused; `kind` is `DockerImage`, `ImageStreamTag` or \
                    `ImageStreamImage`";
        let Some(kind) = from.kind.as_ref().filter(|kind| !kind.value.is_empty()) else {
            let span = from.name.as_ref().map_or(from.span, |name| name.span);
            let message = format!("`from` of tag `{entity}` has no `kind`");
            return Some(Draft::new(self.place(span), entity, message).help(help));
        };
        if self.is_given(kind) {
            return None;
        }
        let message = format!("`{}` is nothing that a tag can be made from", kind.value);
        self.outside(kind, &KINDS, message, help)
    }

    /// A finding about a word that is none of `known`, with the likest of these as a fix.
    fn outside(&self, word: &Text, known: &[&str], message: String, help: &str) -> Option<Draft> {
        if known.contains(&&*word.value) {
            return None;
        }
        let named = known.iter().map(|known| (*known, *known));
        let near = closest(&word.value, named, 3, &Effort::default());
        let fix = near.map(|near| {
            Fix::safe(format!("write `{near}`"), self.place(word.span), near).to_review()
        });
        Some(
            Draft::new(self.place(word.span), self.entity(), message)
                .severity(Severity::Error)
                .help(help)
                .maybe_fix(fix),
        )
    }

    /// A `referencePolicy` that does not exist.
    pub(in crate::checks) fn refused_reference_policy(&self) -> Option<Draft> {
        let policy = self.tag.reference_policy.as_ref()?;
        if policy.value.is_empty() || self.is_given(policy) {
            return None;
        }
        let message = format!("there is no `referencePolicy` of type `{}`", policy.value);
        let help = "the ImageStream is refused; `type` is `Local` or `Source`";
        self.outside(policy, &REFERENCE_POLICIES, message, help)
    }

    /// A tag that sends its users to the source.
    pub(in crate::checks) fn reference_policy(
        &self,
        authenticated: &[String],
        internal: &[String],
    ) -> Option<Draft> {
        let source = self.pulled()?;
        let name = self.tag.name.as_ref()?;
        let entity = self.entity();
        let policy = self.tag.reference_policy.as_ref();
        if policy.is_some_and(|policy| *policy.value == *"Local") {
            return None;
        }
        let host = Reference::parse(&source.value).ok()?.host?;
        let is_one_of = |hosts: &[String]| hosts.iter().any(|one| **one == *host);
        if is_one_of(internal) {
            return None;
        }
        let draft = Draft::new(
            self.place(name.span),
            &entity,
            format!("tag `{entity}` has no `referencePolicy` of type `Local`"),
        );
        Some(if is_one_of(authenticated) {
            draft.severity(Severity::Warning).help(format!(
                "`{host}` wants a login: without `referencePolicy: {{type: Local}}` whoever uses \
                 the tag is sent there, and is refused"
            ))
        } else {
            draft.help(
                "with `Local` the image is served from the CI registry, and survives when its \
                 source goes",
            )
        })
    }

    /// An `importPolicy` that the API server refuses.
    pub(in crate::checks) fn refused_import_policy(&self) -> Option<Draft> {
        let kind = self.tag.from.as_ref().and_then(|from| from.kind.as_ref());
        let copied =
            kind.filter(|kind| matches!(&*kind.value, "ImageStreamTag" | "ImageStreamImage"));
        let scheduled = self
            .tag
            .scheduled
            .as_ref()
            .filter(|scheduled| scheduled.value);
        if let (Some(kind), Some(scheduled)) = (copied, scheduled) {
            let entity = self.entity();
            let message = format!("tag `{entity}` is an {}, which is not imported", kind.value);
            return Some(
                Draft::new(self.place(scheduled.span), entity, message)
                    .severity(Severity::Error)
                    .help(
                        "the ImageStream is refused: only a `DockerImage` can be imported again \
                         and again; remove `scheduled`",
                    ),
            );
        }
        let mode = self.tag.import_mode.as_ref()?;
        if mode.value.is_empty() || self.is_given(mode) {
            return None;
        }
        let message = format!("there is no `importMode` `{}`", mode.value);
        let help = "the ImageStream is refused; `importMode` is `Legacy` or `PreserveOriginal`";
        self.outside(mode, &IMPORT_MODES, message, help)
    }

    /// A tag that does not follow a source that may move.
    pub(in crate::checks) fn import_policy(&self, pinned: &Regex) -> Option<Draft> {
        let source = self.pulled()?;
        let name = self.tag.name.as_ref()?;
        // Whoever writes `false` means it.
        if self.tag.scheduled.is_some() || self.tag.is_reference {
            return None;
        }
        let moves = Reference::parse(&source.value).is_ok_and(|source| {
            let is_pinned = source.tag.as_ref().is_some_and(|tag| pinned.is_match(tag));
            source.digest.is_none() && !is_pinned
        });
        let entity = self.entity();
        moves.then(|| {
            Draft::new(
                self.place(name.span),
                &entity,
                format!("tag `{entity}` is imported once and never again"),
            )
            .help(
                "with `importPolicy: {scheduled: true}` it follows its source; write \
                 `scheduled: false` for a tag that is to stay",
            )
        })
    }

    /// A tag that is imported from the registry that its stream lives on.
    pub(in crate::checks) fn self_import(
        &self,
        registries: &[String],
        pushed: &[String],
    ) -> Option<Draft> {
        let source = self.pulled()?;
        let reference = Reference::parse(&source.value).ok()?;
        let host = reference.host?;
        let is_self = registries.iter().any(|registry| **registry == *host);
        let is_pushed = pushed
            .iter()
            .any(|stream| **stream == *reference.repository);
        (is_self && !is_pushed).then(|| {
            Draft::new(
                self.place(source.span),
                self.entity(),
                format!("`{}` is imported from the registry it is in", source.value),
            )
            .help(
                "name it as `kind: ImageStreamTag`: an import through the front door needs \
                 credentials, and does not follow the tag when it moves",
            )
        })
    }
}
