//! What can be wrong with keys, dealings and proofs.

use coram_circuits::CircuitError;

/// Why a key, a dealing or a proof was refused. Validators, chunks and coefficients count from 0; recipients and dealers
/// from 1, as they do everywhere in the protocol. Inside a dealing, a validator is the number of a polynomial: under batched extraction,
/// that of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The numbers of a ceremony do not fit together.
    #[error(
        "{recipients} recipients, threshold {threshold} and {validators} validators are not a ceremony: \
         1 <= threshold <= recipients <= 255 and 1 <= validators <= 65536 are needed"
    )]
    Parameters {
        /// Recipients of the dealings.
        recipients: usize,
        /// Shares that recover a key.
        threshold: u16,
        /// Keys that are made.
        validators: u32,
    },
    /// This build does not have the proof system.
    #[error("proof system {0} is not known here: a newer version of the program may know it")]
    UnknownSystem(u8),
    /// Bytes are not a verifying key of Groth16.
    #[error("the verifying key cannot be used: {problem}")]
    VerifyingKey {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A dealer has no proving key that fits its circuit.
    #[error("there is no proving key of this shape: a dealer needs the whole reference string")]
    ProvingKey,
    /// The keys of a ceremony do not belong together.
    #[error("keys for one number of recipients and different sizes of chunks are needed; at least one")]
    Keys,
    /// A key is for another number of recipients.
    #[error("the reference string is for {key} recipients, and there are {setting}")]
    KeyRecipients {
        /// Recipients of the key.
        key: usize,
        /// Recipients of the setting.
        setting: usize,
    },
    /// The sizes of chunks do not fill the number of validators.
    #[error(
        "{validators} validators cannot be divided into at most {limit} chunks of {sizes:?}, the largest first"
    )]
    Chunks {
        /// Keys that are made.
        validators: usize,
        /// Validators of a chunk under each key.
        sizes: Vec<usize>,
        /// The most chunks of a dealing.
        limit: usize,
    },
    /// The relation refused its input.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// 32 bytes are not a point of prime order on Jubjub, other than the identity.
    #[error("the encryption key is not a point of prime order on Jubjub")]
    EncryptionKey,
    /// 32 bytes are not a decryption key.
    #[error("the decryption key is not a non-zero scalar of Jubjub")]
    DecryptionKey,
    /// Two recipients have one key, or each other's negative: they would get the same pads.
    #[error("the encryption keys of operators {first} and {second} are equal or each other's negative")]
    RelatedKeys {
        /// Recipient, from 1.
        first: u16,
        /// Recipient, from 1.
        second: u16,
    },
    /// The proof of possession of an encryption key does not hold.
    #[error("the possession of the encryption key is not proved")]
    Possession,
    /// No such dealer or recipient.
    #[error("there is no operator {0} in this ceremony")]
    Index(u16),
    /// Dealings cannot be added up: there are none, two are of one dealer, or they were verified in another setting.
    #[error("dealings of distinct dealers, verified in one setting, are needed; at least one")]
    Dealers,
    /// So many dealings do not make so many keys.
    #[error(
        "{dealings} dealings of {polynomials} polynomials do not make {keys} keys, {rows} of each polynomial"
    )]
    Extraction {
        /// Keys to be made.
        keys: usize,
        /// Keys of each polynomial.
        rows: usize,
        /// Polynomials of each dealer.
        polynomials: usize,
        /// Dealings at hand.
        dealings: usize,
    },
    /// The decryption key does not belong to the encryption key of the roster.
    #[error("the decryption key is not that of operator {0} in this ceremony")]
    WrongDecryptionKey(u16),
    /// A dealing has another length than its ceremony prescribes. The number of commitments is part of that length.
    #[error("a dealing of this ceremony has {expected} bytes, not {found}")]
    DealingLength {
        /// Prescribed bytes.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// 48 bytes are not a point of G1.
    #[error("commitment {coefficient} for validator {validator} is not a point of G1")]
    Commitment {
        /// Validator, from 0.
        validator: usize,
        /// Power of the coefficient, from 0.
        coefficient: usize,
    },
    /// 32 bytes are not a point of prime order on Jubjub, other than the identity.
    #[error("the ephemeral key is not a point of prime order on Jubjub")]
    EphemeralKey,
    /// 32 bytes are not a canonical scalar.
    #[error(
        "the encrypted share for operator {recipient} and validator {validator} is not a canonical scalar"
    )]
    Ciphertext {
        /// Validator, from 0.
        validator: usize,
        /// Recipient, from 1.
        recipient: u16,
    },
    /// 48 bytes are not a point of G1 other than the identity.
    #[error("the blinder's commitment of chunk {chunk} is not a point of G1")]
    Blinder {
        /// Chunk, from 0.
        chunk: usize,
    },
    /// 32 bytes are not a canonical scalar.
    #[error("the masked sum of chunk {chunk} is not a canonical scalar")]
    MaskedSum {
        /// Chunk, from 0.
        chunk: usize,
    },
    /// The proof has another length than its constraint system prescribes.
    #[error("the proof has a wrong length")]
    Length,
    /// A point of the proof is not in G1.
    #[error("a point of the proof is not in G1")]
    Point,
    /// A point of the proof is not in G2.
    #[error("a point of the proof is not in G2")]
    PointOfG2,
    /// A scalar of the proof is not canonical.
    #[error("a scalar of the proof is not canonical")]
    Scalar,
    /// A challenge came out as zero; no honest prover meets this.
    #[error("a challenge of the proof is zero")]
    ZeroChallenge,
    /// The masked sum is not that of the pads: the relation is not proved.
    #[error("the proof that the pads are well formed does not hold")]
    InvalidProof,
    /// Some encrypted share is not that of the committed polynomial.
    #[error("the encrypted shares do not fit the commitments")]
    Link,
    /// The sum of the dealings has a lower degree than the threshold says.
    #[error("the top coefficient for validator {validator} is zero: fewer than the threshold could sign")]
    TopCoefficient {
        /// Validator, from 0.
        validator: usize,
    },
    /// Two validators have the same key.
    #[error("validators {first} and {second} have the same key")]
    EqualKeys {
        /// Validator, from 0.
        first: usize,
        /// Validator, from 0.
        second: usize,
    },
    /// A key or public share is the identity.
    #[error("the key of validator {validator}{} is the identity", of_recipient(.recipient))]
    IdentityKey {
        /// Validator, from 0.
        validator: usize,
        /// The recipient from 1 whose public share it is; none for the validator's key.
        recipient: Option<u16>,
    },
    /// A decrypted share is not the one that the transcript commits to, although every proof holds. Either the
    /// decryption key is not the one of the roster, or a proof was forged.
    #[error(
        "the decrypted share of operator {recipient} for validator {validator} does not fit its public share"
    )]
    Share {
        /// Recipient, from 1.
        recipient: u16,
        /// Validator, from 0.
        validator: usize,
    },
}

fn of_recipient(recipient: &Option<u16>) -> String {
    recipient.map(|index| format!(" as shared to operator {index}")).unwrap_or_default()
}
