//! The files of the Charon ecosystem: what they mean, their bytes, their hashes and their signatures.
//!
//! No I/O, no clock and no randomness: bytes go in and come out.

pub mod address;
pub mod bls;
pub mod definition;
pub mod error;
pub mod json;
pub mod network;
pub mod version;

pub(crate) mod ssz;

pub use error::ClusterError;
