//! Work that takes long where there are many validators, and how far it is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use coram_ceremony::progress::Task;

use crate::event::Event;
use crate::report::Reporter;

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// A computation of the ceremony itself.
    Ceremony(Task),
    /// Keystores are made and written.
    Keystores,
    /// Keystores are read back and decrypted.
    CheckKeystores,
    /// Keys are handed to a keymanager.
    Import,
    /// Deposit signatures are verified, deposit files and the lock written.
    Public,
    /// The lock is verified as outsiders do, check by check.
    VerifyLock,
}

impl Work {
    /// Its name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ceremony(Task::Scheme) => "scheme",
            Self::Ceremony(Task::Deal) => "deal",
            Self::Ceremony(Task::Read) => "read_dealings",
            Self::Ceremony(Task::Dealings) => "verify_dealings",
            Self::Ceremony(Task::Sign) => "sign",
            Self::Ceremony(Task::Partials) => "verify_partials",
            Self::Ceremony(Task::Combine) => "combine",
            Self::Ceremony(Task::Signatures) => "verify_signatures",
            Self::Ceremony(_) => "compute",
            Self::Keystores => "write_keystores",
            Self::CheckKeystores => "check_keystores",
            Self::Import => "import_keys",
            Self::Public => "write_deposits_and_lock",
            Self::VerifyLock => "verify_lock",
        }
    }

    /// What people are told is being done.
    const fn doing(self) -> &'static str {
        match self {
            Self::Ceremony(Task::Scheme) => "building circuit and generators",
            Self::Ceremony(Task::Deal) => "making our dealing",
            Self::Ceremony(Task::Read) => "reading dealings",
            Self::Ceremony(Task::Dealings) => "verifying dealings",
            Self::Ceremony(Task::Sign) => "making partial signatures",
            Self::Ceremony(Task::Partials) => "verifying partial signatures",
            Self::Ceremony(Task::Combine) => "combining partial signatures",
            Self::Ceremony(Task::Signatures) => "verifying the validators' signatures",
            Self::Ceremony(_) => "computing",
            Self::Keystores => "writing keystores",
            Self::CheckKeystores => "reading keystores back and decrypting them",
            Self::Import => "importing keys",
            Self::Public => "verifying deposit signatures, writing deposit data and the lock",
            Self::VerifyLock => "verifying the lock as outsiders do, by check",
        }
    }

    /// How far it is, for people.
    pub fn sentence(self, done: usize, total: usize, took: Option<Duration>) -> String {
        let mut text = self.doing().to_owned();
        if total > 1 {
            text += &match took {
                Some(_) => format!(": all {total}"),
                None => format!(": {done} of {total}"),
            };
        }
        if let Some(took) = took {
            text += &format!(", done in {:.1} s", took.as_secs_f64());
        }
        text
    }
}

/// Counts what is done of some work, and tells of it.
pub struct Meter<'a> {
    reporter: &'a Reporter,
    work: Work,
    done: AtomicUsize,
    total: usize,
}

impl<'a> Meter<'a> {
    /// Begins.
    pub fn begin(reporter: &'a Reporter, work: Work, total: usize) -> Self {
        reporter.tell(Event::Progress { work, done: 0, total, took: None });
        Self { reporter, work, done: AtomicUsize::new(0), total }
    }

    /// One more is done.
    pub fn advance(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.reporter.tell(Event::Progress { work: self.work, done, total: self.total, took: None });
    }

    /// All is done, however many there were.
    pub fn end(self) {
        let (work, total) = (self.work, self.total);
        self.reporter.tell(Event::Progress { work, done: total, total, took: None });
    }
}

/// Work that is under way.
#[derive(Clone, Debug)]
pub struct Underway {
    /// What.
    pub work: Work,
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub total: usize,
    /// When it began.
    pub began: jiff::Timestamp,
    started: Instant,
    told: Instant,
}

/// How often programs are told of one and the same work.
const TOLD: Duration = Duration::from_secs(1);

impl Underway {
    /// Takes in how far some work is. Returns what is worth telling: the beginning, something now and then, and the end with
    /// the time that all took.
    pub fn follow(
        place: &mut Option<Self>,
        (work, done, total): (Work, usize, usize),
        now: jiff::Timestamp,
    ) -> Option<Event> {
        let instant = Instant::now();
        let begins = done == 0 || place.as_ref().is_none_or(|underway| underway.work != work);
        // What many threads tell may come after the end: that is no new beginning.
        if begins && done > 0 {
            return None;
        }
        if begins {
            *place = Some(Self { work, done, total, began: now, started: instant, told: instant });
        }
        let underway = place.as_mut()?;
        underway.done = underway.done.max(done);
        if done >= total {
            let took = Some(instant.saturating_duration_since(underway.started));
            *place = None;
            return Some(Event::Progress { work, done: total, total, took });
        }
        if !begins && instant.saturating_duration_since(underway.told) < TOLD {
            return None;
        }
        underway.told = instant;
        Some(Event::Progress { work, done: underway.done, total, took: None })
    }
}
