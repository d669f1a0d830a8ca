//! Equations between pairings.

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::AffineRepr;

#[cfg(not(target_arch = "wasm32"))]
use super::native::pairing as backend;
#[cfg(target_arch = "wasm32")]
use super::portable::pairing as backend;

/// Whether `prod e(P, Q)` is one. A pair with an identity is a factor of one.
pub(crate) fn product_is_one(pairs: &[(G1Affine, G2Affine)]) -> bool {
    let pairs: Vec<_> = pairs.iter().copied().filter(|(p, q)| !p.is_zero() && !q.is_zero()).collect();
    pairs.is_empty() || backend::product_is_one(&pairs)
}

/// Whether the second of each pair is the same multiple of the first: `e(a, q') = e(a', q)` for `(a, a')` in G1 and
/// `(q, q')` in G2. With identities on both sides of an equation it says nothing.
pub(crate) fn same_ratio(first: (G1Affine, G1Affine), second: (G2Affine, G2Affine)) -> bool {
    product_is_one(&[(first.0, second.1), (-first.1, second.0)])
}

#[cfg(test)]
mod tests {
    use ark_bls12_381::{Fr, G1Projective, G2Projective};
    use ark_ec::{CurveGroup, PrimeGroup};
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    use super::super::portable;
    use super::*;

    #[test]
    fn products_are_one_when_exponents_cancel_and_otherwise_not() {
        let mut rng = test_rng();
        for pairs in [1, 2, 3, 9, 20] {
            let scalars: Vec<(Fr, Fr)> =
                (0..pairs).map(|_| (Fr::rand(&mut rng), Fr::rand(&mut rng))).collect();
            let sum: Fr = scalars.iter().map(|(a, b)| a * b).sum();
            let point = |(a, b): (Fr, Fr)| {
                ((G1Projective::generator() * a).into_affine(), (G2Projective::generator() * b).into_affine())
            };
            let mut points: Vec<_> = scalars.into_iter().map(point).collect();
            assert!(!product_is_one(&points) && !portable::pairing::product_is_one(&points));
            points.push(point((-sum, Fr::from(1u64))));
            points.push((G1Affine::zero(), G2Affine::generator()));
            assert!(product_is_one(&points) && portable::pairing::product_is_one(&points));
        }
    }

    #[test]
    fn ratios() {
        let (a, q) = (G1Affine::generator(), G2Affine::generator());
        let times = |k: u64| ((a * Fr::from(k)).into_affine(), (q * Fr::from(k)).into_affine());
        assert!(same_ratio((a, times(5).0), (q, times(5).1)));
        assert!(!same_ratio((a, times(5).0), (q, times(6).1)));
    }
}
