//! The numbers that fix the layout of a proof.

use coram_circuits::r1cs::Matrices;

/// The layout of a proof, a function of the size of the constraint system alone.
///
/// The private assignment `w` is padded to `2^(row_bits + column_bits)` entries and written as a table, row by
/// row; each row gets one commitment. The full assignment is `z = (w || 1, public, 0, …)`, twice as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dimensions {
    /// Rounds of the first sumcheck: log2 of the number of constraints, rounded up.
    pub(super) constraint_bits: usize,
    /// log2 of the number of rows of the table of `w`.
    pub(super) row_bits: usize,
    /// log2 of the number of columns.
    pub(super) column_bits: usize,
}

/// Scalars committed in a round of the first sumcheck: the coefficients of X^0, X^2 and X^3.
pub(super) const CUBIC_SLOTS: usize = 3;
/// Scalars committed in a round of the second sumcheck: the coefficients of X^0 and X^2.
pub(super) const QUADRATIC_SLOTS: usize = 2;

impl Dimensions {
    /// The layout for a constraint system.
    ///
    /// Few rows make a short proof, many rows make a fast one: the rule, about eight times more columns than the square,
    /// was chosen by measurement. The slots of the round commitments must find room beside the columns, because
    /// the first round of the opening folds the former onto the latter.
    pub(super) fn of(matrices: &Matrices) -> Self {
        let constraint_bits = bits(matrices.constraints);
        let private_bits = bits(matrices.private.max(matrices.public + 1));
        let row_bits = private_bits.saturating_sub(5) / 2;
        let mut dimensions = Self { constraint_bits, row_bits, column_bits: private_bits - row_bits };
        while dimensions.slots() > dimensions.columns() {
            dimensions.column_bits += 1;
        }
        dimensions
    }

    pub(super) fn rows(self) -> usize {
        1 << self.row_bits
    }

    pub(super) fn columns(self) -> usize {
        1 << self.column_bits
    }

    /// log2 of the padded length of the private assignment.
    pub(super) fn private_bits(self) -> usize {
        self.row_bits + self.column_bits
    }

    /// Rounds of the second sumcheck: one more than [`Self::private_bits`], for the public half of `z`.
    pub(super) fn assignment_bits(self) -> usize {
        self.private_bits() + 1
    }

    /// Round commitments of both sumchecks.
    pub(super) fn rounds(self) -> usize {
        self.constraint_bits + self.assignment_bits()
    }

    /// Scalars committed by all rounds of both sumchecks together.
    pub(super) fn slots(self) -> usize {
        CUBIC_SLOTS * self.constraint_bits + QUADRATIC_SLOTS * self.assignment_bits()
    }

    /// Rounds of the opening: one folds the slots onto the columns, the others halve.
    pub(super) fn opening_rounds(self) -> usize {
        self.column_bits + 1
    }
}

/// The smallest `b >= 1` with `2^b >= len`.
fn bits(len: usize) -> usize {
    (len.max(2).next_power_of_two()).ilog2() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_round_up() {
        assert_eq!([1, 2, 3, 4, 5, 8192, 8193].map(bits), [1, 1, 2, 2, 3, 13, 14]);
    }
}
