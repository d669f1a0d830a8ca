//! How a ceremony ends well.

use std::sync::Arc;

use coram_cluster::bls::SecretKey;
use coram_cluster::lock::Lock;

use crate::error::CeremonyError;
use crate::phase::{Sealed, Shares};
use crate::transcript::Transcript;

/// What an operator has when all Seals verified: a function of the board and its keys, so that writing it to disk can be
/// repeated.
pub struct Outcome {
    operator: u16,
    sealed: Sealed,
    shares: Arc<Shares>,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { operator, sealed, shares } = self;
        let root = sealed.transcript().root();
        f.debug_struct("Outcome")
            .field("operator", operator)
            .field("root", &root)
            .field("shares", shares)
            .finish()
    }
}

impl Outcome {
    pub(crate) const fn new(operator: u16, sealed: Sealed, shares: Arc<Shares>) -> Self {
        Self { operator, sealed, shares }
    }

    /// The operator, index from 1.
    #[must_use]
    pub const fn operator(&self) -> u16 {
        self.operator
    }

    /// The lock, without the transcript. Deposits and registrations are in it.
    #[must_use]
    pub const fn lock(&self) -> &Lock {
        self.sealed.lock()
    }

    /// The transcript.
    #[must_use]
    pub const fn transcript(&self) -> &Transcript {
        self.sealed.transcript()
    }

    /// The lock file with the transcript in it: the same bytes for every operator.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::Cluster`] if it cannot be written, for which there is no reason.
    pub fn lock_json(&self) -> Result<Vec<u8>, CeremonyError> {
        self.sealed.lock_json()
    }

    /// The operator's shares, one for each validator in the lock's order.
    #[must_use]
    pub fn shares(&self) -> &[SecretKey] {
        self.shares.as_slice()
    }
}
