//! The files that a report is about.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::options::Options;
use super::report::Subject;

/// A file from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFile {
    /// Its name without the folder, if it has one. Paths of failures in it start with it.
    pub name: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl From<Vec<u8>> for NamedFile {
    fn from(bytes: Vec<u8>) -> Self {
        Self { name: None, bytes }
    }
}

/// What a file was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum InputRole {
    /// The lock.
    Lock,
    /// The transcript beside the lock.
    Transcript,
}

impl InputRole {
    /// As it stands in sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Transcript => "transcript",
        }
    }
}

/// One file that was read: whoever repeats the verification can see whether it is the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Input {
    /// What it was read as.
    pub role: InputRole,
    /// Its name, if it was given with one.
    pub name: Option<String>,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: usize,
}

impl Input {
    fn new(role: InputRole, name: Option<&String>, bytes: &[u8]) -> Self {
        let sha256 = hex::encode(Sha256::digest(bytes));
        Self { role, name: name.cloned(), sha256, bytes: bytes.len() }
    }
}

/// All files of a verification: the subject first.
pub(super) fn list(subject: Subject, bytes: &[u8], options: &Options) -> Vec<Input> {
    let role = match subject {
        Subject::Lock => InputRole::Lock,
    };
    let mut inputs = vec![Input::new(role, options.name.as_ref(), bytes)];
    let transcript = options.transcript.iter();
    inputs.extend(transcript.map(|file| Input::new(InputRole::Transcript, file.name.as_ref(), &file.bytes)));
    inputs
}
