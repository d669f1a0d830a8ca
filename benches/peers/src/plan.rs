//! Which sizes are measured, and in which order.

use rayon::{ThreadPool, ThreadPoolBuilder};
use serde::Serialize;

use crate::{
    cell::{self, Figures},
    clock::median,
    machine,
    options::Options,
    peak,
    scheme::{Failure, Kind, Shape},
};

/// Where a first look is taken if nothing smaller is asked for.
const SMALL: u16 = 4;

/// Instead of a size that would take too long, the largest that fits is measured if it is larger by this factor than the last.
const WORTH_IT: f64 = 2.5;

/// All rows of the tables.
#[derive(Debug, Serialize)]
pub struct Results {
    /// One for each scheme and size, in the order in which they were measured.
    pub rows: Vec<Row>,
    /// Seconds of processor time of one multiplication of a point of G1 by `blst`: the median, the least, the most.
    pub unit: [f64; 3],
}

/// One scheme at one size.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The scheme.
    #[serde(serialize_with = "name")]
    pub kind: Kind,
    /// The size.
    pub shape: Shape,
    /// What it costs; or why that is not known.
    pub outcome: Result<Figures, String>,
    /// The most memory that a process had which set it up, dealt once, and verified that: MiB.
    pub peak: Option<u64>,
    /// Why the size is not one that was asked for.
    pub instead: Option<String>,
}

fn name<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

/// A run of the program.
pub struct Run<'a> {
    options: &'a Options,
    shapes: Vec<Shape>,
    threads: ThreadPool,
    units: Vec<f64>,
    rows: Vec<Row>,
}

impl<'a> Run<'a> {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// If the options do not fit each other.
    pub fn new(options: &'a Options) -> Result<Self, Failure> {
        let threads = ThreadPoolBuilder::new().num_threads(options.threads()).build()?;
        Ok(Self { options, shapes: options.shapes()?, threads, units: Vec::new(), rows: Vec::new() })
    }

    /// Measures one scheme after the other, each from the smallest size to the largest; then memory.
    pub fn measure(mut self) -> Results {
        for kind in &self.options.schemes {
            self.scheme(*kind);
        }
        if !self.options.no_memory {
            for row in self.rows.iter_mut().filter(|row| row.outcome.is_ok()) {
                eprintln!("{}, {}: memory", row.kind.name(), row.shape);
                match peak::of(row.kind, row.shape, self.options) {
                    Ok(peak) => row.peak = Some(peak),
                    Err(error) => eprintln!("  failed: {error}"),
                }
            }
        }
        self.units.sort_unstable_by(f64::total_cmp);
        let [least, most] =
            [self.units.first(), self.units.last()].map(|unit| unit.copied().unwrap_or_default());
        Results { rows: self.rows, unit: [median(&self.units), least, most] }
    }

    fn scheme(&mut self, kind: Kind) {
        let mut known: Option<(u16, Figures)> = None;
        for shape in self.shapes.clone() {
            if known.is_none() && shape.n > SMALL {
                let small = Shape::new(SMALL, None, shape.m);
                eprintln!("{}: a first look at {small}", kind.name());
                known =
                    cell::look(kind, small, self.options, &self.threads).ok().map(|figures| (SMALL, figures));
            }
            let expected = known.as_ref().map_or(0.0, |known| expected(known, shape.n));
            if expected <= self.options.bound {
                if let Some(figures) = self.cell(kind, shape, None) {
                    known = Some((shape.n, figures));
                }
                continue;
            }
            let Some((n, figures)) = self.fitting(kind, shape, expected, known.as_ref()) else { continue };
            known = Some((n, figures));
        }
    }

    /// Measures at the largest size that fits instead, if it is not about the last that was measured; or says why not.
    fn fitting(
        &mut self,
        kind: Kind,
        asked: Shape,
        expected_of_asked: f64,
        known: Option<&(u16, Figures)>,
    ) -> Option<(u16, Figures)> {
        let known = known?;
        let why = format!(
            "{asked} would take about {expected_of_asked:.0} s, and the bound is {:.0} s",
            self.options.bound
        );
        let fits = (known.0..asked.n).rev().find(|n| expected(known, *n) <= self.options.bound)?;
        if f64::from(fits) < WORTH_IT * f64::from(known.0) {
            let why = format!("{why}; up to n = {fits} would fit, and n = {} was measured", known.0);
            eprintln!("{}: {why}", kind.name());
            self.rows.push(Row { kind, shape: asked, outcome: Err(why), peak: None, instead: None });
            return None;
        }
        // The same part of the operators.
        let t = (u32::from(asked.t) * u32::from(fits)).div_ceil(asked.n.into()) as u16;
        let shape = Shape { n: fits, t, m: asked.m };
        self.cell(kind, shape, Some(why)).map(|figures| (fits, figures))
    }

    fn cell(&mut self, kind: Kind, shape: Shape, instead: Option<String>) -> Option<Figures> {
        eprintln!("{}, {shape}", kind.name());
        self.units.push(machine::unit());
        let outcome =
            cell::measure(kind, shape, self.options, &self.threads).map_err(|error| error.to_string());
        match &outcome {
            Ok(figures) => eprintln!(
                "  wall seconds: set up {:.3}, deal {:.4}, verify one {:.4}, verify all {:.4}; {} bytes",
                figures.setup.wall,
                figures.deal.wall,
                figures.verify.wall,
                figures.verify_all.wall,
                figures.bytes
            ),
            Err(error) => eprintln!("  failed: {error}"),
        }
        let figures = outcome.as_ref().ok().cloned();
        self.rows.push(Row { kind, shape, outcome, peak: None, instead });
        figures
    }
}

/// Seconds that a size should take, judged by a smaller one: dealing and verifying one grow as n, and there are n dealings. Only for
/// the choice of what to measure.
fn expected((n, figures): &(u16, Figures), at: u16) -> f64 {
    let growth = f64::from(at) / f64::from(*n);
    let all = f64::from(at) * figures.deal.wall + 3.0 * growth * figures.verify_all.wall;
    growth * (figures.setup.wall + figures.verify.wall + all)
}
