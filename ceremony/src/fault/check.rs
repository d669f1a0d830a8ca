//! Checking a fault file with the file alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use coram_cluster::ClusterError;
use coram_cluster::definition::Definition;
use coram_cluster::json;
use coram_proofs::ProofSystemId;
use serde::Deserialize as _;
use serde_json::Value;

use super::file::{FaultFile, FaultMembers, VERSION};
use crate::board::{Board, Inserted};
use crate::breach::{Breach, Obstacle};
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::id::CeremonyId;
use crate::judge::judge_alone;
use crate::message::{Attest, Commit, Deal, Join, Rejection, Seal};
use crate::phase::{Attested, Dealt, Roster, judge_related_keys};
use crate::transcript::{PROTOCOL, TranscriptError, read_setups};

/// The largest fault file that is read, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// A breach that was proved.
#[derive(Clone, Debug)]
pub struct Accusation {
    /// What happened.
    pub breach: Breach,
    /// Who did it: index from 1, and identity key.
    pub culprits: Vec<(u16, [u8; 33])>,
    /// The attempt in which it happened.
    pub ceremony: CeremonyId,
    /// Number of the attempt, from 0.
    pub attempt: u32,
    /// Hash of the cluster definition. The file brings its own definition: whether it is the cluster that one has in
    /// mind, this hash tells.
    pub definition: [u8; 32],
}

/// Why a fault file proves nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultRejected {
    /// A later version, which cannot be judged here.
    #[error("{what} {found:?} is not known to this version")]
    Unknown {
        /// What is unknown.
        what: &'static str,
        /// Its name or number in the file.
        found: String,
    },
    /// Not the members that a fault file has, or not of the right form.
    #[error("no fault file: {0}")]
    Form(String),
    /// Its definition or its JSON is not acceptable.
    #[error(transparent)]
    File(#[from] ClusterError),
    /// A message in it is not signed by the operator that it names, or not of its ceremony.
    #[error("message {place} is no evidence: {rejection}")]
    Evidence {
        /// Place in the list, from 0.
        place: usize,
        /// What is wrong with the message.
        rejection: Rejection,
    },
    /// A message is there twice.
    #[error("message {place} is there twice")]
    Repeated {
        /// Place in the list, from 0.
        place: usize,
    },
    /// The messages break no rule.
    #[error("the messages prove no breach: whom the file accuses is cleared")]
    Unproved,
    /// The messages prove a breach, but another than the file says.
    #[error("the file says {stated:?} by {accused:?}, but its messages prove: {proved}")]
    OtherBreach {
        /// What the file says happened.
        stated: String,
        /// Whom the file accuses.
        accused: Vec<u16>,
        /// What the messages prove.
        proved: Breach,
    },
    /// No ceremony can be held with what is in the file.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
}

impl From<TranscriptError> for FaultRejected {
    fn from(error: TranscriptError) -> Self {
        match error {
            TranscriptError::Unknown { what, found } => Self::Unknown { what, found },
            other => Self::Form(other.to_string()),
        }
    }
}

impl FaultFile {
    /// Checks a fault file, from anybody, with nothing else at hand.
    ///
    /// # Errors
    ///
    /// [`FaultRejected`]; nobody is accused then.
    pub fn check(bytes: &[u8]) -> Result<Accusation, FaultRejected> {
        let value = json::check_bounded(bytes, &[], MAX_BYTES)?;
        check_version(&value)?;
        let mut file =
            FaultMembers::deserialize(&value).map_err(|error| FaultRejected::Form(error.to_string()))?;
        let definition = serde_json::to_vec(&file.cluster_definition);
        let definition = definition.map_err(|error| FaultRejected::Form(error.to_string()))?;
        let definition = Definition::parse(&definition)?;
        let ceremony = file.ceremony.read(&definition)?;
        let ceremony = Arc::new(match read_setups(file.setups.take())? {
            setups if setups.is_empty() => ceremony,
            setups if ceremony.parameters().proof_system == ProofSystemId::Transparent => {
                return Err(FaultRejected::Form(format!(
                    "{} setups, and the proofs need none",
                    setups.len()
                )));
            }
            setups => ceremony.with_setups(&setups)?,
        });

        let board = board(&ceremony, &file)?;
        let breach = find_breach(&board)?.ok_or(FaultRejected::Unproved)?;
        if breach.code() != file.fault || breach.culprits() != file.culprits {
            let (stated, accused) = (file.fault, file.culprits);
            return Err(FaultRejected::OtherBreach { stated, accused, proved: breach });
        }
        let culprits = breach.culprits().into_iter();
        let culprits = culprits.filter_map(|author| Some((author, *ceremony.identity(author)?))).collect();
        let terms = ceremony.terms();
        let (attempt, definition) = (terms.attempt, terms.definition);
        Ok(Accusation { breach, culprits, ceremony: ceremony.id(), attempt, definition })
    }
}

fn check_version(value: &Value) -> Result<(), FaultRejected> {
    let known = [("fault_version", Value::from(VERSION)), ("protocol", Value::from(PROTOCOL))];
    for (member, expected) in known {
        match value.get(member) {
            Some(found) if *found == expected => {}
            Some(found) => return Err(FaultRejected::Unknown { what: member, found: found.to_string() }),
            None => return Err(FaultRejected::Form(format!("no member `{member}`"))),
        }
    }
    Ok(())
}

/// The messages of the file on an empty board. Every one must be signed, and add something.
fn board(ceremony: &Arc<Ceremony>, file: &FaultMembers) -> Result<Board, FaultRejected> {
    let mut board = Board::new(Arc::clone(ceremony));
    for (place, message) in file.messages.iter().enumerate() {
        match board.insert(&message.0) {
            Inserted::New(_) | Inserted::Conflict(_) => {}
            Inserted::Known(_) => return Err(FaultRejected::Repeated { place }),
            Inserted::Rejected(rejection) => return Err(FaultRejected::Evidence { place, rejection }),
            Inserted::Disagreement(_) => {
                return Err(FaultRejected::Form(format!("message {place} is of another ceremony")));
            }
        }
    }
    Ok(board)
}

/// The first breach that the messages on a board prove, which need not be all of a ceremony's.
fn find_breach(board: &Board) -> Result<Option<Breach>, CeremonyError> {
    match judge_all(board) {
        Ok(()) => Ok(None),
        Err(Obstacle::Breach(breach)) => Ok(Some(breach)),
        // That others are referred to proves nothing, and a phase that is not reached neither.
        Err(Obstacle::Divergence { .. }) => Ok(None),
        Err(Obstacle::Failure(error)) => Err(error),
    }
}

fn judge_all(board: &Board) -> Result<(), Obstacle> {
    let ceremony = board.ceremony();
    judge_alone(board, &mut BTreeSet::new())?;
    let joins: Vec<_> = board.each::<Join>().cloned().collect();
    judge_related_keys(ceremony, &joins)?;

    let Ok(joins) = board.all::<Join>() else { return Ok(()) };
    let roster = Roster::form(ceremony, joins)?;
    let deals: Vec<_> = board.each::<Deal>().cloned().collect();
    roster.verify(&deals)?;

    let (Ok(commits), Ok(deals)) = (board.all::<Commit>(), board.all::<Deal>()) else { return Ok(()) };
    let dealt = Dealt::new(ceremony, &roster, commits, deals)?;
    let attests: Vec<_> = board.each::<Attest>().cloned().collect();
    dealt.verify_attests(&roster, &attests)?;

    let Ok(attests) = board.all::<Attest>() else { return Ok(()) };
    let attested = Attested::new(ceremony, &roster, &dealt, attests)?;
    let seals: Vec<_> = board.each::<Seal>().cloned().collect();
    attested.verify_seals(ceremony, &roster, &seals)?;
    Ok(())
}
