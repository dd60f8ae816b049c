//! The form that a new mirror job has in a checkout: that of the jobs which are there.

use super::Mirroring;
use crate::checkout::Checkout;
use crate::model::Text;
use crate::model::conventions::{Facts, JobForm};

/// How many bytes of another job are worth repeating.
const MAX_MODEL: usize = 2000;

impl Checkout {
    /// The form of the last job that asks for mapping files by a variable, which is most likely the
    /// newest; where there is none, the form that the conventions have, on a cluster that has the mapping
    /// files.
    #[must_use]
    pub fn form_of_new_job(&self) -> JobForm<'_> {
        let form = self.mirroring().newest_form(&self.conventions);
        form.unwrap_or_else(|| {
            let form = self.conventions.new_job();
            let map = self.mapping_files_map();
            let clusters = map.map_or(&[][..], |(_, map)| &map.clusters).iter();
            let namespace = &*self.conventions.prow.namespace;
            let clusters = clusters.filter(|(own, namespaces)| {
                let has_it = namespaces.iter().any(|own| &*own.value == namespace);
                has_it && own.value.len() <= MAX_MODEL
            });
            let mut names = clusters.map(|(own, _)| &*own.value);
            let first = names.clone().next();
            match names.find(|own| *own == form.cluster).or(first) {
                Some(cluster) => JobForm { cluster, ..form },
                None => form,
            }
        })
    }
}

impl Mirroring {
    fn newest_form<'c>(&'c self, conventions: &'c Facts) -> Option<JobForm<'c>> {
        let known = &conventions.mirror_jobs;
        let new = conventions.new_job();
        let form = self.jobs.iter().rev().find_map(|job| {
            let mut containers = job.job().containers();
            let variable = &known.variables.mapping_prefix;
            let container = containers.find(|container| container.env(variable).is_some())?;
            let mut runs = container.arguments.iter().map(|argument| &*argument.value);
            let is_script = |run: &str| {
                let mut scripts = known.scripts.iter();
                scripts.any(|script| run.contains(&script.name))
            };
            let entry_point = &*known.entry_point.command;
            let run = runs
                .find(|run| is_script(run) || *run == entry_point)?
                .trim();
            Some(JobForm {
                cluster: value(job.job().cluster.as_ref()).unwrap_or(new.cluster),
                image: value(container.image.as_ref()).unwrap_or(new.image),
                script: (run != entry_point).then_some(run),
            })
        })?;
        // It is repeated at each file that no job reads.
        let length = form.cluster.len() + form.image.len() + form.script.map_or(0, str::len);
        let is_line = form.script.is_none_or(|script| !script.contains('\n'));
        (length <= MAX_MODEL && is_line).then_some(form)
    }
}

fn value(text: Option<&Text>) -> Option<&str> {
    text.map(|text| &*text.value)
}
