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
    /// All deposits together do not activate a validator.
    #[error("the deposits come to {total} Gwei; a validator needs 32 ETH")]
    DepositTotal {
        /// Their sum in Gwei.
        total: u64,
    },
}
