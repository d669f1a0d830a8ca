//! What an operator did that the protocol forbids, and what stands in the way without being anybody's provable doing.

use coram_proofs::ProofError;

use crate::error::CeremonyError;
use crate::message::{EncodingError, Kind};

/// A breach of the protocol that signed messages prove. Operators are indices from 1, validators count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Breach {
    /// Two different messages of one kind.
    #[error("operator {author} signed two different {kind} messages")]
    Equivocation {
        /// The culprit.
        author: u16,
        /// The kind of both messages.
        kind: Kind,
    },
    /// A signed message whose body does not have the form that the definition calls for.
    #[error("operator {author} signed a malformed {kind}: {error}")]
    Malformed {
        /// The culprit.
        author: u16,
        /// The kind that the message claims.
        kind: Kind,
        /// What is wrong with it.
        error: EncodingError,
    },
    /// A Join whose encryption key could expose shares.
    #[error("the encryption key of operator {author} is not a point of prime order")]
    EncryptionKey {
        /// The culprit.
        author: u16,
    },
    /// A Join whose author did not show that it knows its decryption key.
    #[error("operator {author} did not prove that it possesses its encryption key")]
    Possession {
        /// The culprit.
        author: u16,
    },
    /// Two Joins with one encryption key, or with a key and its negative. Both authors proved to know it.
    #[error("operators {first} and {second} share an encryption key")]
    RelatedKeys {
        /// A culprit.
        first: u16,
        /// The other.
        second: u16,
    },
    /// A Commit whose list of Joins does not hash to the roster that it names.
    #[error("the Joins that the Commit of operator {author} lists do not hash to the roster that it names")]
    JoinList {
        /// The culprit.
        author: u16,
    },
    /// A Commit that lists another Join of its own author than the one that this author signed.
    #[error("the Commit of operator {author} denies its own Join")]
    OwnJoin {
        /// The culprit.
        author: u16,
    },
    /// A Deal that its author did not commit to.
    #[error("operator {author} opened another dealing than it had committed to")]
    CommitMismatch {
        /// The culprit.
        author: u16,
    },
    /// A dealing that does not verify.
    #[error("the dealing of operator {author} does not verify: {error}")]
    Dealing {
        /// The culprit.
        author: u16,
        /// The check that failed.
        error: ProofError,
    },
    /// A partial signature that the author's public share does not verify.
    #[error(
        "the partial signature of operator {author} on {object} of validator {validator} does not verify"
    )]
    Partial {
        /// The culprit.
        author: u16,
        /// What was to be signed.
        object: SignedObject,
        /// The validator, from 0.
        validator: usize,
    },
    /// A Seal on another lock than follows from the transcript that it names.
    #[error("operator {author} sealed another lock than follows from the transcript that it names")]
    LockHash {
        /// The culprit.
        author: u16,
    },
    /// A Seal whose node signature is not the author's on the lock hash that the same Seal names.
    #[error("the node signature of operator {author} on the lock hash does not verify")]
    NodeSignature {
        /// The culprit.
        author: u16,
    },
}

/// What a partial signature is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedObject {
    /// The attestation of the validator key to the cluster.
    Attestation,
    /// The deposit of one of the amounts, counted from 0 in ascending order.
    Deposit(usize),
    /// The builder registration.
    Registration,
    /// The lock hash.
    Lock,
}

impl std::fmt::Display for SignedObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Attestation => f.write_str("the attestation"),
            Self::Deposit(amount) => write!(f, "deposit {amount}"),
            Self::Registration => f.write_str("the registration"),
            Self::Lock => f.write_str("the lock hash"),
        }
    }
}

impl Breach {
    /// A stable name for files and programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Equivocation { .. } => "equivocation",
            Self::Malformed { .. } => "malformed_message",
            Self::EncryptionKey { .. } => "encryption_key",
            Self::Possession { .. } => "possession",
            Self::RelatedKeys { .. } => "related_keys",
            Self::JoinList { .. } => "join_list",
            Self::OwnJoin { .. } => "own_join",
            Self::CommitMismatch { .. } => "commit_mismatch",
            Self::Dealing { .. } => "dealing",
            Self::Partial { .. } => "partial_signature",
            Self::LockHash { .. } => "lock_hash",
            Self::NodeSignature { .. } => "node_signature",
        }
    }

    /// The operators who broke the protocol, ascending indices from 1.
    #[must_use]
    pub fn culprits(&self) -> Vec<u16> {
        // No wildcard: a new kind of breach has to answer this.
        match *self {
            Self::RelatedKeys { first, second } => vec![first, second],
            Self::Equivocation { author, .. }
            | Self::Malformed { author, .. }
            | Self::EncryptionKey { author }
            | Self::Possession { author }
            | Self::JoinList { author }
            | Self::OwnJoin { author }
            | Self::CommitMismatch { author }
            | Self::Dealing { author, .. }
            | Self::Partial { author, .. }
            | Self::LockHash { author }
            | Self::NodeSignature { author } => vec![author],
        }
    }
}

/// Why a message cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// Its author broke the protocol, provably.
    #[error(transparent)]
    Breach(#[from] Breach),
    /// It refers to other messages than those we have. Its author may lie, or may have been sent others than we
    /// were: this is no evidence against anybody.
    #[error("the {kind} of operator {author} refers to other {refers_to} than we have")]
    Divergence {
        /// The author, index from 1.
        author: u16,
        /// The kind of message.
        kind: Kind,
        /// What it refers to, in the plural.
        refers_to: &'static str,
    },
    /// Nobody's fault but ours, or nobody's at all.
    #[error(transparent)]
    Failure(#[from] CeremonyError),
}
