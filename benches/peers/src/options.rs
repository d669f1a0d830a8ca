//! What the program is asked.

use clap::Parser;

use crate::scheme::{Failure, Kind, Shape};

/// Measures dealings of Coram and of its neighbours in one process, and prints them side by side.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Options {
    /// Numbers of operators, all of whom deal.
    #[arg(long, value_delimiter = ',', default_value = "4,10", value_parser = clap::value_parser!(u16).range(2..=255))]
    pub operators: Vec<u16>,

    /// A threshold for each number of operators. The default is what leaves a third without a say: 3 of 4, 7 of 10, 67 of 100.
    #[arg(long, value_delimiter = ',')]
    pub threshold: Vec<u16>,

    /// Keys that are dealt together. Schemes without batches make as many dealings.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub validators: u32,

    /// What to measure, in this order.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Kind::DEFAULT)]
    pub schemes: Vec<Kind>,

    /// Each figure is the median of at least so many calls, unless they take longer than --patience.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repetitions: u32,

    /// Seconds after which a call is not repeated any more.
    #[arg(long, default_value_t = 10.0)]
    pub patience: f64,

    /// Seconds that one scheme may take for one number of operators. What would take longer is measured at the largest number that
    /// fits.
    #[arg(long, default_value_t = 300.0)]
    pub bound: f64,

    /// Threads for all schemes. The default is one for each processor.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Leave out the peak of memory, which is taken in a process of its own for each row.
    #[arg(long)]
    pub no_memory: bool,

    /// Print values separated by commas instead of tables.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,

    /// Print JSON instead of tables.
    #[arg(long)]
    pub json: bool,

    /// Set up this scheme, deal once, verify that, and print the peak of memory: what the program runs for itself.
    #[arg(long, hide = true)]
    pub peak: Option<Kind>,
}

impl Options {
    /// How many threads every scheme computes on.
    pub fn threads(&self) -> usize {
        self.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
    }

    /// The numbers to measure at, fewest operators first.
    ///
    /// # Errors
    ///
    /// If there are not as many thresholds as numbers of operators, or one does not fit.
    pub fn shapes(&self) -> Result<Vec<Shape>, Failure> {
        if !self.threshold.is_empty() && self.threshold.len() != self.operators.len() {
            return Err("--threshold takes as many numbers as --operators".into());
        }
        let thresholds = self.threshold.iter().map(Some).chain(std::iter::repeat(None));
        let mut shapes = Vec::new();
        for (n, t) in self.operators.iter().zip(thresholds) {
            let shape = Shape::new(*n, t.copied(), self.validators);
            if !(1..=shape.n).contains(&shape.t) {
                return Err(format!("the threshold {} does not fit {n} operators", shape.t).into());
            }
            shapes.push(shape);
        }
        shapes.sort_unstable_by_key(|shape| (shape.n, shape.t));
        shapes.dedup();
        Ok(shapes)
    }
}
