//! From all Attests to the lock and its hash, and what can be said of Seals on it.

use coram_cluster::bls::{self, Signature, SignedRoot};
use coram_cluster::identity::{IdentityKey, verify_recoverable};
use coram_cluster::lock::Lock;
use coram_proofs::hash::TaggedHash;

use super::dealt::{Dealt, Shares, public_share_of};
use super::duties::{Duty, ValidatorKeys};
use super::lock::{ValidatorSignatures, unsealed};
use super::partials::{Batch, PORTION};
use super::roster::Roster;
use crate::breach::{Breach, Obstacle, SignedObject};
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::id::{MessageId, TranscriptRoot};
use crate::message::{Attest, Body as _, Seal, Signed};
use crate::progress::Task;

/// The attestations of all operators, verified, and the lock that follows from them.
pub struct Attested {
    root: TranscriptRoot,
    attests: Vec<Signed<Attest>>,
    attestation: Signature,
    keys: Vec<ValidatorKeys>,
    lock: Lock,
    lock_hash: [u8; 32],
}

impl Attested {
    /// Verifies the Attests of all operators, in index order, and combines their partial signatures.
    ///
    /// # Errors
    ///
    /// What [`Dealt::verify_attests`] finds, and a failure if Attests are missing.
    pub fn new(
        ceremony: &Ceremony,
        roster: &Roster,
        dealt: &Dealt,
        attests: Vec<Signed<Attest>>,
    ) -> Result<Self, Obstacle> {
        if !attests.iter().map(Signed::author).eq(1..=ceremony.operators()) {
            return Err(Obstacle::Failure(CeremonyError::Incomplete { what: "Attests" }));
        }
        let partials = dealt.verify_attests(roster, &attests)?;
        Ok(Self::combine(ceremony, roster, dealt, attests, &partials)?)
    }

    /// The phase, from Attests that passed all checks of [`Self::new`], and their partial signatures.
    pub(crate) fn combine(
        ceremony: &Ceremony,
        roster: &Roster,
        dealt: &Dealt,
        attests: Vec<Signed<Attest>>,
        partials: &[Vec<Signature>],
    ) -> Result<Self, CeremonyError> {
        let combined = combine(ceremony, roster, partials)?;
        verify_combined(roster, dealt, &combined)?;
        let signatures = ValidatorSignatures::sort(dealt.duties(), combined, dealt.validators().len());
        let of_validators: Vec<Signature> =
            signatures.iter().filter_map(|validator| validator.attestation).collect();
        let attestation = bls::aggregate(&of_validators)?;
        let lock = unsealed(ceremony, dealt.validators(), &signatures)?;
        let lock_hash = lock.hash()?;
        let root = transcript_root(ceremony, roster, dealt, &attests);
        let keys = dealt.validators().to_vec();
        Ok(Self { root, attests, attestation, keys, lock, lock_hash })
    }

    /// The root over all Joins, Commits, Deals and Attests.
    #[must_use]
    pub const fn root(&self) -> TranscriptRoot {
        self.root
    }

    /// The Attests of all operators.
    #[must_use]
    pub fn attests(&self) -> &[Signed<Attest>] {
        &self.attests
    }

    /// The sum of the signatures of all validator keys on the attestation.
    #[must_use]
    pub const fn attestation(&self) -> &Signature {
        &self.attestation
    }

    /// The lock, still without what the Seals add: the aggregate signature and the node signatures.
    #[must_use]
    pub const fn lock(&self) -> &Lock {
        &self.lock
    }

    /// The hash of the lock, which the Seals sign.
    #[must_use]
    pub const fn lock_hash(&self) -> &[u8; 32] {
        &self.lock_hash
    }

    /// The Seal of an operator with these shares.
    #[must_use]
    pub(crate) fn seal(&self, identity: &IdentityKey, shares: &Shares) -> Seal {
        let items: Vec<_> = shares.as_slice().iter().map(|share| (share, self.lock_hash)).collect();
        Seal {
            lock_hash: self.lock_hash,
            transcript_root: *self.root.as_bytes(),
            node_signature: identity.sign_recoverable(&self.lock_hash),
            partials: bls::sign_all(&items).iter().map(Signature::to_bytes).collect(),
        }
    }

    /// Checks what a Seal says: this transcript, the lock that follows from it, signed by the author's identity.
    ///
    /// # Errors
    ///
    /// [`Obstacle::Divergence`] if it is about other messages; [`Breach::LockHash`] if it is about these, but another
    /// lock; [`Breach::NodeSignature`].
    pub fn check_seal(
        &self,
        ceremony: &Ceremony,
        roster: &Roster,
        seal: &Signed<Seal>,
    ) -> Result<(), Obstacle> {
        judge_node_signature(ceremony, seal)?;
        roster.check_roster(seal)?;
        let author = seal.author();
        if seal.body().transcript_root != *self.root.as_bytes() {
            return Err(Obstacle::Divergence { author, kind: Seal::KIND, refers_to: "messages" });
        }
        if seal.body().lock_hash != self.lock_hash {
            return Err(Breach::LockHash { author }.into());
        }
        Ok(())
    }

    /// Checks Seals and all their partial signatures on the lock hash: together, and when that fails one by one.
    /// Returns the partial signatures of each.
    ///
    /// # Errors
    ///
    /// What [`Self::check_seal`] finds, [`Breach::Partial`].
    pub fn verify_seals(
        &self,
        ceremony: &Ceremony,
        roster: &Roster,
        seals: &[Signed<Seal>],
    ) -> Result<Vec<Vec<Signature>>, Obstacle> {
        seals.iter().try_for_each(|seal| self.check_seal(ceremony, roster, seal))?;
        Ok(self.batch(seals).verify(roster.observer())?)
    }

    /// All partial signatures of a Seal on the lock hash that are wrong: each a [`Breach::Partial`].
    #[must_use]
    pub fn wrong_partials(&self, seal: &Signed<Seal>) -> Vec<Breach> {
        self.batch(std::slice::from_ref(seal)).wrong()
    }

    fn batch(&self, seals: &[Signed<Seal>]) -> Batch {
        let mut batch = Batch::default();
        for seal in seals {
            let duties = (0..self.keys.len()).map(|validator| {
                let duty = Duty { object: SignedObject::Lock, validator, root: self.lock_hash };
                (duty, public_share_of(&self.keys, &duty, seal.author()))
            });
            batch.add(seal.author(), duties, seal.body().partials.iter());
        }
        batch
    }
}

/// Checks a Seal's node signature on the lock hash that the same Seal names; no other message is needed for it.
///
/// # Errors
///
/// [`Breach::NodeSignature`].
pub fn judge_node_signature(ceremony: &Ceremony, seal: &Signed<Seal>) -> Result<(), Breach> {
    let author = seal.author();
    let Seal { lock_hash, node_signature, .. } = seal.body();
    let [.., v] = node_signature;
    let valid = *v <= 1
        && ceremony
            .identity(author)
            .is_some_and(|identity| verify_recoverable(identity, lock_hash, node_signature).is_ok());
    if valid { Ok(()) } else { Err(Breach::NodeSignature { author }) }
}

/// One signature for each duty, from the partials of operators `1..=t`, who need not be dealers: any `t` give the same.
fn combine(
    ceremony: &Ceremony,
    roster: &Roster,
    partials: &[Vec<Signature>],
) -> Result<Vec<Signature>, CeremonyError> {
    let of_operators = (1..=ceremony.threshold()).zip(partials.iter().map(Vec::as_slice));
    let lists: Vec<(u16, &[Signature])> = of_operators.collect();
    Ok(roster.observer().whole(Task::Combine, || bls::combine_all(&lists))?)
}

/// Verifies each combined signature against its validator's key, before any is added to an aggregate.
fn verify_combined(roster: &Roster, dealt: &Dealt, combined: &[Signature]) -> Result<(), CeremonyError> {
    let item = |(duty, signature): (&Duty, &Signature)| -> Option<SignedRoot> {
        let keys = dealt.validators().get(duty.validator)?;
        Some((keys.public_key, duty.root, *signature))
    };
    let items: Vec<_> = dealt.duties().iter().zip(combined).filter_map(item).collect();
    let verified = roster.observer().begin(Task::Signatures, items.len());
    items.chunks(PORTION).try_for_each(|portion| {
        bls::verify_batch(portion)?;
        verified.advance(portion.len());
        Ok(())
    })
}

/// ```text
/// transcript root = H("transcript"; ceremony id, roster hash, dealings root, [ids of all Attests in index order])
/// ```
fn transcript_root(
    ceremony: &Ceremony,
    roster: &Roster,
    dealt: &Dealt,
    attests: &[Signed<Attest>],
) -> TranscriptRoot {
    let attests: Vec<MessageId> = attests.iter().map(Signed::id).collect();
    let hash = TaggedHash::new("transcript").bytes(ceremony.id().as_ref()).bytes(roster.hash().as_ref());
    TranscriptRoot::new(hash.bytes(dealt.root().as_ref()).list(&attests).digest())
}
