//! The transcript as JSON. Bytes are `0x` and lowercase hex, of exact lengths; unknown members are refused. In the lock the
//! members stand in alphabetical order, not in that of the types here; readers accept any.

use serde::{Deserialize, Deserializer, Serialize};

use super::dealing::DealingFile;
use super::setup::{self, SetupFile};
use super::{PROTOCOL, Transcript, VERSION};
use crate::hex::Array;
use crate::message::{Attest, Body, Commit, Deal, Join, Seal, Signed};
use crate::parameters::{ExtractionRule, Parameters, Terms};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TranscriptFile {
    pub(super) version: u32,
    pub(super) protocol: String,
    pub(super) ceremony: CeremonyFile,
    /// What stands behind the verifying keys; left out where the proof system needs none.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    pub(super) setups: Option<Vec<SetupFile>>,
    pub(super) joins: Vec<JoinFile>,
    pub(super) commits: Vec<CommitFile>,
    pub(super) deals: Vec<DealFile>,
    pub(super) attests: Vec<AttestFile>,
    pub(super) seals: Vec<SealFile>,
    pub(super) attestation: Array<96>,
}

/// The terms, but for the definition, which stands beside the transcript or beside the evidence.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CeremonyFile {
    pub(crate) id: Array<32>,
    pub(crate) protocol_version: u16,
    pub(crate) kind: String,
    pub(crate) attempt: u32,
    pub(crate) parameters: ParametersFile,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParametersFile {
    pub(crate) proof_system: String,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    pub(crate) setup: Option<Array<32>>,
    pub(crate) commits: bool,
    pub(crate) encryption_keys: String,
    pub(crate) dealers: Vec<u16>,
    pub(crate) genesis_time: u64,
    /// Left out where keys are plain sums.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    pub(crate) extraction: Option<String>,
}

/// A member that is left out where there is no value: `null` would be a second text for that.
pub(crate) fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinFile {
    pub(super) author: u16,
    pub(super) encryption_key: Array<32>,
    pub(super) possession: Array<64>,
    pub(super) software: String,
    pub(super) signature: Array<64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitFile {
    pub(super) author: u16,
    pub(super) hash: Array<32>,
    pub(super) signature: Array<64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DealFile {
    pub(super) author: u16,
    pub(super) dealing: DealingFile,
    pub(super) signature: Array<64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttestFile {
    pub(super) author: u16,
    pub(super) root: Array<32>,
    pub(super) attestations: Vec<Array<96>>,
    pub(super) deposits: Vec<Array<96>>,
    pub(super) registrations: Vec<Array<96>>,
    pub(super) signature: Array<64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealFile {
    pub(super) author: u16,
    pub(super) lock_hash: Array<32>,
    pub(super) transcript_root: Array<32>,
    pub(super) node_signature: Array<65>,
    pub(super) partials: Vec<Array<96>>,
    pub(super) signature: Array<64>,
}

impl From<&Transcript> for TranscriptFile {
    fn from(transcript: &Transcript) -> Self {
        let Transcript { limits, .. } = transcript;
        Self {
            version: VERSION,
            protocol: PROTOCOL.to_owned(),
            ceremony: CeremonyFile::from(&transcript.terms),
            setups: setup::write(&transcript.setups),
            joins: transcript.joins.iter().map(JoinFile::from).collect(),
            commits: transcript.commits.iter().map(CommitFile::from).collect(),
            deals: transcript.deals.iter().map(|deal| DealFile::new(deal, limits)).collect(),
            attests: transcript.attests.iter().map(AttestFile::from).collect(),
            seals: transcript.seals.iter().map(SealFile::from).collect(),
            attestation: Array(transcript.attestation.to_bytes()),
        }
    }
}

impl From<&Terms> for CeremonyFile {
    fn from(terms: &Terms) -> Self {
        Self {
            id: Array(*terms.id().as_bytes()),
            protocol_version: terms.protocol,
            kind: terms.kind.name().to_owned(),
            attempt: terms.attempt,
            parameters: ParametersFile::from(&terms.parameters),
        }
    }
}

impl From<&Parameters> for ParametersFile {
    fn from(parameters: &Parameters) -> Self {
        Self {
            proof_system: parameters.proof_system.name().to_owned(),
            setup: parameters.setup.map(Array),
            commits: parameters.commits,
            encryption_keys: parameters.encryption_keys.name().to_owned(),
            dealers: parameters.dealers.clone(),
            genesis_time: parameters.genesis_time,
            extraction: match parameters.extraction {
                ExtractionRule::Sum => None,
                other => Some(other.name().to_owned()),
            },
        }
    }
}

fn author_and_signature<B: Body>(signed: &Signed<B>) -> (u16, Array<64>) {
    (signed.author(), Array(*signed.signature()))
}

impl From<&Signed<Join>> for JoinFile {
    fn from(signed: &Signed<Join>) -> Self {
        let (author, signature) = author_and_signature(signed);
        let Join { encryption_key, possession, software, .. } = signed.body();
        let software = String::from_utf8_lossy(software).into_owned();
        Self {
            author,
            encryption_key: Array(*encryption_key),
            possession: Array(*possession),
            software,
            signature,
        }
    }
}

impl From<&Signed<Commit>> for CommitFile {
    fn from(signed: &Signed<Commit>) -> Self {
        let (author, signature) = author_and_signature(signed);
        Self { author, hash: Array(signed.body().hash), signature }
    }
}

impl From<&Signed<Attest>> for AttestFile {
    fn from(signed: &Signed<Attest>) -> Self {
        let (author, signature) = author_and_signature(signed);
        let Attest { root, attestations, deposits, registrations } = signed.body();
        Self {
            author,
            root: Array(*root),
            attestations: arrays(attestations),
            deposits: arrays(deposits),
            registrations: arrays(registrations),
            signature,
        }
    }
}

impl From<&Signed<Seal>> for SealFile {
    fn from(signed: &Signed<Seal>) -> Self {
        let (author, signature) = author_and_signature(signed);
        let Seal { lock_hash, transcript_root, node_signature, partials } = signed.body();
        Self {
            author,
            lock_hash: Array(*lock_hash),
            transcript_root: Array(*transcript_root),
            node_signature: Array(*node_signature),
            partials: arrays(partials),
            signature,
        }
    }
}

fn arrays<const N: usize>(list: &[[u8; N]]) -> Vec<Array<N>> {
    list.iter().copied().map(Array).collect()
}

impl DealFile {
    fn new(signed: &Signed<Deal>, limits: &crate::limits::Limits) -> Self {
        let (author, signature) = author_and_signature(signed);
        Self { author, dealing: DealingFile::split(&signed.body().dealing, limits), signature }
    }
}
