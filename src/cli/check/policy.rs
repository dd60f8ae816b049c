//! Where the policy comes from: the checkout itself, or what the command line names.

use std::fmt::Display;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Subject;
use crate::checkout::Inputs;
use crate::cli::{Failure, Status};
use crate::model::secretsync;
use crate::policy::{BASELINE_PATH, Baseline, CONFIG_PATH, Config, Policy, STARTER};
use crate::rules::Catalogue;
use crate::tree::{RepoPath, Tree, Wanted};

#[derive(Args)]
pub(super) struct PolicyArguments {
    /// Use this config instead of the checkout's `.mirrorlint.yaml`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write a commented `.mirrorlint.yaml` to the root of the checkout, and lint nothing
    #[arg(long)]
    pub(super) init: bool,
}

impl PolicyArguments {
    /// The config and the baseline of `subject`.
    pub(super) fn read(&self, subject: &Subject, catalogue: &Catalogue) -> Result<Policy, Failure> {
        let config = match &self.config {
            Some(path) => {
                let origin = path.display().to_string();
                let text = fs::read_to_string(path)
                    .map_err(|error| format!("cannot read `{origin}`: {error}"))?;
                Config::read(&origin, &text, catalogue)?
            }
            None => match text_in(&*subject.tree, CONFIG_PATH)? {
                Some(text) => Config::read(CONFIG_PATH, &text, catalogue)?,
                None => Config::default(),
            },
        };
        let baseline = match text_in(&*subject.tree, BASELINE_PATH)? {
            Some(text) => Baseline::read(BASELINE_PATH, &text)?,
            None => Baseline::default(),
        };
        Ok(Policy { config, baseline })
    }
}

/// Writes the config to start from; never over one that is there.
pub(super) fn init(subject: &Subject) -> Result<Status, Failure> {
    let root = subject
        .root
        .as_deref()
        .ok_or("a config can only be written to a checkout on disk")?;
    let path = root.join(CONFIG_PATH);
    let mut file = fs::File::create_new(&path)
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    file.write_all(STARTER.as_bytes())?;
    crate::cli::say(&format!("wrote {}", path.display()));
    Ok(Status::Clean)
}

/// What the user gives beside the checkout: secretsync indexes, which the command line names or the
/// config, and images from elsewhere. The text of an index is dropped at once.
pub(super) fn inputs(
    indexes: &[PathBuf],
    subject: &Subject,
    config: &Config,
) -> Result<Inputs, Failure> {
    let mut inputs = Inputs {
        external_images: config.external_images.clone(),
        ..Inputs::default()
    };
    let failed = |path: &dyn Display, reason: &dyn Display| {
        format!("cannot use the secretsync index `{path}`: {reason}")
    };
    let mut add = |name: RepoPath, bytes: &[u8]| -> Result<(), Failure> {
        let entries = secretsync::read(bytes).map_err(|error| failed(&name, &error))?;
        inputs.secretsync.push((name, entries));
        Ok(())
    };
    for path in indexes {
        let bytes = fs::read(path).map_err(|error| failed(&path.display(), &error))?;
        add(name_of(path), &bytes)?;
    }
    for path in &config.secret_indexes {
        let text =
            text_in(&*subject.tree, path)?.ok_or_else(|| failed(path, &"there is no such file"))?;
        add(RepoPath::new(path), text.as_bytes())?;
    }
    Ok(inputs)
}

fn name_of(path: &Path) -> RepoPath {
    RepoPath::new(&path.display().to_string())
}

/// The text of one file of `tree`; none where there is no such file.
fn text_in(tree: &dyn Tree, path: &str) -> Result<Option<String>, Failure> {
    let wanted = Wanted::new([globset::escape(path).as_str()])?;
    let listing = tree.list(&wanted)?;
    let Some(entry) = listing.entries.first() else {
        return Ok(None);
    };
    let bytes = tree
        .read(entry)
        .map_err(|error| format!("cannot read `{path}`: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("`{path}` is not UTF-8"))?;
    Ok(Some(text))
}
