//! `coram definition`: made, signed, merged and judged on the command line.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

mod check;
#[path = "../common/mod.rs"]
mod common;
mod make;
mod people;
mod sign;
