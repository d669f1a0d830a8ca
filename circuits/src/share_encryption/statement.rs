//! What is proved.

use ark_bls12_381::Fr;

use crate::jubjub::Point;

/// Number of public inputs, without the constant one.
pub const PUBLIC_INPUTS: usize = 6;

/// The statement. The recipients' keys and the number of pads belong to the circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `R`, the ephemeral key.
    pub ephemeral: Point,
    /// `ctx`, the context of the pads.
    pub ctx: Fr,
    /// `b`, the context of the blinder.
    pub blind: Fr,
    /// `e`, the challenge that weighs the pads.
    pub challenge: Fr,
    /// `y`, the masked sum.
    pub masked_sum: Fr,
}

impl Statement {
    /// The public inputs `u(R), v(R), ctx, b, e, y`, without the constant one. Nothing else orders them.
    #[must_use]
    pub fn public_inputs(&self) -> [Fr; PUBLIC_INPUTS] {
        let (u, v) = self.ephemeral.montgomery();
        [u, v, self.ctx, self.blind, self.challenge, self.masked_sum]
    }
}

/// The place of each public input.
pub(super) mod input {
    pub(in super::super) const EPHEMERAL_U: u32 = 0;
    pub(in super::super) const EPHEMERAL_V: u32 = 1;
    pub(in super::super) const CTX: u32 = 2;
    pub(in super::super) const BLIND: u32 = 3;
    pub(in super::super) const CHALLENGE: u32 = 4;
    pub(in super::super) const MASKED_SUM: u32 = 5;
}
