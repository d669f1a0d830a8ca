use ark_bls12_381::{Fq, Fr, G1Projective};
use ark_ff::{AdditiveGroup, One, PrimeField, UniformRand, Zero};
use ark_std::test_rng;

use super::*;
use crate::group::{encode, normalize, portable};

/// `h`.
const COFACTOR: u128 = 0x396c_8c00_5555_e156_8c00_aaab_0000_aaab;
/// The primes in `h`; the part of the curve for each has no element of another order.
const PRIMES: [u128; 5] = [3, 11, 10_177, 859_267, 52_437_899];

fn multiply(point: G1Projective, limbs: &[u64]) -> G1Projective {
    let bits = limbs.iter().rev().flat_map(|limb| (0..64).rev().map(move |bit| limb >> bit & 1 == 1));
    bits.fold(G1Projective::zero(), |sum, bit| if bit { sum.double() + point } else { sum.double() })
}

/// A point that is not the identity, of an order that divides `h / cofactor`.
fn outside(cofactor: u128) -> G1Projective {
    let mut x = Fq::one();
    loop {
        if let Some(point) = G1Affine::get_point_from_x_unchecked(x, false) {
            let of_cofactor = multiply(point.into(), &Fr::MODULUS.0);
            let small = multiply(of_cofactor, &[cofactor as u64, (cofactor >> 64) as u64]);
            if !small.is_zero() {
                return small;
            }
        }
        x += Fq::one();
    }
}

/// A point of each prime order that divides the cofactor, and one outside of the group as they come.
fn small_points() -> Vec<G1Projective> {
    let part = |prime: u128| if prime == 3 { 3 } else { prime * prime };
    assert_eq!(PRIMES.map(part).iter().product::<u128>(), COFACTOR);
    let of_order = |prime: u128| {
        let point = outside(COFACTOR / part(prime));
        assert!(multiply(point, &[prime as u64]).is_zero());
        point
    };
    PRIMES.map(of_order).into_iter().chain([outside(1)]).collect()
}

fn members(count: usize) -> Vec<G1Projective> {
    let mut rng = test_rng();
    let (mut point, step) = (G1Projective::rand(&mut rng), G1Projective::rand(&mut rng));
    let mut next = || {
        point += step;
        point
    };
    (0..count).map(|_| next()).collect()
}

fn judged(points: &[G1Projective]) -> (bool, Vec<bool>) {
    let points = normalize(points);
    let encodings: Vec<_> = points.iter().map(encode).collect();
    let encodings: Vec<_> = encodings.iter().collect();
    let checked = check(&encodings, points.iter().copied().map(Some).collect());
    for (checked, point) in checked.iter().zip(&points) {
        assert!(checked.is_none_or(|checked| checked == *point));
    }
    let on_curve: Vec<_> = points.iter().map(sums::curve_point).collect();
    (are_members_jointly(&on_curve, &encodings), checked.iter().map(Option::is_some).collect())
}

#[test]
fn there_are_enough_combinations() {
    assert!(3_f64.powi(WIDTHS.iter().sum::<u32>() as i32).log2() >= 128.0);
}

#[test]
fn members_pass_whatever_they_are() {
    let mut points = members(JOINTLY_FROM);
    assert_eq!(judged(&points), (true, vec![true; points.len()]));
    // Sums then meet doublings and the identity.
    for index in 0..points.len() / 2 {
        points[index] = [G1Projective::zero(), points[100], -points[100]][index % 3];
    }
    assert_eq!(judged(&points), (true, vec![true; points.len()]));
    assert!(judged(&vec![G1Projective::zero(); JOINTLY_FROM]).0);
    assert!(judged(&[]).0);
}

#[test]
fn every_component_outside_of_the_group_is_noticed_wherever_it_is() {
    let points = members(JOINTLY_FROM + 3);
    for small in small_points() {
        for place in [0, 1, 64, points.len() - 1] {
            let mut points = points.clone();
            points[place] += small;
            let (jointly, single) = judged(&points);
            assert!(!jointly);
            assert!(single.iter().enumerate().all(|(index, passed)| *passed == (index != place)));
        }
    }
}

#[test]
fn components_that_cancel_are_noticed() {
    let points = members(JOINTLY_FROM);
    for small in small_points() {
        let mut opposite = points.clone();
        opposite[3] += small;
        opposite[90] -= small;
        assert!(!judged(&opposite).0);
        let everywhere: Vec<_> = points.iter().map(|point| *point + small).collect();
        assert_eq!(judged(&everywhere), (false, vec![false; points.len()]));
    }
}

/// What the bound of 1/3 for each combination says, and no less where the order is 3.
#[test]
fn one_combination_misses_a_component_of_order_three_one_time_in_three() {
    let small = outside(COFACTOR / 3);
    let points: Vec<CurvePoint> =
        normalize(&[small, small, -small, small]).iter().map(sums::curve_point).collect();
    let blocks = (0..60).map(|seed| Patterns { width: 5, stream: ChaCha20Rng::from_seed([seed; 32]) });
    let missed = combinations(&points, blocks).iter().filter(|sum| sums::is_in_group(sum)).count();
    assert!((75..=125).contains(&missed), "{missed} of 300");
}

/// The combinations are those that the patterns say.
#[test]
fn combinations_are_sums_with_the_drawn_coefficients() {
    let points = members(40);
    let curve_points: Vec<CurvePoint> = normalize(&points).iter().map(sums::curve_point).collect();
    for width in 1..=5 {
        let patterns = || Patterns { width, stream: ChaCha20Rng::from_seed([width as u8; 32]) };
        let combined = combinations(&curve_points, std::iter::once(patterns()));
        let mut drawn = patterns();
        let mut expected = vec![G1Projective::zero(); width as usize];
        for point in &points {
            let mut pattern = drawn.draw();
            for sum in &mut expected {
                let coefficient = (pattern + 1).rem_euclid(3) - 1;
                *sum += [-*point, G1Projective::zero(), *point][(coefficient + 1) as usize];
                pattern = (pattern - coefficient) / 3;
            }
        }
        // The highest coefficient is that of the first combination.
        expected.reverse();
        let expected: Vec<_> = normalize(&expected).iter().map(sums::curve_point).collect();
        assert_eq!(combined, expected);
    }
}

#[test]
fn backends_agree_before_the_subgroup() {
    let points = [members(7), small_points()].concat();
    let points = normalize(&points);
    let mut lens = [3, 0, 1, 2, 7];
    let mut native: Vec<CurvePoint> = points.iter().map(sums::curve_point).collect();
    let mut portable: Vec<G1Affine> = points
        .iter()
        .map(|point| portable::sums::negate_if(&portable::sums::curve_point(point), false))
        .collect();
    for (native, portable) in native.iter().zip(&portable) {
        assert_eq!(sums::is_in_group(native), portable::sums::is_in_group(portable));
    }
    CurveSums::default().add_up(&mut native, &mut lens.clone());
    portable::sums::CurveSums.add_up(&mut portable, &mut lens);
    assert_eq!(lens, [1, 0, 1, 1, 1]);
    let portable: Vec<CurvePoint> =
        portable.iter().map(|point| sums::negate_if(&sums::curve_point(&-*point), true)).collect();
    assert_eq!(native, portable);
}
