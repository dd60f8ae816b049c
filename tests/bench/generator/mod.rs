//! Writes a checkout of openshift/release that never was, in the proportions of the real one.
//!
//! The numbers are those of 20 March 2024. What it writes has no error-level finding, and as many
//! references to images that nothing provides as the real one. The same seed gives the same bytes.

mod clusters;
mod configs;
mod jobs;
mod mirroring;
mod secrets;
mod steps;
mod world;

use std::fs;
use std::io;
use std::path::Path;

use fastrand::Rng;

use world::World;

/// Takes a file: its path from the root of the checkout, and its text.
type Sink<'s> = &'s mut dyn FnMut(&str, &str) -> io::Result<()>;

/// Hands `times` today's number of files, as drawn from `seed`, to `sink`.
///
/// From 6 times on the mapping files no longer fit into their one ConfigMap, which is an error.
///
/// # Errors
/// When `sink` has one.
pub fn generate(
    times: usize,
    seed: u64,
    mut sink: impl FnMut(&str, &str) -> io::Result<()>,
) -> io::Result<()> {
    let mut rng = Rng::with_seed(seed);
    let world = World::new(times, &mut rng);
    let (world, rng, sink) = (&world, &mut rng, &mut sink);
    configs::write(world, rng, sink)?;
    steps::write(world, rng, sink)?;
    mirroring::write(world, rng, sink)?;
    jobs::write(world, rng, sink)?;
    clusters::write(world, rng, sink)?;
    secrets::write(world, rng, sink)
}

/// Writes such a checkout into `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn generate_into(folder: &Path, times: usize, seed: u64) -> io::Result<()> {
    generate(times, seed, |path, text| {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)
    })
}

/// Whether something that happens `per_cent` of the time happens now.
fn chance(rng: &mut Rng, per_cent: u32) -> bool {
    rng.u32(0..100) < per_cent
}

fn owners(team: &str) -> String {
    format!("approvers:\n- {team}-approver\nreviewers:\n- {team}-reviewer\n- {team}-approver\n")
}
