//! The end of a setup: the key becomes a reference string, which nobody can contribute to.

use std::path::Path;

use super::contributors::{check_signatures, hex0x};
use super::file::{Place, Source};
use super::progress::Gauge;
use super::strings::{Kind, circuit, read_draft};
use crate::failure::{Exit, Failure};
use crate::printer::{notice, result};

/// Verifies a key, writes the reference string, and prints its digest.
///
/// # Errors
///
/// What is wrong with the key.
pub fn run(file: &Path, output: &Path) -> Result<(), Failure> {
    let place = Place::unused(output)?;
    let gauge = Gauge::new();
    let observer = |progress| gauge.show(progress);
    let mut source = Source::open(file)?;
    match Kind::of(&mut source)? {
        Kind::Key => {}
        Kind::Powers => {
            let what = format!("{} has powers only: the second phase is missing", file.display());
            return Err(Failure::new(Exit::Refused, "setup.unfinished", what).help(
                "begin the key with `coram setup new --powers`, and let every operator contribute to it",
            ));
        }
        Kind::Reference => {
            let what = format!("{} is finished already", file.display());
            return Err(Failure::new(Exit::Refused, "setup.finished", what).help("use it as it is"));
        }
    }
    let key = read_draft(&mut source, &observer)?;
    let finish = || {
        check_signatures(&key.contributions())?;
        Ok::<_, Failure>(key.record().verify(circuit(key.shape())?.digest())?)
    };
    let setup = finish().map_err(|failure| source.wrong(failure))?;
    place.write(|file| Ok(key.write(file, &observer)?))?;
    drop(gauge);
    notice(&format!(
        "{} is finished, for {}: compare its digest with the other operators",
        output.display(),
        setup.shape()
    ));
    result(&format!("{}\n", hex0x(&setup.digest())))
}
