//! What can be wrong with a setup.

use super::phase::{Phase, Step};
use crate::error::ProofError;

/// Why a setup, or a part of it, was refused. Contributions count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The numbers of a shape are outside their limits.
    #[error("there is no circuit for {recipients} recipients with {validators} validators a chunk")]
    Shape {
        /// Recipients of a dealing.
        recipients: u16,
        /// Validators of a chunk.
        validators: u32,
    },
    /// Powers of this size are not made.
    #[error("powers of size 2^{log} are not supported: 2^{} to 2^{} are", super::MIN_LOG, super::MAX_LOG)]
    Size {
        /// Binary logarithm of the size.
        log: u8,
    },
    /// The powers are for smaller circuits.
    #[error("powers of size 2^{powers} do not reach: the circuit needs 2^{circuit}")]
    PowersTooSmall {
        /// Binary logarithm of the size of the powers.
        powers: u8,
        /// Binary logarithm of the domain of the circuit.
        circuit: u8,
    },
    /// A string belongs to another shape or circuit than the one that it is checked against.
    #[error("this is not a reference string for that circuit: {problem}")]
    Circuit {
        /// What differs.
        problem: &'static str,
    },
    /// A phase has more contributions than are read.
    #[error("the {phase} have {found} contributions; at most {} are allowed", super::MAX_CONTRIBUTIONS)]
    TooMany {
        /// The phase.
        phase: Phase,
        /// Contributions found.
        found: usize,
    },
    /// Nobody contributed: the secret of the phase is known to everybody.
    #[error("nobody contributed to the {phase}")]
    NoContribution {
        /// The phase.
        phase: Phase,
    },
    /// A step of a contribution is not what it has to be.
    #[error("contribution {contribution} to the {phase}, {step}: {problem}")]
    Step {
        /// The phase.
        phase: Phase,
        /// The contribution, from 1.
        contribution: usize,
        /// The step.
        step: Step,
        /// What is wrong with it.
        problem: StepProblem,
    },
    /// A contribution stands after a beacon.
    #[error("contribution {contribution} to the {phase} follows a beacon, which is the last of its phase")]
    AfterBeacon {
        /// The phase.
        phase: Phase,
        /// The contribution, from 1.
        contribution: usize,
    },
    /// The value of a beacon is too long, or its number of iterations too large.
    #[error(
        "the beacon of the {phase} has a value of {length} bytes and 2^{iterations_log} iterations; at most {} and 2^{} are allowed",
        super::MAX_BEACON_LEN,
        super::MAX_ITERATIONS_LOG
    )]
    Beacon {
        /// The phase.
        phase: Phase,
        /// Bytes of the value.
        length: usize,
        /// Binary logarithm of the number of iterations.
        iterations_log: u8,
    },
    /// Bytes are not a verifying key.
    #[error("the verifying key of the setup cannot be used: {problem}")]
    VerifyingKey {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The second phase was skipped: whoever knows how the powers were made could prove anything.
    #[error("delta is gamma: the second phase was skipped")]
    DeltaIsGamma,
    /// An element of the key is not the one that the contributions end with.
    #[error("{element} of the key is not what the contributions end with")]
    Head {
        /// The element.
        element: Head,
    },
    /// The powers are not those of one number.
    #[error("the powers are not consistent: {family}")]
    Powers {
        /// The list that is wrong.
        family: Family,
    },
    /// A part of the key does not follow from powers and circuit.
    #[error("the key does not follow from powers and circuit: {query}")]
    Query {
        /// The part that is wrong.
        query: Query,
    },
    /// A file begins otherwise.
    #[error("this is not a file with {expected}, or one of another version")]
    Magic {
        /// What the file should hold.
        expected: &'static str,
    },
    /// A file or a record is not encoded as it has to be.
    #[error("{part} is not encoded as it has to be")]
    Encoding {
        /// The part.
        part: &'static str,
    },
    /// Bytes are not a point of their group.
    #[error("element {index} of {part} is not a point of its group")]
    Point {
        /// The part.
        part: &'static str,
        /// Place in it, from 0.
        index: usize,
    },
    /// A file ends too early.
    #[error("the file ends within {part}")]
    Truncated {
        /// The part.
        part: &'static str,
    },
    /// A file goes on after its end.
    #[error("the file is longer than it has to be")]
    TooLong,
    /// Reading or writing failed.
    #[error("reading or writing failed: {0}")]
    Io(std::io::ErrorKind),
}

/// What is wrong with a step of a contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepProblem {
    /// An element is not a point of its group.
    #[error("{0} is not a point of its group")]
    NotAPoint(Element),
    /// An element is the identity.
    #[error("{0} is the identity")]
    Identity(Element),
    /// The secret is one: nothing was contributed.
    #[error("its secret is one, which contributes nothing")]
    One,
    /// The same secret was contributed before.
    #[error("it repeats a secret of contribution {0}")]
    Repeats(usize),
    /// The proof of knowledge does not hold.
    #[error("knowledge of its secret is not proved")]
    NotProved,
    /// The secret was not applied to what was there before.
    #[error("its secret was not applied to what was there")]
    NotApplied,
    /// The secret is not the one that follows from the beacon.
    #[error("its secret does not follow from the beacon")]
    NotFromBeacon,
}

/// An element of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// What there is after the step.
    After,
    /// The multiple of the generator.
    Own,
    /// The proof of knowledge.
    Proof,
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::After => "`after`",
            Self::Own => "`own`",
            Self::Proof => "`proof`",
        })
    }
}

/// An element in which a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// `tau·G1`.
    Tau,
    /// `alpha·G1`.
    Alpha,
    /// `beta·G1` or `beta·G2`.
    Beta,
    /// `delta·G1` or `delta·G2`.
    Delta,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tau => "tau",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Delta => "delta",
        })
    }
}

/// A list of powers of the first phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `tau^i·G1`.
    TauG1,
    /// `tau^i·G2`.
    TauG2,
    /// `alpha tau^i·G1`.
    AlphaG1,
    /// `beta tau^i·G1`.
    BetaG1,
    /// `beta·G2`.
    BetaG2,
}

impl std::fmt::Display for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TauG1 => "tau^i G1",
            Self::TauG2 => "tau^i G2",
            Self::AlphaG1 => "alpha tau^i G1",
            Self::BetaG1 => "beta tau^i G1",
            Self::BetaG2 => "beta G2",
        })
    }
}

/// A list of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    /// `a_j(tau)·G1`, for every variable.
    A,
    /// `b_j(tau)·G1`, for every variable.
    B1,
    /// `b_j(tau)·G2`, for every variable.
    B2,
    /// `(beta a_j + alpha b_j + c_j)(tau)/delta·G1`, for every private variable.
    L,
    /// `tau^i Z(tau)/delta·G1`.
    H,
    /// `(beta a_j + alpha b_j + c_j)(tau)·G1`, for the constant one and every public input.
    Inputs,
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::A => "query A",
            Self::B1 => "query B in G1",
            Self::B2 => "query B in G2",
            Self::L => "query L",
            Self::H => "query H",
            Self::Inputs => "the elements of the public inputs",
        })
    }
}

impl From<ProofError> for SetupError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::VerifyingKey { problem } => Self::VerifyingKey { problem },
            _ => Self::VerifyingKey { problem: "it does not decode" },
        }
    }
}
