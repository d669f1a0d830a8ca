//! Verification through its public door: bytes in, report out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../common/mod.rs"]
mod common;
mod support;

mod all_failures;
mod chosen_dealings;
mod deposit_data;
mod extraction;
mod honest;
mod keystores;
mod lock_rejections;
mod outside;
mod robust;
mod shapes;
mod signed_definition;
mod transcript_rejections;
