//! Bytes that are not the one encoding of a proof.

use ark_bls12_381::{Fq, Fr};
use ark_ff::{BigInteger, PrimeField};

use super::{
    messages::{points, scalars},
    system::System,
};
use crate::{
    error::ProofError,
    group::{self, POINT_LEN},
    transparent::Proof,
};

const SCALAR_LEN: usize = 32;

fn decode(bytes: &[u8]) -> Result<Proof, ProofError> {
    Proof::from_bytes(System::get().setup.dimensions, bytes)
}

fn honest_bytes() -> Vec<u8> {
    System::get().honest().to_bytes()
}

fn count_points() -> usize {
    points(&mut System::get().honest()).len()
}

#[test]
fn every_other_length_is_refused() {
    let bytes = honest_bytes();
    let shorter = (0..bytes.len()).step_by(16).chain([bytes.len() - 1]);
    for len in shorter {
        assert_eq!(decode(&bytes[..len]).err(), Some(ProofError::Length), "{len} bytes");
    }
    for more in [1, SCALAR_LEN, POINT_LEN, bytes.len()] {
        let extended = [bytes.as_slice(), &bytes[..more]].concat();
        assert_eq!(decode(&extended).err(), Some(ProofError::Length), "{more} bytes more");
    }
}

#[test]
fn a_scalar_plus_the_order_is_refused() {
    let count = scalars(&mut System::get().honest()).len();
    for index in 0..count {
        let mut bytes = honest_bytes();
        let scalar = *scalars(&mut System::get().honest())[index];
        let mut shifted = scalar.into_bigint();
        assert!(!shifted.add_with_carry(&Fr::MODULUS));
        let start = count_points() * POINT_LEN + index * SCALAR_LEN;
        assert_eq!(bytes[start..start + SCALAR_LEN], scalar.into_bigint().to_bytes_be());
        bytes[start..start + SCALAR_LEN].copy_from_slice(&shifted.to_bytes_be());
        assert_eq!(decode(&bytes).err(), Some(ProofError::Scalar), "scalar {index}");
    }
}

#[test]
fn the_largest_scalar_is_one_below_the_order() {
    let start = count_points() * POINT_LEN;
    let mut bytes = honest_bytes();
    let mut put = |value: Vec<u8>| {
        bytes[start..start + SCALAR_LEN].copy_from_slice(&value);
        decode(&bytes).err()
    };
    assert_eq!(put(vec![0xff; SCALAR_LEN]), Some(ProofError::Scalar));
    assert_eq!(put(Fr::MODULUS.to_bytes_be()), Some(ProofError::Scalar));
    assert_eq!(put((-Fr::from(1u64)).into_bigint().to_bytes_be()), None);
}

/// Every way to write a point that is not its compressed form, at the place of every point.
#[test]
fn other_encodings_of_points_are_refused() {
    let bytes = honest_bytes();
    for index in 0..count_points() {
        let place = index * POINT_LEN..(index + 1) * POINT_LEN;
        let with = |change: &dyn Fn(&mut [u8])| {
            let mut changed = bytes.clone();
            change(&mut changed[place.clone()]);
            decode(&changed).err()
        };
        let not_compressed = with(&|point| point[0] &= 0x7f);
        let infinite_with_coordinates = with(&|point| point[0] |= 0x40);
        let infinite_with_sign = with(&|point| {
            point.fill(0);
            point[0] = 0xe0;
        });
        let zeros = with(&|point| point.fill(0));
        let ones = with(&|point| point.fill(0xff));
        for error in [not_compressed, infinite_with_coordinates, infinite_with_sign, zeros, ones] {
            assert_eq!(error, Some(ProofError::Point), "point {index}");
        }
    }
}

/// `x + q` fits into the 381 bits for about one point in four.
#[test]
fn an_abscissa_plus_the_modulus_is_refused() {
    let mut tried = 0;
    for index in 0..count_points() {
        let mut shifted = points(&mut System::get().honest())[index].x.into_bigint();
        let carried = shifted.add_with_carry(&Fq::MODULUS);
        if carried || shifted.num_bits() > 381 {
            continue;
        }
        let mut bytes = honest_bytes();
        let place = &mut bytes[index * POINT_LEN..(index + 1) * POINT_LEN];
        let flags = place[0] & 0xe0;
        place.copy_from_slice(&shifted.to_bytes_be());
        place[0] |= flags;
        assert_eq!(decode(&bytes).err(), Some(ProofError::Point), "point {index}");
        tried += 1;
    }
    assert!(tried > 0, "no point of the proof has a small abscissa");
}

/// An abscissa that no point has.
#[test]
fn a_point_off_the_curve_is_refused() {
    use ark_bls12_381::G1Affine;
    let mut x = Fq::from(1u64);
    while G1Affine::get_point_from_x_unchecked(x, false).is_some() {
        x += Fq::from(1u64);
    }
    let mut bytes = honest_bytes();
    let off_curve = &mut bytes[..POINT_LEN];
    off_curve.copy_from_slice(&x.into_bigint().to_bytes_be());
    off_curve[0] |= 0x80;
    assert_eq!(decode(&bytes).err(), Some(ProofError::Point));
}

#[test]
fn a_negated_point_is_another_message() {
    let system = System::get();
    let mut bytes = honest_bytes();
    bytes[0] ^= 0x20;
    let mut decoded = decode(&bytes).unwrap();
    assert_eq!(group::encode(points(&mut decoded)[0]), bytes[..POINT_LEN]);
    assert!(!system.accepts(&decoded));
}
