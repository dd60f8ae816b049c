//! Where the policy comes from: the checkout itself, or what the command line names.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::path::PathBuf;

use clap::Args;

use super::{LintTarget, lint_target as target};
use crate::checkout::Inputs;
use crate::checkout::known::Known;
use crate::cli::{Failure, Status};
use crate::config::{CONFIG_PATH, Config, STARTER};
use crate::limits::MAX_LIST_SIZE;
use crate::linter;
use crate::model::Conventions;
use crate::model::known_groups;
use crate::model::known_images::KnownImages;
use crate::registry::Answers;
use crate::rules::Catalogue;
use crate::tree::RepoPath;

#[derive(Args)]
pub(super) struct PolicyArguments {
    #[command(flatten)]
    pub(super) config: ConfigArgument,
    /// Write a commented `.mirrorlint.yaml` to the root of the checkout, and lint nothing
    #[arg(long)]
    pub(super) init: bool,
}

#[derive(Args)]
pub(in crate::cli) struct ConfigArgument {
    /// Use this config instead of the checkout's `.mirrorlint.yaml`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct KnownArguments {
    /// A list of images that exist, one a line as `namespace/name:tag` or as a pull spec, or the output
    /// of `oc get istag -A -o json` or `skopeo list-tags`, which are taken as complete; may be repeated
    #[arg(long, value_name = "FILE")]
    known_images: Vec<PathBuf>,
    /// A list of Rover's groups: one a line, a YAML list, a mapping of groups to members, or the output
    /// of `oc get groups -o json`; may be repeated
    #[arg(long, value_name = "FILE")]
    known_groups: Vec<PathBuf>,
}

impl KnownArguments {
    /// What the lists say, to be added to by registries where these are asked.
    pub(super) fn read(
        &self,
        conventions: &Conventions,
        is_online: bool,
    ) -> Result<Known, Failure> {
        let unusable = |path: &PathBuf, reason: &dyn Error| {
            format!("cannot use the list `{}`: {reason}", path.display())
        };
        let mut images = KnownImages::default();
        for path in &self.known_images {
            let file = fs::File::open(path).map_err(|error| unusable(path, &error))?;
            let list = BufReader::new(file.take(MAX_LIST_SIZE));
            images.add(list).map_err(|error| unusable(path, &error))?;
        }
        let mut groups = None;
        for path in &self.known_groups {
            let text = fs::read_to_string(path).map_err(|error| unusable(path, &error))?;
            let names = known_groups::read(&text).map_err(|error| unusable(path, &error))?;
            groups.get_or_insert_with(BTreeSet::new).extend(names);
        }
        let mut known = Known::of_lists(images, groups, &conventions.registries);
        known.answers = is_online.then(Answers::new);
        Ok(known)
    }
}

impl ConfigArgument {
    /// Whether the command line names a config.
    pub(super) fn is_given(&self) -> bool {
        self.config.is_some()
    }

    /// The config that the command line names, if it names one.
    pub(in crate::cli) fn read(&self, catalogue: &Catalogue) -> Result<Option<Config>, Failure> {
        let Some(path) = &self.config else {
            return Ok(None);
        };
        let origin = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|error| format!("cannot read `{origin}`: {error}"))?;
        Ok(Some(Config::read(&origin, &text, catalogue)?))
    }
}

/// Writes the config to start from; never over one that is there.
pub(super) fn init(lint_target: &LintTarget) -> Result<Status, Failure> {
    let root = lint_target
        .root
        .as_deref()
        .ok_or("a config can only be written to a checkout on disk")?;
    let path = root.join(CONFIG_PATH);
    let mut file = fs::File::create_new(&path).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AlreadyExists => "there is one already".to_owned(),
            _ => error.to_string(),
        };
        format!("cannot write `{}`: {why}", path.display())
    })?;
    file.write_all(STARTER.as_bytes())?;
    crate::cli::say(&format!("wrote {}", path.display()));
    Ok(Status::Clean)
}

/// What the user gives beside the checkout: secretsync indexes, which the command line names or the
/// config, and images from elsewhere. The text of an index is dropped at once.
pub(super) fn inputs(
    indexes: &[PathBuf],
    lint_target: &LintTarget,
    config: &Config,
) -> Result<Inputs, Failure> {
    let mut secretsync = Vec::new();
    for path in indexes {
        let shown = path.display().to_string();
        let bytes = fs::read(path)
            .map_err(|error| format!("cannot use the secretsync index `{shown}`: {error}"))?;
        let entries = linter::index_entries(&shown, &bytes)?;
        // One in the checkout is called as the config would call it.
        let in_checkout = lint_target
            .root
            .as_ref()
            .and_then(|root| target::below(&root.canonicalize().ok()?, &path.canonicalize().ok()?));
        let path = in_checkout.unwrap_or_else(|| RepoPath::new(&shown));
        secretsync.push((path, entries));
    }
    secretsync.extend(linter::indexes_in(&*lint_target.tree, config)?);
    Ok(Inputs {
        secretsync,
        external_images: config.external_images.clone(),
        ..Inputs::default()
    })
}
