//! A ceremony in which one operator's disk fails, or its machine stops, at every step in which something comes onto the disk.
//!
//! | file           | what is in it                                                       |
//! |----------------|---------------------------------------------------------------------|
//! | `operators.rs` | the operator whose disk it is, and the others                       |
//! | `promises.rs`  | what must hold of its disk, of what it sent, and of how it ends      |
//! | `turns.rs`     | the ceremony in which nothing goes wrong, turn by turn              |
//! | `matrix.rs`    | every fault at every step, and what comes of it                     |
//! | `snapshots.rs` | a disk that is put back to an older state                           |
//! | `document.rs`  | the tables of `docs/crash.md`                                       |
//!
//! `cargo test --release --bin coram crash -- --include-ignored --nocapture` tries out everything and prints the tables; without
//! `--include-ignored`, only some of the faults. The operator is `coram dkg --once` itself, on a disk of
//! [`crate::store::steps::faulty`]; the others are engines in memory, and the board between them is a folder.

mod document;
mod matrix;
mod operators;
mod promises;
mod snapshots;
mod turns;

use std::thread;

/// The stack of a thread that runs ceremonies, in bytes: as large as that of a process.
const STACK: usize = 8 << 20;

/// What comes of each, in order, from as many threads as there are processors. Not from those of rayon: whoever waits there for a
/// part of its ceremony would begin another ceremony on the same stack.
fn of_each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().unwrap().get();
    let run = |first: usize| {
        let some = items.iter().enumerate().skip(first).step_by(threads);
        some.map(|(number, item)| (number, work(item))).collect::<Vec<_>>()
    };
    let run = &run;
    let mut found: Vec<(usize, R)> = thread::scope(|scope| {
        let spawn =
            |first| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || run(first)).unwrap();
        let running: Vec<_> = (0..threads).map(spawn).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, found)| found).collect()
}
