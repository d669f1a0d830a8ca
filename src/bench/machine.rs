//! What is measured, and by what.

use std::time::Instant;

use coram_proofs::baselines::multiply_in_g1;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::failure::{Exit, Failure};

/// Multiplications between two looks at the clock: one alone is too short for it.
const MULTIPLICATIONS: usize = 50;
/// Looks at the clock, of which the median is taken.
const LOOKS: usize = 9;

/// Where figures come from. Those of different origins say nothing about each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The commit that the program was built from, or `unknown`.
    pub commit: String,
    /// The first half of the SHA-256 of the program: changes that were not committed make another.
    pub program: String,
    /// The name that the processor gives itself.
    pub processor: String,
    /// Threads that loops are spread over.
    pub threads: usize,
}

impl Origin {
    /// This program on this machine.
    pub fn here(threads: usize) -> Result<Self, Failure> {
        let program = std::env::current_exe().and_then(std::fs::read).map_err(|error| {
            Failure::new(Exit::Internal, "bench.program", format!("cannot read this program: {error}"))
        })?;
        let digest = Sha256::digest(&program);
        Ok(Self {
            commit: env!("CORAM_COMMIT").to_owned(),
            program: hex::encode(digest.first_chunk::<16>().unwrap_or(&[0; 16])),
            processor: processor(),
            threads,
        })
    }
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let of = |key: &str| info.lines().find_map(|line| line.strip_prefix(key)?.split_once(':'));
    let name = of("model name")
        .map_or_else(|| format!("unknown ({})", std::env::consts::ARCH), |(_, name)| name.trim().to_owned());
    // The proofs add points eight at once where there is this.
    let wide =
        of("flags").is_some_and(|(_, flags)| flags.split_whitespace().any(|flag| flag == "avx512ifma"));
    if wide { name + ", AVX-512 IFMA" } else { name }
}

/// What a step took, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Time {
    /// On the clock on the wall.
    pub wall: f64,
    /// Of all processors together.
    pub cpu: f64,
}

/// Runs `work`, and tells what it took.
pub fn timed<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<(T, Time), Failure> {
    let (started, cpu) = (Instant::now(), cpu());
    let done = work()?;
    Ok((done, Time { wall: started.elapsed().as_secs_f64(), cpu: self::cpu() - cpu }))
}

/// Seconds of processor time that this process has taken.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The medians, each for itself.
pub fn median(times: &[Time]) -> Time {
    let middle = |of: fn(&Time) -> f64| {
        let mut sorted: Vec<f64> = times.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    };
    Time { wall: middle(|time| time.wall), cpu: middle(|time| time.cpu) }
}

/// Processor time of one multiplication in G1 by `blst`, in seconds.
pub fn unit() -> Result<f64, Failure> {
    let look = || Ok(multiply_in_g1(MULTIPLICATIONS));
    let times = (0..LOOKS).map(|_| timed(look).map(|(_, time)| time)).collect::<Result<Vec<_>, _>>()?;
    Ok(median(&times).cpu / MULTIPLICATIONS as f64)
}
