//! From all Commits and Deals to the keys, and what can be said of Attests under them.

use coram_cluster::bls::{self, PublicKey, SecretKey, Signature};
use coram_proofs::hash::TaggedHash;
use coram_proofs::{Aggregate, DecryptionKey, ProofError, VerifiedDealing};

use super::duties::{Duty, ValidatorKeys, duties, validator_keys};
use super::partials::{Batch, PORTION};
use super::roster::Roster;
use crate::breach::{Breach, Obstacle, SignedObject};
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::id::{CeremonyId, DealingsRoot, MessageId, RosterHash};
use crate::message::{Attest, Body, Commit, Deal, Kind, Signed};
use crate::progress::{Observer, Task};

/// The dealings of all dealers, verified, and the keys that are made of them.
pub struct Dealt {
    root: DealingsRoot,
    commits: Vec<Signed<Commit>>,
    deals: Vec<Signed<Deal>>,
    dealings: Vec<VerifiedDealing>,
    sum: Aggregate,
    keys: Vec<ValidatorKeys>,
    duties: Vec<Duty>,
}

/// An operator's shares of all validators, in validator order. Zeroized on drop.
pub struct Shares(Vec<SecretKey>);

impl Shares {
    /// The share of each validator.
    #[must_use]
    pub fn as_slice(&self) -> &[SecretKey] {
        &self.0
    }
}

impl std::fmt::Debug for Shares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shares({}, redacted)", self.0.len())
    }
}

impl Dealt {
    /// Verifies the dealings and makes the keys. Commits and Deals are those of all dealers, in index order.
    ///
    /// # Errors
    ///
    /// What [`Roster::check_commit`], [`Roster::check_deal`] and [`Roster::verify`] find;
    /// [`CeremonyError::DegenerateSum`] if the sum has a lower threshold, equal keys, or the identity for a key.
    pub fn new(
        ceremony: &Ceremony,
        roster: &Roster,
        commits: Vec<Signed<Commit>>,
        deals: Vec<Signed<Deal>>,
    ) -> Result<Self, Obstacle> {
        let from_all = |authors: Vec<u16>, kind| authors == ceremony.authors(kind);
        if !from_all(commits.iter().map(Signed::author).collect(), Kind::Commit) {
            return Err(Obstacle::Failure(CeremonyError::Incomplete { what: "Commits" }));
        }
        if !from_all(deals.iter().map(Signed::author).collect(), Kind::Deal) {
            return Err(Obstacle::Failure(CeremonyError::Incomplete { what: "Deals" }));
        }
        commits.iter().try_for_each(|commit| roster.check_commit(ceremony, commit))?;
        deals.iter().try_for_each(|deal| roster.check_deal(ceremony, &commits, deal))?;
        let dealings = roster.verify(&deals)?;
        let degenerate = |error: ProofError| CeremonyError::DegenerateSum { reason: error.to_string() };
        let sum = Aggregate::extract(&dealings, ceremony.extraction()).map_err(degenerate)?;
        Ok(Self::from_sum(ceremony, roster, commits, deals, dealings, sum)?)
    }

    /// The phase, from dealings that passed all checks of [`Self::new`], and their sum.
    pub(crate) fn from_sum(
        ceremony: &Ceremony,
        roster: &Roster,
        commits: Vec<Signed<Commit>>,
        deals: Vec<Signed<Deal>>,
        dealings: Vec<VerifiedDealing>,
        sum: Aggregate,
    ) -> Result<Self, CeremonyError> {
        let degenerate = |error: CeremonyError| CeremonyError::DegenerateSum { reason: error.to_string() };
        let keys = validator_keys(ceremony, &sum).map_err(degenerate)?;
        let ids = [ids(roster.joins()), ids(&commits), ids(&deals)];
        let root = dealings_root(ceremony.id(), roster.hash(), &ids);
        let duties = duties(ceremony, &keys, root)?;
        Ok(Self { root, commits, deals, dealings, sum, keys, duties })
    }

    /// The root over all Joins, Commits and Deals.
    #[must_use]
    pub const fn root(&self) -> DealingsRoot {
        self.root
    }

    /// The Commits of all dealers; none in a ceremony without.
    #[must_use]
    pub fn commits(&self) -> &[Signed<Commit>] {
        &self.commits
    }

    /// The Deals of all dealers.
    #[must_use]
    pub fn deals(&self) -> &[Signed<Deal>] {
        &self.deals
    }

    /// The sum of the dealings.
    #[must_use]
    pub const fn aggregate(&self) -> &Aggregate {
        &self.sum
    }

    /// The keys of all validators, in order.
    #[must_use]
    pub fn validators(&self) -> &[ValidatorKeys] {
        &self.keys
    }

    /// Decrypts an operator's shares, and checks each against the public share: `s * G1 = S`.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::Proof`] if the key is not the operator's; [`CeremonyError::ShareMismatch`] if proofs that
    /// verify hid a wrong share. Neither reveals anything about the key or the share.
    pub fn open(&self, roster: &Roster, operator: u16, key: &DecryptionKey) -> Result<Shares, CeremonyError> {
        let opened = roster.scheme().open(&self.dealings, &self.sum, operator, key)?;
        let mut shares = Vec::with_capacity(opened.len());
        for (validator, (share, keys)) in opened.iter().zip(&self.keys).enumerate() {
            let mismatch = || CeremonyError::ShareMismatch { validator };
            let share = SecretKey::from_bytes(&share.to_bytes()).map_err(|_| mismatch())?;
            if Some(&share.public_key()) != public_share(keys, operator) {
                return Err(mismatch());
            }
            shares.push(share);
        }
        if shares.len() != self.keys.len() {
            return Err(CeremonyError::Incomplete { what: "shares" });
        }
        Ok(Shares(shares))
    }

    /// The Attest of an operator with these shares.
    #[must_use]
    pub(crate) fn attest(&self, shares: &Shares, observer: &Observer) -> Attest {
        let mut body = Attest {
            root: *self.root.as_bytes(),
            attestations: Vec::new(),
            deposits: Vec::new(),
            registrations: Vec::new(),
        };
        let signed = observer.begin(Task::Sign, self.duties.len());
        for duties in self.duties.chunks(PORTION) {
            let keyed = duties.iter().filter_map(|duty| Some((duty, shares.0.get(duty.validator)?)));
            let (duties, items): (Vec<&Duty>, Vec<_>) =
                keyed.map(|(duty, share)| (duty, (share, duty.root))).unzip();
            for (duty, signature) in duties.iter().zip(bls::sign_all(&items)) {
                let signature = signature.to_bytes();
                match duty.object {
                    SignedObject::Attestation => body.attestations.push(signature),
                    SignedObject::Deposit(_) => body.deposits.push(signature),
                    SignedObject::Registration => body.registrations.push(signature),
                    SignedObject::Lock => {}
                }
            }
            signed.advance(items.len());
        }
        body
    }

    /// Checks that an Attest is about these very dealings. Its signatures are for [`Self::verify_attests`].
    ///
    /// # Errors
    ///
    /// [`Obstacle::Divergence`].
    pub fn check_root(&self, roster: &Roster, attest: &Signed<Attest>) -> Result<(), Obstacle> {
        roster.check_roster(attest)?;
        if attest.body().root == *self.root.as_bytes() {
            return Ok(());
        }
        Err(Obstacle::Divergence { author: attest.author(), kind: Attest::KIND, refers_to: "dealings" })
    }

    /// Checks all partial signatures of some Attests against the public shares: together, and when that fails one
    /// by one. Returns them in the order of the Attests, each in the order of its lists.
    ///
    /// # Errors
    ///
    /// [`Obstacle::Divergence`] for an Attest about other dealings, else [`Breach::Partial`] of the first author, in
    /// the order given, with a wrong signature. Nobody is accused on the word of a batch.
    pub fn verify_attests(
        &self,
        roster: &Roster,
        attests: &[Signed<Attest>],
    ) -> Result<Vec<Vec<Signature>>, Obstacle> {
        attests.iter().try_for_each(|attest| self.check_root(roster, attest))?;
        Ok(self.batch(attests).verify(roster.observer())?)
    }

    /// All partial signatures of an Attest that are wrong: each a [`Breach::Partial`].
    #[must_use]
    pub fn wrong_partials(&self, attest: &Signed<Attest>) -> Vec<Breach> {
        self.batch(std::slice::from_ref(attest)).wrong()
    }

    fn batch(&self, attests: &[Signed<Attest>]) -> Batch {
        let mut batch = Batch::default();
        for attest in attests {
            let Attest { attestations, deposits, registrations, .. } = attest.body();
            let partials = attestations.iter().chain(deposits).chain(registrations);
            let duties =
                self.duties.iter().map(|duty| (*duty, public_share_of(&self.keys, duty, attest.author())));
            batch.add(attest.author(), duties, partials);
        }
        batch
    }

    pub(super) fn duties(&self) -> &[Duty] {
        &self.duties
    }
}

fn public_share(keys: &ValidatorKeys, operator: u16) -> Option<&PublicKey> {
    keys.public_shares.get(usize::from(operator).checked_sub(1)?)
}

pub(super) fn public_share_of<'k>(
    keys: &'k [ValidatorKeys],
    duty: &Duty,
    operator: u16,
) -> Option<&'k PublicKey> {
    public_share(keys.get(duty.validator)?, operator)
}

/// ```text
/// dealings root = H("dealings"; ceremony id, roster hash, [ids of Joins], [ids of Commits], [ids of Deals])
/// ```
pub(crate) fn dealings_root(
    ceremony: CeremonyId,
    roster: RosterHash,
    ids: &[Vec<MessageId>; 3],
) -> DealingsRoot {
    let hash = TaggedHash::new("dealings").bytes(ceremony.as_ref()).bytes(roster.as_ref());
    DealingsRoot::new(ids.iter().fold(hash, |hash, ids| hash.list(ids)).digest())
}

pub(crate) fn ids<B: Body>(messages: &[Signed<B>]) -> Vec<MessageId> {
    messages.iter().map(Signed::id).collect()
}
