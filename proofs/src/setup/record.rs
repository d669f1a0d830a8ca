//! What a transcript carries of a setup: plain bytes, as they come from outside.

use super::phase::Step;

/// One step of a contribution: a secret `x` multiplied onto what was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRecord {
    /// `x·before`, in G1.
    pub after: [u8; 48],
    /// `x·G1`.
    pub own: [u8; 48],
    /// `x·r` in G2, where `r` is the hash of the step, the context and `own`.
    pub proof: [u8; 96],
}

/// Who or what a contribution comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginRecord {
    /// Nobody says.
    Anonymous,
    /// The holder of an identity key.
    Signed {
        /// The public key of a node record: secp256k1, compressed.
        identity: [u8; 33],
        /// `R || S` over the contribution's id. **Not checked in this crate.**
        signature: [u8; 64],
    },
    /// Public randomness that nobody could know before: the secrets follow from it.
    Beacon {
        /// The value as published, at most [`MAX_BEACON_LEN`](super::MAX_BEACON_LEN) bytes.
        value: Vec<u8>,
        /// It is hashed `2^iterations_log` times, at most 2^[`MAX_ITERATIONS_LOG`](super::MAX_ITERATIONS_LOG).
        iterations_log: u8,
    },
}

/// A contribution to the first phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowersRecord {
    /// The step of tau.
    pub tau: StepRecord,
    /// The step of alpha.
    pub alpha: StepRecord,
    /// The step of beta.
    pub beta: StepRecord,
    /// Where it comes from.
    pub origin: OriginRecord,
}

/// A contribution to the second phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// The step of delta.
    pub delta: StepRecord,
    /// Where it comes from.
    pub origin: OriginRecord,
}

/// A setup for one shape, unchecked: [`SetupRecord::verify`] checks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupRecord {
    /// Recipients of a dealing.
    pub recipients: u16,
    /// Validators of a chunk.
    pub validators: u32,
    /// Binary logarithm of the size of the powers that the first phase was about.
    pub powers_log: u8,
    /// Contributions to the first phase, in order.
    pub powers: Vec<PowersRecord>,
    /// Contributions to the second phase, in order.
    pub key: Vec<KeyRecord>,
    /// `alpha·G1 | beta·G2 | delta·G2 | IC_0 | IC_1 | …`, compressed.
    pub verifying_key: Vec<u8>,
}

/// What contributions to both phases have in common.
pub(super) trait ContributionRecord: Sized {
    /// The record of a contribution of these steps. `None` if there is another number of them than the phase has.
    fn from_steps(steps: Vec<StepRecord>, origin: OriginRecord) -> Option<Self>;

    /// The steps, in order.
    fn steps(&self) -> Vec<(Step, &StepRecord)>;

    /// Where it comes from.
    fn origin(&self) -> &OriginRecord;
}

impl ContributionRecord for PowersRecord {
    fn from_steps(steps: Vec<StepRecord>, origin: OriginRecord) -> Option<Self> {
        let [tau, alpha, beta] = steps.try_into().ok()?;
        Some(Self { tau, alpha, beta, origin })
    }

    fn steps(&self) -> Vec<(Step, &StepRecord)> {
        vec![(Step::Tau, &self.tau), (Step::Alpha, &self.alpha), (Step::Beta, &self.beta)]
    }

    fn origin(&self) -> &OriginRecord {
        &self.origin
    }
}

impl ContributionRecord for KeyRecord {
    fn from_steps(steps: Vec<StepRecord>, origin: OriginRecord) -> Option<Self> {
        let [delta] = steps.try_into().ok()?;
        Some(Self { delta, origin })
    }

    fn steps(&self) -> Vec<(Step, &StepRecord)> {
        vec![(Step::Delta, &self.delta)]
    }

    fn origin(&self) -> &OriginRecord {
        &self.origin
    }
}
