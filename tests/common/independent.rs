//! Programs by others, in `tests/independent/`.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

/// Their folder.
pub const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/independent");

/// Whether Node and the packages are there.
///
/// # Panics
///
/// When they are not, but required.
pub fn can_run() -> bool {
    let missing = if !Path::new(PROGRAMS).join("node_modules").is_dir() {
        "tests/independent/node_modules is not there (npm ci)"
    } else if !node_answers() {
        "node does not run"
    } else {
        return true;
    };
    let required = env::var_os("CORAM_REQUIRE_INDEPENDENT").is_some_and(|value| value == "1");
    assert!(!required, "required, but {missing}");
    println!("left out: {missing}");
    false
}

fn node_answers() -> bool {
    let status = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
