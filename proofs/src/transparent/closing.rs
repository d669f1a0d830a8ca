//! The one linear equation that is left when both sumchecks have run.
//!
//! Let `E = eq(τ, r_x)`, `K = (r_A A~ + r_B B~ + r_C C~)(r_x, r_y)`, `Π = prod r_y`, `y0` the first coordinate of `r_y` and
//! `r_y'` the others, `λ` the weights of [`super::sumcheck`], `R` the table of `eq` at the last coordinates of `r_y'` (one entry a
//! column), `L` that at the first (one entry a row), `x = sum_i L_i w_i` over the rows of the private assignment. The sumchecks leave
//!
//! ```text
//! (1)  sum_j <λ1_j, s1_j>                                     =  E (v_A v_B - v_C)
//! (2)  Π (r_A v_A + r_B v_B + r_C v_C) + sum_j <λ2_j, s2_j>   =  K ((1 - y0) <R, x> + y0 public~(r_y'))
//! ```
//!
//! and (1) + ζ (2) is a linear equation in `X = (x || η s1_1 || … || η^k s2_k)`:
//!
//! ```text
//! <X, a> = V
//! a = ( -ζ K (1 - y0) R  ||  η^-j λ1_j …  ||  ζ η^-j λ2_j … )
//! V = E (v_AB - v_C) - ζ Π (r_A v_A + r_B v_B + r_C v_C) + ζ K y0 public~(r_y')
//! ```
//!
//! `X` is committed in `sum_i L_i C_i + sum_j η^j S_j`. The powers `η^j`, `j = 1 …`, keep the rounds apart from each other and from the
//! rows, which have exponent 0: what a round commitment carries outside its own slots meets a non-zero power of
//! `η` and cannot cancel. With equal weights, a later round could repair an earlier one after its challenge was known.

use ark_bls12_381::Fr;
use ark_ff::{Field, One};

use super::{
    dimensions::{CUBIC_SLOTS, Dimensions, QUADRATIC_SLOTS},
    multilinear::{eq, eq_table, powers},
    opening::PublicVector,
    sumcheck,
};
use crate::error::ProofError;

/// The challenges that were drawn when the sumchecks had ended.
pub(super) struct SumcheckPoint {
    /// `τ`.
    pub(super) constraint_point: Vec<Fr>,
    /// `r_x`.
    pub(super) constraint_challenges: Vec<Fr>,
    /// `r_A, r_B, r_C`.
    pub(super) matrix_weights: [Fr; 3],
    /// `r_y`.
    pub(super) assignment_challenges: Vec<Fr>,
}

/// `η, ζ, u`: drawn after the last round commitment.
pub(super) struct ClosingChallenges {
    pub(super) slot_base: Fr,
    pub(super) second_weight: Fr,
    pub(super) value_weight: Fr,
}

/// The equation, as public data: what each commitment of the proof counts for.
pub(super) struct Closing {
    /// `L_i`, the weight of the commitment to row `i`.
    pub(super) rows: Vec<Fr>,
    /// `η^j`, the weight of the commitment of round `j`, both sumchecks in order, from `η^1`.
    pub(super) rounds: Vec<Fr>,
    /// The weights of `C_A, C_B, C_C, C_AB` in `V`.
    pub(super) values: [Fr; 4],
    /// The constant in `V`.
    pub(super) constant: Fr,
    /// `a` and `u`.
    pub(super) public: PublicVector,
}

impl Closing {
    /// Sets up the equation. `matrix_value` is `K`, `public_value` is `public~(r_y')`.
    ///
    /// # Errors
    ///
    /// [`ProofError::ZeroChallenge`] if `η` is zero; the caller has drawn it as non-zero.
    pub(super) fn new(
        dimensions: Dimensions,
        point: &SumcheckPoint,
        challenges: &ClosingChallenges,
        matrix_value: Fr,
        public_value: Fr,
    ) -> Result<Self, ProofError> {
        let ClosingChallenges { slot_base: eta, second_weight: zeta, value_weight } = *challenges;
        let (public_half, private_point) =
            point.assignment_challenges.split_first().ok_or(ProofError::Length)?;
        let (row_point, column_point) =
            private_point.split_at_checked(dimensions.row_bits).ok_or(ProofError::Length)?;

        let (lambda_1, _) = sumcheck::weights::<CUBIC_SLOTS>(&point.constraint_challenges);
        let (lambda_2, product) = sumcheck::weights::<QUADRATIC_SLOTS>(&point.assignment_challenges);
        let inverse = eta.inverse().ok_or(ProofError::ZeroChallenge)?;
        let inverse_powers = powers(inverse, inverse, dimensions.rounds());
        let (first, second) = inverse_powers.split_at(point.constraint_challenges.len());
        let slots = weigh::<CUBIC_SLOTS>(&lambda_1, first, Fr::one())
            .chain(weigh::<QUADRATIC_SLOTS>(&lambda_2, second, zeta))
            .collect();

        let at_constraint = eq(&point.constraint_point, &point.constraint_challenges);
        let [r_a, r_b, r_c] = point.matrix_weights.map(|weight| -zeta * product * weight);
        Ok(Self {
            rows: eq_table(row_point, Fr::one()),
            rounds: powers(eta, eta, dimensions.rounds()),
            values: [r_a, r_b, r_c - at_constraint, at_constraint],
            constant: zeta * matrix_value * public_half * public_value,
            public: PublicVector {
                columns: eq_table(column_point, -zeta * matrix_value * (Fr::one() - public_half)),
                slots,
                value_weight,
            },
        })
    }
}

/// `scale · η^-j · λ_j`, slot by slot.
fn weigh<'a, const SLOTS: usize>(
    lambda: &'a [Fr],
    inverse_powers: &'a [Fr],
    scale: Fr,
) -> impl Iterator<Item = Fr> + use<'a, SLOTS> {
    let (rounds, _) = lambda.as_chunks::<SLOTS>();
    rounds
        .iter()
        .zip(inverse_powers)
        .flat_map(move |(round, power)| round.map(|weight| scale * power * weight))
}
