//! What became of a check.

use std::time::Duration;

use serde::Serialize;

use super::catalogue::CheckId;

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outcome {
    /// It was made, and what it establishes holds.
    Passed,
    /// It was made, and what it establishes does not hold.
    Failed,
    /// It could not be made.
    Undecided,
    /// There is nothing in this file that it could be made on.
    NotApplicable,
    /// It did not pass, and whoever asked for the report accepts that.
    Accepted,
}

/// One item that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Failure {
    /// Where it stands, such as `$.pvss_transcript.deals[3].dealing.proof`.
    pub path: String,
    /// What is wrong with it.
    pub what: String,
}

impl Failure {
    /// A failure in a place.
    pub fn new(path: impl Into<String>, what: impl std::fmt::Display) -> Self {
        Self { path: path.into(), what: what.to_string() }
    }
}

/// One check of the catalogue, made or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct Check {
    /// Its stable name.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::CheckName"))]
    pub id: &'static str,
    /// What holds when it passes.
    pub title: &'static str,
    /// What it establishes.
    pub establishes: &'static str,
    /// The attack that it stops.
    pub stops: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// The values that were compared, or why it was not made.
    pub detail: String,
    /// Every item that was found not to hold.
    pub failures: Vec<Failure>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl Check {
    pub(super) fn new(id: CheckId, finding: Finding, took: Duration) -> Self {
        let entry = id.entry();
        let Finding { outcome, detail, failures } = finding;
        Self {
            id: entry.id,
            title: entry.title,
            establishes: entry.establishes,
            stops: entry.stops,
            outcome,
            detail,
            failures,
            micros: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

/// The outcome of a check, with what was seen.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    pub(super) detail: String,
    pub(super) failures: Vec<Failure>,
}

impl Finding {
    fn without_failures(outcome: Outcome, detail: impl Into<String>) -> Self {
        Self { outcome, detail: detail.into(), failures: Vec::new() }
    }

    /// It holds; `detail` says of what.
    pub(super) fn passed(detail: impl Into<String>) -> Self {
        Self::without_failures(Outcome::Passed, detail)
    }

    /// It could not be made, for this reason.
    pub(super) fn undecided(reason: impl Into<String>) -> Self {
        Self::without_failures(Outcome::Undecided, reason)
    }

    /// There is nothing to make it on, for this reason.
    pub(super) fn not_applicable(reason: impl Into<String>) -> Self {
        Self::without_failures(Outcome::NotApplicable, reason)
    }

    /// It does not hold, in one place.
    pub(super) fn failed(path: impl Into<String>, what: impl std::fmt::Display) -> Self {
        Self::judge("", vec![Failure::new(path, what)])
    }

    /// It holds if nothing failed; `detail` says what was looked at.
    pub(super) fn judge(detail: impl Into<String>, failures: Vec<Failure>) -> Self {
        let detail = match failures.len() {
            0 => detail.into(),
            1 => "one item does not hold".to_owned(),
            more => format!("{more} items do not hold"),
        };
        let outcome = if failures.is_empty() { Outcome::Passed } else { Outcome::Failed };
        Self { outcome, detail, failures }
    }

    /// Compares one value with what it should be; both are shown.
    pub(super) fn compare(path: &str, stated: &str, expected: &str) -> Self {
        if stated == expected {
            return Self::passed(stated);
        }
        let mut finding = Self::failed(path, format!("the file says {stated}, it should be {expected}"));
        finding.detail = format!("stated {stated}, computed {expected}");
        finding
    }
}
