//! The form of the relation with the recipients' keys as constants.

use ark_bls12_381::Fr;
use zeroize::Zeroizing;

use super::circuit::{CircuitWith, build, check_limits};
use super::relation::Keys;
use super::table::Table;
use super::walk::Walk;
use super::window::Window;
use super::{EphemeralScalar, Statement, chain};
use crate::CircuitError;
use crate::jubjub::Point;
use crate::r1cs::Synthesizer;

/// The recipients' keys as constants: a table for each, in order.
pub struct ConstantKeys(Vec<Table>);

/// The circuit for a list of recipients and a number of pads: made once, used by every dealer and verifier of a ceremony.
/// The digest is that of the relation with the recipients' keys.
pub type Circuit = CircuitWith<ConstantKeys>;

impl Keys for ConstantKeys {
    fn public_inputs(&self) -> usize {
        0
    }

    fn shared_secrets<S: Synthesizer>(&self, cs: &mut S, s: &[Window<S::Word>]) -> Zeroizing<Vec<S::Word>> {
        Zeroizing::new(self.0.iter().map(|key| chain::abscissa(cs, key, s)).collect())
    }
}

impl CircuitWith<ConstantKeys> {
    /// Builds the circuit for these recipients, in the order of their indices from 1, with `outputs` pads for each.
    ///
    /// # Errors
    ///
    /// [`CircuitError::Recipients`] or [`CircuitError::Outputs`] outside the limits.
    pub fn new(keys: &[Point], outputs: usize) -> Result<Self, CircuitError> {
        check_limits(keys.len(), outputs)?;
        let tables = keys.iter().map(Table::new).collect();
        Ok(build(ConstantKeys(tables), keys.len(), outputs))
    }

    /// The public inputs in the order of the matrices, without the constant one.
    #[must_use]
    pub fn public_inputs(&self, statement: &Statement) -> Vec<Fr> {
        statement.public_inputs().to_vec()
    }

    /// The private variables in the order of the matrices. In variable time. A statement that does not hold gives
    /// variables that do not satisfy the system.
    #[must_use]
    pub fn assign(&self, statement: &Statement, scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>> {
        let quotients = self.walk(scalar).slopes;
        let public = self.public_inputs(statement);
        self.relation().assign(self.matrices().private, &public, scalar, &quotients)
    }

    /// `u(K[i])` of every recipient in order, then `u(s*H)`, by the tables of the circuit. In variable time.
    #[must_use]
    pub fn shared_secrets(&self, scalar: &EphemeralScalar) -> Zeroizing<Vec<Fr>> {
        Zeroizing::new(self.walk(scalar).abscissas[1..].to_vec())
    }

    fn walk(&self, scalar: &EphemeralScalar) -> Walk {
        let relation = self.relation();
        let keys = relation.keys.0.iter();
        let tables: Vec<&Table> =
            [&relation.base].into_iter().chain(keys).chain([&relation.blinder_base]).collect();
        Walk::new(&tables, scalar)
    }
}
