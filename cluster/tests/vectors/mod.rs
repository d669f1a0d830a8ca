//! Real files of Charon, read in place.
#![allow(clippy::unwrap_used)]

use std::path::Path;

/// The bytes of a file, or `None` (said on standard error) where the folder is not there.
///
/// # Panics
///
/// Where it is not there, but `CORAM_REQUIRE_VECTORS=1` is set.
pub fn file(name: &str) -> Option<Vec<u8>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/charon"));
    if !folder.is_dir() {
        let required = std::env::var_os("CORAM_REQUIRE_VECTORS").is_some_and(|value| value == "1");
        assert!(!required, "required, but {} is not there", folder.display());
        eprintln!("left out: {} is not there", folder.display());
        return None;
    }
    Some(std::fs::read(folder.join(name)).unwrap())
}
