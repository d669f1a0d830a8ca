//! `coram relay`: a real process on loopback, and peers that use it or abuse it.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

mod boards;
mod bounds;
mod circuits;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/frames.rs"]
mod frames;
mod http;
mod kit;
#[path = "../common/peer.rs"]
mod peer;
mod process;
#[path = "../common/proxy.rs"]
mod proxy;
