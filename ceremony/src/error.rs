//! Why a ceremony cannot be set up or continued. Nothing here accuses anybody: that is [`crate::fault`].

use coram_cluster::ClusterError;
use coram_proofs::ProofError;
use coram_proofs::setup::SetupError;

/// A mistake of our own, of the definition or of the parameters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CeremonyError {
    /// The definition's format has no place for the result of a ceremony.
    #[error("definition version {version} cannot be used for a ceremony: v1.6.0 to v1.11.0 can")]
    Version {
        /// The version of the definition.
        version: String,
    },

    /// Too few or too many operators.
    #[error("{operators} operators: a ceremony has from 2 to {max}")]
    Operators {
        /// Operators in the definition.
        operators: usize,
        /// Most operators that a ceremony can have.
        max: usize,
    },

    /// The threshold makes no sense for this many operators.
    #[error("threshold {threshold} is outside 2..={operators}")]
    Threshold {
        /// The definition's threshold.
        threshold: u64,
        /// Operators in the definition.
        operators: usize,
    },

    /// No validators, more than can be, or a count that is not the length of the list.
    #[error("{validators} validators: a ceremony has from 1 to {max}, with addresses for each")]
    Validators {
        /// The definition's number of validators.
        validators: u64,
        /// Most validators that a ceremony can have.
        max: usize,
    },

    /// More shares in one dealing than can be proved.
    #[error("{validators} validators are too many for {operators} operators: one ceremony can make {max}")]
    Shares {
        /// Operators in the definition.
        operators: usize,
        /// Validators in the definition.
        validators: usize,
        /// Most validators that a ceremony with as many operators can have.
        max: usize,
    },

    /// The ceremony would end with a lock, or a fault file, that nobody reads.
    #[error(
        "{validators} validators are too many for {operators} operators: the lock would have some {bytes} bytes, \
         and at most {max} are read"
    )]
    LockSize {
        /// Operators in the definition.
        operators: usize,
        /// Validators in the definition.
        validators: usize,
        /// About the size of the lock with its transcript.
        bytes: u64,
        /// Largest lock that is read.
        max: u64,
    },

    /// Two operators have one identity key: one party would hold two shares.
    #[error("operators {first} and {second} have the same identity key")]
    SharedIdentity {
        /// Operator index, from 1.
        first: u16,
        /// Operator index, from 1.
        second: u16,
    },

    /// The list of dealers is not an ascending list of at least `t` operators.
    #[error(
        "the dealers must be an ascending list of {threshold} to {operators} operator indices, not {dealers:?}"
    )]
    Dealers {
        /// The list.
        dealers: Vec<u16>,
        /// Fewest dealers.
        threshold: u16,
        /// Operators in the definition.
        operators: u16,
    },

    /// The proof system and the digest of its setups do not go together.
    #[error("the {system} proof system {problem}")]
    Setup {
        /// The proof system.
        system: &'static str,
        /// What is missing or superfluous.
        problem: &'static str,
    },

    /// The setups that were brought along are not those that the parameters name.
    #[error(
        "the reference string is not the one of this ceremony: its setups have the digest {found}, and {expected} was agreed on"
    )]
    OtherSetup {
        /// The digest in the parameters, in hex.
        expected: String,
        /// The digest of what was brought along, in hex.
        found: String,
    },

    /// A setup is for another number of operators than the cluster has.
    #[error(
        "the reference string is for {found} operators, and the cluster has {operators}: each number needs its own"
    )]
    SetupOperators {
        /// Operators of the setup.
        found: usize,
        /// Operators of the cluster.
        operators: usize,
    },

    /// Several keys are to be made of each dealt polynomial, and that is not possible or would save nothing.
    #[error(
        "batched extraction gives nothing with {validators} validators, {dealers} dealers and threshold {threshold}: it takes more \
         dealers than the threshold, and at least two validators"
    )]
    Extraction {
        /// Validators in the definition.
        validators: usize,
        /// Dealers.
        dealers: usize,
        /// Shares that sign together.
        threshold: usize,
    },

    /// The validators, or batches of them, do not fill chunks of the setups' sizes.
    #[error(
        "{polynomials} validators, or batches of validators, do not fill chunks of {sizes:?}, the largest first, at most {max} of them and some of \
         each size: bring the reference strings whose chunks they fill, and no other"
    )]
    Chunks {
        /// Polynomials of each dealer: one for each validator, or for each batch of them.
        polynomials: usize,
        /// Polynomials that one chunk of each setup holds; of a list that is too long, the first.
        sizes: Vec<usize>,
        /// Most chunks.
        max: usize,
    },

    /// A setup does not verify.
    #[error("setup {place} does not verify: {error}")]
    InvalidSetup {
        /// Its place in the list, from 0.
        place: usize,
        /// What is wrong with it.
        error: SetupError,
    },

    /// Nothing can be proved or verified without the keys that the parameters name.
    #[error(
        "the dealings of this ceremony are proved with a reference string, digest {setup}, which is not there: get its file \
         from whom it was agreed on with, and give it along"
    )]
    NoReference {
        /// The digest in the parameters, in hex.
        setup: String,
    },

    /// A dealer has the keys to verify, but not those to prove.
    #[error(
        "operator {operator} deals, and for that the whole reference string for chunks of {validators} validators is needed, \
         not only its setup"
    )]
    NoProvingKey {
        /// The dealer, index from 1.
        operator: u16,
        /// Validators of a chunk.
        validators: u32,
    },

    /// The genesis time is not that of the definition's network.
    #[error("genesis time {found} is not that of {network}, which is {expected}")]
    GenesisTime {
        /// The network's name.
        network: String,
        /// The network's genesis time, Unix seconds.
        expected: u64,
        /// The parameters' genesis time, Unix seconds.
        found: u64,
    },

    /// The network is not in the table and nobody said its genesis time.
    #[error("fork version 0x{fork_version} belongs to no known network: its genesis time must be given")]
    UnknownNetwork {
        /// The definition's fork version in hex.
        fork_version: String,
    },

    /// The identity key belongs to none of the definition's operators.
    #[error("the identity key is none of the definition's operators'")]
    NotAnOperator,

    /// A phase was to be formed without all its messages, in index order.
    #[error("the {what} of all operators are needed, in index order")]
    Incomplete {
        /// What is not complete.
        what: &'static str,
    },

    /// A file or signature of the cluster could not be made or read.
    #[error(transparent)]
    Cluster(#[from] ClusterError),

    /// A dealing could not be made or opened.
    #[error(transparent)]
    Proof(#[from] ProofError),

    /// A file could not be written as JSON.
    #[error("cannot write JSON: {0}")]
    Json(String),

    /// The dealings verify, but their sum is not a key: nobody is to blame, and a new attempt is needed.
    #[error("the dealings verify, but their sum is no key to use: start a new attempt ({reason})")]
    DegenerateSum {
        /// What is wrong with the sum.
        reason: String,
    },

    /// A share that was opened from valid dealings is not on the public polynomial: the proof system is broken.
    #[error(
        "the share of validator {validator} does not belong to its public share although every proof verifies: \
         keep the board, use none of these keys and report this"
    )]
    ShareMismatch {
        /// Validator index, from 0.
        validator: usize,
    },
}
