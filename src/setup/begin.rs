//! The beginning of a phase: powers of one, or the key that follows from powers.

use std::path::Path;

use coram_proofs::setup::{Draft, Powers, SetupError, Shape};

use super::cache::Cache;
use super::contributors::check_signatures;
use super::file::{Place, Source};
use super::progress::Gauge;
use super::strings::{Kind, circuit, read_powers, write_key};
use crate::failure::{Exit, Failure};
use crate::printer::{notice, result};

/// What is to begin.
pub struct Begin<'a> {
    /// A file that does not exist yet.
    pub file: &'a Path,
    /// Operators of the cluster, `n`.
    pub operators: u16,
    /// Validators of a chunk, `k`.
    pub validators: u32,
    /// Binary logarithm of the number of powers, where more are wanted than the shape needs.
    pub size: Option<u8>,
    /// The finished powers, for the second phase.
    pub powers: Option<&'a Path>,
    /// Where finished parts of it are kept; beside the file if none is named.
    pub cache: Option<&'a Path>,
}

/// Begins a phase, and prints the file.
///
/// # Errors
///
/// A shape that does not exist, and what is wrong with the powers.
pub fn run(begin: &Begin<'_>) -> Result<(), Failure> {
    let shape = Shape::new(begin.operators, begin.validators).map_err(asked_for)?;
    let place = Place::unused(begin.file)?;
    match begin.powers {
        None => begin_powers(shape, begin.size, place)?,
        Some(powers) => begin_key(shape, powers, Cache::new(begin.file, begin.cache)?, place)?,
    }
    notice("now every operator contributes, one after another: coram setup contribute");
    result(&format!("{}\n", begin.file.display()))
}

/// What is wrong with the numbers on the command line.
fn asked_for(error: SetupError) -> Failure {
    Failure::from(error).exit(Exit::Usage)
}

fn begin_powers(shape: Shape, size: Option<u8>, place: Place) -> Result<(), Failure> {
    let (needed, log) = (shape.domain_log(), size.unwrap_or(shape.domain_log()));
    if log < needed {
        let what = format!("--size {log} is too small: {shape} need 2^{needed} powers");
        return Err(
            Failure::new(Exit::Usage, "setup.shape", what).help("leave --size out, or give a larger one")
        );
    }
    let powers = Powers::start(log).map_err(asked_for)?;
    notice(&format!("2^{log} powers; {shape} need 2^{needed}"));
    place.write(|file| Ok(powers.write(file, &|_| {})?))
}

fn begin_key(shape: Shape, powers: &Path, cache: Cache, place: Place) -> Result<(), Failure> {
    let gauge = Gauge::new();
    let observer = |progress| gauge.show(progress);
    let mut source = Source::open(powers)?;
    if Kind::of(&mut source)? != Kind::Powers {
        let what = format!("{} are no powers", powers.display());
        return Err(
            Failure::new(Exit::Usage, "setup.not-powers", what).help("name the file of the first phase")
        );
    }
    let powers = read_powers(&mut source, &observer)?;
    check_signatures(&powers.contributions()).map_err(|failure| source.wrong(failure))?;
    let key = Draft::start_with(&powers, &circuit(shape)?, &cache, &observer);
    let key = key.map_err(|error| source.wrong(error))?;
    place.write(|file| Ok(write_key(&key, file, &observer)?))?;
    cache.clear();
    Ok(())
}
