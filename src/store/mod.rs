//! Data folders, attempts and boards on disk.

pub mod files;
