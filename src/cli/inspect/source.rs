//! A file that anybody may have put there: nothing in it keeps us waiting, and no more of it is read than is looked at.

use std::cell::OnceCell;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::cli::files::{self, MAX_FILE};
use crate::failure::Failure;
use crate::setup::open_file;
use crate::store::disk;

/// How much tells what a file is.
const BEGIN: usize = 1 << 16;

/// A file, or what was read from standard input.
pub struct Source {
    path: Option<PathBuf>,
    begin: Zeroizing<Vec<u8>>,
    len: u64,
    whole: OnceCell<Option<Zeroizing<Vec<u8>>>>,
}

impl Source {
    /// Opens a file; `-` is standard input.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self::of_bytes(files::read(path)?));
        }
        let (file, metadata) = open_file(path)?;
        // In one place: a buffer that grows would leave copies of a secret behind.
        let mut begin = Zeroizing::new(Vec::with_capacity(BEGIN + 1));
        let read = (&file).take(BEGIN as u64).read_to_end(&mut begin);
        read.map_err(|error| disk(path, "read", &error))?;
        let len = metadata.len().max(begin.len() as u64);
        Ok(Self { path: Some(path.to_owned()), begin, len, whole: OnceCell::new() })
    }

    /// Bytes that are here already.
    pub fn of_bytes(bytes: Vec<u8>) -> Self {
        let bytes = Zeroizing::new(bytes);
        let begin = Zeroizing::new(bytes.get(..BEGIN).unwrap_or(&bytes).to_vec());
        Self { path: None, begin, len: bytes.len() as u64, whole: OnceCell::from(Some(bytes)) }
    }

    /// How it begins.
    pub fn begin(&self) -> &[u8] {
        &self.begin
    }

    /// Where it is, unless it came from standard input or out of another file.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Its size in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// All of it; none if it is larger than any file that is read whole, or cannot be read any more.
    pub fn bytes(&self) -> Option<&[u8]> {
        let whole = self.whole.get_or_init(|| {
            if self.begin.len() < BEGIN {
                return Some(self.begin.clone());
            }
            let (file, _) = open_file(self.path.as_deref()?).ok()?;
            let mut bytes = Zeroizing::new(Vec::new());
            file.take(MAX_FILE + 1).read_to_end(&mut bytes).ok()?;
            (bytes.len() as u64 <= MAX_FILE).then_some(bytes)
        });
        whole.as_deref().map(Vec::as_slice)
    }

    /// The hash of all of it, if it was read whole, as reports and `sha256sum` have it.
    pub fn sha256(&self) -> Option<String> {
        let is_short = self.begin.len() < BEGIN;
        let bytes = if is_short { self.bytes()? } else { self.whole.get()?.as_deref()? };
        Some(hex::encode(Sha256::digest(bytes)))
    }
}
