//! Ceremonies whose dealings are proved with Groth16.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;
mod kit;
mod strings;
#[allow(dead_code, reason = "a part is used")]
#[path = "../verify/support.rs"]
mod support;

mod anchored;
mod chunks;
mod faults;
mod keys;
mod setups;
mod whole;
