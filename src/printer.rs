//! Where text goes: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal as _, Write as _};

/// Writes a result to standard output, and nothing else.
///
/// A closed pipe ends the output quietly: whoever closed it has read enough.
pub fn result(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Writes a line of progress, a warning or a notice to standard error.
pub fn notice(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Whether standard output may carry colours: it is a terminal, and `NO_COLOR` is not set.
pub fn colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
