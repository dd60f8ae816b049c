//! What a checkout says of itself: its config, its baseline, its indexes of secrets.

use super::SetupError;
use crate::config::{CONFIG_PATH, Config};
use crate::findings::{BASELINE_PATH, Baseline, Policy};
use crate::model::{Conventions, secretsync};
use crate::rules::Catalogue;
use crate::tree::{self, RepoPath, Tree};

/// The policy of the checkout `tree`, with `config` in the place of its own where that is given.
///
/// # Errors
/// When it cannot be read or used.
pub fn policy_in(
    tree: &dyn Tree,
    config: Option<Config>,
    catalogue: &Catalogue,
) -> Result<Policy, SetupError> {
    Ok(Policy {
        config: match config {
            Some(config) => config,
            None => config_in(tree, catalogue)?,
        },
        baseline: baseline_in(tree)?,
    })
}

/// The config of the checkout `tree`; an empty one where it has none.
///
/// # Errors
/// When it cannot be read or used.
pub fn config_in(tree: &dyn Tree, catalogue: &Catalogue) -> Result<Config, SetupError> {
    match text_in(tree, CONFIG_PATH)? {
        Some(text) => Ok(Config::read(CONFIG_PATH, &text, catalogue)?),
        None => Ok(Config::default()),
    }
}

/// What the checkout `tree` has taken for granted about it.
///
/// # Errors
/// When its config cannot be read or used.
pub fn conventions_in(tree: &dyn Tree) -> Result<Conventions, SetupError> {
    let config = match text_in(tree, CONFIG_PATH)? {
        Some(text) => Config::read(CONFIG_PATH, &text, &Catalogue::builtin()?)?,
        None => Config::default(),
    };
    Ok(config.conventions()?)
}

/// The baseline of the checkout `tree`; an empty one where it has none.
///
/// # Errors
/// When it cannot be read or used.
pub fn baseline_in(tree: &dyn Tree) -> Result<Baseline, SetupError> {
    match text_in(tree, BASELINE_PATH)? {
        Some(text) => Ok(Baseline::read(BASELINE_PATH, &text)?),
        None => Ok(Baseline::default()),
    }
}

/// The indexes of secrets that the config names, each with its path.
///
/// # Errors
/// When one is missing or of another shape.
pub fn indexes_in(
    tree: &dyn Tree,
    config: &Config,
) -> Result<Vec<(RepoPath, Vec<secretsync::Entry>)>, SetupError> {
    let read = |path: &String| {
        let text = text_in(tree, path)?.ok_or_else(|| SetupError::Index {
            path: path.clone(),
            reason: "there is no such file".to_owned(),
        })?;
        Ok((RepoPath::new(path), index_entries(path, text.as_bytes())?))
    };
    config.secret_indexes.iter().map(read).collect()
}

/// What an index of secrets lists: names, never a value. `path` is for the message.
///
/// # Errors
/// When it is of another shape.
pub fn index_entries(path: &str, bytes: &[u8]) -> Result<Vec<secretsync::Entry>, SetupError> {
    secretsync::read(bytes).map_err(|error| SetupError::Index {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// The bytes of all that the checkout `tree` says about findings: its config, its baseline, and the
/// indexes of secrets that `config` names. None where there is no such file.
///
/// # Errors
/// When one cannot be read.
pub fn policy_files_in(
    tree: &dyn Tree,
    config: &Config,
) -> Result<Vec<Option<Vec<u8>>>, SetupError> {
    let paths = [CONFIG_PATH, BASELINE_PATH].into_iter();
    let paths = paths.chain(config.secret_indexes.iter().map(String::as_str));
    paths
        .map(|path| Ok(tree::read_file(tree, &RepoPath::new(path))?))
        .collect()
}

/// The text of one file of `tree`; none where there is no such file.
fn text_in(tree: &dyn Tree, path: &str) -> Result<Option<String>, SetupError> {
    let bytes = tree::read_file(tree, &RepoPath::new(path))?;
    bytes
        .map(String::from_utf8)
        .transpose()
        .map_err(|_| SetupError::NotUtf8(path.to_owned()))
}
