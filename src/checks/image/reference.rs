//! References to images that cannot be right whatever is provided.

use std::collections::BTreeSet;

use crate::checkout::Checkout;
use crate::checkout::images::{ImageUse, Referrer, ResolutionKind, State};
use crate::checks::Drafts;
use crate::finding::{Applicability, Draft, Edit, Fix, Place, Severity};
use crate::model::ci_operator::{CiConfig, ImageReference, ReferenceField, Refusal, Wrong};
use crate::model::{File, Statements, Text};
use crate::syntax::kubernetes_name::is_dns_label;
use crate::syntax::reference::{ImageStreamTag, Reference};
use crate::syntax::span::Span;

/// `image-reference-incomplete`: a part is missing.
pub(super) fn incomplete(file: &File, drafts: &mut Drafts) {
    if let Some(config) = references(file) {
        let unknown = Unknown::of(config);
        lacking(file, config, &unknown, drafts);
        unfinished(file, config, &unknown, drafts);
    }
}

/// `image-reference-malformed`, in a file: a part cannot be a name, or has the wrong type.
pub(super) fn malformed(file: &File, drafts: &mut Drafts) {
    if let Some(config) = references(file) {
        misshapen(file, config, drafts);
    }
}

/// The references of a ci-operator config, or of a step.
fn references(file: &File) -> Option<&CiConfig> {
    match &file.statements {
        Statements::CiConfig(config) | Statements::RegistryStep(config) => Some(config),
        _ => None,
    }
}

fn parts(reference: &ImageReference) -> [(&'static str, Option<&Text>); 3] {
    [
        ("namespace", reference.namespace.as_ref()),
        ("name", reference.name.as_ref()),
        ("tag", reference.tag.as_ref()),
    ]
}

fn called(field: ReferenceField, key: Option<&str>) -> String {
    let field = field.as_str();
    match key {
        Some(key) => format!("{field}.{key}"),
        None => field.to_owned(),
    }
}

fn called_reference(reference: &ImageReference) -> String {
    let key = reference.key.as_ref().map(|key| &*key.value);
    called(reference.field, key)
}

/// Where the fields stand that ci-operator drops, in file order.
struct Unknown(Vec<Span>);

impl Unknown {
    fn of(config: &CiConfig) -> Self {
        let mut spans: Vec<Span> = config.unknown.iter().map(|fault| fault.span).collect();
        spans.sort();
        Self(spans)
    }

    /// Whether one stands within `span`.
    fn is_in(&self, span: Span) -> bool {
        let behind = self.0.partition_point(|own| own.start < span.start);
        self.0.get(behind).is_some_and(|own| span.covers(*own))
    }
}

fn lacking(file: &File, config: &CiConfig, unknown: &Unknown, drafts: &mut Drafts) {
    let mut misshapen: Vec<Span> = config.wrong_values.iter().map(|m| m.span).collect();
    misshapen.sort();
    let lacking = config.references.iter().filter(|r| r.target.is_none());
    let keys = lacking.clone().filter_map(|r| r.key.as_ref());
    let outdented: BTreeSet<&str> = keys.map(|key| &*key.value).collect();
    for reference in lacking {
        // What has the wrong type is malformed.
        let behind = misshapen.partition_point(|span| span.start < reference.span.start);
        let is_misshapen = misshapen
            .get(behind)
            .is_some_and(|span| reference.span.covers(*span));
        let missing: Vec<String> = parts(reference)
            .iter()
            .filter(|(_, text)| text.is_none_or(|text| text.value.is_empty()))
            .map(|(part, _)| format!("`{part}`"))
            .collect();
        if missing.is_empty() || is_misshapen {
            continue;
        }
        let span = reference
            .key
            .as_ref()
            .map_or(reference.span, |key| key.span);
        let name = called_reference(reference);
        let draft = Draft::new(
            Place::new(&file.path, span),
            &name,
            format!("`{name}` names an image without {}", missing.join(" and ")),
        )
        .help("ci-operator refuses the config: an image is given by `namespace`, `name` and `tag`");
        // One that stands one level too far out is taken for an image itself.
        let is_outdented = missing
            .iter()
            .any(|part| outdented.contains(part.trim_matches('`')));
        drafts.push(match is_outdented || unknown.is_in(reference.span) {
            true => draft.follows_from(super::misread(&file.path)),
            false => draft,
        });
    }
}

/// What else lacks a part.
fn unfinished(file: &File, config: &CiConfig, unknown: &Unknown, drafts: &mut Drafts) {
    for refused in &config.refused {
        let help = match refused.why {
            Refusal::Incomplete => {
                "ci-operator refuses the config, and every job of this branch with it"
            }
            Refusal::NotBuilt => "the config is accepted, and the job that builds the image fails",
            Refusal::NoBuildRoot => {
                "the config is accepted, and a job that builds something fails; add a `build_root`"
            }
            _ => continue,
        };
        let place = Place::new(&file.path, refused.span);
        let draft = Draft::new(place, &refused.message, &refused.message).help(help);
        let draft = match unknown.is_in(refused.whole) {
            true => draft.follows_from(super::misread(&file.path)),
            false => draft,
        };
        drafts.push(match refused.why {
            // Nothing of ci-tools asks for it before a job runs.
            Refusal::NoBuildRoot => draft.severity(Severity::Warning),
            _ => draft,
        });
    }
}

fn misshapen(file: &File, config: &CiConfig, drafts: &mut Drafts) {
    let targets = config.promotion.iter();
    let names = targets.flat_map(|target| [&target.name, &target.tag]);
    let targets: BTreeSet<u32> = names.flatten().map(|name| name.span.start).collect();
    for misshapen in &config.wrong_values {
        let help = match misshapen.wrong {
            Wrong::Refused | Wrong::Shape => {
                "ci-operator refuses the config, and every job of this branch with it"
            }
            Wrong::Respelled => {
                "ci-operator takes it, and spells the number or boolean anew: `4.10` becomes `4.1`, \
                 which is another image"
            }
            Wrong::Name => {
                "the config is accepted, and the job fails that is to make or to find it"
            }
            Wrong::Target => {
                "no ImageStreamTag is called so, so no config can name what is published there"
            }
        };
        let draft = Draft::new(
            Place::new(&file.path, misshapen.span),
            &misshapen.message,
            &misshapen.message,
        )
        .help(help)
        .explains(super::misread(&file.path));
        drafts.push(match misshapen.wrong {
            Wrong::Shape => draft.explains(super::dropped(&file.path)),
            Wrong::Target => draft.severity(Severity::Warning),
            Wrong::Respelled if targets.contains(&misshapen.span.start) => {
                super::misdirects(file, config, draft)
            }
            _ => draft,
        });
    }
    for reference in &config.references {
        colon_key(file, reference, drafts);
        let is_sound = |target: &ImageStreamTag| is_dns_label(target.namespace());
        if reference.target.as_ref().is_some_and(is_sound) {
            continue;
        }
        for (part, text) in parts(reference) {
            let Some(text) = text.filter(|text| !text.value.is_empty()) else {
                continue;
            };
            if let Some((message, help)) = fault_of(part, &text.value) {
                drafts.push(
                    Draft::new(
                        Place::new(&file.path, text.span),
                        format!("{} {part}", called_reference(reference)),
                        message,
                    )
                    .help(help),
                );
            }
        }
    }
}

/// `key::`, which YAML reads as the key `key:`.
fn colon_key(file: &File, reference: &ImageReference, drafts: &mut Drafts) {
    let Some(key) = reference
        .key
        .as_ref()
        .filter(|key| key.value.ends_with(':'))
    else {
        return;
    };
    drafts.push(
        Draft::new(
            Place::new(&file.path, key.span),
            called_reference(reference),
            format!("the key is `{}`, with a colon at its end", key.value),
        )
        .help("`key::` means the key `key:`, which nothing refers to; write one colon"),
    );
}

/// What is wrong with one part of a reference by itself.
fn fault_of(part: &str, text: &str) -> Option<(String, String)> {
    let valid = match part {
        "tag" => ImageStreamTag::new("a", "a", text).is_ok(),
        "name" => ImageStreamTag::new("a", text, "a").is_ok(),
        _ => ImageStreamTag::new(text, "a", "a").is_ok() && is_dns_label(text),
    };
    if valid {
        return None;
    }
    let looks_like_pull_spec = text.contains('/') && Reference::parse(text).is_ok();
    let message = format!("`{text}` cannot be the {part} of an ImageStreamTag");
    let help = if looks_like_pull_spec {
        "this is a pull spec; ci-operator takes images of the central registry only, by `namespace`, \
         `name` and `tag`: mirror this one through `supplementalCIImages` first"
    } else if part == "namespace" {
        "a namespace is lower case letters, digits and inner `-`, at most 63"
    } else if part == "tag" {
        "a tag is letters, digits, `_`, `.` and `-`, at most 128, not starting with `.` or `-`"
    } else {
        "an ImageStream's name is lower case letters and digits with single `.`, `_` or `-` between"
    };
    Some((message, help.to_owned()))
}

/// `image-reference-malformed`, in a checkout: nobody provides what is written, and somebody does
/// with name and tag exchanged.
pub(super) fn exchanged(checkout: &Checkout, drafts: &mut Drafts) {
    let images = checkout.images();
    for (written, named) in images.named() {
        let may_be = written.name() != written.tag() && is_dns_label(written.namespace());
        let is_missing =
            named.resolution == ResolutionKind::Missing && !checkout.known().has(written);
        if !is_missing || !may_be {
            continue;
        }
        let Ok(other) = ImageStreamTag::new(written.namespace(), written.tag(), written.name())
        else {
            continue;
        };
        let mut providers = images.providers(&other).iter();
        if !providers.any(|provider| provider.state == State::Live) {
            continue;
        }
        let image_uses = named.users.iter();
        drafts.extend(image_uses.filter_map(|image_use| exchanged_draft(image_use, &other)));
    }
}

/// What to say of `image_use`, whose name and tag are those of `other` exchanged; nothing unless it
/// gives them one by one, as ci-operator's configs do.
fn exchanged_draft(image_use: &ImageUse, other: &ImageStreamTag) -> Option<Draft> {
    let field = match image_use.referrer {
        Referrer::Config(field) => field,
        Referrer::RegistryStep => ReferenceField::FromImage,
        _ => return None,
    };
    let written = &image_use.target;
    let swap = |place: Place, text: &str| Edit {
        place,
        text: format!("\"{text}\""),
    };
    let draft = Draft::new(
        image_use.name_place(),
        called(field, image_use.key.as_deref()),
        format!("name and tag are exchanged: there is `{other}`, and no `{written}`"),
    )
    .help("the job fails because the image does not exist; exchange the two")
    .follows_from(super::lost(written))
    .fix(Fix {
        applicability: Applicability::Safe,
        title: "exchange name and tag".to_owned(),
        edits: vec![
            swap(image_use.name_place(), written.tag()),
            swap(image_use.tag_place(), written.name()),
        ],
        renames: Vec::new(),
    });
    Some(draft)
}
