//! The files of `--online`: credentials, certificate authorities, the cache.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::fix;
use crate::limits::MAX_FILE_SIZE;
use crate::registry::cache::Cache;
use crate::registry::credentials::Credentials;

/// The cache in the user's cache folder, for this version of its form.
const CACHE: &str = "mirrorlint/registry-answers-1.json";

/// The credentials that podman and docker would use, in that order (containers-auth.json(5)).
pub(super) fn credentials() -> Result<Credentials, Failure> {
    let mut credentials = Credentials::default();
    for path in credential_files() {
        match read(&path) {
            Ok(bytes) => credentials
                .add(&bytes)
                .map_err(|error| unusable(Some(&path), &error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(unusable(Some(&path), &error)),
        }
    }
    Ok(credentials)
}

fn credential_files() -> Vec<PathBuf> {
    if let Some(path) = folder("REGISTRY_AUTH_FILE") {
        return vec![path];
    }
    let home = folder("HOME");
    let below = |folder: Option<PathBuf>, path: &str| Some(folder?.join(path));
    let in_home = |path: &str| below(home.clone(), path);
    let config = folder("XDG_CONFIG_HOME").or_else(|| in_home(".config"));
    let docker = folder("DOCKER_CONFIG").or_else(|| in_home(".docker"));
    let files = [
        below(folder("XDG_RUNTIME_DIR"), "containers/auth.json"),
        below(config, "containers/auth.json"),
        below(docker, "config.json"),
    ];
    files.into_iter().flatten().collect()
}

fn folder(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

/// The certificates in a file.
pub(super) fn authorities(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path).map_err(|error| unusable(Some(path), &error))
}

/// That a file cannot be used.
pub(super) fn unusable(path: Option<&Path>, error: &dyn Error) -> Failure {
    let path = path.unwrap_or(Path::new("")).display();
    format!("cannot use `{path}`: {error}").into()
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_FILE_SIZE)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The cache, and where it is kept.
pub(super) struct CacheFile {
    path: Option<PathBuf>,
    pub(super) answers: Cache,
}

impl CacheFile {
    /// One that is not kept.
    pub(super) fn none() -> Self {
        Self {
            path: None,
            answers: Cache::default(),
        }
    }

    /// The user's, empty where it cannot be read.
    pub(super) fn read() -> Self {
        let home = || Some(folder("HOME")?.join(".cache"));
        let path = folder("XDG_CACHE_HOME").or_else(home);
        let path = path.map(|folder| folder.join(CACHE));
        let bytes = path.as_deref().and_then(|path| read(path).ok());
        Self {
            answers: Cache::read(&bytes.unwrap_or_default()),
            path,
        }
    }

    /// Keeps it for the next run.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fix::replace(path, &self.answers.to_json()?)?)
    }
}
