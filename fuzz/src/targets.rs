//! The targets.

mod board;
mod dealing;
mod definition;
mod deposit;
mod engine;
mod enr;
mod expectations;
mod fault;
mod frame;
mod json;
mod keystore;
mod lock;
mod message;
mod points;
mod setup;
mod text;
mod transcript;

use crate::Target;

pub use setup::bases as setup_bases;

const fn target(name: &'static str, max_len: usize, run: fn(&[u8])) -> Target {
    Target { name, max_len, run }
}

/// All of them.
pub const ALL: &[Target] = &[
    target("board", 4096, board::run),
    target("deal_groth16", 1024, dealing::groth16),
    target("deal_transparent", 8192, dealing::transparent),
    target("definition", 8192, definition::run),
    target("deposit", 4096, deposit::run),
    target("engine", 512, engine::run),
    target("enr", 512, enr::run),
    target("expectations", 1024, expectations::run),
    target("fault", 1024, fault::run),
    target("frame", 4096, frame::run),
    target("json", 4096, json::run),
    target("keystore", 4096, keystore::run),
    target("lock", 1024, lock::run),
    target("message", 8192, message::run),
    target("points", 1024, points::run),
    target("setup", 8192, setup::run),
    target("text", 512, text::run),
    target("transcript", 1024, transcript::run),
];
