//! `coram`: distributed key generation that anybody can verify.
//!
//! | folder      | what is in it                                             |
//! |-------------|-----------------------------------------------------------|
//! | `cli/`      | one file for each subcommand                              |
//! | `doctor/`   | what would make a ceremony fail, check by check            |
//! | `relay/`    | the relay server                                          |
//! | `store/`    | data folders, attempts and boards on disk                 |
//! | `driver.rs` | the loop between an engine, a store and a board           |
//! | `finish.rs` | what a ceremony leaves on disk                            |
//! | `event.rs`  | what happens in a ceremony                                |
//! | `report/`   | by what an operator sees it: table, log lines, JSON       |
//! | `keymanager/` | keys that go to a validator client                      |
//!
//! Everything that decides anything is in the libraries; this is files, terminals and time.

mod bench;
mod carrier;
mod cli;
mod doctor;
mod driver;
mod event;
mod failure;
mod finish;
mod keymanager;
mod network;
mod objections;
mod plain;
mod printer;
mod relay;
mod report;
mod sim;
mod store;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse())
}
