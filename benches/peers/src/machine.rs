//! On what it was measured, and of which versions.
#![allow(unsafe_code)]

use std::{fs, hint::black_box, path::Path, process::Command};

use serde::Serialize;

use crate::clock::{median, timed};

/// The versions that were compiled in.
const LOCK: &str = include_str!("../Cargo.lock");

/// The packages whose versions matter to the figures.
const PACKAGES: [&str; 5] =
    ["commonware-cryptography", "golden-evrf", "golden-core", "bulletproofs-cycle", "blst"];

/// Multiplications that are timed together: one alone is too short for the clock.
const TOGETHER: u32 = 100;

/// Where a run was made.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The name of the processor.
    pub processor: String,
    /// How many the system has.
    pub processors: usize,
    /// Threads that each scheme computes on.
    pub threads: usize,
    /// Processes that wanted to run during the last minute, before this one began.
    pub load: String,
    /// The commit of Coram, and whether files differ from it.
    pub commit: String,
    /// The compiler.
    pub compiler: String,
    /// Names and versions of packages.
    pub packages: Vec<(String, String)>,
}

impl Machine {
    /// What is known of the machine that this runs on.
    pub fn here(threads: usize) -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let changed = !said_by("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty();
        let commit = said_by("git", &["rev-parse", "--short=12", "HEAD"]);
        Self {
            processor: model.map_or("unknown", |(_, name)| name).to_owned(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            threads,
            load: load.split_whitespace().next().unwrap_or("unknown").to_owned(),
            commit: if changed { format!("{commit} with changes") } else { commit },
            compiler: said_by("rustc", &["--version"]),
            packages: PACKAGES.iter().map(|name| ((*name).to_owned(), version(name))).collect(),
        }
    }
}

/// What a command prints that is run where this crate was built; nothing if it cannot be run.
fn said_by(program: &str, arguments: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default()
}

/// The version of a package in the lock file.
fn version(package: &str) -> String {
    let entry = LOCK.split("[[package]]").find(|entry| entry.contains(&format!("\nname = \"{package}\"\n")));
    let version = entry.and_then(|entry| entry.split_once("\nversion = \"")?.1.split_once('"'));
    version.map_or("unknown", |(version, _)| version).to_owned()
}

/// Seconds of processor time of one multiplication of a point of G1 by a scalar of 255 bits: `blst_p1_mult`.
pub fn unit() -> f64 {
    let scalar: [u8; 32] = std::array::from_fn(|i| if i == 31 { 0x5a } else { i as u8 ^ 0xa7 });
    let hundred = || {
        let mut out = blst::blst_p1::default();
        // SAFETY: the pointers are to values that live; the scalar has the 32 bytes that blst reads.
        unsafe {
            let generator = blst::blst_p1_generator();
            for _ in 0..TOGETHER {
                blst::blst_p1_mult(&mut out, generator, black_box(scalar.as_ptr()), 255);
            }
        }
        black_box(out);
    };
    let mut times: Vec<f64> = (0..9).map(|_| timed(hundred).1.cpu / f64::from(TOGETHER)).collect();
    times.sort_unstable_by(f64::total_cmp);
    median(&times)
}
