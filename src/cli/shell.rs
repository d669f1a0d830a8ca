//! Completions and the manual.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Arguments;
use crate::failure::{Exit, Failure};
use crate::printer;

/// Print completions for a shell
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Print a page of the manual
///
/// For instance: coram man definition sign | man -l -
#[derive(Debug, Args)]
pub struct Man {
    /// The command that the page is about; the whole program if none is given
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Prints completions.
pub fn completions(arguments: &Completions) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "coram", &mut text);
    print(&text)
}

/// Prints a page of the manual.
pub fn man(arguments: &Man) -> Result<(), Failure> {
    let mut program = Arguments::command();
    program.build();
    let mut command = &program;
    for name in &arguments.command {
        command = command.find_subcommand(name).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                "man.unknown",
                format!("there is no command {}", arguments.command.join(" ")),
            )
            .help("`coram help` lists the commands")
        })?;
    }
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(command.clone());
    page.render(&mut text).map_err(|error| Failure::new(Exit::Internal, "man", error.to_string()))?;
    print(&text)
}

fn print(text: &[u8]) -> Result<(), Failure> {
    printer::result(&String::from_utf8_lossy(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said on the command line on purpose, and should not lie about in an environment.
    const SPOKEN: [&str; 10] = [
        "accept",
        "creator",
        "help",
        "in-place",
        "json",
        "json-events",
        "markdown",
        "schema",
        "verbose",
        "version",
    ];

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_option_has_its_variable_unless_one_says_yes_by_it() {
        let mut without = Vec::new();
        let mut commands = vec![Arguments::command()];
        while let Some(command) = commands.pop() {
            for argument in command.get_arguments() {
                let Some(long) = argument.get_long() else { continue };
                if SPOKEN.contains(&long) {
                    assert!(argument.get_env().is_none(), "{} --{long} has a variable", command.get_name());
                    continue;
                }
                let variable = format!("CORAM_{}", long.to_uppercase().replace('-', "_"));
                if argument.get_env().and_then(|name| name.to_str()) != Some(variable.as_str()) {
                    without.push(format!("{} --{long}", command.get_name()));
                }
            }
            commands.extend(command.get_subcommands().cloned());
        }
        assert!(without.is_empty(), "{without:?}");
    }
}
