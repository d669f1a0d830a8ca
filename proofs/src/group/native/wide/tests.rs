use ark_bls12_381::{Fq, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, UniformRand, Zero};
use ark_std::test_rng;
use blst::{blst_fp, blst_p1_affine};

use super::{
    super::{affine, fp_from_blst, fp_to_blst, from_blst_affine, to_blst},
    LANES, Wide,
    field::Fp8,
    points::in_subgroup,
    sums::Sums,
};

/// The results of what a proof computes with elements, from eight pairs of them.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
fn results(a: &[blst_fp; LANES], b: &[blst_fp; LANES]) -> [[blst_fp; LANES]; 4] {
    let (a, b) = (Fp8::gather(a), Fp8::gather(b));
    let product = Fp8::mul(&a.shifted(), &b);
    let difference = a.sub::<1>(&b);
    // The largest factors and differences that sums of points meet.
    let large = Fp8::mul(&difference.shifted(), &a.sub::<2>(&b).sub::<1>(&b));
    let chain = product.sub::<1>(&a).sub::<1>(&b);
    [product, difference, large, chain].map(|result| result.reduced().elements())
}

#[test]
fn elements_are_multiplied_and_subtracted_as_by_others() {
    let Some(_) = Wide::for_many(LANES) else { return };
    let mut rng = test_rng();
    let edges = [Fq::zero(), Fq::one(), -Fq::one(), Fq::from(2u8), -Fq::from(2u8), Fq::from(u64::MAX)];
    for round in 0..200 {
        let mut draw = |place: usize, shift: usize| match round {
            0..6 => edges[(round * shift + place) % edges.len()],
            _ => Fq::rand(&mut rng),
        };
        let a: [Fq; LANES] = std::array::from_fn(|place| draw(place, 0));
        let b: [Fq; LANES] = std::array::from_fn(|place| draw(place, 1));
        // SAFETY: the processor can do this.
        let [product, difference, large, chain] =
            unsafe { results(&a.map(|a| fp_to_blst(&a)), &b.map(|b| fp_to_blst(&b))) };
        for place in 0..LANES {
            let (a, b) = (a[place], b[place]);
            assert_eq!(fp_from_blst(&product[place]), a * b);
            assert_eq!(fp_from_blst(&difference[place]), a - b);
            assert_eq!(fp_from_blst(&large[place]), (a - b) * (a - b - b));
            assert_eq!(fp_from_blst(&chain[place]), a * b - a - b);
        }
    }
}

#[test]
fn pairs_are_added_as_one_by_one() {
    let Some(wide) = Wide::for_many(LANES) else { return };
    let mut rng = test_rng();
    let point = G1Projective::rand(&mut rng).into_affine();
    // Of order 3.
    let torsion = G1Affine::new_unchecked(Fq::zero(), Fq::from(2u8));
    let special = [G1Affine::zero(), point, -point, (point + point).into_affine(), torsion, -torsion];
    let mut points: Vec<G1Affine> = (0..200).map(|_| (point * Fr::rand(&mut rng)).into_affine()).collect();
    for a in special {
        points.extend(special.iter().flat_map(|b| [a, *b]));
    }
    let blst: Vec<blst_p1_affine> = points.iter().map(to_blst).collect();
    for count in [1, 6, 7, 8, 9, 16, 17, points.len() / 2] {
        let pairs: Vec<usize> = (0..count).map(|index| points.len() - 2 * (index + 1)).collect();
        let mut sums = Vec::new();
        Sums::default().add_pairs(wide, &blst, &pairs, &mut sums);
        assert_eq!(sums.len(), count);
        for (first, sum) in pairs.iter().zip(&sums) {
            assert_eq!(from_blst_affine(sum), (points[*first] + points[first + 1]).into_affine());
            let pair = [&blst[*first], &blst[first + 1]];
            let mut inverse = [affine::denominator(pair)];
            affine::invert(&mut inverse);
            assert_eq!(affine::add(pair, &inverse[0]), *sum);
        }
    }
}

#[test]
fn only_points_of_the_subgroup_are_found_in_it() {
    let Some(wide) = Wide::for_many(LANES) else { return };
    let mut rng = test_rng();
    let mut points: Vec<(G1Affine, bool)> =
        (0..40).map(|_| (G1Projective::rand(&mut rng).into_affine(), true)).collect();
    let torsion = G1Affine::new_unchecked(Fq::zero(), Fq::from(2u8));
    points.extend([1_u8, 2, 3, 255].map(|k| ((G1Affine::generator() * Fr::from(k)).into_affine(), true)));
    let inside: Vec<G1Affine> = points.iter().take(20).map(|(point, _)| *point).collect();
    points.extend(
        inside
            .iter()
            .flat_map(|point| [*point + torsion, *point - torsion])
            .map(|sum| (sum.into_affine(), false)),
    );
    // Those of the curve at large, and of small order.
    let of_curve = (1_u64..).filter_map(|x| G1Affine::get_point_from_x_unchecked(Fq::from(x), false));
    points.extend(of_curve.take(30).map(|point| (point, false)));
    points.extend([torsion, -torsion, G1Affine::zero()].map(|point| (point, false)));
    points.rotate_left(19);
    for eight in points.as_chunks::<LANES>().0 {
        let found = in_subgroup(wide, eight.map(|(point, _)| to_blst(&point)).each_ref());
        for (place, (point, expected)) in eight.iter().enumerate() {
            assert_eq!(found >> place & 1 == 1, *expected, "{point:?}");
            assert!(point.is_zero() || point.is_in_correct_subgroup_assuming_on_curve() == *expected);
        }
    }
}
