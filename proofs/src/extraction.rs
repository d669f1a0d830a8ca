//! Which keys are made of dealt polynomials: one of each, or several.

use std::ops::Range;

use crate::{dealing::Layout, error::ProofError};

/// How keys are made of dealt polynomials.
///
/// Polynomial `b` of every dealer makes a *batch* of `h` keys, the last one fewer. Key `b h + k` has the polynomial
/// `sum over dealers i of i^k f_{i,b}`: the weights are row `k` of a Vandermonde matrix over the dealers' indices. With `h = 1`,
/// every key is a plain sum. With more, any `h` dealers who are honest make the keys of a batch independent: any `h`
/// columns of the matrix are, since no two indices are equal. `docs/proofs.md`, section 8.8, says what that is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extraction {
    keys: usize,
    rows: usize,
}

impl Extraction {
    /// One key of each polynomial: `m` plain sums.
    #[must_use]
    pub const fn sum(validators: u32) -> Self {
        Self { keys: validators as usize, rows: 1 }
    }

    /// `h = dealers - t + 1` keys of each polynomial, as many as there are honest dealers if fewer than `t` are not; none
    /// where that would be the plain sums again, or `t` is more than there are dealers.
    #[must_use]
    pub const fn batched(validators: u32, dealers: u16, threshold: u16) -> Option<Self> {
        let Some(others) = dealers.checked_sub(threshold) else { return None };
        if threshold == 0 || others == 0 || validators < 2 {
            return None;
        }
        Some(Self { keys: validators as usize, rows: others as usize + 1 })
    }

    /// `h`: the most keys of a polynomial.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// `m`: keys in all.
    #[must_use]
    pub const fn keys(&self) -> usize {
        self.keys
    }

    /// `ceil(m / h)`: polynomials of each dealer.
    #[must_use]
    pub const fn polynomials(&self) -> usize {
        self.keys.div_ceil(self.rows)
    }

    /// The keys, from 0, that polynomial `b`, from 0, makes: row `k` of the matrix is that of the `k`-th of them.
    #[must_use]
    pub fn batch(&self, polynomial: usize) -> Range<usize> {
        let from = |polynomial: usize| self.keys.min(polynomial.saturating_mul(self.rows));
        from(polynomial)..from(polynomial.saturating_add(1))
    }

    /// Checks that so many dealings of this layout make the keys, and that no more keys are made of a polynomial than `t - 1`
    /// dishonest dealers leave independent.
    pub(crate) fn check(&self, layout: Layout, dealings: usize) -> Result<(), ProofError> {
        let independent = self.rows == 1 || self.rows + layout.threshold <= dealings + 1;
        if independent && self.keys > 0 && self.polynomials() == layout.validators {
            return Ok(());
        }
        let (keys, polynomials) = (self.keys, layout.validators);
        Err(ProofError::Extraction { keys, rows: self.rows, polynomials, dealings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_have_h_keys_and_the_last_one_the_rest() {
        let extraction = Extraction::batched(7, 10, 7).unwrap();
        assert_eq!((extraction.rows(), extraction.keys(), extraction.polynomials()), (4, 7, 2));
        let batches: Vec<_> = (0..4).map(|b| extraction.batch(b)).collect();
        assert_eq!(batches, [0..4, 4..7, 7..7, 7..7]);
        let sum = Extraction::sum(3);
        assert_eq!((sum.rows(), sum.polynomials(), sum.batch(2)), (1, 3, 2..3));
        assert_eq!(extraction.batch(usize::MAX), 7..7);
    }

    #[test]
    fn what_gives_nothing_is_no_batch() {
        for (validators, dealers, threshold) in [(5, 4, 4), (5, 3, 4), (1, 4, 3), (0, 4, 3), (5, 4, 0)] {
            let batched = Extraction::batched(validators, dealers, threshold);
            assert_eq!(batched, None, "{validators} {dealers} {threshold}");
        }
        assert!(Extraction::batched(2, 4, 3).is_some());
    }
}
