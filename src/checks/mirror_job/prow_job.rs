//! What Prow refuses in a periodic job (kubernetes-sigs/prow pkg/config/config.go,
//! `validatePeriodics` and `validateJobBase`).

mod pod;

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

use super::{Part, misread, wrong_part};
use crate::checkout::Checkout;
use crate::checks::listing::listed;
use crate::checks::{Drafts, params, schema_fault};
use crate::finding::{Draft, Fix, Place};
use crate::model::conventions::Conventions;
use crate::model::prow_jobs::Job;
use crate::model::schema::{Fault, FaultKind};
use crate::model::{File, FileKind, Statements, Text};
use crate::syntax::kubernetes_name::{is_label_value, is_qualified_name};
use crate::syntax::likeness::{asked, most_alike};
use crate::syntax::schedule::{check_cron, is_duration};
use crate::syntax::span::Span;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProwJob {
    /// What a job may be called.
    name: Name,
    /// The agent that runs pods.
    agent: String,
    /// The agents that run something else, each with what its jobs may be called.
    other_agents: BTreeMap<String, Name>,
    /// The states that a job can be in.
    states: Vec<String>,
}

/// What a job may be called.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name(#[serde(deserialize_with = "params::pattern")] Regex);

/// What comes of a fault.
const CONSEQUENCE: &str = "Prow refuses the whole configuration of jobs";

impl ProwJob {
    /// `prow-job`
    pub(super) fn run(&self, checkout: &Checkout, drafts: &mut Drafts) {
        let mut first: BTreeMap<&str, (bool, Place)> = BTreeMap::new();
        for file in checkout.files_of(&[FileKind::ProwJobs]) {
            let Statements::Jobs(jobs) = &file.statements else {
                continue;
            };
            self.each(&checkout.conventions, file, jobs, drafts);
            for job in jobs {
                let Some(name) = &job.name else {
                    continue;
                };
                let place = Place::new(&file.path, name.span);
                let mirrors = checkout.conventions.mirror_jobs.is_one(job);
                match first.get(&*name.value) {
                    // Two mirror jobs of one name are another rule's finding.
                    Some((true, _)) if mirrors => {}
                    Some((_, first)) => drafts.push(
                        Draft::new(
                            place,
                            name.value.to_string(),
                            format!("there is another job called `{}`", name.value),
                        )
                        .help(format!("{CONSEQUENCE}; rename one of the two"))
                        .related(first.clone(), "the other one"),
                    ),
                    None => {
                        first.insert(&name.value, (mirrors, place));
                    }
                }
            }
        }
    }

    fn each(&self, conventions: &Conventions, file: &File, jobs: &[Job], drafts: &mut Drafts) {
        for job in jobs {
            let mirrors = conventions.mirror_jobs.is_one(job);
            let mut reader = Reader {
                rule: self,
                conventions,
                file,
                job,
                mirrors,
                drafts,
            };
            reader.name();
            reader.schedule();
            reader.decoration();
            reader.agent();
            reader.labels();
            reader.reported_states();
            reader.pod();
            if !mirrors {
                reader.shapes();
            }
        }
    }
}

/// One job while it is looked at.
struct Reader<'c, 'd> {
    rule: &'c ProwJob,
    conventions: &'c Conventions,
    file: &'c File,
    job: &'c Job,
    /// Whether other rules look at the volumes and fields of the job too.
    mirrors: bool,
    drafts: &'d mut Drafts,
}

impl Reader<'_, '_> {
    fn called(&self) -> &str {
        self.job.called()
    }

    fn draft(&self, span: Span, message: String, help: &str) -> Draft {
        Draft::new(
            Place::new(&self.file.path, span),
            format!("{} {message}", self.called()),
            message,
        )
        .help(format!("{CONSEQUENCE}; {help}"))
    }

    /// Something is not there, which may be because it is misspelt.
    fn lack(&mut self, span: Span, message: String, help: &str) {
        let draft = self.draft(span, message, help);
        let topic = wrong_part(self.called(), Part::Job);
        self.drafts.push(draft.follows_from(topic));
    }

    fn fault(&mut self, span: Span, message: String, help: &str) {
        let draft = self.draft(span, message, help);
        self.drafts.push(draft);
    }

    fn name(&mut self) {
        let agent = self.job.agent.as_ref();
        let other = agent.and_then(|agent| self.rule.other_agents.get(&*agent.value));
        let Name(pattern) = other.unwrap_or(&self.rule.name);
        match &self.job.name {
            Some(name) if !pattern.is_match(&name.value) => {
                let message = format!("`{}` cannot be the name of a job", name.value);
                let help = "a name is made of letters, digits, `-`, `.` and `_`";
                self.fault(name.span, message, help);
            }
            None if !self.mirrors => {
                let help = "give it a `name`";
                self.lack(self.job.span, "a job has no name".to_owned(), help);
            }
            _ => {}
        }
    }

    fn schedule(&mut self) {
        let schedule = &self.job.schedule;
        let is_set = |text: &&Text| !text.value.is_empty();
        let all = [
            &schedule.cron,
            &schedule.interval,
            &schedule.minimum_interval,
        ];
        let set: Vec<&Text> = all
            .into_iter()
            .filter_map(|one| one.as_ref().filter(is_set))
            .collect();
        match &*set {
            [] => {
                let message = format!("job `{}` never runs", self.called());
                let help = "say when it runs: `cron`, `interval` or `minimum_interval`";
                self.lack(self.job.anchor(), message, help);
                return;
            }
            [_] => {}
            [_, second, ..] => {
                let message = format!("job `{}` says twice when it runs", self.called());
                let help = "keep one of `cron`, `interval` and `minimum_interval`";
                self.fault(second.span, message, help);
                return;
            }
        }
        if let Some(cron) = schedule.cron.as_ref().filter(is_set)
            && let Err(why) = check_cron(&cron.value)
        {
            let message = format!("`cron` is `{}`, which {why}", cron.value);
            let help = "it is minute, hour, day of the month, month and day of the week, or a name such as `@hourly`";
            self.fault(cron.span, message, help);
        }
        for (field, interval) in [
            ("interval", &schedule.interval),
            ("minimum_interval", &schedule.minimum_interval),
            ("retry.interval", &schedule.retry),
        ] {
            if let Some(interval) = interval.as_ref().filter(is_set) {
                self.duration(field, interval);
            }
        }
    }

    fn decoration(&mut self) {
        for (key, time) in &self.job.decoration_times {
            self.duration(&key.value, time);
        }
    }

    fn duration(&mut self, field: &str, time: &Text) {
        if !is_duration(&time.value) {
            let message = format!("`{field}` is `{}`, which is no duration", time.value);
            let help = "a duration is such as `30m` or `12h`";
            self.fault(time.span, message, help);
        }
    }

    fn agent(&mut self) {
        let own = self.job.agent.as_ref();
        let own = own.filter(|agent| !agent.value.is_empty());
        let agent = own.map_or(&*self.rule.agent, |agent| &agent.value);
        let runs_pods = agent == self.rule.agent;
        let span = own.map_or(self.job.anchor(), |agent| agent.span);
        let is_known = runs_pods || self.rule.other_agents.contains_key(agent);
        if !is_known {
            let message = format!("`{agent}` is no agent that Prow has");
            let help = format!("nothing ever runs the job; write `{}`", self.rule.agent);
            self.drafts.push(self.draft(span, message, "").help(help));
        }
        match &self.job.spec {
            None if runs_pods => {
                let message = format!("job `{}` has no `spec`", self.called());
                let help = "say under `spec` which pod it runs";
                self.lack(self.job.anchor(), message, help);
            }
            Some(_) if self.rule.other_agents.contains_key(agent) => {
                let message = format!("agent `{agent}` of job `{}` takes no `spec`", self.called());
                let help = format!("a job with a pod has `agent: {}`", self.rule.agent);
                self.fault(span, message, &help);
            }
            _ => {}
        }
        if let Some(namespace) = &self.job.namespace
            && runs_pods
            && !namespace.value.is_empty()
            && *namespace.value != *self.conventions.prow.namespace
        {
            let message = format!("job `{}` asks for a namespace of its own", self.called());
            let help = format!(
                "pods run in namespace `{}`; drop it",
                self.conventions.prow.namespace
            );
            self.fault(namespace.span, message, &help);
        }
        if let Some(max) = &self.job.max_concurrency
            && max.value.parse::<u64>().is_err()
            && !self.job.faults.iter().any(|fault| fault.span == max.span)
        {
            let message = format!("`max_concurrency` is `{}`", max.value);
            self.fault(max.span, message, "it is 0, for no limit, or more");
        }
        if let Some(anyone) = self.job.anyone_and_others {
            let message = format!(
                "anyone may run job `{}` again, and some are named who may",
                self.called()
            );
            self.fault(
                anyone,
                message,
                "keep `allow_anyone` or the list of who may",
            );
        }
    }

    fn reported_states(&mut self) {
        for state in &self.job.reported_states {
            let name = &*state.value;
            let known = self.rule.states.iter().map(String::as_str);
            if known.clone().any(|known| known == name) {
                continue;
            }
            let message = format!("`{name}` is no state of a job");
            let place = Place::new(&self.file.path, state.span);
            let entity = format!("{} {message}", self.called());
            let near = most_alike(name, known.clone());
            let draft = Draft::new(place.clone(), entity, message)
                .help(format!(
                    "nothing is ever reported for it; there are {}{}",
                    listed(known, ", "),
                    asked(near)
                ))
                .alternatives(near.and_then(|near| Fix::alternative(place, near)));
            self.drafts.push(draft);
        }
    }

    fn labels(&mut self) {
        let help = "labels are such as Kubernetes takes: letters, digits, `-`, `_` and `.`, 63 at most, a letter or a digit at either end";
        for (key, value) in &self.job.labels {
            let reserved = &self.conventions.prow.reserved.labels;
            if reserved.iter().any(|own| **own == *key.value) {
                let message = format!("label `{}` is Prow's own", key.value);
                self.fault(key.span, message, "remove it");
            } else if !is_qualified_name(&key.value) {
                let message = format!("`{}` cannot be the key of a label", key.value);
                self.fault(key.span, message, help);
            } else if !is_label_value(&value.value) {
                let message = format!("`{}` cannot be the value of a label", value.value);
                self.fault(value.span, message, help);
            }
        }
        for key in &self.job.annotations {
            if !is_qualified_name(&key.value) {
                let message = format!("`{}` cannot be the key of an annotation", key.value);
                self.fault(key.span, message, help);
            }
        }
    }

    /// Fields that Prow does not have, and values that it cannot read.
    fn shapes(&mut self) {
        for fault in self
            .job
            .faults
            .iter()
            .filter(|fault| is_read_otherwise(fault))
        {
            let draft = schema_fault::draft(
                &self.file.path,
                fault,
                "Prow refuses the file, or ignores the field",
            );
            self.drafts.push(misread(draft, self.job.called(), fault));
        }
    }
}

/// Whether Prow does not take the value for what is wanted, as it does a number for a string.
fn is_read_otherwise(fault: &Fault) -> bool {
    !matches!(
        fault.kind,
        FaultKind::Shape {
            expected: "a string",
            found: "a number" | "a truth value"
        }
    )
}
