//! Dealings of secret shares, and the proofs that they are correct.
//!
//! A dealer commits to polynomials (Feldman), one for each validator or for a batch of them, encrypts to every recipient its shares, and proves to
//! everybody that each ciphertext decrypts to the committed share.
//!
//! * [`Scheme`]: dealing, verifying, opening, for one ceremony; start there
//! * [`Setting`], [`Recipients`]: what a dealing is bound to
//! * [`EncryptionKey`], [`DecryptionKey`], [`Possession`]: the recipients' keys
//! * [`Dealing`], [`VerifiedDealing`], [`Aggregate`], [`Share`]: from bytes to keys
//! * [`Extraction`]: which keys are made of which polynomials
//! * [`Backend`]: the proof systems; `transparent/` needs no setup, [`groth16`] has the smallest proofs
//! * [`setup`]: reference strings for Groth16, by a computation of many parties
//!
//! Nothing here takes randomness, time or files from the machine: a dealing is a function of its seed and setting. The
//! arguments for soundness and secrecy are in `docs/proofs.md`.

mod aggregate;
#[cfg(feature = "baselines")]
pub mod baselines;
mod batch;
mod dealing;
mod encryption_key;
mod error;
mod extraction;
mod fiat_shamir;
pub mod groth16;
mod group;
mod link;
mod parallel;
mod polynomial;
mod possession;
mod scheme;
mod setting;
pub mod setup;
mod share;
mod statement;
mod system;
mod transparent;

pub use aggregate::Aggregate;
pub use coram_circuits::hash;
pub use dealing::Dealing;
pub use encryption_key::{DecryptionKey, EncryptionKey};
pub use error::ProofError;
pub use extraction::Extraction;
pub use possession::{Possession, PossessionContext};
pub use scheme::{Scheme, VerifiedDealing};
pub use setting::{MAX_RECIPIENTS, MAX_SHARES, MAX_VALIDATORS, Recipients, Role, Setting};
pub use share::Share;
pub use system::{Backend, ProofSystemId};
#[cfg(feature = "bench-parts")]
pub use transparent::parts;
