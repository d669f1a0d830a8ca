//! A cell, measured in this process.

use std::time::{Duration, Instant};

use super::cell::{Cell, Measured};
use super::scheme::{self, Prepared, failed};
use super::transcript;
use crate::bench::machine::{self, Time, median, timed};
use crate::bench::memory;
use crate::failure::Failure;
use crate::printer::notice;

/// What takes less is repeated for as long.
const SHORT: Duration = Duration::from_millis(200);
/// What has taken longer is not repeated any more.
const LONG: Duration = Duration::from_secs(10);
/// No step is taken more often.
const MOST_RUNS: usize = 50;
/// How often something is said while many dealings are made.
const SILENCE: Duration = Duration::from_secs(10);

/// Measures a cell; every step at least `runs` times, unless that would take long.
pub fn measure(cell: &Cell, runs: usize) -> Result<Measured, Failure> {
    let prepared = scheme::prepare(cell)?;
    let unit = machine::unit()?;
    memory::forget_peak();
    let (scheme, build) = timed(|| scheme::build(cell, &prepared))?;

    let (mut dealings, mut times) = (Vec::new(), Vec::new());
    let mut said = Instant::now();
    for dealer in 1..=cell.operators {
        let (dealing, time) =
            timed(|| scheme.deal(dealer, &[dealer as u8; 32]).map_err(|error| failed(&error)))?;
        dealings.push((dealer, dealing));
        times.push(time);
        if said.elapsed() > SILENCE {
            notice(&format!("  dealt {dealer} of {}", cell.operators));
            said = Instant::now();
        }
    }
    let peak_deal = memory::peak();
    let dealing = dealings.first().map(|(_, dealing)| dealing.as_slice()).unwrap_or_default();

    let verify_one = repeated(runs, || scheme.verify(1, dealing).map_err(|error| failed(&error)))?;
    memory::forget_peak();
    let verify_all = repeated(runs, || scheme.verify_all(&dealings).map_err(|error| failed(&error)))?;
    let peak_verify = memory::peak();
    let decrypt = repeated(runs, || scheme.decrypt(1, 1, dealing).map_err(|error| failed(&error)))?;
    let combine = scheme.combination(&dealings).map_err(|error| failed(&error))?;
    let combine = combine.map(|combine| repeated(runs, || combine().map_err(|error| failed(&error))));
    Ok(Measured {
        proofs: match prepared {
            Prepared::Coram { proofs, .. } => Some(proofs),
            Prepared::Groth21 | Prepared::Feldman => None,
        },
        constraints: scheme.constraints(),
        dealing_bytes: dealing.len(),
        transcript_bytes: transcript::bytes(cell, dealing.len()),
        unit,
        build,
        deal: median(&times),
        verify_one,
        verify_all,
        decrypt,
        keys: combine.transpose()?,
        peak_deal,
        peak_verify,
    })
}

/// The median of several runs.
fn repeated<T>(runs: usize, mut work: impl FnMut() -> Result<T, Failure>) -> Result<Time, Failure> {
    let started = Instant::now();
    let mut times = vec![timed(&mut work)?.1];
    let needs_more = |times: &[Time]| match times.len() {
        MOST_RUNS.. => false,
        done if done < runs => started.elapsed() < LONG,
        _ => started.elapsed() < SHORT,
    };
    while needs_more(&times) {
        times.push(timed(&mut work)?.1);
    }
    Ok(median(&times))
}
