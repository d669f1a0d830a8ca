//! The binary form of a setup's record, for files.
//!
//! ```text
//! record       = "coram setup 1\n" | n (2) | k (4) | d (1) | count (2) | contribution … | count (2) | contribution … |
//!                length (4) | verifying key
//! contribution = steps (after | own | proof, each) | origin
//! origin       = 0 | 1, identity (33), signature (64) | 2, length (1), value, iterations (1)
//! ```
//!
//! Numbers are big-endian. What decodes encodes to the same bytes.

use super::{
    MAX_CONTRIBUTIONS, SetupError, beacon,
    phase::Phase,
    record::{ContributionRecord, KeyRecord, OriginRecord, PowersRecord, SetupRecord, StepRecord},
};
use crate::groth16::VerifyingKey;
use crate::setting::MAX_RECIPIENTS;

/// How a record begins.
const MAGIC: &[u8; 14] = b"coram setup 1\n";

/// Bytes of a step.
pub(super) const STEP_LEN: usize = 48 + 48 + 96;

/// Bytes of the longest origin, that of a signed contribution.
pub(super) const SIGNED_ORIGIN_LEN: usize = 1 + 33 + 64;

/// Bytes of the longest record.
pub(super) fn max_len() -> usize {
    len_of(MAX_RECIPIENTS, MAX_CONTRIBUTIONS, MAX_CONTRIBUTIONS)
}

/// Bytes of a record for so many recipients, with so many signed contributions to each phase.
pub(super) fn len_of(recipients: usize, powers: usize, key: usize) -> usize {
    let contributions = powers * (3 * STEP_LEN + SIGNED_ORIGIN_LEN) + key * (STEP_LEN + SIGNED_ORIGIN_LEN);
    MAGIC.len() + 2 + 4 + 1 + 2 + 2 + contributions + 4 + VerifyingKey::encoded_len(recipients)
}

impl SetupRecord {
    /// The binary form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.recipients.to_be_bytes());
        bytes.extend(self.validators.to_be_bytes());
        bytes.push(self.powers_log);
        encode_contributions(&self.powers, &mut bytes);
        encode_contributions(&self.key, &mut bytes);
        bytes.extend((self.verifying_key.len() as u32).to_be_bytes());
        bytes.extend(&self.verifying_key);
        bytes
    }

    /// Reads the binary form, which ends with the bytes. Whether points are points is for [`SetupRecord::verify`].
    ///
    /// # Errors
    ///
    /// [`SetupError::Magic`], [`SetupError::Truncated`], [`SetupError::TooLong`], [`SetupError::TooMany`],
    /// [`SetupError::Encoding`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SetupError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SetupError::Magic { expected: "a setup" })?;
        let mut input = Input { rest };
        let record = Self {
            recipients: u16::from_be_bytes(input.array("the shape")?),
            validators: u32::from_be_bytes(input.array("the shape")?),
            powers_log: input.byte("the size of the powers")?,
            powers: input.contributions(Phase::Powers, Input::powers)?,
            key: input.contributions(Phase::Key, Input::key)?,
            verifying_key: input.verifying_key()?,
        };
        if input.rest.is_empty() { Ok(record) } else { Err(SetupError::TooLong) }
    }
}

/// Appends contributions after their number.
pub(super) fn encode_contributions(records: &[impl ContributionRecord], bytes: &mut Vec<u8>) {
    bytes.extend((records.len() as u16).to_be_bytes());
    for record in records {
        for (_, step) in record.steps() {
            bytes.extend(step.after);
            bytes.extend(step.own);
            bytes.extend(step.proof);
        }
        encode_origin(record.origin(), bytes);
    }
}

fn encode_origin(origin: &OriginRecord, bytes: &mut Vec<u8>) {
    match origin {
        OriginRecord::Anonymous => bytes.push(0),
        OriginRecord::Signed { identity, signature } => {
            bytes.push(1);
            bytes.extend(identity);
            bytes.extend(signature);
        }
        OriginRecord::Beacon { value, iterations_log } => {
            bytes.push(2);
            bytes.push(value.len() as u8);
            bytes.extend(value);
            bytes.push(*iterations_log);
        }
    }
}

/// What is left to read.
pub(super) struct Input<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, length: usize, part: &'static str) -> Result<&'a [u8], SetupError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(SetupError::Truncated { part })?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], SetupError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(SetupError::Truncated { part })?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self, part: &'static str) -> Result<u8, SetupError> {
        self.array(part).map(|[byte]| byte)
    }

    /// Contributions after their number.
    pub(super) fn contributions<T>(
        &mut self,
        phase: Phase,
        one: impl Fn(&mut Self) -> Result<T, SetupError>,
    ) -> Result<Vec<T>, SetupError> {
        let count = usize::from(u16::from_be_bytes(self.array("the contributions")?));
        if count > MAX_CONTRIBUTIONS {
            return Err(SetupError::TooMany { phase, found: count });
        }
        (0..count).map(|_| one(self)).collect()
    }

    pub(super) fn powers(&mut self) -> Result<PowersRecord, SetupError> {
        Ok(PowersRecord {
            tau: self.step()?,
            alpha: self.step()?,
            beta: self.step()?,
            origin: self.origin(Phase::Powers)?,
        })
    }

    pub(super) fn key(&mut self) -> Result<KeyRecord, SetupError> {
        Ok(KeyRecord { delta: self.step()?, origin: self.origin(Phase::Key)? })
    }

    fn step(&mut self) -> Result<StepRecord, SetupError> {
        let part = "a step of a contribution";
        Ok(StepRecord { after: self.array(part)?, own: self.array(part)?, proof: self.array(part)? })
    }

    fn origin(&mut self, phase: Phase) -> Result<OriginRecord, SetupError> {
        let part = "the origin of a contribution";
        match self.byte(part)? {
            0 => Ok(OriginRecord::Anonymous),
            1 => Ok(OriginRecord::Signed { identity: self.array(part)?, signature: self.array(part)? }),
            2 => {
                let length = usize::from(self.byte(part)?);
                let value = self.take(length, part)?.to_vec();
                let iterations_log = self.byte(part)?;
                let origin = OriginRecord::Beacon { value, iterations_log };
                beacon::check(phase, &origin).map(|()| origin)
            }
            _ => Err(SetupError::Encoding { part }),
        }
    }

    fn verifying_key(&mut self) -> Result<Vec<u8>, SetupError> {
        let part = "the verifying key";
        let length = u32::from_be_bytes(self.array(part)?) as usize;
        if length > VerifyingKey::encoded_len(MAX_RECIPIENTS) {
            return Err(SetupError::Encoding { part });
        }
        Ok(self.take(length, part)?.to_vec())
    }
}
