//! What is wrong with a line of a mapping file, taken by itself.

use regex::Regex;
use serde::Deserialize;

use crate::checkout::Checkout;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::{Drafts, Look, params};
use crate::finding::{Draft, Fix, Severity, entity_of};
use crate::model::mapping_file::{Fault, FaultKind, Line, Mapping};
use crate::syntax::span::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::checks) struct MappingLine {
    /// The faults that this rule speaks of.
    faults: Vec<LineFault>,
    /// Registries whose images the checkout knows all about. A source that may mean several tags
    /// is a warning on any other. Empty: no difference is made.
    #[serde(default)]
    known_registries: Vec<String>,
    /// Images of jobs that strip the registry from a source, so that it may as well be left out.
    #[serde(default = "params::nothing", deserialize_with = "params::pattern")]
    hostless_images: Regex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LineFault {
    Syntax,
    EmptyFile,
    Wildcard,
    SelfMirror,
    WebAddress,
    HostlessReference,
    ManyTags,
    DroppedTokens,
}

impl Look for MappingLine {
    fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        for file in &checkout.mirroring.files {
            let Some(statements) = file.statements() else {
                continue;
            };
            for fault in &statements.faults {
                if self.faults.contains(&LineFault::of(fault.kind)) {
                    drafts.push(self.graded(file, fault));
                }
            }
            let may_lack_host = self.faults.contains(&LineFault::HostlessReference)
                && self.may_lack_host(checkout, file);
            for line in &statements.lines {
                if self.faults.contains(&LineFault::DroppedTokens) {
                    let text = entity_of(file.file.slice(line.span));
                    for &token in &line.dropped {
                        drafts.push(dropped(file, &text, token));
                    }
                }
                if self.faults.contains(&LineFault::HostlessReference) {
                    hostless(file, line, may_lack_host, drafts);
                }
            }
        }
    }
}

impl MappingLine {
    /// Whether nothing but jobs that strip the registry reads the file.
    fn may_lack_host(&self, checkout: &Checkout, file: &MirroredFile) -> bool {
        let strips = |job: usize| {
            checkout.mirroring.jobs[job]
                .job()
                .containers()
                .any(|container| {
                    let image = container.image.as_ref();
                    image.is_some_and(|image| self.hostless_images.is_match(&image.value))
                })
        };
        !file.readers.is_empty() && file.readers.iter().all(|reader| strips(reader.job))
    }

    fn graded(&self, file: &MirroredFile, fault: &Fault) -> Draft {
        let draft = fault_draft(file, fault);
        if self.known_registries.is_empty() {
            return draft;
        }
        // Lines are in order, and there may be as many faults as lines.
        let lines = file.lines();
        let behind = lines.partition_point(|line| line.span.start <= fault.span.start);
        let source = lines[..behind]
            .last()
            .into_iter()
            .flat_map(|line| &line.mappings)
            .find(|mapping| {
                mapping.source.span.covers(fault.span)
                    || mapping.destination.span.covers(fault.span)
            })
            .map_or("", |mapping| file.file.slice(mapping.source.span));
        let is_known = self
            .known_registries
            .iter()
            .any(|registry| source.starts_with(registry.as_str()));
        if is_known {
            draft
        } else {
            draft.severity(Severity::Warning)
        }
    }
}

impl LineFault {
    fn of(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Syntax | FaultKind::LineTooLong => Self::Syntax,
            FaultKind::EmptyFile => Self::EmptyFile,
            FaultKind::Wildcard => Self::Wildcard,
            FaultKind::SelfMirror => Self::SelfMirror,
            FaultKind::WebAddress => Self::WebAddress,
            FaultKind::RegistryOnly => Self::HostlessReference,
            FaultKind::UntaggedSource | FaultKind::WildcardIntoTag => Self::ManyTags,
        }
    }
}

fn fault_draft(file: &MirroredFile, fault: &Fault) -> Draft {
    let entity = file.file.slice(fault.span);
    let fix = fault.fix.as_ref().map(|(span, text)| {
        let was = file.file.slice(*span);
        let title = match (was.trim().is_empty(), text.trim().is_empty()) {
            (_, true) if text.is_empty() => "delete it".to_owned(),
            (_, true) => "replace it by a space".to_owned(),
            _ => format!("write `{text}`"),
        };
        Fix::safe(title, file.place(*span), text)
    });
    Draft::new(file.place(fault.span), entity, &fault.message)
        .maybe_help(fault.help.clone())
        .maybe_fix(fix)
}

fn dropped(file: &MirroredFile, line: &str, token: Span) -> Draft {
    let text = file.file.slice(token);
    Draft::new(
        file.place(token),
        format!("{line} {text}"),
        format!("`{text}` is dropped without a word"),
    )
    .help(
        "once a line has a `SRC=DST`, `oc image mirror` ignores what has no `=`; put it on a line \
         of its own",
    )
}

/// `may_lack_host` says whether a source needs no registry.
fn hostless(file: &MirroredFile, line: &Line, may_lack_host: bool, drafts: &mut Drafts) {
    let mut seen = None;
    for mapping in &line.mappings {
        if seen != Some(mapping.source.span) {
            seen = Some(mapping.source.span);
            let source = hostless_side(file, mapping, true);
            drafts.extend(source.map(|draft| match may_lack_host {
                true => draft.severity(Severity::Hint),
                false => draft,
            }));
        }
        drafts.extend(hostless_side(file, mapping, false));
    }
}

fn hostless_side(file: &MirroredFile, mapping: &Mapping, is_source: bool) -> Option<Draft> {
    let (span, typed) = if is_source {
        (mapping.source.span, &mapping.source.reference)
    } else {
        (mapping.destination.span, &mapping.destination.reference)
    };
    let is_hostless = typed.reference.host.is_none() && typed.transport.prefix().is_empty();
    if !is_hostless {
        return None;
    }
    let text = file.file.slice(span);
    let (side, verb) = if is_source {
        ("source", "read from")
    } else {
        ("destination", "written to")
    };
    Some(
        Draft::new(
            file.place(span),
            format!("{side} {text}"),
            format!("{side} `{text}` names no registry, so it is {verb} docker.io"),
        )
        .help(format!(
            "write the registry in front, for example `quay.io/{text}`; if docker.io is meant, say \
             `docker.io/{text}`"
        )),
    )
}
