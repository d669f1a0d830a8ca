//! What would make a ceremony fail, found out before anybody waits for it.
//!
//! | file                                | what is in it                                            |
//! |-------------------------------------|----------------------------------------------------------|
//! | `catalogue.rs`                      | names, order and meaning of the checks                   |
//! | `report.rs`, `text.rs`              | what they found, and the same in words                   |
//! | `definition.rs`, `setup.rs`, `identity.rs`, `folder.rs`, `board.rs`, `machine.rs` | checks on this machine alone |
//! | `network.rs`, `relays.rs`, `peers.rs`, `keymanager.rs` | checks of others            |
//! | `tries.rs`, `probe.rs`, `swarm.rs` | who is tried, and how                               |
//!
//! The checks that `coram dkg` makes too are the same functions.

mod board;
mod catalogue;
mod definition;
#[cfg(test)]
mod document;
mod folder;
mod identity;
mod keymanager;
mod machine;
mod network;
mod peers;
mod probe;
mod relays;
pub mod report;
mod setup;
mod swarm;
pub mod text;
mod tries;

use std::path::Path;
use std::sync::Arc;

use coram_ceremony::{Board, Ceremony};
use coram_cluster::definition::Definition;
use coram_cluster::identity::IdentityKey;
use coram_cluster::network::Network;

use crate::cli::terms::TermsOptions;
use crate::failure::Failure;
use crate::finish::Delivery;
use crate::network::Options;
use crate::store::attempt::State;
use crate::store::data_dir::DataDir;
use catalogue::CheckId;
use network::Gathered;
use report::{Check, Finding, Outcome, Report};

/// What is examined: the options of `coram dkg`.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The operator's folder.
    pub data_dir: &'a Path,
    /// Which ceremony.
    pub terms: &'a TermsOptions,
    /// Checks that are accepted by name.
    pub accept: &'a [String],
    /// The shared folder, if the operators use one.
    pub board: Option<&'a Path>,
    /// How the others are found without one.
    pub network: &'a Options,
    /// Where the outputs are to go.
    pub delivery: &'a Result<Delivery, Failure>,
}

/// What a check found; none if something that it needs was not found out.
type Found = Option<Vec<Finding>>;

/// What has been found out so far. Later checks build on it.
#[derive(Default)]
struct Facts {
    data_dir: Option<DataDir>,
    definition: Option<Definition>,
    ceremony: Option<(Arc<Ceremony>, Network)>,
    identity: Option<IdentityKey>,
    writable: bool,
    attempt: Option<State>,
    board: Option<Board>,
    network: Option<Gathered>,
}

/// Makes all checks of the catalogue.
pub fn examine(subject: &Subject<'_>) -> Report {
    let mut facts = Facts::default();
    let mut checks: Vec<Check> = Vec::new();
    for check in CheckId::ALL {
        if *check == CheckId::NetworkListen {
            facts.network = network::gather(subject, &facts);
        }
        let found = make(*check, subject, &mut facts).unwrap_or_else(|| vec![unmade(*check, &checks)]);
        checks.push(Check::new(*check, found));
    }
    Report::new(checks)
}

fn make(check: CheckId, subject: &Subject<'_>, facts: &mut Facts) -> Found {
    match check {
        CheckId::FolderExists => folder::exists(subject, facts),
        CheckId::DefinitionReadable => definition::readable(subject, facts),
        CheckId::DefinitionTerms => definition::terms(subject, facts),
        CheckId::DefinitionSignatures => definition::signatures(subject, facts),
        CheckId::DefinitionSound => definition::sound(facts),
        CheckId::SetupAnchored => setup::anchored(subject, facts),
        CheckId::IdentityKey => identity::key(facts),
        CheckId::IdentityOperator => identity::operator(facts),
        CheckId::IdentityUnused => identity::unused(facts),
        CheckId::FolderPrivate => folder::private(facts),
        CheckId::FolderWritable => folder::writable(facts),
        CheckId::FolderRoom => folder::room(facts),
        CheckId::FolderAttempt => folder::attempt(facts),
        CheckId::FolderClean => folder::clean(facts),
        CheckId::BoardUsable => board::usable(subject),
        CheckId::NetworkListen => network::listen(subject, facts),
        CheckId::NetworkWays => network::ways(subject, facts),
        CheckId::RelayAnswers => relays::answers(subject, facts),
        CheckId::RelayReserves => relays::reserves(subject, facts),
        CheckId::RelayBoards => relays::boards(subject, facts),
        CheckId::PeerReachable => peers::reachable(subject, facts),
        CheckId::PeerAgrees => peers::agrees(subject, facts),
        CheckId::KeymanagerAnswers => keymanager::answers(subject),
        CheckId::MachineRandom => machine::random(),
        CheckId::MachineMemory => machine::memory(facts),
        CheckId::MachineFiles => machine::files(facts),
        CheckId::ClockSane => machine::clock(facts),
        CheckId::ClockCompared => relays::clock(subject, facts),
    }
}

/// Names what a check would have needed.
fn unmade(check: CheckId, made: &[Check]) -> Finding {
    let short = |need: &&CheckId| {
        made.iter()
            .any(|made| made.id == need.entry().id && matches!(made.result, Outcome::Fail | Outcome::Skipped))
    };
    let needs: Vec<&str> = check.entry().needs.iter().filter(short).map(|need| need.entry().id).collect();
    Finding::skipped(format!("it cannot be made without {}", needs.join(" and ")))
}

/// One finding, good or bad.
fn found(result: Result<Finding, Failure>) -> Found {
    Some(vec![result.unwrap_or_else(Finding::from)])
}
