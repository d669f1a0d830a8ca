//! The files that a report is about.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

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

impl NamedFile {
    /// The path of the file as a whole: its name, or what it is and its place among its kind.
    pub(super) fn root(&self, kind: &str, place: usize) -> String {
        self.name.as_ref().map_or_else(|| format!("{kind}[{place}]:$"), |name| format!("{name}:$"))
    }
}

/// A keystore, with its password where that is known.
#[derive(Clone)]
pub struct KeystoreFile {
    /// The keystore. Its name, `keystore-<i>.json`, says of which validator it is, counted from 0; without a name, its place. The
    /// name of its folder may stand before it, as in `validator_keys/keystore-0.json`.
    pub file: NamedFile,
    /// The password.
    pub password: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for KeystoreFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeystoreFile").field("file", &self.file).finish_non_exhaustive()
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
    /// Deposits.
    DepositData,
    /// One operator's share of one key, under a password.
    Keystore,
    /// The whole reference string of a setup.
    ReferenceString,
}

impl InputRole {
    /// As it stands in sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Transcript => "transcript",
            Self::DepositData => "deposit data",
            Self::Keystore => "keystore",
            Self::ReferenceString => "reference string",
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
        Subject::DepositData => InputRole::DepositData,
    };
    let named = |role| move |file: &NamedFile| Input::new(role, file.name.as_ref(), &file.bytes);
    let transcript = options.transcript.iter().map(named(InputRole::Transcript));
    let deposits = options.deposit_files.iter().map(named(InputRole::DepositData));
    let keystores = options.keystores.iter().flatten().map(|keystore| &keystore.file);
    let subject = Input::new(role, options.name.as_ref(), bytes);
    let beside = transcript.chain(deposits).chain(keystores.map(named(InputRole::Keystore)));
    std::iter::once(subject).chain(beside).chain(options.strings.values().cloned()).collect()
}
