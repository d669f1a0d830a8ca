//! The reference strings of a ceremony: what they say that they are, and the keys in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use coram_proofs::groth16::{Key, Keys};
use coram_proofs::setup::{
    Observer, Phase, Reference, Setup, SetupRecord, UncheckedReference, setups_digest,
};

use super::contributors::{Operators, PHASES, check_signatures};
use super::file::Source;
use super::progress::Gauge;
use super::strings::{Kind, circuit_of, read_draft};
use super::verified::Verified;
use crate::failure::{Exit, Failure};

/// Reference strings, by their beginnings: contributions are checked, but not whether the strings are what these made.
#[derive(Clone, Debug)]
pub struct References(Vec<Named>);

/// A reference string in a file.
#[derive(Clone, Debug)]
struct Named {
    path: PathBuf,
    setup: Setup,
}

impl References {
    /// Reads the beginnings of files.
    ///
    /// # Errors
    ///
    /// What is no finished reference string, and two for the same number of validators.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let read = |path: &PathBuf| Ok(Named { path: path.clone(), setup: read_setup(path)? });
        let mut named = paths.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
        named.sort_by_key(|named| std::cmp::Reverse(named.setup.shape().validators()));
        for pair in named.windows(2) {
            if let [one, other] = pair
                && one.setup.shape().validators() == other.setup.shape().validators()
            {
                let what = format!(
                    "{} and {} are both for {} validators a proof",
                    one.path.display(),
                    other.path.display(),
                    one.setup.shape().validators()
                );
                return Err(Failure::new(Exit::Usage, "terms.reference", what).help("leave one of them out"));
            }
        }
        Ok(Self(named))
    }

    /// Names all setups: the parameter on which operators agree.
    pub fn digest(&self) -> [u8; 32] {
        setups_digest(&self.setups().map(Setup::digest).collect::<Vec<_>>())
    }

    /// The setups, in descending order of their chunks.
    pub fn setups(&self) -> impl Iterator<Item = &Setup> {
        self.0.iter().map(|named| &named.setup)
    }

    /// The operators who have not signed a contribution to some setup, by phase.
    pub fn missing(&self, operators: &Operators) -> BTreeMap<Phase, Vec<u16>> {
        let mut missing: BTreeMap<Phase, BTreeSet<u16>> = BTreeMap::new();
        for setup in self.setups() {
            for (phase, absent) in operators.missing(setup.contributions(), &PHASES) {
                missing.entry(phase).or_default().extend(absent);
            }
        }
        missing.into_iter().map(|(phase, absent)| (phase, absent.into_iter().collect())).collect()
    }

    /// The keys to verify with.
    ///
    /// # Errors
    ///
    /// Setups that do not belong together.
    pub fn verifying_keys(&self) -> Result<Keys, Failure> {
        let keys = self.setups().map(|setup| Arc::new(Key::verifying(setup.clone())));
        keys_of(keys.collect())
    }

    /// The keys to deal with. Each string is verified completely, once: `verified` knows it again.
    ///
    /// # Errors
    ///
    /// What is wrong with a string, and a file that was replaced since its beginning was read.
    pub fn load(&self, verified: &Verified, tell: &dyn Fn(String)) -> Result<Keys, Failure> {
        keys_of(self.0.iter().map(|named| named.load(verified, tell)).collect::<Result<_, _>>()?)
    }
}

fn keys_of(keys: Vec<Arc<Key>>) -> Result<Keys, Failure> {
    Keys::new(keys).map_err(|error| {
        Failure::new(Exit::Usage, "terms.reference", error.to_string())
            .help("all reference strings of a ceremony are for the same number of operators")
    })
}

/// The setup at the beginning of a finished reference string.
fn read_setup(path: &Path) -> Result<Setup, Failure> {
    let mut source = Source::open(path)?;
    finished(&mut source)?;
    let read = |source: &mut Source| {
        let record = UncheckedReference::read_header(source)?;
        setup_of(&record, source.len())
    };
    read(&mut source).map_err(|failure| source.wrong(failure))
}

fn setup_of(record: &SetupRecord, bytes: u64) -> Result<Setup, Failure> {
    let setup = record.verify(circuit_of(record, bytes)?.digest())?;
    check_signatures(setup.contributions())?;
    Ok(setup)
}

/// A whole reference string that was checked.
pub struct Rechecked {
    /// The digest of its setup.
    pub digest: [u8; 32],
    /// The SHA-256 of the file.
    pub sha256: [u8; 32],
    /// The length of the file.
    pub bytes: usize,
}

/// Checks a whole reference string, signatures included.
///
/// # Errors
///
/// What is wrong with it.
pub fn recheck(path: &Path) -> Result<Rechecked, Failure> {
    let gauge = Gauge::new();
    let mut source = Source::open(path)?;
    finished(&mut source)?;
    let draft = read_draft(&mut source, &|progress| gauge.show(progress))?;
    let setup = setup_of(&draft.record(), source.len()).map_err(|failure| source.wrong(failure))?;
    let bytes = source.len() as usize;
    Ok(Rechecked { digest: setup.digest(), sha256: source.sha256(), bytes })
}

/// Refuses what takes contributions yet: it would be another string for whoever has the next.
fn finished(source: &mut Source) -> Result<(), Failure> {
    let kind = Kind::of(source)?;
    if kind == Kind::Reference {
        return Ok(());
    }
    let what = format!("{} is no finished reference string, but {}", source.path().display(), kind.name());
    Err(Failure::new(Exit::Refused, "setup.unfinished", what)
        .help("when every operator has contributed, `coram setup finish` makes the reference string"))
}

impl Named {
    /// The most bytes that a string with such a beginning has.
    fn max_len(&self) -> u64 {
        let of = |phase| self.setup.contributions().iter().filter(|one| one.phase == phase).count();
        Reference::len_of(self.setup.shape(), of(Phase::Powers), of(Phase::Key)) as u64
    }

    fn load(&self, verified: &Verified, tell: &dyn Fn(String)) -> Result<Arc<Key>, Failure> {
        let path = self.path.display();
        let (bytes, sha256) = Source::open(&self.path)?.read_all(self.max_len())?;
        let observer: Observer<'_> = &|_| {};
        let wrong = |failure: Failure| Failure { what: format!("{path}: {}", failure.what), ..failure };
        let circuit = circuit_of(self.setup.record(), bytes.len() as u64)?;
        let mut input = bytes.as_slice();
        let known = verified.knows(&sha256, &self.setup);
        let reference = if known {
            tell(format!("{path} was verified before, and has not changed"));
            Reference::read_verified_before(&mut input, circuit, observer)
        } else {
            tell(format!("{path} is verified now, which takes a while, and is known again afterwards"));
            let draft = UncheckedReference::read(&mut input, observer);
            draft.and_then(|unchecked| unchecked.verify(&circuit, observer)?.finish(circuit))
        };
        let reference = reference.map_err(|error| wrong(error.into()))?;
        // The signatures, which the digest does not name, were checked in what was read first.
        if reference.setup().record() != self.setup.record() {
            let what = format!("{path} was replaced while it was read");
            return Err(Failure::new(Exit::Refused, "setup.replaced", what).help("run again"));
        }
        if !known {
            verified.remember(&sha256, &self.setup)?;
            tell(format!("{path} is verified: every element follows from the contributions"));
        }
        Ok(Arc::new(reference.into_key()))
    }
}
