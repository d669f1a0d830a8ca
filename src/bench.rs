//! Measurements.

pub mod ceremony;
