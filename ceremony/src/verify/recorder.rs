//! Making checks: each at most once, timed, and in the end all of the catalogue.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::catalogue::CheckId;
use super::check::{Check, Finding, Outcome};

/// Says the time since some fixed moment, never going back.
pub type Clock<'a> = &'a dyn Fn() -> Duration;

/// Told of each check as soon as it is made.
pub type Observer<'a> = &'a mut dyn FnMut(&Check);

/// Keeps what became of the checks.
pub(super) struct Recorder<'a> {
    clock: Clock<'a>,
    observer: Observer<'a>,
    accepted: &'a BTreeSet<CheckId>,
    made: BTreeMap<CheckId, Check>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(clock: Clock<'a>, observer: Observer<'a>, accepted: &'a BTreeSet<CheckId>) -> Self {
        Self { clock, observer, accepted, made: BTreeMap::new() }
    }

    /// Makes a check. True if it passed, or does not apply.
    pub(super) fn make(&mut self, check: CheckId, work: impl FnOnce() -> Finding) -> bool {
        self.make_with(check, || (work(), ())).is_some()
    }

    /// Makes a check that brings something to light. What it found is given back if it passed, or does not apply.
    pub(super) fn make_with<T>(&mut self, check: CheckId, work: impl FnOnce() -> (Finding, T)) -> Option<T> {
        let ((finding, result), took) = self.time(work);
        self.keep(check, finding, took);
        self.holds(check).then_some(result)
    }

    /// Does work that several checks are read from, and says how long it took.
    pub(super) fn time<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        let started = (self.clock)();
        let result = work();
        (result, (self.clock)().saturating_sub(started))
    }

    /// Records a check whose work was timed by [`Self::time`].
    pub(super) fn note_timed(&mut self, check: CheckId, finding: Finding, took: Duration) {
        self.keep(check, finding, took);
    }

    /// Records a check that took no time of its own.
    pub(super) fn note(&mut self, check: CheckId, finding: Finding) {
        self.keep(check, finding, Duration::ZERO);
    }

    /// The first word on a check stands, and nobody is told of another.
    fn keep(&mut self, check: CheckId, mut finding: Finding, took: Duration) {
        let Entry::Vacant(place) = self.made.entry(check) else { return };
        let open = matches!(finding.outcome, Outcome::Failed | Outcome::Undecided);
        if open && check.can_be_accepted() && self.accepted.contains(&check) {
            finding.outcome = Outcome::Accepted;
        }
        let made = Check::new(check, finding, took);
        (self.observer)(&made);
        place.insert(made);
    }

    /// Whether a check was made and passed, or does not apply.
    pub(super) fn holds(&self, check: CheckId) -> bool {
        let outcome = self.made.get(&check).map(|made| made.outcome);
        matches!(outcome, Some(Outcome::Passed | Outcome::NotApplicable))
    }

    /// Whether a check was made and passed, as opposed to one that does not apply.
    pub(super) fn passed(&self, check: CheckId) -> bool {
        self.made.get(&check).is_some_and(|made| made.outcome == Outcome::Passed)
    }

    /// Whether all that a check needs holds.
    pub(super) fn can_make(&self, check: CheckId) -> bool {
        check.entry().needs.iter().all(|need| self.holds(*need))
    }

    /// All checks of the catalogue in its order; those that were not made say what they need.
    pub(super) fn finish(mut self) -> Vec<Check> {
        let missing = CheckId::ALL.iter().copied().filter(|check| !self.made.contains_key(check));
        let missing: Vec<(CheckId, Finding)> = missing.map(|check| (check, self.why_not(check))).collect();
        for (check, finding) in missing {
            self.note(check, finding);
        }
        self.made.into_values().collect()
    }

    /// Why a check was not made.
    fn why_not(&self, check: CheckId) -> Finding {
        Finding::undecided(match self.obstacle(check) {
            Some((obstacle, Outcome::Undecided)) => format!("needs `{obstacle}`, which is not decided"),
            Some((obstacle, _)) => format!("needs `{obstacle}`, which did not pass"),
            None => "it was not made".to_owned(),
        })
    }

    /// The first check on the way to this one that was made and does not hold.
    fn obstacle(&self, check: CheckId) -> Option<(CheckId, Outcome)> {
        check.entry().needs.iter().find_map(|need| match self.made.get(need) {
            None => self.obstacle(*need),
            Some(made) => (!self.holds(*need)).then_some((*need, made.outcome)),
        })
    }
}
