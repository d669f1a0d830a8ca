//! Reference strings of Groth16, as files that are handed on.
//!
//! | file              | what is in it                                                     |
//! |-------------------|-------------------------------------------------------------------|
//! | `file.rs`         | files that are read once, hashed, and replaced as a whole         |
//! | `strings.rs`      | what is in them: powers, a key, a reference string                |
//! | `begin.rs`, `contribute.rs`, `finish.rs` | the steps that make one            |
//! | `cache.rs`        | what was finished of a key that is being begun                    |
//! | `judge.rs`        | what a file is, and whether it is as it should be                 |
//! | `contributors.rs` | who contributed, and who of a definition did not                  |
//! | `anchor.rs`       | whether that is enough for whoever asks                           |
//! | `references.rs`   | the reference strings of a ceremony                               |
//! | `verified.rs`     | which of them an operator has verified before                     |
//! | `shapes.rs`       | which shapes there are, and how large the files are               |
//! | `progress.rs`     | how far a long step has come                                      |

pub mod anchor;
pub mod begin;
mod cache;
pub mod contribute;
pub mod contributors;
mod file;
pub mod finish;
pub mod judge;
pub mod progress;
pub mod references;
pub mod shapes;
mod strings;
pub mod verified;

pub use file::{Source, open_file};
pub use strings::{KEY, POWERS, REFERENCE};
