//! What a check finds: a place, what is wrong there, and what to do.

mod affected;
mod draft;
mod lines;
mod past;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::limits::MAX_ENTITY;
use crate::syntax::span::Span;
use crate::tree::RepoPath;

pub use affected::{Affected, AffectedFile, Owners, Team, teams};
pub use draft::Draft;
pub use lines::LineIndexes;
pub use past::{CommitInfo, Fate, PastCommit, PastFinding};

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing breaks.
    #[default]
    Hint,
    /// Probably wrong, or wrong only under conditions the tree does not show.
    Warning,
    /// Breaks something.
    Error,
}

impl Severity {
    /// The word that every format uses for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A span of one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub path: RepoPath,
    /// The bytes of it.
    pub span: Span,
}

impl Place {
    /// `span` of the file at `path`.
    #[must_use]
    pub fn new(path: &RepoPath, span: Span) -> Self {
        Self {
            path: path.clone(),
            span,
        }
    }

    /// The file as a whole: its name, its existence.
    #[must_use]
    pub fn whole_file(path: &RepoPath) -> Self {
        Self::new(path, Span::whole_file())
    }
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What it has to do with the finding.
    pub message: String,
}

/// Whether a fix can be applied unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// The one right answer.
    Safe,
    /// Probably right; look at it.
    Unsafe,
}

/// Replaces the bytes of `place` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub place: Place,
    /// What stands there afterwards.
    pub text: String,
}

/// Gives a file another path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// What it is called now.
    pub from: RepoPath,
    /// What it is to be called.
    pub to: RepoPath,
}

/// A change that removes a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Whether it can be applied unseen.
    pub applicability: Applicability,
    /// What it does, as an imperative.
    pub title: String,
    /// The edits, none of which overlap.
    pub edits: Vec<Edit>,
    /// Files to rename once the edits are made.
    pub renames: Vec<Rename>,
}

impl Fix {
    /// A fix that replaces the text at one place and is the one right answer.
    #[must_use]
    pub fn safe(title: impl Into<String>, place: Place, text: impl Into<String>) -> Self {
        Self {
            applicability: Applicability::Safe,
            title: title.into(),
            edits: vec![Edit {
                place,
                text: text.into(),
            }],
            renames: Vec::new(),
        }
    }

    /// The same for a value that may be an empty block scalar, which leaves nothing to replace.
    #[must_use]
    pub fn of_value(
        title: impl Into<String>,
        place: Place,
        text: impl Into<String>,
    ) -> Option<Self> {
        let is_there = !place.span.is_empty();
        is_there.then(|| Self::safe(title, place, text))
    }

    /// A fix that puts a name that looks alike in the place of the text at `place`, one of several that
    /// may be meant; none where nothing stands there.
    #[must_use]
    pub fn alternative(place: Place, name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        Self::of_value(format!("change to `{name}`"), place, name).map(Self::to_review)
    }

    /// A fix that renames a file and is the one right answer.
    #[must_use]
    pub fn rename(title: impl Into<String>, from: &RepoPath, to: &RepoPath) -> Self {
        Self {
            applicability: Applicability::Safe,
            title: title.into(),
            edits: Vec::new(),
            renames: vec![Rename {
                from: from.clone(),
                to: to.clone(),
            }],
        }
    }

    /// The same fix, as one to look at first.
    #[must_use]
    pub fn to_review(mut self) -> Self {
        self.applicability = Applicability::Unsafe;
        self
    }
}

/// What a finding has to do with the change under review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The change brings it.
    Introduced,
    /// Neither the change nor the base has it, but their merge does.
    Conflict,
    /// The base has it already.
    PreExisting,
}

impl Class {
    /// The word that every format uses for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Conflict => "conflict",
            Self::PreExisting => "pre-existing",
        }
    }
}

/// Something wrong in the checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The thing that is wrong; see [`Draft::new`].
    pub entity: String,
    /// What is wrong: one sentence, lower case start, no full stop.
    pub message: String,
    /// Why, and the next step.
    pub help: Option<String>,
    /// Other places that belong to it, perhaps only the first of them.
    pub related: Vec<Related>,
    /// How many of these there are.
    pub related_total: usize,
    /// Files of others that it breaks.
    pub affected: Affected,
    /// What would remove it.
    pub fix: Option<Fix>,
    /// What would remove it just as well, should that be meant: the likeliest first, each to be chosen by
    /// somebody who knows.
    pub alternatives: Vec<Fix>,
    /// What it has to do with the change under review, when there is one.
    pub class: Option<Class>,
    /// What it has to do with other findings.
    pub links: Links,
    /// The finding that explains it, once one is found.
    pub caused_by: Option<Cause>,
    /// What tells it from other faults of the same thing.
    pub(crate) nature: Nature,
}

/// What tells the faults of one thing apart, before anybody's config, base or other finding had a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nature {
    /// How bad its rule has it.
    pub(crate) severity: Severity,
    /// A hash of the words of its message, see [`words`].
    words: u64,
}

/// What a finding has to do with others. A topic is a fact in any words that cause and consequence
/// share, such as that nobody provides an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// The topics of what follows from it.
    pub explains: Vec<String>,
    /// The topics of what it would follow from: it does from any of them that is explained, and from
    /// the first of several.
    pub follows_from: Vec<String>,
    /// Whether the same thing is found at other places too, with the same rule and entity.
    pub is_one_end: bool,
    /// What the change under review did where such an end stands.
    pub touched: Touched,
}

/// How near to a place a change came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// Its file is as it was.
    #[default]
    Nothing,
    /// Its file is another.
    File,
    /// Its line is new.
    Line,
}

/// Names the finding that explains another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    /// Its rule.
    pub rule: String,
    /// Where it is.
    pub place: Place,
    /// Its entity.
    pub entity: String,
}

impl Cause {
    /// The name of `finding`.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.clone(),
            place: finding.place.clone(),
            entity: finding.entity.clone(),
        }
    }
}

impl Finding {
    /// A name for the finding that survives moved lines: 16 hex digits of a 64-bit FNV-1a hash
    /// over rule, path, entity, the words of the message and how bad the rule has it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let identity = self.identity().to_string();
        let hash = fnv([identity.as_str(), self.nature.severity.as_str()]);
        format!("{hash:016x}")
    }

    /// The same without how bad it is: one fault may become worse.
    pub(crate) fn identity(&self) -> u64 {
        let words = self.nature.words.to_string();
        fnv([&self.rule, self.place.path.as_str(), &self.entity, &words])
    }

    /// Takes away the fixes that would edit a file which cannot be edited.
    pub(crate) fn drop_fixes_of(&mut self, is_out_of_reach: impl Fn(&RepoPath) -> bool) {
        let edits_it = |fix: &Fix| {
            let mut edits = fix.edits.iter();
            edits.any(|edit| is_out_of_reach(&edit.place.path))
        };
        if self.fix.as_ref().is_some_and(edits_it) {
            self.fix = None;
        }
        self.alternatives.retain(|fix| !edits_it(fix));
    }

    /// Whether the change under review brings it, alone or with what the base did meanwhile.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(self.class, Some(Class::Introduced | Class::Conflict))
    }

    /// The order of every output: path, position, rule, then message.
    #[must_use]
    pub fn order(&self) -> (&Place, &str, &str) {
        (&self.place, &self.rule, &self.message)
    }
}

/// The 64-bit FNV-1a hash of some texts.
fn fnv<'t>(texts: impl IntoIterator<Item = &'t str>) -> u64 {
    let texts = texts.into_iter();
    let bytes = texts.flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The words of a message without names, numbers and plurals: what faults of a kind have in common.
fn words(message: &str) -> impl Iterator<Item = &str> {
    let outside_quotes = message.split('`').step_by(2);
    let words = outside_quotes.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
    let words = words.map(|word| word.strip_suffix('s').unwrap_or(word));
    words.filter(|word| !word.is_empty())
}

/// What stands for a text in the entities of findings: itself, or a hash of it where it is longer
/// than what people write, for there may be thousands of findings in one line.
#[must_use]
pub fn entity_of(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_ENTITY {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{:016x}", fnv([text])))
    }
}
