//! Contributing to a phase: check all that is there, multiply secrets onto it, sign, replace the file.

use std::io::Write;
use std::path::Path;

use coram_cluster::identity::IdentityKey;
use coram_proofs::setup::{Contribution, Draft, Observer, Phase, Powers, SetupError};

use super::contributors::{check_signatures, hex0x, short, signed};
use super::file::{Place, Source};
use super::progress::Gauge;
use super::strings::{Kind, read_draft, read_powers, write_key};
use crate::cli::secret::random;
use crate::failure::{Exit, Failure};
use crate::printer::{notice, result};

/// Who contributes, or what.
pub enum By {
    /// Nobody says who.
    Nobody,
    /// The holder of a key.
    Identity(Box<IdentityKey>),
    /// Public randomness.
    Beacon {
        /// The value as it was published.
        value: Vec<u8>,
        /// It is hashed 2^k times.
        iterations_log: u8,
    },
}

/// Contributes to the powers or the key in a file, and prints the id of the contribution.
///
/// # Errors
///
/// What is wrong with the file; it stays as it is then.
pub fn run(file: &Path, output: Option<&Path>, by: &By) -> Result<(), Failure> {
    let place = Place::new(file, output)?;
    let mut source = Source::open(file)?;
    match Kind::of(&mut source)? {
        Kind::Powers => contribute::<Powers>(source, place, by),
        Kind::Key => contribute::<Draft>(source, place, by),
        Kind::Reference => {
            let what = format!("{} is finished, and takes no more contributions", file.display());
            Err(Failure::new(Exit::Refused, "setup.finished", what).help(
                "contribute to the key that it was made of, or begin another with `coram setup new --powers`",
            ))
        }
    }
}

fn contribute<T: Contributable>(mut source: Source, place: Place, by: &By) -> Result<(), Failure> {
    let gauge = Gauge::new();
    let observer: Observer<'_> = &|progress| gauge.show(progress);
    let before = T::read_verified(&mut source, observer)?;
    check_signatures(&before.contributions())?;
    before.warn_of_second(by);
    let after = before.contribute(by, observer)?;
    let last = after.contributions().into_iter().rfind(|last| last.phase == T::PHASE);
    let path = place.path().to_owned();
    place.write(|file| Ok(after.write(file, observer)?))?;
    drop(gauge);
    let Some(Contribution { number, id, .. }) = last else { return Ok(()) };
    notice(&format!("contribution {number} to the {}, in {}", short(T::PHASE), path.display()));
    result(&format!("{}\n", hex0x(&id)))
}

/// What is contributed to.
trait Contributable: Sized {
    /// In which phase.
    const PHASE: Phase;

    /// Reads a file to its end and checks all of it.
    fn read_verified(source: &mut Source, observer: Observer<'_>) -> Result<Self, Failure>;

    fn contributions(&self) -> Vec<Contribution>;

    fn anonymous(self, seed: &[u8; 64], observer: Observer<'_>) -> Result<Self, SetupError>;

    fn signed_by(
        self,
        key: &IdentityKey,
        seed: &[u8; 64],
        observer: Observer<'_>,
    ) -> Result<Self, SetupError>;

    fn beacon(self, value: &[u8], iterations_log: u8, observer: Observer<'_>) -> Result<Self, SetupError>;

    fn write(&self, writer: &mut impl Write, observer: Observer<'_>) -> Result<(), SetupError>;

    /// Contributes. The secrets follow from a seed of the operating system, which is wiped.
    fn contribute(self, by: &By, observer: Observer<'_>) -> Result<Self, Failure> {
        let after = match by {
            By::Nobody => self.anonymous(&*random()?, observer),
            By::Identity(key) => self.signed_by(key, &*random()?, observer),
            By::Beacon { value, iterations_log } => self.beacon(value, *iterations_log, observer),
        };
        after.map_err(not_taken)
    }

    /// A second contribution is worth nothing beside the first: whoever forgot one secret need not forget another.
    fn warn_of_second(&self, by: &By) {
        if let By::Identity(key) = by
            && signed(&self.contributions(), Self::PHASE).contains(&key.public_key())
        {
            let phase = short(Self::PHASE);
            notice(&format!("warning: this identity has contributed to the {phase} before; once is enough"));
        }
    }
}

/// Why a contribution is not taken, where nothing is wrong with the file.
fn not_taken(error: SetupError) -> Failure {
    let exit = match error {
        SetupError::TooMany { .. } | SetupError::AfterBeacon { .. } => Exit::Refused,
        SetupError::Beacon { .. } => Exit::Usage,
        _ => return error.into(),
    };
    Failure::from(error).exit(exit)
}

macro_rules! contributable {
    ($string:ty, $phase:expr, $read:path, $write:path) => {
        impl Contributable for $string {
            const PHASE: Phase = $phase;

            fn read_verified(source: &mut Source, observer: Observer<'_>) -> Result<Self, Failure> {
                $read(source, observer)
            }

            fn contributions(&self) -> Vec<Contribution> {
                <$string>::contributions(self)
            }

            fn anonymous(self, seed: &[u8; 64], observer: Observer<'_>) -> Result<Self, SetupError> {
                <$string>::contribute(self, seed, observer)
            }

            fn signed_by(
                self,
                key: &IdentityKey,
                seed: &[u8; 64],
                observer: Observer<'_>,
            ) -> Result<Self, SetupError> {
                let pending = self.contribute_as(key.public_key(), seed, observer)?;
                let signature = key.sign(&pending.id());
                Ok(pending.attach(signature))
            }

            fn beacon(self, value: &[u8], log: u8, observer: Observer<'_>) -> Result<Self, SetupError> {
                <$string>::beacon(self, value, log, observer)
            }

            fn write(&self, writer: &mut impl Write, observer: Observer<'_>) -> Result<(), SetupError> {
                $write(self, writer, observer)
            }
        }
    };
}

contributable!(Powers, Phase::Powers, read_powers, Powers::write);
contributable!(Draft, Phase::Key, read_draft, write_key);
