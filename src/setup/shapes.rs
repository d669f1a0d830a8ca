//! Which shapes there are, and how large the files are.

use std::ops::RangeInclusive;

use coram_proofs::setup::{Powers, Reference, Shape};
use serde::Serialize;

use super::judge::ShapeReport;

/// Binary logarithms of the sizes that are shown.
const LOGS: RangeInclusive<u8> = 12..=17;

/// The largest shape for a number of operators and a size of powers.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The shape; its domain may be smaller than the powers.
    #[serde(flatten)]
    pub shape: ShapeReport,
    /// Bytes of the powers, with a contribution of every operator.
    pub powers_bytes: usize,
    /// Bytes of the reference string, with a contribution of every operator to each phase.
    pub reference_bytes: usize,
}

/// For each number of operators, the largest shapes that just fit their powers.
pub fn table(operators: &[u16]) -> Vec<Row> {
    let row = |operators: u16, log: u8| {
        let shape = Shape::fitting(operators, log).filter(|shape| shape.domain_log() == log)?;
        let contributions = usize::from(operators);
        Some(Row {
            shape: shape.into(),
            powers_bytes: Powers::len_of(log, contributions),
            reference_bytes: Reference::len_of(shape, contributions, contributions),
        })
    };
    operators.iter().flat_map(|operators| LOGS.filter_map(move |log| row(*operators, log))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_fill_their_powers() {
        for row in table(&[4, 10]) {
            let ShapeReport { operators, validators, log, .. } = row.shape;
            let next = Shape::new(operators, validators + 1).unwrap();
            assert!(next.domain_log() > log, "{operators} operators, {validators} validators");
        }
    }
}
