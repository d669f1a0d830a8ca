//! The steps in which files and folders come onto a disk, one by one.
//!
//! Between any two of them a process can be killed or a machine lose its power, and any of them can fail. Whatever a ceremony
//! writes goes through here, so that tests can let that happen at each: there, a disk can be told to.

#[cfg(test)]
pub mod faulty;
#[cfg(not(test))]
mod plain;

#[cfg(test)]
pub use faulty::{random, take, write};
#[cfg(not(test))]
pub use plain::{random, take, write};

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A folder is made.
    MakeFolder,
    /// A file is made, under a name that nobody reads.
    Create,
    /// A mode is set.
    Mode,
    /// Bytes are written.
    Write,
    /// The bytes of a file are synced.
    Sync,
    /// A file or folder is given its name.
    Name,
    /// A file or folder is removed.
    Remove,
    /// The names in a folder are synced.
    SyncFolder,
}
