//! A setup as JSON: what stands behind one verifying key.

use coram_proofs::setup::{KeyRecord, OriginRecord, PowersRecord, SetupRecord, StepRecord};
use serde::{Deserialize, Serialize};

use super::TranscriptError;
use super::file::not_null;
use crate::hex::{Array, Bytes};

/// A setup, with all contributions to its two phases.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupFile {
    recipients: u16,
    validators: u32,
    powers_log: u8,
    powers: Vec<PowersFile>,
    key: Vec<KeyFile>,
    /// `alpha G1 | beta G2 | delta G2 | IC_0 | IC_1 | …`
    verifying_key: Bytes,
}

/// A contribution to phase 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PowersFile {
    tau: StepFile,
    alpha: StepFile,
    beta: StepFile,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    identity: Option<Array<33>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    signature: Option<Array<64>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    beacon: Option<BeaconFile>,
}

/// A contribution to phase 2.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    delta: StepFile,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    identity: Option<Array<33>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    signature: Option<Array<64>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    beacon: Option<BeaconFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    after: Array<48>,
    own: Array<48>,
    proof: Array<96>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BeaconFile {
    value: Bytes,
    iterations_log: u8,
}

/// The list of setups as it is written: none is no list.
pub(crate) fn write(setups: &[SetupRecord]) -> Option<Vec<SetupFile>> {
    (!setups.is_empty()).then(|| setups.iter().map(SetupFile::from).collect())
}

/// The setups of a list.
///
/// # Errors
///
/// [`TranscriptError::Form`] for an origin that is half there, or two of them; and for a list without an entry, which
/// would be a second text for none.
pub(crate) fn read(list: Option<Vec<SetupFile>>) -> Result<Vec<SetupRecord>, TranscriptError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    if list.is_empty() {
        return Err(form("setups".to_owned(), "a list without an entry is left out"));
    }
    list.into_iter().enumerate().map(|(place, setup)| setup.read(&format!("setups[{place}]"))).collect()
}

fn form(path: String, problem: &str) -> TranscriptError {
    TranscriptError::Form { path, problem: problem.to_owned() }
}

impl SetupFile {
    fn read(self, path: &str) -> Result<SetupRecord, TranscriptError> {
        let powers = self.powers.into_iter().enumerate();
        let powers = powers.map(|(place, file)| file.read(format!("{path}.powers[{place}]")));
        let key = self.key.into_iter().enumerate();
        let key = key.map(|(place, file)| file.read(format!("{path}.key[{place}]")));
        Ok(SetupRecord {
            recipients: self.recipients,
            validators: self.validators,
            powers_log: self.powers_log,
            powers: powers.collect::<Result<_, _>>()?,
            key: key.collect::<Result<_, _>>()?,
            verifying_key: self.verifying_key.0,
        })
    }
}

impl PowersFile {
    fn read(self, path: String) -> Result<PowersRecord, TranscriptError> {
        Ok(PowersRecord {
            tau: self.tau.into(),
            alpha: self.alpha.into(),
            beta: self.beta.into(),
            origin: origin(self.identity, self.signature, self.beacon, path)?,
        })
    }
}

impl KeyFile {
    fn read(self, path: String) -> Result<KeyRecord, TranscriptError> {
        let origin = origin(self.identity, self.signature, self.beacon, path)?;
        Ok(KeyRecord { delta: self.delta.into(), origin })
    }
}

fn origin(
    identity: Option<Array<33>>,
    signature: Option<Array<64>>,
    beacon: Option<BeaconFile>,
    path: String,
) -> Result<OriginRecord, TranscriptError> {
    match (identity, signature, beacon) {
        (None, None, None) => Ok(OriginRecord::Anonymous),
        (Some(identity), Some(signature), None) => {
            Ok(OriginRecord::Signed { identity: identity.0, signature: signature.0 })
        }
        (None, None, Some(BeaconFile { value, iterations_log })) => {
            Ok(OriginRecord::Beacon { value: value.0, iterations_log })
        }
        _ => Err(form(path, "a contribution has an identity with its signature, or a beacon, or neither")),
    }
}

type Origin = (Option<Array<33>>, Option<Array<64>>, Option<BeaconFile>);

fn origin_members(origin: &OriginRecord) -> Origin {
    match origin {
        OriginRecord::Anonymous => (None, None, None),
        OriginRecord::Signed { identity, signature } => {
            (Some(Array(*identity)), Some(Array(*signature)), None)
        }
        OriginRecord::Beacon { value, iterations_log } => {
            let beacon = BeaconFile { value: Bytes(value.clone()), iterations_log: *iterations_log };
            (None, None, Some(beacon))
        }
    }
}

impl From<&SetupRecord> for SetupFile {
    fn from(setup: &SetupRecord) -> Self {
        Self {
            recipients: setup.recipients,
            validators: setup.validators,
            powers_log: setup.powers_log,
            powers: setup.powers.iter().map(PowersFile::from).collect(),
            key: setup.key.iter().map(KeyFile::from).collect(),
            verifying_key: Bytes(setup.verifying_key.clone()),
        }
    }
}

impl From<&PowersRecord> for PowersFile {
    fn from(record: &PowersRecord) -> Self {
        let (identity, signature, beacon) = origin_members(&record.origin);
        let [tau, alpha, beta] = [&record.tau, &record.alpha, &record.beta].map(StepFile::from);
        Self { tau, alpha, beta, identity, signature, beacon }
    }
}

impl From<&KeyRecord> for KeyFile {
    fn from(record: &KeyRecord) -> Self {
        let (identity, signature, beacon) = origin_members(&record.origin);
        Self { delta: StepFile::from(&record.delta), identity, signature, beacon }
    }
}

impl From<&StepRecord> for StepFile {
    fn from(step: &StepRecord) -> Self {
        Self { after: Array(step.after), own: Array(step.own), proof: Array(step.proof) }
    }
}

impl From<StepFile> for StepRecord {
    fn from(file: StepFile) -> Self {
        Self { after: file.after.0, own: file.own.0, proof: file.proof.0 }
    }
}
