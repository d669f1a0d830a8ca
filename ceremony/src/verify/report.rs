//! The report: what an outsider is told. Its JSON has stable member names; [`VERSION`] counts their changes.

use serde::Serialize;

use super::check::{Check, Outcome};
use super::inputs::Input;
use super::statements::Statements;
use crate::id::{CeremonyId, TranscriptRoot};

/// Version of the members of reports.
pub const VERSION: u32 = 4;

/// What verifies: the program and its version.
pub const VERIFIER: &str = concat!("coram ", env!("CARGO_PKG_VERSION"));

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Subject {
    /// A cluster lock, with what was given beside it.
    Lock,
    /// A deposit-data file without its lock.
    DepositData,
}

impl Subject {
    /// As it stands in sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::DepositData => "deposit data",
        }
    }

    /// The heading over what cannot be shown.
    #[must_use]
    pub const fn cannot_show(self) -> &'static str {
        match self {
            Self::Lock => "What no transcript can show",
            Self::DepositData => "What no deposit data can show",
        }
    }
}

/// What the checks come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Verdict {
    /// Every check that applies passed, or was accepted.
    Valid,
    /// At least one check failed.
    Invalid,
    /// No check failed, but at least one could not be made.
    Indeterminate,
}

impl Verdict {
    /// The worst of the outcomes.
    #[must_use]
    pub fn of(checks: &[Check]) -> Self {
        let any = |outcome| checks.iter().any(|check| check.outcome == outcome);
        if any(Outcome::Failed) {
            Self::Invalid
        } else if any(Outcome::Undecided) {
            Self::Indeterminate
        } else {
            Self::Valid
        }
    }

    /// `VALID`, `INVALID` or `INDETERMINATE`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Invalid => "INVALID",
            Self::Indeterminate => "INDETERMINATE",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that only the outsider can know, so that no file can vouch for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Anchor {
    /// Who the operators are.
    Operators,
    /// Where the stake goes back to.
    Withdrawal,
    /// Which network it is.
    Network,
    /// How much is deposited.
    Amounts,
    /// How many operators must sign together.
    Threshold,
    /// Which run of the ceremony it is.
    Transcript,
    /// Who made the setups; only where the proof system has some.
    Setup,
}

impl Anchor {
    /// As it stands in sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operators => "operators",
            Self::Withdrawal => "withdrawal address",
            Self::Network => "network",
            Self::Amounts => "deposit amounts",
            Self::Threshold => "threshold",
            Self::Transcript => "transcript",
            Self::Setup => "setup",
        }
    }
}

/// Something that no check fails on and that a reader must know beside the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Note {
    /// A stable name.
    pub id: &'static str,
    /// What to know.
    pub text: String,
}

/// The report. What stands in the file as text (names, versions) is handed on as it is: whoever shows it on a
/// terminal or a page escapes it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Report {
    /// Version of the members.
    #[cfg_attr(feature = "schema", schemars(extend("const" = VERSION)))]
    pub report_version: u32,
    /// What was judged.
    pub subject: Subject,
    /// What judged it: the program and its version.
    pub verifier: &'static str,
    /// The files that were read, the subject first.
    pub inputs: Vec<Input>,
    /// What the checks come to.
    pub verdict: Verdict,
    /// The verdict in one sentence, with what is not anchored.
    pub headline: String,
    /// What was expected from outside.
    pub anchored: Vec<Anchor>,
    /// What was not: the file alone vouches for it.
    pub not_anchored: Vec<Anchor>,
    /// Checks that did not pass and were accepted.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<super::schema::CheckName>"))]
    pub accepted: Vec<&'static str>,
    /// What to know beside the verdict.
    pub notes: Vec<Note>,
    /// The cluster, if the lock could be read.
    pub cluster: Option<Cluster>,
    /// The ceremony, if there is a transcript that could be read.
    pub ceremony: Option<CeremonySummary>,
    /// The operators in index order.
    pub operators: Vec<OperatorSummary>,
    /// The validators in the lock's order.
    pub validators: Vec<ValidatorSummary>,
    /// What follows from the checks, and what does not.
    pub statements: Statements,
    /// Every check of the catalogue, in its order.
    #[cfg_attr(feature = "schema", schemars(length(equal = super::CheckId::ALL.len())))]
    pub checks: Vec<Check>,
}

impl Report {
    /// The check with this name.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The names of the checks with this outcome, in the catalogue's order.
    #[must_use]
    pub fn with(&self, outcome: Outcome) -> Vec<&'static str> {
        self.checks.iter().filter(|check| check.outcome == outcome).map(|check| check.id).collect()
    }
}

/// The cluster as the file describes it. Bytes are hex.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Cluster {
    /// Its name; may be empty.
    pub name: String,
    /// Its identifier.
    pub uuid: String,
    /// Version of definition and lock.
    pub version: &'static str,
    /// The network's name, if it is known.
    pub network: Option<String>,
    /// Genesis fork version of the network.
    pub fork_version: String,
    /// How many operators there are, `n`.
    pub operators: usize,
    /// How many sign together, `t`.
    pub threshold: u64,
    /// What the threshold means, in words.
    pub tolerance: String,
    /// How many validators there are, `m`.
    pub validators: usize,
    /// Whether rewards compound.
    pub compounding: bool,
    /// The amounts of each validator's deposits that the definition prescribes, in Gwei, ascending.
    pub deposit_amounts: Vec<u64>,
    /// Hash of the configuration, as stated.
    pub config_hash: String,
    /// Hash of the definition, computed.
    pub definition_hash: String,
    /// Hash of the lock, computed.
    pub lock_hash: String,
}

/// The ceremony that made the keys.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct CeremonySummary {
    /// Its name: a hash of the definition and the terms.
    pub id: CeremonyId,
    /// `dkg`.
    pub kind: &'static str,
    /// Version of the protocol.
    pub protocol_version: u16,
    /// Number of the attempt, from 0.
    pub attempt: u32,
    /// Root of all messages before the Seals, if it could be computed. Operators can read it to each other.
    pub transcript_root: Option<TranscriptRoot>,
    /// How the dealings are proved.
    pub proof_system: &'static str,
    /// Digest of the setups that the operators agreed on, where the proof system has some.
    pub setup: Option<String>,
    /// The setups, in descending order of their chunks, if they could be verified.
    pub setups: Vec<SetupSummary>,
    /// Whether dealers committed to their dealings before any was opened.
    pub commits: bool,
    /// Where the encryption keys come from: `fresh` or `from_identity`, as in the parameters.
    pub encryption_keys: &'static str,
    /// Who dealt, operator indices from 1.
    pub dealers: Vec<u16>,
    /// The genesis time that the operators agreed on, Unix seconds.
    pub genesis_time: u64,
    /// How keys are made of what was dealt: `sum` or `batched`, as in the parameters.
    pub extraction: &'static str,
    /// How many polynomials each dealer dealt.
    pub polynomials: usize,
    /// How many keys are made of each polynomial, the last one fewer if they do not divide the validators: those of
    /// validators that follow each other in the lock.
    pub keys_per_polynomial: usize,
}

/// One setup: what stands behind one verifying key.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct SetupSummary {
    /// Its name: a hash of the contributions and the verifying key.
    pub digest: String,
    /// For how many operators it is.
    pub operators: usize,
    /// For how many validators in one chunk.
    pub validators: usize,
    /// Binary logarithm of the size of the powers.
    pub powers_log: u8,
    /// Whether its whole reference string was rechecked.
    pub rechecked: bool,
    /// Who contributed, in order; none unless every signature was checked.
    pub contributions: Option<Vec<ContributionSummary>>,
}

/// One contribution to a setup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ContributionSummary {
    /// The phase: 1 or 2.
    pub phase: u8,
    /// Its number in the phase, from 1.
    pub number: usize,
    /// Where it comes from.
    #[serde(flatten)]
    pub contributor: Contributor,
}

/// Where a contribution comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "contributor", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Contributor {
    /// An operator of the cluster.
    Operator {
        /// Its index, from 1.
        index: u16,
        /// Its Ethereum account, EIP-55; none in an unsigned definition.
        address: Option<String>,
        /// The peer ID of its identity key.
        peer_id: String,
    },
    /// Somebody with an identity key.
    Identity {
        /// The peer ID of that key.
        peer_id: String,
    },
    /// Nobody says.
    Anonymous,
    /// Public randomness.
    Beacon {
        /// The value, in hex.
        value: String,
        /// Binary logarithm of how often it is hashed.
        iterations_log: u8,
    },
}

/// One operator.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct OperatorSummary {
    /// Its index, from 1: its place in every list, and its share's coordinate.
    pub index: u16,
    /// Its Ethereum account, EIP-55; none in an unsigned definition.
    pub address: Option<String>,
    /// The peer ID of its identity key, if its record could be read.
    pub peer_id: Option<String>,
    /// Whether it dealt; none unless every dealer's signature was checked.
    pub dealt: Option<bool>,
    /// What it says it ran; nothing depends on it. None unless its Join's signature was checked.
    pub software: Option<String>,
    /// Whether an expectation names it.
    pub anchored: bool,
}

/// One validator.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct ValidatorSummary {
    /// Its key.
    pub public_key: String,
    /// Where its stake is withdrawn to, EIP-55.
    pub withdrawal: Option<String>,
    /// Where its fees go, EIP-55.
    pub fee_recipient: Option<String>,
}
