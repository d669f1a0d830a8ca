//! Locks of whole ceremonies, ways to tamper with them, and what must come of that.

use std::sync::{Arc, LazyLock};

use coram_ceremony::keys::decryption_key;
use coram_ceremony::phase::Roster;
use coram_ceremony::verify::{Options, Outcome as Became, Report, Verdict};
use coram_ceremony::{Ceremony, CeremonyError, Parameters};
use coram_proofs::groth16::Keys;
use coram_proofs::setup::{SetupRecord, Shape, UncheckedSetup, setups_digest};
use coram_proofs::{Possession, PossessionContext, ProofSystemId};
use serde_json::{Value, json};

use crate::common::{definition, identity, seed};
use crate::strings::{ONE, OPERATORS, TWO, keys};
use crate::support::{Made, details, hex, read, rejected_of, resign, transcript, verify_with};

/// A ceremony of three operators, any two of whom sign, that knows its setups only by their digest.
pub fn named(
    setup: Option<[u8; 32]>,
    validators: u64,
    change: impl FnOnce(&mut Parameters),
) -> Result<Ceremony, CeremonyError> {
    let definition = definition(OPERATORS, 2, validators);
    let mut parameters = Ceremony::default_parameters(&definition).unwrap();
    parameters.proof_system = ProofSystemId::Groth16;
    parameters.setup = setup;
    change(&mut parameters);
    Ceremony::new(definition, parameters, 0)
}

pub fn ceremony(keys: &Keys, validators: u64) -> Arc<Ceremony> {
    let ceremony = named(Some(keys.digest()), validators, |_| {}).unwrap();
    Arc::new(ceremony.with_keys(keys.clone()).unwrap())
}

/// One validator, one chunk.
pub fn one() -> &'static Made {
    static MADE: LazyLock<Made> = LazyLock::new(|| Made::new(ceremony(&keys([&ONE]), 1)));
    &MADE
}

/// Three validators, a chunk of two and one of one.
pub fn three() -> &'static Made {
    static MADE: LazyLock<Made> = LazyLock::new(|| Made::new(ceremony(&keys([&TWO, &ONE]), 3)));
    &MADE
}

/// Tampers with a lock and says which checks must fail: those and no others.
#[track_caller]
pub fn rejected(made: &Made, failing: &[&str], tamper: impl FnOnce(&mut Value)) -> Report {
    rejected_of(made, failing, tamper)
}

/// Verifies a lock with which nothing is wrong; `open` are the checks that cannot be decided.
#[track_caller]
pub fn judged(made: &Made, options: &Options, open: &[&str]) -> Report {
    let report = verify_with(&made.json, options);
    assert_eq!(report.with(Became::Failed), [""; 0], "{}", details(&report));
    assert_eq!(report.with(Became::Undecided), open, "{}", details(&report));
    let verdict = if open.is_empty() { Verdict::Valid } else { Verdict::Indeterminate };
    assert_eq!(report.verdict, verdict, "{}", report.headline);
    report
}

/// A setup of a lock's transcript.
pub fn setup(lock: &mut Value, place: usize) -> &mut Value {
    &mut transcript(lock)["setups"][place]
}

/// A setup as it stands in a transcript.
pub fn setup_value(made: &Made, place: usize) -> Value {
    setup(&mut made.value(), place).clone()
}

fn decode(record: &SetupRecord) -> UncheckedSetup {
    let shape = Shape::new(record.recipients, record.validators).unwrap();
    record.decode(shape.circuit_digest().unwrap()).unwrap()
}

/// Lets all operators agree on the setups as they now are: what then fails, fails for its own reason.
pub fn agree(lock: &mut Value) {
    let digests: Vec<_> = read(lock).setups.iter().map(|record| decode(record).digest()).collect();
    agree_on(lock, setups_digest(&digests));
}

/// Lets all operators agree on the setups of a digest.
pub fn agree_on(lock: &mut Value, setup: [u8; 32]) {
    let ceremony = read(lock).ceremony;
    let mut parameters = ceremony.parameters().clone();
    parameters.setup = Some(setup);
    let ceremony = Ceremony::new(ceremony.definition().clone(), parameters, 0).unwrap();
    transcript(lock)["ceremony"]["id"] = hex(ceremony.id().as_bytes());
    transcript(lock)["ceremony"]["parameters"]["setup"] = hex(&setup);
    for (place, author) in (1..=OPERATORS).enumerate() {
        let key = decryption_key(&ceremony, &identity(author), &seed(2, author));
        let context = PossessionContext {
            ceremony: *ceremony.id().as_bytes(),
            author,
            identity: identity(author).public_key(),
        };
        let join = &mut transcript(lock)["joins"][place];
        join["encryption_key"] = hex(&key.encryption_key().to_bytes());
        join["possession"] = hex(&Possession::prove(&key, &context).to_bytes());
    }
    resign(lock);
}

/// The roster of a finished ceremony.
pub fn roster(made: &Made) -> Roster {
    let transcript = read(&made.value());
    Roster::form(&made.ceremony, transcript.check_signatures().unwrap().joins).unwrap()
}

/// A dealing by its parts, for three operators, any two of whom sign.
pub fn members(dealing: &[u8], validators: usize) -> Value {
    let (commitments, rest) = dealing.split_at(validators * 2 * 48);
    let (ephemeral, rest) = rest.split_at(32);
    let (ciphertexts, rest) = rest.split_at(validators * 3 * 32);
    let each = |bytes: &[u8], len| -> Vec<Value> { bytes.chunks(len).map(hex).collect() };
    let chunk = |chunk: &[u8]| json!({ "blinder": hex(&chunk[..48]), "masked_sum": hex(&chunk[48..80]), "proof": hex(&chunk[80..]) });
    json!({
        "commitments": each(commitments, 2 * 48),
        "ephemeral": hex(ephemeral),
        "ciphertexts": each(ciphertexts, 3 * 32),
        "chunks": rest.chunks(272).map(chunk).collect::<Vec<_>>(),
    })
}
