//! The values of the private variables.

use ark_bls12_381::Fr;
use zeroize::Zeroizing;

use super::circuit::Layout;
use super::walk::Walk;
use super::{EphemeralScalar, Statement};
use crate::r1cs::Assignment;

/// Runs the description of the circuit for values.
pub(super) fn assign(
    layout: &Layout,
    capacity: usize,
    statement: &Statement,
    scalar: &EphemeralScalar,
) -> Zeroizing<Vec<Fr>> {
    let public = statement.public_inputs();
    let bits = scalar.bits();
    let walk = Walk::new(&layout.tables, scalar);
    let mut assignment = Assignment::new(&public, &bits, &walk.slopes, capacity);
    layout.synthesize(&mut assignment);
    assignment.finish()
}
