//! Instructions that dealings take, counted by valgrind: a measure of speed that depends neither on a machine's clock nor on its load.
//!
//! ```text
//! instructions FILE             counts, and compares with the file; fails if anything takes more than the tolerance above it
//! instructions FILE --update    counts, and writes the file
//! ```
//!
//! Counts are the same from run to run: all work is on one thread, seeds are fixed, and valgrind's processor is one of its own, whatever
//! the machine's is (AVX2 and BMI2, but neither ADX nor SHA nor AVX-512), so that code which chooses by the processor chooses alike.
//! They differ with the compiler, hence the tolerance; and a machine without AVX2 would have another processor under valgrind.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use coram_proofs::Backend;
use coram_proofs::baselines::{Measured, SecretSharing};

/// n, t, m.
const CASES: [(u16, u16, u32); 2] = [(4, 3, 1), (10, 7, 1)];

/// Parts of a hundred by which a count may be above or below what the file says.
const TOLERANCE: f64 = 3.0;

/// What is counted; valgrind knows functions by these names.
mod step {
    use super::{Backend, Measured, SecretSharing as _};

    pub const NAMES: [&str; 5] = ["build", "deal", "verify_one", "verify_all", "decrypt"];

    #[inline(never)]
    pub fn build((n, t, m): (u16, u16, u32)) -> Measured {
        Measured::coram(n, t, m, &Backend::Transparent).unwrap()
    }

    #[inline(never)]
    pub fn deal(scheme: &Measured) -> Vec<u8> {
        scheme.deal(1, &[1; 32]).unwrap()
    }

    #[inline(never)]
    pub fn verify_one(scheme: &Measured, dealing: &[u8]) {
        scheme.verify(1, dealing).unwrap();
    }

    #[inline(never)]
    pub fn verify_all(scheme: &Measured, dealings: &[(u16, Vec<u8>)]) {
        scheme.verify_all(dealings).unwrap();
    }

    #[inline(never)]
    pub fn decrypt(scheme: &Measured, dealing: &[u8]) {
        scheme.decrypt(1, 1, dealing).unwrap();
    }
}

type Counts = BTreeMap<String, u64>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["under-valgrind", folder] => {
            run_steps(Path::new(folder));
            ExitCode::SUCCESS
        }
        [file] => compare(&count_all(), &serde_json::from_slice(&fs::read(file).unwrap()).unwrap()),
        [file, "--update"] => {
            let counts = count_all();
            fs::write(file, serde_json::to_string_pretty(&counts).unwrap() + "\n").unwrap();
            println!("{file} is written");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: instructions FILE [--update]");
            ExitCode::from(2)
        }
    }
}

/// All steps of all cases.
fn count_all() -> Counts {
    let mut counts = Counts::new();
    for case in CASES {
        for (step, count) in count(case) {
            println!("{step}: {count}");
            counts.insert(step, count);
        }
    }
    counts
}

/// Makes all dealings of a case at full speed, then lets valgrind count the steps.
fn count(case: (u16, u16, u32)) -> Counts {
    let (n, t, m) = case;
    let folder = std::env::temp_dir().join(format!("coram-instructions-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let scheme = step::build(case);
    fs::write(folder.join("case"), format!("{n} {t} {m}")).unwrap();
    for dealer in 1..=n {
        fs::write(folder.join(dealer.to_string()), scheme.deal(dealer, &[dealer as u8; 32]).unwrap())
            .unwrap();
    }

    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet"]);
    valgrind.arg(format!("--callgrind-out-file={}", folder.join("counts").display()));
    for name in step::NAMES {
        // Before a step, what was counted is forgotten; after it, it is written to a file of its own.
        valgrind.arg(format!("--zero-before=instructions::step::{name}"));
        valgrind.arg(format!("--dump-after=instructions::step::{name}"));
    }
    let status =
        valgrind.arg(std::env::current_exe().unwrap()).arg("under-valgrind").arg(&folder).status().unwrap();
    assert!(status.success(), "valgrind: {status}");
    let count = |number: usize| {
        let text = fs::read_to_string(folder.join(format!("counts.{number}"))).unwrap();
        let total = text.lines().find_map(|line| line.strip_prefix("totals: ")).unwrap();
        total.trim().parse().unwrap()
    };
    let name = |step: &str| format!("n={n} t={t} m={m} {step}");
    let counts = step::NAMES.iter().zip(1..).map(|(step, number)| (name(step), count(number))).collect();
    fs::remove_dir_all(&folder).unwrap();
    counts
}

/// Every step once, in the order of [`step::NAMES`], on one thread.
fn run_steps(folder: &Path) {
    rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().unwrap();
    let text = fs::read_to_string(folder.join("case")).unwrap();
    let numbers: Vec<u32> = text.split(' ').map(|number| number.parse().unwrap()).collect();
    let case = (numbers[0] as u16, numbers[1] as u16, numbers[2]);
    let read = |dealer: u16| (dealer, fs::read(folder.join(dealer.to_string())).unwrap());
    let dealings: Vec<(u16, Vec<u8>)> = (1..=case.0).map(read).collect();

    let scheme = step::build(case);
    assert_eq!(step::deal(&scheme), dealings[0].1, "a dealing depends on something beside its seed");
    step::verify_one(&scheme, &dealings[0].1);
    step::verify_all(&scheme, &dealings);
    step::decrypt(&scheme, &dealings[0].1);
}

fn compare(counts: &Counts, expected: &Counts) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    if !counts.keys().eq(expected.keys()) {
        println!("the file is about other steps: write it again with --update");
        code = ExitCode::FAILURE;
    }
    for (step, &count) in counts {
        let Some(&before) = expected.get(step) else { continue };
        let change = (count as f64 / before as f64 - 1.0) * 100.0;
        if change > TOLERANCE {
            println!("{step}: {count} instructions instead of {before}: {change:+.1} %, which is too many");
            code = ExitCode::FAILURE;
        } else if change < -TOLERANCE {
            println!(
                "{step}: {count} instructions instead of {before}: {change:+.1} %; write the file again with --update"
            );
        }
    }
    code
}
