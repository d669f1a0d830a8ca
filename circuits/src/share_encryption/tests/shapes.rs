//! How large the circuits are, and which are refused.

use super::*;
use crate::CircuitError;
use crate::jubjub::base;

#[test]
fn rows_of_the_clauses() {
    let pad = 240 + 12;
    let expected = |shared_secrets: usize| [62 * 15 + 2, 183, 4 * shared_secrets, 182 + pad, 4 * pad, 4 * 2];
    let constants = Circuit::new(&keys(4), 2).unwrap();
    let rows = Clause::ALL.map(|clause| constants.rows(clause).len());
    assert_eq!(rows, expected(182));
    assert_eq!(constants.clause(rows.iter().sum::<usize>() - 1), Some(Clause::MaskedSum));
    assert_eq!(constants.clause(rows.iter().sum()), None);

    let inputs = ShapeCircuit::new(4, 2).unwrap();
    assert_eq!(Clause::ALL.map(|clause| inputs.rows(clause).len()), expected(4 + 3 + 245 * 6 + 5));
}

#[test]
fn row_counts_stay_below_powers_of_two() {
    for (recipients, outputs, bound) in
        [(4, 1, 1 << 12), (10, 1, 1 << 13), (50, 1, 1 << 15), (10, 16, 1 << 14)]
    {
        let rows = Circuit::new(&keys(recipients), outputs).unwrap().matrices().constraints;
        assert!(rows < bound, "{recipients} recipients, {outputs} outputs: {rows}");
    }
}

#[test]
fn a_shape_is_counted_without_its_matrices() {
    for recipients in 1..=4 {
        for outputs in (1..=9).chain([16, 17]) {
            let circuit = ShapeCircuit::new(recipients, outputs).unwrap();
            let counted =
                (ShapeCircuit::constraints_of(recipients, outputs), ShapeCircuit::public_of(recipients));
            let matrices = circuit.matrices();
            assert_eq!(counted, (matrices.constraints, matrices.public), "{recipients} {outputs}");
            assert_eq!((circuit.recipients(), circuit.outputs()), (recipients, outputs));
            // Nothing is computed before it is needed: all rows but five have a variable of their own.
            assert_eq!(matrices.private + 5, matrices.constraints);
        }
    }
}

/// How many outputs a QAP of `2^log_size` points has room for: each public input, and the constant one, takes one beside the rows.
fn outputs_within(recipients: usize, log_size: u32) -> usize {
    let size =
        |outputs| ShapeCircuit::constraints_of(recipients, outputs) + 1 + ShapeCircuit::public_of(recipients);
    (1..).take_while(|outputs| size(*outputs) <= 1 << log_size).count()
}

#[test]
fn outputs_by_the_size_of_the_qap() {
    let outputs = |recipients| [13, 14, 15, 16, 17].map(|log_size| outputs_within(recipients, log_size));
    assert_eq!(outputs(4), [0, 24, 76, 180, 384]);
    assert_eq!(outputs(7), [0, 8, 36, 92, 212]);
    assert_eq!(outputs(10), [0, 0, 20, 60, 140]);
    assert_eq!(outputs(16), [0, 0, 4, 28, 80]);
}

#[test]
fn shapes_outside_the_limits_are_refused() {
    let limit = MAX_RECIPIENTS;
    let error = Some(CircuitError::Recipients { found: 0, limit });
    assert_eq!(Circuit::new(&[], 1).err(), error);
    assert_eq!(ShapeCircuit::new(0, 1).err(), error);
    let error = Some(CircuitError::Recipients { found: limit + 1, limit });
    assert_eq!(Circuit::new(&vec![base(); limit + 1], 1).err(), error);
    assert_eq!(ShapeCircuit::new(limit + 1, 1).err(), error);
    let limit = MAX_PADS / 2;
    for outputs in [0, limit + 1] {
        let error = Some(CircuitError::Outputs { found: outputs, limit });
        assert_eq!(Circuit::new(&keys(2), outputs).err(), error);
        assert_eq!(ShapeCircuit::new(2, outputs).err(), error);
    }
}
