//! What fuzzers feed, and what must hold of it.
//!
//! Every target is a function of bytes that panics if a promise is broken: that nothing panics, that what is accepted has one encoding, that nobody
//! honest is accused. libFuzzer calls it with bytes that it makes up; tests call it with every seed and every case that was found.
//!
//! | file         | what is in it                                                            |
//! |--------------|--------------------------------------------------------------------------|
//! | `targets/`   | one file for each target or family of targets                            |
//! | `edits.rs`   | changes to real objects, as bytes                                         |
//! | `objects.rs` | real objects: a ceremony, its lock, its deposits, proofs of its breaches  |
//! | `signing.rs` | messages with any content, correctly signed                               |
//! | `seeds.rs`   | what fuzzing starts from                                                  |
//! | `macros.rs`  | the `main` of a target                                                    |
//!
//! How to run them: `docs/fuzzing.md`.

mod edits;
mod macros;
mod objects;
pub mod seeds;
mod signing;
mod targets;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

#[cfg(any(fuzzing, feature = "libfuzzer"))]
#[doc(hidden)]
pub use libfuzzer_sys;

/// Why a real object could not be made. A mistake of this crate, never a finding.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Something that takes bytes from outside.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of its binary and of its folders.
    pub name: &'static str,
    /// The longest input that is worth trying, in bytes.
    pub max_len: usize,
    /// Feeds it.
    pub run: fn(&[u8]),
}

/// All targets, by name.
pub const TARGETS: &[Target] = targets::ALL;

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Feeds the target of this name.
///
/// # Panics
///
/// If there is none, or a promise is broken.
pub fn run(name: &str, data: &[u8]) {
    let Some(target) = target(name) else { panic!("no target {name:?}: {:?}", names()) };
    (target.run)(data);
}

/// The names of all targets.
#[must_use]
pub fn names() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.name).collect()
}

/// The target that the variable `CORAM_FUZZ_TARGET` names; nothing, if it is not set.
#[must_use]
pub fn named_target() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| std::env::var("CORAM_FUZZ_TARGET").unwrap_or_default())
}

/// Feeds a target with files, and says which: for whoever has no fuzzer at hand.
///
/// # Errors
///
/// If a file cannot be read.
pub fn replay(name: &str, files: impl IntoIterator<Item = std::ffi::OsString>) -> std::io::Result<()> {
    for file in files {
        run(name, &std::fs::read(&file)?);
        println!("{name}: {} holds", file.display());
    }
    Ok(())
}
