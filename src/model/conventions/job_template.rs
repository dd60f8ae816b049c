//! The mirror job that a set should have, as `rules/mirror-job.yaml` writes it.

use super::Facts;
use crate::syntax::placeholders::{fill_yaml, yaml_scalar};

/// The job as a text, with names in braces for what differs.
const TEMPLATE: &str = include_str!("../../../rules/mirror-job.yaml");

/// What one mirror job has in its own way.
#[derive(Clone, Copy, Debug)]
pub struct JobForm<'c> {
    /// Where it runs.
    pub cluster: &'c str,
    /// The image that it runs.
    pub image: &'c str,
    /// The shell line that it runs; `None` for the image's entry point, as in jobs of 2024.
    pub script: Option<&'c str>,
}

impl Facts {
    /// The form of a new job.
    #[must_use]
    pub fn new_job(&self) -> JobForm<'_> {
        let new = &self.mirror_jobs.new;
        JobForm {
            cluster: &new.cluster,
            image: &new.image,
            script: Some(&new.script),
        }
    }

    /// What the secret with the credentials for an organisation of quay.io is called by convention.
    #[must_use]
    pub fn push_secret(&self, organisation: &str) -> String {
        format!("{}{organisation}", self.secrets.push_prefix)
    }

    /// A job of this form for the mirror set `set`, which pushes with the credentials in `secret`.
    #[must_use]
    pub fn job_for(&self, set: &str, secret: &str, form: JobForm<'_>) -> String {
        let jobs = &self.mirror_jobs;
        let (pod, run) = match form.script {
            Some(script) => {
                let script = yaml_scalar(script.trim());
                let run =
                    format!("args:\n      - -c\n      - {script}\n      command:\n      - bash");
                (&jobs.new.pod, run)
            }
            None => {
                let run = format!("command:\n      - {}", jobs.entry_point.command);
                (&jobs.entry_point.pod, run)
            }
        };
        let mapping_file = format!("{}{}", self.mapping_files.prefix, set.replace('-', "_"));
        fill_yaml(TEMPLATE.trim_end(), |name| {
            Some(match name {
                "area" => &jobs.labels.area,
                "cluster" => form.cluster,
                "config_map" => &jobs.config_map,
                "credentials" => &jobs.credentials,
                "dry_run" => &jobs.variables.dry_run,
                "home" => &pod.home,
                "image" => form.image,
                "mapping_file" => &mapping_file,
                "mapping_prefix" => &jobs.variables.mapping_prefix,
                "mirrors" => &jobs.role,
                "mount" => &jobs.mount,
                "name_prefix" => &jobs.name_prefix,
                "pull_policy" => &pod.pull_policy,
                "role" => &jobs.labels.role,
                "run" => &run,
                "secret" => secret,
                "set" => set,
                _ => return None,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::conventions::{Conventions, ConventionsError};
    use crate::model::{FileKind, parse};
    use crate::tree::RepoPath;

    #[test]
    fn a_job_from_the_template_mirrors_its_set() -> Result<(), ConventionsError> {
        let conventions = Conventions::builtin()?;
        let new = conventions.new_job();
        let of_2024 = JobForm {
            script: None,
            ..new
        };
        for (form, home) in [(new, "/tmp/user"), (of_2024, "/home/mirror")] {
            let text = conventions.job_for("acme-x", "push-acme-x", form);
            assert!(!text.contains('{'), "{text}");
            assert!(text.contains(&format!("mountPath: {home}/.docker/config.json\n")));
            let text = format!("periodics:\n{text}\n");
            let path = RepoPath::new(&conventions.mirror_jobs.file);
            let file = parse(path, FileKind::ProwJobs, text.into_bytes());
            assert!(file.faults.is_empty(), "{:?}", file.faults);
            let [job] = file.jobs() else {
                panic!("{:?}", file.jobs());
            };
            assert!(job.faults.is_empty(), "{:?}", job.faults);
            assert!(conventions.mirror_jobs.is_one(job));
            let value = |text: &crate::model::Text| text.value.to_string();
            assert_eq!(
                job.name.as_ref().map(value).as_deref(),
                Some("periodic-image-mirroring-acme-x")
            );
            let variables = job
                .containers()
                .filter_map(|c| c.env("MAPPING_FILE_PREFIX"));
            let prefixes: Vec<_> = variables
                .filter_map(|v| v.value.as_ref())
                .map(value)
                .collect();
            assert_eq!(prefixes, ["mapping_acme_x"]);
        }
        Ok(())
    }
}
