//! `mirrorlint completions` and `mirrorlint man`: what a package installs beside the binary.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, Failure, Status, print};
use crate::report::Format;
use crate::rules::Catalogue;

#[derive(Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<Status, Failure> {
    let mut command = with_names(Arguments::command())?;
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Status::Clean)
}

/// The command with the names that shells can offer, of rules and formats, where the parser takes any
/// text: a rule may come from a page that is not compiled in, a format may have a file behind it.
fn with_names(command: Command) -> Result<Command, Failure> {
    let catalogue = Catalogue::builtin()?;
    let rules: Vec<String> = catalogue.rules().map(|rule| rule.id().to_owned()).collect();
    let formats = Format::ALL.iter().map(|(name, _)| (*name).to_owned());
    let formats: Vec<String> = formats.collect();
    Ok(command.mut_subcommands(|subcommand| {
        subcommand.mut_args(|arg| {
            let names = match arg.get_id().as_str() {
                "rule" | "select" | "ignore" => &rules,
                "output" if arg.get_possible_values().is_empty() => &formats,
                _ => return arg,
            };
            arg.value_parser(PossibleValuesParser::new(names.clone()))
        })
    }))
}

/// One page for the command and all its subcommands, one after the other.
pub(super) fn man() -> Result<Status, Failure> {
    let mut command = Arguments::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    add_subcommands(&mut page, &command)?;
    print(&String::from_utf8(page)?)?;
    Ok(Status::Clean)
}

/// The subcommands of `command`, and theirs.
fn add_subcommands(page: &mut Vec<u8>, command: &Command) -> std::io::Result<()> {
    for subcommand in command.get_subcommands() {
        if subcommand.get_name() == "help" {
            continue;
        }
        let name = subcommand.get_bin_name();
        let name = name.unwrap_or_default().to_uppercase();
        let page_of_it = clap_mangen::Man::new(subcommand.clone());
        writeln!(page, ".SH \"{name}\"")?;
        page_of_it.render_description_section(page)?;
        page_of_it.render_synopsis_section(page)?;
        page_of_it.render_options_section(page)?;
        add_subcommands(page, subcommand)?;
    }
    Ok(())
}
