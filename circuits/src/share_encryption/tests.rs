//! The relation natively and as constraints, true and broken.

mod additions;
mod agreement;
mod clauses;
mod forger;
mod form;
mod inputs;
mod ladders;
mod pinned;
mod shapes;

use ark_bls12_381::Fr;

use super::*;
use crate::hash::TaggedHash;
use crate::jubjub::Point;

/// The scalar number `seed` of the tests.
fn scalar(seed: u64) -> EphemeralScalar {
    EphemeralScalar::from_uniform_bytes(&TaggedHash::new("test scalar").number(seed).digest())
}

/// The keys of so many recipients.
fn keys(recipients: usize) -> Vec<Point> {
    (1_000..).take(recipients).map(|seed| scalar(seed).ephemeral_key()).collect()
}

fn field(name: &str) -> Fr {
    TaggedHash::new("test field").bytes(name.as_bytes()).field()
}

/// A true statement about `scalar`, except that its digits may be none.
fn statement(keys: &[Point], outputs: usize, scalar: &EphemeralScalar) -> (Statement, Witness) {
    let (ctx, blind, challenge) = (field("ctx"), field("b"), field("e"));
    let witness = Witness::new(keys, outputs, ctx, blind, scalar);
    let masked_sum = masked_sum(challenge, witness.blinder, &witness.pads);
    (Statement { ephemeral: scalar.ephemeral_key(), ctx, blind, challenge, masked_sum }, witness)
}
