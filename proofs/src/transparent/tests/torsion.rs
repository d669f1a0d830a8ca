//! Points of small order: the cofactor of G1 is divisible by 3 and 11, so a random weight often makes them disappear.

use ark_bls12_381::{Fq, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, Zero};

use super::{
    forger::{Forger, times},
    messages::points,
    system::{System, verify_weighing},
};
use crate::{error::ProofError, group, transparent::Proof};

/// `h r / 121`, where `h r` is the order of the curve: little-endian limbs. The part of order 121 has no element of order 121.
fn cofactor_without_eleven() -> Vec<u64> {
    use ark_ff::{BigInteger, PrimeField};
    // h / 121 by long division, then times r.
    let cofactor: u128 = 0x396c_8c00_5555_e156_8c00_aaab_0000_aaab;
    assert_eq!(cofactor % 121, 0);
    let quotient = cofactor / 121;
    let small = [quotient as u64, (quotient >> 64) as u64];
    let mut product = vec![0_u64; 6];
    let order = ark_bls12_381::Fr::MODULUS;
    for (i, a) in small.iter().enumerate() {
        let mut carry = 0_u128;
        for (j, b) in order.0.iter().enumerate() {
            let sum = u128::from(product[i + j]) + u128::from(*a) * u128::from(*b) + carry;
            product[i + j] = sum as u64;
            carry = sum >> 64;
        }
        product[i + 4] = carry as u64;
    }
    assert!(order.num_bits() == 255);
    product
}

/// `(0, 2)`: for `x = 0` the tangent meets the curve `y² = x³ + 4` three times.
pub(super) fn order_three() -> G1Affine {
    let point = G1Affine::new_unchecked(Fq::zero(), Fq::one() + Fq::one());
    assert!(point.is_on_curve() && !point.is_zero() && times(point, &[3]).is_zero());
    point
}

pub(super) fn order_eleven() -> G1Affine {
    let mut x = Fq::one();
    loop {
        if let Some(point) = G1Affine::get_point_from_x_unchecked(x, false) {
            let small = times(point, &cofactor_without_eleven()).into_affine();
            if !small.is_zero() {
                assert!(small.is_on_curve() && times(small, &[11]).is_zero());
                return small;
            }
        }
        x += Fq::one();
    }
}

#[test]
fn a_component_of_small_order_in_any_point_is_refused() {
    let system = System::get();
    for small in [order_three(), order_eleven()] {
        for index in 0..points(&mut system.honest()).len() {
            let mut proof = system.honest();
            let point = &mut *points(&mut proof)[index];
            *point = (*point + small).into_affine();
            let decoded = Proof::from_bytes(system.setup.dimensions, &proof.to_bytes());
            assert_eq!(decoded.err(), Some(ProofError::Point), "point {index}");
        }
    }
}

#[test]
fn a_point_of_small_order_is_refused() {
    for small in [order_three(), order_eleven(), -order_three()] {
        assert_eq!(group::decode(&group::encode(&small)), None);
        assert_eq!(group::decode_all(&group::encode(&small)), None);
        assert_eq!(group::decode_all(&[group::encode(&small); 200].concat()), None);
        // The encoding as such is that of a point on the curve.
        let sum: G1Projective = G1Affine::generator() + small;
        assert_eq!(group::decode(&group::encode(&sum.into_affine())), None);
    }
}

/// Why the subgroup check is needed: without it, one set of weights in three (in eleven) does not see the component.
#[test]
fn without_the_subgroup_check_random_weights_would_often_miss_it() {
    let system = System::get();
    for (small, expected) in [(order_three(), 40), (order_eleven(), 11)] {
        let mut forger = Forger::new(system);
        forger.commit_honestly();
        forger.run_constraints_honestly();
        forger.send_values_and_product(
            forger.true_values(),
            |_| {},
            |product| product.announcements[0] = (product.announcements[0] + small).into_affine(),
        );
        forger.run_assignment_honestly();
        let proof = forger.close();
        let missed = (0..120_u8)
            .filter(|seed| {
                let mut fs = system.statement();
                verify_weighing(&system.setup, &mut fs, &system.public, &proof, [*seed; 32]) == Ok(true)
            })
            .count();
        assert!((expected / 2..=expected * 2).contains(&missed), "{missed} of 120");
    }
}
