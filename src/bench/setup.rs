//! What a setup for Groth16 costs: one contributor to each phase, and everything checked as a stranger would.
//!
//! The contributor's secrets are not kept, but nobody else contributes: the strings that are made here are good for measuring alone.

use std::time::Instant;

use coram_circuits::share_encryption::ShapeCircuit;
use coram_proofs::setup::{Draft, Powers, Shape, UncheckedPowers, UncheckedReference};
use serde::Serialize;

use super::memory;
use crate::cli::secret;
use crate::failure::{Exit, Failure};

/// What a setup of one shape costs. Times are in seconds, sizes in bytes.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    recipients: u16,
    validators_per_proof: u32,
    domain_log: u8,
    constraints: usize,
    entries: usize,
    /// Building the circuit and its digest.
    circuit: f64,
    /// Reading and checking the powers: what a contributor does first.
    check_powers: f64,
    /// A contribution to the powers.
    contribute_powers: f64,
    powers_bytes: usize,
    /// From powers to a key: once.
    convert: f64,
    /// A contribution to the key.
    contribute_key: f64,
    /// Reading and checking everything: powers, key, contributions.
    check_reference: f64,
    reference_bytes: usize,
    /// From nothing to a checked reference string with one contributor to each phase.
    whole: f64,
    peak_memory: Option<u64>,
}

/// Makes a reference string for a shape, and measures that.
pub fn measure(shape: Shape) -> Result<Measured, Failure> {
    memory::forget_peak();
    let started = Instant::now();
    let (circuit, building) = timed(|| circuit(shape))?;
    let entries = circuit.matrices().entries();

    let powers = Powers::start(shape.domain_log())?;
    let (powers, contribute_powers) = timed(|| Ok(powers.contribute(&*secret::random()?, &|_| ())?))?;
    let mut powers_file = Vec::new();
    powers.write(&mut powers_file, &|_| ())?;
    drop(powers);
    let (powers, check_powers) =
        timed(|| Ok(UncheckedPowers::read(&mut powers_file.as_slice(), &|_| ())?.verify(&|_| ())?))?;

    let (draft, convert) = timed(|| Ok(Draft::start(&powers, &circuit, &|_| ())?))?;
    let (draft, contribute_key) = timed(|| Ok(draft.contribute(&*secret::random()?, &|_| ())?))?;
    let mut file = Vec::new();
    draft.write(&mut file, &|_| ())?;
    drop((draft, powers));
    let (draft, check_reference) =
        timed(|| Ok(UncheckedReference::read(&mut file.as_slice(), &|_| ())?.verify(&circuit, &|_| ())?))?;
    let whole = started.elapsed().as_secs_f64();
    drop(draft);
    Ok(Measured {
        recipients: shape.recipients(),
        validators_per_proof: shape.validators(),
        domain_log: shape.domain_log(),
        constraints: shape.constraints(),
        entries,
        circuit: building,
        check_powers,
        contribute_powers,
        powers_bytes: powers_file.len(),
        convert,
        contribute_key,
        check_reference,
        reference_bytes: file.len(),
        whole,
        peak_memory: memory::peak(),
    })
}

fn circuit(shape: Shape) -> Result<ShapeCircuit, Failure> {
    ShapeCircuit::new(usize::from(shape.recipients()), shape.validators() as usize)
        .map_err(|error| Failure::new(Exit::Usage, "bench.shape", error.to_string()))
}

fn timed<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let started = Instant::now();
    Ok((work()?, started.elapsed().as_secs_f64()))
}

/// A setup for people.
pub fn row(measured: &Measured) -> String {
    let Measured { recipients, validators_per_proof, whole, .. } = measured;
    format!("n = {recipients}, {validators_per_proof} validators a proof: {whole:.0} s with one contributor")
}

/// Setups, as Markdown.
pub fn table(setups: &[Measured]) -> String {
    let mut text = String::from(
        "| n | validators a proof | domain | constraints | entries of the matrices | circuit s | powers: check, contribute s | powers MB | conversion s | key: check all, contribute s | whole file MB | all of it, one contributor s | peak MiB |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for setup in setups {
        text += &format!(
            "| {} | {} | 2^{} | {} | {} | {:.2} | {:.1}, {:.1} | {:.1} | {:.1} | {:.1}, {:.1} | {:.1} | {:.1} | {} |\n",
            setup.recipients,
            setup.validators_per_proof,
            setup.domain_log,
            setup.constraints,
            setup.entries,
            setup.circuit,
            setup.check_powers,
            setup.contribute_powers,
            setup.powers_bytes as f64 / 1e6,
            setup.convert,
            setup.check_reference,
            setup.contribute_key,
            setup.reference_bytes as f64 / 1e6,
            setup.whole,
            setup.peak_memory.map_or("-".to_owned(), |bytes| (bytes >> 20).to_string())
        );
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    text + &format!("\n{processors} processors; each step once.\n")
}
