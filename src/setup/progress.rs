//! How far a long step has come, on standard error: in place on a terminal, elsewhere a line now and then.

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use coram_proofs::setup::{Progress, Task};

use crate::report::screen::{Row, Screen, Style};

/// Between two drawings on a terminal.
const DRAW: Duration = Duration::from_millis(200);
/// Between two lines elsewhere.
const LINE: Duration = Duration::from_secs(10);
/// A part that took less is not worth a line.
const BRIEF: Duration = Duration::from_secs(1);

/// Shows how far things have come. Can be used from any thread.
pub struct Gauge(Mutex<Inner>);

struct Inner {
    screen: Screen,
    part: Option<Part>,
}

/// A part of the work that is under way.
struct Part {
    name: &'static str,
    begun: Instant,
    told: Instant,
}

impl Gauge {
    /// On standard error.
    pub fn new() -> Self {
        Self(Mutex::new(Inner { screen: Screen::standard_error(true), part: None }))
    }

    /// On standard error, if that is a terminal: for commands that say nothing else there.
    pub fn on_terminal() -> Option<Self> {
        io::stderr().is_terminal().then(Self::new)
    }

    /// Takes in how far a computation is.
    pub fn show(&self, progress: Progress) {
        self.count(name(progress.task), progress.done, progress.total);
    }

    /// Takes in how far work of that name is.
    pub fn count(&self, name: &'static str, done: usize, total: usize) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.tell(name, done, total, Instant::now());
    }

    /// For each of so many steps, from any thread.
    pub fn steps(&self, name: &'static str, total: usize) -> impl Fn() + Sync {
        let done = AtomicUsize::new(0);
        move || self.count(name, done.fetch_add(1, Ordering::Relaxed) + 1, total)
    }
}

impl Drop for Gauge {
    fn drop(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).end_part(Instant::now());
    }
}

/// A task for people.
const fn name(task: Task) -> &'static str {
    match task {
        Task::Read => "reading, with a check of every point",
        Task::Write => "writing",
        Task::Contribute => "contributing",
        Task::Convert => "converting the powers",
        Task::Assemble => "making the key",
        Task::Verify => "checking",
        _ => "working",
    }
}

impl Inner {
    fn tell(&mut self, name: &'static str, done: usize, total: usize, now: Instant) {
        if self.part.as_ref().is_none_or(|part| part.name != name) {
            self.end_part(now);
            self.part = Some(Part { name, begun: now, told: now });
        }
        let pause = if self.screen.size().is_some() { DRAW } else { LINE };
        let Some(part) = &mut self.part else { return };
        if now.saturating_duration_since(part.told) >= pause {
            part.told = now;
            self.show(name, done, total);
        }
    }

    fn show(&mut self, name: &str, done: usize, total: usize) {
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(0).min(100);
        let text = format!("{name}: {percent} %");
        match self.screen.size() {
            Some((columns, _)) => {
                let text = text.chars().take(columns).collect();
                self.screen.draw(vec![Row { text, style: Style::Dim }]);
            }
            None => self.screen.print(&text),
        }
    }

    fn end_part(&mut self, now: Instant) {
        let Some(part) = self.part.take() else { return };
        if self.screen.size().is_some() {
            self.screen.draw(Vec::new());
        }
        let took = now.saturating_duration_since(part.begun);
        if took >= BRIEF {
            self.screen.print(&format!("{}: {:.1} s", part.name, took.as_secs_f64()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_takes_long_is_told_now_and_then_and_at_its_end() {
        let written = Written::default();
        let mut inner = Inner { screen: Screen::to(written.clone(), None, false), part: None };
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        inner.tell("reading", 0, 4, at(0));
        inner.tell("reading", 1, 4, at(9));
        inner.tell("reading", 2, 4, at(10));
        inner.tell("checking", 0, 4, at(12));
        inner.end_part(at(12));
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text, "reading: 50 %\nreading: 12.0 s\n", "what took no time is not worth a line");
    }
}
