//! A finding on its way from a check to a report.

use super::{Affected, Finding, Fix, Links, Nature, Place, Related, Severity, fnv, words};
use crate::limits::MAX_RELATED;
use crate::tree::RepoPath;

/// A finding as a check words it, before the rule that asked puts its name and severity on it.
///
/// There is none without a place, an entity and a message.
#[derive(Clone, Debug)]
pub struct Draft {
    place: Place,
    entity: String,
    message: String,
    severity: Option<Severity>,
    is_lowered: bool,
    is_worded_by_others: bool,
    help: Option<String>,
    related: Vec<Related>,
    related_given: usize,
    related_total: usize,
    affected: Affected,
    fix: Option<Fix>,
    alternatives: Vec<Fix>,
    links: Links,
}

impl Draft {
    /// At `place`, `message` holds of `entity`.
    ///
    /// The entity names the thing that is wrong (a destination, an ImageStreamTag in a field), so
    /// that the finding is the same one after lines moved. It takes part in the fingerprint, and so do
    /// the words of the message outside backticks: they tell apart what may be wrong with one thing.
    #[must_use]
    pub fn new(place: Place, entity: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place,
            entity: entity.into(),
            message: message.into(),
            severity: None,
            is_lowered: false,
            is_worded_by_others: false,
            help: None,
            related: Vec::new(),
            related_given: 0,
            related_total: 0,
            affected: Affected::default(),
            fix: None,
            alternatives: Vec::new(),
            links: Links::default(),
        }
    }

    /// Why it matters, and the next step a contributor can take.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The help, when there is some.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// A severity for this case, in place of the rule's own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// A hint, because something else says the same; it is as bad as it was all the same, and so the
    /// same finding once nothing else does.
    #[must_use]
    pub fn lowered(mut self) -> Self {
        self.is_lowered = true;
        self
    }

    /// How the message puts it depends on other things: the entity alone says what is wrong.
    #[must_use]
    pub fn worded_by_others(mut self) -> Self {
        self.is_worded_by_others = true;
        self
    }

    /// Another place that belongs to it; only counted when there are `MAX_RELATED` already.
    #[must_use]
    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        if self.related.len() < MAX_RELATED {
            self.related.push(Related {
                place,
                message: message.into(),
            });
        }
        self.related_given += 1;
        self
    }

    /// How many other places there are, where a check gives only the first.
    #[must_use]
    pub fn related_total(mut self, total: usize) -> Self {
        self.related_total = total;
        self
    }

    /// Files of others that it breaks.
    #[must_use]
    pub fn affects<'p>(mut self, paths: impl IntoIterator<Item = &'p RepoPath>) -> Self {
        self.affected = Affected::join([&self.affected, &Affected::of(paths)].into_iter());
        self
    }

    /// Other places, all of them: for those of which each belongs to one finding only.
    #[must_use]
    pub fn related_all(mut self, related: impl IntoIterator<Item = (Place, String)>) -> Self {
        let before = self.related.len();
        let related = related.into_iter();
        self.related
            .extend(related.map(|(place, message)| Related { place, message }));
        self.related_given += self.related.len() - before;
        self
    }

    /// What would remove the finding.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The fix, when there is one.
    #[must_use]
    pub fn maybe_fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix.or(self.fix);
        self
    }

    /// What would remove the finding too, should that be meant; the likeliest first.
    #[must_use]
    pub fn alternatives(mut self, alternatives: impl IntoIterator<Item = Fix>) -> Self {
        self.alternatives.extend(alternatives);
        self
    }

    /// What has this topic follows from it, see [`Links`].
    #[must_use]
    pub fn explains(mut self, topic: String) -> Self {
        self.links.explains.push(topic);
        self
    }

    /// It follows from what explains this topic, or one given before, see [`Links`].
    #[must_use]
    pub fn follows_from(mut self, topic: String) -> Self {
        self.links.follows_from.push(topic);
        self
    }

    /// It follows from what explains any of these topics.
    #[must_use]
    pub fn follows_from_any(mut self, topics: impl IntoIterator<Item = String>) -> Self {
        self.links.follows_from.extend(topics);
        self
    }

    /// Whatever else has this topic has the same cause: of all of them one is shown, and explains the others.
    #[must_use]
    pub fn one_of_many(self, topic: String) -> Self {
        self.follows_from(topic.clone()).explains(topic)
    }

    /// The same thing is found at other places too, each with a finding of the same rule and entity.
    #[must_use]
    pub fn one_end(mut self) -> Self {
        self.links.is_one_end = true;
        self
    }

    /// What it has to do with others.
    #[must_use]
    pub fn with_links(mut self, links: Links) -> Self {
        self.links = links;
        self
    }

    /// What it has to do with others.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The order among those of one rule, see [`Finding::order`].
    #[must_use]
    pub fn order(&self) -> (&Place, &str) {
        (&self.place, &self.message)
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The finding, in the name of `rule`.
    #[must_use]
    pub fn into_finding(mut self, rule: &str, severity: Severity) -> Finding {
        if let Some(fix) = &self.fix {
            self.alternatives.retain(|other| other.edits != fix.edits);
        }
        let severity = self.severity.unwrap_or(severity);
        let words = match self.is_worded_by_others {
            true => 0,
            false => fnv(words(&self.message)),
        };
        Finding {
            rule: rule.to_owned(),
            severity: match self.is_lowered {
                true => Severity::Hint,
                false => severity,
            },
            nature: Nature { severity, words },
            place: self.place,
            entity: self.entity,
            message: self.message,
            help: self.help,
            related: self.related,
            related_total: self.related_total.max(self.related_given),
            affected: self.affected,
            fix: self.fix,
            alternatives: self.alternatives,
            class: None,
            links: self.links,
            caused_by: None,
        }
    }
}
