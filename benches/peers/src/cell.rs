//! The figures of one scheme at one size.

use std::time::Instant;

use rayon::ThreadPool;
use serde::Serialize;

use crate::{
    clock::{Summary, Time, timed},
    options::Options,
    scheme::{Failure, Kind, Shape, Sharing},
};

/// Calls that end at once are repeated for so many seconds.
const BRIEFLY: f64 = 0.2;

/// What one scheme costs at one size.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// What is done once for all dealings.
    pub setup: Time,
    /// One dealing.
    pub deal: Summary,
    /// Verifying one dealing by itself, from bytes.
    pub verify: Summary,
    /// Verifying the dealings of all `n` together, from bytes.
    pub verify_all: Summary,
    /// Bytes of a dealing.
    pub bytes: usize,
}

/// Sets a scheme up and measures it: the dealings of all, their verification, and that both do what they should.
///
/// # Errors
///
/// If anything fails or is accepted that must not be.
pub fn measure(
    kind: Kind,
    shape: Shape,
    options: &Options,
    threads: &ThreadPool,
) -> Result<Figures, Failure> {
    threads.install(|| {
        let (scheme, setup) = kind.set_up(shape, options.threads())?;
        let (dealings, deal) = deal_all(&*scheme, shape, options)?;
        let first = dealings.first().ok_or("nobody has dealt")?.1.clone();
        let alone = scheme.deal_alone(&seed(1, 0))?.unwrap_or_else(|| first.clone());
        let verify = repeat(options, Vec::new(), |_| scheme.verify(&alone))?;
        let verify_all = repeat(options, Vec::new(), |_| scheme.verify_all(&dealings))?;
        scheme.check(&dealings, &alone)?;
        Ok(Figures { setup, deal, verify, verify_all, bytes: first.len() })
    })
}

/// One call of each instead of many: to know what to expect of larger sizes.
///
/// # Errors
///
/// As [`measure`].
pub fn look(kind: Kind, shape: Shape, options: &Options, threads: &ThreadPool) -> Result<Figures, Failure> {
    threads.install(|| {
        let (scheme, setup) = kind.set_up(shape, options.threads())?;
        let (dealing, deal) = timed(|| scheme.deal(1, &seed(1, 0)));
        let dealing = dealing?;
        let alone = scheme.deal_alone(&seed(1, 0))?.unwrap_or_else(|| dealing.clone());
        let (verified, verify) = timed(|| scheme.verify(&alone));
        verified?;
        let all = Time { wall: verify.wall * f64::from(shape.n), cpu: verify.cpu * f64::from(shape.n) };
        Ok(Figures {
            setup,
            deal: Summary::new(&[deal]),
            verify: Summary::new(&[verify]),
            verify_all: Summary::new(&[all]),
            bytes: dealing.len(),
        })
    })
}

/// Dealings with the numbers of their dealers.
type Dealings = Vec<(u16, Vec<u8>)>;

/// A dealing of each; if that makes too few, more of dealer 1.
fn deal_all(scheme: &dyn Sharing, shape: Shape, options: &Options) -> Result<(Dealings, Summary), Failure> {
    let (mut dealings, mut times) = (Vec::new(), Vec::new());
    for dealer in 1..=shape.n {
        let (dealing, time) = timed(|| scheme.deal(dealer, &seed(dealer, 0)));
        dealings.push((dealer, dealing?));
        times.push(time);
    }
    let summary = repeat(options, times, |run| scheme.deal(1, &seed(1, run as u64)).map(drop))?;
    Ok((dealings, summary))
}

/// Calls `f` with numbers from the first that `times` does not have, until there are enough times.
fn repeat(
    options: &Options,
    mut times: Vec<Time>,
    mut f: impl FnMut(usize) -> Result<(), Failure>,
) -> Result<Summary, Failure> {
    let started = Instant::now();
    let before: f64 = times.iter().map(|time| time.wall).sum();
    loop {
        let elapsed = before + started.elapsed().as_secs_f64();
        let enough = times.len() >= options.repetitions as usize && elapsed > BRIEFLY;
        if !times.is_empty() && (enough || elapsed > options.patience) {
            return Ok(Summary::new(&times));
        }
        let (outcome, time) = timed(|| f(times.len()));
        outcome?;
        times.push(time);
    }
}

/// The seed of a dealing.
pub fn seed(dealer: u16, run: u64) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..2].copy_from_slice(&dealer.to_le_bytes());
    seed[2..10].copy_from_slice(&run.to_le_bytes());
    seed
}
