//! The share-encryption relation of Coram: what a dealer proves about its ephemeral key and the pads of its
//! encrypted shares, natively and as a rank-one constraint system.
//!
//! * [`share_encryption`]: the relation, clause by clause; start there
//! * [`jubjub`]: points of prime order, and the two hashed base points
//! * [`poseidon`]: the pads
//! * [`r1cs`]: matrices and the builder that makes them
//! * [`hash`]: the domain-separated hash
//! * [`wide`]: sums that are reduced modulo r once
//!
//! Arithmetic with arkworks takes time that depends on its operands. It is used for public data and for a
//! dealer's one-time scalar. A recipient, who works with a key that lives longer, uses the crates `jubjub` and
//! `bls12_381`, whose time does not; every function that it needs here is generic over both.

mod error;
pub mod hash;
pub mod jubjub;
pub mod poseidon;
pub mod r1cs;
pub mod share_encryption;
pub mod wide;

pub use ark_bls12_381::Fr;
pub use error::CircuitError;
