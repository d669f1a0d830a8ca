//! Circuits and keys must not change unnoticed.

use std::fmt::Write;

use crate::setup::{Shape, chosen};

/// A change here is another relation or another way from secrets to keys, and needs another version of the protocol. It is
/// never just recorded anew.
#[test]
fn verifying_keys_from_fixed_secrets_are_pinned() {
    let mut found = String::from("# recipients validators domain circuit relation setup\n");
    let contributor = |seed: u8| chosen::Contributor { seed: [seed; 64], signer: None };
    for (recipients, validators) in [(2, 1), (2, 2), (3, 1), (4, 1)] {
        let shape = Shape::new(recipients, validators).unwrap();
        let key = chosen::reference(shape, &[contributor(1), contributor(2)]).unwrap().into_key();
        let digests = [key.setup().circuit_digest(), key.relation_digest(), key.setup().digest()];
        let digests = digests.map(hex::encode).join(" ");
        writeln!(found, "{recipients} {validators} 2^{} {digests}", shape.domain_log()).unwrap();
    }
    assert_eq!(found, include_str!("../../../pinned/groth16.txt"));
}
