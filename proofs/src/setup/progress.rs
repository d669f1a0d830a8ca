//! How far a long computation is.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Task {
    /// Points are decoded, with a check of their subgroup.
    Read,
    /// Points are written.
    Write,
    /// A contributor's secrets are multiplied onto all elements.
    Contribute,
    /// Powers are combined to the Lagrange basis.
    Convert,
    /// The key's elements are made from the Lagrange basis.
    Assemble,
    /// Elements are checked against each other.
    Verify,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The task.
    pub task: Task,
    /// Elements, or steps with elements, that are done.
    pub done: usize,
    /// Those that there are in all.
    pub total: usize,
}

/// Who is told how far a computation is. It is called from all threads that compute; what it is told need not be in order.
pub type Observer<'a> = &'a (dyn Fn(Progress) + Sync);

/// Counts what is done of a task.
pub(super) struct Meter<'a> {
    observer: Observer<'a>,
    task: Task,
    done: AtomicUsize,
    total: usize,
}

impl<'a> Meter<'a> {
    pub(super) fn new(observer: Observer<'a>, task: Task, total: usize) -> Self {
        Self { observer, task, done: AtomicUsize::new(0), total }
    }

    pub(super) fn advance(&self, by: usize) {
        let done = self.done.fetch_add(by, Ordering::Relaxed) + by;
        (self.observer)(Progress { task: self.task, done, total: self.total });
    }
}
