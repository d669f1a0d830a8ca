//! Points and scalars that an honest program never makes, in the encodings of protocol.md 2.

use std::ops::Range;

use ark_bls12_381::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use jubjub::{AffinePoint, ExtendedPoint};

use crate::Failure;

/// The identity of G1.
#[must_use]
pub const fn identity() -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0] = 0xc0;
    bytes
}

fn read_point(bytes: &[u8], place: Range<usize>) -> Result<G1Affine, Failure> {
    let bytes = bytes.get(place).ok_or("no such place")?;
    Ok(G1Affine::deserialize_compressed_unchecked(bytes)?)
}

fn write_point(point: G1Projective) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    point.into_affine().serialize_compressed(&mut bytes)?;
    Ok(bytes)
}

/// The point at this place and `(0, 2)`, which has order 3.
///
/// # Errors
///
/// If there is no point.
pub fn plus_order_three(bytes: &[u8], place: Range<usize>) -> Result<Vec<u8>, Failure> {
    let torsion = G1Affine::new_unchecked(Fq::ZERO, Fq::from(2));
    write_point(read_point(bytes, place)? + torsion)
}

/// The point at this place without one generator.
///
/// # Errors
///
/// If there is no point.
pub fn minus_generator(bytes: &[u8], place: Range<usize>) -> Result<Vec<u8>, Failure> {
    write_point(read_point(bytes, place)?.into_group() - G1Affine::generator())
}

/// The point at this place without some others.
///
/// # Errors
///
/// If one of them is no point.
pub fn minus(bytes: &[u8], place: Range<usize>, others: &[Vec<u8>]) -> Result<Vec<u8>, Failure> {
    let mut sum = read_point(bytes, place)?.into_group();
    for other in others {
        sum -= read_point(other, 0..48)?;
    }
    write_point(sum)
}

/// The scalar at this place and a number.
///
/// # Errors
///
/// If there is no such place.
pub fn scalar_plus(bytes: &[u8], place: Range<usize>, more: u64) -> Result<Vec<u8>, Failure> {
    let scalar = Fr::from_be_bytes_mod_order(bytes.get(place).ok_or("no such place")?);
    Ok((scalar + Fr::from(more)).into_bigint().to_bytes_be())
}

/// The scalar at this place and the order, if that fits 32 bytes.
#[must_use]
pub fn scalar_plus_order(bytes: &[u8], place: Range<usize>) -> Option<Vec<u8>> {
    let mut scalar = Fr::from_be_bytes_mod_order(bytes.get(place)?).into_bigint();
    let overflows = scalar.add_with_carry(&Fr::MODULUS);
    (!overflows).then(|| scalar.to_bytes_be())
}

/// A point of Jubjub.
///
/// # Errors
///
/// If there is none.
pub fn read_jubjub(bytes: &[u8]) -> Result<ExtendedPoint, Failure> {
    let bytes = <[u8; 32]>::try_from(bytes)?;
    let point: Option<AffinePoint> = AffinePoint::from_bytes(bytes).into();
    Ok(point.ok_or("no point of Jubjub")?.into())
}

/// Its encoding.
#[must_use]
pub fn write_jubjub(point: ExtendedPoint) -> [u8; 32] {
    AffinePoint::from(point).to_bytes()
}

/// The identity of Jubjub.
#[must_use]
pub fn jubjub_identity() -> [u8; 32] {
    AffinePoint::identity().to_bytes()
}

/// `(0, -1)` on Jubjub, which has order 2.
#[must_use]
pub fn order_two() -> [u8; 32] {
    AffinePoint::from_raw_unchecked(jubjub::Fq::zero(), -jubjub::Fq::one()).to_bytes()
}

/// The point of Jubjub at this place and one of order 2.
///
/// # Errors
///
/// If there is no point.
pub fn plus_order_two(bytes: &[u8], place: Range<usize>) -> Result<[u8; 32], Failure> {
    let point = read_jubjub(bytes.get(place).ok_or("no such place")?)?;
    Ok(write_jubjub(point + read_jubjub(&order_two())?))
}
