//! Verification for outsiders: from the bytes of a lock to a report, with nothing but the bytes.
//!
//! | module            | what it is about                                                              |
//! |-------------------|-------------------------------------------------------------------------------|
//! | [`catalogue`]     | all checks: names, order, meaning, needs                                      |
//! | [`options`]       | what the outsider brings along                                                |
//! | [`check`]         | what became of a check                                                        |
//! | [`report`]        | what the outsider is told                                                     |
//! | [`statements`]    | what is proved, asserted, and cannot be shown                                 |
//! | `kind`, `inputs`  | what a file is, by its members; the files that a report names                 |
//! | `file`            | from bytes to a lock                                                          |
//! | `definition`, `lock`, `transcript`, `setups`, `joins`, `dealings`, `attests`, `seals` | the checks, by what they are made on |
//! | `deposit_data`, `keystores`, `expectations` | the checks of what is given beside a lock           |
//! | `fault`           | fault files                                                                   |
//! | `recorder`, `path` | making checks; where things stand in the files                               |
//! | `summary`         | what a report says beside the checks                                          |
//! | `document`, `schema` | `docs/checks.md` and `docs/report.schema.json`                             |
//!
//! Whatever is wrong with a file is a check that failed, never an error and never a panic. Messages are judged by the
//! functions of [`crate::phase`], as in a ceremony; the report only asks them one by one.

pub mod catalogue;
pub mod check;
pub mod options;
pub mod report;
pub mod statements;

mod attests;
mod dealings;
mod definition;
mod deposit_data;
mod document;
mod expectations;
mod fault;
mod file;
mod inputs;
mod joins;
mod keystores;
mod kind;
mod lock;
mod path;
mod recorder;
#[cfg(feature = "schema")]
mod schema;
mod seals;
mod setups;
mod summary;
mod transcript;

pub use catalogue::CheckId;
pub use check::{Check, Failure, Outcome};
pub use document::checks_page;
pub use fault::{Culprit, FaultReport, FaultVerdict, verify_fault};
pub use inputs::{Input, InputRole, KeystoreFile, NamedFile};
pub use kind::FileKind;
pub use options::{Expectations, ExpectedOperator, ExpectedSetup, Options};
pub use recorder::{Clock, Observer};
pub use report::{Report, Subject, Verdict};
#[cfg(feature = "schema")]
pub use schema::schema;

use coram_cluster::lock::Lock;
use coram_cluster::network::Network;
use coram_proofs::ProofSystemId;
use coram_proofs::setup::Setup;

use self::expectations::Anchors;
use self::file::Files;
use self::recorder::Recorder;
use self::statements::Statements;
use self::transcript::Read;
use crate::id::TranscriptRoot;
use crate::parameters::ExtractionRule;

/// Verifies a lock. `clock` says the time since some fixed moment; it is only used to say how long each check took.
#[must_use]
pub fn verify_lock(bytes: &[u8], options: &Options, clock: Clock<'_>) -> Report {
    verify_observed(Subject::Lock, bytes, options, clock, &mut |_| {})
}

/// Verifies a deposit-data file without its lock: what it says, and nothing about who holds the keys. `clock` is as in
/// [`verify_lock`].
#[must_use]
pub fn verify_deposit_data(bytes: &[u8], options: &Options, clock: Clock<'_>) -> Report {
    verify_observed(Subject::DepositData, bytes, options, clock, &mut |_| {})
}

/// Verifies a file as what it is said to be; `observer` is told of each check as soon as it is made.
pub fn verify_observed(
    subject: Subject,
    bytes: &[u8],
    options: &Options,
    clock: Clock<'_>,
    observer: Observer<'_>,
) -> Report {
    let recorder = Recorder::new(clock, observer, &options.accept);
    match subject {
        Subject::Lock => lock_report(recorder, bytes, options),
        Subject::DepositData => deposit_data::verify_alone(recorder, bytes, options),
    }
}

fn lock_report(mut recorder: Recorder<'_>, bytes: &[u8], options: &Options) -> Report {
    let files = file::read(&mut recorder, bytes, options.transcript.as_ref());
    let facts = files.as_ref().map(|files| judge(&mut recorder, files, options));
    let lock = files.as_ref().map(|files| &files.lock);
    deposit_data::check_beside(&mut recorder, options, lock);
    keystores::check(&mut recorder, options, lock);
    let inputs = inputs::list(Subject::Lock, bytes, options);
    report(recorder, inputs, files.as_ref(), facts, options)
}

/// What came to light.
struct Facts {
    network: Option<Network>,
    identities: Vec<Option<[u8; 33]>>,
    anchors: Anchors,
    read: Option<Read>,
    /// The setups, if all verify.
    setups: Option<Vec<Setup>>,
    root: Option<TranscriptRoot>,
}

fn judge(recorder: &mut Recorder<'_>, files: &Files, options: &Options) -> Facts {
    let lock = &files.lock;
    let network = network(lock, options);
    let identities = definition::check(recorder, lock.definition(), network.as_ref());
    lock::check(recorder, lock, network.as_ref());
    let mut anchors = expectations::check(recorder, &options.expectations, lock.definition(), &identities);

    let mut read = transcript::read(recorder, lock, files.detached.as_ref());
    let setups = read.as_mut().and_then(|read| setups::check(recorder, read, options));
    let root = read.as_ref().and_then(|read| replay(recorder, read, lock));
    let path = read.as_ref().map(|read| read.path.root()).unwrap_or_default();
    expectations::check_transcript(recorder, &mut anchors, &options.expectations, &path, root);
    let expected = &options.expectations.setup;
    expectations::check_setups(recorder, &mut anchors, expected, read.as_ref(), setups.as_deref());
    Facts { network, identities, anchors, read, setups, root }
}

/// The network of the table, or the one that the outsider describes, if it is the lock's.
fn network(lock: &Lock, options: &Options) -> Option<Network> {
    let fork_version = lock.definition().fork_version();
    let mut described = options.network.iter().chain(&options.expectations.network);
    let described = described.find(|network| network.fork_version() == fork_version);
    lock.definition().network().or_else(|| described.cloned())
}

/// Judges the messages of the ceremony, phase by phase. Returns the transcript root, if it can be computed.
fn replay(recorder: &mut Recorder<'_>, read: &Read, lock: &Lock) -> Option<TranscriptRoot> {
    let joined = joins::check(recorder, read)?;
    let roster = joined.roster.as_ref();
    let dealt = dealings::check(recorder, read, lock, roster);
    let attested = attests::check(recorder, read, lock, roster.zip(dealt.as_ref()));
    seals::check(recorder, read, lock, roster.zip(attested.as_ref()));
    attested.map(|attested| attested.root())
}

fn report(
    recorder: Recorder<'_>,
    inputs: Vec<Input>,
    files: Option<&Files>,
    facts: Option<Facts>,
    options: &Options,
) -> Report {
    let checks = recorder.finish();
    let verdict = Verdict::of(&checks);
    let lock = files.map(|files| &files.lock);
    let transcript = facts.as_ref().and_then(|facts| facts.read.as_ref()).map(|read| &read.transcript);
    let system = transcript.map(|transcript| transcript.ceremony.parameters().proof_system);
    let with_setup = system == Some(ProofSystemId::Groth16);
    let rule = transcript.map(|transcript| transcript.ceremony.parameters().extraction);
    let batched = rule == Some(ExtractionRule::Batched);
    let with_facts = lock.zip(facts.as_ref());
    let operators = with_facts.map(|(lock, Facts { identities, anchors, .. })| {
        summary::operators(lock.definition(), identities, transcript, anchors, &checks)
    });
    let (anchored, not_anchored) = match &facts {
        Some(facts) => (facts.anchors.anchored.clone(), facts.anchors.not_anchored.clone()),
        None => (Vec::new(), Vec::new()),
    };
    Report {
        report_version: report::VERSION,
        subject: Subject::Lock,
        verifier: report::VERIFIER,
        inputs,
        verdict,
        headline: summary::headline(verdict, &checks, &not_anchored),
        anchored,
        not_anchored,
        accepted: summary::accepted(&checks),
        notes: summary::notes(lock.map(Lock::definition), transcript),
        cluster: with_facts.map(|(lock, facts)| summary::cluster(lock, facts.network.as_ref())),
        ceremony: facts.as_ref().zip(transcript).map(|(facts, transcript)| {
            let setups = facts.setups.as_deref().unwrap_or_default();
            let setups = summary::setups(&transcript.ceremony, setups, &checks, &options.strings);
            summary::ceremony(&transcript.ceremony, facts.root, setups)
        }),
        operators: operators.unwrap_or_default(),
        validators: lock.map(summary::validators).unwrap_or_default(),
        statements: Statements::new(&checks, with_setup, batched),
        checks,
    }
}
