//! The bases of the opening's halvings, on the prover's side.
//!
//! ```text
//! G'_c  = G_c + v_0 P_c                              after round 0; P_c = 0 beyond the slots
//! G_i   = sum_b w_b G'_(b len + i),  i < len         after k halvings, b < 2^k;  w_b: product of the v_j, bits j of b
//! ```
//!
//! The bases of the first halvings are not formed: a sum over them is one over the generators, of which there are tables. Forming
//! them all at once when they are few takes less than halving them one round after the other.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ff::{AdditiveGroup, One};
use zeroize::Zeroizing;

use super::generators::Generators;
use crate::{
    group::{self, msm, multiply_short},
    parallel,
};

/// Half of the bases.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Left,
    Right,
}

/// The bases, formed or not.
pub(super) struct Bases<'a> {
    generators: &'a Generators,
    /// `v_0`.
    slot_fold: Fr,
    /// `w`.
    weights: Vec<Fr>,
    /// Once they are formed.
    points: Option<Vec<G1Affine>>,
}

impl<'a> Bases<'a> {
    /// After round 0, with its challenge.
    pub(super) fn start(generators: &'a Generators, slot_fold: Fr) -> Self {
        Self { generators, slot_fold, weights: vec![Fr::one()], points: None }
    }

    /// `<x, the first or last bases> + value·U + blinding·H`.
    pub(super) fn commit(&self, half: Half, x: &[Fr], value: &Fr, blinding: &Fr) -> G1Projective {
        if let Some(points) = &self.points {
            let points = match half {
                Half::Left => &points[..x.len()],
                Half::Right => &points[points.len() - x.len()..],
            };
            return msm(points, x) + self.generators.commit_value(value, blinding);
        }
        let all = self.generators.columns().len();
        let block = all / self.weights.len();
        let mut columns = Zeroizing::new(vec![Fr::ZERO; all]);
        for (columns, weight) in columns.chunks_exact_mut(block).zip(&self.weights) {
            let columns = match half {
                Half::Left => &mut columns[..x.len()],
                Half::Right => &mut columns[block - x.len()..],
            };
            columns.iter_mut().zip(x).for_each(|(column, x)| *column = *weight * x);
        }
        let slots = Zeroizing::new(self.slots(&columns));
        self.generators.commit(&columns, &slots, value, blinding)
    }

    /// Forms the bases.
    pub(super) fn form(&mut self) {
        if self.points.is_none() {
            let len = self.generators.columns().len() / self.weights.len();
            let formed =
                parallel::map(len, |first| self.generators.sum_columns(first, &self.weights, self.slot_fold));
            self.points = Some(group::normalize(&formed));
        }
    }

    /// Halves the bases: `G_i + v G_(len/2 + i)`, `v` below 2^128.
    pub(super) fn fold(&mut self, v: Fr) {
        match &mut self.points {
            Some(points) => {
                let right = points.split_off(points.len() / 2);
                let folded =
                    parallel::map(right.len(), |index| multiply_short(&right[index], &v) + points[index]);
                *points = group::normalize(&folded);
            }
            None => self.weights = self.weights.iter().flat_map(|weight| [*weight, *weight * v]).collect(),
        }
    }

    /// The scalars of the slots' bases, which are folded onto those of the first columns.
    fn slots(&self, columns: &[Fr]) -> Vec<Fr> {
        let slots = self.generators.slots().len();
        columns.iter().take(slots).map(|scalar| self.slot_fold * scalar).collect()
    }
}
