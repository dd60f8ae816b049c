//! Words from a template that stand where a name belongs: the mechanism `placeholder`.

use regex::Regex;
use serde::Deserialize;

use crate::checks::{Check, Drafts, Params, each_file, params};
use crate::finding::{Draft, Place, entity_of};
use crate::limits::MAX_MENDED_LINE;
use crate::model::manifest::access::Object;
use crate::model::manifest::{Body, Manifest};
use crate::model::prow_jobs::Job;
use crate::model::{File, Statements, Text};
use crate::syntax::span::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placeholder {
    /// The words.
    #[serde(deserialize_with = "params::pattern")]
    pattern: Regex,
}

/// The mechanism.
pub(in crate::checks) fn prepare(params: Params<'_>) -> Result<Check, String> {
    let params: Placeholder = params.read()?;
    Ok(each_file(move |file, drafts| params.check(file, drafts)))
}

impl Placeholder {
    fn check(&self, file: &File, drafts: &mut Drafts) {
        let spans: Vec<Span> = match &file.statements {
            Statements::Mapping(mapping) => mapping.lines.iter().map(|line| line.span).collect(),
            Statements::Jobs(jobs) => jobs.iter().flat_map(names).collect(),
            Statements::Manifests(manifests) => {
                manifests.iter().flat_map(names_of_object).collect()
            }
            _ => return,
        };
        for span in spans {
            self.find(file, span, drafts);
        }
    }

    fn find(&self, file: &File, span: Span, drafts: &mut Drafts) {
        let text = file.slice(span);
        let entity = entity_of(text);
        for found in self.pattern.find_iter(text) {
            let word = found.as_str();
            let at = Span::new(found.start(), found.end()).shifted(span.start as usize);
            drafts.push(
                Draft::new(
                    Place::new(&file.path, at),
                    &*entity,
                    format!("`{word}` was to be replaced"),
                )
                .help(
                    "it stands in the template that this was copied from; put your own name there",
                )
                .explains(topic(file, at)),
            );
        }
    }
}

/// The topic of what follows when a placeholder stands on the line of `span`.
pub(in crate::checks) fn topic(file: &File, span: Span) -> String {
    let before = file.text.get(..span.start as usize).unwrap_or_default();
    let line = before.len()
        - before
            .bytes()
            .rev()
            .take(MAX_MENDED_LINE)
            .take_while(|&byte| byte != b'\n')
            .count();
    format!("placeholder in {} at {line}", file.path)
}

/// The values of a job in which a template has something to fill in.
fn names(job: &Job) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    spans.extend(job.name.iter().map(|name| name.span));
    spans.extend(job.labels.iter().map(|(_, value)| value.span));
    for container in job.containers() {
        spans.extend(
            container
                .env
                .iter()
                .filter_map(|var| Some(var.value.as_ref()?.span)),
        );
        spans.extend(container.arguments.iter().map(|argument| argument.span));
    }
    for volume in job.volumes() {
        spans.extend(
            volume
                .secret
                .iter()
                .chain(&volume.config_map)
                .map(|name| name.span),
        );
    }
    spans
}

/// The names of an object about access, and of those it speaks of.
fn names_of_object(manifest: &Manifest) -> Vec<Span> {
    let Body::Access(object) = &manifest.body else {
        return Vec::new();
    };
    let mut names: Vec<&Text> = manifest.name.iter().chain(&manifest.namespace).collect();
    if let Object::Binding(binding) = object {
        for subject in &binding.subjects {
            names.extend(subject.name.iter().chain(&subject.namespace));
        }
    }
    names.into_iter().map(|name| name.span).collect()
}
