//! What one job says unlike all others: a misspelt name, or a line that was lost on the way from the
//! job that it was copied from.

mod aspects;

use std::collections::BTreeSet;

use super::wrong_part;
use crate::checkout::Checkout;
use crate::checkout::images::{Resolution, respelled, stored_image_in};
use crate::checks::Drafts;
use crate::checks::habit::Habit;
use crate::checks::image::near_miss;
use crate::checks::mapping;
use crate::finding::{Draft, Fix, Place};
use crate::model::prow_jobs::Job;
use crate::model::{File, FileKind, Statements};
use crate::syntax::likeness::{asked, differ_in_number, most_alike};
use crate::tree::RepoPath;
use aspects::{Alike, Aspect, CLUSTER, OF_ALL, OF_MIRROR_JOBS, Value, is_checked_elsewhere};

/// Fewer jobs are no habit.
const FEW: usize = 3;

/// One of so many jobs may be without what the others have, and it is a habit still.
const EXCEPTION: usize = 10;

/// `prow-job-unusual`
pub(super) fn unusual(checkout: &Checkout, drafts: &mut Drafts) {
    let all: Vec<JobIn<'_>> = checkout.jobs().collect();
    let mirror_jobs = checkout.mirroring().jobs.iter();
    let mirror_jobs: Vec<JobIn<'_>> = mirror_jobs.map(|job| (&*job.file, job.job())).collect();
    let clusters: BTreeSet<&str> = secret_clusters(checkout).collect();
    let mut told = BTreeSet::new();
    for (kind, jobs, aspects) in [
        ("mirror jobs", mirror_jobs, OF_MIRROR_JOBS),
        ("jobs", all, OF_ALL),
    ] {
        for aspect in aspects {
            Comparison::of(checkout, &clusters, kind, &jobs, aspect).run(&mut told, drafts);
        }
    }
}

/// The clusters that secrets go to or could go to.
fn secret_clusters(checkout: &Checkout) -> impl Iterator<Item = &str> {
    let groups = checkout
        .files_of(&[FileKind::SecretBootstrap, FileKind::GsmConfig])
        .flat_map(|file| match &file.statements {
            Statements::SecretBootstrap(config) => &*config.groups,
            Statements::Gsm(config) => &*config.groups,
            _ => &[],
        });
    let grouped = groups.flat_map(|(_, clusters)| clusters);
    let grouped = grouped.map(|cluster| &*cluster.value);
    grouped.chain(checkout.secrets().clusters())
}

type JobIn<'c> = (&'c File, &'c Job);

/// All jobs of a kind in one aspect.
struct Comparison<'c, 'j> {
    checkout: &'c Checkout,
    /// Where secrets go.
    clusters: &'j BTreeSet<&'c str>,
    /// What the jobs are called.
    kind: &'static str,
    jobs: &'j [JobIn<'c>],
    aspect: &'static Aspect,
    /// What each of them says.
    values: Vec<Vec<Value<'c>>>,
    habit: Habit<'c, usize>,
}

impl<'c, 'j> Comparison<'c, 'j> {
    fn of(
        checkout: &'c Checkout,
        clusters: &'j BTreeSet<&'c str>,
        kind: &'static str,
        jobs: &'j [JobIn<'c>],
        aspect: &'static Aspect,
    ) -> Self {
        let values: Vec<_> = jobs
            .iter()
            .map(|(_, job)| (aspect.values)(&checkout.conventions, job))
            .collect();
        let mut habit = Habit::default();
        for (number, values) in values.iter().enumerate() {
            for (value, _) in values {
                habit.add(number, value);
            }
        }
        Self {
            checkout,
            clusters,
            kind,
            jobs,
            aspect,
            values,
            habit,
        }
    }

    /// Adds what is odd at a place where nothing was `told` before.
    fn run(&self, told: &mut BTreeSet<(&'c RepoPath, u32)>, drafts: &mut Drafts) {
        for ((file, job), values) in self.jobs.iter().zip(&self.values) {
            let name = job.called();
            let topic = || wrong_part(name, self.aspect.part);
            for (value, span) in values {
                let place = Place::new(&file.path, *span);
                // The registry starts where the image does.
                let start = (&file.path, span.start);
                if !told.contains(&start)
                    && let Some(draft) = self.odd(name, value, &place)
                {
                    drafts.push(draft.explains(topic()));
                    told.insert(start);
                }
            }
            for (what, count, consequence) in self.missing(values) {
                let place = Place::new(&file.path, job.anchor());
                let message = format!(
                    "job `{name}` has no {what}, which {count} of {} {} have",
                    self.jobs.len(),
                    self.kind
                );
                let draft = Draft::new(place, format!("{name} without {what}"), message);
                let help = format!("{consequence}; add it as the others have it");
                drafts.push(draft.help(help).follows_from(topic()));
            }
        }
    }

    /// Of what stands at `place`, whether other jobs say it otherwise.
    fn odd(&self, job: &str, value: &str, place: &Place) -> Option<Draft> {
        let (what, kind) = (self.aspect.name, self.kind);
        let draft = |message| {
            let draft = Draft::new(place.clone(), format!("{job} {what} {value}"), message);
            match what {
                CLUSTER => draft.explains(mapping::strays(job)),
                _ => draft,
            }
        };
        if self.aspect.alike == Alike::Free || self.habit.count(value) > 1 {
            return None;
        }
        let unusual = self.habit.unusual(value);
        if let Some((near, count)) = unusual.and_then(|unusual| unusual.near)
            && !differ_in_number(near, value)
        {
            let fix = Fix::of_value(format!("change to `{near}`"), place.clone(), near);
            return Some(
                draft(format!(
                    "{what} `{value}` stands in job `{job}` alone; {count} {kind} have `{near}`"
                ))
                .help(format!("did you mean `{near}`?"))
                .maybe_fix(fix.map(Fix::to_review)),
            );
        }
        match self.aspect.alike {
            Alike::Same => {
                let (most, count) = self.habit.most()?;
                let others = self.jobs.len() - 1;
                let is_fine = self.checkout.conventions.mirror_jobs.new.cluster == value;
                (count >= FEW && count == others && !is_fine).then(|| {
                    draft(format!(
                        "{what} of job `{job}` is `{value}`, that of the {count} other {kind} `{most}`"
                    ))
                    .help(format!("write `{most}`, unless this job has to differ"))
                })
            }
            Alike::Image => self.unprovided(value, place, draft),
            Alike::Cluster => {
                let is_known = !self.checkout.secrets().has_bootstrap
                    || self.clusters.contains(value)
                    || self.checkout.conventions.mirror_jobs.new.cluster == value;
                let of_jobs = self.habit.counts().map(|(cluster, _)| cluster);
                let others = of_jobs.chain(self.clusters.iter().copied());
                let others = others.filter(|other| !differ_in_number(other, value));
                (!is_known).then(|| {
                    let near = most_alike(value, others);
                    draft(format!(
                        "no other job runs in cluster `{value}`, and no secret goes there"
                    ))
                    .help(format!(
                        "Prow cannot make the pod where there is no such cluster{}",
                        asked(near)
                    ))
                    .alternatives(near.and_then(|near| Fix::alternative(place.clone(), near)))
                })
            }
            Alike::Free | Alike::Spelt | Alike::Names => None,
        }
    }

    /// An image of the central registry that nobody publishes, and nearly one that somebody does.
    fn unprovided(
        &self,
        value: &str,
        place: &Place,
        draft: impl Fn(String) -> Draft,
    ) -> Option<Draft> {
        let images = self.checkout.images();
        let (_, tag) = stored_image_in(value, &self.checkout.conventions.registries)?;
        let Resolution::Missing(what) = images.resolve(&tag) else {
            return None;
        };
        if self.checkout.known().has(&tag) {
            return None;
        }
        let near = images.near_misses().of(&tag);
        if near.is_empty() {
            return None;
        }
        let text = self.checkout.text(&place.path).unwrap_or_default();
        let word = text.get(place.span.range()).unwrap_or_default();
        let alternatives = near.iter().filter_map(|near| {
            let (span, new) = respelled(word, &tag, &near.tag)?;
            let place = Place::new(&place.path, span.shifted(place.span.start as usize));
            let title = format!("change to `{}`", near.tag);
            Some(Fix::safe(title, place, new).to_review())
        });
        let draft = draft(near_miss::what_is_missing(&tag, what));
        let draft = draft.help(near_miss::advice(&near));
        Some(draft.alternatives(alternatives))
    }

    /// What a job with these `values` is without and nearly all others have, how many do, and what comes
    /// of it.
    fn missing(&self, values: &[Value<'c>]) -> Vec<(String, usize, &'static str)> {
        let Some(consequence) = self.aspect.without else {
            return Vec::new();
        };
        let total = self.jobs.len();
        let is_usual =
            |count: usize| count >= FEW && (total - count) * EXCEPTION <= total.max(EXCEPTION);
        let what = self.aspect.name;
        if self.aspect.alike == Alike::Names {
            let counts = self.habit.counts();
            return counts
                .filter(|(_, count)| is_usual(*count))
                .filter(|(name, _)| values.iter().all(|(value, _)| value != name))
                .filter(|(name, _)| !is_checked_elsewhere(&self.checkout.conventions, name))
                .map(|(name, count)| (format!("{what} `{name}`"), count, consequence))
                .collect();
        }
        let count = self.values.iter().filter(|own| !own.is_empty()).count();
        let is_missing = values.is_empty() && is_usual(count);
        let missing = is_missing.then(|| (format!("`{what}`"), count, consequence));
        missing.into_iter().collect()
    }
}
