//! What could stand at a place.
//!
//! The text is looked at line by line: while something is typed, it hardly ever parses.

mod images;
mod yaml_line;

use std::collections::BTreeMap;

use super::{FilePosition, aliases};
use crate::model::{Conventions, FileKind};
use crate::syntax::span::Span;
use images::{known_images, names, namespaces, tags};
use yaml_line::{YamlLine, surroundings, value_word};

/// How many completions are made.
const MAX_OFFERED: usize = 1000;

/// What kind of thing is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A namespace, or a part of a repository's path.
    Namespace,
    /// An ImageStream.
    Stream,
    /// A tag.
    Tag,
    /// A registry.
    Host,
    /// An alias of `OWNERS_ALIASES`.
    Alias,
    /// A secret.
    Secret,
}

/// Something that could stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is written there.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
    /// More about it; may be empty.
    pub detail: String,
}

/// Completions for one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completions {
    /// What is replaced: the word that the cursor is in.
    pub word: Span,
    /// The completions, by their texts.
    pub items: Vec<Completion>,
    /// Whether there are more, which typing on brings up.
    pub is_cut: bool,
}

/// What could stand at `cursor`, whose text is the buffer's.
#[must_use]
pub fn complete(cursor: &FilePosition<'_>, conventions: &Conventions) -> Option<Completions> {
    let (word, mut completions) = match conventions.kind(cursor.path.as_str())? {
        FileKind::MappingFile | FileKind::OldMappingFile => {
            pull_spec(cursor, &conventions.registries.central)?
        }
        FileKind::CiConfig | FileKind::RegistryStep | FileKind::ImagesMirrorConfig => {
            image(cursor)?
        }
        FileKind::Owners => alias(cursor)?,
        FileKind::ProwJobs => secret(cursor)?,
        _ => return None,
    };
    let typed = cursor.text[word.start as usize..cursor.offset()].to_lowercase();
    let is_cut = completions.len() > MAX_OFFERED;
    if is_cut {
        completions.retain(|completion| completion.text.to_lowercase().contains(&typed));
        completions.truncate(MAX_OFFERED);
    }
    Some(Completions {
        word,
        items: completions,
        is_cut,
    })
}

/// Parts of an ImageStreamTag: the namespaces, the names in the one that is written, the tags of
/// the stream that is written.
fn image(cursor: &FilePosition<'_>) -> Option<(Span, Vec<Completion>)> {
    let line = YamlLine::read(&cursor.text[cursor.line().range()])?;
    let word = value_word(cursor, &line)?;
    let (siblings, parents) = surroundings(cursor, &line);
    let names_image = match parents.first().copied()? {
        "image_stream_tag" | "from_image" | "integration" | "tag_specification" | "base_image" => {
            true
        }
        _ => matches!(
            parents.get(1).copied(),
            Some("base_images" | "base_rpm_images" | "supplementalCIImages" | "qciToAppCIImages")
        ),
    };
    if !names_image {
        return None;
    }
    let known = |key: &str| siblings.get(key).copied().filter(|value| !value.is_empty());
    let images = known_images(cursor.checkout);
    let completions = match line.key {
        "namespace" => namespaces(&images, known("name")),
        "name" => names(&images, known("namespace")),
        "tag" => tags(&images, known("namespace")?, known("name")?),
        _ => return None,
    };
    Some((word, completions))
}

fn completion(text: &str, kind: CompletionKind, detail: impl Into<String>) -> Completion {
    Completion {
        text: text.to_owned(),
        kind,
        detail: detail.into(),
    }
}

/// The next part of a pull spec in a mapping file: a registry, a part of the path, a tag.
fn pull_spec(cursor: &FilePosition<'_>, central: &[String]) -> Option<(Span, Vec<Completion>)> {
    let line = cursor.line();
    let before = &cursor.text[line.start as usize..cursor.offset()];
    if before.contains('#') {
        return None;
    }
    let token = before.rsplit([' ', '=']).next().unwrap_or_default();
    let behind = &cursor.text[cursor.offset()..line.end as usize];
    // A `:` behind a host is a port's.
    let part_at = token.rfind(['/', ':']).map_or(0, |at| at + 1);
    let (written, part) = token.split_at(part_at);
    let start = cursor.offset() - part.len();
    let end = cursor.offset()
        + behind
            .find([' ', '/', ':', '=', '\r'])
            .unwrap_or(behind.len());
    let word = Span::new(start, end);
    let mut completions: BTreeMap<String, Completion> = BTreeMap::new();
    let mut add = |text: &str, kind, detail: String| {
        let new = completion(text, kind, detail);
        completions.entry(text.to_owned()).or_insert(new);
    };
    let mut on_central = central
        .iter()
        .filter_map(|host| written.strip_prefix(host)?.strip_prefix('/'));
    if let Some(path) = on_central.next() {
        let images = known_images(cursor.checkout);
        let offered = match path.split_once('/') {
            None if path.is_empty() => namespaces(&images, None),
            Some((namespace, "")) => names(&images, Some(namespace)),
            Some((namespace, name)) => tags(&images, namespace, name.strip_suffix(':')?),
            None => return None,
        };
        for offered in offered {
            add(&offered.text, offered.kind, offered.detail);
        }
    } else if let (true, Some(host)) = (written.is_empty(), central.first()) {
        add(
            host,
            CompletionKind::Host,
            "the central CI registry".to_owned(),
        );
    }
    // What is written elsewhere: what was just typed is no proposal.
    let has_typed = cursor.checkout.text(cursor.path) == Some(cursor.text);
    let elsewhere = cursor.checkout.mirroring().mappings();
    let elsewhere = elsewhere.filter(|(file, mapping)| {
        let is_own = || line.range().contains(&mapping.source.span.range().start);
        !has_typed || file.file.path != *cursor.path || !is_own()
    });
    for (_, mapping) in elsewhere {
        for known in [mapping.source.key(), mapping.key()] {
            let Some(rest) = known.strip_prefix(written) else {
                continue;
            };
            let next = rest.split(['/', ':', '@']).next().unwrap_or_default();
            let kind = match written.chars().last() {
                None => CompletionKind::Host,
                Some(':') => CompletionKind::Tag,
                Some(_) => CompletionKind::Namespace,
            };
            if !next.is_empty() && !next.contains('*') && !written.contains('@') {
                add(next, kind, String::new());
            }
        }
    }
    Some((word, completions.into_values().collect()))
}

/// Aliases, in the lists of an OWNERS file.
fn alias(cursor: &FilePosition<'_>) -> Option<(Span, Vec<Completion>)> {
    let line = cursor.line();
    let text = &cursor.text[line.range()];
    let name = text.trim_start_matches(' ').strip_prefix('-')?;
    let name = name.trim_start_matches(' ');
    let start = line.start as usize + text.len() - name.len();
    let word = Span::new(start, start + name.trim_end().len());
    if !super::is_on(word, cursor.offset()) {
        return None;
    }
    let aliases = aliases(cursor.checkout);
    let completions = aliases.iter().map(|alias| {
        let detail = alias.members.join(", ");
        completion(&alias.name, CompletionKind::Alias, detail)
    });
    Some((word, completions.collect()))
}

/// Secrets, for a job's volume.
fn secret(cursor: &FilePosition<'_>) -> Option<(Span, Vec<Completion>)> {
    let line = YamlLine::read(&cursor.text[cursor.line().range()])?;
    let word = value_word(cursor, &line)?;
    if line.key != "secretName" {
        return None;
    }
    let mut secrets: Vec<_> = cursor.checkout.secrets().known.iter().collect();
    secrets.sort_by(|a, b| a.name.cmp(&b.name));
    secrets.dedup_by(|a, b| a.name == b.name);
    let completions = secrets.into_iter().map(|secret| {
        let detail = format!("in namespace {}", secret.namespace);
        completion(&secret.name, CompletionKind::Secret, detail)
    });
    Some((word, completions.collect()))
}
