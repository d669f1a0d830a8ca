//! A terminal that a program is shown on, and what is on it.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::thread;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A pseudo-terminal, and everything that was written to it.
pub struct Terminal {
    program: OwnedFd,
    columns: usize,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    /// A terminal of this size; none where the system gives none.
    pub fn open(columns: u16, rows: u16) -> Option<Self> {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).ok()?;
        grantpt(&controller).ok()?;
        unlockpt(&controller).ok()?;
        let name = ptsname(&controller, Vec::new()).ok()?;
        let program = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).ok()?;
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&program, size).ok()?;
        let written = Arc::new(Mutex::new(Vec::new()));
        let (mut reader, kept) = (File::from(controller), Arc::clone(&written));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(len @ 1..) = reader.read(&mut bytes) {
                kept.lock().unwrap().extend_from_slice(&bytes[..len]);
            }
        });
        Some(Self { program, columns: usize::from(columns), written })
    }

    /// The end that a program writes to.
    pub fn program_end(&self) -> OwnedFd {
        self.program.try_clone().unwrap()
    }

    /// Everything that was written so far.
    pub fn written(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }

    /// The lines that are read on it now, without trailing spaces; the last is the one with the cursor. Everything that scrolled
    /// away is on it too. Panics at what the program must not send.
    pub fn lines(&self) -> Vec<String> {
        let mut screen = Lines { lines: vec![Vec::new()], row: 0, column: 0 };
        let text = self.written();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\u{1b}' => screen.obey(&mut chars),
                '\r' => screen.column = 0,
                '\n' => screen.next_line(),
                c => screen.put(c, self.columns),
            }
        }
        screen.lines.iter().map(|line| line.iter().collect::<String>().trim_end().to_owned()).collect()
    }
}

struct Lines {
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

impl Lines {
    fn next_line(&mut self) {
        self.row += 1;
        if self.row == self.lines.len() {
            self.lines.push(Vec::new());
        }
    }

    fn put(&mut self, c: char, columns: usize) {
        if self.column == columns {
            self.column = 0;
            self.next_line();
        }
        let line = &mut self.lines[self.row];
        line.resize(line.len().max(self.column + 1), ' ');
        line[self.column] = c;
        self.column += 1;
    }

    fn obey(&mut self, chars: &mut std::str::Chars<'_>) {
        assert_eq!(chars.next(), Some('['));
        let mut number = String::new();
        let command = loop {
            match chars.next().unwrap() {
                digit @ '0'..='9' => number.push(digit),
                command => break command,
            }
        };
        match command {
            'm' => {}
            'A' => {
                let rows: usize = number.parse().unwrap();
                self.row = self.row.checked_sub(rows).expect("the cursor left the top of the screen");
            }
            'K' => self.lines[self.row].truncate(self.column),
            'J' => {
                self.lines[self.row].truncate(self.column);
                self.lines.truncate(self.row + 1);
            }
            other => panic!("{number}{other} is nothing that the program may send"),
        }
    }
}
