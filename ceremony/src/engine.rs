//! An operator's part in a ceremony, as a function of the board and of the operator's keys.
//!
//! ```text
//! Join ──all──▶ Commit ──all──▶ Deal ──all verify──▶ Attest ──all verify──▶ Seal ──all verify──▶ finished
//! ```
//!
//! The engine never reads a clock, a disk or a source of randomness: the same board and keys give the same step, to the
//! byte. The caller writes what [`Step::Publish`] returns to disk, then inserts it here, then sends it; before an
//! Attest is published, keys and board must be synced to disk. After a crash, the same board and keys lead on from there.
//!
//! Before it asks for a step the caller should fetch what its peers' boards hold. An operator's own messages are
//! adopted from there, and never is a second one of their kind signed: where the secrets behind them are gone, the
//! engine refuses to go on.

use std::sync::Arc;

use coram_proofs::Possession;

use crate::board::{Board, Inserted};
use crate::breach::{Breach, Obstacle};
use crate::ceremony::Ceremony;
use crate::error::CeremonyError;
use crate::fault::FaultFile;
use crate::id::{DealingsRoot, RosterHash};
use crate::judge::Judge;
use crate::keys::Keys;
use crate::memory::{Key, recall_own};
use crate::message::{Body, Commit, Deal, Join, Kind, Message, Signed};
use crate::outcome::Outcome;
use crate::phase::{Dealt, Roster, Sealed, Shares, commit_hash, possession_context};
use crate::progress::Task;

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Write this message to disk, insert it, send it to everybody.
    Publish(Message),
    /// Nothing can be done until other operators' messages are there.
    Wait(Wait),
    /// The ceremony ended well.
    Finished(Box<Outcome>),
    /// The ceremony ended with proof that somebody broke the protocol.
    Faulted(Box<FaultFile>),
    /// This operator cannot go on in this attempt; others can, until they wait for it.
    Refused(Refusal),
}

/// Whom the ceremony waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The kind of message that is awaited.
    pub kind: Kind,
    /// The operators, ascending indices from 1, whose message of this kind is missing.
    pub missing: Vec<u16>,
    /// A message that refers to others than we have, if that is what stops us. Either its author lies, or somebody sent
    /// us and it different messages: boards should be exchanged, and will show which.
    pub divergent: Option<Divergent>,
}

/// A message that refers to others than are on this board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergent {
    /// Its author, index from 1.
    pub author: u16,
    /// Its kind.
    pub kind: Kind,
    /// What it refers to, in the plural.
    pub refers_to: &'static str,
}

/// Why an operator cannot go on in an attempt.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The board holds a message of ours that could not have been made with our secrets.
    #[error(
        "the board has our {kind}, but our {secret} would have made another: a lost or restored disk, or a second copy \
         of this identity. Nothing more is signed in this attempt; start a new one"
    )]
    OtherSecrets {
        /// The message that was found.
        kind: Kind,
        /// The secret that does not fit.
        secret: &'static str,
    },
    /// The dealing seed is needed and not there.
    #[error("the dealing seed of this attempt is gone and our {kind} was not published: start a new attempt")]
    NoSeed {
        /// The message that cannot be made.
        kind: Kind,
    },
    /// The board proves that we broke the protocol ourselves.
    #[error("our own messages break the protocol, as if a second copy of this identity were in use: {0}")]
    OwnBreach(Breach),
    /// Nobody's fault; see the error.
    #[error(transparent)]
    Failure(#[from] CeremonyError),
}

impl From<coram_proofs::ProofError> for Refusal {
    fn from(error: coram_proofs::ProofError) -> Self {
        Self::Failure(error.into())
    }
}

/// One operator in one ceremony.
pub struct Engine {
    me: u16,
    keys: Keys,
    /// That of our decryption key.
    encryption_key: [u8; 32],
    software: Vec<u8>,
    board: Board,
    judge: Judge,
    dealing: Option<Vec<u8>>,
    /// With the root of the dealings that they were opened from.
    shares: Option<(DealingsRoot, Arc<Shares>)>,
}

impl Engine {
    /// Continues, or starts, from a board. `software` is what the Join says this operator runs, printable ASCII of
    /// at most 64 bytes; what is longer or not printable is left out.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::NotAnOperator`] if the identity key is not one of the definition's; [`CeremonyError::NoReference`] or
    /// [`CeremonyError::NoProvingKey`] if the ceremony has not the keys that this operator's part needs.
    pub fn new(keys: Keys, board: Board, software: &str) -> Result<Self, CeremonyError> {
        let me =
            board.ceremony().index_of(&keys.identity.public_key()).ok_or(CeremonyError::NotAnOperator)?;
        board.ceremony().check_prover(me)?;
        let printable = software.bytes().filter(|byte| (b' '..=b'~').contains(byte));
        let software = printable.take(crate::limits::MAX_SOFTWARE).collect();
        let encryption_key = keys.decryption.encryption_key().to_bytes();
        Ok(Self {
            me,
            keys,
            encryption_key,
            software,
            board,
            judge: Judge::default(),
            dealing: None,
            shares: None,
        })
    }

    /// Our index, from 1.
    #[must_use]
    pub const fn operator(&self) -> u16 {
        self.me
    }

    /// All messages that we know.
    #[must_use]
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// Offers bytes from anywhere; see [`Board::insert`].
    pub fn insert(&mut self, bytes: &[u8]) -> Inserted {
        self.board.insert(bytes)
    }

    /// What to do now. Until something is inserted, the answer stays the same.
    #[expect(clippy::should_implement_trait, reason = "an engine has a next step for as long as it exists")]
    pub fn next(&mut self) -> Step {
        match self.judge.advance(&self.board) {
            Ok(Some(kind)) => self.contribute(kind).unwrap_or_else(Step::Refused),
            Ok(None) => self.finish().unwrap_or_else(Step::Refused),
            Err(Obstacle::Failure(error)) => Step::Refused(error.into()),
            Err(Obstacle::Divergence { author, kind, refers_to }) => {
                let divergent = Some(Divergent { author, kind, refers_to });
                Step::Wait(Wait { kind, missing: self.board.missing(kind), divergent })
            }
            Err(Obstacle::Breach(breach)) => self.accuse(breach),
        }
    }

    fn accuse(&self, breach: Breach) -> Step {
        if breach.culprits().contains(&self.me) {
            return Step::Refused(Refusal::OwnBreach(breach));
        }
        Step::Faulted(Box::new(FaultFile::new(&self.board, breach)))
    }

    /// Publishes our message of the awaited kind, or waits for those of others.
    fn contribute(&mut self, kind: Kind) -> Result<Step, Refusal> {
        self.check_own_join()?;
        let ours_is_due = self.ceremony().expects(kind, self.me) && !self.board.has(kind, self.me);
        if !ours_is_due || self.has_later(kind) {
            return Ok(Step::Wait(Wait { kind, missing: self.board.missing(kind), divergent: None }));
        }
        let message = match kind {
            Kind::Join => Message::Join(self.join()?),
            Kind::Commit => Message::Commit(self.commit()?),
            Kind::Deal => Message::Deal(self.deal()?),
            Kind::Attest => Message::Attest(self.attest()?),
            Kind::Seal => Message::Seal(self.seal()?),
        };
        Ok(Step::Publish(message))
    }

    /// Whether a later message of ours is known. Then this one was signed before, and will come from a peer.
    fn has_later(&self, kind: Kind) -> bool {
        Kind::ALL.into_iter().any(|later| later > kind && self.board.has(later, self.me))
    }

    /// Our Join, wherever it comes from, must be to the key that we can decrypt with.
    fn check_own_join(&self) -> Result<(), Refusal> {
        let Some(join) = self.board.get::<Join>(self.me) else { return Ok(()) };
        if join.body().encryption_key == self.encryption_key {
            return Ok(());
        }
        Err(Refusal::OtherSecrets { kind: Kind::Join, secret: "encryption key" })
    }

    fn join(&self) -> Result<Signed<Join>, Refusal> {
        let ceremony = self.ceremony();
        let context = possession_context(ceremony, self.me).ok_or(CeremonyError::NotAnOperator)?;
        let body = Join {
            terms: ceremony.terms().clone(),
            encryption_key: self.encryption_key,
            possession: Possession::prove(&self.keys.decryption, &context).to_bytes(),
            software: self.software.clone(),
        };
        Ok(self.sign(RosterHash::NONE, body))
    }

    fn commit(&mut self) -> Result<Signed<Commit>, Refusal> {
        let dealing = self.dealing(Kind::Commit)?;
        let roster = self.roster()?;
        let body = Commit {
            hash: commit_hash(self.ceremony().id(), roster.hash(), self.me, &dealing),
            joins: roster.joins().iter().map(|join| *join.id().as_bytes()).collect(),
        };
        Ok(self.sign(roster.hash(), body))
    }

    fn deal(&mut self) -> Result<Signed<Deal>, Refusal> {
        let dealing = self.dealing(Kind::Deal)?;
        let roster = self.roster()?;
        if let Some(commit) = self.board.get::<Commit>(self.me) {
            let opened = commit_hash(self.ceremony().id(), roster.hash(), self.me, &dealing);
            if commit.body().hash != opened {
                return Err(Refusal::OtherSecrets { kind: Kind::Commit, secret: "dealing seed" });
            }
        }
        let commits: Vec<Signed<Commit>> = self.board.each::<Commit>().cloned().collect();
        let body = Deal { commits: *roster.commits_hash(&commits).as_bytes(), dealing };
        Ok(self.sign(roster.hash(), body))
    }

    fn attest(&mut self) -> Result<Signed<crate::message::Attest>, Refusal> {
        let shares = self.shares()?;
        let (ceremony, dealt) = (self.ceremony(), self.dealt()?);
        let key = Key::new(ceremony).bytes(dealt.root().as_ref()).number(self.me);
        let body = recall_own(
            ceremony,
            |memory| &memory.attests,
            key,
            || Ok::<_, Refusal>(dealt.attest(&shares, ceremony.observer())),
        )?;
        Ok(self.sign(self.roster()?.hash(), Arc::unwrap_or_clone(body)))
    }

    fn seal(&mut self) -> Result<Signed<crate::message::Seal>, Refusal> {
        let shares = self.shares()?;
        let attested = self.judge.attested.as_ref().ok_or(CeremonyError::Incomplete { what: "Attests" })?;
        let ceremony = self.ceremony();
        let key = Key::new(ceremony).bytes(attested.root().as_ref()).number(self.me);
        let body = recall_own(
            ceremony,
            |memory| &memory.seals,
            key,
            || Ok::<_, Refusal>(attested.seal(&self.keys.identity, &shares)),
        )?;
        Ok(self.sign(self.roster()?.hash(), Arc::unwrap_or_clone(body)))
    }

    fn finish(&mut self) -> Result<Step, Refusal> {
        self.check_own_join()?;
        let shares = self.shares()?;
        let sealed = self.judge.sealed.as_ref().ok_or(CeremonyError::Incomplete { what: "Seals" })?;
        let outcome = Outcome::new(self.me, Sealed::clone(sealed), shares);
        Ok(Step::Finished(Box::new(outcome)))
    }

    /// Our dealing, made once. The same seed, ceremony and roster give the same bytes.
    fn dealing(&mut self, kind: Kind) -> Result<Vec<u8>, Refusal> {
        if let Some(dealing) = &self.dealing {
            return Ok(dealing.clone());
        }
        let seed = self.keys.dealing_seed.as_ref().ok_or(Refusal::NoSeed { kind })?;
        let (ceremony, roster) = (self.ceremony(), self.roster()?);
        let key = Key::new(ceremony).bytes(roster.hash().as_ref()).number(self.me).bytes(seed.as_ref());
        let dealing = recall_own(
            ceremony,
            |memory| &memory.dealings,
            key,
            || {
                let dealing =
                    ceremony.observer().whole(Task::Deal, || roster.scheme().deal(self.me, seed))?;
                Ok::<_, Refusal>(dealing.to_bytes())
            },
        )?;
        let dealing = Arc::unwrap_or_clone(dealing);
        self.dealing = Some(dealing.clone());
        Ok(dealing)
    }

    /// Our shares, decrypted and checked once.
    fn shares(&mut self) -> Result<Arc<Shares>, Refusal> {
        let root = self.dealt()?.root();
        if let Some((from, shares)) = &self.shares
            && *from == root
        {
            return Ok(Arc::clone(shares));
        }
        let (ceremony, decryption) = (self.ceremony(), &self.keys.decryption);
        let secret = decryption.to_bytes();
        let key = Key::new(ceremony).bytes(root.as_ref()).number(self.me).bytes(secret.as_ref());
        let open = || self.dealt()?.open(self.roster()?, self.me, decryption);
        let shares = recall_own(ceremony, |memory| &memory.shares, key, open)?;
        self.shares = Some((root, Arc::clone(&shares)));
        Ok(shares)
    }

    fn ceremony(&self) -> &Ceremony {
        self.board.ceremony()
    }

    fn roster(&self) -> Result<&Roster, CeremonyError> {
        self.judge.roster.as_deref().ok_or(CeremonyError::Incomplete { what: "Joins" })
    }

    fn dealt(&self) -> Result<&Dealt, CeremonyError> {
        self.judge.dealt.as_deref().ok_or(CeremonyError::Incomplete { what: "Deals" })
    }

    fn sign<B: Body>(&self, roster: RosterHash, body: B) -> Signed<B> {
        Signed::sign(self.ceremony(), self.me, &self.keys.identity, roster, body)
    }
}
