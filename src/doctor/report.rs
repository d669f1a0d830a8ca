//! What a check found, and all of it together.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::catalogue::{CheckId, Entry};
use crate::failure::{Exit, Failure};

/// What a check came to, better ones first. A check that was not made comes before all: it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was not made; what was found says why.
    Skipped,
    /// All is well.
    Pass,
    /// The ceremony may suffer.
    Warn,
    /// The ceremony would fail.
    Fail,
}

impl Outcome {
    /// As it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that a check found.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What it comes to.
    pub result: Outcome,
    /// What is the case.
    pub found: String,
    /// The same in numbers and names, for programs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<&'static str, Value>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The code with which `coram dkg` would end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// The exit code with which it would end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<u8>,
    #[serde(skip)]
    exit: Option<Exit>,
}

impl Finding {
    fn new(result: Outcome, found: impl Into<String>) -> Self {
        let found = found.into();
        Self { result, found, values: BTreeMap::new(), help: None, error: None, exit_code: None, exit: None }
    }

    /// All is well.
    pub fn pass(found: impl Into<String>) -> Self {
        Self::new(Outcome::Pass, found)
    }

    /// The ceremony may suffer.
    pub fn warn(found: impl Into<String>, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..Self::new(Outcome::Warn, found) }
    }

    /// Not looked at, and why.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self::new(Outcome::Skipped, why)
    }

    /// Whether all is well.
    pub fn is_pass(&self) -> bool {
        self.result == Outcome::Pass
    }

    /// A failure that something else makes up for is worth a warning.
    #[must_use]
    pub fn softened(mut self) -> Self {
        if self.result == Outcome::Fail {
            self = Self { result: Outcome::Warn, error: None, exit_code: None, exit: None, ..self };
        }
        self
    }

    /// Adds a value for programs.
    #[must_use]
    pub fn value(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.insert(name, value.into());
        self
    }
}

/// What `coram dkg` would fail with.
impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        Self {
            help: failure.help,
            error: Some(failure.code),
            exit_code: Some(failure.exit as u8),
            exit: Some(failure.exit),
            ..Self::new(Outcome::Fail, failure.what)
        }
    }
}

/// A check that was made, or was not.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// Its name in the catalogue.
    pub id: &'static str,
    /// What holds when it passes.
    pub title: &'static str,
    /// What is looked at.
    pub looks_at: &'static str,
    /// What becomes of a ceremony where it does not hold.
    pub otherwise: &'static str,
    /// What it can come to.
    pub comes_to: &'static str,
    /// The worst of what it found.
    pub result: Outcome,
    /// What it found; never empty.
    pub findings: Vec<Finding>,
}

impl Check {
    /// Puts together what a check found.
    pub fn new(check: CheckId, mut findings: Vec<Finding>) -> Self {
        if findings.is_empty() {
            findings.push(Finding::pass("nothing to complain of"));
        }
        let result = findings.iter().map(|finding| finding.result).max().unwrap_or(Outcome::Pass);
        let Entry { id, title, looks_at, otherwise, comes_to, .. } = check.entry();
        Self { id, title, looks_at, otherwise, comes_to, result, findings }
    }
}

/// All checks of the catalogue, in its order.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The worst of all checks.
    pub result: Outcome,
    /// The exit code of this examination: that of the first check that failed, or 0.
    pub exit_code: u8,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Puts together all checks.
    pub fn new(checks: Vec<Check>) -> Self {
        let result =
            checks.iter().map(|check| check.result).max().unwrap_or(Outcome::Pass).max(Outcome::Pass);
        let mut report = Self { result, exit_code: 0, checks };
        report.exit_code = report.failure().map_or(0, |failure| failure.exit as u8);
        report
    }

    /// The names of the checks with a result.
    pub fn with(&self, result: Outcome) -> Vec<&'static str> {
        self.checks.iter().filter(|check| check.result == result).map(|check| check.id).collect()
    }

    /// What `coram doctor` ends with: the exit code and the code of the first check that failed.
    pub fn failure(&self) -> Option<Failure> {
        let first = self.checks.iter().flat_map(|check| &check.findings).find_map(|finding| {
            let (exit, code) = (finding.exit?, finding.error?);
            (finding.result == Outcome::Fail).then_some((exit, code))
        });
        let (exit, code) = first?;
        let what = format!("the ceremony would fail: {}", self.with(Outcome::Fail).join(", "));
        Some(
            Failure::new(exit, code, what).help("the report says what to do about each; then run this again"),
        )
    }
}
