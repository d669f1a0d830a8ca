//! The clauses by name and number.

use std::fmt;

/// A clause of the relation, in the order in which they are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clause {
    /// E1: `s` is a sum of signed odd digits, the top one positive and at least nine.
    Scalar,
    /// E2: `R = s*B`.
    Ephemeral,
    /// E3: `K[i] = s*ek[i]`.
    SharedSecrets,
    /// E4: `p0 = Poseidon_blinder(b, u(s*H))`.
    Blinder,
    /// E5: `p[i][j] = Poseidon_pad(ctx + i, u(K[i]))_j`.
    Pads,
    /// E6: `y = p0 + sum e^l p[l]`.
    MaskedSum,
}

impl Clause {
    /// All clauses in order.
    pub const ALL: [Self; 6] =
        [Self::Scalar, Self::Ephemeral, Self::SharedSecrets, Self::Blinder, Self::Pads, Self::MaskedSum];

    /// The number, from 1.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The name in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Ephemeral => "ephemeral",
            Self::SharedSecrets => "shared secrets",
            Self::Blinder => "blinder",
            Self::Pads => "pads",
            Self::MaskedSum => "masked sum",
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{} {}", self.number(), self.name())
    }
}
