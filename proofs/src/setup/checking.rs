//! The whole verification of a reference string.

use coram_circuits::share_encryption::ShapeCircuit;

use super::{
    Head, SetupError, UncheckedReference, belonging::Belonging, chain::Chain, draft::Draft,
    progress::Observer, queries::Counts, record::SetupRecord, relation::Relation,
};
use crate::group::{self, g2, pairing};

impl Relation<'_> {
    /// Whether a record is for this circuit.
    pub(super) fn check(&self, record: &SetupRecord) -> Result<(), SetupError> {
        let same =
            (record.recipients, record.validators) == (self.shape.recipients(), self.shape.validators());
        if same { Ok(()) } else { Err(SetupError::Circuit { problem: "it is for another shape" }) }
    }

    /// Whether lists have the lengths that this circuit prescribes.
    pub(super) fn check_counts(&self, counts: Counts) -> Result<(), SetupError> {
        let wrong = |problem| Err(SetupError::Circuit { problem });
        if counts.log != self.domain_log() {
            return wrong("its domain is of another size");
        }
        if (counts.public, counts.private) != (self.public(), self.matrices.private) {
            return wrong("it has another number of variables");
        }
        Ok(())
    }
}

impl UncheckedReference {
    /// Checks everything: the contributions to both phases, that powers and key end with what they made, that the powers are
    /// those of one `tau`, `alpha` and `beta`, and that every element of the key follows from powers and circuit.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn verify(self, circuit: &ShapeCircuit, observer: Observer<'_>) -> Result<Draft, SetupError> {
        self.verify_for(&Relation::new(circuit)?, observer)
    }

    pub(super) fn verify_for(
        self,
        relation: &Relation<'_>,
        observer: Observer<'_>,
    ) -> Result<Draft, SetupError> {
        relation.check(&self.record)?;
        relation.check_counts(self.counts)?;
        let powers = self.verified_powers(relation)?;
        let key = self.verified_key(relation, &powers)?;
        self.lists.verify(&powers.heads(), observer)?;
        Belonging { powers: &self.lists, relation, key: &self.queries }.verify(observer)?;
        Ok(Draft {
            shape: relation.shape,
            circuit: relation.digest,
            powers,
            powers_log: self.record.powers_log,
            key,
            lists: self.lists,
            queries: self.queries,
        })
    }

    /// The contributions to the powers, which have to be of sufficient size.
    fn verified_powers(&self, relation: &Relation<'_>) -> Result<Chain, SetupError> {
        let (powers, circuit) = (self.record.powers_log, relation.domain_log());
        if powers < circuit {
            return Err(SetupError::PowersTooSmall { powers, circuit });
        }
        let chain = self.record.decode_powers()?;
        chain.check_contributed()?;
        chain.verify()?;
        Ok(chain)
    }

    /// The contributions to the key; and the elements that are in the verifying key: `alpha` and `beta` as in the powers,
    /// `delta` as the contributions end.
    fn verified_key(&self, relation: &Relation<'_>, powers: &Chain) -> Result<Chain, SetupError> {
        let chain = self.record.decode_key(relation.shape, relation.digest, powers)?;
        chain.verify()?;
        let key = &self.verifying_key;
        let is_delta = |head: &ark_bls12_381::G1Affine| {
            pairing::same_ratio((group::generator(), *head), (g2::generator(), key.delta))
        };
        let elements = [
            (powers.heads().get(1) == Some(&key.alpha), Head::Alpha),
            (self.lists.beta_g2 == key.beta, Head::Beta),
            (chain.heads().iter().all(is_delta), Head::Delta),
        ];
        match elements.into_iter().find(|(holds, _)| !holds) {
            Some((_, element)) => Err(SetupError::Head { element }),
            None => Ok(chain),
        }
    }
}
