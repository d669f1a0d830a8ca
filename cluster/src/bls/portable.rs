//! The same curve operations on arkworks, for targets without a C compiler. Variable time: where this is used,
//! verification is, and secrets are not.

use super::DST;
use ark_bls12_381::{Bls12_381, Fq, Fq2, Fr, G1Affine, G1Projective, G2Affine, G2Projective, g2};
use ark_ec::hashing::curve_maps::wb::WBMap;
use ark_ec::hashing::map_to_curve_hasher::MapToCurve as _;
use ark_ec::pairing::Pairing as _;
use ark_ec::{AffineRepr as _, CurveGroup as _, VariableBaseMSM as _};
use ark_ff::{BigInteger as _, Field as _, PrimeField as _, Zero as _};
use ark_serialize::{CanonicalDeserialize as _, CanonicalSerialize as _};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// Applies `f` to all items.
#[cfg(target_arch = "wasm32")]
pub(super) fn map<T, U>(items: &[T], f: impl Fn(&T) -> U) -> Vec<U> {
    items.iter().map(f).collect()
}

/// A number modulo the group order.
#[derive(Clone, Copy)]
pub(super) struct Scalar(Fr);

impl Scalar {
    pub(super) fn from_u64(value: u64) -> Self {
        Self(Fr::from(value))
    }

    pub(super) fn from_u128(value: u128) -> Self {
        Self(Fr::from(value))
    }

    /// 32 bytes, big-endian.
    pub(super) fn to_bytes(self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(&Zeroizing::new(self.0.into_bigint().to_bytes_be()));
        bytes
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        Self(self.0 + other.0)
    }

    pub(super) fn sub(&self, other: &Self) -> Self {
        Self(self.0 - other.0)
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        Self(self.0 * other.0)
    }

    /// Zero for zero.
    pub(super) fn inverse(&self) -> Self {
        Self(self.0.inverse().unwrap_or_default())
    }
}

impl Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// A point of prime order in G1.
#[derive(Clone, Copy)]
pub(super) struct G1(G1Affine);

impl G1 {
    pub(super) fn decode(bytes: &[u8; 48]) -> Option<Self> {
        let point =
            G1Affine::deserialize_compressed(&bytes[..]).ok().filter(|point| !point.is_zero()).map(Self)?;
        (point.encode() == *bytes).then_some(point)
    }

    pub(super) fn encode(&self) -> [u8; 48] {
        let mut bytes = [0; 48];
        // Writing 48 bytes into 48 cannot fail; a failure would leave zeros, which no decoder takes.
        let _ = self.0.serialize_compressed(&mut bytes[..]);
        bytes
    }

    /// The sum, unless it is the identity.
    pub(super) fn sum(points: &[Self]) -> Option<Self> {
        Self::unless_identity(points.iter().map(|point| point.0).sum())
    }

    /// `sum factor * point`, unless it is the identity.
    pub(super) fn linear_combination(points: &[Self], factors: &[Scalar]) -> Option<Self> {
        let points: Vec<_> = points.iter().map(|point| point.0).collect();
        let factors: Vec<_> = factors.iter().map(|factor| factor.0).collect();
        Self::unless_identity(G1Projective::msm(&points, &factors).ok()?)
    }

    fn weighted_sum(items: &[(Self, u128)]) -> Option<Self> {
        let (points, weights): (Vec<_>, Vec<_>) =
            items.iter().map(|(point, weight)| (point.0, Fr::from(*weight))).unzip();
        Self::unless_identity(G1Projective::msm(&points, &weights).ok()?)
    }

    fn unless_identity(point: G1Projective) -> Option<Self> {
        (!point.is_zero()).then(|| Self(point.into_affine()))
    }
}

/// The factors of a sum.
pub(super) struct Factors(Vec<Fr>);

impl Factors {
    pub(super) fn new(factors: &[Scalar]) -> Self {
        Self(factors.iter().map(|factor| factor.0).collect())
    }
}

/// A point of prime order in G2.
#[derive(Clone, Copy)]
pub(super) struct G2(G2Affine);

impl G2 {
    pub(super) fn decode(bytes: &[u8; 96]) -> Option<Self> {
        let point =
            G2Affine::deserialize_compressed(&bytes[..]).ok().filter(|point| !point.is_zero()).map(Self)?;
        (point.encode() == *bytes).then_some(point)
    }

    pub(super) fn encode(&self) -> [u8; 96] {
        let mut bytes = [0; 96];
        // As for G1.
        let _ = self.0.serialize_compressed(&mut bytes[..]);
        bytes
    }

    /// The sum, unless it is the identity.
    pub(super) fn sum(points: &[Self]) -> Option<Self> {
        Self::unless_identity(points.iter().map(|point| point.0).sum())
    }

    /// `sum factor * point`, unless it is the identity.
    pub(super) fn linear_combination(points: &[Self], factors: &Factors) -> Option<Self> {
        let points: Vec<_> = points.iter().map(|point| point.0).collect();
        Self::unless_identity(G2Projective::msm(&points, &factors.0).ok()?)
    }

    /// `sum weight * point`, unless it is the identity.
    pub(super) fn weighted_sum(items: &[(Self, u128)]) -> Option<Self> {
        let (points, weights): (Vec<_>, Vec<_>) =
            items.iter().map(|(point, weight)| (point.0, Fr::from(*weight))).unzip();
        Self::unless_identity(G2Projective::msm(&points, &weights).ok()?)
    }

    fn unless_identity(point: G2Projective) -> Option<Self> {
        (!point.is_zero()).then(|| Self(point.into_affine()))
    }
}

/// A secret key, overwritten when dropped.
#[derive(Clone)]
pub(super) struct Secret(Zeroizing<Scalar>);

impl Secret {
    pub(super) fn decode(bytes: &[u8; 32]) -> Option<Self> {
        let scalar = Zeroizing::new(Scalar(Fr::from_be_bytes_mod_order(bytes)));
        (!scalar.0.is_zero() && *scalar.to_bytes() == *bytes).then_some(Self(scalar))
    }

    pub(super) fn encode(&self) -> Zeroizing<[u8; 32]> {
        self.0.to_bytes()
    }

    pub(super) fn scalar(&self) -> Zeroizing<Scalar> {
        self.0.clone()
    }

    pub(super) fn public_key(&self) -> G1 {
        G1((G1Affine::generator() * self.0.0).into_affine())
    }

    pub(super) fn sign(&self, message: &[u8; 32]) -> G2 {
        G2((hash_to_g2(message) * self.0.0).into_affine())
    }
}

/// A message, and the keys that signed it, with weights.
pub(super) type Group = ([u8; 32], Vec<(G1, u128)>);

/// Whether `prod e(sum weight * key, H(message)) = e(G1, signature)` over the groups.
pub(super) fn pairing_check(groups: &[Group], signature: &G2) -> bool {
    let mut left = vec![(-G1Affine::generator().into_group()).into_affine()];
    let mut right = vec![signature.0];
    for (message, keys) in groups {
        let Some(key) = G1::weighted_sum(keys) else { return false };
        left.push(key.0);
        right.push(hash_to_g2(message).into_affine());
    }
    !groups.is_empty() && Bls12_381::multi_pairing(left, right).is_zero()
}

/// `hash_to_curve` of RFC 9380 for the suite `BLS12381G2_XMD:SHA-256_SSWU_RO_`, under Ethereum's tag.
fn hash_to_g2(message: &[u8]) -> G2Projective {
    let uniform = expand_message(message);
    let field: Vec<Fq> = uniform.chunks(64).map(Fq::from_be_bytes_mod_order).collect();
    let sum: G2Projective = field
        .as_chunks::<2>()
        .0
        .iter()
        .filter_map(|[c0, c1]| WBMap::<g2::Config>::map_to_curve(Fq2::new(*c0, *c1)).ok())
        .map(G2Affine::into_group)
        .sum();
    sum.into_affine().clear_cofactor().into_group()
}

/// `expand_message_xmd` of RFC 9380, section 5.3.1, on SHA-256: 256 bytes for two elements of Fq2.
fn expand_message(message: &[u8]) -> [u8; 256] {
    const BLOCKS: u8 = 8;
    const LENGTH: [u8; 2] = [1, 0];
    let tag = |hash: Sha256| hash.chain_update(DST).chain_update([DST.len() as u8]);
    let first =
        Sha256::new().chain_update([0; 64]).chain_update(message).chain_update(LENGTH).chain_update([0]);
    let b_0: [u8; 32] = tag(first).finalize().into();
    let mut uniform = [0; 256];
    let mut previous = [0; 32];
    for (block, number) in uniform.chunks_mut(32).zip(1..=BLOCKS) {
        for (byte, zero) in previous.iter_mut().zip(b_0) {
            *byte ^= zero;
        }
        previous = tag(Sha256::new().chain_update(previous).chain_update([number])).finalize().into();
        block.copy_from_slice(&previous);
    }
    uniform
}
