//! Measurements.

pub mod ceremony;
#[cfg(feature = "measurements")]
pub mod dealings;
#[cfg(feature = "measurements")]
pub mod machine;
mod memory;
pub mod setup;
pub mod verify;
