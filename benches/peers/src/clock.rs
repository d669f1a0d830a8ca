//! Wall and CPU time.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// Seconds of one call.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Time {
    /// By the clock on the wall.
    pub wall: f64,
    /// Of processors, all threads together.
    pub cpu: f64,
}

/// Runs `f` and says how long it took.
pub fn timed<T>(f: impl FnOnce() -> T) -> (T, Time) {
    let (wall, cpu) = (Instant::now(), cpu_time());
    let out = f();
    (out, Time { wall: wall.elapsed().as_secs_f64(), cpu: (cpu_time() - cpu).as_secs_f64() })
}

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

/// Seconds of several calls that do the same.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// How many there were.
    pub runs: usize,
    /// The median by the clock on the wall.
    pub wall: f64,
    /// The fastest.
    pub least: f64,
    /// The slowest.
    pub most: f64,
    /// The median of processor time.
    pub cpu: f64,
}

impl Summary {
    /// Sums up calls, of which there is at least one.
    pub fn new(times: &[Time]) -> Self {
        let sorted = |of: fn(&Time) -> f64| {
            let mut values: Vec<f64> = times.iter().map(of).collect();
            values.sort_unstable_by(f64::total_cmp);
            values
        };
        let (wall, cpu) = (sorted(|time| time.wall), sorted(|time| time.cpu));
        Self {
            runs: times.len(),
            wall: median(&wall),
            least: wall.first().copied().unwrap_or_default(),
            most: wall.last().copied().unwrap_or_default(),
            cpu: median(&cpu),
        }
    }
}

/// The middle of sorted values; of two in the middle, their mean.
pub fn median(sorted: &[f64]) -> f64 {
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { at(middle) } else { (at(middle.saturating_sub(1)) + at(middle)) / 2.0 }
}
