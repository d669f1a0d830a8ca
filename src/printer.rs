//! Where text goes: results to standard output, everything else to standard error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use crate::failure::{Exit, Failure};
use crate::plain::Plain;

/// Writes a result to standard output, and nothing else.
///
/// A closed pipe ends the output quietly: whoever closed it has read enough. Anything else that keeps the result from
/// arriving is a failure, or an empty report on a full disk would look like a good one.
pub fn result(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let what = format!("cannot write to standard output: {error}");
            Err(Failure::new(Exit::Internal, "output.write", what).help("check where standard output goes"))
        }
        _ => Ok(()),
    }
}

/// Writes a line of progress, a warning or a notice to standard error. What strangers wrote can stand in it, such as names
/// of their files: nothing in it steers the terminal or begins another line.
pub fn notice(line: &str) {
    let _ = writeln!(io::stderr(), "{}", Plain(line));
}

/// Whether standard output may carry colours: it is a terminal, and `NO_COLOR` is not set.
pub fn colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
