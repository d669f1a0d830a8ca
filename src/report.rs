//! By what an operator sees a ceremony.
//!
//! | file         | what is in it                                                        |
//! |--------------|----------------------------------------------------------------------|
//! | `options.rs` | how an operator wants to be told                                      |
//! | `view.rs`    | what is known of the ceremony while it runs                           |
//! | `names.rs`   | what operators and peers are called                                   |
//! | `lines.rs`   | events as sentences, and how much they matter                         |
//! | `json.rs`    | events as JSON, for programs                                          |
//! | `log.rs`     | log lines of ours and of libraries                                    |
//! | `table.rs`   | the live table                                                        |
//! | `screen.rs`  | standard error, with a part at its end that is drawn again in place   |
//! | `ticker.rs`  | what is told because time has passed                                  |
//! | `time.rs`    | moments, and how long ago they were                                   |
//! | `status.rs`  | what `coram status` reads                                             |
//!
//! Events come from any thread, by [`Reporter::tell`]; a thread of the reporter's own draws and reminds, so that people see what
//! is going on while the engine computes. Locks are taken in the order telling, screen, view.

pub mod json;
mod lines;
pub mod log;
mod names;
mod options;
pub mod screen;
pub mod status;
mod table;
#[cfg(test)]
mod tests;
mod ticker;
pub mod time;
mod view;

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use coram_ceremony::{Board, Ceremony};
use jiff::Timestamp;
use tracing::{Dispatch, Level};

use crate::driver::names;
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::printer;
use crate::work::Underway;
pub use names::{known_as, particulars, place};
pub use options::{LogFormat, LogOptions, ReportOptions};
use screen::{Screen, locked};
use status::{Ended, Status};
use ticker::{Intervals, Ticker, Timer};
use view::View;

/// Tells an operator what happens. Can be used from any thread.
pub struct Reporter {
    inner: Arc<Inner>,
    ticker: Mutex<Ticker>,
}

struct Inner {
    ceremony: Arc<Ceremony>,
    json_events: bool,
    intervals: Intervals,
    dispatch: Dispatch,
    screen: Arc<Mutex<Screen>>,
    view: Mutex<View>,
    timers: Mutex<Timers>,
    /// Held while an event is told: lines come in the order of what they tell.
    telling: Mutex<Told>,
}

/// When what was done last.
struct Timers {
    drawn: Timer,
    written: Timer,
    reminded: Timer,
}

/// What became of telling.
#[derive(Default)]
struct Told {
    /// Where the status file goes, once the attempt's folder is ours.
    status: Option<PathBuf>,
    ended: Option<Ended>,
    /// What kept an event from reaching standard output, unless nobody reads that any more.
    output: Option<Failure>,
    finished: bool,
}

impl Reporter {
    /// Starts to report a ceremony in which we are operator `me`, index from 1. Libraries' logs go the same way from now on.
    pub fn new(options: &ReportOptions, ceremony: Arc<Ceremony>, me: u16) -> Result<Arc<Self>, Failure> {
        let screen = Screen::standard_error(options.log.log_format == LogFormat::Console);
        let reporter = Self::on(screen, options, ceremony, me, ticker::USUAL)?;
        // Where several ceremonies run in one process, libraries speak to the first.
        let _ = tracing::dispatcher::set_global_default(reporter.inner.dispatch.clone());
        Ok(Arc::new(reporter))
    }

    fn on(
        screen: Screen,
        options: &ReportOptions,
        ceremony: Arc<Ceremony>,
        me: u16,
        intervals: Intervals,
    ) -> Result<Self, Failure> {
        let screen = Arc::new(Mutex::new(screen));
        let now = Timer::new(Instant::now());
        let inner = Arc::new(Inner {
            json_events: options.json_events,
            intervals,
            dispatch: log::dispatch(&options.log, Some(ceremony.id().to_string()), Arc::clone(&screen)),
            screen,
            view: Mutex::new(View::new(&ceremony, me, Timestamp::now())),
            timers: Mutex::new(Timers { drawn: now, written: now, reminded: now }),
            telling: Mutex::default(),
            ceremony,
        });
        let ticking = Arc::clone(&inner);
        let ticker = Ticker::start(intervals.draw, move || ticking.tick(Instant::now()));
        let ticker =
            ticker.map_err(|error| Failure::new(Exit::Internal, "report.thread", error.to_string()))?;
        Ok(Self { inner, ticker: Mutex::new(ticker) })
    }

    /// The operator that is told, index from 1.
    pub fn operator(&self) -> u16 {
        locked(&self.inner.view).me
    }

    /// Takes in what an earlier run left on the board.
    pub fn resume(&self, board: &Board) {
        locked(&self.inner.view).resume(board);
        self.inner.changed();
    }

    /// Keeps `status.json` in an attempt's folder, which this process holds.
    pub fn keep_status(&self, attempt: &Path) {
        locked(&self.inner.telling).status = Some(status::path(attempt));
        self.inner.write_status();
    }

    /// Tells of an event. Whatever repeats the last one of its kind is told once.
    pub fn tell(&self, event: Event) {
        let mut told = locked(&self.inner.telling);
        let current = locked(&self.inner.view).current(event, Timestamp::now());
        match current {
            Some(event) => self.inner.tell(&mut told, &event),
            None => self.inner.changed(),
        }
    }

    /// Ends what [`Reporter::tell`] tells of, with the lock: prints its path, or its event if events are wanted.
    ///
    /// # Errors
    ///
    /// If standard output took not all that was to be printed, unless its reader closed it.
    pub fn complete(&self, lock: &Path, lock_hash: &[u8]) -> Result<(), Failure> {
        let path = lock.display().to_string();
        let mut told = locked(&self.inner.telling);
        let event =
            Event::Complete { lock: path.clone(), lock_hash: format!("0x{}", hex::encode(lock_hash)) };
        self.inner.tell(&mut told, &event);
        if !self.inner.json_events {
            self.inner.output(&mut told, &format!("{path}\n"));
        }
        told.output.take().map_or(Ok(()), Err)
    }

    /// Ends the reporting: the last state of the table stays where it is. What is told afterwards comes below it.
    pub fn finish(&self) {
        locked(&self.ticker).stop();
        self.inner.finish();
    }
}

/// Whatever way a command ends, the table is left whole.
impl Drop for Reporter {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Inner {
    fn tell(&self, told: &mut Told, event: &Event) {
        let now = Timestamp::now();
        if !locked(&self.view).apply(event, now) {
            return;
        }
        match event {
            Event::Complete { .. } => told.ended = Some(ended(now, None, "the lock is complete")),
            Event::Failed { code, what } => told.ended = Some(ended(now, Some(code), what)),
            Event::Waiting { .. } => locked(&self.timers).reminded.reset(Instant::now()),
            _ => {}
        }
        let beside_table = locked(&self.screen).size().is_some();
        self.log(event, lines::level(event, beside_table), &lines::sentence(&self.ceremony, event));
        if self.json_events {
            self.output(told, &(json::line(&self.ceremony, event, now) + "\n"));
        }
        self.changed();
    }

    /// A log line, with whom it is about.
    fn log(&self, event: &Event, level: Level, sentence: &str) {
        let name = event.name();
        let operator = event.operator();
        let peer = event.peer().and_then(|peer| names::party_id(&self.ceremony, peer));
        let peer = peer.as_deref();
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(target: "coram", event = name, operator, peer, "{sentence}")
            };
        }
        tracing::dispatcher::with_default(&self.dispatch, || match level {
            Level::ERROR => line!(error),
            Level::WARN => line!(warn),
            Level::INFO => line!(info),
            Level::DEBUG => line!(debug),
            Level::TRACE => line!(trace),
        });
    }

    /// Writes to standard output. If that is the same terminal, the table makes room.
    fn output(&self, told: &mut Told, text: &str) {
        let write = || printer::result(text);
        let written = if io::stdout().is_terminal() { locked(&self.screen).aside(write) } else { write() };
        told.output = told.output.take().or(written.err());
    }

    fn changed(&self) {
        let mut timers = locked(&self.timers);
        timers.drawn.change();
        timers.written.change();
    }

    /// Does what is due.
    fn tick(&self, now: Instant) {
        let (draw, write, remind) = {
            let (mut timers, every) = (locked(&self.timers), &self.intervals);
            let draw = timers.drawn.is_due(now, every.draw, every.age);
            let write = timers.written.is_due(now, every.write, every.beat);
            (draw, write, timers.reminded.is_due(now, every.remind, every.remind))
        };
        if draw {
            self.draw();
        }
        if write {
            self.write_status();
        }
        if remind {
            self.remind();
        }
    }

    fn draw(&self) {
        let mut screen = locked(&self.screen);
        let Some(size) = screen.size() else { return };
        let view = locked(&self.view).clone();
        if view.begun {
            screen.draw(table::rows(&self.ceremony, &view, Timestamp::now(), size));
        }
    }

    /// Says again who is missing, or what we are at, where no table does.
    fn remind(&self) {
        let told = locked(&self.telling);
        if told.ended.is_some() || locked(&self.screen).size().is_some() {
            return;
        }
        let (awaited, work, divergence) = {
            let view = locked(&self.view);
            (view.awaited.clone(), view.work.clone(), view.divergence)
        };
        if let Some(Underway { work, done, total, .. }) = work {
            let event = Event::Progress { work, done, total, took: None };
            self.log(&event, Level::INFO, &lines::sentence(&self.ceremony, &event));
            return;
        }
        let Some(awaited) = awaited else { return };
        let since = time::rfc3339(awaited.since);
        let whom = names(&self.ceremony, &awaited.missing);
        let sentence = format!("waiting for the {} of {whom}, since {since}", awaited.kind);
        let event = Event::Waiting { kind: awaited.kind, missing: awaited.missing };
        self.log(&event, Level::INFO, &sentence);
        if let Some((operator, kind, refers_to)) = divergence {
            let event = Event::Divergence { operator, kind, refers_to };
            self.log(&event, Level::WARN, &lines::sentence(&self.ceremony, &event));
        }
    }

    fn write_status(&self) {
        let told = locked(&self.telling);
        if let Some(path) = &told.status {
            let view = locked(&self.view).clone();
            status::write(path, &Status::new(&view, told.ended.clone(), Timestamp::now()));
        }
    }

    fn finish(&self) {
        {
            let mut told = locked(&self.telling);
            if std::mem::replace(&mut told.finished, true) {
                return;
            }
            let ended_now = || ended(Timestamp::now(), None, "stopped");
            told.ended.get_or_insert_with(ended_now);
        }
        self.draw();
        locked(&self.screen).finish();
        self.write_status();
    }
}

fn ended(now: Timestamp, code: Option<&str>, what: &str) -> Ended {
    Ended { time: time::rfc3339(now), code: code.map(ToOwned::to_owned), what: what.to_owned() }
}
