//! Outcomes and verdicts as words, signs and colours: nobody has to tell colours apart.

use coram_ceremony::verify::{Outcome, Report, Verdict};
use maud::{Markup, html};

/// How something is shown. Each has a word of its own beside it, a sign, and a colour of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It holds.
    Good,
    /// It does not hold.
    Bad,
    /// It is open.
    Open,
    /// It does not hold, and somebody accepts that.
    Accepted,
    /// There is nothing to say.
    None,
}

impl Tone {
    /// Of a verdict. One that rests on something accepted is not that of a lock with nothing to accept.
    pub fn of_report(report: &Report) -> Self {
        match report.verdict {
            Verdict::Valid if report.accepted.is_empty() => Self::Good,
            Verdict::Valid => Self::Accepted,
            Verdict::Invalid => Self::Bad,
            Verdict::Indeterminate => Self::Open,
        }
    }

    /// Of a check.
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Good,
            Outcome::Failed => Self::Bad,
            Outcome::Undecided => Self::Open,
            Outcome::NotApplicable => Self::None,
            Outcome::Accepted => Self::Accepted,
        }
    }

    /// Its class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::None => "none",
        }
    }

    /// What its sign is drawn with, on 16 by 16.
    pub const fn stroke(self) -> &'static str {
        match self {
            Self::Good => "M3.5 8.5 6.7 11.7 12.5 4.8",
            Self::Bad => "M4.2 4.2 11.8 11.8M11.8 4.2 4.2 11.8",
            Self::Open => "M5.4 5.8C5.4 4.2 6.5 3.2 8 3.2S10.6 4.2 10.6 5.6C10.6 7.6 8 7.6 8 9.6M8 12.2V12.8",
            Self::Accepted => "M8 3.2V9.4M8 12.2V12.8",
            Self::None => "M4.2 8H11.8",
        }
    }

    /// Its sign. A word stands beside it, so that nobody needs it read out.
    pub fn sign(self) -> Markup {
        html! {
            svg.sign viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
                path d=(self.stroke()) fill="none" stroke="currentColor" stroke-width="2"
                    stroke-linecap="round" stroke-linejoin="round" {}
            }
        }
    }

    /// Its sign with a word.
    pub fn tag(self, word: &str) -> Markup {
        html! { span class={ "tag " (self.class()) } { (self.sign()) " " (word) } }
    }
}

/// The word for what became of a check.
pub const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Undecided => "undecided",
        Outcome::NotApplicable => "not applicable",
        Outcome::Accepted => "accepted",
    }
}
