//! One step of a contribution: the multiplication by a secret, and the proof that its author knows it.
//!
//! ```text
//! after = x before        own = x G1        proof = x r
//! r     = hash to G2 of H("setup step"; name of the step, context, own)
//!
//! e(own, r) = e(G1, proof)             its author knows x                (1)
//! e(before, proof) = e(after, r)       the same x was applied            (2)
//! ```
//!
//! Nobody knows a logarithm of `r`, so whoever shows `x·r` for a fresh `r` knows `x` (Bowe, Gabizon, Miers 2017, after the
//! knowledge of exponent assumption). Since `r` depends on the step, on the place in the chain, on the origin and on `own`, no
//! proof can be shown a second time, in another place or under another name.

use ark_bls12_381::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use coram_circuits::hash::TaggedHash;

use super::{
    error::{Element, StepProblem},
    phase::Step,
    record::StepRecord,
};
use crate::group::{self, g2, pairing};

/// A step whose elements are points of their groups, none of them the identity, and whose secret is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Knowledge {
    pub(super) after: G1Affine,
    pub(super) own: G1Affine,
    pub(super) proof: G2Affine,
}

/// Where a step stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) step: Step,
    pub(super) context: &'a [u8; 32],
}

impl Place<'_> {
    /// `r`.
    pub(super) fn base(self, own: &G1Affine) -> G2Affine {
        let hash = TaggedHash::new("setup step").bytes(self.step.name().as_bytes());
        g2::hash_to_curve(&hash.bytes(self.context).bytes(&group::encode(own)).digest())
    }
}

impl Knowledge {
    /// Multiplies `x` onto `before`, natively in constant time.
    pub(super) fn new(place: Place<'_>, x: &Fr, before: &G1Affine) -> Self {
        let own = group::multiply(&group::generator(), x).into_affine();
        let proof = g2::multiply(&place.base(&own), x).into_affine();
        Self { after: group::multiply(before, x).into_affine(), own, proof }
    }

    pub(super) fn decode(record: &StepRecord) -> Result<Self, StepProblem> {
        let not_a_point = |element| move || StepProblem::NotAPoint(element);
        let knowledge = Self {
            after: group::decode(&record.after).ok_or_else(not_a_point(Element::After))?,
            own: group::decode(&record.own).ok_or_else(not_a_point(Element::Own))?,
            proof: g2::decode(&record.proof).ok_or_else(not_a_point(Element::Proof))?,
        };
        knowledge.check()?;
        Ok(knowledge)
    }

    pub(super) fn check(&self) -> Result<(), StepProblem> {
        // With identities, (1) and (2) say nothing.
        let identities = [
            (self.after.is_zero(), Element::After),
            (self.own.is_zero(), Element::Own),
            (self.proof.is_zero(), Element::Proof),
        ];
        if let Some((_, element)) = identities.into_iter().find(|(identity, _)| *identity) {
            return Err(StepProblem::Identity(element));
        }
        // Everybody knows the secret one: a chain of such steps would be as long as its maker likes.
        if self.own == group::generator() {
            return Err(StepProblem::One);
        }
        Ok(())
    }

    pub(super) fn record(&self) -> StepRecord {
        StepRecord {
            after: group::encode(&self.after),
            own: group::encode(&self.own),
            proof: g2::encode(&self.proof),
        }
    }

    /// Checks (1) and (2), each alone.
    pub(super) fn verify(&self, place: Place<'_>, before: &G1Affine) -> Result<(), StepProblem> {
        let base = place.base(&self.own);
        if !pairing::same_ratio((group::generator(), self.own), (base, self.proof)) {
            return Err(StepProblem::NotProved);
        }
        if !pairing::same_ratio((*before, self.after), (base, self.proof)) {
            return Err(StepProblem::NotApplied);
        }
        Ok(())
    }

    /// Two pairs whose product is one if (1) and (2) hold: (1) times a weight `v`, (2) times a weight `w`.
    ///
    /// ```text
    /// e(v own + w after, r) e(-v G1 - w before, proof)
    /// ```
    pub(super) fn pairs(
        &self,
        place: Place<'_>,
        before: &G1Affine,
        weights: (Fr, Fr),
    ) -> [(G1Affine, G2Affine); 2] {
        let combine = |first: &G1Affine, second: &G1Affine| {
            (group::multiply_short(first, &weights.0) + group::multiply_short(second, &weights.1))
                .into_affine()
        };
        let known = combine(&self.own, &self.after);
        let applied = combine(&group::generator(), before);
        [(known, place.base(&self.own)), (-applied, self.proof)]
    }
}
