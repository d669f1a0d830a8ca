//! Inversion of many secrets at the price of one.

use ark_bls12_381::Fr;
use ark_ff::{Field, One};
use zeroize::Zeroizing;

/// Memory for inversions, so that no copies of secrets are left behind; that of arkworks leaves the partial products.
pub(super) struct Inversion {
    /// What is to be inverted; then the inverses.
    values: Zeroizing<Vec<Fr>>,
    products: Zeroizing<Vec<Fr>>,
}

impl Inversion {
    /// Memory for `capacity` values at once.
    pub(super) fn new(capacity: usize) -> Self {
        let memory = || Zeroizing::new(Vec::with_capacity(capacity));
        Self { values: memory(), products: memory() }
    }

    /// The inverses of at most as many values as there is memory for. If one of them is zero, all inverses are.
    pub(super) fn invert(&mut self, values: impl Iterator<Item = Fr>) -> &[Fr] {
        let Self { values: inverses, products } = self;
        let capacity = inverses.capacity();
        inverses.clear();
        inverses.extend(values.take(capacity));
        products.clear();
        products.extend(inverses.iter().scan(Fr::one(), |product, value| {
            let before = *product;
            *product *= value;
            Some(before)
        }));
        let last = inverses.last().zip(products.last()).map(|(value, before)| *value * before);
        let mut inverse = last.and_then(|product| product.inverse()).unwrap_or_default();
        for (value, before) in inverses.iter_mut().zip(products.iter()).rev() {
            let next = inverse * *value;
            *value = inverse * before;
            inverse = next;
        }
        inverses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_inverted_as_one_by_one() {
        let mut inversion = Inversion::new(3);
        for values in [&[2u64, 3, 5][..], &[7], &[]] {
            let expected: Vec<Fr> = values.iter().map(|&x| Fr::from(x).inverse().unwrap()).collect();
            assert_eq!(inversion.invert(values.iter().map(|&x| Fr::from(x))), expected);
        }
    }

    #[test]
    fn a_zero_makes_zeros_and_no_panic() {
        let mut inversion = Inversion::new(2);
        assert_eq!(inversion.invert([2u64, 0].into_iter().map(Fr::from)), [Fr::from(0u64); 2]);
    }
}
