//! Measurements.

pub mod ceremony;
mod memory;
pub mod setup;
pub mod verify;
