//! G2 through `blst`, as G1 in the module above.

use ark_bls12_381::{Fq2, Fr, G2Affine, G2Projective};
use ark_ec::AffineRepr;
use ark_ff::Zero;
use blst::{blst_fp2, blst_p2, blst_p2_affine};
use zeroize::Zeroize;

use super::{fp_from_blst, fp_to_blst, scalar_bytes};
use crate::group::g2::HASH_TO_CURVE_SUITE;

fn fp2_to_blst(value: &Fq2) -> blst_fp2 {
    blst_fp2 { fp: [fp_to_blst(&value.c0), fp_to_blst(&value.c1)] }
}

fn fp2_from_blst(value: &blst_fp2) -> Fq2 {
    Fq2::new(fp_from_blst(&value.fp[0]), fp_from_blst(&value.fp[1]))
}

pub(super) fn to_blst(point: &G2Affine) -> blst_p2_affine {
    match point.xy() {
        Some((x, y)) => blst_p2_affine { x: fp2_to_blst(&x), y: fp2_to_blst(&y) },
        None => blst_p2_affine::default(),
    }
}

fn from_blst(point: &blst_p2) -> G2Projective {
    let z = fp2_from_blst(&point.z);
    if z.is_zero() {
        return G2Projective::zero();
    }
    G2Projective::new_unchecked(fp2_from_blst(&point.x), fp2_from_blst(&point.y), z)
}

fn from_blst_affine(point: &blst_p2_affine) -> G2Affine {
    let (x, y) = (fp2_from_blst(&point.x), fp2_from_blst(&point.y));
    if x.is_zero() && y.is_zero() { G2Affine::zero() } else { G2Affine::new_unchecked(x, y) }
}

/// `sum scalar·point` on the calling thread, in variable time. The slices are of one length, and no point is the
/// identity.
pub(in super::super) fn msm(points: &[G2Affine], scalars: &[Fr], bits: usize) -> G2Projective {
    debug_assert_eq!(points.len(), scalars.len());
    match points.len() {
        0 => return G2Projective::zero(),
        1..=4 => return points.iter().zip(scalars).map(|(p, s)| multiply(&(*p).into(), s, bits)).sum(),
        _ => {}
    }
    let points: Vec<blst_p2_affine> = points.iter().map(to_blst).collect();
    let mut bytes = Vec::with_capacity(32 * scalars.len());
    scalars.iter().for_each(|scalar| bytes.extend_from_slice(&scalar_bytes(scalar)));
    let point_pointers = [points.as_ptr(), std::ptr::null()];
    let scalar_pointers: Vec<*const u8> = bytes.chunks_exact(32).map(<[u8]>::as_ptr).collect();
    let mut out = blst_p2::default();
    // SAFETY: a null second entry tells blst that the points are contiguous; there is one 32-byte scalar for each of
    // them; the scratch space has the size that blst asked for.
    unsafe {
        let limbs = blst::blst_p2s_mult_pippenger_scratch_sizeof(points.len()) / size_of::<u64>();
        let mut scratch = vec![0_u64; limbs];
        blst::blst_p2s_mult_pippenger(
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
pub(in super::super) fn multiply(point: &G2Projective, scalar: &Fr, bits: usize) -> G2Projective {
    let point = blst_p2 { x: fp2_to_blst(&point.x), y: fp2_to_blst(&point.y), z: fp2_to_blst(&point.z) };
    let mut bytes = scalar_bytes(scalar);
    let mut out = blst_p2::default();
    // SAFETY: `bytes` holds 32 bytes and `bits` is at most 255.
    unsafe { blst::blst_p2_mult(&mut out, &point, bytes.as_ptr(), bits) };
    bytes.zeroize();
    from_blst(&out)
}

/// A point of G2 from its compressed form: on the curve and in the subgroup of order r.
pub(in super::super) fn decode(bytes: &[u8; 96]) -> Option<G2Affine> {
    let mut point = blst_p2_affine::default();
    // SAFETY: `bytes` holds the 96 bytes of a compressed point; `point` is initialised when the call succeeds.
    let in_group = unsafe {
        blst::blst_p2_uncompress(&mut point, bytes.as_ptr()) == blst::BLST_ERROR::BLST_SUCCESS
            && blst::blst_p2_affine_in_g2(&point)
    };
    in_group.then(|| from_blst_affine(&point))
}

/// The compressed form of a point.
pub(in super::super) fn encode(point: &G2Affine) -> [u8; 96] {
    let mut bytes = [0; 96];
    // SAFETY: `bytes` has room for the 96 bytes that blst writes.
    unsafe { blst::blst_p2_affine_compress(bytes.as_mut_ptr(), &to_blst(point)) };
    bytes
}

/// A point of G2 from its two coordinates: on the curve and in the subgroup of order r.
pub(in super::super) fn decode_uncompressed(bytes: &[u8; 192]) -> Option<G2Affine> {
    let mut point = blst_p2_affine::default();
    // SAFETY: `bytes` holds the 192 bytes of an uncompressed point; `point` is initialised when the call succeeds.
    let in_group = unsafe {
        blst::blst_p2_deserialize(&mut point, bytes.as_ptr()) == blst::BLST_ERROR::BLST_SUCCESS
            && blst::blst_p2_affine_in_g2(&point)
    };
    in_group.then(|| from_blst_affine(&point))
}

/// The two coordinates of a point.
pub(in super::super) fn encode_uncompressed(point: &G2Affine) -> [u8; 192] {
    let mut bytes = [0; 192];
    // SAFETY: `bytes` has room for the 192 bytes that blst writes.
    unsafe { blst::blst_p2_affine_serialize(bytes.as_mut_ptr(), &to_blst(point)) };
    bytes
}

/// Hash to G2 (RFC 9380).
pub(in super::super) fn hash_to_curve(message: &[u8]) -> G2Projective {
    let mut out = blst_p2::default();
    // SAFETY: every pointer comes with the length of the slice it points to; no augmentation is used.
    unsafe {
        blst::blst_hash_to_g2(
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
