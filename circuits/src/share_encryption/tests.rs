//! The relation natively and as constraints, true and broken.

use ark_bls12_381::Fr;

use super::*;
use crate::hash::TaggedHash;
use crate::jubjub::Point;

/// Keys with known, unrelated discrete logarithms.
fn keys(recipients: usize) -> Vec<Point> {
    (0..recipients as u64)
        .map(|i| {
            EphemeralScalar::from_uniform_bytes(&TaggedHash::new("test key").number(i).digest())
                .ephemeral_key()
        })
        .collect()
}

fn scalar(seed: u64) -> EphemeralScalar {
    EphemeralScalar::from_uniform_bytes(&TaggedHash::new("test scalar").number(seed).digest())
}

fn field(name: &str) -> Fr {
    TaggedHash::new("test").bytes(name.as_bytes()).field()
}

/// A true statement with its witness.
fn sample(keys: &[Point], outputs: usize) -> (Statement, Witness) {
    let scalar = scalar(1);
    let (ctx, blind, challenge) = (field("ctx"), field("b"), field("e"));
    let witness = Witness::new(keys, outputs, ctx, blind, &scalar);
    let masked_sum = masked_sum(challenge, witness.blinder, &witness.pads);
    (Statement { ephemeral: scalar.ephemeral_key(), ctx, blind, challenge, masked_sum }, witness)
}

#[test]
fn a_true_statement_satisfies_both() {
    for (recipients, outputs) in [(1, 1), (4, 1), (3, 2), (2, 3), (2, 9)] {
        let keys = keys(recipients);
        let (statement, witness) = sample(&keys, outputs);
        assert_eq!(check(&keys, outputs, &statement, &witness.scalar), Ok(()));
        let circuit = Circuit::new(&keys, outputs).unwrap();
        let private = circuit.assign(&statement, &witness.scalar);
        assert_eq!(private.len(), circuit.matrices().private);
        assert_eq!(circuit.is_satisfied(&private, &circuit.public_inputs(&statement)), Ok(()));
    }
}

#[test]
#[ignore = "a report"]
fn sizes() {
    for (recipients, outputs) in [(4, 1), (10, 1), (50, 1), (100, 1), (10, 16), (4, 100)] {
        let keys = keys(recipients);
        let (statement, witness) = sample(&keys, outputs);
        let t = std::time::Instant::now();
        let circuit = Circuit::new(&keys, outputs).unwrap();
        let new = t.elapsed();
        let t = std::time::Instant::now();
        let _ = circuit.digest();
        let digest = t.elapsed();
        let t = std::time::Instant::now();
        let _ = circuit.assign(&statement, &witness.scalar);
        let assign = t.elapsed();
        let t = std::time::Instant::now();
        let _ = circuit.shared_secrets(&witness.scalar);
        let secrets = t.elapsed();
        let m = circuit.matrices();
        println!(
            "n={recipients} m={outputs}: {} rows, {} private, entries {} + {} + {} = {}; new {new:?} digest {digest:?} assign {assign:?} secrets {secrets:?}",
            m.constraints,
            m.private,
            m.a.entries(),
            m.b.entries(),
            m.c.entries(),
            m.entries()
        );
    }
}
