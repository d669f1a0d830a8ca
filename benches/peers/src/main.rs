//! What dealings cost under Coram and its neighbours: the same n, t and m, in one process, one scheme after the other, on as many
//! threads. See the README beside this crate.

mod cell;
mod clock;
mod commonware;
mod coram;
mod golden;
mod machine;
mod options;
mod peak;
mod plan;
mod report;
mod scheme;

use std::process::ExitCode;

use clap::Parser;

use crate::{machine::Machine, options::Options, plan::Run, scheme::Failure};

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match options.peak {
        Some(kind) => peak::print(kind, &options),
        None => measure(&options),
    };
    outcome.unwrap_or_else(|failure| {
        eprintln!("error: {failure}");
        ExitCode::from(2)
    })
}

/// Measures everything and prints it; fails if a cell did.
fn measure(options: &Options) -> Result<ExitCode, Failure> {
    let machine = Machine::here(options.threads());
    let run = Run::new(options)?.measure();
    print!("{}", report::print(&machine, &run, options)?);
    Ok(if run.rows.iter().any(|row| row.outcome.is_err()) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
