//! G2 through arkworks, as G1 in the module above.

use ark_bls12_381::{Fr, G2Affine, G2Projective, g2};
use ark_ec::{
    VariableBaseMSM,
    hashing::{HashToCurve, curve_maps::wb::WBMap, map_to_curve_hasher::MapToCurveBasedHasher},
};
use ark_ff::field_hashers::DefaultFieldHasher;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};

use crate::group::g2::HASH_TO_CURVE_SUITE;

type Hasher =
    MapToCurveBasedHasher<G2Projective, DefaultFieldHasher<sha2_for_arkworks::Sha256>, WBMap<g2::Config>>;

pub(in super::super) fn msm(points: &[G2Affine], scalars: &[Fr], _bits: usize) -> G2Projective {
    G2Projective::msm_unchecked(points, scalars)
}

pub(in super::super) fn multiply(point: &G2Projective, scalar: &Fr, _bits: usize) -> G2Projective {
    *point * scalar
}

pub(in super::super) fn decode(bytes: &[u8; 96]) -> Option<G2Affine> {
    let point = G2Affine::deserialize_compressed(bytes.as_slice()).ok()?;
    // arkworks tolerates more than one form of the identity; there is one canonical encoding.
    (encode(&point) == *bytes).then_some(point)
}

pub(in super::super) fn encode(point: &G2Affine) -> [u8; 96] {
    let mut bytes = [0; 96];
    // Writing a point into a buffer of its own size cannot fail.
    let written = point.serialize_compressed(bytes.as_mut_slice());
    debug_assert!(written.is_ok());
    bytes
}

pub(in super::super) fn decode_uncompressed(bytes: &[u8; 192]) -> Option<G2Affine> {
    G2Affine::deserialize_uncompressed(bytes.as_slice()).ok()
}

pub(in super::super) fn encode_uncompressed(point: &G2Affine) -> [u8; 192] {
    let mut bytes = [0; 192];
    let written = point.serialize_uncompressed(bytes.as_mut_slice());
    debug_assert!(written.is_ok());
    bytes
}

pub(in super::super) fn hash_to_curve(message: &[u8]) -> G2Projective {
    match Hasher::new(HASH_TO_CURVE_SUITE).and_then(|hasher| hasher.hash(message)) {
        Ok(point) => point.into(),
        Err(_) => unreachable!("the parameters of the map are constants of the curve"),
    }
}
