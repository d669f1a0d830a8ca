//! `coram doctor`: each check passes where it should, and alone notices what it is there for.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

#[path = "../common/mod.rs"]
mod common;
mod local;
mod patient;
