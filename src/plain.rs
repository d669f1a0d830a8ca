//! Text from files, made fit for a terminal.

use std::fmt::{self, Write as _};

/// Shows a text that somebody else wrote. What a terminal would obey (control characters, escape sequences) or show out
/// of order (marks of writing direction) is spelled out.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a>(pub &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if is_harmless(c) {
                f.write_char(c)?;
            } else {
                write!(f, "{}", c.escape_default())?;
            }
        }
        Ok(())
    }
}

fn is_harmless(c: char) -> bool {
    let steers =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_control() && !steers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(Plain("Zürich 4 of 7").to_string(), "Zürich 4 of 7");
        assert_eq!(Plain("a\u{1b}[2Jb\r\nc\u{9b}").to_string(), r"a\u{1b}[2Jb\r\nc\u{9b}");
        assert_eq!(Plain("0x12\u{202e}34").to_string(), r"0x12\u{202e}34");
    }
}
