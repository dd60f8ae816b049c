//! What a file, or the whole checkout, holds: outlines and names to search by.

use super::FilePosition;
use super::entity::provided_in;
use crate::checkout::Checkout;
use crate::checkout::images::State;
use crate::finding::Place;
use crate::model::prow_jobs::Job;
use crate::model::{File, Statements};
use crate::syntax::span::Span;
use crate::syntax::yaml::{self, Node};

/// How many names a search of the checkout gives.
const MAX_FOUND: usize = 256;

/// What kind of thing a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// An image.
    Image,
    /// A mapping file.
    MappingFile,
    /// A Kubernetes object.
    Object,
    /// A job.
    Job,
    /// A test of a ci-operator config.
    Test,
    /// A part of a file.
    Section,
    /// A secret.
    Secret,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// What it is called.
    pub name: String,
    /// More of it; may be empty.
    pub detail: String,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub span: Span,
    /// Its name, within `span`.
    pub word: Span,
    /// Its parts.
    pub children: Vec<Symbol>,
}

impl Symbol {
    fn new(kind: SymbolKind, name: &str, span: Span, word: Span) -> Self {
        Self {
            // An outline cannot show nothing.
            name: if name.is_empty() { "?" } else { name }.to_owned(),
            detail: String::new(),
            kind,
            span: span.join(word),
            word,
            children: Vec::new(),
        }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// The outline of the file that `cursor` is in, wherever in it.
#[must_use]
pub fn outline(cursor: &FilePosition<'_>) -> Vec<Symbol> {
    let Some(file) = cursor.file() else {
        return Vec::new();
    };
    match &file.statements {
        Statements::Mapping(mapping) => mapping
            .lines
            .iter()
            .flat_map(|line| line.mappings.iter().map(move |mapping| (line, mapping)))
            .map(|(line, mapping)| {
                let word = mapping.destination.span;
                Symbol::new(SymbolKind::Image, &mapping.key(), line.span, word)
                    .detail(mapping.source.key())
            })
            .collect(),
        Statements::CiConfig(_) => config(file),
        Statements::Manifests(manifests) => manifests
            .iter()
            .map(|manifest| {
                let name = manifest.name.as_ref().map_or("", |name| &name.value);
                let anchor = manifest.anchor();
                Symbol::new(SymbolKind::Object, name, manifest.span, anchor).detail(manifest.kind())
            })
            .collect(),
        Statements::Jobs(jobs) => jobs
            .iter()
            .map(|job| {
                let name = job_name(job);
                Symbol::new(SymbolKind::Job, name, job.span, job.anchor())
            })
            .collect(),
        Statements::SecretBootstrap(config) => config
            .secrets
            .iter()
            .flat_map(|secret| &secret.to)
            .map(|target| {
                let name = target.name.as_ref().map_or("", |name| &name.value);
                Symbol::new(SymbolKind::Secret, name, target.span, target.anchor())
            })
            .collect(),
        Statements::ImagesMirror(_) => provided(cursor),
        _ => Vec::new(),
    }
}

fn job_name(job: &Job) -> &str {
    job.name.as_ref().map_or("", |name| &name.value)
}

/// The images that the file provides.
fn provided(cursor: &FilePosition<'_>) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    for (namespace, name, stream) in cursor.checkout.images().streams() {
        for (tag, span) in provided_in(stream, cursor.path) {
            let image = format!("{namespace}/{name}:{}", tag.unwrap_or("*"));
            symbols.push(Symbol::new(SymbolKind::Image, &image, span, span));
        }
    }
    symbols.sort_by_key(|symbol| symbol.span);
    symbols
}

/// The parts of a ci-operator config that have to do with images, and its tests.
fn config(file: &File) -> Vec<Symbol> {
    let arena = yaml::Arena::new();
    let stream = yaml::parse(&file.text, &yaml::Limits::default(), &arena);
    let Some(root) = stream.documents.first() else {
        return Vec::new();
    };
    let at = |node: &Node<'_>, key: &str| -> String {
        let value = node.get(key).and_then(Node::as_str);
        value.unwrap_or_default().to_owned()
    };
    let named = |items: &Node<'_>, key: &str, kind| -> Vec<Symbol> {
        let items = items.items().filter_map(|item| {
            let name = item.get(key)?;
            Some(Symbol::new(kind, name.as_str()?, item.span, name.span))
        });
        items.collect()
    };
    let mut symbols = Vec::new();
    for entry in root.entries() {
        let Some(key) = entry.key.as_str() else {
            continue;
        };
        let value = &entry.value;
        let children = match key {
            "base_images" | "base_rpm_images" => value
                .entries()
                .filter_map(|entry| {
                    let (key, value) = (&entry.key, &entry.value);
                    let tag = format!(
                        "{}/{}:{}",
                        at(value, "namespace"),
                        at(value, "name"),
                        at(value, "tag")
                    );
                    let name = key.as_str()?;
                    let span = key.span.join(value.span);
                    Some(Symbol::new(SymbolKind::Image, name, span, key.span).detail(tag))
                })
                .collect(),
            "images" => {
                let items = value.get("items").unwrap_or(value);
                named(items, "to", SymbolKind::Image)
            }
            "tests" => named(value, "as", SymbolKind::Test),
            "promotion" => {
                let listed = value.get("to").into_iter().flat_map(Node::items);
                let own = value.get("namespace").is_some().then_some(value);
                own.into_iter()
                    .chain(listed)
                    .map(|target| {
                        let (name, tag) = (at(target, "name"), at(target, "tag"));
                        let goal = match name.is_empty() {
                            true => format!("{}/*:{tag}", at(target, "namespace")),
                            false => format!("{}/{name}", at(target, "namespace")),
                        };
                        let span = target.span;
                        Symbol::new(SymbolKind::Image, &goal, span, span)
                    })
                    .collect()
            }
            _ => continue,
        };
        let span = entry.key.span.join(value.span);
        let mut symbol = Symbol::new(SymbolKind::Section, key, span, entry.key.span);
        symbol.children = children;
        symbols.push(symbol);
    }
    symbols
}

/// A named thing somewhere in the checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// What it belongs to.
    pub container: String,
    /// Where it is.
    pub place: Place,
}

/// The things whose names hold the characters of `query` in this order: images with their
/// providers, mapping files, jobs and objects; those with the tightest match first, and not all.
#[must_use]
pub fn search(checkout: &Checkout, query: &str) -> Vec<Found> {
    let query: Vec<char> = query
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let mut found: Vec<(usize, Found)> = Vec::new();
    let mut offer = |name: String, kind, container: &str, place: &Place| {
        if let Some(spread) = spread(&name, &query) {
            let found_one = Found {
                name,
                kind,
                container: container.to_owned(),
                place: place.clone(),
            };
            found.push((spread, found_one));
        }
    };
    for (namespace, name, stream) in checkout.images().streams() {
        for (tag, providers) in &stream.tags {
            for provider in providers.iter().filter(|p| p.state == State::Live) {
                let image = format!("{namespace}/{name}:{tag}");
                let kind = provider.kind.as_str();
                offer(image, SymbolKind::Image, kind, &provider.place);
            }
        }
    }
    for file in &checkout.mirroring().files {
        let set = file.set.as_deref().unwrap_or_default();
        let (name, place) = (file.name().to_owned(), file.place(Span::whole_file()));
        offer(name, SymbolKind::MappingFile, set, &place);
    }
    for (file, job) in checkout.jobs() {
        let place = Place::new(&file.path, job.anchor());
        let name = job_name(job).to_owned();
        offer(name, SymbolKind::Job, file.path.name(), &place);
    }
    for object in &checkout.access().objects {
        let place = object.place(object.manifest().anchor());
        let kind = object.manifest().kind();
        let container = match object.namespace() {
            "" => kind.to_owned(),
            namespace => format!("{kind} in {namespace}"),
        };
        let name = object.name().to_owned();
        offer(name, SymbolKind::Object, &container, &place);
    }
    found.sort_by(|(a, one), (b, other)| {
        (a, one.name.len(), &one.name, &one.place).cmp(&(
            b,
            other.name.len(),
            &other.name,
            &other.place,
        ))
    });
    found.truncate(MAX_FOUND);
    found.into_iter().map(|(_, found)| found).collect()
}

/// How far the characters of `query` lie apart in `name`; none when they are not all there.
fn spread(name: &str, query: &[char]) -> Option<usize> {
    let mut wanted = query.iter();
    let Some(mut next) = wanted.next() else {
        return Some(0);
    };
    let mut first = None;
    for (at, character) in name.chars().flat_map(char::to_lowercase).enumerate() {
        if character == *next {
            let first = *first.get_or_insert(at);
            match wanted.next() {
                Some(more) => next = more,
                None => return Some(at - first),
            }
        }
    }
    None
}
