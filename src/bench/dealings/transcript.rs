//! Bytes of a whole ceremony.

use coram_ceremony::message::{Attest, Commit, Deal, Join, Seal};
use coram_ceremony::parameters::{CeremonyKind, PROTOCOL_VERSION, Parameters, Terms};
use ssz::Encode as _;

use super::Cell;

/// What a message has beside its body (section 10.1 of the protocol).
const ENVELOPE: usize = 135;

/// Bytes of all messages of a ceremony with Commits in which all operators deal, sign one deposit and one builder registration for
/// each validator, and do not name their software: what anybody needs to verify the lock, beside the lock. As text, in the lock, they
/// are twice as long.
///
/// For a baseline it is what a ceremony would have that carried its dealings in place of ours.
pub fn bytes(cell: &Cell, dealing: usize) -> usize {
    let (n, m) = (usize::from(cell.operators), cell.validators as usize);
    let terms = Terms {
        protocol: PROTOCOL_VERSION,
        kind: CeremonyKind::KeyGeneration,
        attempt: 0,
        definition: [0; 32],
        parameters: Parameters {
            extraction: cell.method.extraction.into(),
            ..Parameters::new(cell.operators, 0)
        },
        previous_lock: None,
    };
    let join = Join { terms, encryption_key: [0; 32], possession: [0; 64], software: Vec::new() };
    let commit = Commit { hash: [0; 32], joins: vec![[0; 32]; n] };
    let deal = Deal { commits: [0; 32], dealing: Vec::new() };
    let signatures = vec![[0; 96]; m];
    let attest = Attest {
        root: [0; 32],
        attestations: signatures.clone(),
        deposits: signatures.clone(),
        registrations: signatures.clone(),
    };
    let seal =
        Seal { lock_hash: [0; 32], transcript_root: [0; 32], node_signature: [0; 65], partials: signatures };
    let bodies = [
        join.ssz_bytes_len(),
        commit.ssz_bytes_len(),
        deal.ssz_bytes_len() + dealing,
        attest.ssz_bytes_len(),
        seal.ssz_bytes_len(),
    ];
    n * bodies.map(|body| ENVELOPE + body).iter().sum::<usize>()
}
