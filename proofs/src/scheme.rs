//! Verifiable secret sharing for one ceremony: what a dealer and a verifier share.

#[cfg(feature = "chosen-dealings")]
mod chosen;
mod deal;
#[cfg(test)]
mod dishonest;
mod verify;

use std::ops::Range;

pub use verify::VerifiedDealing;

#[cfg(any(test, feature = "chosen-dealings"))]
use deal::Secrets;

use crate::{
    dealing::{Dealing, Layout},
    error::ProofError,
    setting::Setting,
    statement::Place,
    system::{ProofSystem, ProofSystemId},
    transparent::Transparent,
};

/// Verifiable secret sharing in one setting under one proof system. Building it makes the circuit and the generators, once
/// for all dealings of a ceremony.
pub struct Scheme {
    setting: Setting,
    system: Box<dyn ProofSystem>,
    chunks: Vec<Range<usize>>,
    layout: Layout,
}

impl Scheme {
    /// Builds the circuit and the generators.
    ///
    /// # Errors
    ///
    /// [`ProofError::Parameters`] or [`ProofError::Circuit`] if the numbers do not fit.
    pub fn new(setting: Setting, system: ProofSystemId) -> Result<Self, ProofError> {
        setting.check()?;
        let system: Box<dyn ProofSystem> = match system {
            ProofSystemId::Transparent => {
                Box::new(Transparent::new(&setting.recipients.points(), setting.m())?)
            }
        };
        let chunks = std::iter::once(0..setting.m()).collect::<Vec<_>>();
        let layout = Layout {
            recipients: setting.n(),
            threshold: setting.t(),
            validators: setting.m(),
            chunks: chunks.len(),
            proof_len: system.proof_len(),
        };
        Ok(Self { setting, system, chunks, layout })
    }

    /// What the dealings are bound to.
    #[must_use]
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Names the relation that is proved, down to its last constant.
    #[must_use]
    pub fn relation_digest(&self) -> [u8; 32] {
        self.system.relation_digest()
    }

    /// Rows of the constraint system of one chunk.
    #[must_use]
    pub fn constraints(&self) -> usize {
        self.system.constraints()
    }

    /// Bytes of a dealing: a function of the setting alone.
    #[must_use]
    pub fn dealing_len(&self) -> usize {
        self.layout.dealing_len()
    }

    /// Bytes of a proof, of which a dealing has one for each chunk.
    #[must_use]
    pub fn proof_len(&self) -> usize {
        self.layout.proof_len
    }

    /// Decodes a dealing of exactly [`Scheme::dealing_len`] bytes.
    ///
    /// # Errors
    ///
    /// What is wrong with the length, a point or a scalar.
    pub fn decode(&self, bytes: &[u8]) -> Result<Dealing, ProofError> {
        Dealing::from_bytes(self.layout, bytes)
    }

    /// Names the setting and the relation.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.setting.bind("scheme", 0).bytes(&self.relation_digest()).digest()
    }

    pub(crate) fn chunks(&self) -> &[Range<usize>] {
        &self.chunks
    }

    fn place(&self, dealer: u16, chunk: usize) -> Place<'_> {
        Place {
            setting: &self.setting,
            system: self.system.id(),
            relation: self.system.relation_digest(),
            dealer,
            chunk,
            validators: self.chunks.get(chunk).cloned().unwrap_or_default(),
        }
    }
}

impl std::fmt::Debug for Scheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheme").field("setting", &self.setting).field("system", &self.system.id()).finish()
    }
}
