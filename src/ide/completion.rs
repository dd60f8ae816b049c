//! What could stand at a place.
//!
//! The text is looked at line by line: while something is typed, it hardly ever parses.

use std::collections::BTreeMap;

use super::{FilePosition, aliases};
use crate::checkout::Checkout;
use crate::checkout::images::{Provider, State};
use crate::model::{Conventions, FileKind};
use crate::syntax::span::Span;

/// How many offers are made.
const MAX_OFFERED: usize = 1000;

/// What kind of thing is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferKind {
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
pub struct Offer {
    /// What is written there.
    pub text: String,
    /// What it is.
    pub kind: OfferKind,
    /// More about it; may be empty.
    pub detail: String,
}

/// Offers for one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// What is replaced: the word that the cursor is in.
    pub word: Span,
    /// The offers, by their texts.
    pub offers: Vec<Offer>,
    /// Whether there are more, which typing on brings up.
    pub is_cut: bool,
}

/// What could stand at `cursor`, whose text is the buffer's.
#[must_use]
pub fn complete(cursor: &FilePosition<'_>, conventions: &Conventions) -> Option<Offers> {
    let (word, mut offers) = match conventions.kind(cursor.path.as_str())? {
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
    let is_cut = offers.len() > MAX_OFFERED;
    if is_cut {
        offers.retain(|offer| offer.text.to_lowercase().contains(&typed));
        offers.truncate(MAX_OFFERED);
    }
    Some(Offers {
        word,
        offers,
        is_cut,
    })
}

/// A line of block YAML, `key: value` with perhaps dashes before it.
#[derive(Clone, Copy, Debug)]
struct YamlLine<'t> {
    /// The column of the key.
    indent: usize,
    /// Whether a dash stands before the key: the first line of an item.
    is_item: bool,
    key: &'t str,
    value: &'t str,
    /// Where the value starts in the line.
    value_at: usize,
}

impl<'t> YamlLine<'t> {
    /// None for blank lines, comments, and what has no key.
    fn read(line: &'t str) -> Option<Self> {
        let line = line.trim_end_matches('\r');
        let mut rest = line.trim_start_matches(' ');
        let is_item = rest.starts_with("- ");
        while let Some(behind) = rest.strip_prefix("- ") {
            rest = behind.trim_start_matches(' ');
        }
        if rest.starts_with('#') {
            return None;
        }
        let (key, value) = rest.split_once(':')?;
        if !(value.is_empty() || value.starts_with(' ')) {
            return None;
        }
        let value = value.trim_start_matches(' ');
        Some(Self {
            indent: line.len() - rest.len(),
            is_item,
            key: key.trim(),
            value: value.split(" #").next().unwrap_or_default().trim_end(),
            value_at: line.len() - value.len(),
        })
    }

    /// The value without quotes.
    fn plain(&self) -> &'t str {
        self.value.trim_matches(['"', '\''])
    }
}

/// The other keys of the mapping that the line of `cursor` is in, and the keys above it, the closest
/// first.
fn surroundings<'t>(
    cursor: &FilePosition<'t>,
    own: &YamlLine<'t>,
) -> (BTreeMap<&'t str, &'t str>, Vec<&'t str>) {
    let line = cursor.line();
    let above = cursor.text[..line.start as usize].lines().rev();
    let below = cursor.text[line.end as usize..].lines().skip(1);
    let mut siblings = BTreeMap::new();
    let mut parents = Vec::new();
    // Behind the dash of an item, its mapping starts.
    let mut in_mapping = !own.is_item;
    let mut indent = own.indent;
    let mut was_item = own.is_item;
    for line in above.filter_map(YamlLine::read) {
        if in_mapping && line.indent == own.indent {
            siblings.insert(line.key, line.plain());
            in_mapping = !line.is_item;
            was_item |= line.is_item;
        } else if line.indent < indent {
            in_mapping = false;
            parents.push(line.key);
            indent = line.indent;
            was_item = line.is_item;
        } else if was_item && !line.is_item && line.indent + 2 == indent {
            // `key:` above a list that is not indented.
            parents.push(line.key);
            indent = line.indent;
            was_item = false;
        }
    }
    for line in below.filter_map(YamlLine::read) {
        if line.indent < own.indent || line.is_item && line.indent <= own.indent {
            break;
        }
        if line.indent == own.indent {
            siblings.insert(line.key, line.plain());
        }
    }
    (siblings, parents)
}

/// The word of the value that the cursor is in, without quotes.
fn value_word(cursor: &FilePosition<'_>, line: &YamlLine<'_>) -> Option<Span> {
    let start = cursor.line().start as usize + line.value_at;
    if cursor.text[..start].ends_with(':') {
        return None; // A value stands behind a blank.
    }
    let quoted = line.value.len() - line.value.trim_start_matches(['"', '\'']).len();
    let word = Span::new(start + quoted, start + quoted + line.plain().len());
    super::is_on(word, cursor.offset()).then_some(word)
}

/// Parts of an ImageStreamTag: the namespaces, the names in the one that is written, the tags of
/// the stream that is written.
fn image(cursor: &FilePosition<'_>) -> Option<(Span, Vec<Offer>)> {
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
    let offers = match line.key {
        "namespace" => namespaces(&images, known("name")),
        "name" => names(&images, known("namespace")),
        "tag" => tags(&images, known("namespace")?, known("name")?),
        _ => return None,
    };
    Some((word, offers))
}

/// Streams, by namespace and name, with what provides each tag.
type KnownImages<'c> = BTreeMap<&'c str, BTreeMap<&'c str, BTreeMap<&'c str, &'static str>>>;

/// Every image that is provided, here or, as far as somebody names it, elsewhere.
fn known_images(checkout: &Checkout) -> KnownImages<'_> {
    let images = &checkout.images;
    let mut known: KnownImages<'_> = BTreeMap::new();
    for (namespace, name, stream) in images.streams() {
        let tags = known.entry(namespace).or_default().entry(name).or_default();
        tags.extend(
            stream
                .tags
                .iter()
                .map(|(tag, providers)| (&**tag, by(providers))),
        );
    }
    for (target, _) in images.named() {
        let has_it = known
            .get(target.namespace())
            .and_then(|streams| streams.get(target.name())?.get(target.tag()));
        if has_it.is_none() && images.is_provided(target) {
            let streams = known.entry(target.namespace()).or_default();
            let tags = streams.entry(target.name()).or_default();
            tags.insert(target.tag(), "provided from outside");
        }
    }
    known
}

/// Who provides a tag, in words.
fn by(providers: &[Provider]) -> &'static str {
    match providers.first() {
        Some(provider) if provider.state == State::Live => provider.kind.as_str(),
        Some(_) => "disabled or optional",
        None => "",
    }
}

fn offer(text: &str, kind: OfferKind, detail: impl Into<String>) -> Offer {
    Offer {
        text: text.to_owned(),
        kind,
        detail: detail.into(),
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The namespaces; only those with a stream of this name, where it is given and there are some.
fn namespaces(images: &KnownImages<'_>, name: Option<&str>) -> Vec<Offer> {
    let with_name = |name: &str| images.values().any(|streams| streams.contains_key(name));
    let name = name.filter(|name| with_name(name));
    images
        .iter()
        .filter(|(_, streams)| name.is_none_or(|name| streams.contains_key(name)))
        .map(|(namespace, streams)| {
            let detail = count(streams.len(), "ImageStream");
            offer(namespace, OfferKind::Namespace, detail)
        })
        .collect()
}

/// The streams of a namespace, or of all of them.
fn names(images: &KnownImages<'_>, namespace: Option<&str>) -> Vec<Offer> {
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    for (own, streams) in images {
        if namespace.is_some_and(|namespace| namespace != *own) {
            continue;
        }
        for (name, tags) in streams {
            let detail = match namespace {
                Some(_) => count(tags.len(), "tag"),
                None => format!("in {own}"),
            };
            found.entry(name).or_insert(detail);
        }
    }
    let found = found.into_iter();
    found
        .map(|(name, detail)| offer(name, OfferKind::Stream, detail))
        .collect()
}

fn tags(images: &KnownImages<'_>, namespace: &str, name: &str) -> Vec<Offer> {
    let tags = images.get(namespace).and_then(|streams| streams.get(name));
    tags.into_iter()
        .flatten()
        .map(|(tag, by)| offer(tag, OfferKind::Tag, *by))
        .collect()
}

/// The next part of a pull spec in a mapping file: a registry, a part of the path, a tag.
fn pull_spec(cursor: &FilePosition<'_>, central: &[String]) -> Option<(Span, Vec<Offer>)> {
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
    let mut offers: BTreeMap<String, Offer> = BTreeMap::new();
    let mut add = |text: &str, kind, detail: String| {
        let new = offer(text, kind, detail);
        offers.entry(text.to_owned()).or_insert(new);
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
        add(host, OfferKind::Host, "the central CI registry".to_owned());
    }
    // What is written elsewhere.
    for mapping in cursor.checkout.mirroring.mappings() {
        let mapping = mapping.1;
        for known in [mapping.source.key(), mapping.key()] {
            let Some(rest) = known.strip_prefix(written) else {
                continue;
            };
            let next = rest.split(['/', ':', '@']).next().unwrap_or_default();
            let kind = match written.chars().last() {
                None => OfferKind::Host,
                Some(':') => OfferKind::Tag,
                Some(_) => OfferKind::Namespace,
            };
            if !next.is_empty() && !next.contains('*') && !written.contains('@') {
                add(next, kind, String::new());
            }
        }
    }
    Some((word, offers.into_values().collect()))
}

/// Aliases, in the lists of an OWNERS file.
fn alias(cursor: &FilePosition<'_>) -> Option<(Span, Vec<Offer>)> {
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
    let offers = aliases.iter().map(|alias| {
        let detail = alias.members.join(", ");
        offer(&alias.name, OfferKind::Alias, detail)
    });
    Some((word, offers.collect()))
}

/// Secrets, for a job's volume.
fn secret(cursor: &FilePosition<'_>) -> Option<(Span, Vec<Offer>)> {
    let line = YamlLine::read(&cursor.text[cursor.line().range()])?;
    let word = value_word(cursor, &line)?;
    if line.key != "secretName" {
        return None;
    }
    let mut secrets: Vec<_> = cursor.checkout.secrets.known.iter().collect();
    secrets.sort_by(|a, b| a.name.cmp(&b.name));
    secrets.dedup_by(|a, b| a.name == b.name);
    let offers = secrets.into_iter().map(|secret| {
        let detail = format!("in namespace {}", secret.namespace);
        offer(&secret.name, OfferKind::Secret, detail)
    });
    Some((word, offers.collect()))
}
