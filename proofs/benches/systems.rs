//! Both proof systems in one table: `cargo bench -p coram-proofs --features chosen-dealings --bench systems`.
//!
//! The reference strings are made from secrets that the bench knows, which takes seconds; they are like others for dealers and verifiers. What
//! a setup costs is measured by `coram bench setup`. Criterion samples what takes less than half a second; of longer
//! steps the median of three runs is shown.
#![allow(missing_docs, clippy::unwrap_used)]

use std::{
    fs,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use coram_proofs::{
    Backend, Dealing, DecryptionKey, Recipients, Role, Scheme, Setting,
    groth16::Keys,
    setup::{Shape, chosen},
};
use criterion::{Criterion, SamplingMode};

/// n, m, and the validators of one proof of Groth16: the sizes of circuits stay just under powers of two.
const CASES: [(u16, u32, u32); 13] = [
    (4, 1, 1),
    (7, 1, 1),
    (10, 1, 1),
    (16, 1, 1),
    (4, 16, 16),
    (7, 16, 8),
    (10, 16, 16),
    (16, 16, 16),
    (4, 100, 50),
    (7, 100, 25),
    (10, 100, 50),
    (4, 362, 362),
    (16, 100, 25),
];

/// What criterion samples takes less.
const LONG: Duration = Duration::from_millis(500);

struct Row {
    n: u16,
    m: u32,
    system: &'static str,
    proofs: usize,
    domain: String,
    constraints: usize,
    bytes: usize,
    proofs_and_links: usize,
    build: Duration,
    deal: Duration,
    verify_one: Duration,
    verify_all: Duration,
    peak: u64,
}

fn setting(n: u16, m: u32) -> Setting {
    let key = |i: u16| DecryptionKey::derive(&[i as u8; 32], b"bench").encryption_key();
    let recipients = Recipients::new((1..=n).map(key).collect()).unwrap();
    let threshold = n - (n - 1) / 3;
    Setting { ceremony: [1; 32], roster: [2; 32], role: Role::Member, threshold, validators: m, recipients }
}

/// The median time of `f`.
fn measure<T>(criterion: &mut Criterion, group: &str, name: &str, mut f: impl FnMut() -> T) -> Duration {
    let mut timed = || {
        let start = Instant::now();
        black_box(f());
        start.elapsed()
    };
    let mut runs = vec![timed()];
    if runs[0] > LONG {
        runs.extend([timed(), timed()]);
    } else {
        let mut group = criterion.benchmark_group(group);
        group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(3));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let start = runs.len();
                runs.extend((0..iterations).map(|_| timed()));
                runs[start..].iter().sum()
            });
        });
        group.finish();
    }
    runs.sort_unstable();
    runs[runs.len() / 2]
}

/// The most memory that was resident since the last call, in MiB.
fn peak_since(forget: bool) -> u64 {
    if forget {
        fs::write("/proc/self/clear_refs", "5").unwrap();
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim_end_matches("kB").trim().parse::<u64>().unwrap() >> 10
}

fn run(criterion: &mut Criterion, (n, m, k): (u16, u32, u32), groth16: bool) -> Row {
    let shape = Shape::new(n, k).unwrap();
    let (system, backend) = if groth16 {
        let contributor = chosen::Contributor { seed: [1; 64], signer: None };
        let key = chosen::reference(shape, &[contributor]).unwrap().into_key();
        ("groth16", Backend::Groth16(Keys::new(vec![Arc::new(key)]).unwrap()))
    } else {
        ("transparent", Backend::Transparent)
    };
    let group = format!("{system} n={n} m={m}");
    peak_since(true);
    let started = Instant::now();
    let scheme = Scheme::new(setting(n, m), &backend).unwrap();
    let build = started.elapsed();
    let deal = measure(criterion, &group, "deal", || scheme.deal(1, &[1; 32]).unwrap());
    let peak = peak_since(false);
    let dealings: Vec<(u16, Dealing)> =
        (1..=n).map(|dealer| (dealer, scheme.deal(dealer, &[dealer as u8; 32]).unwrap())).collect();
    let encoded: Vec<(u16, Vec<u8>)> =
        dealings.iter().map(|(dealer, dealing)| (*dealer, dealing.to_bytes())).collect();
    let decode = |(dealer, bytes): &(u16, Vec<u8>)| (*dealer, scheme.decode(bytes).unwrap());
    let threshold = usize::from(scheme.setting().threshold);
    let without_proofs = m as usize * (48 * threshold + 32 * usize::from(n));
    Row {
        n,
        m,
        system,
        proofs: if groth16 { (m / k) as usize } else { 1 },
        domain: if groth16 { format!("2^{}", shape.domain_log()) } else { "-".to_owned() },
        constraints: scheme.constraints(),
        bytes: scheme.dealing_len(),
        proofs_and_links: scheme.dealing_len() - without_proofs,
        build,
        deal,
        verify_one: measure(criterion, &group, "verify one", || {
            let (dealer, dealing) = decode(&encoded[0]);
            scheme.verify(dealer, dealing).unwrap()
        }),
        verify_all: measure(criterion, &group, "verify all", || {
            scheme.verify_all(encoded.iter().map(decode).collect()).unwrap()
        }),
        peak,
    }
}

fn print(row: &Row) {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {:.0} | {:.0} | {:.2} | {:.1} | {:.1} | {} |",
        row.n,
        row.m,
        row.system,
        row.proofs,
        row.domain,
        row.constraints,
        row.bytes,
        row.proofs_and_links,
        ms(row.build),
        ms(row.deal),
        ms(row.deal) / f64::from(row.m),
        ms(row.verify_one),
        ms(row.verify_all),
        row.peak
    );
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let rows: Vec<Row> = CASES
        .into_iter()
        .flat_map(|case| [false, true].map(|groth16| (case, groth16)))
        .map(|(case, groth16)| {
            let row = run(&mut criterion, case, groth16);
            print(&row);
            row
        })
        .collect();
    println!(
        "\n{} threads; times in ms of wall time; a verification decodes first\n",
        rayon::current_num_threads()
    );
    println!(
        "| n | m | proof system | proofs | domain | constraints | bytes | of them ephemeral key, links and proofs | build | deal | deal a key | verify one | verify all | peak MiB |"
    );
    println!("|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    rows.iter().for_each(print);
    criterion.final_summary();
}
