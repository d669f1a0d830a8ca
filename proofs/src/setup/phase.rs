//! The two phases of a setup, and the steps of a contribution to each.

/// A phase of a setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The first: powers of tau, for any circuit up to a size.
    Powers,
    /// The second: the key of one circuit.
    Key,
}

impl Phase {
    /// The number that stands in hashes.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Powers => 1,
            Self::Key => 2,
        }
    }

    /// The secrets that a contribution multiplies, in order.
    pub(super) fn steps(self) -> &'static [Step] {
        match self {
            Self::Powers => &[Step::Tau, Step::Alpha, Step::Beta],
            Self::Key => &[Step::Delta],
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Powers => "powers",
            Self::Key => "key's elements",
        })
    }
}

/// A step of a contribution: the multiplication of one secret of the setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// `tau`, of the first phase.
    Tau,
    /// `alpha`, of the first phase.
    Alpha,
    /// `beta`, of the first phase.
    Beta,
    /// `delta`, of the second phase.
    Delta,
}

impl Step {
    /// The name that stands in hashes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tau => "tau",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Delta => "delta",
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "step {}", self.name())
    }
}
