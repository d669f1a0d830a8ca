//! Dealers who act together: dealings that verify one by one and whose sum is no key to use, and one that lies.

use coram_ceremony::UnverifiedTranscript;
use coram_ceremony::phase::Roster;
use serde_json::{Value, json};

use crate::common::seed;
use crate::support::{Made, hex, made, paths, recommit, rejected, transcript};

/// The coefficients that one dealer commits to, in each of two polynomials.
pub type Polynomials = [[i64; 3]; 2];

/// Four dealers' polynomials, with nothing wrong about them.
pub const FAIR: [Polynomials; 4] =
    [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]], [[1, 1, 1], [2, 2, 2]], [[5, 5, 5], [6, 6, 6]]];

fn roster(made: &Made) -> Roster {
    let lock = &made.outcomes[0];
    let transcript = lock.transcript().to_value().unwrap();
    let transcript = UnverifiedTranscript::read(&transcript, made.ceremony.definition()).unwrap();
    Roster::form(&made.ceremony, transcript.check_signatures().unwrap().joins).unwrap()
}

/// Puts the dealings of these polynomials into the transcript of a ceremony.
pub fn deal(made: &Made, lock: &mut Value, committed: &[Polynomials; 4], encrypted: &[Polynomials; 4]) {
    let roster = roster(made);
    let lists = |polynomials: &Polynomials| polynomials.map(|coefficients| coefficients.to_vec());
    for (place, dealer) in (0..4).zip(1_u16..) {
        let (committed, encrypted) = (lists(&committed[place]), lists(&encrypted[place]));
        let dealing = roster.scheme().deal_chosen(dealer, &seed(5, dealer), &committed, &encrypted).unwrap();
        transcript(lock)["deals"][place]["dealing"] = members(&dealing.to_bytes());
    }
    recommit(lock);
}

/// A dealing by its parts: n = 4, t = 3, two polynomials.
fn members(dealing: &[u8]) -> Value {
    let (commitments, rest) = dealing.split_at(2 * 3 * 48);
    let (ephemeral, rest) = rest.split_at(32);
    let (ciphertexts, rest) = rest.split_at(2 * 4 * 32);
    let (blinder, rest) = rest.split_at(48);
    let (masked_sum, proof) = rest.split_at(32);
    let each = |bytes: &[u8], len| -> Vec<Value> { bytes.chunks(len).map(hex).collect() };
    json!({
        "commitments": each(commitments, 3 * 48),
        "ephemeral": hex(ephemeral),
        "ciphertexts": each(ciphertexts, 4 * 32),
        "blinder": hex(blinder),
        "masked_sum": hex(masked_sum),
        "proof": hex(proof),
    })
}

/// What the lock holds is not what these dealings give.
pub const OTHER_KEYS: [&str; 2] = ["keys.lock", "keys.public-shares"];

#[test]
fn fair_dealings_of_chosen_polynomials_verify() {
    let failing = [&OTHER_KEYS[..], &["attests.root"]].concat();
    rejected(&failing, |lock| deal(made(), lock, &FAIR, &FAIR));
}

#[test]
fn deal_links() {
    let mut encrypted = FAIR;
    encrypted[2][1][0] += 1;
    let report = rejected(&["deals.links"], |lock| deal(made(), lock, &FAIR, &encrypted));
    assert_eq!(paths(&report, "deals.links"), ["$.pvss_transcript.deals[2].dealing.ciphertexts"]);
}

#[test]
fn keys_threshold() {
    let mut chosen = FAIR;
    chosen[3][1][2] = -(6 + 12 + 2);
    let report = rejected(&["keys.threshold"], |lock| deal(made(), lock, &chosen, &chosen));
    assert_eq!(paths(&report, "keys.threshold"), ["$.distributed_validators[1]"]);
}

#[test]
fn keys_not_identity() {
    let mut chosen = FAIR;
    chosen[3][0][0] = -(1 + 7 + 1);
    let report = rejected(&["keys.not-identity"], |lock| deal(made(), lock, &chosen, &chosen));
    assert_eq!(paths(&report, "keys.not-identity"), ["$.distributed_validators[0]"]);
    // The share of operator 1 is the sum of all coefficients.
    let mut chosen = FAIR;
    let others: i64 = FAIR[..3].iter().flat_map(|polynomials| polynomials[0]).sum();
    chosen[3][0] = [-others - 10, 5, 5];
    rejected(&["keys.not-identity"], |lock| deal(made(), lock, &chosen, &chosen));
}

#[test]
fn keys_distinct() {
    let mut chosen = FAIR;
    chosen[3][1][0] = (1 + 7 + 1 + 5) - (4 + 10 + 2);
    let report = rejected(&["keys.distinct"], |lock| deal(made(), lock, &chosen, &chosen));
    assert_eq!(paths(&report, "keys.distinct"), ["$.distributed_validators[1]"]);
}
