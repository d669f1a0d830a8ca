//! What a dealing costs: `cargo bench -p coram-proofs`.
//!
//! Criterion does the sampling. When it has ended, one table gives the median of each figure, in milliseconds of wall time and in units
//! of one `blst` multiplication in G1 measured in the same run, which can be compared between machines.
#![allow(missing_docs, unsafe_code, clippy::unwrap_used)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use coram_proofs::{Backend, baselines::Measured};
use criterion::{Criterion, SamplingMode};

/// n, t, m.
const CASES: [(u16, u16, u32); 4] = [(4, 3, 1), (10, 7, 1), (50, 34, 1), (10, 7, 16)];

struct Row {
    case: (u16, u16, u32),
    constraints: usize,
    bytes: usize,
    setup: Duration,
    deal: Duration,
    verify_one: Duration,
    verify_all: Duration,
}

/// Lets criterion run `f` and returns the median of all its runs.
fn measure<T>(criterion: &mut Criterion, group: &str, name: &str, mut f: impl FnMut() -> T) -> Duration {
    let mut runs = Vec::new();
    let mut group = criterion.benchmark_group(group);
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| {
                    let start = Instant::now();
                    black_box(f());
                    let run = start.elapsed();
                    runs.push(run);
                    run
                })
                .sum()
        });
    });
    group.finish();
    runs.sort_unstable();
    runs.get(runs.len() / 2).copied().unwrap_or_default()
}

fn blst_multiplication(criterion: &mut Criterion) -> Duration {
    let scalar: [u8; 32] = std::array::from_fn(|i| if i == 31 { 0x5a } else { i as u8 ^ 0xa7 });
    let mut out = blst::blst_p1::default();
    // A hundred at a time: one alone is too short for the clock.
    let hundred = measure(criterion, "unit", "100 blst_p1_mult", || unsafe {
        let generator = blst::blst_p1_generator();
        for _ in 0..100 {
            blst::blst_p1_mult(&mut out, generator, black_box(scalar.as_ptr()), 255);
        }
    });
    hundred / 100
}

fn run(criterion: &mut Criterion, case: (u16, u16, u32)) -> Row {
    let (n, t, m) = case;
    let group = format!("n={n} t={t} m={m}");
    let started = Instant::now();
    let built = Measured::coram(n, t, m, &Backend::Transparent).unwrap();
    let scheme = built.scheme();
    let setup = started.elapsed();
    let deal = |dealer: u16| scheme.deal(dealer, &[dealer as u8; 32]).unwrap().to_bytes();
    let encoded: Vec<Vec<u8>> = (1..=n).map(deal).collect();
    let bytes: Vec<&[u8]> = encoded.iter().map(Vec::as_slice).collect();
    let decoded = || (1..).zip(scheme.decode_all(&bytes).into_iter().map(Result::unwrap));
    Row {
        case,
        constraints: scheme.constraints(),
        bytes: scheme.dealing_len(),
        setup,
        deal: measure(criterion, &group, "deal", || scheme.deal(1, &[1; 32]).unwrap()),
        verify_one: measure(criterion, &group, "verify one", || {
            scheme.verify(1, scheme.decode(bytes[0]).unwrap()).unwrap()
        }),
        verify_all: measure(criterion, &group, "verify all", || {
            scheme.verify_all(decoded().collect()).unwrap()
        }),
    }
}

fn print(rows: &[Row], unit: Duration) {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let units = |time: Duration| time.as_secs_f64() / unit.as_secs_f64();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "\n{threads} threads; one unit = one blst_p1_mult = {:.1} us; a verification decodes first",
        ms(unit) * 1e3
    );
    println!("times in ms of wall time (units)\n");
    println!(
        "|   n |   t |   m | constraints |  bytes |         setup |          deal |    verify one | verify all n |"
    );
    println!(
        "|----:|----:|----:|------------:|-------:|--------------:|--------------:|--------------:|-------------:|"
    );
    for row in rows {
        let cell = |time| format!("{:.1} ({:.0})", ms(time), units(time));
        let (n, t, m) = row.case;
        println!(
            "| {n:>3} | {t:>3} | {m:>3} | {:>11} | {:>6} | {:>13} | {:>13} | {:>13} | {:>12} |",
            row.constraints,
            row.bytes,
            cell(row.setup),
            cell(row.deal),
            cell(row.verify_one),
            cell(row.verify_all),
        );
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let unit = blst_multiplication(&mut criterion);
    let rows: Vec<Row> = CASES.into_iter().map(|case| run(&mut criterion, case)).collect();
    print(&rows, unit);
    criterion.final_summary();
}
