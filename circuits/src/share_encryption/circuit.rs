//! The constraint system of the relation, in either form.

use std::ops::Range;

use ark_bls12_381::Fr;

use super::relation::{Keys, Relation};
use super::{Clause, PUBLIC_INPUTS};
use crate::CircuitError;
use crate::r1cs::{Builder, Matrices};

/// The largest number of recipients.
pub const MAX_RECIPIENTS: usize = 1_000;

/// The largest number of pads in all: recipients times outputs.
pub const MAX_PADS: usize = 1 << 17;

/// The circuit for some recipients and a number of pads, where the recipients' keys are `K`: constants in a
/// [`Circuit`](super::Circuit), public inputs in a [`ShapeCircuit`](super::ShapeCircuit).
pub struct CircuitWith<K> {
    relation: Relation<K>,
    recipients: usize,
    matrices: Matrices,
    digest: [u8; 32],
    /// The first row of each clause, in order.
    clauses: Vec<(usize, Clause)>,
}

impl<K> CircuitWith<K> {
    /// The constraint system. Row, column and entry are the same wherever this is built.
    #[must_use]
    pub fn matrices(&self) -> &Matrices {
        &self.matrices
    }

    /// The digest of the matrices, and so of the relation with all that is constant in it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Number of recipients.
    #[must_use]
    pub fn recipients(&self) -> usize {
        self.recipients
    }

    /// Number of pads for each recipient.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.relation.outputs
    }

    /// The clause that a row belongs to.
    #[must_use]
    pub fn clause(&self, row: usize) -> Option<Clause> {
        Clause::ALL.into_iter().find(|clause| self.rows(*clause).contains(&row))
    }

    /// The rows of a clause.
    #[must_use]
    pub fn rows(&self, clause: Clause) -> Range<usize> {
        let start = |index: usize| self.clauses.get(index).map_or(self.matrices.constraints, |(row, _)| *row);
        let index = usize::from(clause.number());
        start(index - 1)..start(index)
    }

    /// Checks an assignment of all variables; `public` is without the constant one.
    ///
    /// # Errors
    ///
    /// The clause of the first row that does not hold.
    pub fn is_satisfied(&self, private: &[Fr], public: &[Fr]) -> Result<(), Clause> {
        let failure = self.matrices.is_satisfied(private, public);
        failure.map_err(|row| self.clause(row).unwrap_or(Clause::Scalar))
    }

    pub(super) fn relation(&self) -> &Relation<K> {
        &self.relation
    }
}

/// Refuses numbers outside the limits.
pub(super) fn check_limits(recipients: usize, outputs: usize) -> Result<(), CircuitError> {
    if recipients == 0 || recipients > MAX_RECIPIENTS {
        return Err(CircuitError::Recipients { found: recipients, limit: MAX_RECIPIENTS });
    }
    let limit = MAX_PADS / recipients;
    if outputs == 0 || outputs > limit {
        return Err(CircuitError::Outputs { found: outputs, limit });
    }
    Ok(())
}

/// Builds the matrices.
pub(super) fn build<K: Keys>(keys: K, recipients: usize, outputs: usize) -> CircuitWith<K> {
    let relation = Relation::new(keys, outputs);
    let mut builder = Builder::new(PUBLIC_INPUTS + relation.keys.public_inputs());
    relation.synthesize(&mut builder);
    let (matrices, starts) = builder.finish();
    let named = |(row, number)| Clause::ALL.into_iter().find(|c| c.number() == number).map(|c| (row, c));
    let clauses = starts.into_iter().filter_map(named).collect();
    CircuitWith { relation, recipients, digest: matrices.digest(), matrices, clauses }
}
