//! G1 through arkworks, where blst cannot be had (wasm); G2 and pairings in the modules below. In variable time: only
//! verification runs there.

pub(super) mod fixed;
pub(super) mod g2;
mod map;
pub(super) mod pairing;
pub(super) mod sums;

use ark_bls12_381::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::PrimeField;
use ark_ff::field_hashers::{DefaultFieldHasher, HashToField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};

use super::HASH_TO_CURVE_SUITE;

type FieldHasher = DefaultFieldHasher<sha2_for_arkworks::Sha256>;

pub(super) fn msm(points: &[G1Affine], scalars: &[Fr], _bits: usize) -> G1Projective {
    G1Projective::msm_unchecked(points, scalars)
}

pub(super) fn multiply(point: &G1Projective, scalar: &Fr, _bits: usize) -> G1Projective {
    *point * scalar
}

pub(super) fn public_key(secret: &[u8; 32]) -> G1Projective {
    G1Affine::generator() * Fr::from_be_bytes_mod_order(secret)
}

/// [`decode_on_curve`] for several.
pub(super) fn decode_all_on_curve(encodings: &[&[u8; 48]]) -> Vec<Option<G1Affine>> {
    encodings.iter().map(|bytes| decode_on_curve(bytes)).collect()
}

/// A point of the curve from its compressed form, in or out of the subgroup of order r.
pub(super) fn decode_on_curve(bytes: &[u8; 48]) -> Option<G1Affine> {
    // Without validation arkworks leaves out the check of the subgroup; the point is computed from its abscissa.
    let point = G1Affine::deserialize_compressed_unchecked(bytes.as_slice()).ok()?;
    // arkworks tolerates more than one form of the identity; there is one canonical encoding.
    (encode(&point) == *bytes).then_some(point)
}

pub(super) fn encode(point: &G1Affine) -> [u8; 48] {
    let mut bytes = [0; 48];
    // Writing a point into a buffer of its own size cannot fail.
    let written = point.serialize_compressed(bytes.as_mut_slice());
    debug_assert!(written.is_ok());
    bytes
}

/// A point of the curve from its two coordinates, in or out of the subgroup of order r.
pub(super) fn decode_uncompressed_on_curve(bytes: &[u8; 96]) -> Option<G1Affine> {
    // Without validation arkworks leaves out the check of the curve, too.
    let point = G1Affine::deserialize_uncompressed_unchecked(bytes.as_slice()).ok()?;
    point.is_on_curve().then_some(point)
}

pub(super) fn encode_uncompressed(point: &G1Affine) -> [u8; 96] {
    let mut bytes = [0; 96];
    let written = point.serialize_uncompressed(bytes.as_mut_slice());
    debug_assert!(written.is_ok());
    bytes
}

pub(super) fn hash_to_curve(message: &[u8]) -> G1Projective {
    let hasher = <FieldHasher as HashToField<Fq>>::new(HASH_TO_CURVE_SUITE);
    map::map_pair(hasher.hash_to_field(message))
}
