//! What is to be said of the thing at a place, as Markdown.

use std::fmt::Write as _;

use super::entity::{Entity, entity_at};
use super::image::{self, ImageFacts};
use super::{FilePosition, definition, shown};
use crate::checkout::Checkout;
use crate::checkout::images::{Provider, State};
use crate::checkout::mirroring::MirroredFile;
use crate::finding::Place;
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;

/// How many of a kind are listed; the others are counted.
const MAX_LISTED: usize = 5;

/// What gives the address of a place, as it can stand in Markdown between `<` and `>`.
pub type Addresses<'a> = &'a dyn Fn(&Place) -> String;

/// What is said of the thing at `cursor`, and the word that stands for it. Places lead to where
/// `addresses` says.
#[must_use]
pub fn hover(cursor: &FilePosition<'_>, addresses: Addresses<'_>) -> Option<(Span, String)> {
    let at = entity_at(cursor)?;
    let checkout = cursor.checkout;
    let linked = Linked {
        checkout,
        addresses,
    };
    let mut said = match &at.entity {
        Entity::Images(tags) => tags
            .iter()
            .map(|tag| linked.image(tag))
            .collect::<Vec<_>>()
            .join("\n---\n\n"),
        Entity::Stream(namespace, name) => linked.stream(namespace, name),
        Entity::Pipeline(name) => linked.pipeline(cursor, name)?,
        Entity::Secret(name) => linked.secret(name),
        Entity::Alias(name) => alias(checkout, name)?,
        // Its page is shown by whoever reads the config and the comments.
        Entity::Rule(_) => return None,
        Entity::Job(job) => {
            let files = definition::of(cursor, &at.entity);
            let secrets = image::secrets(job).into_iter();
            let mut said = format!("**{}** mirrors\n", code(job.name()));
            list(&mut said, files.iter().map(|file| linked.file(file)));
            let secrets: Vec<String> = secrets.map(code).collect();
            let _ = writeln!(said, "\nSecret: {}", or_none(&secrets));
            said
        }
        Entity::MappingFile(_) => String::new(),
        Entity::Step(step) => {
            let file = super::step_file(checkout, step)?;
            let file = linked.file(&Place::whole_file(&file.path));
            format!("Step {}, {file}\n", code(step))
        }
    };
    let mut files = checkout.mirroring().files.iter();
    if let Some(file) = files.find(|file| file.file.path == *cursor.path) {
        said = mirrored(cursor, file) + &said;
    }
    Some((at.span, said))
}

/// Text of the checkout, as code: it must not become markup.
fn code(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    let ticks = clean.split(|c| c != '`').map(str::len).max();
    match ticks.unwrap_or_default() {
        0 => format!("`{clean}`"),
        longest => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {clean} {fence}")
        }
    }
}

fn or_none(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

/// Lists the first few of `items`, and counts the others.
fn list(said: &mut String, items: impl Iterator<Item = String>) {
    let items: Vec<String> = items.collect();
    said.push('\n');
    for item in items.iter().take(MAX_LISTED) {
        let _ = writeln!(said, "- {item}");
    }
    if let Some(more) = items.len().checked_sub(MAX_LISTED).filter(|more| *more > 0) {
        let _ = writeln!(said, "- and {more} more");
    }
}

/// Says things with links to their places.
struct Linked<'a> {
    checkout: &'a Checkout,
    addresses: Addresses<'a>,
}

impl Linked<'_> {
    /// `path:line`, which leads there.
    fn place(&self, place: &Place) -> String {
        self.link(&shown(self.checkout, place), place)
    }

    /// The path, which leads to the file.
    fn file(&self, place: &Place) -> String {
        self.link(place.path.as_str(), place)
    }

    fn link(&self, text: &str, place: &Place) -> String {
        format!("[{}](<{}>)", code(text), (self.addresses)(place))
    }

    fn image(&self, tag: &ImageStreamTag) -> String {
        let checkout = self.checkout;
        let facts = ImageFacts::of(checkout, tag);
        let mut said = format!("**{}**: {}\n", code(&tag.to_string()), facts.state());
        if !facts.near.is_empty() {
            let near = facts.near.iter().map(|near| code(&near.tag.to_string()));
            let near: Vec<String> = near.collect();
            let _ = writeln!(said, "\nDid you mean {}?", near.join(", "));
        }
        if !facts.providers.is_empty() {
            let providers = facts.providers.iter();
            list(&mut said, providers.map(|p| self.provider(p)));
        }
        if !facts.mirrored_to.is_empty() {
            said.push_str("\nMirrored to\n");
            list(&mut said, facts.mirrored_to.iter().map(|to| code(to)));
        }
        for set in &facts.mirror_sets {
            let jobs: Vec<String> = set.jobs.iter().map(|job| code(job.name())).collect();
            let secrets: Vec<String> = set.secrets().into_iter().map(code).collect();
            let _ = writeln!(
                said,
                "\nby set {}: job {}, secret {}",
                code(set.set),
                or_none(&jobs),
                or_none(&secrets)
            );
        }
        match facts.users.len() {
            0 => said.push_str("\nNobody names it.\n"),
            count => {
                let times = if count == 1 { "time" } else { "times" };
                let _ = writeln!(said, "\nNamed {count} {times}");
                let users = facts.users.iter().map(|image_use| {
                    let place = self.place(&image_use.place);
                    format!("{} in {place}", image_use.referrer.as_str())
                });
                list(&mut said, users.take(MAX_LISTED));
                if let Some(more) = count.checked_sub(MAX_LISTED).filter(|more| *more > 0) {
                    let _ = writeln!(said, "- and {more} more");
                }
            }
        }
        if !facts.may_pull.is_empty() {
            let shown = facts.may_pull.iter().take(MAX_LISTED);
            let shown: Vec<String> = shown.map(|who| code(who)).collect();
            let more = facts.may_pull.len() - shown.len();
            let more = match more {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let _ = writeln!(said, "\nMay be pulled by {}{more}", shown.join(", "));
        }
        said
    }

    fn provider(&self, provider: &Provider) -> String {
        let state = match provider.state {
            State::Live => "",
            State::Optional => "optional ",
            State::Disabled => "disabled ",
        };
        let kind = provider.kind.as_str();
        let place = self.place(&provider.place);
        match &provider.upstream {
            Some(upstream) => format!(
                "from {state}{kind} in {place}, which takes {}",
                code(upstream)
            ),
            None => format!("from {state}{kind} in {place}"),
        }
    }

    fn stream(&self, namespace: &str, name: &str) -> String {
        let checkout = self.checkout;
        let mut said = format!("**{}**", code(&format!("{namespace}/{name}")));
        let Some(stream) = checkout.images().stream(namespace, name) else {
            said.push_str(": nothing here provides a tag of it\n");
            return said;
        };
        let _ = writeln!(said, ": {} tags are provided here", stream.tags.len());
        list(&mut said, stream.tags.keys().map(|tag| code(tag)));
        if stream.openers().next().is_some() {
            said.push_str("\nFilled from\n");
            list(&mut said, stream.openers().map(|p| self.provider(p)));
        }
        said
    }

    /// What a name within a config stands for: the base image, or the image that is built here.
    fn pipeline(&self, cursor: &FilePosition<'_>, name: &str) -> Option<String> {
        let config = definition::config(cursor)?;
        let mut references = config.references.iter();
        let base = references.find(|r| r.key.as_ref().is_some_and(|key| &*key.value == name));
        if let Some(base) = base {
            let tag = ImageStreamTag::new(
                &base.namespace.as_ref()?.value,
                &base.name.as_ref()?.value,
                &base.tag.as_ref()?.value,
            );
            return Some(self.image(&tag.ok()?));
        }
        let said = match config.declares(name) {
            true => "is built by this config",
            false => "is not declared in this config",
        };
        Some(format!("**{}** {said}\n", code(name)))
    }

    fn secret(&self, name: &str) -> String {
        let checkout = self.checkout;
        let known = checkout.secrets().named(name);
        if known.is_empty() {
            return format!(
                "Secret **{}** is not defined in the checkout; it may lie in Vault\n",
                code(name)
            );
        }
        let mut said = format!("Secret **{}**\n", code(name));
        let lines = known.iter().map(|secret| {
            let clusters = match &secret.clusters {
                Some(clusters) => {
                    let clusters: Vec<String> = clusters.names().into_iter().map(code).collect();
                    or_none(&clusters)
                }
                None => "all".to_owned(),
            };
            let place = match &secret.place {
                Some(place) => self.place(place),
                None => "an index of Vault".to_owned(),
            };
            let keys = secret.keys.as_ref().map(|keys| {
                let keys: Vec<String> = keys.iter().map(|key| code(key)).collect();
                format!(", keys {}", or_none(&keys))
            });
            format!(
                "namespace {}, cluster {clusters}{}, from {place}",
                code(&secret.namespace),
                keys.unwrap_or_default()
            )
        });
        list(&mut said, lines);
        said
    }
}

fn alias(checkout: &Checkout, name: &str) -> Option<String> {
    let mut aliases = super::aliases(checkout).into_iter();
    let alias = aliases.find(|alias| alias.is_called(name))?;
    let mut said = format!("Alias **{}**\n\n", code(&alias.name));
    for member in &alias.members {
        let _ = writeln!(said, "- {}", code(member));
    }
    Some(said)
}

/// What becomes of the mapping that a cursor is in.
fn mirrored(cursor: &FilePosition<'_>, file: &MirroredFile) -> String {
    let mut said = String::new();
    let mut lines = file.lines().iter();
    if let Some(line) = lines.find(|line| super::is_on(line.span, cursor.offset)) {
        for mapping in &line.mappings {
            let (source, key) = (mapping.source.key(), mapping.key());
            let _ = writeln!(said, "{} → {}\n", code(&source), code(&key));
        }
    }
    if file.readers.is_empty() {
        said.push_str("No job reads this file.\n\n");
    }
    for reader in &file.readers {
        let job = &cursor.checkout.mirroring().jobs[reader.job];
        let secrets: Vec<String> = image::secrets(job).into_iter().map(code).collect();
        let (name, secrets) = (code(job.name()), or_none(&secrets));
        let _ = writeln!(said, "Mirrored by job {name} with secret {secrets}\n");
    }
    said
}
