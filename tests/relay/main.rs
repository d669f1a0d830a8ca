//! `coram relay`: a real process on loopback, and peers that use it or abuse it.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

mod bounds;
mod circuits;
#[path = "../common/mod.rs"]
mod common;
mod http;
mod kit;
mod process;
