//! The `mirrorlint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    mirrorlint::cli::run()
}
