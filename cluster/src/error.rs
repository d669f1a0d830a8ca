//! What can be wrong with a file, a hash or a signature.

use thiserror::Error;

/// Why a cluster artifact was not read, not written or not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// The file is larger than anything legitimate.
    #[error("the file has {bytes} bytes; at most {limit} are read")]
    FileTooLarge {
        /// Size of the file.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// Arrays and objects are nested deeper than anything legitimate.
    #[error("{path}: nested deeper than {limit} levels")]
    TooDeep {
        /// Where the bound was met.
        path: String,
        /// The bound.
        limit: usize,
    },
    /// One object has the same member twice: parsers disagree about which of them counts.
    #[error("{path}: the member stands there twice")]
    DuplicateMember {
        /// The second of the two.
        path: String,
    },
    /// A member equals a known member, or a sibling, but for case. Go's parser takes it for that member.
    #[error("{path}: differs from the member `{other}` only in case, and some parsers take it for that one")]
    AmbiguousMember {
        /// The member at fault.
        path: String,
        /// What it can be taken for.
        other: String,
    },
    /// A required member is absent.
    #[error("{path}: missing")]
    MissingMember {
        /// Where it should stand.
        path: String,
    },
    /// A member is not one of those that the file may have.
    #[error("{path}: there is no such member")]
    UnknownMember {
        /// The member.
        path: String,
    },
    /// A member has another JSON type, or lies outside its range.
    #[error("{path}: expected {expected}")]
    WrongType {
        /// The member.
        path: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// A byte string or list exceeds the limit of its hash tree.
    #[error("{what}: has length {length}, at most {limit} is allowed")]
    TooLong {
        /// The field.
        what: String,
        /// Its length, in bytes or elements.
        length: usize,
        /// The bound.
        limit: usize,
    },
    /// A byte string must have one exact length.
    #[error("{what}: has {length} bytes, must have {expected}")]
    WrongLength {
        /// The field.
        what: String,
        /// Its length in bytes.
        length: usize,
        /// The only legal length.
        expected: usize,
    },
    /// The version is not one that is read here.
    #[error("version {0:?} is not supported; v1.4.0 to v1.11.0 are")]
    UnknownVersion(String),
    /// The version is read and verified, but no ceremony is run for it.
    #[error("version {0} cannot be used for a ceremony; v1.6.0 to v1.11.0 can")]
    VersionWithoutCeremony(crate::version::Version),
    /// A recomputed hash differs from the one that stands in the file.
    #[error(
        "{what}: the file says 0x{}, its content hashes to 0x{}",
        hex::encode(stated),
        hex::encode(computed)
    )]
    HashMismatch {
        /// Which hash.
        what: &'static str,
        /// As it stands in the file.
        stated: [u8; 32],
        /// As recomputed.
        computed: [u8; 32],
    },
    /// A network cannot be described like that, or is not known.
    #[error("network: {0}")]
    Network(String),
    /// The text is no Ethereum address.
    #[error("{what}: {text:?} is not an address (0x and 40 hex digits)")]
    Address {
        /// The field.
        what: String,
        /// The text, shortened.
        text: String,
    },
    /// The text or number is no identity key. It is not shown.
    #[error("not an identity key: {0}")]
    IdentityKey(&'static str),
    /// The number is no Ethereum account's key. It is not shown.
    #[error("not the key of an Ethereum account: {0}")]
    EthereumKey(&'static str),
    /// The text is no node record, or the record is not its key's own.
    #[error("not a node record: {0}")]
    Enr(&'static str),
    /// A secp256k1 signature does not verify.
    #[error("the signature is not that of the key")]
    Signature,
    /// A field of a requested definition is not as it should be.
    #[error("{field}: {reason}")]
    Request {
        /// The field, named as the flag is.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The threshold is out of range for a ceremony.
    #[error(
        "the threshold is {threshold}; with {operators} operators it must be at least 2 and at most {operators}"
    )]
    CeremonyThreshold {
        /// As it stands in the definition.
        threshold: u64,
        /// How many operators there are.
        operators: usize,
    },
    /// An operator's node record is malformed or not its key's own.
    #[error("operator {index}: not a node record: {reason}")]
    OperatorEnr {
        /// The operator, from 1.
        index: u16,
        /// What is wrong with its record.
        reason: &'static str,
    },
    /// Two operators have one identity key: whoever has it would hold two shares.
    #[error("operators {first} and {second} have the same identity key (peer {peer_id})")]
    DuplicateEnr {
        /// The first of them, from 1.
        first: u16,
        /// The second of them, from 1.
        second: u16,
        /// The peer ID of both.
        peer_id: String,
    },
    /// Signatures are missing that others, or declared addresses, make necessary.
    #[error("partly signed: missing are {}", list(missing))]
    SignatureShape {
        /// Which.
        missing: Vec<crate::definition::Signer>,
    },
    /// The key belongs to another account than the one that has to sign.
    #[error("{signer}: the definition names {declared}, the key is that of {account}")]
    NotTheSigner {
        /// The signature that was to be made.
        signer: crate::definition::Signer,
        /// The account that the definition names.
        declared: String,
        /// The account of the key.
        account: String,
    },
    /// The definition holds another node record for the operator.
    #[error("operator {0}: the definition already holds another node record")]
    EnrMismatch(u16),
    /// There is no operator with this index, from 1.
    #[error("there is no operator {0}")]
    NoOperator(u16),
    /// Two copies of a definition hold different signatures, or records, in one place.
    #[error("{0}: the two copies differ here")]
    SignatureConflict(crate::definition::Signer),
    /// 48 bytes that are no BLS public key.
    #[error(
        "0x{bytes} is not a BLS public key: a compressed point of prime order in G1 other than the identity"
    )]
    BlsPublicKey {
        /// The bytes, in hex.
        bytes: String,
    },
    /// 96 bytes that are no BLS signature.
    #[error(
        "0x{bytes} is not a BLS signature: a compressed point of prime order in G2 other than the identity"
    )]
    BlsSignature {
        /// The bytes, in hex.
        bytes: String,
    },
    /// 32 bytes that are no BLS secret key. They are not shown.
    #[error("not a BLS secret key: zero, or not below the group order")]
    BlsSecretKey,
    /// A BLS signature does not verify.
    #[error("the BLS signature does not verify")]
    BlsVerification,
    /// Points were summed, and there were none or they cancelled out.
    #[error("nothing to sum, or the sum is the identity")]
    NoSum,
    /// Shares were combined with an index that is zero or occurs twice.
    #[error("share index {index} is zero or occurs twice")]
    ShareIndex {
        /// The index at fault.
        index: u16,
    },
    /// The number of validators is not the length of their list.
    #[error("num_validators is {stated}, but {listed} validators are listed")]
    ValidatorCount {
        /// The number that the file states.
        stated: u64,
        /// How many it lists.
        listed: usize,
    },
    /// A keystore names a function that EIP-2335 does not have, or has in a form that is not read.
    #[error("{path}: the function {function:?} is not supported")]
    KeystoreFunction {
        /// Where it stands.
        path: String,
        /// Its name, shortened.
        function: String,
    },
    /// A keystore's key derivation would take more memory or time than any honest file asks for.
    #[error("the key derivation {kdf:?} is not carried out: it costs nothing, or far too much")]
    KeystoreCost {
        /// The function with its parameters.
        kdf: crate::keystore::Kdf,
    },
    /// The keystore's checksum does not match.
    #[error("wrong password, or the keystore is damaged")]
    KeystorePassword,
    /// The keystore holds another key than it states.
    #[error("the keystore states the public key 0x{stated}, the secret in it belongs to 0x{decrypted}")]
    KeystorePublicKey {
        /// As it stands in the file, in hex.
        stated: String,
        /// The public key of the secret, in hex.
        decrypted: String,
    },
    /// The definition has no validator with this index.
    #[error("the definition has no validator {index} (counted from 0)")]
    NoSuchValidator {
        /// The index, from 0.
        index: usize,
    },
    /// A deposit amount is out of range.
    #[error("a deposit of {amount} Gwei is out of range: from 1 ETH to {limit} Gwei")]
    DepositAmount {
        /// The amount in Gwei.
        amount: u64,
        /// The most for a validator of its kind, in Gwei.
        limit: u64,
    },
    /// A number that not every reader of JSON keeps as it is: Charon's has 63 bits, those in browsers 53.
    #[error("the {what} {number} is above 2^53 - 1: not every program would read the same number")]
    LargeNumber {
        /// Which number.
        what: &'static str,
        /// The number.
        number: u64,
    },
    /// All deposits together do not activate a validator.
    #[error("the deposits come to {total} Gwei; a validator needs 32 ETH")]
    DepositTotal {
        /// Their sum in Gwei.
        total: u64,
    },
    /// There are no locks of such an early version here.
    #[error("a lock of version {0} is not read or written; v1.6.0 to v1.11.0 are")]
    LockVersion(crate::version::Version),
    /// A validator lacks the registration that its version requires.
    #[error("validator {index} (counted from 0) has no builder registration")]
    NoRegistration {
        /// The validator's index, from 0.
        index: usize,
    },
    /// A list has another length than the definition, or the other side of the call, says.
    #[error("{what}: {length} are there, {expected} should be")]
    ListLength {
        /// What is listed.
        what: &'static str,
        /// How many there are.
        length: usize,
        /// How many there should be.
        expected: usize,
    },
    /// Something is wrong with one validator of a lock.
    #[error("validator {index} (counted from 0): {error}")]
    Validator {
        /// The validator's index, from 0.
        index: usize,
        /// What is wrong.
        error: Box<Self>,
    },
    /// Something is wrong with one public share of a validator.
    #[error("share {index}: {error}")]
    Share {
        /// The share index, from 1.
        index: u16,
        /// What is wrong.
        error: Box<Self>,
    },
    /// Something is wrong with one deposit of a validator.
    #[error("deposit {index} (counted from 0): {error}")]
    Deposit {
        /// Its place among the validator's deposits, from 0.
        index: usize,
        /// What is wrong.
        error: Box<Self>,
    },
    /// Something is wrong with what one operator did.
    #[error("operator {index}: {error}")]
    Operator {
        /// The operator's share index, from 1.
        index: u16,
        /// What is wrong.
        error: Box<Self>,
    },
    /// Two validators have the same key.
    #[error("validators {first} and {second} (counted from 0) have the same public key")]
    RepeatedValidator {
        /// The first of the two, from 0.
        first: usize,
        /// The second, from 0.
        second: usize,
    },
    /// Two operators have the same public share of a validator.
    #[error("shares {first} and {second} are the same")]
    RepeatedShare {
        /// The first share index, from 1.
        first: usize,
        /// The second, from 1.
        second: usize,
    },
    /// No such threshold is possible.
    #[error("the threshold {threshold} is not between 1 and the number of operators, {operators}")]
    LockThreshold {
        /// As it stands in the definition.
        threshold: u64,
        /// How many operators there are.
        operators: usize,
    },
    /// A public share does not lie on the polynomial that the key and the shares before it fix.
    #[error("the public shares up to {share} do not give the validator's key with threshold {threshold}")]
    StrayShare {
        /// The first share index, from 1, at which it fails.
        share: u16,
        /// The threshold.
        threshold: u16,
    },
    /// Fewer public shares than the threshold give the validator's key.
    #[error("{} public shares give the validator's key, fewer than the threshold {threshold}", threshold.saturating_sub(1))]
    LowerThreshold {
        /// The threshold that the definition says.
        threshold: u16,
    },
    /// The aggregate signature of a lock does not verify.
    #[error("signature_aggregate is not the sum of the signatures of all public shares on the lock hash")]
    AggregateSignature,
    /// A field differs from what the definition prescribes.
    #[error("{what}: the file says {stated}, the definition prescribes {prescribed}")]
    Field {
        /// Which field.
        what: &'static str,
        /// As it stands in the file.
        stated: String,
        /// As the definition prescribes it.
        prescribed: String,
    },
    /// A validator's deposits are not for the amounts that the definition prescribes.
    #[error("deposits of {} Gwei, the definition prescribes {}", some(stated), some(prescribed))]
    DepositAmounts {
        /// The amounts in the file, in Gwei.
        stated: Vec<u64>,
        /// The prescribed ones, ascending.
        prescribed: Vec<u64>,
    },
    /// A check could not be made because another one failed.
    #[error("not decided, since the check of {needs} failed")]
    Undecided {
        /// The check that failed.
        needs: &'static str,
    },
}

fn list<T: std::fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

/// The first few amounts, and how many more: one file may say this of each of its validators.
fn some(amounts: &[u64]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = amounts.iter().take(SHOWN).map(u64::to_string).collect();
    match amounts.len().saturating_sub(SHOWN) {
        0 => format!("[{}]", shown.join(", ")),
        more => format!("[{}, and {more} more]", shown.join(", ")),
    }
}
