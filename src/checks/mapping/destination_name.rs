//! Destinations that are called otherwise than what is mirrored there.

use std::collections::BTreeMap;

use super::joined::joined_at;
use crate::checkout::Checkout;
use crate::checkout::images::stored_image;
use crate::checkout::mirroring::MirroredFile;
use crate::checks::Drafts;
use crate::checks::image::{unprovided_at, unusual_host};
use crate::finding::{Draft, Fix, Place, Severity};
use crate::model::conventions::Registries;
use crate::model::mapping_file::Mapping;
use crate::syntax::likeness::{self, Effort};
use crate::syntax::reference::ImageStreamTag;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

/// Of how many letters of a name one may be wrong, and how many at most.
const MOST_EDITS: usize = 2;

/// So many lines of a set make a habit, and so many others that push to one place.
const COMMON: usize = 3;
const SIBLINGS: usize = 2;

/// So many other lines are looked at.
const MAX_OTHERS: usize = 16;

/// Shorter names are too much like others, and looking for one costs as much as comparing so many
/// letters.
const SHORTEST: usize = 3;
const LOOKUP: usize = 64;

/// A mapping, and what its repository and its image are called.
struct Push<'c> {
    file: &'c MirroredFile,
    mapping: &'c Mapping,
    stored: Option<ImageStreamTag>,
    /// Whether it is taken by its digest from QCI, where nothing but the tag tells what it is.
    is_nameless: bool,
    /// Host and path of the destination.
    repository: String,
    /// What the image is called: its stream, its tag, the tag that it gets.
    names: Vec<String>,
}

impl<'c> Push<'c> {
    fn of(file: &'c MirroredFile, mapping: &'c Mapping, registries: &Registries) -> Self {
        let source = &mapping.source.reference.reference;
        // An image is named by its stream or, where a stream holds many images, by its tag.
        let stored = stored_image(source, registries).map(|(_, image)| image);
        let own = match &stored {
            Some(image) => [Some(image.name()), Some(image.tag())],
            None => [
                Some(last_part(&source.repository)),
                mapping.source.wildcard.as_deref().or(source.tag.as_deref()),
            ],
        };
        let names = own.into_iter().chain([mapping.tag()]).flatten();
        Self {
            names: names.map(str::to_owned).collect(),
            repository: mapping.destination.reference.reference.repository_text(),
            is_nameless: source.digest.is_some()
                && registries.qci.contains(&source.repository_text()),
            file,
            mapping,
            stored,
        }
    }

    /// What the destination's repository is called.
    fn name(&self) -> &str {
        last_part(&self.repository)
    }

    /// The names of the source: its stream and its tag.
    fn of_source(&self) -> impl Iterator<Item = &str> {
        self.names.iter().take(2).map(|name| &**name)
    }

    /// Whether the repository is called like the image, or the image is kept as QCI keeps it, all in one
    /// repository.
    fn is_called_alike(&self) -> bool {
        let is_named_by_tag = |image: &ImageStreamTag| {
            let qci = image.to_qci("");
            let tag = self.mapping.destination.reference.reference.tag.as_deref();
            tag == qci.strip_prefix(':')
        };
        self.names.iter().any(|other| alike(self.name(), other))
            || self.stored.as_ref().is_some_and(is_named_by_tag)
    }

    /// Where the source stands, which the mappings of a line share.
    fn source(&self) -> (&RepoPath, Span) {
        (&self.file.file.path, self.mapping.source.span)
    }

    /// What the image is called in all versions.
    fn image(&self) -> Vec<String> {
        self.of_source().map(unversioned).collect()
    }

    fn is_named_like_source(&self) -> bool {
        self.of_source().any(|name| name == self.name())
    }

    /// Whether it takes the image that `other` takes, whatever the version: streams and tags are called
    /// alike, or that of the two is which names the other's repository.
    fn is_same_image(&self, other: &Self) -> bool {
        let both = self.of_source().zip(other.of_source());
        let mut same = both.filter(|(own, other)| unversioned(own) == unversioned(other));
        match (same.next(), same.next()) {
            (Some(_), Some(_)) => true,
            (Some((_, name)), None) => alike(other.name(), name),
            _ => false,
        }
    }
}

/// `mapping-destination-name`: what the name of the image tells is a hint; a warning needs other lines
/// that tell, or a name that is misspelt.
pub(super) fn destination_name(checkout: &Checkout, drafts: &mut Drafts) {
    let effort = Effort::default();
    for set in checkout.mirroring().sets.values() {
        let files = checkout.mirroring().files[set.files.clone()].iter();
        let pushes: Vec<Push<'_>> = files
            .flat_map(|file| {
                let mappings = file.lines().iter().flat_map(|line| &line.mappings);
                mappings.map(move |mapping| (file, mapping))
            })
            .map(|(file, mapping)| Push::of(file, mapping, &checkout.conventions.registries))
            .filter(|push| !push.name().is_empty())
            .collect();
        let set = Set::of(&pushes);
        let mut before = None;
        for push in &pushes {
            // What is said of a line is said once.
            if before != Some(push.source())
                && let Some(draft) = of_push(push, &set, &effort)
            {
                before = Some(push.source());
                let path = &push.file.file.path;
                let destination = of_destination(push);
                let draft = draft.follows_from(joined_at(&destination));
                let host = push.mapping.destination.reference.reference.host.as_deref();
                let draft =
                    draft.follows_from_any(host.map(|host| unusual_host::misspelt(path, host)));
                let draft = draft.follows_from(super::written_twice(path, &push.mapping.key()));
                drafts.push(draft.follows_from(super::copied(path)));
            }
        }
    }
}

/// What the mappings of a set have in common.
struct Set<'p, 'c> {
    by_repository: BTreeMap<&'p str, Vec<&'p Push<'c>>>,
    by_image: BTreeMap<Vec<String>, Vec<&'p Push<'c>>>,
    /// Whether repositories are usually called exactly like what they get.
    names_like_sources: bool,
}

impl<'p, 'c> Set<'p, 'c> {
    fn of(pushes: &'p [Push<'c>]) -> Self {
        let named_alike = pushes.iter().filter(|push| push.is_named_like_source());
        let named_alike = named_alike.count();
        let mut set = Self {
            by_repository: BTreeMap::new(),
            by_image: BTreeMap::new(),
            names_like_sources: named_alike >= COMMON && named_alike * 2 >= pushes.len(),
        };
        for push in pushes {
            let repository = set.by_repository.entry(&push.repository).or_default();
            repository.push(push);
            set.by_image.entry(push.image()).or_default().push(push);
        }
        set
    }
}

fn of_push(push: &Push<'_>, set: &Set<'_, '_>, effort: &Effort) -> Option<Draft> {
    let is_alike = push.is_called_alike();
    if push.is_nameless {
        return None;
    }
    if push.stored.is_none() {
        // An image of others is called as its user likes.
        return (!is_alike).then(|| draft(push));
    }
    if push.is_named_like_source() {
        return None;
    }
    if let Some(other) = swapped_with(push, set) {
        return Some(draft_of_swapped(push, other));
    }
    // So many tell as much as all.
    let others = |of: &[&'_ Push<'_>]| -> Vec<usize> {
        let others = of
            .iter()
            .enumerate()
            .filter(|(_, other)| other.source() != push.source());
        others.map(|(at, _)| at).take(MAX_OTHERS).collect()
    };
    let beside = &set.by_repository[&*push.repository];
    let others_beside = others(beside);
    if others_beside.is_empty()
        && let Some((right, why)) = misspelt(push, set, effort)
    {
        return Some(draft_of_misspelt(push, &right, &why));
    }
    if others_beside
        .iter()
        .any(|&at| push.is_same_image(beside[at]))
    {
        return (!is_alike).then(|| draft(push));
    }
    if others_beside.len() >= SIBLINGS {
        let first = beside[others_beside[0]];
        let is_theirs = others_beside
            .iter()
            .all(|&at| beside[at].is_same_image(first));
        return if is_theirs && (!is_alike || first.is_named_like_source()) {
            let message = "takes another image, as the other lines do that push there";
            Some(warning(push).related(of_destination(first), message))
        } else {
            (!is_alike).then(|| draft(push))
        };
    }
    if is_alike {
        return None;
    }
    // Where the same image goes on other lines.
    let image = &set.by_image[&push.image()];
    let elsewhere = others(image);
    let is_same = |other: &Push<'_>| other.mapping.source.key() == push.mapping.source.key();
    let mut own = elsewhere.iter().map(|&at| image[at]);
    let own = own.find(|other| is_same(other) && other.is_called_alike());
    if let Some(own) = own {
        let message = "where the same image is pushed too";
        return Some(warning(push).related(of_destination(own), message));
    }
    let usual = elsewhere.first().map(|&at| image[at]);
    let usual = usual.filter(|usual| {
        let mut others = elsewhere.iter().map(|&at| image[at]);
        elsewhere.len() >= SIBLINGS
            && others_beside.is_empty()
            && others.all(|other| other.repository == usual.repository && !is_same(other))
    });
    Some(match usual {
        Some(usual) => {
            let message = "where the other lines push this image";
            warning(push).related(of_destination(usual), message)
        }
        None => draft(push),
    })
}

/// The push to the repository that is called like this one's image, where it takes the image that this one's
/// repository is called after.
fn swapped_with<'p, 'c>(push: &Push<'_>, set: &Set<'p, 'c>) -> Option<&'p Push<'c>> {
    let account = push.repository.strip_suffix(push.name())?;
    let own = push.of_source().map(|own| format!("{account}{own}"));
    let there = own.filter_map(|repository| set.by_repository.get(&*repository));
    let mut there = there.flat_map(|pushes| pushes.iter().take(MAX_OTHERS));
    // One that is called like what it takes is right.
    let is_swapped = |other: &&&'p Push<'c>| {
        let takes_ours = other.of_source().any(|name| name == push.name());
        takes_ours && !other.is_named_like_source()
    };
    there.find(is_swapped).copied()
}

fn draft_of_swapped(push: &Push<'_>, other: &Push<'_>) -> Draft {
    let (own, theirs) = (push.name(), other.name());
    let message = format!("`{own}` takes what `{theirs}` is called after, and the other way round");
    let (first, second) = (own.min(theirs), own.max(theirs));
    Draft::new(of_destination(push), push.mapping.key(), message)
        .severity(Severity::Warning)
        .help("the destinations of two lines are swapped: let each repository have the image of its name")
        .related(of_destination(other), "the other one")
        .explains(super::in_doubt(push.file, &push.mapping.source))
        .one_of_many(format!("{first} and {second} are swapped in {}",
            push.file.file.path))
}

/// What the repository is called if its name is misspelt, and what tells: other lines with the same
/// image, or the image's own name.
fn misspelt(push: &Push<'_>, set: &Set<'_, '_>, effort: &Effort) -> Option<(String, String)> {
    let name = push.name();
    if name.len() < SHORTEST {
        return None;
    }
    let limit = likeness::slips(name, MOST_EDITS).max(1);
    let is_near = |other: &str| {
        let is_version = unversioned(name) == unversioned(other);
        !is_version && likeness::distance_within(name, other, limit, effort).is_some()
    };
    let account = push.repository.strip_suffix(name)?;
    let repositories = set.by_repository.iter();
    for (repository, pushes) in repositories.take_while(|_| effort.spend(LOOKUP)) {
        let other = repository.strip_prefix(account);
        let Some(other) = other.filter(|other| is_near(other)) else {
            continue;
        };
        let mut some = pushes.iter().take(MAX_OTHERS);
        if pushes.len() >= SIBLINGS && some.any(|other| push.is_same_image(other)) {
            let why = format!("{} destinations are called `{other}`", pushes.len());
            return Some((other.to_owned(), why));
        }
    }
    if !set.names_like_sources {
        return None;
    }
    let own = push.of_source().find(|own| is_near(own))?;
    Some((own.to_owned(), format!("the image is called `{own}`")))
}

fn draft_of_misspelt(push: &Push<'_>, right: &str, why: &str) -> Draft {
    let span = push.mapping.destination.span;
    let text = push.file.file.slice(span);
    let name = push.name();
    let message = format!("no other line pushes to a repository called `{name}`, and {why}");
    let source = push.file.place(push.mapping.source.span);
    let draft = Draft::new(push.file.place(span), push.mapping.key(), message)
        .severity(Severity::Warning)
        .explains(super::in_doubt(push.file, &push.mapping.source))
        .follows_from(unprovided_at(&source))
        .help(format!("if it is misspelt, write `{right}`"));
    let Some(at) = text.find(&*push.repository) else {
        return draft;
    };
    let end = span.start as usize + at + push.repository.len();
    let place = push.file.place(Span::new(end - name.len(), end));
    draft.fix(Fix::safe(format!("change to `{right}`"), place, right).to_review())
}

fn of_destination(push: &Push<'_>) -> Place {
    push.file.place(push.mapping.destination.span)
}

fn draft(push: &Push<'_>) -> Draft {
    let name = push.name();
    let image = match &push.stored {
        Some(image) => image.to_string(),
        None => push.mapping.source.to_string(),
    };
    Draft::new(
        of_destination(push),
        push.mapping.key(),
        format!("`{image}` goes to a repository called `{name}`"),
    )
    .help("nothing is wrong if this is meant; it may be left over from a copied line")
}

fn warning(push: &Push<'_>) -> Draft {
    let source = push.file.place(push.mapping.source.span);
    draft(push)
        .severity(Severity::Warning)
        .follows_from(unprovided_at(&source))
        .explains(super::in_doubt(push.file, &push.mapping.source))
}

fn last_part(repository: &str) -> &str {
    repository.rsplit('/').next().unwrap_or(repository)
}

/// A name without its numbers, which are those of versions.
fn unversioned(name: &str) -> String {
    name.replace(|c: char| c.is_ascii_digit() || c == '.', "")
}

/// Whether one name holds the other, separators aside.
fn alike(one: &str, other: &str) -> bool {
    let fold = |name: &str| name.replace(['-', '_', '.'], "").to_lowercase();
    let (one, other) = (fold(one), fold(other));
    let other = other.trim_end_matches('*');
    one.contains(other) || other.contains(&*one)
}
