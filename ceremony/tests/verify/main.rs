//! Verification through its public door: bytes in, report out.

#[path = "../common/mod.rs"]
mod common;
mod support;

mod chosen_dealings;
mod honest;
mod lock_rejections;
mod outside;
mod robust;
mod signed_definition;
mod transcript_rejections;
