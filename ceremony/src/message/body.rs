//! The bodies of the five kinds, and the form that each must have.

use ssz_derive::{Decode, Encode};

use super::{EncodingError, Kind, Message, Signed};
use crate::ceremony::Ceremony;
use crate::limits::MAX_SOFTWARE;
use crate::parameters::Terms;

/// What one kind of message says.
pub trait Body: ssz::Encode + ssz::Decode + Sized + 'static {
    /// The kind.
    const KIND: Kind;

    /// Checks lengths and counts against the definition and the parameters.
    ///
    /// # Errors
    ///
    /// [`EncodingError`] naming the first that is wrong.
    fn check_form(&self, ceremony: &Ceremony) -> Result<(), EncodingError>;

    /// The message, if it is of this kind and well formed.
    fn of(message: &Message) -> Option<&Signed<Self>>;
}

/// "I take part." The terms are those that the ceremony id is the hash of.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Join {
    /// What the author understands the ceremony to be.
    pub terms: Terms,
    /// Jubjub point: where shares for this operator are encrypted to.
    pub encryption_key: [u8; 32],
    /// Proof that the author knows the logarithm of the key.
    pub possession: [u8; 64],
    /// What the author runs, printable ASCII of at most 64 bytes. Nothing depends on it.
    pub software: Vec<u8>,
}

/// "I shall open this dealing and no other."
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Commit {
    /// `H("commit"; ceremony id, roster hash, author, dealing)`.
    pub hash: [u8; 32],
    /// The Joins that the author saw, in index order: if one operator sent two, whoever has the other learns so.
    pub joins: Vec<[u8; 32]>,
}

/// "This is my dealing, opened after I saw these Commits."
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Deal {
    /// Hash of all Commits, zeros in a ceremony without.
    pub commits: [u8; 32],
    /// The dealing with its proof, as `coram-proofs` encodes it.
    pub dealing: Vec<u8>,
}

/// "These dealings verify and my shares are right." Partial signatures by the author's shares.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attest {
    /// Root over all Joins, Commits and Deals.
    pub root: [u8; 32],
    /// On the attestation, one for each validator.
    pub attestations: Vec<[u8; 96]>,
    /// On the deposits: for each validator one for each amount, amounts ascending.
    pub deposits: Vec<[u8; 96]>,
    /// On the builder registrations, one for each validator; none where the lock has no place for them.
    pub registrations: Vec<[u8; 96]>,
}

/// "This is the lock."
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Seal {
    /// Hash of the lock.
    pub lock_hash: [u8; 32],
    /// Root over all Joins, Commits, Deals and Attests.
    pub transcript_root: [u8; 32],
    /// The author's identity key on the lock hash: R||S||V with V 0 or 1.
    pub node_signature: [u8; 65],
    /// Partial signatures on the lock hash, one for each validator.
    pub partials: Vec<[u8; 96]>,
}

fn count(what: &'static str, found: usize, expected: usize) -> Result<(), EncodingError> {
    if found == expected { Ok(()) } else { Err(EncodingError::Count { what, found }) }
}

impl Body for Join {
    const KIND: Kind = Kind::Join;

    fn check_form(&self, ceremony: &Ceremony) -> Result<(), EncodingError> {
        // Printed on terminals and in reports: no control characters.
        let printable = self.software.iter().all(|byte| (b' '..=b'~').contains(byte));
        if !printable || self.software.len() > MAX_SOFTWARE {
            return Err(EncodingError::Software);
        }
        if self.terms.id() != ceremony.id() {
            return Err(EncodingError::Terms);
        }
        Ok(())
    }

    fn of(message: &Message) -> Option<&Signed<Self>> {
        if let Message::Join(signed) = message { Some(signed) } else { None }
    }
}

impl Body for Commit {
    const KIND: Kind = Kind::Commit;

    fn check_form(&self, ceremony: &Ceremony) -> Result<(), EncodingError> {
        count("the list of Joins", self.joins.len(), ceremony.limits().operators)
    }

    fn of(message: &Message) -> Option<&Signed<Self>> {
        if let Message::Commit(signed) = message { Some(signed) } else { None }
    }
}

impl Body for Deal {
    const KIND: Kind = Kind::Deal;

    fn check_form(&self, ceremony: &Ceremony) -> Result<(), EncodingError> {
        let (found, most) = (self.dealing.len(), ceremony.limits().dealing());
        if found > most { Err(EncodingError::TooLong { found, most }) } else { Ok(()) }
    }

    fn of(message: &Message) -> Option<&Signed<Self>> {
        if let Message::Deal(signed) = message { Some(signed) } else { None }
    }
}

impl Body for Attest {
    const KIND: Kind = Kind::Attest;

    fn check_form(&self, ceremony: &Ceremony) -> Result<(), EncodingError> {
        let limits = ceremony.limits();
        count("the attestations", self.attestations.len(), limits.validators)?;
        count("the deposits", self.deposits.len(), limits.validators * limits.deposits)?;
        count("the registrations", self.registrations.len(), limits.validators * limits.registrations)
    }

    fn of(message: &Message) -> Option<&Signed<Self>> {
        if let Message::Attest(signed) = message { Some(signed) } else { None }
    }
}

impl Body for Seal {
    const KIND: Kind = Kind::Seal;

    fn check_form(&self, ceremony: &Ceremony) -> Result<(), EncodingError> {
        count("the partial signatures", self.partials.len(), ceremony.limits().validators)
    }

    fn of(message: &Message) -> Option<&Signed<Self>> {
        if let Message::Seal(signed) = message { Some(signed) } else { None }
    }
}
