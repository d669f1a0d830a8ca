//! Coram: proofs.
