//! `coram`: distributed key generation that anybody can verify.
//!
//! | folder or file              | what is in it                                                     |
//! |-----------------------------|-------------------------------------------------------------------|
//! | `cli/`                      | one file for each subcommand                                      |
//! | `doctor/`                   | what would make a ceremony fail, check by check                   |
//! | `driver/`                   | the loop between an engine, a store and a carrier                 |
//! | `carrier.rs`                | what connects operators: the network, or a folder                 |
//! | `network/`                  | boards between peers, over libp2p                                 |
//! | `relay/`                    | the relay server                                                  |
//! | `objections.rs`             | operators that do not take part in our ceremony                   |
//! | `next_attempt.rs`           | the command that goes on with the next attempt                    |
//! | `store/`                    | data folders, attempts and boards on disk                         |
//! | `finish/`                   | what a ceremony leaves on disk, and hands to a validator client   |
//! | `keymanager/`               | a validator client that takes keys                                |
//! | `event.rs`                  | what happens in a ceremony                                        |
//! | `work.rs`                   | work that takes long, and how far it is                           |
//! | `report/`                   | by what an operator sees it: table, log lines, JSON               |
//! | `setup/`                    | reference strings of Groth16, as files that are handed on         |
//! | `sim/`, `bench/`            | whole ceremonies on this machine; what they cost                  |
//! | `failure/`                  | how a command fails: exit code, stable code, what to do           |
//! | `crash/`                    | tests: disks that fail, and machines that stop, at every step     |
//! | `plain.rs`, `printer.rs`    | text from strangers; standard output and standard error           |
//!
//! Everything that decides anything is in the libraries; this is files, terminals and time.

mod bench;
mod carrier;
mod cli;
#[cfg(test)]
mod crash;
mod doctor;
mod driver;
mod event;
mod failure;
mod finish;
mod keymanager;
mod network;
mod next_attempt;
mod objections;
mod plain;
mod printer;
mod relay;
mod report;
mod setup;
mod sim;
mod store;
mod work;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse())
}
