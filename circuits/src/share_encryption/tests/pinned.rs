//! The matrices are the statement: they must not change unnoticed.

use std::fmt::Write;

use super::*;

/// A change here is another relation, and needs another version of the protocol. It is never just recorded anew.
#[test]
fn matrices_are_pinned() {
    let mut found = String::from("# recipients outputs rows private entries digest\n");
    for (recipients, outputs) in [(1, 1), (4, 1), (4, 3), (10, 1), (10, 16)] {
        let circuit = Circuit::new(&keys(recipients), outputs).unwrap();
        let m = circuit.matrices();
        let digest = hex::encode(circuit.digest());
        let sizes = format!("{} {} {}", m.constraints, m.private, m.entries());
        writeln!(found, "{recipients} {outputs} {sizes} {digest}").unwrap();
    }
    assert_eq!(found, include_str!("../../../pinned/share_encryption.txt"));
}

#[test]
fn matrices_with_keys_as_inputs_are_pinned() {
    let mut found = String::from("# recipients outputs rows private public entries digest\n");
    for (recipients, outputs) in [(2, 1), (3, 1), (4, 1), (4, 3), (7, 1), (10, 1), (16, 1)] {
        let circuit = ShapeCircuit::new(recipients, outputs).unwrap();
        let m = circuit.matrices();
        let digest = hex::encode(circuit.digest());
        let sizes = format!("{} {} {} {}", m.constraints, m.private, m.public, m.entries());
        writeln!(found, "{recipients} {outputs} {sizes} {digest}").unwrap();
    }
    assert_eq!(found, include_str!("../../../pinned/share_encryption_inputs.txt"));
}

#[test]
fn the_digest_depends_on_keys_their_order_and_outputs() {
    let digest = |keys: &[Point], outputs| Circuit::new(keys, outputs).unwrap().digest();
    let two = keys(2);
    let digests = [
        digest(&two, 1),
        digest(&two, 2),
        digest(&[two[1], two[0]], 1),
        digest(&[two[0], -two[1]], 1),
        digest(&keys(3), 1),
    ];
    assert!((1..digests.len()).all(|k| !digests[..k].contains(&digests[k])));
}
