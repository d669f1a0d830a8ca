//! `coram verify`: what an outsider is told, and by which exit code.
#![allow(missing_docs, clippy::unwrap_used)] // helpers of tests are tests

#[path = "../common/mod.rs"]
mod common;
mod files;
mod kit;
mod outputs;
mod schema;
mod verdicts;
