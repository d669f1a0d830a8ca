//! A ceremony in which one operator's disk fails, or its machine stops, at every step in which something comes onto the disk.
//!
//! | file           | what is in it                                                       |
//! |----------------|---------------------------------------------------------------------|
//! | `operators.rs` | the operator whose disk it is, and the others                       |
//! | `promises.rs`  | what must hold of its disk, of what it sent, and of how it ends      |
//! | `turns.rs`     | the ceremony in which nothing goes wrong, turn by turn              |
//! | `matrix.rs`    | every fault at every step, and what comes of it                     |
//! | `snapshots.rs` | a disk that is put back to an older state                           |
//! | `document.rs`  | the tables of `docs/crash.md`                                       |
//!
//! `cargo test --release --bin coram crash -- --include-ignored --nocapture` tries out everything and prints the tables; without
//! `--include-ignored`, only some of the faults. The operator is `coram dkg --once` itself, on a disk of
//! [`crate::store::steps::faulty`]; the others are engines in memory, and the board between them is a folder.

mod document;
mod matrix;
mod operators;
mod promises;
mod snapshots;
mod turns;
