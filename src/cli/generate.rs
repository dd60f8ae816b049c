//! `mirrorlint completions` and `mirrorlint man`: what a package installs beside the binary.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, Failure, Status, print};

#[derive(Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<Status, Failure> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Status::Clean)
}

/// One page for the command and all its subcommands, one after the other.
pub(super) fn man() -> Result<Status, Failure> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands() {
        if subcommand.get_name() == "help" {
            continue;
        }
        let page_of_it = clap_mangen::Man::new(subcommand.clone());
        writeln!(
            page,
            ".SH \"MIRRORLINT {}\"",
            subcommand.get_name().to_uppercase()
        )?;
        page_of_it.render_description_section(&mut page)?;
        page_of_it.render_synopsis_section(&mut page)?;
        page_of_it.render_options_section(&mut page)?;
    }
    print(&String::from_utf8(page)?)?;
    Ok(Status::Clean)
}
