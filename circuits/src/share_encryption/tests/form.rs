//! Either form of the relation.

use ark_bls12_381::Fr;

use super::*;
use crate::r1cs::{Matrices, Synthesizer};

/// The relation for some recipients, in one of its forms.
pub(super) enum Form {
    Constants(Circuit),
    Inputs(ShapeCircuit),
}

impl Form {
    pub(super) fn constants(keys: &[Point], outputs: usize) -> Self {
        Self::Constants(Circuit::new(keys, outputs).unwrap())
    }

    pub(super) fn inputs(recipients: usize, outputs: usize) -> Self {
        Self::Inputs(ShapeCircuit::new(recipients, outputs).unwrap())
    }

    pub(super) fn both(keys: &[Point], outputs: usize) -> [Self; 2] {
        [Self::constants(keys, outputs), Self::inputs(keys.len(), outputs)]
    }

    pub(super) fn matrices(&self) -> &Matrices {
        match self {
            Self::Constants(circuit) => circuit.matrices(),
            Self::Inputs(circuit) => circuit.matrices(),
        }
    }

    pub(super) fn clause(&self, row: usize) -> Option<Clause> {
        match self {
            Self::Constants(circuit) => circuit.clause(row),
            Self::Inputs(circuit) => circuit.clause(row),
        }
    }

    pub(super) fn rows(&self, clause: Clause) -> std::ops::Range<usize> {
        match self {
            Self::Constants(circuit) => circuit.rows(clause),
            Self::Inputs(circuit) => circuit.rows(clause),
        }
    }

    pub(super) fn public_inputs(&self, statement: &Statement, keys: &[Point]) -> Vec<Fr> {
        match self {
            Self::Constants(circuit) => circuit.public_inputs(statement),
            Self::Inputs(circuit) => circuit.public_inputs(statement, keys),
        }
    }

    pub(super) fn assign(&self, statement: &Statement, keys: &[Point], scalar: &EphemeralScalar) -> Vec<Fr> {
        match self {
            Self::Constants(circuit) => circuit.assign(statement, scalar).to_vec(),
            Self::Inputs(circuit) => circuit.assign(statement, keys, scalar).to_vec(),
        }
    }

    pub(super) fn is_satisfied(&self, private: &[Fr], public: &[Fr]) -> Result<(), Clause> {
        match self {
            Self::Constants(circuit) => circuit.is_satisfied(private, public),
            Self::Inputs(circuit) => circuit.is_satisfied(private, public),
        }
    }

    pub(super) fn synthesize<S: Synthesizer>(&self, cs: &mut S) {
        match self {
            Self::Constants(circuit) => circuit.relation().synthesize(cs),
            Self::Inputs(circuit) => circuit.relation().synthesize(cs),
        }
    }

    /// Products, in E3, of each recipient; the last is `u(K[i])`.
    pub(super) fn products_of_a_secret(&self) -> usize {
        match self {
            Self::Constants(_) => chain::ROWS_OF_ABSCISSA - walk::QUOTIENTS,
            Self::Inputs(_) => ladder::ROWS - ladder::QUOTIENTS,
        }
    }
}
