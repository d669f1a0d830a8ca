//! What all operators agree on beside the cluster definition, and the id that follows from it.

#[cfg(test)]
mod tests;
mod wire;

use coram_proofs::ProofSystemId;

pub(crate) use wire::WireTerms;

use crate::id::CeremonyId;

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

/// How validator keys are made of what the dealers deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtractionRule {
    /// Each dealer deals a polynomial for every validator, and a key is the sum of all dealers'.
    Sum,
    /// Each dealer deals a polynomial for every batch of `h = dealers - t + 1` validators, whose keys are weighted sums:
    /// dealings are shorter, and less is proved. With fewer than `h` honest dealers, the keys of a batch depend on each
    /// other.
    Batched,
}

impl ExtractionRule {
    /// Its number in encodings and hashes, where [`Self::Sum`] is left out.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Sum => 1,
            Self::Batched => 2,
        }
    }

    /// Its name in JSON and on screens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Batched => "batched",
        }
    }

    const ALL: [Self; 2] = [Self::Sum, Self::Batched];

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.number() == number)
    }

    /// The rule of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
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
    /// How keys are made of what is dealt.
    pub extraction: ExtractionRule,
}

impl Parameters {
    /// The default for a cluster of `operators` on a network: transparent proofs, Commits, fresh keys, all deal, keys are sums.
    #[must_use]
    pub fn new(operators: u16, genesis_time: u64) -> Self {
        Self {
            proof_system: ProofSystemId::Transparent,
            setup: None,
            commits: true,
            encryption_keys: EncryptionKeys::Fresh,
            dealers: (1..=operators).collect(),
            genesis_time,
            extraction: ExtractionRule::Sum,
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
