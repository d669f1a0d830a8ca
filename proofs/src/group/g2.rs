//! The group G2 of BLS12-381: verifying keys, and one point of a Groth16 proof.
//!
//! Points that come from outside enter through [`decode`] or [`decode_uncompressed`] and nowhere else.

use ark_bls12_381::{Fr, G2Affine, G2Projective};
use ark_ec::AffineRepr;

#[cfg(not(target_arch = "wasm32"))]
use super::native::g2 as backend;
#[cfg(target_arch = "wasm32")]
use super::portable::g2 as backend;
use super::{SCALAR_BITS, bits_of, multiply_all_with, without_zeros};
use crate::parallel;

/// Bytes of a compressed point.
pub(crate) const POINT_LEN: usize = 96;
/// Bytes of an uncompressed point.
pub(crate) const UNCOMPRESSED_LEN: usize = 192;
/// Below this many points one thread is faster than several.
const PARALLEL_FROM: usize = 128;

/// The domain of every hash to G2 in the proofs (RFC 9380, section 3.1).
pub(super) const HASH_TO_CURVE_SUITE: &[u8] = b"CORAM-V01-CS01-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";

/// The standard generator of G2.
pub(crate) fn generator() -> G2Affine {
    G2Affine::generator()
}

/// `sum scalar·point` over all cores, in variable time.
pub(crate) fn msm_parallel(points: &[G2Affine], scalars: &[Fr]) -> G2Projective {
    let pieces = if points.len() < PARALLEL_FROM { 1 } else { parallel::threads() };
    msm_in_pieces(points, scalars, pieces)
}

/// `sum scalar·point` in pieces on as many cores: the fewer, the less work in all.
pub(crate) fn msm_in_pieces(points: &[G2Affine], scalars: &[Fr], pieces: usize) -> G2Projective {
    debug_assert_eq!(points.len(), scalars.len());
    let share = points.len().div_ceil(pieces.max(1));
    let piece = |index: usize| {
        let range = points.len().min(index * share)..points.len().min((index + 1) * share);
        msm(&points[range.clone()], &scalars[range])
    };
    parallel::map(pieces, piece).into_iter().sum()
}

/// `sum scalar·point`, on one thread, in variable time.
pub(crate) fn msm(points: &[G2Affine], scalars: &[Fr]) -> G2Projective {
    let (points, scalars) = without_zeros(points, scalars);
    backend::msm(&points, &scalars, bits_of(&scalars))
}

/// `scalar·point`, natively in constant time.
pub(crate) fn multiply(point: &G2Affine, scalar: &Fr) -> G2Projective {
    backend::multiply(&(*point).into(), scalar, SCALAR_BITS)
}

/// `scalar_i·point_i`, natively in constant time, over all cores.
pub(crate) fn multiply_all(points: &[G2Affine], scalars: &[Fr]) -> Vec<G2Affine> {
    multiply_all_with(points, scalars, multiply)
}

/// A point from its compressed form, or `None` if it is not canonical, not on the curve or not in the
/// subgroup of order r. The identity is a point.
pub(crate) fn decode(bytes: &[u8; POINT_LEN]) -> Option<G2Affine> {
    backend::decode(bytes)
}

/// The compressed form of a point.
pub(crate) fn encode(point: &G2Affine) -> [u8; POINT_LEN] {
    backend::encode(point)
}

/// As [`decode`], from the two coordinates: twice the bytes, and no square root to take.
pub(crate) fn decode_uncompressed(bytes: &[u8; UNCOMPRESSED_LEN]) -> Option<G2Affine> {
    // Whatever a backend tolerates: one point has one encoding.
    backend::decode_uncompressed(bytes).filter(|point| encode_uncompressed(point) == *bytes)
}

/// The two coordinates of a point.
pub(crate) fn encode_uncompressed(point: &G2Affine) -> [u8; UNCOMPRESSED_LEN] {
    backend::encode_uncompressed(point)
}

/// A point of which nobody knows a logarithm to any other base, from a message of any length.
pub(crate) fn hash_to_curve(message: &[u8]) -> G2Affine {
    backend::hash_to_curve(message).into()
}

#[cfg(test)]
mod tests {
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    use super::super::{native, portable};
    use super::*;

    fn samples(count: usize) -> (Vec<G2Affine>, Vec<Fr>) {
        let mut rng = test_rng();
        (0..count).map(|_| (G2Affine::rand(&mut rng), Fr::rand(&mut rng))).unzip()
    }

    #[test]
    fn both_backends_agree() {
        let (points, scalars) = samples(40);
        for len in [0, 1, 3, 5, 40] {
            let expected = portable::g2::msm(&points[..len], &scalars[..len], SCALAR_BITS);
            assert_eq!(native::g2::msm(&points[..len], &scalars[..len], SCALAR_BITS), expected);
        }
        let product = portable::g2::multiply(&points[0].into(), &scalars[0], SCALAR_BITS);
        assert_eq!(native::g2::multiply(&points[0].into(), &scalars[0], SCALAR_BITS), product);
        assert_eq!(multiply_all(&points[..2], &scalars[..2])[0], product);
        assert_eq!(native::g2::hash_to_curve(b"any message"), portable::g2::hash_to_curve(b"any message"));
        for point in points.into_iter().chain([G2Affine::zero()]) {
            let bytes = native::g2::encode(&point);
            assert_eq!(bytes, portable::g2::encode(&point));
            assert_eq!(
                (native::g2::decode(&bytes), portable::g2::decode(&bytes)),
                (Some(point), Some(point))
            );
            let bytes = native::g2::encode_uncompressed(&point);
            assert_eq!(bytes, portable::g2::encode_uncompressed(&point));
            assert_eq!(decode_uncompressed(&bytes), Some(point));
            assert_eq!(portable::g2::decode_uncompressed(&bytes), Some(point));
        }
    }

    #[test]
    fn msm_on_many_cores_is_the_same_sum() {
        let (points, scalars) = samples(PARALLEL_FROM + 7);
        assert_eq!(msm_parallel(&points, &scalars), msm(&points, &scalars));
    }

    #[test]
    fn a_point_outside_the_subgroup_does_not_decode() {
        let mut x = ark_bls12_381::Fq2::from(1u64);
        let outside = loop {
            if let Some(point) = G2Affine::get_point_from_x_unchecked(x, false)
                && !point.is_in_correct_subgroup_assuming_on_curve()
            {
                break point;
            }
            x += ark_bls12_381::Fq2::from(1u64);
        };
        assert_eq!(decode(&encode(&outside)), None);
        assert_eq!(decode_uncompressed(&encode_uncompressed(&outside)), None);
    }

    #[test]
    fn a_compressed_point_is_no_uncompressed_one() {
        let mut bytes = [0; UNCOMPRESSED_LEN];
        bytes[..POINT_LEN].copy_from_slice(&encode(&generator()));
        assert_eq!(decode_uncompressed(&bytes), None);
    }
}
