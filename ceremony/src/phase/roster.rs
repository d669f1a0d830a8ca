//! From all Joins to the roster, and what can be said of Commits and Deals under it.

use coram_proofs::hash::TaggedHash;
use coram_proofs::{
    EncryptionKey, Possession, PossessionContext, ProofError, Recipients, Role, Scheme, Setting,
    VerifiedDealing,
};

use crate::breach::{Breach, Obstacle};
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::id::{CeremonyId, CommitsHash, MessageId, RosterHash};
use crate::message::{Body, Commit, Deal, Join, Signed};
use crate::progress::{Observer, Task};

/// All operators with their encryption keys, and the scheme under which they are dealt to.
pub struct Roster {
    ceremony: CeremonyId,
    hash: RosterHash,
    joins: Vec<Signed<Join>>,
    scheme: Scheme,
    observer: Observer,
}

impl std::fmt::Debug for Roster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Roster")
            .field("ceremony", &self.ceremony)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

/// The encryption key of a Join.
///
/// # Errors
///
/// [`Breach::EncryptionKey`] for a point of small order, outside the subgroup or of another encoding: shares would be
/// readable, or leak bits of the decryption key. [`Breach::Possession`] if its author did not prove to know the
/// logarithm: it could be made from another's key, or copied.
pub fn judge_join(ceremony: &Ceremony, join: &Signed<Join>) -> Result<EncryptionKey, Breach> {
    let author = join.author();
    let key = EncryptionKey::from_bytes(&join.body().encryption_key)
        .map_err(|_| Breach::EncryptionKey { author })?;
    let unproved = Breach::Possession { author };
    let Some(context) = possession_context(ceremony, author) else { return Err(unproved) };
    Possession::from_bytes(join.body().possession).verify(&key, &context).map_err(|_| unproved)?;
    Ok(key)
}

/// The encryption keys of some Joins, none of which is related to another: equal or negated keys get the same pads.
///
/// # Errors
///
/// What [`judge_join`] finds; [`Breach::RelatedKeys`]. Both authors proved to know the key, so both are to blame.
pub fn judge_related_keys(ceremony: &Ceremony, joins: &[Signed<Join>]) -> Result<Recipients, Obstacle> {
    let keys = joins.iter().map(|join| judge_join(ceremony, join)).collect::<Result<Vec<_>, _>>()?;
    let author = |place: u16| joins.get(usize::from(place).wrapping_sub(1)).map(Signed::author);
    Recipients::new(keys).map_err(|error| match error {
        ProofError::RelatedKeys { first, second } => match (author(first), author(second)) {
            (Some(first), Some(second)) => Breach::RelatedKeys { first, second }.into(),
            _ => Obstacle::Failure(error.into()),
        },
        other => Obstacle::Failure(other.into()),
    })
}

/// What a proof of possession is bound to.
pub(crate) fn possession_context(ceremony: &Ceremony, author: u16) -> Option<PossessionContext> {
    let identity = *ceremony.identity(author)?;
    Some(PossessionContext { ceremony: *ceremony.id().as_bytes(), author, identity })
}

/// ```text
/// roster hash = H("roster"; ceremony id, [ids of all Joins in index order])
/// ```
#[must_use]
pub fn roster_hash<J: AsRef<[u8]>>(ceremony: CeremonyId, joins: &[J]) -> RosterHash {
    RosterHash::new(TaggedHash::new("roster").bytes(ceremony.as_ref()).list(joins).digest())
}

/// Checks what a Commit says of Joins by itself: its list must hash to the roster that it names.
///
/// # Errors
///
/// [`Breach::JoinList`].
pub fn judge_join_list(ceremony: &Ceremony, commit: &Signed<Commit>) -> Result<(), Breach> {
    if roster_hash(ceremony.id(), &commit.body().joins) == commit.roster() {
        return Ok(());
    }
    Err(Breach::JoinList { author: commit.author() })
}

/// Checks that a Commit names the Join of its own author.
///
/// # Errors
///
/// [`Breach::OwnJoin`].
pub fn judge_own_join(join: &Signed<Join>, commit: &Signed<Commit>) -> Result<(), Breach> {
    let author = commit.author();
    let named = commit.body().joins.get(usize::from(author).wrapping_sub(1));
    if named == Some(join.id().as_bytes()) { Ok(()) } else { Err(Breach::OwnJoin { author }) }
}

/// ```text
/// commit hash = H("commit"; ceremony id, roster hash, author, dealing)
/// ```
#[must_use]
pub fn commit_hash(ceremony: CeremonyId, roster: RosterHash, author: u16, dealing: &[u8]) -> [u8; 32] {
    let hash = TaggedHash::new("commit").bytes(ceremony.as_ref()).bytes(roster.as_ref());
    hash.number(author.into()).bytes(dealing).digest()
}

/// ```text
/// commits hash = H("commits"; ceremony id, roster hash, [ids of all Commits in index order])
/// ```
///
/// Zeros in a ceremony without Commits.
#[must_use]
pub fn commits_hash<C: AsRef<[u8]>>(ceremony: CeremonyId, roster: RosterHash, commits: &[C]) -> CommitsHash {
    if commits.is_empty() {
        return CommitsHash::NONE;
    }
    let hash = TaggedHash::new("commits").bytes(ceremony.as_ref()).bytes(roster.as_ref());
    CommitsHash::new(hash.list(commits).digest())
}

/// Checks that a dealer opened what it committed to, under one and the same roster.
///
/// # Errors
///
/// [`Breach::CommitMismatch`].
pub fn judge_opening(
    ceremony: &Ceremony,
    commit: &Signed<Commit>,
    deal: &Signed<Deal>,
) -> Result<(), Breach> {
    let author = deal.author();
    let opened = commit_hash(ceremony.id(), deal.roster(), author, &deal.body().dealing);
    if commit.author() == author && commit.body().hash == opened {
        return Ok(());
    }
    Err(Breach::CommitMismatch { author })
}

impl Roster {
    /// Forms the roster from the Joins of all operators, in index order.
    ///
    /// # Errors
    ///
    /// What [`judge_join`] finds, [`Breach::RelatedKeys`] if two keys are equal or each other's negative, and a failure
    /// if Joins are missing, the ceremony has not the keys of its setups, or the scheme cannot be built.
    pub fn form(ceremony: &Ceremony, joins: Vec<Signed<Join>>) -> Result<Self, Obstacle> {
        let complete = joins.iter().map(Signed::author).eq(1..=ceremony.operators());
        if !complete {
            return Err(Obstacle::Failure(CeremonyError::Incomplete { what: "Joins" }));
        }
        let recipients = judge_related_keys(ceremony, &joins)?;
        let ids: Vec<MessageId> = joins.iter().map(Signed::id).collect();
        let hash = roster_hash(ceremony.id(), &ids);
        let setting = Setting {
            ceremony: *ceremony.id().as_bytes(),
            roster: *hash.as_bytes(),
            role: Role::Member,
            threshold: ceremony.threshold(),
            validators: ceremony.extraction().polynomials() as u32,
            recipients,
        };
        let (observer, backend) = (ceremony.observer().clone(), ceremony.backend()?);
        let scheme = observer.whole(Task::Scheme, || Scheme::new(setting, backend));
        Ok(Self {
            ceremony: ceremony.id(),
            hash,
            joins,
            scheme: scheme.map_err(CeremonyError::from)?,
            observer,
        })
    }

    /// The hash that every later message carries.
    #[must_use]
    pub const fn hash(&self) -> RosterHash {
        self.hash
    }

    /// The Joins in index order.
    #[must_use]
    pub fn joins(&self) -> &[Signed<Join>] {
        &self.joins
    }

    /// The scheme of the ceremony.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    pub(crate) const fn observer(&self) -> &Observer {
        &self.observer
    }

    /// Checks that a message was made under this roster.
    ///
    /// # Errors
    ///
    /// [`Obstacle::Divergence`].
    pub fn check_roster<B: Body>(&self, message: &Signed<B>) -> Result<(), Obstacle> {
        if message.roster() == self.hash {
            return Ok(());
        }
        Err(Obstacle::Divergence { author: message.author(), kind: B::KIND, refers_to: "Joins" })
    }

    /// Checks a Commit: by itself, against its author's Join, and against this roster.
    ///
    /// # Errors
    ///
    /// [`Breach::JoinList`], [`Breach::OwnJoin`]; [`Obstacle::Divergence`] if it lists other Joins of others.
    pub fn check_commit(&self, ceremony: &Ceremony, commit: &Signed<Commit>) -> Result<(), Obstacle> {
        judge_join_list(ceremony, commit)?;
        if let Some(join) = self.joins.get(usize::from(commit.author()).wrapping_sub(1)) {
            judge_own_join(join, commit)?;
        }
        self.check_roster(commit)
    }

    /// See [`commits_hash`].
    #[must_use]
    pub fn commits_hash(&self, commits: &[Signed<Commit>]) -> CommitsHash {
        let ids: Vec<MessageId> = commits.iter().map(Signed::id).collect();
        commits_hash(self.ceremony, self.hash, &ids)
    }

    /// Checks what a Deal refers to: its author's Commit, and all Commits. Its proof is for [`Self::verify`].
    ///
    /// # Errors
    ///
    /// [`Breach::CommitMismatch`]; [`Obstacle::Divergence`] if it names other Joins or Commits.
    pub fn check_deal(
        &self,
        ceremony: &Ceremony,
        commits: &[Signed<Commit>],
        deal: &Signed<Deal>,
    ) -> Result<(), Obstacle> {
        self.check_roster(deal)?;
        let author = deal.author();
        if let Some(commit) = commits.iter().find(|commit| commit.author() == author) {
            judge_opening(ceremony, commit, deal)?;
        }
        // Every Deal names the same Commits: each honest dealer opened only after all others had committed.
        if deal.body().commits != *self.commits_hash(commits).as_bytes() {
            return Err(Obstacle::Divergence { author, kind: Deal::KIND, refers_to: "Commits" });
        }
        Ok(())
    }

    /// Verifies the dealings, all together; only when that fails each by itself, and only that counts against anyone.
    ///
    /// # Errors
    ///
    /// [`Breach::Dealing`] of the first dealer, in the order given, whose dealing does not verify.
    pub fn verify(&self, deals: &[Signed<Deal>]) -> Result<Vec<VerifiedDealing>, Obstacle> {
        let encoded: Vec<&[u8]> = deals.iter().map(|deal| deal.body().dealing.as_slice()).collect();
        let read = self.observer.begin(Task::Read, deals.len());
        let decoded = self.scheme.decode_all_observed(&encoded, &|count| read.advance(count));
        let mut dealings = Vec::with_capacity(deals.len());
        for (deal, dealing) in deals.iter().zip(decoded) {
            self.check_roster(deal)?;
            let author = deal.author();
            dealings.push((author, dealing.map_err(|error| Breach::Dealing { author, error })?));
        }
        let verified = self.observer.begin(Task::Dealings, deals.len());
        self.scheme.verify_all_observed(dealings, &|| verified.advance(1)).map_err(|culprits| match culprits
            .into_iter()
            .next()
        {
            Some((author, error)) => Breach::Dealing { author, error }.into(),
            None => Obstacle::Failure(CeremonyError::Incomplete { what: "verified dealings" }),
        })
    }
}
