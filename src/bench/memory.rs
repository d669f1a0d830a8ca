//! The most memory that a piece of work takes.

use std::fs;

/// Forgets the most memory that this process has had resident. Nothing happens where the system cannot do that.
pub fn forget_peak() {
    // The figure that is read later then counts from the start of the process.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The most bytes that this process has had resident since [`forget_peak`]; none where the system does not say.
pub fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()?;
    Some(kibibytes << 10)
}
