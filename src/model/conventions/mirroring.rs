//! Mapping files, and the jobs that mirror what they say.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::patterns::{self, Paths, Pattern};
use crate::model::prow_jobs::Job;

/// Mirror sets and the mapping files in them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFiles {
    /// The folder whose folders are the mirror sets.
    #[serde(deserialize_with = "patterns::folder")]
    pub folder: String,
    /// What every mapping file's name starts with.
    pub prefix: String,
    /// Sets whose files carry another name than the set's.
    pub aliases: BTreeMap<String, Vec<String>>,
    /// Names, behind the prefix, that files in any set may start with.
    pub anywhere: Vec<String>,
    /// Files that speak for one namespace each.
    pub supplemental: SupplementalFiles,
    /// Paths of files that a program writes.
    pub generated: Paths,
    /// What their names start with, before the key that they are made from.
    pub generated_start: String,
    /// Names of files that may lie beside mapping files.
    pub companions: Paths,
}

impl MappingFiles {
    /// What the names of a set's files start with by convention: the set's established name where it
    /// has one, else its own, in which `-` and `_` mean the same.
    #[must_use]
    pub fn start(&self, set: &str) -> String {
        let alias = self.aliases.get(set).and_then(|aliases| aliases.first());
        let name = alias.map_or(set, String::as_str).replace('-', "_");
        format!("{}{name}", self.prefix)
    }
}

/// Mapping files whose names tell the one namespace that they may write to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupplementalFiles {
    /// What their names start with; the namespace follows.
    pub prefix: String,
    /// The set in which the file name alone names the namespace; in any other the set's name is
    /// one too.
    pub set: String,
}

/// Jobs that mirror.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorJobs {
    /// The file that new ones belong in.
    pub file: String,
    /// What their names start with; the mirror set follows.
    pub name_prefix: String,
    /// The value of the label `role`.
    pub role: String,
    /// Labels of theirs.
    pub labels: JobLabels,
    /// Variables that the mirror script reads.
    pub variables: JobVariables,
    /// The ConfigMap that all mapping files are put into.
    pub config_map: String,
    /// Where jobs see the mapping files, as keys of that ConfigMap.
    pub mount: String,
    /// Where `oc` looks for credentials, below `HOME`.
    pub credentials: String,
    /// Scripts that look elsewhere, whatever `HOME` is.
    pub scripts: Vec<MirrorScript>,
    /// Commands that log in to the central registry, as they stand in `command` and `args`.
    pub logs_in: Vec<String>,
    /// What a new one is like.
    pub new: NewJob,
    /// What those are like whose image brings the script along.
    pub entry_point: EntryPoint,
    /// Images whose `oc` is a wrapper around skopeo, which has other credentials and strips the
    /// registry from a source.
    pub skopeo_images: Pattern,
}

impl MirrorJobs {
    /// Whether a job mirrors: by its label, its name, or the ConfigMap it mounts.
    #[must_use]
    pub fn is_one(&self, job: &Job) -> bool {
        let role = job.label(&self.labels.role);
        let name = job.name.as_ref();
        role.is_some_and(|role| *role.value == *self.role)
            || name.is_some_and(|name| name.value.starts_with(&self.name_prefix))
            || self.mounts_mappings(job)
    }

    /// Whether a job mounts the mapping files' ConfigMap.
    #[must_use]
    pub fn mounts_mappings(&self, job: &Job) -> bool {
        job.volumes().any(|volume| {
            let map = volume.config_map.as_ref();
            map.is_some_and(|map| *map.value == *self.config_map)
        })
    }
}

/// The names of labels.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobLabels {
    /// Names the mirror set.
    pub area: String,
    /// Says what the job is there for.
    pub role: String,
    /// Makes a job rehearsable.
    pub rehearsable: String,
}

/// The names of variables.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobVariables {
    /// What the names of the mapping files start with that the job reads.
    pub mapping_prefix: String,
    /// Whether nothing is pushed; `true` unless it says otherwise.
    pub dry_run: String,
}

/// A new mirror job.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewJob {
    /// Where it runs.
    pub cluster: String,
    /// The image that it runs.
    pub image: String,
    /// The shell line that it runs.
    pub script: String,
    /// The rest of its pod.
    pub pod: JobPod,
}

/// A mirror job that runs its image's entry point.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryPoint {
    /// The entry point.
    pub command: String,
    /// The rest of its pod.
    pub pod: JobPod,
}

/// What differs between the pods of mirror jobs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobPod {
    /// The variable `HOME`.
    pub home: String,
    /// `imagePullPolicy`.
    pub pull_policy: String,
}

/// A script that mirror jobs run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MirrorScript {
    /// How `command` and `args` name it.
    pub name: String,
    /// What its address starts with: the repository that it is reviewed in.
    pub repository: String,
    /// The file that it takes the credentials from.
    pub credentials: String,
    /// Other secrets that it reads: folders.
    pub also_reads: Vec<String>,
}
