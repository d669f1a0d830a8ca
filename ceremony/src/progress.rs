//! How far a long computation is, for whoever waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Task {
    /// What all dealings have in common is built: circuit and generators.
    Scheme,
    /// Our dealing is made and proved.
    Deal,
    /// Dealings are decoded, with a check of every point.
    Read,
    /// Dealings are verified. Each is counted when its proof was read; the equations of all are checked at the end.
    Dealings,
    /// Our partial signatures are made.
    Sign,
    /// Partial signatures are verified against the public shares.
    Partials,
    /// Partial signatures are combined to signatures of the validators.
    Combine,
    /// Signatures of the validators are verified.
    Signatures,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The task.
    pub task: Task,
    /// Dealings or signatures that are done.
    pub done: usize,
    /// Those that there are in all.
    pub total: usize,
}

/// Who is told how far things are; nobody, unless somebody asked. Called from all threads that compute; what it is told need
/// not be in order, except that the task begins with nothing done.
#[derive(Clone, Default)]
pub(crate) struct Observer(Option<Arc<dyn Fn(Progress) + Send + Sync>>);

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Observer").field(&self.0.is_some()).finish()
    }
}

impl Observer {
    pub(crate) fn new(observer: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(observer)))
    }

    /// Begins a task, and counts what is done of it.
    pub(crate) fn begin(&self, task: Task, total: usize) -> Meter<'_> {
        let meter = Meter { observer: self, task, done: AtomicUsize::new(0), total };
        meter.tell(0);
        meter
    }

    /// Does a task that cannot be counted.
    pub(crate) fn whole<T>(&self, task: Task, work: impl FnOnce() -> T) -> T {
        let meter = self.begin(task, 1);
        let result = work();
        meter.advance(1);
        result
    }
}

/// Counts what is done of a task.
pub(crate) struct Meter<'a> {
    observer: &'a Observer,
    task: Task,
    done: AtomicUsize,
    total: usize,
}

impl Meter<'_> {
    pub(crate) fn advance(&self, by: usize) {
        self.tell(self.done.fetch_add(by, Ordering::Relaxed) + by);
    }

    fn tell(&self, done: usize) {
        if let Some(observer) = &self.observer.0 {
            observer(Progress { task: self.task, done, total: self.total });
        }
    }
}
