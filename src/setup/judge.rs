//! What a file is, and whether it is as it should be.

use std::path::Path;

use coram_proofs::setup::{
    Contribution, Observer, Phase, SetupRecord, Shape, UncheckedPowers, UncheckedReference,
};
use serde::Serialize;

use super::anchor::{Anchored, Expected};
use super::contributors::{Entry, Operators, PHASES, check_signatures, hex0x};
use super::file::Source;
use super::progress::Gauge;
use super::strings::{Kind, circuit_of, read_draft, read_powers};
use crate::failure::{Exit, Failure};

/// What is known of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its path.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, if it was read to its end.
    pub sha256: Option<String>,
    /// What it is, in words.
    pub kind: &'static str,
    /// Whether everything was checked, signatures included; if not, this is what the file says.
    pub checked: bool,
    /// Binary logarithm of the number of powers that the first phase was about.
    pub powers_log: u8,
    /// What circuit the key is for; none for powers.
    pub shape: Option<ShapeReport>,
    /// Names the setup; none before somebody has contributed to the key.
    pub digest: Option<String>,
    /// Everybody who contributed, in order.
    pub contributions: Vec<Entry>,
    /// Whether that is enough; none if nobody asked.
    pub anchored: Option<Anchored>,
}

/// A shape for people and programs.
#[derive(Clone, Debug, Serialize)]
pub struct ShapeReport {
    /// Operators of the cluster, `n`.
    pub operators: u16,
    /// Validators that one proof is for, `k`.
    pub validators: u32,
    /// Rows of the circuit.
    pub constraints: usize,
    /// Binary logarithm of its domain: of the number of powers that it needs.
    pub log: u8,
}

impl From<Shape> for ShapeReport {
    fn from(shape: Shape) -> Self {
        Self {
            operators: shape.recipients(),
            validators: shape.validators(),
            constraints: shape.constraints(),
            log: shape.domain_log(),
        }
    }
}

/// What is in a file, checked or not.
struct Content {
    powers_log: u8,
    record: Option<SetupRecord>,
    contributions: Vec<Contribution>,
    digest: Option<[u8; 32]>,
}

/// Checks a file completely, and compares its contributors with those who are expected.
///
/// # Errors
///
/// What is wrong with it.
pub fn run(path: &Path, expected: &Expected) -> Result<Report, Failure> {
    let gauge = Gauge::new();
    let mut source = Source::open(path)?;
    let kind = Kind::of(&mut source)?;
    let content = Content::verified(kind, &mut source, &|progress| gauge.show(progress))?;
    check_signatures(&content.contributions).map_err(|failure| source.wrong(failure))?;
    let phases = if kind == Kind::Powers { &PHASES[..1] } else { &PHASES };
    let anchored = expected.judge(&content.contributions, phases, content.digest);
    let no_operators = Operators::default();
    let operators = expected.operators.as_ref().unwrap_or(&no_operators);
    let report = content.report(kind, &source, operators);
    Ok(Report { sha256: Some(hex0x(&source.sha256())), checked: true, anchored, ..report })
}

/// Says what a file is, from its beginning alone.
///
/// # Errors
///
/// A beginning that makes no sense.
pub fn describe(path: &Path) -> Result<Report, Failure> {
    describe_source(Source::open(path)?)
}

/// Says what a file is, from its beginning alone.
///
/// # Errors
///
/// A beginning that makes no sense.
pub fn describe_source(mut source: Source) -> Result<Report, Failure> {
    let kind = Kind::of(&mut source)?;
    let content = Content::claimed(kind, &mut source).map_err(|failure| source.wrong(failure))?;
    Ok(content.report(kind, &source, &Operators::default()))
}

impl Content {
    fn verified(kind: Kind, source: &mut Source, observer: Observer<'_>) -> Result<Self, Failure> {
        if kind == Kind::Powers {
            let powers = read_powers(source, observer)?;
            let contributions = powers.contributions();
            return Ok(Self { powers_log: powers.log(), record: None, contributions, digest: None });
        }
        let draft = read_draft(source, observer)?;
        Self::of_record(kind, draft.record(), source.len()).map_err(|failure| source.wrong(failure))
    }

    fn claimed(kind: Kind, source: &mut Source) -> Result<Self, Failure> {
        if kind == Kind::Powers {
            let (powers_log, contributions) = UncheckedPowers::read_header(source)?;
            return Ok(Self { powers_log, record: None, contributions, digest: None });
        }
        Self::of_record(kind, UncheckedReference::read_header(source)?, source.len())
    }

    /// A key in the making may have no contribution yet; then it has no digest.
    fn of_record(kind: Kind, record: SetupRecord, bytes: u64) -> Result<Self, Failure> {
        let circuit = circuit_of(&record, bytes)?.digest();
        let contributions = record.contributions(circuit)?;
        let begun = contributions.iter().any(|contribution| contribution.phase == Phase::Key);
        let digest = (begun || kind == Kind::Reference).then(|| record.verify(circuit)).transpose()?;
        let digest = digest.map(|setup| setup.digest());
        Ok(Self { powers_log: record.powers_log, record: Some(record), contributions, digest })
    }

    fn report(&self, kind: Kind, source: &Source, operators: &Operators) -> Report {
        let shape =
            self.record.as_ref().and_then(|record| Shape::new(record.recipients, record.validators).ok());
        let contributors = self.contributions.iter().map(|contribution| Entry::new(contribution, operators));
        Report {
            file: source.path().display().to_string(),
            bytes: source.len(),
            sha256: None,
            kind: kind.name(),
            checked: false,
            powers_log: self.powers_log,
            shape: shape.map(ShapeReport::from),
            digest: self.digest.map(|digest| hex0x(&digest)),
            contributions: contributors.collect(),
            anchored: None,
        }
    }
}

impl Report {
    /// The failure that a setup is which is not anchored though somebody asked.
    pub fn failure(&self) -> Option<Failure> {
        self.anchored.as_ref().filter(|anchored| !anchored.anchored)?;
        let what = format!("{} is as it should be, but not anchored", self.file);
        Some(Failure::new(Exit::Indeterminate, "setup.not-anchored", what).help(
            "whoever made it may have invented the contributors: let those contribute who are missing, or expect the digest \
             that you know by another way",
        ))
    }
}
