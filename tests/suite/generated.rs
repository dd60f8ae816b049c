//! Holds the generated checkout that the benchmarks run on to what it promises.

#[path = "../bench/generator/mod.rs"]
mod generator;

use std::collections::HashMap;

use mirrorlint::model::{Conventions, FileKind};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::Outcome;

/// Files and bytes of openshift/release on 20 March 2024, of each kind that counts.
const REAL: &[(FileKind, usize, usize)] = &[
    (FileKind::CiConfig, 10_428, 25_873_072),
    (FileKind::RegistryStep, 1_299, 972_760),
    (FileKind::Manifest, 898, 3_947_902),
    (FileKind::ReleaseController, 199, 464_828),
    (FileKind::MappingFile, 156, 190_420),
    (FileKind::ProwJobs, 4, 138_131),
    (FileKind::SecretBootstrap, 1, 164_822),
];

/// Files of fewer than this are not held to a number, only to their bytes.
const FEW: usize = 10;

fn is_near(is: usize, real: usize) -> bool {
    is.abs_diff(real) * 100 <= real * 15
}

fn digest(seed: u64) -> std::io::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    generator::generate(1, seed, |path, text| {
        for part in [path, text] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Ok(())
    })?;
    Ok(hash.finalize().to_vec())
}

#[test]
fn the_same_seed_gives_the_same_bytes() -> Outcome {
    let first = digest(1)?;
    assert_eq!(first, digest(1)?);
    assert_ne!(first, digest(2)?);
    Ok(())
}

#[test]
fn proportions_are_those_of_the_real_one() -> Outcome {
    let conventions = Conventions::builtin()?;
    for times in [1, 2] {
        let mut written: HashMap<FileKind, (usize, usize)> = HashMap::new();
        generator::generate(times, 0, |path, text| {
            if let Some(kind) = conventions.kind(path) {
                let (files, bytes) = written.entry(kind).or_default();
                *files += 1;
                *bytes += text.len();
            }
            Ok(())
        })?;
        for (kind, real_files, real_bytes) in REAL {
            let (files, bytes) = written.get(kind).copied().unwrap_or_default();
            assert!(
                (*real_files < FEW || is_near(files, times * real_files))
                    && is_near(bytes, times * real_bytes),
                "{times} times: {files} files and {bytes} bytes of {kind:?}, where the real one \
                 has {real_files} and {real_bytes}"
            );
        }
    }
    Ok(())
}

#[test]
fn it_is_clean_but_for_images_that_nothing_provides() -> Outcome {
    let folder = TempDir::new()?;
    generator::generate_into(folder.path(), 1, 0)?;
    let root = folder.path().to_string_lossy();
    let run = crate::support::run(["check", &root, "--output", "json", "--statistics"])?;
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    let report: Value = serde_json::from_str(&run.stdout)?;
    assert_eq!(report["findings"], Value::Array(Vec::new()));
    let count = |value: &Value| value.as_u64().unwrap_or_default() as usize;
    // As on 20 March 2024.
    assert!(is_near(count(&report["images"]["references"]), 29_824));
    assert!(is_near(
        count(&report["images"]["resolved"]["unresolved"]),
        568
    ));
    Ok(())
}
