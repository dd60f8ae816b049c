//! The answer of `mirrorlint image` as text that fits on a screen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::checkout::images::State;
use crate::cli::counted;
use crate::ide::image::{
    Answer, DestinationReport, ImageReport, ProviderLine, ReferenceLine, SetLine,
};
use crate::report::one_line;

/// So many of a kind are listed; the others are counted.
const MAX_LISTED: usize = 10;

/// The same for who may pull; groups come first.
const MAX_PULLERS: usize = 4;

/// The text as far as it is written.
pub(super) struct Text {
    text: String,
    /// Whether everything is listed.
    all: bool,
}

impl Text {
    /// The whole answer.
    pub(super) fn of(answer: &Answer, all: bool) -> String {
        let text = String::new();
        let mut text = Self { text, all };
        match answer {
            Answer::Images(images) => match images.as_slice() {
                [image] => text.image(image),
                images => text.stream(images),
            },
            Answer::Destinations(destinations) => match destinations.as_slice() {
                [destination] => text.destination(destination),
                destinations => text.destinations(destinations),
            },
        }
        text.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// How many of `count` are listed.
    fn limit(&self, count: usize, limit: usize) -> usize {
        if self.all { count } else { count.min(limit) }
    }

    /// The first of `items`, and how many more there are.
    fn listed<T>(
        &mut self,
        items: &[T],
        limit: usize,
        indent: &str,
        what: &str,
        mut write: impl FnMut(&mut Self, &T),
    ) {
        let shown = self.limit(items.len(), limit);
        for item in &items[..shown] {
            write(self, item);
        }
        if items.len() > shown {
            let more = items.len() - shown;
            self.line(&format!(
                "{indent}and {more} more {what}, listed with `--all`"
            ));
        }
    }

    fn image(&mut self, image: &ImageReport) {
        self.line(&format!("{}: {}", image.image, image.state));
        self.listed(
            &image.providers,
            MAX_LISTED,
            "  ",
            "providers",
            Self::provider,
        );
        self.listed(
            &image.mirrored_to,
            MAX_LISTED,
            "  ",
            "destinations",
            |text, to| {
                text.line(&format!("  mirrored to {}", one_line(to)));
            },
        );
        self.listed(
            &image.mirror_sets,
            MAX_LISTED,
            "    ",
            "mirror sets",
            Self::mirror_set,
        );
        self.pullers(&image.may_pull);
        if !image.near.is_empty() {
            self.line(&format!("  did you mean {}?", image.near.join(", ")));
        }
        self.references(&image.references);
    }

    fn provider(&mut self, provider: &ProviderLine) {
        self.line(&format!("  from {}", from(provider)));
        if let Some(upstream) = &provider.upstream {
            self.line(&format!("    which takes {}", one_line(upstream)));
        }
    }

    fn mirror_set(&mut self, set: &SetLine) {
        let or_none = |names: &[String]| match names {
            [] => "none".to_owned(),
            names => one_line(&names.join(", ")).into_owned(),
        };
        self.line(&format!(
            "    by set {}: file {}, job {}, secret {}{}",
            one_line(&set.set),
            or_none(&set.files),
            or_none(&set.jobs),
            or_none(&set.secrets),
            if set.has_owners { "" } else { ", no OWNERS" },
        ));
    }

    fn pullers(&mut self, pullers: &[String]) {
        if pullers.is_empty() {
            return;
        }
        let shown = self.limit(pullers.len(), MAX_PULLERS);
        let more = match pullers.len() - shown {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let pullers = pullers[..shown].join(", ");
        self.line(&format!("  may be pulled by {}{more}", one_line(&pullers)));
    }

    /// Who names the image, whoever does so most often first.
    fn references(&mut self, references: &[ReferenceLine]) {
        if references.is_empty() {
            self.line("  nobody names it");
            return;
        }
        let mut by_owner: BTreeMap<&str, Vec<&ReferenceLine>> = BTreeMap::new();
        for reference in references {
            let owner = by_owner.entry(&reference.owner).or_default();
            owner.push(reference);
        }
        let mut owners: Vec<_> = by_owner.into_iter().collect();
        owners.sort_by_key(|(_, references)| Reverse(references.len()));
        self.line(&format!("  {}:", named(references.len(), owners.len())));
        self.listed(
            &owners,
            MAX_LISTED,
            "    ",
            "owners",
            |text, (owner, references)| {
                text.owner(owner, references);
            },
        );
    }

    /// The first place in files of this owner, or with `--all` each.
    fn owner(&mut self, owner: &str, references: &[&ReferenceLine]) {
        let owner = one_line(owner);
        let place = |reference: &ReferenceLine| {
            let name = reference.path.rsplit('/').next().unwrap_or_default();
            format!("{}:{} in {}", one_line(name), reference.line, reference.by)
        };
        match references {
            [only] => self.line(&format!("    {owner}: {}", place(only))),
            [first, ..] if !self.all => {
                let more = references.len() - 1;
                self.line(&format!("    {owner}: {} and {more} more", place(first)));
            }
            references => {
                self.line(&format!("    {owner}: {} places", references.len()));
                for reference in references {
                    self.line(&format!("      {}", place(reference)));
                }
            }
        }
    }

    /// A line for each tag, those that are named most often first.
    fn stream(&mut self, images: &[ImageReport]) {
        let Some(first) = images.first() else {
            return;
        };
        let stream = first.image.split(':').next().unwrap_or_default();
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for image in images {
            *states.entry(image.state).or_default() += 1;
        }
        let mut summary = format!("{stream}: {}", counted(images.len(), "tag", "tags"));
        let mut states: Vec<_> = states.into_iter().collect();
        states.sort_by_key(|&(_, count)| Reverse(count));
        for (state, count) in states {
            let _ = write!(summary, ", {count} {state}");
        }
        self.line(&summary);
        self.pullers(&first.may_pull);
        let references = images.iter().flat_map(|image| &image.references);
        let count = references.clone().count();
        match owners(references) {
            0 => self.line("  nobody names them"),
            owners => self.line(&format!("  {}", named(count, owners))),
        }
        let mut images: Vec<_> = images.iter().collect();
        images.sort_by_key(|image| Reverse(image.references.len()));
        self.listed(&images, MAX_LISTED, "  ", "tags", |text, image| {
            text.tag(image)
        });
        if let Some(image) = images.first() {
            self.line(&format!("More on one: mirrorlint image {}", image.image));
        }
    }

    fn tag(&mut self, image: &ImageReport) {
        let tag = image.image.rsplit(':').next().unwrap_or_default();
        let by = match image.providers.as_slice() {
            [] => image.state.to_owned(),
            [one] => format!("from {}", from(one)),
            [first, others @ ..] => format!("from {} and {} more", from(first), others.len()),
        };
        let count = image.references.len();
        let named = match count {
            0 => "nobody names it".to_owned(),
            count => named(count, owners(&image.references)),
        };
        self.line(&format!("  {tag} {by}; {named}"));
    }

    /// A line for each destination of a repository.
    fn destinations(&mut self, destinations: &[DestinationReport]) {
        self.line(&counted(destinations.len(), "destination", "destinations"));
        self.listed(
            destinations,
            MAX_LISTED,
            "  ",
            "destinations",
            |text, to| {
                let sources: Vec<&str> = to.writers.iter().map(|writer| &*writer.source).collect();
                let (to, sources) = (one_line(&to.destination), sources.join(", "));
                text.line(&format!("  {to} from {}", one_line(&sources)));
            },
        );
        if let Some(first) = destinations.first() {
            let first = one_line(&first.destination);
            self.line(&format!("More on one: mirrorlint image {first}"));
        }
    }

    fn destination(&mut self, destination: &DestinationReport) {
        self.line(&one_line(&destination.destination));
        for writer in &destination.writers {
            self.line(&format!("  from {}", one_line(&writer.source)));
            let place = format!("{}:{}", one_line(&writer.path), writer.line);
            self.line(&format!("    in {place}"));
            for job in &writer.jobs {
                let (name, runs) = (one_line(&job.name), one_line(&job.runs));
                self.line(&format!("    by job {name}, which runs {runs}"));
            }
            if writer.jobs.is_empty() {
                self.line("    by no job");
            }
            if let Some(image) = &writer.image {
                self.line(&format!("    more on the source: mirrorlint image {image}"));
            }
        }
    }
}

/// How often something is named.
fn named(references: usize, owners: usize) -> String {
    let owners = match owners {
        1 => "one owner".to_owned(),
        owners => format!("{owners} owners"),
    };
    format!("named {} by {owners}", counted(references, "time", "times"))
}

/// How many owners there are.
fn owners<'r>(references: impl IntoIterator<Item = &'r ReferenceLine>) -> usize {
    let owners = references.into_iter().map(|reference| &*reference.owner);
    owners.collect::<BTreeSet<_>>().len()
}

/// A provider and where it stands.
fn from(provider: &ProviderLine) -> String {
    let state = match provider.state {
        State::Live => "",
        State::Optional => "optional ",
        State::Disabled => "disabled ",
    };
    let (kind, path) = (provider.kind, one_line(&provider.path));
    format!("{state}{kind} in {path}:{}", provider.line)
}
