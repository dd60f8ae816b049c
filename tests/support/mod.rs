//! What several tests need: first of all a checkout in a temporary folder, and runs of the binary
//! over it.

// The suite needs all of it, the other binaries a part.
#![allow(dead_code, unused_imports)]

pub mod builtin;
pub mod changes;
pub mod checkouts;
pub mod editor;
pub mod faults;
pub mod git;
pub mod joined;

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use mirrorlint::rules;
use proptest::test_runner::Config;
use serde_json::Value;
use tempfile::TempDir;

pub type Outcome = Result<(), Box<dyn Error>>;

/// Whether this is compiled into `tests/heavy`, where time does not matter.
pub const IS_HEAVY: bool = matches!(env!("CARGO_CRATE_NAME").as_bytes(), b"heavy");

/// How a property is tried: on `cases` generated inputs, or on an eighth of them where time matters.
pub fn property(cases: u32) -> Config {
    Config {
        cases: if IS_HEAVY { cases } else { cases.div_ceil(8) },
        // A failure prints its input, so none is kept in a file.
        failure_persistence: None,
        ..Config::default()
    }
}

/// The sound checkout of `rules/_example.md`, on disk.
pub struct Checkout {
    folder: TempDir,
}

impl Checkout {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let checkout = Self {
            folder: TempDir::new()?,
        };
        let page = rules::companion("_example.md").ok_or("no _example.md")?;
        for block in page.examples.iter().flat_map(|example| &example.blocks) {
            checkout.write(&block.path, block.marks().0)?;
        }
        Ok(checkout)
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, its folders first; returns where it lies.
    pub fn write(
        &self,
        path: impl AsRef<Path>,
        content: impl AsRef<[u8]>,
    ) -> std::io::Result<PathBuf> {
        let path = self.root().join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content)?;
        Ok(path)
    }

    /// Runs `mirrorlint check` here.
    pub fn check(&self, arguments: &[&str]) -> std::io::Result<Run> {
        self.check_in("", arguments)
    }

    /// Runs `mirrorlint check` on a folder of it.
    pub fn check_in(&self, folder: &str, arguments: &[&str]) -> std::io::Result<Run> {
        let folder = self.root().join(folder);
        let here = [OsStr::new("check"), folder.as_os_str()];
        run(here.into_iter().chain(arguments.iter().map(OsStr::new)))
    }

    /// The report of `mirrorlint check --output json`.
    pub fn report(&self) -> Result<Value, Box<dyn Error>> {
        let run = self.check(&["--output", "json"])?;
        assert_eq!(run.stderr, "");
        Ok(serde_json::from_str(&run.stdout)?)
    }
}

impl AsRef<Path> for Checkout {
    fn as_ref(&self) -> &Path {
        self.root()
    }
}

/// The temporary files of ours in `folder`.
pub fn leftovers(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What we leave on purpose has a suffix; a temporary file has none.
        if name.starts_with(".mirrorlint-") && !name.contains(".json") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Holds that no temporary file of ours is left in `folder` or below it.
pub fn assert_no_leftovers(folder: &Path) -> Outcome {
    assert_eq!(leftovers(folder)?, Vec::<PathBuf>::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            assert_no_leftovers(&entry.path())?;
        }
    }
    Ok(())
}

/// How a run of the binary ended.
#[derive(Debug)]
pub struct Run {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The findings that `concise` wrote, a line each: what stands above the help and the summary.
    pub fn findings(&self) -> Vec<&str> {
        let lines = self.stdout.lines().take_while(|line| !line.is_empty());
        lines
            .filter(|line| !line.starts_with("No findings in "))
            .collect()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs `mirrorlint` with these arguments.
pub fn run(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> std::io::Result<Run> {
    let output = cargo_bin_cmd!("mirrorlint")
        .env_remove("NO_COLOR")
        .env_remove("GIT_INDEX_FILE")
        .args(arguments)
        .output()?;
    Ok(output.into())
}
