//! Writes a generated checkout into a folder:
//! `cargo run --release --example generate -- [--times N] [--seed N] FOLDER`.

use std::error::Error;
use std::path::Path;

mod generator;

const USAGE: &str = "usage: generate [--times N] [--seed N] FOLDER";

fn main() -> Result<(), Box<dyn Error>> {
    let (mut times, mut seed, mut folder) = (1, 0, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--times" => times = number()?.parse()?,
            "--seed" => seed = number()?.parse()?,
            option if option.starts_with('-') => return Err(USAGE.into()),
            path => folder = Some(path.to_owned()),
        }
    }
    let folder = folder.ok_or(USAGE)?;
    Ok(generator::generate_into(Path::new(&folder), times, seed)?)
}
