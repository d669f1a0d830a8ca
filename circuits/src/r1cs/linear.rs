//! Variables and linear combinations of them.

use ark_bls12_381::Fr;
use ark_ff::{One, Zero};
use zeroize::Zeroize;

/// A variable of a constraint system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// The constant one.
    One,
    /// A public input, from 0.
    Public(u32),
    /// A private variable, from 0.
    Private(u32),
}

/// What can be added and scaled: a linear combination, or the value that it takes, which may be secret.
pub trait Linear: Clone + Zeroize {
    /// The constant `value`.
    fn constant(value: Fr) -> Self;

    /// `self += factor * other`.
    fn add_scaled(&mut self, factor: Fr, other: &Self);

    /// `self + other`.
    #[must_use]
    fn plus(mut self, other: &Self) -> Self {
        self.add_scaled(Fr::one(), other);
        self
    }

    /// `self - other`.
    #[must_use]
    fn minus(mut self, other: &Self) -> Self {
        self.add_scaled(-Fr::one(), other);
        self
    }

    /// `self + value`.
    #[must_use]
    fn plus_constant(self, value: Fr) -> Self {
        self.plus(&Self::constant(value))
    }

    /// `factor * self`.
    #[must_use]
    fn times(&self, factor: Fr) -> Self {
        let mut product = Self::constant(Fr::zero());
        product.add_scaled(factor, self);
        product
    }
}

impl Linear for Fr {
    fn constant(value: Fr) -> Self {
        value
    }

    fn add_scaled(&mut self, factor: Fr, other: &Self) {
        *self += factor * other;
    }

    fn plus(self, other: &Self) -> Self {
        self + other
    }

    fn minus(self, other: &Self) -> Self {
        self - other
    }
}

/// `sum coefficient * variable`, sorted by variable, each variable once and no coefficient zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinearCombination(Vec<(Variable, Fr)>);

impl LinearCombination {
    /// The terms in order.
    #[must_use]
    pub fn terms(&self) -> &[(Variable, Fr)] {
        &self.0
    }
}

/// Only for the sake of [`Linear`]: the structure of a circuit is public.
impl Zeroize for LinearCombination {
    fn zeroize(&mut self) {
        self.0.clear();
    }
}

impl From<Variable> for LinearCombination {
    fn from(variable: Variable) -> Self {
        Self(vec![(variable, Fr::one())])
    }
}

impl Linear for LinearCombination {
    fn constant(value: Fr) -> Self {
        if value.is_zero() { Self::default() } else { Self(vec![(Variable::One, value)]) }
    }

    fn add_scaled(&mut self, factor: Fr, other: &Self) {
        if factor.is_zero() {
            return;
        }
        let scale = |coefficient: Fr| if factor.is_one() { coefficient } else { factor * coefficient };
        let mut sum = Vec::with_capacity(self.0.len() + other.0.len());
        let mut ours = self.0.iter().copied().peekable();
        for &(variable, coefficient) in &other.0 {
            while let Some(smaller) = ours.next_if(|term| term.0 < variable) {
                sum.push(smaller);
            }
            let same = ours.next_if(|term| term.0 == variable).map_or(Fr::zero(), |term| term.1);
            let total = same + scale(coefficient);
            if !total.is_zero() {
                sum.push((variable, total));
            }
        }
        sum.extend(ours);
        self.0 = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combination(terms: &[(Variable, i64)]) -> LinearCombination {
        let mut sum = LinearCombination::default();
        for &(variable, coefficient) in terms {
            sum.add_scaled(Fr::from(coefficient), &variable.into());
        }
        sum
    }

    #[test]
    fn terms_are_sorted_and_merged() {
        use Variable::{One, Private, Public};
        let sum = combination(&[(Private(1), 2), (One, 3), (Private(0), 1), (Public(0), 5), (Private(1), 4)]);
        let expected = [(One, 3), (Public(0), 5), (Private(0), 1), (Private(1), 6)];
        assert_eq!(sum.terms(), expected.map(|(variable, c)| (variable, Fr::from(c))));
    }

    #[test]
    fn a_cancelled_term_disappears() {
        let sum = combination(&[(Variable::Private(0), 2), (Variable::One, 1), (Variable::Private(0), -2)]);
        assert_eq!(sum, LinearCombination::constant(Fr::one()));
        assert_eq!(sum.minus(&LinearCombination::constant(Fr::one())), LinearCombination::default());
    }
}
