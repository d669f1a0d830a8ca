//! Standard error, with or without a live part at its end that is drawn again in place.
//!
//! The cursor is never hidden and always stands below the live part: however the process ends, the terminal is as it was. What
//! changes is written in one piece, so that nothing is seen half-drawn.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Columns and rows of a terminal.
pub type Size = (usize, usize);

/// What a terminal that does not know its size has.
const USUAL: Size = (80, 24);

/// Where lines go, one below the other, with the live part after the last.
pub struct Screen {
    output: Box<dyn Write + Send>,
    terminal: Option<Terminal>,
    coloured: bool,
    /// What the live part shows.
    live: Vec<Row>,
}

/// A terminal that can draw in place.
struct Terminal {
    size: fn() -> Size,
}

/// A line of the live part, no wider than the terminal was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is read.
    pub text: String,
    /// How it looks, if there are colours.
    pub style: Style,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As usual.
    Plain,
    /// Less important.
    Dim,
    /// A heading.
    Bold,
    /// Good.
    Green,
    /// Needs somebody.
    Yellow,
    /// Bad.
    Red,
}

impl Style {
    /// The text in this style.
    pub fn paint(self, text: &str) -> String {
        let code = match self {
            Self::Plain => return text.to_owned(),
            Self::Bold => 1,
            Self::Dim => 2,
            Self::Red => 31,
            Self::Green => 32,
            Self::Yellow => 33,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Takes a lock, whatever became of whoever held it: everything behind the locks here is whole between any two steps.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Screen {
    /// Standard error. Has a live part if that is wanted and possible.
    pub fn standard_error(live: bool) -> Self {
        let terminal = is_capable_terminal();
        let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            output: Box::new(io::stderr()),
            terminal: (terminal && live).then_some(Terminal { size: terminal_size }),
            coloured: terminal && colours,
            live: Vec::new(),
        }
    }

    /// Something else in the place of standard error.
    #[cfg(test)]
    pub fn to(output: impl Write + Send + 'static, size: Option<fn() -> Size>, coloured: bool) -> Self {
        let terminal = size.map(|size| Terminal { size });
        Self { output: Box::new(output), terminal, coloured, live: Vec::new() }
    }

    /// Columns and rows, if there is a live part.
    pub fn size(&self) -> Option<Size> {
        self.terminal.as_ref().map(|terminal| (terminal.size)())
    }

    /// Whether lines may carry colours.
    pub fn coloured(&self) -> bool {
        self.coloured
    }

    /// Writes a line above the live part.
    pub fn print(&mut self, line: &str) {
        let text = format!("{}{line}\n{}", self.erase(), self.painted(&self.live));
        self.write(&text);
    }

    /// Replaces the live part.
    pub fn draw(&mut self, rows: Vec<Row>) {
        let text = format!("{}{}\u{1b}[J", self.back(), self.painted(&rows));
        self.live = rows;
        self.write(&text);
    }

    /// Takes the live part away while something else writes to the same terminal.
    pub fn aside<T>(&mut self, write: impl FnOnce() -> T) -> T {
        let text = self.erase();
        self.write(&text);
        let written = write();
        let text = self.painted(&self.live);
        self.write(&text);
        written
    }

    /// Leaves the live part where it is; what follows comes below it.
    pub fn finish(&mut self) {
        self.live = Vec::new();
        self.terminal = None;
    }

    /// Clears the end of a line before the next: what stood there may have been longer.
    fn painted(&self, rows: &[Row]) -> String {
        let style = |row: &Row| if self.coloured { row.style } else { Style::Plain };
        rows.iter().map(|row| format!("{}\u{1b}[K\n", style(row).paint(&row.text))).collect()
    }

    fn erase(&self) -> String {
        if self.live.is_empty() { String::new() } else { self.back() + "\u{1b}[J" }
    }

    /// Moves the cursor to the start of the live part. Where the terminal has become narrower it has broken our lines.
    fn back(&self) -> String {
        let columns = self.size().map_or(usize::MAX, |(columns, _)| columns.max(1));
        let rows: usize = self.live.iter().map(|row| row.text.chars().count().div_ceil(columns).max(1)).sum();
        if rows == 0 { String::new() } else { format!("\r\u{1b}[{rows}A") }
    }

    /// If standard error is gone, there is nobody to be told of it.
    fn write(&mut self, text: &str) {
        let _ = self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush());
    }
}

fn is_capable_terminal() -> bool {
    io::stderr().is_terminal()
        && std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb")
}

fn terminal_size() -> Size {
    let Ok(size) = rustix::termios::tcgetwinsize(io::stderr()) else { return USUAL };
    match (usize::from(size.ws_col), usize::from(size.ws_row)) {
        (0, _) | (_, 0) => USUAL,
        known => known,
    }
}
