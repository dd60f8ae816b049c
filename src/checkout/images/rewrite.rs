//! How a place that names an ImageStreamTag is made to name another one.

use super::{ImageUse, Referrer};
use crate::finding::{Edit, Place};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::syntax::yaml::scalar_of;

impl ImageUse {
    /// The edits of its file, which reads `text`, that make it name `to`; none at all where a part that
    /// would have to change is not written there.
    #[must_use]
    pub fn renamed(&self, text: &str, to: &ImageStreamTag) -> Option<Vec<Edit>> {
        let from = &self.target;
        let edit = |span: Span, text: String| Edit {
            place: Place::new(&self.place.path, span),
            text,
        };
        let is_by_itself = |span: Span| span != self.place.span && !span.is_empty();
        let is_in_parts = match self.referrer {
            Referrer::Config(_) | Referrer::RegistryStep => true,
            Referrer::Supplemental => is_by_itself(self.tag),
            Referrer::Mapping | Referrer::ImageStream | Referrer::BuildConfig => false,
        };
        if is_in_parts {
            let parts = [
                (self.namespace, from.namespace(), to.namespace()),
                (self.name, from.name(), to.name()),
                (self.tag, from.tag(), to.tag()),
            ];
            let changed = parts.into_iter().filter(|(_, old, new)| old != new);
            let edits = changed.map(|(span, _, new)| {
                let is_there = is_by_itself(span) && text.get(span.range()).is_some();
                is_there.then(|| edit(span, scalar_of(new)))
            });
            return edits.collect();
        }
        let word = text.get(self.place.span.range())?;
        if let Some((span, new)) = respelled(word, from, to) {
            let start = self.place.span.start as usize;
            return Some(vec![edit(span.shifted(start), new)]);
        }
        // An object names an image beside its namespace, or within a stream.
        let (word, start) = unquoted(word, self.place.span.start as usize);
        let whole = Span::new(start, start + word.len());
        let has_namespace = is_by_itself(self.namespace);
        if word.split_once(':') == Some((from.name(), from.tag())) {
            let mut edits = Vec::new();
            if from.namespace() != to.namespace() {
                has_namespace
                    .then(|| edits.push(edit(self.namespace, scalar_of(to.namespace()))))?;
            }
            if (from.name(), from.tag()) != (to.name(), to.tag()) {
                edits.push(edit(whole, format!("{}:{}", to.name(), to.tag())));
            }
            return Some(edits);
        }
        let is_tag_alone = word == from.tag() && from.stream() == to.stream();
        is_tag_alone.then(|| vec![edit(whole, to.tag().to_owned())])
    }
}

/// What has to be written in the place of which bytes of `word`, so that it means `to` where it means
/// `from`. The word is a pull spec of either store, or `namespace/name:tag`, and may be in quotes.
#[must_use]
pub fn respelled(word: &str, from: &ImageStreamTag, to: &ImageStreamTag) -> Option<(Span, String)> {
    let (bare, start) = unquoted(word, 0);
    let of_qci = |tag: &ImageStreamTag| tag.to_qci("").trim_start_matches(':').to_owned();
    let stream = |tag: &ImageStreamTag| tag.stream().to_owned();
    let whole = |tag: &ImageStreamTag| tag.as_str().to_owned();
    let found = |old: String, new: String, before: &[char]| {
        let rest = bare.strip_suffix(old.as_str())?;
        let is_whole = rest.is_empty() || rest.ends_with(before);
        let at = start + rest.len();
        is_whole.then(|| (Span::new(at, at + old.len()), new))
    };
    if bare.contains(':') && bare.contains('_') {
        let found = found(of_qci(from), of_qci(to), &[':']);
        if found.is_some() {
            return found;
        }
    }
    if let Some(found) = found(whole(from), whole(to), &['/']) {
        return Some(found);
    }
    // Without a tag it is `latest`.
    let new = if to.tag() == "latest" { stream } else { whole };
    let is_latest = from.tag() == "latest" && bare != from.stream();
    is_latest
        .then(|| found(stream(from), new(to), &['/']))
        .flatten()
}

/// `word`, which starts at byte `at`, without its quotes, and where that starts.
fn unquoted(word: &str, at: usize) -> (&str, usize) {
    let inner = ['"', '\''].into_iter().find_map(|quote| {
        let inner = word.strip_prefix(quote)?;
        inner.strip_suffix(quote)
    });
    inner.map_or((word, at), |inner| (inner, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn pull_specs_are_spelled_anew() -> Outcome {
        let from: ImageStreamTag = "acme/widget:latest".parse()?;
        for (word, to, wanted) in [
            (
                "quay.io/openshift/ci:acme_widget_latest",
                "acme/gadget:latest",
                Some("quay.io/openshift/ci:acme_gadget_latest"),
            ),
            (
                "\"registry.ci.openshift.org/acme/widget:latest\"",
                "acme/gadget:v1",
                Some("\"registry.ci.openshift.org/acme/gadget:v1\""),
            ),
            (
                "registry.ci.openshift.org/acme/widget",
                "acme/gadget:latest",
                Some("registry.ci.openshift.org/acme/gadget"),
            ),
            (
                "registry.ci.openshift.org/acme/widget",
                "acme/gadget:v1",
                Some("registry.ci.openshift.org/acme/gadget:v1"),
            ),
            (
                "acme/widget:latest",
                "acme/widget:v1",
                Some("acme/widget:v1"),
            ),
            ("acme/widget", "acme/gadget:latest", None),
            ("x.acme/widget:latest", "acme/gadget:latest", None),
            (
                "quay.io/openshift/ci:x-acme_widget_latest",
                "acme/gadget:latest",
                None,
            ),
        ] {
            let spelled = respelled(word, &from, &to.parse()?).map(|(span, new)| {
                let (start, end) = (span.start as usize, span.end as usize);
                format!("{}{new}{}", &word[..start], &word[end..])
            });
            assert_eq!(spelled.as_deref(), wanted, "{word}");
        }
        Ok(())
    }
}
