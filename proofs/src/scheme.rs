//! Verifiable secret sharing for one ceremony: what a dealer and a verifier share.

#[cfg(feature = "chosen-dealings")]
mod chosen;
mod deal;
#[cfg(test)]
mod dishonest;
mod verify;

use std::{ops::Range, sync::Arc};

use coram_circuits::hash::TaggedHash;

pub use verify::VerifiedDealing;

#[cfg(any(test, feature = "chosen-dealings"))]
use deal::Secrets;

use crate::{
    dealing::{Dealing, Layout},
    encryption_key::EncryptionKey,
    error::ProofError,
    groth16::Groth16,
    group,
    setting::Setting,
    statement::Place,
    system::{Backend, Equations, ProofSystem},
    transparent::Transparent,
};

/// Verifiable secret sharing in one setting under one proof system. Building it makes the circuit and the generators, once
/// for all dealings of a ceremony.
pub struct Scheme {
    setting: Setting,
    /// One for each size of chunk.
    systems: Vec<Box<dyn ProofSystem>>,
    /// The validators of each chunk, and the place of the system that proves it.
    chunks: Vec<(Range<usize>, usize)>,
    layout: Layout,
}

impl Scheme {
    /// Builds the circuit and the generators.
    ///
    /// # Errors
    ///
    /// [`ProofError::Parameters`] or [`ProofError::Circuit`] if the numbers do not fit; [`ProofError::KeyRecipients`] or
    /// [`ProofError::Chunks`] if the keys are for other numbers.
    pub fn new(setting: Setting, backend: &Backend) -> Result<Self, ProofError> {
        setting.check()?;
        let points = setting.recipients.points();
        let mut systems: Vec<Box<dyn ProofSystem>> = Vec::new();
        let chunks = match backend {
            Backend::Transparent => {
                systems.push(Box::new(Transparent::new(&points, setting.m())?));
                std::iter::once((0..setting.m(), 0)).collect()
            }
            Backend::Groth16(keys) => {
                for key in keys.keys() {
                    systems.push(Box::new(Groth16::new(Arc::clone(key), points.clone())?));
                }
                keys.chunks(setting.m())?
            }
        };
        let layout = Layout {
            recipients: setting.n(),
            threshold: setting.t(),
            validators: setting.m(),
            chunks: chunks.len(),
            proof_len: systems.iter().map(|system| system.proof_len()).max().unwrap_or_default(),
        };
        Ok(Self { setting, systems, chunks, layout })
    }

    /// What the dealings are bound to.
    #[must_use]
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Names the relation that is proved, down to its last constant; the relations of all sizes of chunks, if there are
    /// several: `H("relations"; their digests)`.
    #[must_use]
    pub fn relation_digest(&self) -> [u8; 32] {
        let digests: Vec<_> = self.systems.iter().map(|system| system.relation_digest()).collect();
        match digests[..] {
            [one] => one,
            _ => TaggedHash::new("relations").list(&digests).digest(),
        }
    }

    /// Rows of the constraint system of the largest chunk.
    #[must_use]
    pub fn constraints(&self) -> usize {
        self.systems.iter().map(|system| system.constraints()).max().unwrap_or_default()
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
        self.decode_all(&[bytes]).pop().ok_or(ProofError::Length)?
    }

    /// As [`Self::decode`], for all dealings of a ceremony. Their points are checked together, which takes a fraction of the time.
    #[must_use]
    pub fn decode_all(&self, dealings: &[&[u8]]) -> Vec<Result<Dealing, ProofError>> {
        self.decode_all_observed(dealings, &|_| {})
    }

    /// As [`Self::decode_all`]; `observer` is told of so many more dealings that have been decoded.
    #[must_use]
    pub fn decode_all_observed(
        &self,
        dealings: &[&[u8]],
        observer: &dyn Fn(usize),
    ) -> Vec<Result<Dealing, ProofError>> {
        let proof_points = self.systems.first().map(|system| system.points()).unwrap_or_default();
        let together = (group::POINTS_TOGETHER / self.layout.points(&proof_points).max(1)).max(1);
        let decode = |dealings: &[&[u8]]| {
            let decoded = Dealing::decode_all(self.layout, &proof_points, dealings);
            observer(dealings.len());
            decoded
        };
        dealings.chunks(together).flat_map(decode).collect()
    }

    /// Names the setting and the relation.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.bind("scheme").digest()
    }

    /// Starts a hash that is bound to the setting and the relation, and to the recipients: where their keys are inputs, no
    /// relation names them, and the roster's hash is the caller's.
    fn bind(&self, label: &str) -> TaggedHash {
        let keys = (1..).map_while(|index| self.setting.recipients.get(index));
        let keys: Vec<_> = keys.map(EncryptionKey::to_bytes).collect();
        self.setting.bind(label, 0).bytes(&self.relation_digest()).list(&keys)
    }

    /// The validators of every chunk, from 0.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        self.chunks.iter().map(|(validators, _)| validators.clone())
    }

    /// Every chunk of a dealing: where it stands, and what proves it.
    fn places(&self, dealer: u16) -> impl Iterator<Item = (Place<'_>, usize, &dyn ProofSystem)> {
        self.chunks.iter().enumerate().filter_map(move |(chunk, (validators, index))| {
            let system = self.systems.get(*index)?.as_ref();
            let (id, relation, validators) = (system.id(), system.relation_digest(), validators.clone());
            let place = Place { setting: &self.setting, system: id, relation, dealer, chunk, validators };
            Some((place, *index, system))
        })
    }

    /// No equations yet, of any system.
    fn no_equations(&self) -> Vec<Equations> {
        self.systems.iter().map(|system| system.equations()).collect()
    }

    /// Whether the equations of all systems hold.
    fn hold(&self, equations: Vec<Equations>) -> bool {
        equations.into_iter().zip(&self.systems).all(|(equations, system)| system.hold(equations))
    }
}

impl std::fmt::Debug for Scheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheme")
            .field("setting", &self.setting)
            .field("chunks", &self.chunks)
            .finish_non_exhaustive()
    }
}
