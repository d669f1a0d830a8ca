//! How costs grow: exponents over `n` and over `m`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Cell, Method, Record};

/// Shorter times, in seconds, are noise.
const LEAST: f64 = 1e-4;

/// What a quantity grows over, with all else the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Over {
    /// Operators; the threshold grows along.
    #[serde(rename = "n")]
    Operators,
    /// Validators.
    #[serde(rename = "m")]
    Validators,
}

impl Over {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Operators, Self::Validators];

    /// As it stands in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operators => "n",
            Self::Validators => "m",
        }
    }

    /// The other.
    pub fn other(self) -> Self {
        match self {
            Self::Operators => Self::Validators,
            Self::Validators => Self::Operators,
        }
    }

    /// The number itself.
    pub fn of(self, cell: &Cell) -> u32 {
        match self {
            Self::Operators => cell.operators.into(),
            Self::Validators => cell.validators,
        }
    }
}

/// The measured cells of a method along one direction, by what changes. Of several thresholds for the same numbers, the first counts.
pub fn lines(records: &[Record], over: Over) -> BTreeMap<(u32, Method), BTreeMap<u32, &Record>> {
    let mut lines: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for record in records.iter().filter(|record| record.measured().is_some()) {
        let line = lines.entry((over.other().of(&record.cell), record.cell.method)).or_default();
        line.entry(over.of(&record.cell)).or_insert(record);
    }
    lines
}

/// The exponent of a quantity: `e` in `c x^e`, by least squares in logarithms.
#[derive(Clone, Debug, Serialize)]
pub struct Growth {
    /// What deals.
    #[serde(flatten)]
    pub method: Method,
    /// What changes.
    pub over: Over,
    /// What the other number is.
    pub other: u32,
    /// From where to where.
    pub range: (u32, u32),
    /// Cells.
    pub points: usize,
    /// Processor time of the steps, and sizes, by their names in files.
    pub exponents: BTreeMap<&'static str, f64>,
}

/// All exponents for which there are two cells at least.
pub fn growth(records: &[Record]) -> Vec<Growth> {
    Over::ALL.into_iter().flat_map(|over| along(records, over)).collect()
}

fn along(records: &[Record], over: Over) -> Vec<Growth> {
    let lines = lines(records, over);
    let grows = lines.into_iter().filter_map(|((other, method), line)| {
        let range = (*line.keys().next()?, *line.keys().last()?);
        let mut points: BTreeMap<&'static str, Vec<(f64, f64)>> = BTreeMap::new();
        for (x, record) in &line {
            let measured = record.measured()?;
            let times = measured.times().into_iter().filter_map(|(name, time)| Some((name, time?.cpu)));
            let times = times.filter(|(_, seconds)| *seconds >= LEAST);
            let sizes = measured.sizes().map(|(name, bytes)| (name, bytes as f64));
            for (name, y) in times.chain(sizes) {
                points.entry(name).or_default().push((f64::from(*x), y));
            }
        }
        let exponents = points
            .into_iter()
            .filter(|(_, points)| points.len() == line.len())
            .filter_map(|(name, points)| Some((name, exponent(&points)?)))
            .collect();
        (line.len() > 1).then_some(Growth { method, over, other, range, points: line.len(), exponents })
    });
    grows.collect()
}

/// The slope of the line through the logarithms.
fn exponent(points: &[(f64, f64)]) -> Option<f64> {
    let logs: Vec<(f64, f64)> =
        points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let (covariance, variance) = logs.iter().fold((0.0, 0.0), |(covariance, variance), point| {
        (covariance + (point.0 - x) * (point.1 - y), variance + (point.0 - x).powi(2))
    });
    (variance > 0.0).then(|| covariance / variance)
}

#[cfg(test)]
mod tests {
    use super::exponent;

    #[test]
    fn exponents_are_those_of_the_powers() {
        let powers = [1.0_f64, 4.0, 7.0, 100.0].map(|x| (x, 3.0 * x.powf(1.5)));
        assert!(exponent(&powers).is_some_and(|found| (found - 1.5).abs() < 1e-9));
        assert!(exponent(&powers[..1]).is_none());
    }
}
