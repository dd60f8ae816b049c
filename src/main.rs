//! The `mirrorlint` command.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Millions of small pieces are taken and given back on all cores, which costs the system's
/// allocator a fifth of the whole run. It asks for no huge pages (`docs/speed.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mirrorlint::cli::run()
}
