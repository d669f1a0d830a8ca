//! Tables of multilinear polynomials.
//!
//! A table of `2^k` values is the polynomial in `k` variables that takes them on the cube; the first variable is the most
//! significant bit of the index.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, One};
use coram_circuits::wide::WideSum;

/// The table of `eq(point, x) = prod_i (point_i x_i + (1 - point_i)(1 - x_i))` over the cube, times `scale`.
pub(super) fn eq_table(point: &[Fr], scale: Fr) -> Vec<Fr> {
    let mut table = Vec::with_capacity(1 << point.len());
    table.push(scale);
    for &coordinate in point.iter().rev() {
        // Entries so far have this variable at 0; the new half has it at 1.
        let half = table.len();
        for index in 0..half {
            let at_one = table[index] * coordinate;
            table.push(at_one);
            table[index] -= at_one;
        }
    }
    table
}

/// The first `count` entries of [`eq_table`], which has no fewer.
pub(super) fn eq_table_start(point: &[Fr], scale: Fr, count: usize) -> Vec<Fr> {
    let bits = count.next_power_of_two().ilog2() as usize;
    let (above, point) = point.split_at(point.len().saturating_sub(bits));
    let mut table = eq_table(point, above.iter().fold(scale, |scale, value| scale * (Fr::one() - value)));
    table.truncate(count);
    table
}

/// `eq(a, b)` at two points of one length.
pub(super) fn eq(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(a, b)| Fr::one() - a - b + (*a * b).double()).product()
}

/// Binds the first variable to `value`; the table becomes half as long.
pub(super) fn bind(table: &mut Vec<Fr>, value: Fr) {
    let half = table.len() / 2;
    let (low, high) = table.split_at_mut(half);
    for (low, high) in low.iter_mut().zip(high.iter()) {
        *low += value * (*high - *low);
    }
    table.truncate(half);
}

/// `sum a_i b_i` over the shorter length.
pub(super) fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    let mut sum = WideSum::default();
    a.iter().zip(b).for_each(|(a, b)| sum.add_product(a, b));
    sum.reduce()
}

/// `1, base, base^2, …`: `count` powers from the exponent `first`.
pub(super) fn powers(base: Fr, first: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(first), |power| Some(*power * base)).take(count).collect()
}

#[cfg(test)]
mod tests {
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    use super::*;

    #[test]
    fn the_first_variable_is_the_most_significant_bit() {
        let mut rng = test_rng();
        let point: Vec<Fr> = (0..3).map(|_| Fr::rand(&mut rng)).collect();
        let table = eq_table(&point, Fr::one());
        for (index, entry) in table.iter().enumerate() {
            let corner: Vec<Fr> = (0..3).map(|bit| Fr::from((index >> (2 - bit) & 1) as u64)).collect();
            assert_eq!(*entry, eq(&point, &corner));
        }
        for count in 0..=8 {
            assert_eq!(eq_table_start(&point, Fr::one(), count), table[..count]);
        }
    }

    #[test]
    fn binding_every_variable_evaluates() {
        let mut rng = test_rng();
        let point: Vec<Fr> = (0..4).map(|_| Fr::rand(&mut rng)).collect();
        let mut table: Vec<Fr> = (0..16).map(|_| Fr::rand(&mut rng)).collect();
        let expected = inner_product(&table, &eq_table(&point, Fr::one()));
        point.iter().for_each(|coordinate| bind(&mut table, *coordinate));
        assert_eq!(table, [expected]);
    }
}
