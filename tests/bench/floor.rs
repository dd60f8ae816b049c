//! The least that a linter can do: finds the files that mirrorlint reads, reads them, and counts
//! their lines. `cargo run --release --example floor -- FOLDER` prints how many of what.

use std::error::Error;
use std::path::Path;

use mirrorlint::model::Conventions;
use mirrorlint::tree::{Tree, WorkTree};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: floor FOLDER")?;
    let tree = WorkTree::open(Path::new(&folder))?;
    let conventions = Conventions::builtin()?;
    let listing = tree.list(conventions.wanted())?;
    let is_read = |path: &str| conventions.kind(path).is_some_and(|kind| kind.is_read());
    let (files, lines, bytes) = listing
        .entries
        .par_iter()
        .filter(|entry| is_read(entry.path.as_str()))
        .filter_map(|entry| tree.read(entry).ok())
        .map(|text| (1, memchr::memchr_iter(b'\n', &text).count(), text.len()))
        .reduce(|| (0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    println!("{files} files, {lines} lines, {bytes} bytes");
    Ok(())
}
