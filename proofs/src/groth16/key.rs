//! The keys that a ceremony proves and verifies under.

use std::{fmt, ops::Range, sync::Arc};

use ark_bls12_381::Bls12_381;
use ark_groth16::ProvingKey;
use coram_circuits::share_encryption::ShapeCircuit;

use super::{VerifyingKey, prover::Prover};
use crate::{
    error::ProofError,
    setup::{Setup, setups_digest},
};

/// The most chunks of a dealing.
pub const MAX_CHUNKS: usize = 128;

/// The key of one shape, out of a setup that was verified.
pub struct Key {
    setup: Setup,
    relation: [u8; 32],
    prover: Option<Prover>,
}

impl Key {
    /// A key to verify with.
    #[must_use]
    pub fn verifying(setup: Setup) -> Self {
        let relation = setup.verifying_key().relation_digest(&setup.circuit_digest());
        Self { setup, relation, prover: None }
    }

    /// A key to deal with. The proving key is that of the setup and of its circuit.
    pub(crate) fn proving(setup: Setup, circuit: ShapeCircuit, key: ProvingKey<Bls12_381>) -> Self {
        Self { prover: Some(Prover::new(circuit, key)), ..Self::verifying(setup) }
    }

    /// The setup that the key comes from.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Whether one can deal with it.
    #[must_use]
    pub fn can_prove(&self) -> bool {
        self.prover.is_some()
    }

    pub(crate) fn recipients(&self) -> usize {
        usize::from(self.setup.shape().recipients())
    }

    fn validators(&self) -> usize {
        self.setup.shape().validators() as usize
    }

    pub(crate) fn constraints(&self) -> usize {
        self.setup.shape().constraints()
    }

    pub(crate) fn relation_digest(&self) -> [u8; 32] {
        self.relation
    }

    pub(crate) fn verifying_key(&self) -> &VerifyingKey {
        self.setup.verifying_key()
    }

    pub(super) fn prover(&self) -> Result<&Prover, ProofError> {
        self.prover.as_ref().ok_or(ProofError::ProvingKey)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("setup", &self.setup.digest()).finish_non_exhaustive()
    }
}

/// The keys of a ceremony: for one number of recipients, and for different sizes of chunks, the largest first.
#[derive(Clone, Debug)]
pub struct Keys(Vec<Arc<Key>>);

impl Keys {
    /// Collects keys.
    ///
    /// # Errors
    ///
    /// [`ProofError::Keys`] if there is none, or if two are for different numbers of recipients or for the same size of chunk.
    pub fn new(mut keys: Vec<Arc<Key>>) -> Result<Self, ProofError> {
        keys.sort_by_key(|key| std::cmp::Reverse(key.validators()));
        let fits = |pair: &[Arc<Key>]| match pair {
            [a, b] => a.recipients() == b.recipients() && a.validators() > b.validators(),
            _ => false,
        };
        if keys.is_empty() || !keys.windows(2).all(fits) {
            return Err(ProofError::Keys);
        }
        Ok(Self(keys))
    }

    /// The keys, the largest chunk first.
    #[must_use]
    pub fn keys(&self) -> &[Arc<Key>] {
        &self.0
    }

    /// Names the setups: the ceremony's parameter.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        setups_digest(&self.0.iter().map(|key| key.setup.digest()).collect::<Vec<_>>())
    }

    /// How many recipients the keys are for.
    #[must_use]
    pub fn recipients(&self) -> usize {
        self.0.first().map_or(0, |key| key.recipients())
    }

    /// Divides `validators` into chunks, as many of the largest size as fit, then of the next: the validators of each, from 0,
    /// and the place of its key.
    ///
    /// # Errors
    ///
    /// [`ProofError::Chunks`] if the sizes do not fill the number exactly (there are no validators that nobody asked for), or
    /// if there would be more than [`MAX_CHUNKS`].
    pub fn chunks(&self, validators: usize) -> Result<Vec<(Range<usize>, usize)>, ProofError> {
        let sizes: Vec<usize> = self.0.iter().map(|key| key.validators()).collect();
        let mut chunks = Vec::new();
        let mut start = 0;
        for (key, &size) in sizes.iter().enumerate() {
            while validators - start >= size && chunks.len() <= MAX_CHUNKS {
                chunks.push((start..start + size, key));
                start += size;
            }
        }
        if start < validators || chunks.len() > MAX_CHUNKS {
            return Err(ProofError::Chunks { validators, sizes, limit: MAX_CHUNKS });
        }
        Ok(chunks)
    }
}
