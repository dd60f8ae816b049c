//! The command line. Nothing here knows what a mapping file is.

mod check;
mod demo;
mod explain;
mod generate;
mod image;
mod lsp;
mod new;
mod output;
mod progress;
mod replay;
mod rules;
mod selection;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// How a run ended, as the exit status says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Something is.
    Findings,
}

/// Why a run failed; said on standard error, with exit status 2.
type Failure = Box<dyn std::error::Error>;

/// The version, and the commit it was built from where build.rs found one.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), env!("MIRRORLINT_COMMIT"));

#[derive(Parser)]
#[command(name = "mirrorlint", version = VERSION, about, propagate_version = true)]
#[command(
    after_help = "Exit status: 0 nothing at or above --fail-on, 1 there is, 2 the run failed."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lint a checkout of openshift/release
    Check(check::CheckArguments),
    /// Write what a new mirror set, access to a namespace or an image needs
    New(new::NewArguments),
    /// Judge the commits of a range of history, and say what became of what they brought
    Replay(replay::ReplayArguments),
    /// Show who provides an image and who names it
    Image(image::ImageArguments),
    /// List the rules
    Rules(rules::RulesArguments),
    /// Show a rule's page
    Explain(explain::ExplainArguments),
    /// Lint a miniature checkout with typical faults
    Demo(demo::DemoArguments),
    /// Serve an editor over standard input and output
    Lsp(lsp::LspArguments),
    /// Print a completion script for a shell
    Completions(generate::CompletionsArguments),
    /// Print the manual page
    Man,
}

#[derive(Args)]
struct Threads {
    /// Threads to use [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

impl Threads {
    /// Makes as many as were asked for. To be called before the first is needed.
    fn apply(&self) -> Result<(), Failure> {
        if let Some(jobs) = self.jobs {
            rayon::ThreadPoolBuilder::new()
                .num_threads(jobs)
                .build_global()?;
        }
        Ok(())
    }
}

/// Prints the answer of a command.
fn print(text: &str) -> io::Result<()> {
    unless_closed(io::stdout().write_all(text.as_bytes()))
}

/// What became of writing to standard output, where a closed pipe is no failure: whoever reads has
/// read enough, as in `| head`.
fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// So many of something: `1 file`, `2 files`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Says something about the run itself, on standard error.
fn say(text: &str) {
    let _ = writeln!(
        io::stderr(),
        "mirrorlint: {}",
        crate::report::one_line(text)
    );
}

/// Why a run failed may quote a config from a stranger: no control characters, no line that a CI
/// system would take for a command, and no megabytes.
fn sanitize(text: &str) -> String {
    const LONGEST: usize = 4000;
    let lines = text.lines().map(crate::report::one_line);
    let mut shown = lines.collect::<Vec<_>>().join("\n  | ");
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// Runs the command that the process's arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no failure; clap prints them to standard output.
            let status = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Image(arguments) => image::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Lsp(arguments) => lsp::run(arguments),
        Command::Completions(arguments) => generate::completions(&arguments),
        Command::Man => generate::man(),
    };
    match result {
        Ok(Status::Clean) => ExitCode::SUCCESS,
        Ok(Status::Findings) => ExitCode::from(1),
        Err(failure) => {
            let _ = writeln!(
                io::stderr(),
                "mirrorlint: {}",
                sanitize(&failure.to_string())
            );
            ExitCode::from(2)
        }
    }
}
