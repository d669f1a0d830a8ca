//! How a command fails: an exit code, a stable code, what happened, and what to do.

mod libraries;

use std::fmt;
use std::process::ExitCode;

/// The exit codes of the program. 2 is a usage error, which the argument parser reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// A mistake of the program, or a disk that fails.
    Internal = 1,
    /// The arguments do not make sense together.
    Usage = 2,
    /// What was judged is invalid.
    Invalid = 3,
    /// What was judged can be called neither valid nor invalid.
    Indeterminate = 4,
    /// Time ran out while peers were missing.
    TimedOut = 5,
    /// The ceremony was aborted with proof of somebody's fault.
    Faulted = 6,
    /// Refused: something would be overwritten, or is not safe.
    Refused = 7,
    /// The peers disagree on definition, parameters or version.
    Disagreement = 8,
    /// Interrupted.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// A stable name for programs, such as `store.exists`.
    pub code: &'static str,
    /// What happened.
    pub what: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Failure {
    /// A failure without advice.
    pub fn new(exit: Exit, code: &'static str, what: impl Into<String>) -> Self {
        Self { exit, code, what: what.into(), help: None }
    }

    /// The same with another exit code.
    #[must_use]
    pub fn exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// In one line, without the help.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.what)
    }
}
