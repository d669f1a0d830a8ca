//! Groth16 (Groth 2016): proofs of 192 bytes, under a reference string that several parties made together.

mod verifying_key;

pub use verifying_key::VerifyingKey;
