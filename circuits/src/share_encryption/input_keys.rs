//! The form of the relation with the recipients' keys as public inputs.

use ark_bls12_381::Fr;
use zeroize::Zeroizing;

use super::circuit::{CircuitWith, build, check_limits};
use super::relation::Keys;
use super::walk::{self, Walk};
use super::window::Window;
use super::{EphemeralScalar, PUBLIC_INPUTS, Statement, WINDOWS, chain, climb, ladder};
use crate::CircuitError;
use crate::jubjub::Point;
use crate::poseidon::sponge_rows;
use crate::r1cs::Synthesizer;

/// The recipients' keys as public inputs: `u` and `v` of each, in order, after the inputs of the statement.
pub struct InputKeys {
    recipients: usize,
}

/// The circuit for a number of recipients and a number of pads, whoever the recipients are: one reference string serves all
/// ceremonies of a shape.
///
/// The circuit takes it for granted that the inputs are the coordinates of points of prime order. Whoever verifies makes the
/// inputs from [`Point`]s, never from what a prover says they are.
pub type ShapeCircuit = CircuitWith<InputKeys>;

impl Keys for InputKeys {
    fn public_inputs(&self) -> usize {
        2 * self.recipients
    }

    fn shared_secrets<S: Synthesizer>(&self, cs: &mut S, s: &[Window<S::Word>]) -> Zeroizing<Vec<S::Word>> {
        let bits = ladder::signed_bits(s);
        let first = PUBLIC_INPUTS as u32;
        let places = (first..).step_by(2).take(self.recipients);
        let multiply = |place| {
            let key = (cs.public(place), cs.public(place + 1));
            ladder::abscissa(cs, &key, &bits)
        };
        Zeroizing::new(places.map(multiply).collect())
    }
}

impl CircuitWith<InputKeys> {
    /// Builds the circuit for so many recipients, with `outputs` pads for each.
    ///
    /// # Errors
    ///
    /// [`CircuitError::Recipients`] or [`CircuitError::Outputs`] outside the limits.
    pub fn new(recipients: usize, outputs: usize) -> Result<Self, CircuitError> {
        check_limits(recipients, outputs)?;
        Ok(build(InputKeys { recipients }, recipients, outputs))
    }

    /// Number of rows for a shape within the limits, without building the circuit.
    #[must_use]
    pub fn constraints_of(recipients: usize, outputs: usize) -> usize {
        let scalar = WINDOWS * Window::<Fr>::ROWS + Window::<Fr>::ROWS_OF_TOP;
        let blinder = chain::ROWS_OF_ABSCISSA + sponge_rows(1);
        let recipient = ladder::ROWS + sponge_rows(outputs) + outputs;
        scalar + chain::ROWS_OF_EQUALITY + blinder + recipients * recipient
    }

    /// Number of public inputs for so many recipients, without the constant one.
    #[must_use]
    pub fn public_of(recipients: usize) -> usize {
        PUBLIC_INPUTS + 2 * recipients
    }

    /// As [`Self::inputs_of`].
    #[must_use]
    pub fn public_inputs(&self, statement: &Statement, keys: &[Point]) -> Vec<Fr> {
        Self::inputs_of(statement, keys)
    }

    /// The public inputs in the order of the matrices, without the constant one: `u(R), v(R), ctx, b, e, y`, then `u` and `v` of
    /// each key in the order of the recipients. They are what a verifier needs of the circuit.
    #[must_use]
    pub fn inputs_of(statement: &Statement, keys: &[Point]) -> Vec<Fr> {
        let coordinates = keys.iter().map(Point::montgomery).flat_map(|(u, v)| [u, v]);
        statement.public_inputs().into_iter().chain(coordinates).collect()
    }

    /// The private variables in the order of the matrices. In variable time. A statement that does not hold, or another number
    /// of keys than the circuit has recipients, gives variables that do not satisfy the system.
    #[must_use]
    pub fn assign(
        &self,
        statement: &Statement,
        keys: &[Point],
        scalar: &EphemeralScalar,
    ) -> Zeroizing<Vec<Fr>> {
        let relation = self.relation();
        let chains = Walk::new(&[&relation.base, &relation.blinder_base], scalar).slopes;
        let (base, blinder_base) = chains.split_at(walk::QUOTIENTS);
        let ladders = climb::quotients(keys, scalar);
        let quotients = Zeroizing::new([base, &ladders, blinder_base].concat());
        let public = self.public_inputs(statement, keys);
        relation.assign(self.matrices().private, &public, scalar, &quotients)
    }
}
