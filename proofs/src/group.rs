//! The group G1 of BLS12-381: what the proofs compute with. [`g2`] and [`pairing`] serve Groth16 alone.
//!
//! `blst` does the work natively, arkworks on wasm; the types are arkworks' everywhere. Points that come from outside
//! enter through [`decode`], [`decode_all`] or [`decode_lists`] and nowhere else.

pub(crate) mod g2;
#[cfg(not(target_arch = "wasm32"))]
mod native;
pub(crate) mod pairing;
#[cfg(any(target_arch = "wasm32", test))]
mod portable;
mod subgroup;
mod sum;

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField, Zero};
#[cfg(not(target_arch = "wasm32"))]
use native as backend;
#[cfg(target_arch = "wasm32")]
use portable as backend;
use zeroize::Zeroizing;

pub(crate) use backend::fixed::FixedBases;
pub(crate) use subgroup::POINTS_TOGETHER;
pub(crate) use sum::GroupSum;

use crate::parallel;

/// Bytes of a compressed point.
pub(crate) const POINT_LEN: usize = 48;
/// Bytes of an uncompressed point.
pub(crate) const UNCOMPRESSED_LEN: usize = 96;
/// Bits of a scalar.
const SCALAR_BITS: usize = 255;
/// Bits of a challenge that multiplies points: half the work of a full one, at a soundness error of 3/2^128 for each.
pub(crate) const SHORT_BITS: usize = 128;
/// Below this many points one thread is faster than several.
const PARALLEL_FROM: usize = 256;

/// The domain of every hash to G1 in the proofs (RFC 9380, section 3.1).
const HASH_TO_CURVE_SUITE: &[u8] = b"CORAM-V01-CS01-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";

/// The standard generator of G1, of which validator keys are multiples.
pub(crate) fn generator() -> G1Affine {
    G1Affine::generator()
}

/// `sum scalar·point`, on one thread, in variable time.
pub(crate) fn msm(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
    let (points, scalars) = without_zeros(points, scalars);
    backend::msm(&points, &scalars, bits_of(&scalars))
}

/// How many bits of scalars a multiplication has to look at: weights are short, and take half the work.
fn bits_of(scalars: &[Fr]) -> usize {
    let is_short = |scalar: &Fr| scalar.into_bigint().num_bits() as usize <= SHORT_BITS;
    if scalars.iter().all(is_short) { SHORT_BITS } else { SCALAR_BITS }
}

/// What counts in a sum. Scalars may be a dealer's witness: they are copied once, to a place that does not grow and is wiped.
fn without_zeros<A: AffineRepr<ScalarField = Fr>>(
    points: &[A],
    scalars: &[Fr],
) -> (Vec<A>, Zeroizing<Vec<Fr>>) {
    debug_assert_eq!(points.len(), scalars.len());
    let mut kept = (Vec::with_capacity(points.len()), Zeroizing::new(Vec::with_capacity(scalars.len())));
    for (point, scalar) in points.iter().zip(scalars) {
        if !point.is_zero() && !scalar.is_zero() {
            kept.0.push(*point);
            kept.1.push(*scalar);
        }
    }
    kept
}

/// [`msm`] over all cores.
pub(crate) fn msm_parallel(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
    let pieces = if points.len() < PARALLEL_FROM { 1 } else { parallel::threads() };
    msm_in_pieces(points, scalars, pieces)
}

/// [`msm`] in pieces on as many cores: the fewer, the less work in all.
pub(crate) fn msm_in_pieces(points: &[G1Affine], scalars: &[Fr], pieces: usize) -> G1Projective {
    let share = points.len().div_ceil(pieces.max(1));
    let piece = |index: usize| {
        let range = points.len().min(index * share)..points.len().min((index + 1) * share);
        msm(&points[range.clone()], &scalars[range])
    };
    parallel::map(pieces, piece).into_iter().sum()
}

/// `scalar·point`, natively in constant time.
pub(crate) fn multiply(point: &G1Affine, scalar: &Fr) -> G1Projective {
    backend::multiply(&(*point).into(), scalar, SCALAR_BITS)
}

/// `scalar·point` for a scalar below 2^128.
pub(crate) fn multiply_short(point: &G1Affine, scalar: &Fr) -> G1Projective {
    backend::multiply(&(*point).into(), scalar, SHORT_BITS)
}

/// `index·point`, for the index of an operator.
pub(crate) fn multiply_index(point: &G1Projective, index: u16) -> G1Projective {
    backend::multiply(point, &Fr::from(index), u16::BITS as usize)
}

/// `scalar_i·point_i`, natively in constant time, over all cores.
pub(crate) fn multiply_all(points: &[G1Affine], scalars: &[Fr]) -> Vec<G1Affine> {
    multiply_all_with(points, scalars, multiply)
}

/// The products one by one, in affine form. Points are shared out in pieces: each takes one inversion.
fn multiply_all_with<A: AffineRepr>(
    points: &[A],
    scalars: &[Fr],
    multiply: impl Fn(&A, &Fr) -> A::Group + Sync,
) -> Vec<A>
where
    A::Group: CurveGroup<Affine = A>,
{
    const PIECE: usize = 256;
    debug_assert_eq!(points.len(), scalars.len());
    let pieces = parallel::map(points.len().div_ceil(PIECE), |piece| {
        let piece = piece * PIECE..points.len().min((piece + 1) * PIECE);
        let products: Vec<A::Group> =
            points[piece.clone()].iter().zip(&scalars[piece]).map(|(p, s)| multiply(p, s)).collect();
        A::Group::normalize_batch(&products)
    });
    pieces.concat()
}

/// The public key of a secret key of 32 big-endian bytes, natively in constant time.
pub(crate) fn public_key(secret: &[u8; 32]) -> G1Affine {
    backend::public_key(secret).into_affine()
}

/// A point from its compressed form, or `None` if it is not canonical, not on the curve or not in the
/// subgroup of order r. The identity is a point.
///
/// The cofactor of G1 is divisible by 3: junk of order 3 in an unchecked point would pass one random linear combination
/// in three.
pub(crate) fn decode(bytes: &[u8; POINT_LEN]) -> Option<G1Affine> {
    subgroup::member(backend::decode_on_curve(bytes)?)
}

/// Decodes points that stand one after another, on all cores. `None` unless every one of them is a point and
/// the length fits.
pub(crate) fn decode_all(bytes: &[u8]) -> Option<Vec<G1Affine>> {
    decode_lists(&[bytes]).pop()?.ok()
}

/// As [`decode_all`], with a check of the subgroup for each point, one after another: for what is kept for good.
pub(crate) fn decode_each(bytes: &[u8]) -> Option<Vec<G1Affine>> {
    let (points, rest) = bytes.as_chunks::<POINT_LEN>();
    rest.is_empty().then(|| points.iter().map(decode).collect())?
}

/// [`decode_all`] for each of several lists; an error is the place, from 0, of the first thing in a list that is no point. Whether the
/// points are in the group is found for those of all lists together, see [`subgroup`].
pub(crate) fn decode_lists(lists: &[&[u8]]) -> Vec<Result<Vec<G1Affine>, usize>> {
    const TOGETHER: usize = 32;
    let encodings: Vec<&[u8; POINT_LEN]> = lists.iter().flat_map(|bytes| bytes.as_chunks().0).collect();
    let pieces: Vec<_> = encodings.chunks(TOGETHER).collect();
    let on_curve = parallel::map(pieces.len(), |index| backend::decode_all_on_curve(pieces[index])).concat();
    // Of order 3: not every backend finds these on the curve, and which points are checked together must be the same for all.
    let has_abscissa_zero = |point: &G1Affine| !point.is_zero() && point.x.is_zero();
    let on_curve =
        on_curve.into_iter().map(|point| point.filter(|point| !has_abscissa_zero(point))).collect();
    let mut checked = subgroup::check(&encodings, on_curve).into_iter();
    let members = |bytes: &&[u8]| {
        let (points, rest) = bytes.as_chunks::<POINT_LEN>();
        let members: Vec<Option<G1Affine>> = checked.by_ref().take(points.len()).collect();
        let bad = members.iter().position(Option::is_none).or((!rest.is_empty()).then_some(points.len()));
        bad.map_or_else(|| Ok(members.into_iter().flatten().collect()), Err)
    };
    lists.iter().map(members).collect()
}

/// The compressed form of a point, 48 bytes.
pub(crate) fn encode(point: &G1Affine) -> [u8; POINT_LEN] {
    backend::encode(point)
}

/// As [`decode`] for each, from the two coordinates: twice the bytes, and no square root to take. On the calling thread.
pub(crate) fn decode_each_uncompressed(encodings: &[[u8; UNCOMPRESSED_LEN]]) -> Vec<Option<G1Affine>> {
    let on_curve = |bytes: &[u8; UNCOMPRESSED_LEN]| {
        // Whatever a backend tolerates: one point has one encoding.
        backend::decode_uncompressed_on_curve(bytes).filter(|point| encode_uncompressed(point) == *bytes)
    };
    subgroup::members(encodings.iter().map(on_curve).collect())
}

/// The two coordinates of a point, 96 bytes.
pub(crate) fn encode_uncompressed(point: &G1Affine) -> [u8; UNCOMPRESSED_LEN] {
    backend::encode_uncompressed(point)
}

/// Affine forms, with one inversion for all.
pub(crate) fn normalize(points: &[G1Projective]) -> Vec<G1Affine> {
    G1Projective::normalize_batch(points)
}

/// A point of which nobody knows a logarithm to any other base, from a label and an index.
pub(crate) fn hash_to_curve(label: &[u8], index: u32) -> G1Projective {
    backend::hash_to_curve(&[label, &index.to_be_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use ark_ff::{AdditiveGroup, Field, One, UniformRand};
    use ark_std::test_rng;

    use super::*;

    fn samples(count: usize) -> (Vec<G1Affine>, Vec<Fr>) {
        let mut rng = test_rng();
        let points: Vec<_> = (0..count).map(|_| G1Projective::rand(&mut rng)).collect();
        (normalize(&points), (0..count).map(|_| Fr::rand(&mut rng)).collect())
    }

    #[test]
    fn both_backends_agree() {
        let (points, scalars) = samples(40);
        for len in [0, 1, 3, 5, 40] {
            let expected = portable::msm(&points[..len], &scalars[..len], SCALAR_BITS);
            assert_eq!(native::msm(&points[..len], &scalars[..len], SCALAR_BITS), expected);
        }
        assert_eq!(
            native::multiply(&points[0].into(), &scalars[0], SCALAR_BITS),
            portable::multiply(&points[0].into(), &scalars[0], SCALAR_BITS)
        );
        let secret = [7; 32];
        assert_eq!(native::public_key(&secret), portable::public_key(&secret));
        assert_eq!(native::hash_to_curve(b"any message"), portable::hash_to_curve(b"any message"));
        for point in points.into_iter().chain([G1Affine::zero()]) {
            let bytes = native::encode(&point);
            assert_eq!(bytes, portable::encode(&point));
            assert_eq!(native::decode_on_curve(&bytes), Some(point));
            assert_eq!(portable::decode_on_curve(&bytes), Some(point));
            let bytes = native::encode_uncompressed(&point);
            assert_eq!(bytes, portable::encode_uncompressed(&point));
            assert_eq!(decode_each_uncompressed(&[bytes]), [Some(point)]);
            assert_eq!(portable::decode_uncompressed_on_curve(&bytes), Some(point));
        }
    }

    #[test]
    fn short_scalars_and_long_ones_give_the_sum() {
        let (points, scalars) = samples(40);
        let two_to_128 = Fr::from(u128::MAX) + Fr::one();
        let short: Vec<Fr> = (0..40).map(|index| Fr::from(u128::MAX - index)).collect();
        let mixed: Vec<Fr> = short.iter().copied().skip(1).chain([two_to_128]).collect();
        for scalars in [short, mixed, scalars] {
            for len in [3, 40] {
                let expected: G1Projective = points.iter().zip(&scalars).take(len).map(|(p, s)| *p * s).sum();
                assert_eq!(msm(&points[..len], &scalars[..len]), expected);
            }
        }
    }

    #[test]
    fn products_one_by_one() {
        let (points, scalars) = samples(600);
        let products = multiply_all(&points, &scalars);
        assert!(points.iter().zip(&scalars).zip(products).all(|((p, s), product)| *p * s == product));
    }

    #[test]
    fn sums_over_fixed_bases() {
        let (points, mut scalars) = samples(70);
        // Every digit at its bounds, and what lies beside them.
        let edges = (0..255).flat_map(|bit| [Fr::from(2u64).pow([bit]), -Fr::from(2u64).pow([bit])]);
        scalars.extend(edges.chain([0, 63, 65, 127, 128, 129, 255, 257].map(Fr::from)));
        let (native, portable) =
            (native::fixed::FixedBases::new(&points), portable::fixed::FixedBases::new(&points));
        for scalar in &scalars {
            let expected = points[69] * scalar;
            assert_eq!(native.sum(&[(69, &[*scalar])]), expected);
        }
        for len in [0, 1, 20, 60] {
            let terms = [(10, &scalars[..len]), (0, &scalars[60..62])];
            let expected = msm(&points[10..10 + len], &scalars[..len]) + msm(&points[..2], &scalars[60..62]);
            assert_eq!(native.sum(&terms), expected);
            assert_eq!(portable.sum(&terms), expected);
        }
    }

    /// Partial sums then meet doublings and the identity.
    #[test]
    fn fixed_bases_may_be_related() {
        let (points, scalars) = samples(2);
        let related = [points[0], -points[0], points[0], (points[0] + points[0]).into_affine()];
        let bases = native::fixed::FixedBases::new(&related);
        for weights in [[1, 1, 0, 0], [1, 0, 1, 0], [0, 2, 0, 1], [2, 0, 0, 1], [1, 1, 1, 1]] {
            let scalars = weights.map(|weight| scalars[0] * Fr::from(weight));
            let expected: G1Projective = related.iter().zip(&scalars).map(|(p, s)| *p * s).sum();
            assert_eq!(bases.sum(&[(0, &scalars)]), expected);
        }
    }

    #[test]
    fn scalars_are_copied_to_one_place() {
        let (points, mut scalars) = samples(40);
        scalars[5] = Fr::zero();
        let (kept, copied) = without_zeros(&points, &scalars);
        assert_eq!((kept.len(), copied.len(), copied.capacity()), (39, 39, 40));
    }

    #[test]
    fn msm_skips_identities_and_zeros() {
        let (mut points, mut scalars) = samples(8);
        points[2] = G1Affine::zero();
        scalars[5] = Fr::zero();
        let expected: G1Projective = points.iter().zip(&scalars).map(|(p, s)| *p * s).sum();
        assert_eq!(msm(&points, &scalars), expected);
    }

    /// Whoever sends points may send one of them twice, or with its negative: sums inside the algorithm then meet doublings
    /// and the identity.
    #[test]
    fn msm_of_repeated_and_opposite_points_is_right() {
        let (points, scalars) = samples(2);
        let double = (points[0] + points[0]).into_affine();
        let related = [points[0], points[0], -points[0], double, -double, points[1]];
        let simple = [Fr::one(), -Fr::one(), scalars[0], scalars[0], -scalars[0], Fr::from(2u64)];
        for len in [2, 5, 8, 31, 32, 33, 64, 300] {
            for shift in 0..simple.len() {
                let points: Vec<_> = related.iter().copied().cycle().take(len).collect();
                let scalars: Vec<_> = simple.iter().copied().cycle().skip(shift).take(len).collect();
                let expected = portable::msm(&points, &scalars, SCALAR_BITS);
                assert_eq!(native::msm(&points, &scalars, SCALAR_BITS), expected, "{len} points");
            }
        }
    }

    #[test]
    fn msm_on_many_cores_is_the_same_sum() {
        let (points, scalars) = samples(PARALLEL_FROM + 7);
        assert_eq!(msm_parallel(&points, &scalars), msm(&points, &scalars));
    }

    #[test]
    fn a_point_outside_the_subgroup_does_not_decode() {
        // Some x on the curve whose point is not of order r: almost every x will do.
        let mut x = ark_bls12_381::Fq::one();
        let outside = loop {
            if let Some(point) = G1Affine::get_point_from_x_unchecked(x, false)
                && !point.is_in_correct_subgroup_assuming_on_curve()
            {
                break point;
            }
            x.double_in_place();
        };
        assert!(outside.is_on_curve());
        assert_eq!(decode(&encode(&outside)), None);
        // One among others that are.
        let (mut points, _) = samples(20);
        points.push(G1Affine::zero());
        for (place, expected) in [(None, true), (Some(0), false), (Some(13), false), (Some(20), false)] {
            let mut points = points.clone();
            place.into_iter().for_each(|place: usize| points[place] = outside);
            let on_curve: Vec<_> = points.iter().map(native::sums::curve_point).collect();
            assert_eq!(native::sums::are_in_group(&on_curve), expected);
            assert_eq!(portable::sums::are_in_group(&points), expected);
            let which: Vec<bool> = (0..points.len()).map(|index| Some(index) != place).collect();
            assert_eq!(native::sums::which_are_in_group(&on_curve), which);
            assert_eq!(portable::sums::which_are_in_group(&points), which);
        }
    }

    /// Beside others, so that several are checked at once: a point of the curve that is not in the group, one of order 3, what is
    /// not on the curve, and what is no coordinate.
    #[test]
    fn coordinates_of_no_member_do_not_decode() {
        let outside = (1..).find_map(|x: u64| {
            let point = G1Affine::get_point_from_x_unchecked(x.into(), false)?;
            (!point.is_in_correct_subgroup_assuming_on_curve()).then_some(point)
        });
        let of_order_three = G1Affine::new_unchecked(0.into(), 2.into());
        let mut off_the_curve = encode_uncompressed(&generator());
        off_the_curve[95] ^= 1;
        let mut too_large = encode_uncompressed(&generator());
        too_large[..48].fill(0x1f);
        let bad = [
            (encode_uncompressed(&outside.unwrap()), true),
            (encode_uncompressed(&of_order_three), false),
            (off_the_curve, false),
            (too_large, false),
        ];
        let (mut points, _) = samples(19);
        points.push(G1Affine::zero());
        let good: Vec<_> = points.iter().map(encode_uncompressed).collect();
        let expected: Vec<_> = points.into_iter().map(Some).collect();
        assert_eq!(decode_each_uncompressed(&good), expected);
        for (bad, is_found_on_curve) in bad {
            assert_eq!(native::decode_uncompressed_on_curve(&bad).is_some(), is_found_on_curve);
            // Points without an abscissa blst refuses at once.
            let by_arkworks = is_found_on_curve || bad == encode_uncompressed(&of_order_three);
            assert_eq!(portable::decode_uncompressed_on_curve(&bad).is_some(), by_arkworks);
            for place in [0, 9, 18] {
                let (mut encodings, mut expected) = (good.clone(), expected.clone());
                (encodings[place], expected[place]) = (bad, None);
                assert_eq!(decode_each_uncompressed(&encodings), expected);
            }
        }
    }

    /// Points, opposite points, the identity, and what is no encoding: in every place, and in lists of every length.
    #[test]
    fn several_encodings_are_decoded_as_one() {
        let (points, _) = samples(20);
        let mut encodings: Vec<_> =
            points.iter().flat_map(|point| [encode(point), encode(&-*point)]).collect();
        encodings.push(encode(&G1Affine::zero()));
        for (index, byte, mask) in
            [(3, 0, 0x80), (4, 0, 0x40), (5, 47, 1), (6, 20, 4), (7, 47, 2), (8, 0, 0x1f)]
        {
            let mut bytes = encodings[index];
            bytes[byte] ^= mask;
            encodings.push(bytes);
        }
        // p, and the least abscissas: some are on the curve, and out of the group.
        let modulus = ark_bls12_381::Fq::MODULUS.to_bytes_be();
        for more in 0..20 {
            let mut bytes: [u8; POINT_LEN] = modulus.clone().try_into().unwrap();
            bytes[0] |= 0x80;
            bytes[47] = bytes[47].wrapping_add(more);
            let mut least = [0; POINT_LEN];
            // Not zero: there blst looks for no point of the curve, whose part of order 3 it knows.
            (least[0], least[47]) = (0x80, more + 1);
            encodings.extend([bytes, least]);
        }
        for shift in 0..9 {
            let encodings: Vec<_> = encodings[shift..].iter().collect();
            let expected: Vec<_> = encodings.iter().map(|bytes| portable::decode_on_curve(bytes)).collect();
            assert_eq!(native::decode_all_on_curve(&encodings), expected);
            assert_eq!(portable::decode_all_on_curve(&encodings), expected);
            assert!(
                encodings.iter().zip(expected).all(|(bytes, point)| native::decode_on_curve(bytes) == point)
            );
        }
    }

    #[test]
    fn other_forms_of_the_identity_do_not_decode() {
        let mut bytes = encode(&G1Affine::zero());
        bytes[47] = 1;
        assert_eq!(decode(&bytes), None);
        assert_eq!(portable::decode_on_curve(&bytes), None);
        bytes[47] = 0;
        bytes[0] |= 0x20;
        assert_eq!(decode(&bytes), None);
        assert_eq!(portable::decode_on_curve(&bytes), None);
    }
}
