//! Coram: circuits.
pub mod hash;
