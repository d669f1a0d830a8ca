//! What all operators agree on beside the cluster definition, and the id that follows from it.

use coram_proofs::{ProofSystemId, hash::TaggedHash};
use ssz::Encode as _;
use ssz_derive::{Decode, Encode};

use crate::id::CeremonyId;
use crate::limits::MAX_OPERATORS;
use crate::message::EncodingError;

/// The protocol that this code speaks. Another number is another protocol.
pub const PROTOCOL_VERSION: u16 = 1;

/// What two operators of different clusters disagree on.
pub(crate) const DEFINITION_HASH: &str = "definition hash";

/// What a ceremony makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CeremonyKind {
    /// New keys for a new cluster.
    KeyGeneration,
}

impl CeremonyKind {
    /// Its number in encodings and hashes.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::KeyGeneration => 1,
        }
    }

    /// Its name in JSON and on screens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyGeneration => "dkg",
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        (number == 1).then_some(Self::KeyGeneration)
    }
}

/// Where an operator's encryption key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptionKeys {
    /// Fresh for the attempt, from a seed of its own: destroyed afterwards, a later theft reveals nothing.
    Fresh,
    /// Derived from the identity key: a backup of that key recovers the shares, and so does its theft.
    FromIdentity,
}

impl EncryptionKeys {
    /// Its number in encodings and hashes.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Fresh => 1,
            Self::FromIdentity => 2,
        }
    }

    /// Its name in JSON and on screens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::FromIdentity => "from_identity",
        }
    }

    const ALL: [Self; 2] = [Self::Fresh, Self::FromIdentity];

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.number() == number)
    }

    /// The policy of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// The parameters of a ceremony: everything that operators choose beside the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// How dealings are proved.
    pub proof_system: ProofSystemId,
    /// Digest of the setups, for a proof system with a reference string.
    pub setup: Option<[u8; 32]>,
    /// Whether dealers commit to their dealings before any is opened. Without, the last dealer can choose
    /// its contribution after it saw all others.
    pub commits: bool,
    /// Where encryption keys come from.
    pub encryption_keys: EncryptionKeys,
    /// The dealers, ascending operator indices from 1, at least `t`. Fixed before anything is dealt: a set chosen
    /// afterwards would let whoever delays messages choose the key.
    pub dealers: Vec<u16>,
    /// Genesis time of the network, Unix seconds: the timestamp of builder registrations. Operators of a custom
    /// network who disagree on it would make each other's partial signatures look wrong.
    pub genesis_time: u64,
}

impl Parameters {
    /// The default for a cluster of `operators` on a network: transparent proofs, Commits, fresh keys, all deal.
    #[must_use]
    pub fn new(operators: u16, genesis_time: u64) -> Self {
        Self {
            proof_system: ProofSystemId::Transparent,
            setup: None,
            commits: true,
            encryption_keys: EncryptionKeys::Fresh,
            dealers: (1..=operators).collect(),
            genesis_time,
        }
    }
}

/// All that the ceremony id is the hash of. Every Join carries it, so that operators who disagree can be told on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Protocol version of the author's software.
    pub protocol: u16,
    /// What the ceremony makes.
    pub kind: CeremonyKind,
    /// Which attempt this is, from 0. An attempt that was abandoned is followed by the next number.
    pub attempt: u32,
    /// Hash of the cluster definition.
    pub definition: [u8; 32],
    /// Everything else that was chosen.
    pub parameters: Parameters,
    /// Hash of the lock that a later kind of ceremony starts from; none for key generation.
    pub previous_lock: Option<[u8; 32]>,
}

impl Terms {
    /// ```text
    /// id = H("ceremony"; protocol version, kind, attempt, definition hash, SSZ(parameters), previous lock hash or empty)
    /// ```
    #[must_use]
    pub fn id(&self) -> CeremonyId {
        WireTerms::from(self).id()
    }

    /// The first thing on which `other` differs, with both values as text.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<Difference> {
        self.difference_from(&WireTerms::from(other))
    }

    pub(crate) fn difference_from(&self, theirs: &WireTerms) -> Option<Difference> {
        let (ours, theirs) = (WireTerms::from(self).named(), theirs.named());
        let mut pairs = ours.into_iter().zip(theirs);
        let ((field, ours), (_, theirs)) = pairs.find(|((_, ours), (_, theirs))| ours != theirs)?;
        Some(Difference { field, ours, theirs })
    }
}

/// One thing on which two operators disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is, such as `dealers`.
    pub field: &'static str,
    /// Our value.
    pub ours: String,
    /// The other operator's value.
    pub theirs: String,
}

/// [`Parameters`] as they are encoded.
#[derive(Clone, Encode, Decode)]
struct WireParameters {
    proof_system: u8,
    setup: Vec<[u8; 32]>,
    commits: bool,
    encryption_keys: u8,
    dealers: Vec<u16>,
    genesis_time: u64,
}

impl From<&Parameters> for WireParameters {
    fn from(parameters: &Parameters) -> Self {
        Self {
            proof_system: parameters.proof_system.number(),
            setup: parameters.setup.into_iter().collect(),
            commits: parameters.commits,
            encryption_keys: parameters.encryption_keys.number(),
            dealers: parameters.dealers.clone(),
            genesis_time: parameters.genesis_time,
        }
    }
}

impl WireParameters {
    fn check(self) -> Result<Parameters, EncodingError> {
        if self.dealers.len() > MAX_OPERATORS {
            return Err(EncodingError::Count { what: "dealers", found: self.dealers.len() });
        }
        Ok(Parameters {
            proof_system: ProofSystemId::try_from(self.proof_system)
                .map_err(|_| EncodingError::Unknown { what: "proof system", number: self.proof_system })?,
            setup: at_most_one("setup", &self.setup)?,
            commits: self.commits,
            encryption_keys: EncryptionKeys::from_number(self.encryption_keys)
                .ok_or(EncodingError::Unknown { what: "encryption keys", number: self.encryption_keys })?,
            dealers: self.dealers,
            genesis_time: self.genesis_time,
        })
    }
}

/// [`Terms`] as they are encoded. Their numbers may be those of a later version, which no [`Terms`] have.
#[derive(Clone, Encode, Decode)]
pub(crate) struct WireTerms {
    pub(crate) protocol: u16,
    kind: u8,
    pub(crate) attempt: u32,
    pub(crate) definition: [u8; 32],
    parameters: WireParameters,
    previous_lock: Vec<[u8; 32]>,
}

impl WireTerms {
    /// See [`Terms::id`].
    pub(crate) fn id(&self) -> CeremonyId {
        let hash = TaggedHash::new("ceremony")
            .number(self.protocol.into())
            .number(self.kind.into())
            .number(self.attempt.into())
            .bytes(&self.definition)
            .bytes(&self.parameters.as_ssz_bytes())
            .bytes(self.previous_lock.as_flattened());
        CeremonyId::new(hash.digest())
    }

    fn named(&self) -> [(&'static str, String); 11] {
        let hash = |hashes: &[[u8; 32]]| match hashes {
            [] => "none".to_owned(),
            hashes => crate::hex::encode(hashes.as_flattened()),
        };
        let name = |name: Option<&str>, number: u8| {
            name.map_or_else(|| format!("number {number}, unknown to this version"), str::to_owned)
        };
        let kind = CeremonyKind::from_number(self.kind).map(CeremonyKind::name);
        let parameters = &self.parameters;
        let system = ProofSystemId::try_from(parameters.proof_system).ok().map(ProofSystemId::name);
        let keys = EncryptionKeys::from_number(parameters.encryption_keys).map(EncryptionKeys::name);
        [
            ("protocol version", self.protocol.to_string()),
            (DEFINITION_HASH, crate::hex::encode(&self.definition)),
            ("kind of ceremony", name(kind, self.kind)),
            ("attempt", self.attempt.to_string()),
            ("previous lock", hash(&self.previous_lock)),
            ("proof system", name(system, parameters.proof_system)),
            ("setup", hash(&parameters.setup)),
            ("commits", parameters.commits.to_string()),
            ("encryption keys", name(keys, parameters.encryption_keys)),
            ("dealers", format!("{:?}", parameters.dealers)),
            ("genesis time", parameters.genesis_time.to_string()),
        ]
    }
}

fn at_most_one(what: &'static str, list: &[[u8; 32]]) -> Result<Option<[u8; 32]>, EncodingError> {
    match list {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        more => Err(EncodingError::Count { what, found: more.len() }),
    }
}

impl From<&Terms> for WireTerms {
    fn from(terms: &Terms) -> Self {
        Self {
            protocol: terms.protocol,
            kind: terms.kind.number(),
            attempt: terms.attempt,
            definition: terms.definition,
            parameters: (&terms.parameters).into(),
            previous_lock: terms.previous_lock.into_iter().collect(),
        }
    }
}

impl WireTerms {
    fn check(self) -> Result<Terms, EncodingError> {
        Ok(Terms {
            protocol: self.protocol,
            kind: CeremonyKind::from_number(self.kind)
                .ok_or(EncodingError::Unknown { what: "kind of ceremony", number: self.kind })?,
            attempt: self.attempt,
            definition: self.definition,
            parameters: self.parameters.check()?,
            previous_lock: at_most_one("previous lock", &self.previous_lock)?,
        })
    }
}

impl ssz::Encode for Terms {
    fn is_ssz_fixed_len() -> bool {
        false
    }

    fn ssz_append(&self, buf: &mut Vec<u8>) {
        WireTerms::from(self).ssz_append(buf);
    }

    fn ssz_bytes_len(&self) -> usize {
        WireTerms::from(self).ssz_bytes_len()
    }
}

impl ssz::Decode for Terms {
    fn is_ssz_fixed_len() -> bool {
        false
    }

    fn from_ssz_bytes(bytes: &[u8]) -> Result<Self, ssz::DecodeError> {
        let wire = WireTerms::from_ssz_bytes(bytes)?;
        wire.check().map_err(|error| ssz::DecodeError::BytesInvalid(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use ssz::Decode as _;

    use super::*;

    fn terms() -> Terms {
        Terms {
            protocol: PROTOCOL_VERSION,
            kind: CeremonyKind::KeyGeneration,
            attempt: 0,
            definition: [7; 32],
            parameters: Parameters::new(4, 1_606_824_023),
            previous_lock: None,
        }
    }

    type Change = fn(&mut Terms);

    /// One change to every part of the terms.
    fn changes() -> Vec<(&'static str, Change)> {
        vec![
            ("protocol version", |terms| terms.protocol = 2),
            ("definition hash", |terms| terms.definition[31] ^= 1),
            ("attempt", |terms| terms.attempt = 1),
            ("previous lock", |terms| terms.previous_lock = Some([0; 32])),
            ("setup", |terms| terms.parameters.setup = Some([0; 32])),
            ("commits", |terms| terms.parameters.commits = false),
            ("encryption keys", |terms| terms.parameters.encryption_keys = EncryptionKeys::FromIdentity),
            ("dealers", |terms| terms.parameters.dealers = vec![1, 2, 3]),
            ("genesis time", |terms| terms.parameters.genesis_time += 1),
        ]
    }

    #[test]
    fn every_term_changes_the_id_and_is_named_when_it_differs() {
        for (field, change) in changes() {
            let mut other = terms();
            change(&mut other);
            assert_ne!(other.id(), terms().id(), "{field}");
            assert_eq!(terms().first_difference(&other).map(|difference| difference.field), Some(field));
        }
        assert_eq!(terms().first_difference(&terms()), None);
    }

    #[test]
    fn terms_survive_their_encoding() {
        for (_, change) in changes() {
            let mut terms = terms();
            change(&mut terms);
            assert_eq!(Terms::from_ssz_bytes(&terms.as_ssz_bytes()), Ok(terms));
        }
    }

    #[test]
    fn two_setups_are_no_terms() {
        let mut wire = WireTerms::from(&terms());
        wire.parameters.setup = vec![[0; 32]; 2];
        assert!(Terms::from_ssz_bytes(&wire.as_ssz_bytes()).is_err());
    }
}
