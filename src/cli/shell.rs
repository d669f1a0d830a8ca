//! Completions and the manual page.

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

/// Prints completions.
pub fn completions(arguments: &Completions) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "coram", &mut text);
    print(&text)
}

/// Prints the manual page.
pub fn man() -> Result<(), Failure> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(Arguments::command());
    page.render(&mut text).map_err(|error| Failure::new(Exit::Internal, "man", error.to_string()))?;
    print(&text)
}

fn print(text: &[u8]) -> Result<(), Failure> {
    printer::result(&String::from_utf8_lossy(text));
    Ok(())
}
