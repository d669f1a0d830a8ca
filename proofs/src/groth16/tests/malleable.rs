//! What anybody can do with a proof.

use ark_bls12_381::Fr;
use ark_ec::CurveGroup;
use ark_ff::Field;

use super::super::{VerifyingKey, proof::Proof};

/// Another proof of the same statement, without its witness: `A/x`, `x B + x^2 delta`, `C + x A`.
pub(crate) fn rerandomise(key: &VerifyingKey, proof: &[u8], x: Fr) -> Vec<u8> {
    let Proof { a, b, c } = Proof::from_bytes(proof).unwrap();
    let again = Proof {
        a: (a * x.inverse().unwrap()).into_affine(),
        b: (b * x + key.delta * (x * x)).into_affine(),
        c: (c + a * x).into_affine(),
    };
    again.to_bytes()
}
