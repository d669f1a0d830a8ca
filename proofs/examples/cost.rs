//! What one step of a ceremony costs the processor: `cost STEP n t m [repetitions]`. The first dealing of a process makes tables
//! that the others find.
//!
//! Steps: `build` (circuit and generators), `deal`, `verify` (one dealing alone, from bytes), `batch` (those of all n dealers
//! together, from bytes). Processor time of all threads, in milliseconds and in units of one `blst` multiplication in
//! G1 in the same run. For a profile:
//!
//! ```text
//! RAYON_NUM_THREADS=1 valgrind --tool=callgrind --toggle-collect='cost::measured*' cost deal 10 7 1
//! ```
#![allow(missing_docs, clippy::unwrap_used)]

use std::{env, fs, hint::black_box, time::Instant};

use coram_proofs::{
    Backend,
    baselines::{Measured, multiply_in_g1},
};

/// All that is counted happens in here.
#[inline(never)]
fn measured<T>(step: impl FnOnce() -> T) -> T {
    black_box(step())
}

/// Seconds of processor time that all threads of the process have used.
fn processor_time() -> f64 {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let nanoseconds = threads.map(|thread| {
        let text = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
        text.split(' ').next().unwrap().parse::<u64>().unwrap()
    });
    nanoseconds.sum::<u64>() as f64 / 1e9
}

/// Seconds of one multiplication in G1.
fn unit() -> f64 {
    const TIMES: usize = 400;
    let start = processor_time();
    assert!(multiply_in_g1(TIMES));
    (processor_time() - start) / TIMES as f64
}

/// The most memory that was resident, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim_end_matches("kB").trim().parse::<u64>().unwrap() >> 10
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).and_then(|text| text.parse::<u32>().ok());
    let (Some(step), Some(n), Some(t), Some(m)) = (arguments.first(), number(1), number(2), number(3)) else {
        eprintln!("cost build|deal|verify|batch n t m [repetitions]");
        return;
    };
    // With one thread all work stays on this one, where callgrind collects.
    if env::var("RAYON_NUM_THREADS").is_ok_and(|threads| threads == "1") {
        rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().unwrap();
    }
    let (n, t) = (n as u16, t as u16);
    let (cpu, started) = (processor_time(), Instant::now());
    let build = || Measured::coram(n, t, m, &Backend::Transparent).unwrap();
    let built = if step == "build" { measured(build) } else { build() };
    let scheme = built.scheme();
    let report = |cpu: f64, wall: f64, what: &str| {
        let (cpu, unit) = (processor_time() - cpu, unit());
        println!(
            "{what:<8} n={n} t={t} m={m}: {:.1} ms of processor time, {:.0} units, {:.1} ms of wall time, peak {} MiB",
            1e3 * cpu,
            cpu / unit,
            1e3 * wall,
            peak()
        );
    };
    report(cpu, started.elapsed().as_secs_f64(), "build");
    let dealers = match step.as_str() {
        "batch" => n,
        "verify" => 1,
        _ => 0,
    };
    let dealt: Vec<_> = (1..=dealers)
        .map(|dealer| (dealer, scheme.deal(dealer, &[dealer as u8; 32]).unwrap().to_bytes()))
        .collect();
    for _ in 0..number(4).unwrap_or(1) {
        let (cpu, started) = (processor_time(), Instant::now());
        match step.as_str() {
            "deal" => drop(measured(|| scheme.deal(1, &[1; 32]).unwrap())),
            "verify" => {
                let (dealer, bytes) = dealt.first().unwrap();
                drop(measured(|| scheme.verify(*dealer, scheme.decode(bytes).unwrap()).unwrap()));
            }
            "batch" => {
                let encoded: Vec<&[u8]> = dealt.iter().map(|(_, bytes)| bytes.as_slice()).collect();
                let dealers = dealt.iter().map(|(dealer, _)| *dealer);
                let decode = || scheme.decode_all(&encoded).into_iter().map(Result::unwrap);
                drop(measured(|| scheme.verify_all(dealers.zip(decode()).collect()).unwrap()));
            }
            _ => continue,
        }
        report(cpu, started.elapsed().as_secs_f64(), step);
    }
}
