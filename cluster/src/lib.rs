//! The files of the Charon ecosystem: what they mean, their bytes, their hashes and their signatures.
//!
//! No I/O, no clock and no randomness: bytes go in and come out.

pub mod address;
pub mod bls;
pub mod definition;
pub mod deposit;
pub mod eip712;
pub mod enr;
pub mod error;
pub mod ethereum;
pub mod identity;
pub mod json;
pub mod keystore;
pub mod lock;
pub mod network;
pub mod registration;
pub mod signing;
pub mod version;

pub(crate) mod rlp;
pub(crate) mod ssz;

pub use error::ClusterError;
