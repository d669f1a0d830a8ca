//! What is told because time has passed: the table's ages, reminders, and that this process still runs.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::screen::locked;

/// How often something is done.
#[derive(Clone, Copy, Debug)]
pub struct Intervals {
    /// The least time between two drawings of the table.
    pub draw: Duration,
    /// The most, since ages grow.
    pub age: Duration,
    /// The least time between two writings of the status file.
    pub write: Duration,
    /// The most, so that it tells when a process was killed.
    pub beat: Duration,
    /// Between two reminders of who is missing.
    pub remind: Duration,
}

/// As an operator sees it.
pub const USUAL: Intervals = Intervals {
    draw: Duration::from_millis(200),
    age: Duration::from_secs(1),
    write: Duration::from_secs(1),
    beat: Duration::from_secs(10),
    remind: Duration::from_secs(30),
};

/// One of the things that are done again and again.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    done: Instant,
    changed: bool,
}

impl Timer {
    /// Something that was done now.
    pub fn new(now: Instant) -> Self {
        Self { done: now, changed: false }
    }

    /// There is something new.
    pub fn change(&mut self) {
        self.changed = true;
    }

    /// It was done by other means.
    pub fn reset(&mut self, now: Instant) {
        *self = Self::new(now);
    }

    /// Whether to do it now: soon if there is something new, and after a while anyway. Then it counts as done.
    pub fn is_due(&mut self, now: Instant, soon: Duration, anyway: Duration) -> bool {
        let age = now.saturating_duration_since(self.done);
        let due = age >= anyway || (self.changed && age >= soon);
        if due {
            self.reset(now);
        }
        due
    }
}

/// A thread that does something every so often until it is stopped.
pub struct Ticker {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn start(every: Duration, tick: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new().name("report".to_owned()).spawn(move || {
            let (flag, wake) = &*stopped;
            while let Ok((flag, _)) = wake.wait_timeout_while(locked(flag), every, |stopped| !*stopped) {
                if *flag {
                    return;
                }
                drop(flag);
                tick();
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Ends the thread, after what it is doing.
    pub fn stop(&mut self) {
        let (flag, wake) = &*self.stop;
        *locked(flag) = true;
        wake.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic in it has been reported, and spoils nothing else.
            let _ = thread.join();
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_is_told_soon_and_everything_after_a_while() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let (soon, anyway) = (Duration::from_secs(2), Duration::from_secs(30));
        let mut timer = Timer::new(start);
        assert!(!timer.is_due(at(29), soon, anyway));
        assert!(timer.is_due(at(30), soon, anyway));
        assert!(!timer.is_due(at(31), soon, anyway));
        timer.change();
        assert!(!timer.is_due(at(31), soon, anyway));
        assert!(timer.is_due(at(32), soon, anyway));
        assert!(!timer.is_due(at(61), soon, anyway));
        assert!(timer.is_due(at(62), soon, anyway));
    }
}
