//! The curve operations on `blst`. What touches a [`Secret`] takes constant time.
//!
//! The only unsafe code of the crate is in this file: calls of C functions that read and write plain structures
//! of fixed size, with no aliasing and no lengths but those stated at the call.
#![allow(unsafe_code)]

use super::DST;
use blst::min_pk::{PublicKey, SecretKey, Signature};
use blst::{
    BLST_ERROR, MultiPoint as _, Pairing, blst_fp2, blst_fp12, blst_fr, blst_p1, blst_p1_affine, blst_p2,
    blst_p2_affine, blst_scalar,
};
use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

/// Applies `f` to all items, spread over the processors.
pub(super) fn map<T: Sync, U: Send>(items: &[T], f: impl Fn(&T) -> U + Sync + Send) -> Vec<U> {
    items.par_iter().map(f).collect()
}

/// A number modulo the group order.
#[derive(Clone, Copy)]
pub(super) struct Scalar(blst_fr);

impl Scalar {
    pub(super) fn from_u64(value: u64) -> Self {
        Self::from_limbs([value, 0, 0, 0])
    }

    pub(super) fn from_u128(value: u128) -> Self {
        Self::from_limbs([value as u64, (value >> 64) as u64, 0, 0])
    }

    fn from_limbs(limbs: [u64; 4]) -> Self {
        let mut fr = blst_fr::default();
        // SAFETY: reads four limbs, writes one blst_fr.
        unsafe { blst::blst_fr_from_uint64(&mut fr, limbs.as_ptr()) };
        Self(fr)
    }

    /// 32 bytes, big-endian.
    pub(super) fn to_bytes(self) -> Zeroizing<[u8; 32]> {
        let mut scalar = blst_scalar::default();
        let mut bytes = Zeroizing::new([0; 32]);
        // SAFETY: fixed-size structures; 32 bytes are written.
        unsafe {
            blst::blst_scalar_from_fr(&mut scalar, &self.0);
            blst::blst_bendian_from_scalar(bytes.as_mut_ptr(), &scalar);
        }
        scalar.b.zeroize();
        bytes
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let mut sum = blst_fr::default();
        // SAFETY: fixed-size structures.
        unsafe { blst::blst_fr_add(&mut sum, &self.0, &other.0) };
        Self(sum)
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        let mut difference = blst_fr::default();
        // SAFETY: fixed-size structures.
        unsafe { blst::blst_fr_sub(&mut difference, &self.0, &other.0) };
        Self(difference)
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        let mut product = blst_fr::default();
        // SAFETY: fixed-size structures.
        unsafe { blst::blst_fr_mul(&mut product, &self.0, &other.0) };
        Self(product)
    }

    pub(super) fn inverse(&self) -> Self {
        let mut inverse = blst_fr::default();
        // SAFETY: fixed-size structures.
        unsafe { blst::blst_fr_eucl_inverse(&mut inverse, &self.0) };
        Self(inverse)
    }
}

impl Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.l.zeroize();
    }
}

/// The factors of a sum, all of the same width. Each is the shorter of a number and its negative: those that take shares
/// `1..=t` to the value at 0 are binomial coefficients with signs, of `t` bits instead of 255.
pub(super) struct Factors {
    negative: Vec<bool>,
    /// Little-endian, one after the other.
    bytes: Vec<u8>,
    /// Bytes of each.
    width: usize,
}

impl Factors {
    pub(super) fn new(factors: &[Scalar]) -> Self {
        let (mut negative, mut shortest) = (Vec::new(), Vec::new());
        for factor in factors {
            let (number, negated) = (length(factor), length(&Scalar::from_u64(0).sub(factor)));
            negative.push(negated.1 < number.1);
            shortest.push(if negated.1 < number.1 { negated } else { number });
        }
        let width = shortest.iter().map(|(_, length)| *length).max().unwrap_or_default().max(1);
        let bytes = shortest.iter().flat_map(|(bytes, _)| bytes.iter().take(width).copied()).collect();
        Self { negative, bytes, width }
    }
}

/// A number, little-endian, and how many of its bytes there are before only zeros follow.
fn length(number: &Scalar) -> ([u8; 32], usize) {
    let mut bytes = *number.to_bytes();
    bytes.reverse();
    (bytes, bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1))
}

/// A point of prime order in G1.
#[derive(Clone, Copy)]
pub(super) struct G1(PublicKey);

impl G1 {
    pub(super) fn decode(bytes: &[u8; 48]) -> Option<Self> {
        PublicKey::key_validate(bytes).ok().filter(|point| point.compress() == *bytes).map(Self)
    }

    pub(super) fn encode(&self) -> [u8; 48] {
        self.0.compress()
    }

    /// The sum, unless it is the identity.
    pub(super) fn sum(points: &[Self]) -> Option<Self> {
        let points: Vec<PublicKey> = points.iter().map(|point| point.0).collect();
        (!points.is_empty()).then(|| points.add().to_public_key()).and_then(Self::unless_identity)
    }

    /// `sum factor * point`, unless it is the identity.
    pub(super) fn linear_combination(points: &[Self], factors: &[Scalar]) -> Option<Self> {
        let points: Vec<PublicKey> = points.iter().map(|point| point.0).collect();
        let factors = little_endian(factors);
        let sum = (!points.is_empty()).then(|| points.mult(&factors, 255).to_public_key())?;
        Self::unless_identity(sum)
    }

    fn unless_identity(point: PublicKey) -> Option<Self> {
        let affine: &blst_p1_affine = (&point).into();
        // SAFETY: reads one point.
        let identity = unsafe { blst::blst_p1_affine_is_inf(affine) };
        (!identity).then_some(Self(point))
    }
}

/// A point of prime order in G2.
#[derive(Clone, Copy)]
pub(super) struct G2(Signature);

impl G2 {
    pub(super) fn decode(bytes: &[u8; 96]) -> Option<Self> {
        Signature::sig_validate(bytes, true).ok().filter(|point| point.compress() == *bytes).map(Self)
    }

    pub(super) fn encode(&self) -> [u8; 96] {
        self.0.compress()
    }

    /// The sum, unless it is the identity.
    pub(super) fn sum(points: &[Self]) -> Option<Self> {
        let points: Vec<Signature> = points.iter().map(|point| point.0).collect();
        (!points.is_empty()).then(|| points.add().to_signature()).and_then(Self::unless_identity)
    }

    /// `sum factor * point`, unless it is the identity; on this thread alone, since there are many such sums.
    pub(super) fn linear_combination(points: &[Self], factors: &Factors) -> Option<Self> {
        if points.is_empty() || points.len() != factors.negative.len() {
            return None;
        }
        let signed = points.iter().zip(&factors.negative);
        let points: Vec<blst_p2_affine> = signed.map(|(point, negative)| point.signed(*negative)).collect();
        // A null pointer after the first says that all points, and all factors, lie one after the other.
        let point_list = [points.as_ptr(), core::ptr::null()];
        let factor_list = [factors.bytes.as_ptr(), core::ptr::null()];
        let mut sum = blst_p2::default();
        let mut affine = blst_p2_affine::default();
        // SAFETY: both lists hold `points.len()` entries, a factor has `width` bytes, and the scratch space has the size
        // that the library asks for.
        unsafe {
            let mut scratch =
                vec![0u64; blst::blst_p2s_mult_pippenger_scratch_sizeof(points.len()).div_ceil(8)];
            blst::blst_p2s_mult_pippenger(
                &mut sum,
                point_list.as_ptr(),
                points.len(),
                factor_list.as_ptr(),
                8 * factors.width,
                scratch.as_mut_ptr(),
            );
            blst::blst_p2_to_affine(&mut affine, &sum);
        }
        Self::unless_identity(affine.into())
    }

    fn signed(&self, negative: bool) -> blst_p2_affine {
        let mut point = *<&blst_p2_affine>::from(&self.0);
        if negative {
            let mut negated = blst_fp2::default();
            // SAFETY: fixed-size structures.
            unsafe { blst::blst_fp2_cneg(&mut negated, &point.y, true) };
            point.y = negated;
        }
        point
    }

    /// `sum weight * point`, unless it is the identity.
    pub(super) fn weighted_sum(items: &[(Self, u128)]) -> Option<Self> {
        let points: Vec<Signature> = items.iter().map(|(point, _)| point.0).collect();
        let weights: Vec<u8> = items.iter().flat_map(|(_, weight)| weight.to_le_bytes()).collect();
        (!points.is_empty())
            .then(|| points.mult(&weights, 128).to_signature())
            .and_then(Self::unless_identity)
    }

    fn unless_identity(point: Signature) -> Option<Self> {
        let affine: &blst_p2_affine = (&point).into();
        // SAFETY: reads one point.
        let identity = unsafe { blst::blst_p2_affine_is_inf(affine) };
        (!identity).then_some(Self(point))
    }
}

/// A secret key; `blst` overwrites it when it is dropped.
#[derive(Clone)]
pub(super) struct Secret(SecretKey);

impl Secret {
    pub(super) fn decode(bytes: &[u8; 32]) -> Option<Self> {
        SecretKey::from_bytes(bytes).ok().map(Self)
    }

    pub(super) fn encode(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    pub(super) fn scalar(&self) -> Zeroizing<Scalar> {
        let mut number = Zeroizing::new(Scalar(blst_fr::default()));
        let scalar: &blst_scalar = (&self.0).into();
        // SAFETY: fixed-size structures; a secret key is below the group order.
        unsafe { blst::blst_fr_from_scalar(&mut number.0, scalar) };
        number
    }

    pub(super) fn public_key(&self) -> G1 {
        G1(self.0.sk_to_pk())
    }

    pub(super) fn sign(&self, message: &[u8; 32]) -> G2 {
        G2(self.0.sign(message, DST, &[]))
    }
}

/// A message, and the keys that signed it, with weights.
pub(super) type Group = ([u8; 32], Vec<(G1, u128)>);

/// Whether `prod e(sum weight * key, H(message)) = e(G1, signature)` over the groups.
pub(super) fn pairing_check(groups: &[Group], signature: &G2) -> bool {
    // blst gathers eight pairs for one Miller loop: smaller portions would waste that.
    let portion = groups.len().div_ceil(2 * rayon::current_num_threads()).max(8);
    let product = groups
        .par_chunks(portion)
        .map(miller_loops)
        .reduce_with(|left, right| {
            let (mut left, right) = (left?, right?);
            (left.merge(&right) == BLST_ERROR::BLST_SUCCESS).then_some(left)
        })
        .flatten();
    let affine: &blst_p2_affine = (&signature.0).into();
    let mut right = blst_fp12::default();
    Pairing::aggregated(&mut right, affine);
    product.is_some_and(|left| left.finalverify(Some(&right)))
}

/// The product of the groups before the final exponentiation; `None` if some sum of keys is the identity.
fn miller_loops<'a>(groups: &[Group]) -> Option<Pairing<'a>> {
    let mut pairing = Pairing::new(true, DST);
    for (message, keys) in groups {
        let key = match keys.as_slice() {
            [(key, 1)] => *<&blst_p1_affine>::from(&key.0),
            keys => weighted_sum(keys)?,
        };
        let no_signature = ();
        let status = pairing.aggregate(&key, false, &no_signature, false, message, &[]);
        if status != BLST_ERROR::BLST_SUCCESS {
            return None;
        }
    }
    pairing.commit();
    Some(pairing)
}

/// `sum weight * key` on this thread alone: the groups are spread over the threads already.
fn weighted_sum(keys: &[(G1, u128)]) -> Option<blst_p1_affine> {
    let points: Vec<blst_p1_affine> = keys.iter().map(|(key, _)| *<&blst_p1_affine>::from(&key.0)).collect();
    let weights: Vec<u8> = keys.iter().flat_map(|(_, weight)| weight.to_le_bytes()).collect();
    if points.is_empty() {
        return None;
    }
    // A null pointer after the first says that all points, and all weights, lie one after the other.
    let point_list = [points.as_ptr(), core::ptr::null()];
    let weight_list = [weights.as_ptr(), core::ptr::null()];
    let mut sum = blst_p1::default();
    let mut affine = blst_p1_affine::default();
    // SAFETY: both lists hold `points.len()` entries, a weight is 128 bits = 16 bytes, and the scratch space has the
    // size that the library asks for.
    let identity = unsafe {
        let mut scratch = vec![0u64; blst::blst_p1s_mult_pippenger_scratch_sizeof(points.len()).div_ceil(8)];
        blst::blst_p1s_mult_pippenger(
            &mut sum,
            point_list.as_ptr(),
            points.len(),
            weight_list.as_ptr(),
            128,
            scratch.as_mut_ptr(),
        );
        blst::blst_p1_to_affine(&mut affine, &sum);
        blst::blst_p1_affine_is_inf(&affine)
    };
    (!identity).then_some(affine)
}

/// 32 bytes for each factor, least significant first, as `blst` takes them.
fn little_endian(factors: &[Scalar]) -> Vec<u8> {
    factors.iter().flat_map(|factor| factor.to_bytes().into_iter().rev()).collect()
}
