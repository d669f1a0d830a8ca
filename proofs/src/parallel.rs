//! Loops over all cores natively, on one core on wasm. Results keep their order, so nothing depends on the schedule.

#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

/// `[f(0), …, f(count - 1)]`.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..count).into_par_iter().map(f).collect()
}

/// `[f(0), …, f(count - 1)]`.
#[cfg(target_arch = "wasm32")]
pub(crate) fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..count).map(f).collect()
}

/// Both results, computed side by side.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}

/// Both results, one after the other.
#[cfg(target_arch = "wasm32")]
pub(crate) fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    (a(), b())
}

/// Threads that loops are spread over.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn threads() -> usize {
    rayon::current_num_threads()
}

/// Threads that loops are spread over.
#[cfg(target_arch = "wasm32")]
pub(crate) fn threads() -> usize {
    1
}
