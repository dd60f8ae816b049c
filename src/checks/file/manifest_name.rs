//! Names that the API server refuses.

use crate::checkout::Checkout;
use crate::checkout::access::ObjectAt;
use crate::checks::Drafts;
use crate::finding::Draft;
use crate::model::manifest::{Body, access, images};
use crate::syntax::object_name::Grammar;
use crate::syntax::reference::is_tag;
use crate::syntax::template::has_parameter;

/// Longest `namespace/name` of an ImageStream: it must fit into a pull spec (openshift-apiserver
/// pkg/image/apis/image/validation/validation.go).
const LONGEST_REPOSITORY: usize = 255;

/// `manifest-name`: a name or namespace that no object can have.
pub(super) fn check(_: &Checkout, object: &ObjectAt, drafts: &mut Drafts) {
    drafts.extend(name(object));
    drafts.extend(namespace(object));
    if let Body::Images(images::Object::ImageStream(stream)) = &object.manifest().body {
        drafts.extend(stream.tags.iter().filter_map(|tag| tag_name(object, tag)));
    }
}

fn tag_name(object: &ObjectAt, tag: &images::StreamTag) -> Option<Draft> {
    let stream = format!("{}/{}", object.namespace(), object.name());
    let entity = |name: &str| format!("ImageStream {stream}:{name}");
    let Some(name) = &tag.name else {
        return Some(
            Draft::new(
                object.place(tag.span),
                entity(""),
                format!("a tag of the ImageStream `{stream}` has no `name`"),
            )
            .help("the object is refused; say what the tag is called"),
        );
    };
    let is_templated = object.manifest().in_template && has_parameter(&name.value);
    if is_templated || is_tag(&name.value) {
        return None;
    }
    Some(
        Draft::new(
            object.place(name.span),
            entity(&name.value),
            format!("no tag can be called `{}`", name.value),
        )
        .help(
            "nobody can name it in a pull spec; take letters, digits, `_`, `.` and `-`, and start \
             with none of the last two",
        ),
    )
}

/// What the object's own name must be, and whether it lies in a namespace.
fn grammar(body: &Body) -> Option<(Grammar, bool)> {
    Some(match body {
        Body::Access(access::Object::Namespace) => (Grammar::Label, false),
        Body::Access(access::Object::ServiceAccount) => (Grammar::Subdomain, true),
        Body::Access(access::Object::Role(_)) => (Grammar::PathSegment, true),
        Body::Access(access::Object::ClusterRole(_)) => (Grammar::PathSegment, false),
        Body::Access(access::Object::Binding(binding)) => {
            (Grammar::PathSegment, !binding.is_cluster)
        }
        Body::Access(access::Object::Group) => (Grammar::Group, false),
        Body::Images(images::Object::ImageStream(_)) => (Grammar::Repository, true),
        Body::Images(images::Object::BuildConfig(_)) => (Grammar::Subdomain, true),
        Body::Other => return None,
    })
}

fn name(object: &ObjectAt) -> Option<Draft> {
    let manifest = object.manifest();
    let (grammar, _) = grammar(&manifest.body)?;
    let name = manifest.name.as_ref()?;
    if manifest.in_template && has_parameter(&name.value) {
        return None;
    }
    let fault = grammar.fault(&name.value).map(str::to_owned).or_else(|| {
        let whole = object.namespace().len() + "/".len() + name.value.len();
        (grammar == Grammar::Repository && whole > LONGEST_REPOSITORY)
            .then(|| format!("is longer than {LONGEST_REPOSITORY} characters, with its namespace"))
    })?;
    let kind = manifest.kind();
    let message = match &*name.value {
        "" => format!("the name of a {kind} {fault}"),
        name => format!("the name of the {kind} `{name}` {fault}"),
    };
    Some(
        Draft::new(
            object.place(name.span),
            format!("{kind} {}/{}", object.namespace(), name.value),
            message,
        )
        .help("the object is refused; give it another name"),
    )
}

fn namespace(object: &ObjectAt) -> Option<Draft> {
    let manifest = object.manifest();
    let namespace = manifest.namespace.as_ref()?;
    let is_templated = manifest.in_template && has_parameter(&namespace.value);
    // An object of the whole cluster loses its namespace without a word.
    let (_, true) = grammar(&manifest.body)? else {
        return None;
    };
    // An empty one is none, which other rules speak of.
    if is_templated || namespace.value.is_empty() {
        return None;
    }
    let fault = Grammar::Label.fault(&namespace.value)?;
    let kind = manifest.kind();
    Some(
        Draft::new(
            object.place(namespace.span),
            format!("{kind} {}/{}", namespace.value, object.name()),
            format!(
                "the namespace `{}` of the {kind} `{}` {fault}",
                namespace.value,
                object.name()
            ),
        )
        .help("the object is refused; no namespace can be called so"),
    )
}
