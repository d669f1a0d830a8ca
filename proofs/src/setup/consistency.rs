//! Whether powers are those of one number.
//!
//! With random weights `rho_i`, for a list `P_0, P_1, …` that should be the powers of `tau` times `P_0`:
//!
//! ```text
//! e(sum rho_i P_i, tau G2) = e(sum rho_i P_{i+1}, G2)
//! ```
//!
//! If some `P_{i+1} != tau P_i`, this holds for one value of `rho_i` at most: 2^-128. The weights come from a hash of all
//! points. Lists start with what the contributions end with, or with generators.

use ark_bls12_381::{Fr, G1Affine};
use ark_ec::CurveGroup;
use coram_circuits::hash::TaggedHash;

use super::{
    Family, Head, SetupError,
    lists::Lists,
    point::Point,
    progress::{Meter, Observer, Task},
};
use crate::{
    batch::Weights,
    group::{self, g2, pairing},
};

impl Lists {
    /// Checks the lists against the heads of `tau`, `alpha` and `beta` in G1, and against each other.
    pub(super) fn verify(&self, heads: &[G1Affine], observer: Observer<'_>) -> Result<(), SetupError> {
        let &[tau, alpha, beta] = heads else { unreachable!("a head for each step of a phase") };
        self.verify_starts([tau, alpha, beta])?;
        let meter = Meter::new(observer, Task::Verify, Self::count(self.log()));
        let seed = self.absorb_into(TaggedHash::new("setup weights").bytes(b"powers")).digest();
        let mut weights = Weights::new(seed);
        let weights: Vec<Fr> = (0..self.tau_g1.len()).map(|_| weights.draw()).collect();

        // First G2, by the tau of G1 that the contributions end with; then G1, by the tau of G2.
        let (all, next) = shifted(&self.tau_g2, &weights, &meter);
        ensure(pairing::same_ratio((group::generator(), tau), (all, next)), Family::TauG2)?;
        let lists = [
            (&self.tau_g1, Family::TauG1),
            (&self.alpha_g1, Family::AlphaG1),
            (&self.beta_g1, Family::BetaG1),
        ];
        let tau_in_g2 = self.tau_g2.get(1).copied().unwrap_or_default();
        for (list, family) in lists {
            let pair = shifted(list, &weights, &meter);
            ensure(pairing::same_ratio(pair, (g2::generator(), tau_in_g2)), family)?;
        }
        let same = pairing::same_ratio((group::generator(), beta), (g2::generator(), self.beta_g2));
        ensure(same, Family::BetaG2)
    }

    /// What the contributions end with, and the generators.
    fn verify_starts(&self, [tau, alpha, beta]: [G1Affine; 3]) -> Result<(), SetupError> {
        ensure(self.tau_g1.first() == Some(&group::generator()), Family::TauG1)?;
        ensure(self.tau_g2.first() == Some(&g2::generator()), Family::TauG2)?;
        let heads = [
            (self.tau_g1.get(1), tau, Head::Tau),
            (self.alpha_g1.first(), alpha, Head::Alpha),
            (self.beta_g1.first(), beta, Head::Beta),
        ];
        match heads.into_iter().find(|(found, head, _)| *found != Some(head)) {
            Some((_, _, element)) => Err(SetupError::Head { element }),
            None => Ok(()),
        }
    }
}

fn ensure(holds: bool, family: Family) -> Result<(), SetupError> {
    if holds { Ok(()) } else { Err(SetupError::Powers { family }) }
}

/// `(sum rho_i P_i, sum rho_i P_{i+1})`.
fn shifted<P: Point>(list: &[P], weights: &[Fr], meter: &Meter<'_>) -> (P, P) {
    let count = list.len() - 1;
    let sums = [&list[..count], &list[1..]].map(|points| P::msm(points, &weights[..count]).into_affine());
    meter.advance(list.len());
    (sums[0], sums[1])
}
