//! Steps as they are outside tests: nothing is added to what is done.

use std::io;
use std::path::Path;

use super::Step;

/// Takes a step with `file`, a file or folder, on the way to what will be in `place`.
pub fn take<T>(_: Step, _: &Path, _: &Path, action: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    action()
}

/// As [`take`], for [`Step::Write`].
pub fn write(
    _: &Path,
    _: &Path,
    bytes: &[u8],
    mut action: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    action(bytes)
}

/// Random bytes for what will be in `place`.
pub fn random(_: &Path, bytes: &mut [u8; 32]) -> Result<(), getrandom::Error> {
    getrandom::fill(bytes)
}
