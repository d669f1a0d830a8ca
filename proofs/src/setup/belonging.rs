//! Whether a key follows from powers and circuit.
//!
//! With random weights `rho_j`, `sum rho_j A_j` is the value at `tau` of one polynomial, whose values on the domain are the
//! products of the circuit's rows with the weights. One inverse transform *of numbers* makes its coefficients, and one sum of
//! powers the point that has to come out:
//!
//! ```text
//! sum rho_j A_j = sum_k coefficient_k tau^k G1,      coefficients of sum rho_j a_j(X)
//! ```
//!
//! and so with every other list; where `delta` divides, by a pairing. Lists have weights of their own, from a hash of all
//! points: if one element is wrong, its list passes with a probability of 2^-128.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::Zero;
use coram_circuits::hash::TaggedHash;

use super::{
    Query, SetupError,
    lists::Lists,
    point::Point,
    progress::{Meter, Observer, Task},
    queries::Queries,
    relation::Relation,
};
use crate::{
    batch::Weights,
    group::{g2, pairing},
};

/// A key beside what it has to follow from. The powers were verified, and so was `delta`; the lists have the lengths that the
/// circuit prescribes.
pub(super) struct Belonging<'a> {
    pub(super) powers: &'a Lists,
    pub(super) relation: &'a Relation<'a>,
    pub(super) key: &'a Queries,
}

impl Belonging<'_> {
    /// Checks every list, and names the first that is wrong.
    pub(super) fn verify(&self, observer: Observer<'_>) -> Result<(), SetupError> {
        let hash = TaggedHash::new("setup weights").bytes(b"key").bytes(&self.relation.digest);
        let mut weights = Weights::new(self.key.absorb_into(self.powers.absorb_into(hash)).digest());
        let checks: [(Query, Check<Self>); 6] = [
            (Query::A, Self::a),
            (Query::B1, Self::b1),
            (Query::B2, Self::b2),
            (Query::Inputs, Self::inputs),
            (Query::L, Self::l),
            (Query::H, Self::h),
        ];
        let meter = Meter::new(observer, Task::Verify, checks.len());
        for (query, holds) in checks {
            if !holds(self, &mut weights) {
                return Err(SetupError::Query { query });
            }
            meter.advance(1);
        }
        Ok(())
    }

    fn a(&self, weights: &mut Weights) -> bool {
        let weights = draw(weights, self.relation.variables());
        let expected = self.at_tau(&self.relation.combination_of_a(&weights));
        G1Affine::msm(&self.key.a, &weights) == expected
    }

    fn b1(&self, weights: &mut Weights) -> bool {
        let weights = draw(weights, self.relation.variables());
        let expected = self.at_tau(&self.relation.combination(&self.relation.matrices.b, &weights));
        G1Affine::msm(&self.key.b1, &weights) == expected
    }

    fn b2(&self, weights: &mut Weights) -> bool {
        let weights = draw(weights, self.relation.variables());
        let coefficients = self.relation.combination(&self.relation.matrices.b, &weights);
        Point::msm(&self.key.b2, &weights) == Point::msm(&self.powers.tau_g2, &coefficients)
    }

    fn inputs(&self, weights: &mut Weights) -> bool {
        let mut weights = draw(weights, self.relation.public());
        let found = G1Affine::msm(&self.key.inputs, &weights);
        weights.resize(self.relation.variables(), Fr::zero());
        found == self.all(&weights)
    }

    fn l(&self, weights: &mut Weights) -> bool {
        let private = draw(weights, self.relation.matrices.private);
        let found = G1Affine::msm(&self.key.l, &private);
        let public = vec![Fr::zero(); self.relation.public()];
        self.is_divided(found, self.all(&[public, private].concat()))
    }

    fn h(&self, weights: &mut Weights) -> bool {
        let weights = draw(weights, self.key.h.len());
        let found = G1Affine::msm(&self.key.h, &weights);
        let size = self.powers.size();
        let expected = G1Affine::msm(&self.powers.tau_g1[size..], &weights)
            - G1Affine::msm(&self.powers.tau_g1[..size - 1], &weights);
        self.is_divided(found, expected)
    }

    /// `p(tau) G1`.
    fn at_tau(&self, coefficients: &[Fr]) -> G1Projective {
        G1Affine::msm(&self.powers.tau_g1[..coefficients.len()], coefficients)
    }

    /// `sum weight_j (beta a_j + alpha b_j + c_j)(tau) G1`.
    fn all(&self, weights: &[Fr]) -> G1Projective {
        let Self { powers, relation, .. } = self;
        G1Affine::msm(&powers.beta_g1, &relation.combination_of_a(weights))
            + G1Affine::msm(&powers.alpha_g1, &relation.combination(&relation.matrices.b, weights))
            + self.at_tau(&relation.combination(&relation.matrices.c, weights))
    }

    /// `e(found, delta) = e(expected, G2)`.
    fn is_divided(&self, found: G1Projective, expected: G1Projective) -> bool {
        pairing::product_is_one(&[
            (found.into_affine(), self.key.delta),
            ((-expected).into_affine(), g2::generator()),
        ])
    }
}

/// A check of one list, with weights.
type Check<T> = fn(&T, &mut Weights) -> bool;

fn draw(weights: &mut Weights, count: usize) -> Vec<Fr> {
    (0..count).map(|_| weights.draw()).collect()
}
