//! The parts of dealing and verifying, one by one: `cargo bench -p coram-proofs --features bench-parts --bench parts`.
//!
//! The sizes are those of n = 10, m = 1 unless a name says otherwise. What each takes of the whole is in `docs/benchmarks.md`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use coram_circuits::{
    Fr,
    poseidon::{Purpose, sponge},
};
use coram_proofs::{Backend, Dealing, baselines::Measured, parts};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

fn multi_scalar(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("multi-scalar multiplication");
    for count in [64, 512, 2048] {
        let sums = parts::MultiScalar::new(count);
        group.bench_function(format!("{count} points"), |b| b.iter(|| black_box(sums.sum())));
        group.bench_function(format!("{count} points, by tables"), |b| {
            b.iter(|| black_box(sums.sum_by_tables()))
        });
        group.bench_function(format!("tables of {count} points"), |b| {
            b.iter(|| drop(black_box(sums.tables())))
        });
    }
    group.finish();
}

fn proof(criterion: &mut Criterion) {
    criterion.bench_function("sumcheck, 2^13 constraints", |b| b.iter(|| parts::sumcheck(13).unwrap()));
    let openings = parts::Openings::new(9);
    criterion
        .bench_function("opening, 512 columns", |b| b.iter(|| drop(black_box(openings.prove().unwrap()))));
}

fn relation(criterion: &mut Criterion) {
    for (n, m) in [(10, 1), (4, 100)] {
        let relation = parts::Relation::new(n, m).unwrap();
        criterion.bench_function(&format!("witness, n = {n}, m = {m}"), |b| {
            b.iter(|| drop(black_box(relation.witness())))
        });
        criterion.bench_function(&format!("matrices at a point, n = {n}, m = {m}"), |b| {
            b.iter(|| black_box(relation.evaluate()))
        });
    }
}

fn poseidon(criterion: &mut Criterion) {
    let (key, message) = (Fr::from(3u64), Fr::from(5u64));
    for outputs in [1, 100] {
        let name = format!("Poseidon, {outputs} pads");
        criterion
            .bench_function(&name, |b| b.iter(|| sponge(Purpose::Pad, black_box(key), message, outputs)));
    }
}

fn dealings(criterion: &mut Criterion) {
    for (n, t, m) in [(10, 7, 1), (4, 3, 100)] {
        let built = Measured::coram(n, t, m, &Backend::Transparent).unwrap();
        let scheme = built.scheme();
        let dealing = scheme.deal(1, &[1; 32]).unwrap();
        criterion.bench_function(&format!("link, n = {n}, m = {m}"), |b| {
            b.iter(|| drop(black_box(parts::link(&dealing, m as usize))));
        });
    }
    let built = Measured::coram(10, 7, 1, &Backend::Transparent).unwrap();
    let scheme = built.scheme();
    let dealings: Vec<(u16, Dealing)> =
        (1..=10).map(|dealer| (dealer, scheme.deal(dealer, &[dealer as u8; 32]).unwrap())).collect();
    criterion.bench_function("batch of ten dealings", |b| {
        b.iter_batched(|| dealings.clone(), |all| scheme.verify_all(all).unwrap(), BatchSize::LargeInput);
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = multi_scalar, proof, relation, poseidon, dealings
}
criterion_main!(benches);
