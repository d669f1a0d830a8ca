//! The string of the first phase: powers, and the contributions that made them.
//!
//! ```text
//! file = "coram powers 1\n" | d (1) | length (4) | contributions | powers, uncompressed
//! ```

use std::io::{Read, Write};

use super::{
    MAX_CONTRIBUTIONS, SetupError,
    chain::{Chain, Scope},
    contribute::{Contributed, Pending, Source},
    encoding::{Input, SIGNED_ORIGIN_LEN, STEP_LEN, encode_contributions},
    lists::{Lists, Secrets},
    phase::Phase,
    point,
    progress::{Meter, Observer, Task},
    record::PowersRecord,
    verified::{Contribution, check_size, contributions},
};

/// How a file begins.
const MAGIC: &[u8; 15] = b"coram powers 1\n";

/// Bytes of a signed contribution.
const SIGNED_LEN: usize = 3 * STEP_LEN + SIGNED_ORIGIN_LEN;

/// Powers whose contributions and elements were verified, or made here.
#[derive(Clone)]
pub struct Powers {
    pub(super) chain: Chain,
    pub(super) lists: Lists,
}

impl Powers {
    /// The powers to which nobody has contributed, of size `2^log`.
    ///
    /// # Errors
    ///
    /// [`SetupError::Size`] if `log` is not in [`MIN_LOG`](super::MIN_LOG) to [`MAX_LOG`](super::MAX_LOG).
    pub fn start(log: u8) -> Result<Self, SetupError> {
        check_size(log)?;
        Ok(Self { chain: Chain::new(Scope::Powers { log }), lists: Lists::start(log) })
    }

    /// Binary logarithm of the size: of the domain of the largest circuit that these powers serve.
    #[must_use]
    pub fn log(&self) -> u8 {
        self.lists.log()
    }

    /// Bytes of a file with powers of size `2^log` and so many contributions that identities signed; others take less.
    #[must_use]
    pub fn len_of(log: u8, contributions: usize) -> usize {
        MAGIC.len() + 1 + 4 + 2 + contributions * SIGNED_LEN + Lists::encoded_len(log)
    }

    /// The contributions. Whoever is named in an origin has to be believed only after its signature was checked.
    #[must_use]
    pub fn contributions(&self) -> Vec<Contribution> {
        contributions(&self.chain).collect()
    }

    /// Contributes without a name.
    ///
    /// `tau`, `alpha` and `beta` follow from `seed`, which is to be random and to be forgotten. Multiplications are in
    /// constant time natively.
    ///
    /// # Errors
    ///
    /// [`SetupError::TooMany`], [`SetupError::AfterBeacon`].
    pub fn contribute(self, seed: &[u8; 64], observer: Observer<'_>) -> Result<Self, SetupError> {
        self.multiply(&Source::anonymous(seed), observer)
    }

    /// Contributes as the holder of an identity key, who signs [`Pending::id`].
    ///
    /// # Errors
    ///
    /// As [`Powers::contribute`].
    pub fn contribute_as(
        self,
        identity: [u8; 33],
        seed: &[u8; 64],
        observer: Observer<'_>,
    ) -> Result<Pending<Self>, SetupError> {
        self.multiply(&Source::identity(seed, identity), observer).map(Pending::new)
    }

    /// Contributes secrets that follow from public randomness; nobody contributes after that.
    ///
    /// # Errors
    ///
    /// As [`Powers::contribute`]; and [`SetupError::Beacon`] if the value is too long or hashed too often.
    pub fn beacon(
        self,
        value: &[u8],
        iterations_log: u8,
        observer: Observer<'_>,
    ) -> Result<Self, SetupError> {
        self.multiply(&Source::beacon(Phase::Powers, value, iterations_log)?, observer)
    }

    fn multiply(mut self, source: &Source<'_>, observer: Observer<'_>) -> Result<Self, SetupError> {
        let secrets = self.chain.contribute(source)?;
        if let [tau, alpha, beta] = secrets.as_slice() {
            let secrets = Secrets { tau: tau.clone(), alpha: alpha.clone(), beta: beta.clone() };
            let meter = Meter::new(observer, Task::Contribute, Lists::count(self.log()));
            self.lists.multiply(&secrets, &meter);
        }
        Ok(self)
    }

    /// Writes the file, in pieces.
    ///
    /// # Errors
    ///
    /// [`SetupError::Io`].
    pub fn write(&self, writer: &mut impl Write, observer: Observer<'_>) -> Result<(), SetupError> {
        let mut contributions = Vec::new();
        encode_contributions(&self.chain.records::<PowersRecord>(), &mut contributions);
        let mut header = MAGIC.to_vec();
        header.push(self.log());
        header.extend((contributions.len() as u32).to_be_bytes());
        header.extend(contributions);
        point::write_all(writer, &header)?;
        self.lists.write(writer, &Meter::new(observer, Task::Write, Lists::count(self.log())))
    }

    /// The contributions, as a transcript carries them.
    pub(super) fn chain(&self) -> &Chain {
        &self.chain
    }

    pub(super) fn lists(&self) -> &Lists {
        &self.lists
    }
}

impl std::fmt::Debug for Powers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let contributions = self.chain.links().len();
        f.debug_struct("Powers")
            .field("log", &self.log())
            .field("contributions", &contributions)
            .finish_non_exhaustive()
    }
}

impl Contributed for Powers {
    fn chain_mut(&mut self) -> &mut Chain {
        &mut self.chain
    }
}

/// Powers out of a file: points are points of their groups, and nothing more is known.
pub struct UncheckedPowers(Powers);

impl UncheckedPowers {
    /// Reads a file, in pieces, to its end. What is allocated is bounded by what was read.
    ///
    /// # Errors
    ///
    /// What is wrong with the form.
    pub fn read(reader: &mut impl Read, observer: Observer<'_>) -> Result<Self, SetupError> {
        let (log, chain) = read_header(reader)?;
        let meter = Meter::new(observer, Task::Read, Lists::count(log));
        let lists = Lists::read(reader, log, &meter)?;
        point::read_end(reader)?;
        Ok(Self(Powers { chain, lists }))
    }

    /// Reads what stands before the points, and no more: the binary logarithm of the size, and the contributions, of which
    /// nothing is checked but their form.
    ///
    /// # Errors
    ///
    /// What is wrong with the form.
    pub fn read_header(reader: &mut impl Read) -> Result<(u8, Vec<Contribution>), SetupError> {
        let (log, chain) = read_header(reader)?;
        Ok((log, contributions(&chain).collect()))
    }

    /// Binary logarithm of the size.
    #[must_use]
    pub fn log(&self) -> u8 {
        self.0.log()
    }

    /// What the file says who contributed.
    #[must_use]
    pub fn contributions(&self) -> Vec<Contribution> {
        self.0.contributions()
    }

    /// Checks the contributions, that the powers are what they made, and that the powers are those of one `tau`, `alpha` and
    /// `beta`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn verify(self, observer: Observer<'_>) -> Result<Powers, SetupError> {
        let Self(powers) = self;
        powers.chain.verify()?;
        powers.lists.verify(&powers.chain.heads(), observer)?;
        Ok(powers)
    }
}

/// What stands before the points.
fn read_header(reader: &mut impl Read) -> Result<(u8, Chain), SetupError> {
    let mut magic = [0; MAGIC.len()];
    point::read_exact(reader, &mut magic, "its first bytes")?;
    if magic != *MAGIC {
        return Err(SetupError::Magic { expected: "powers" });
    }
    let mut log = [0];
    point::read_exact(reader, &mut log, "the size of the powers")?;
    let [log] = log;
    check_size(log)?;
    let records = read_contributions(reader)?;
    Ok((log, Chain::decode(Scope::Powers { log }, &records)?))
}

fn read_contributions(reader: &mut impl Read) -> Result<Vec<PowersRecord>, SetupError> {
    let part = "the contributions";
    let mut length = [0; 4];
    point::read_exact(reader, &mut length, part)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > 2 + MAX_CONTRIBUTIONS * SIGNED_LEN {
        return Err(SetupError::Encoding { part });
    }
    let mut bytes = vec![0; length];
    point::read_exact(reader, &mut bytes, part)?;
    let mut input = Input { rest: &bytes };
    let records = input.contributions(Phase::Powers, Input::powers)?;
    if input.rest.is_empty() { Ok(records) } else { Err(SetupError::Encoding { part }) }
}
