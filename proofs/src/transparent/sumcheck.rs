//! Sumchecks with committed rounds.
//!
//! A round polynomial `p(X) = c0 + c1 X + c2 X^2 (+ c3 X^3)` with `p(0) + p(1) = claim` is sent as a commitment to
//! all coefficients but `c1`, which is `claim - 2 c0 - c2 (- c3)` by definition. So the usual check of a round cannot fail, and what
//! is left of a whole sumcheck is one linear equation between the committed coefficients and the last claim:
//!
//! ```text
//! claim_j+1 = p_j(r_j) = r_j claim_j + <v(r_j), s_j>      v(r) = (1 - 2r, r^2 - r[, r^3 - r]),  s_j = (c0, c2[, c3])
//! claim_k   = claim_0 · prod_j r_j + sum_j <lambda_j, s_j>,  lambda_j = (prod_{i>j} r_i) · v(r_j)
//! ```

use std::ops::Range;

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field, One};
use zeroize::{Zeroize, Zeroizing};

use super::{
    dimensions::{CUBIC_SLOTS, QUADRATIC_SLOTS},
    multilinear::bind,
};
use crate::{error::ProofError, parallel};

/// The committed coefficients of one round.
pub(super) type Round<const SLOTS: usize> = [Fr; SLOTS];

/// `sum_x eq(x) (a(x) b(x) - c(x))`, as tables that shrink by half in each round.
pub(super) struct Constraints {
    pub(super) eq: Vec<Fr>,
    pub(super) a: Vec<Fr>,
    pub(super) b: Vec<Fr>,
    pub(super) c: Vec<Fr>,
}

impl Drop for Constraints {
    fn drop(&mut self) {
        [&mut self.a, &mut self.b, &mut self.c].into_iter().for_each(Zeroize::zeroize);
    }
}

impl Constraints {
    /// The coefficients of X^0, X^2 and X^3 of this round's polynomial.
    fn round(&self) -> Round<CUBIC_SLOTS> {
        let half = self.eq.len() / 2;
        sums(half, |low| {
            let high = low + half;
            let (e0, e1) = (self.eq[low], self.eq[high] - self.eq[low]);
            let (a0, a1) = (self.a[low], self.a[high] - self.a[low]);
            let (b0, b1) = (self.b[low], self.b[high] - self.b[low]);
            let (c0, c1) = (self.c[low], self.c[high] - self.c[low]);
            // a(X) b(X) - c(X) = q0 + q1 X + q2 X^2
            let q0 = a0 * b0 - c0;
            let q1 = a0 * b1 + a1 * b0 - c1;
            let q2 = a1 * b1;
            [e0 * q0, e0 * q2 + e1 * q1, e1 * q2]
        })
    }

    fn bind(&mut self, challenge: Fr) {
        let Self { eq, a, b, c } = self;
        bind_both([eq, a], [b, c], challenge);
    }

    /// Runs all rounds. `send` commits to a round's coefficients and returns the challenge.
    pub(super) fn run(
        &mut self,
        mut send: impl FnMut(&Round<CUBIC_SLOTS>) -> Result<Fr, ProofError>,
    ) -> Result<Vec<Fr>, ProofError> {
        let mut point = Vec::new();
        while self.eq.len() > 1 {
            let challenge = send(&self.round())?;
            self.bind(challenge);
            point.push(challenge);
        }
        Ok(point)
    }
}

/// `sum_y matrix(y) assignment(y)`.
pub(super) struct Product {
    pub(super) matrix: Vec<Fr>,
    pub(super) assignment: Vec<Fr>,
}

impl Drop for Product {
    fn drop(&mut self) {
        self.assignment.zeroize();
    }
}

impl Product {
    /// The coefficients of X^0 and X^2 of this round's polynomial.
    fn round(&self) -> Round<QUADRATIC_SLOTS> {
        let half = self.matrix.len() / 2;
        sums(half, |low| {
            let high = low + half;
            let slope = |table: &[Fr]| table[high] - table[low];
            [self.matrix[low] * self.assignment[low], slope(&self.matrix) * slope(&self.assignment)]
        })
    }

    /// Runs all rounds. `send` commits to a round's coefficients and returns the challenge.
    pub(super) fn run(
        &mut self,
        mut send: impl FnMut(&Round<QUADRATIC_SLOTS>) -> Result<Fr, ProofError>,
    ) -> Result<Vec<Fr>, ProofError> {
        let mut point = Vec::new();
        while self.matrix.len() > 1 {
            let challenge = send(&self.round())?;
            bind_both([&mut self.matrix], [&mut self.assignment], challenge);
            point.push(challenge);
        }
        Ok(point)
    }
}

/// Below this many terms, one thread is as fast as several.
const PARALLEL_FROM: usize = 512;

/// The sums of `terms(0), …, terms(count - 1)`, on all cores where it is worth it.
fn sums<const SLOTS: usize>(
    count: usize,
    terms: impl Fn(usize) -> Round<SLOTS> + Sync + Send,
) -> Round<SLOTS> {
    let add = |sums: Round<SLOTS>, terms: Round<SLOTS>| std::array::from_fn(|slot| sums[slot] + terms[slot]);
    let piece = |range: Range<usize>| range.map(&terms).fold([Fr::ZERO; SLOTS], add);
    if count < PARALLEL_FROM {
        return piece(0..count);
    }
    let pieces = parallel::threads();
    let share = count.div_ceil(pieces);
    let sums =
        Zeroizing::new(parallel::map(pieces, |index| piece(index * share..count.min((index + 1) * share))));
    sums.iter().copied().fold([Fr::ZERO; SLOTS], add)
}

/// Binds the first variable of tables of one length, some of them beside the others.
fn bind_both<const TABLES: usize>(
    these: [&mut Vec<Fr>; TABLES],
    those: [&mut Vec<Fr>; TABLES],
    challenge: Fr,
) {
    let bind_all =
        |tables: [&mut Vec<Fr>; TABLES]| tables.into_iter().for_each(|table| bind(table, challenge));
    if these[0].len() < PARALLEL_FROM {
        bind_all(these);
        return bind_all(those);
    }
    parallel::join(|| bind_all(these), || bind_all(those));
}

/// `v(r)`, cut to the number of slots of a round.
fn round_weights<const SLOTS: usize>(challenge: Fr) -> Round<SLOTS> {
    let mut power = challenge;
    std::array::from_fn(|slot| {
        if slot == 0 {
            return Fr::one() - challenge.double();
        }
        power *= challenge;
        power - challenge
    })
}

/// `lambda_j` for every round `j`, one after another, and `prod_j r_j`.
pub(super) fn weights<const SLOTS: usize>(point: &[Fr]) -> (Vec<Fr>, Fr) {
    let mut later = Fr::ONE;
    let mut rounds: Vec<Round<SLOTS>> = point
        .iter()
        .rev()
        .map(|&challenge| {
            let weights = round_weights::<SLOTS>(challenge).map(|weight| weight * later);
            later *= challenge;
            weights
        })
        .collect();
    rounds.reverse();
    (rounds.concat(), later)
}

#[cfg(test)]
mod tests {
    use ark_ff::UniformRand;
    use ark_std::test_rng;

    use super::{
        super::multilinear::{eq_table, inner_product},
        *,
    };

    fn randoms(count: usize) -> Vec<Fr> {
        let mut rng = test_rng();
        (0..count).map(|_| Fr::rand(&mut rng)).collect()
    }

    #[test]
    fn the_constraint_rounds_end_in_the_last_claim() {
        let values = randoms(100);
        let (eq, a) = (eq_table(&values[..4], Fr::ONE), values[4..20].to_vec());
        let (b, c) = (values[20..36].to_vec(), values[36..52].to_vec());
        let claim: Fr = (0..16).map(|x| eq[x] * (a[x] * b[x] - c[x])).sum();
        let mut challenges = values[60..].iter();
        let mut sent = Vec::new();
        let mut tables = Constraints { eq, a, b, c };
        let point = tables
            .run(|round| {
                sent.extend_from_slice(round);
                challenges.next().copied().ok_or(ProofError::ZeroChallenge)
            })
            .unwrap();
        let (lambda, product) = weights::<CUBIC_SLOTS>(&point);
        let last = tables.eq[0] * (tables.a[0] * tables.b[0] - tables.c[0]);
        assert_eq!(last, claim * product + inner_product(&lambda, &sent));
    }

    #[test]
    fn the_product_rounds_end_in_the_last_claim() {
        let values = randoms(80);
        let (matrix, assignment) = (values[..32].to_vec(), values[32..64].to_vec());
        let claim = inner_product(&matrix, &assignment);
        let mut challenges = values[64..].iter();
        let mut sent = Vec::new();
        let mut tables = Product { matrix, assignment };
        let point = tables
            .run(|round| {
                sent.extend_from_slice(round);
                challenges.next().copied().ok_or(ProofError::ZeroChallenge)
            })
            .unwrap();
        let (lambda, product) = weights::<QUADRATIC_SLOTS>(&point);
        assert_eq!(tables.matrix[0] * tables.assignment[0], claim * product + inner_product(&lambda, &sent));
    }
}
