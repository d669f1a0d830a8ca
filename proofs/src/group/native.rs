//! G1 through `blst`; G2 and pairings in the modules below.
//!
//! arkworks and blst keep coordinates alike (Montgomery form with R = 2^384, Jacobian triples), so a point crosses
//! by copying its limbs. This is the only module of the crate with `unsafe`: calls into blst with pointers
//! to live Rust values of the lengths that blst asks for.
#![allow(unsafe_code)]

mod affine;
mod buckets;
mod decoding;
pub(super) mod fixed;
pub(super) mod g2;
pub(super) mod pairing;
pub(super) mod sums;
mod wide;

use ark_bls12_381::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField, Zero};
use blst::{blst_fp, blst_p1, blst_p1_affine, blst_scalar};
use zeroize::Zeroize;

use super::HASH_TO_CURVE_SUITE;

/// The most points for which [`buckets`] are used, whose memory grows with their number.
const BUCKETS_UP_TO: usize = 1 << 15;

fn fp_to_blst(value: &Fq) -> blst_fp {
    blst_fp { l: value.0.0 }
}

fn fp_from_blst(value: &blst_fp) -> Fq {
    let mut out = Fq::zero();
    out.0 = BigInt(value.l);
    out
}

fn to_blst(point: &G1Affine) -> blst_p1_affine {
    match point.xy() {
        Some((x, y)) => blst_p1_affine { x: fp_to_blst(&x), y: fp_to_blst(&y) },
        None => blst_p1_affine::default(),
    }
}

fn to_blst_jacobian(point: &G1Projective) -> blst_p1 {
    blst_p1 { x: fp_to_blst(&point.x), y: fp_to_blst(&point.y), z: fp_to_blst(&point.z) }
}

fn from_blst(point: &blst_p1) -> G1Projective {
    let z = fp_from_blst(&point.z);
    if z.is_zero() {
        return G1Projective::zero();
    }
    G1Projective::new_unchecked(fp_from_blst(&point.x), fp_from_blst(&point.y), z)
}

fn from_blst_affine(point: &blst_p1_affine) -> G1Affine {
    let (x, y) = (fp_from_blst(&point.x), fp_from_blst(&point.y));
    if x.is_zero() && y.is_zero() { G1Affine::zero() } else { G1Affine::new_unchecked(x, y) }
}

fn scalar_bytes(scalar: &Fr) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, limb) in bytes.chunks_exact_mut(8).zip(scalar.into_bigint().0) {
        bytes.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

/// `sum scalar·point` on the calling thread, in variable time. The slices are of one length, and no point is the
/// identity.
pub(super) fn msm(points: &[G1Affine], scalars: &[Fr], bits: usize) -> G1Projective {
    debug_assert_eq!(points.len(), scalars.len());
    match points.len() {
        0 => return G1Projective::zero(),
        1..=4 => return points.iter().zip(scalars).map(|(p, s)| multiply(&(*p).into(), s, bits)).sum(),
        32..=BUCKETS_UP_TO => return from_blst(&buckets::sum(points, scalars)),
        _ => {}
    }
    let points: Vec<blst_p1_affine> = points.iter().map(to_blst).collect();
    let mut bytes = Vec::with_capacity(32 * scalars.len());
    scalars.iter().for_each(|scalar| bytes.extend_from_slice(&scalar_bytes(scalar)));
    let point_pointers = [points.as_ptr(), std::ptr::null()];
    let scalar_pointers: Vec<*const u8> = bytes.chunks_exact(32).map(<[u8]>::as_ptr).collect();
    let mut out = blst_p1::default();
    // SAFETY: a null second entry tells blst that the points are contiguous; there is one 32-byte scalar for each of
    // them; the scratch space has the size that blst asked for.
    unsafe {
        let limbs = blst::blst_p1s_mult_pippenger_scratch_sizeof(points.len()) / size_of::<u64>();
        let mut scratch = vec![0_u64; limbs];
        blst::blst_p1s_mult_pippenger(
            &mut out,
            point_pointers.as_ptr(),
            points.len(),
            scalar_pointers.as_ptr(),
            bits,
            scratch.as_mut_ptr(),
        );
    }
    bytes.zeroize();
    from_blst(&out)
}

/// `scalar·point` in constant time, for scalars below `2^bits`.
pub(super) fn multiply(point: &G1Projective, scalar: &Fr, bits: usize) -> G1Projective {
    let point = to_blst_jacobian(point);
    let mut bytes = scalar_bytes(scalar);
    let mut out = blst_p1::default();
    // SAFETY: `bytes` holds 32 bytes and `bits` is at most 255.
    unsafe { blst::blst_p1_mult(&mut out, &point, bytes.as_ptr(), bits) };
    bytes.zeroize();
    from_blst(&out)
}

/// The public key of a secret key given as 32 big-endian bytes below the group order, in constant time.
pub(super) fn public_key(secret: &[u8; 32]) -> G1Projective {
    let mut scalar = blst_scalar::default();
    let mut out = blst_p1::default();
    // SAFETY: `secret` holds the 32 bytes that blst reads; `scalar` is initialised by the first call.
    unsafe {
        blst::blst_scalar_from_bendian(&mut scalar, secret.as_ptr());
        blst::blst_sk_to_pk_in_g1(&mut out, &scalar);
    }
    scalar.b.zeroize();
    from_blst(&out)
}

/// [`decode_on_curve`] for several.
pub(super) fn decode_all_on_curve(encodings: &[&[u8; 48]]) -> Vec<Option<G1Affine>> {
    encodings.chunks(wide::LANES).flat_map(decoding::decode).collect()
}

/// A point of the curve from its compressed form, in or out of the subgroup of order r.
pub(super) fn decode_on_curve(bytes: &[u8; 48]) -> Option<G1Affine> {
    let mut point = blst_p1_affine::default();
    // SAFETY: `bytes` holds the 48 bytes of a compressed point; `point` is initialised when the call succeeds.
    let is_on_curve =
        unsafe { blst::blst_p1_uncompress(&mut point, bytes.as_ptr()) == blst::BLST_ERROR::BLST_SUCCESS };
    is_on_curve.then(|| from_blst_affine(&point))
}

/// The compressed form of a point.
pub(super) fn encode(point: &G1Affine) -> [u8; 48] {
    let mut bytes = [0; 48];
    // SAFETY: `bytes` has room for the 48 bytes that blst writes.
    unsafe { blst::blst_p1_affine_compress(bytes.as_mut_ptr(), &to_blst(point)) };
    bytes
}

/// A point of the curve from its two coordinates, in or out of the subgroup of order r.
pub(super) fn decode_uncompressed_on_curve(bytes: &[u8; 96]) -> Option<G1Affine> {
    let mut point = blst_p1_affine::default();
    // SAFETY: `bytes` holds the 96 bytes of an uncompressed point; `point` is initialised when the call succeeds.
    let is_on_curve =
        unsafe { blst::blst_p1_deserialize(&mut point, bytes.as_ptr()) == blst::BLST_ERROR::BLST_SUCCESS };
    is_on_curve.then(|| from_blst_affine(&point))
}

/// The two coordinates of a point.
pub(super) fn encode_uncompressed(point: &G1Affine) -> [u8; 96] {
    let mut bytes = [0; 96];
    // SAFETY: `bytes` has room for the 96 bytes that blst writes.
    unsafe { blst::blst_p1_affine_serialize(bytes.as_mut_ptr(), &to_blst(point)) };
    bytes
}

/// Hash to G1 (RFC 9380).
pub(super) fn hash_to_curve(message: &[u8]) -> G1Projective {
    let mut out = blst_p1::default();
    // SAFETY: every pointer comes with the length of the slice it points to; no augmentation is used.
    unsafe {
        blst::blst_hash_to_g1(
            &mut out,
            message.as_ptr(),
            message.len(),
            HASH_TO_CURVE_SUITE.as_ptr(),
            HASH_TO_CURVE_SUITE.len(),
            std::ptr::null(),
            0,
        );
    }
    from_blst(&out)
}
