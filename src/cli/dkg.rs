//! `coram dkg`: one operator's part of a ceremony.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use clap::Args;
use coram_ceremony::{Board, Ceremony, Engine, Progress};
use coram_cluster::definition::{Severity, Shape};
use coram_cluster::{identity::IdentityKey, network::Network};

use super::outputs::OutputOptions;
use super::p2p::NetworkOptions;
use super::secret;
use super::terms::{ACCEPTABLE, TermsOptions, check_signatures, judge_setups};
use crate::carrier::Carrier;
use crate::driver::{Driver, Server, name};
use crate::event::Event;
use crate::failure::{Exit, Failure};
use crate::finish::{self, Delivery};
use crate::network::{self, replica::Replica};
use crate::next_attempt;
use crate::objections::Objections;
use crate::report::{ReportOptions, Reporter, particulars};
use crate::setup::references::References;
use crate::setup::verified::Verified;
use crate::store::data_dir::DataDir;
use crate::store::folder::FolderBoard;
use crate::store::{
    self,
    attempt::{self, Attempt},
    attempts,
};
use crate::work::Work;

/// What a Join says that this operator runs.
const SOFTWARE: &str = concat!("coram ", env!("CARGO_PKG_VERSION"));

/// Run this operator's part of a ceremony until it ends
///
/// May be stopped at any moment and started again; nothing is lost, and nothing is signed twice. Prints the path of the lock, or that
/// of the archive with it.
#[derive(Debug, Args)]
pub struct Dkg {
    /// This operator's folder, laid out as Charon's
    #[arg(long, value_name = "FOLDER", default_value = ".charon", env = "CORAM_DATA_DIR")]
    data_dir: PathBuf,
    /// Exchange messages through this folder instead of the network
    #[arg(long, value_name = "FOLDER", env = "CORAM_BOARD")]
    board: Option<PathBuf>,
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    terms: TermsOptions,
    #[command(flatten)]
    outputs: OutputOptions,
    /// Give up after so many seconds of waiting in all [default: wait as long as it takes]
    #[arg(long, value_name = "SECONDS", env = "CORAM_TIMEOUT")]
    timeout: Option<u64>,
    /// Do what can be done now, hand it to whoever is connected, and end; with 5 if others are awaited
    #[arg(long, env = "CORAM_ONCE", value_parser = clap::builder::FalseyValueParser::new())]
    once: bool,
    /// When the lock is complete, serve operators that still need messages for so many seconds at most
    #[arg(long, value_name = "SECONDS", default_value_t = 60, env = "CORAM_LINGER")]
    linger: u64,
    /// Accept a check that cannot be decided here, or a keymanager without TLS, by its name
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = ACCEPTABLE)]
    accept: Vec<String>,
    #[command(flatten)]
    report: ReportOptions,
}

/// Runs `coram dkg`.
pub fn run(arguments: &Dkg) -> Result<(), Failure> {
    let delivery = arguments.outputs.delivery(&arguments.accept)?;
    let data_dir = DataDir::open(&arguments.data_dir)?;
    let (ceremony, network) = arguments.terms.ceremony(data_dir.path())?;
    check_signatures(&ceremony, &network, &arguments.accept)?;
    let me = operator(&data_dir, &ceremony)?;
    let reporter = Reporter::new(&arguments.report, Arc::clone(&ceremony), me)?;
    let ended = take_part(arguments, &data_dir, ceremony, &network, &delivery, &reporter);
    // From here, and not from a function whose frame would lie over what is to be overwritten.
    secret::wipe_stacks();
    let result =
        ended.map_err(|failure| *failure).and_then(|ended| end(arguments, &data_dir, ended, &reporter));
    if let Err(failure) = &result {
        reporter.tell(Event::Failed { code: failure.code, what: failure.what.clone() });
    }
    reporter.finish();
    result
}

/// What is left when the outputs are written: nothing secret. Pointers alone: bytes that a larger value does not use would bring along
/// what was on the stack where it was made.
struct Ended {
    /// None if everybody had everything before.
    server: Option<Box<Server>>,
    /// What became of the outputs.
    written: Result<(), Box<Failure>>,
}

/// The operator whose identity key is in a data folder. A function of its own: the key is not to stay in the caller's frame.
#[inline(never)]
fn operator(data_dir: &DataDir, ceremony: &Ceremony) -> Result<u16, Failure> {
    data_dir.operator(ceremony, &data_dir.identity()?)
}

/// Says that the ceremony is complete, and serves those who still need messages.
fn end(
    arguments: &Dkg,
    data_dir: &DataDir,
    Ended { server, written }: Ended,
    reporter: &Reporter,
) -> Result<(), Failure> {
    let written = written.map_err(|failure| *failure).and_then(|()| finish::complete(data_dir, reporter));
    let Some(server) = server else { return written };
    if let Err(failure) = &written {
        // Told now, since others are served first: they need our messages, whatever became of our outputs.
        reporter.tell(Event::Warning { text: failure.what.clone() });
    }
    let served = server.serve(Duration::from_secs(arguments.linger));
    written.and(served)
}

/// Runs the ceremony and writes its outputs. Every key is in the frames of this function and below, which are overwritten
/// afterwards.
#[inline(never)]
fn take_part(
    arguments: &Dkg,
    data_dir: &DataDir,
    ceremony: Arc<Ceremony>,
    network: &Network,
    delivery: &Delivery,
    reporter: &Arc<Reporter>,
) -> Result<Ended, Box<Failure>> {
    data_dir.check_not_running()?;
    data_dir.check_private()?;
    data_dir.check_writable(store::room(&ceremony))?;

    let attempt = Attempt::open(data_dir, &ceremony)?;
    attempts::check_alone(data_dir, &ceremony)?;
    reporter.keep_status(attempt.folder());
    if !attempt.is_finishing() {
        data_dir.check_clean()?;
    }
    let references = arguments.terms.references()?;
    introduce(&ceremony, network, reporter)?;
    warn_of_later_attempts(data_dir, &ceremony, reporter)?;
    if let Some(references) = &references {
        introduce_setups(&ceremony, references, &arguments.accept, reporter)?;
    }
    delivery.check(data_dir, &attempt, reporter)?;
    if attempt.is_finishing() && !attempt.has_decryption_key() {
        // Its owner destroyed the key, as it may; there is nothing left to do.
        let written = finish::end_again(data_dir, &attempt, network, delivery, reporter);
        return Ok(Ended { server: None, written: written.map_err(Box::new) });
    }

    let ceremony = match &references {
        Some(references) => with_reference(&ceremony, references, data_dir, reporter)?,
        None => ceremony,
    };
    let ceremony = Arc::new(observed(&ceremony, reporter));
    let identity = data_dir.identity()?;
    secure_keys(&attempt, &ceremony, &identity)?;
    let mut board = Board::new(Arc::clone(&ceremony));
    attempt::read_board(attempt.folder(), &mut board)?;
    reporter.resume(&board);
    let attempt = Arc::new(attempt);
    // It outlives the keys, so it is made where none has been, and is not moved.
    secret::wipe_stacks();
    let carrier = carrier(arguments, &identity, &board, &attempt, reporter)?;
    let keys = attempt.keys(&ceremony, identity)?;
    let mut driver = Driver {
        carrier,
        engine: Engine::new(keys, board, SOFTWARE).map_err(Failure::from)?,
        deadline: arguments
            .timeout
            .and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds))),
        objections: Objections::default(),
        complaints: 0,
        once: arguments.once,
        traffic_told: Instant::now(),
        stop: stop_flag()?,
        reporter: Arc::clone(reporter),
        attempt,
        ceremony,
    };
    let outcome = driver.run()?;
    let written = finish::write_outputs(data_dir, &driver.attempt, network, &outcome, delivery, reporter);
    Ok(Ended { server: Some(driver.into_server()), written: written.map_err(Box::new) })
}

/// Sees to it that the keys of the attempt are on disk, before others can send anything: once there are messages, none is made any more.
#[inline(never)]
fn secure_keys(attempt: &Attempt, ceremony: &Ceremony, identity: &IdentityKey) -> Result<(), Failure> {
    attempt.keys(ceremony, identity.clone()).map(drop)
}

/// The ceremony, telling how far its computations are.
fn observed(ceremony: &Ceremony, reporter: &Arc<Reporter>) -> Ceremony {
    let reporter = Arc::clone(reporter);
    ceremony.clone().observed_by(move |Progress { task, done, total }| {
        reporter.tell(Event::Progress { work: Work::Ceremony(task), done, total, took: None });
    })
}

/// What connects this operator with the others.
#[inline(never)]
fn carrier(
    arguments: &Dkg,
    identity: &IdentityKey,
    board: &Board,
    attempt: &Arc<Attempt>,
    reporter: &Arc<Reporter>,
) -> Result<Box<Carrier>, Failure> {
    if let Some(folder) = &arguments.board {
        return Ok(Box::new(Carrier::Folder(FolderBoard::open(folder, board.ceremony())?)));
    }
    let replica = Replica::new(board.clone(), Box::new(Arc::clone(attempt)));
    let options = arguments.network.resolve()?;
    let network = network::Network::start(identity, replica, options, Arc::clone(reporter))?;
    Ok(Box::new(Carrier::Network(network)))
}

/// Says what is going to be done, with the hash that operators compare by another channel.
fn introduce(ceremony: &Ceremony, network: &Network, reporter: &Reporter) -> Result<(), Failure> {
    let definition = ceremony.definition();
    let notice = |text: String| reporter.tell(Event::Notice { text });
    let warning = |text: String| reporter.tell(Event::Warning { text });
    notice(format!(
        "definition 0x{}: any {} of {} sign, {} validators, {}",
        hex::encode(definition.computed_hash()?),
        ceremony.threshold(),
        ceremony.operators(),
        ceremony.validators(),
        network.name()
    ));
    if definition.shape()? == Shape::Unsigned {
        warning(
            "nobody signed the definition: compare its hash with the other operators before you rely on it"
                .to_owned(),
        );
    }
    for finding in definition.lint(Some(network)) {
        let text = format!("{}: {}; {}", finding.code, finding.text, finding.advice);
        match finding.severity {
            Severity::Note => {}
            Severity::Warning => warning(text),
            Severity::Error => {
                return Err(Failure::new(Exit::Invalid, "definition.unfit", text)
                    .help("`coram definition check` lists everything that is odd about the definition"));
            }
        }
    }
    let (id, attempt) = (ceremony.id(), ceremony.terms().attempt);
    notice(format!("ceremony {id}, attempt {attempt}: we are {}", name(ceremony, reporter.operator())));
    particulars(ceremony).into_iter().for_each(notice);
    Ok(())
}

/// An operator that forgets to say which attempt it is would sign in one that it has abandoned.
fn warn_of_later_attempts(
    data_dir: &DataDir,
    ceremony: &Ceremony,
    reporter: &Reporter,
) -> Result<(), Failure> {
    let ours = ceremony.terms().attempt;
    let begun = attempts::begun(data_dir, ceremony)?;
    if let Some(latest) = begun.last().filter(|latest| **latest > ours) {
        let text = format!(
            "this is attempt {ours}, and attempt {latest} has begun in this folder: if that is what all operators agreed on, stop \
             this and run: {}",
            next_attempt::command_for(*latest)
        );
        reporter.tell(Event::Warning { text });
    }
    Ok(())
}

/// Says which setups the dealings are proved with, and who has no part in them, if that was accepted.
fn introduce_setups(
    ceremony: &Ceremony,
    references: &References,
    accepted: &[String],
    reporter: &Reporter,
) -> Result<(), Failure> {
    for setup in references.setups() {
        let (digest, shape) = (hex::encode(setup.digest()), setup.shape());
        reporter.tell(Event::Notice { text: format!("setup 0x{digest}, for {shape}") });
    }
    for missing in judge_setups(ceremony, references, accepted)? {
        let text = format!(
            "accepted: {missing}; whoever verifies the lock has to be told why the setup can be trusted (--expect-setup)"
        );
        reporter.tell(Event::Warning { text });
    }
    Ok(())
}

/// The ceremony with the keys to deal with. The whole reference strings are verified, unless this operator has done so before.
fn with_reference(
    ceremony: &Ceremony,
    references: &References,
    data_dir: &DataDir,
    reporter: &Reporter,
) -> Result<Arc<Ceremony>, Failure> {
    let keys = references.load(&Verified::of(data_dir), &|text| reporter.tell(Event::Notice { text }))?;
    Ok(Arc::new(ceremony.clone().with_keys(keys)?))
}

/// A flag that Ctrl-C and SIGTERM set. A second Ctrl-C ends the process at once, which loses nothing either.
fn stop_flag() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    if cfg!(test) {
        // A process that runs thousands of ceremonies is not to register its signals thousands of times.
        return Ok(stop);
    }
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let interrupted = Exit::Interrupted as i32;
        signal_hook::flag::register_conditional_shutdown(signal, interrupted, Arc::clone(&stop))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)))
            .map_err(|error| Failure::new(Exit::Internal, "signals", error.to_string()))?;
    }
    Ok(stop)
}

/// `coram dkg` with these options, in a ceremony that is known already, in a process that goes on.
#[cfg(test)]
pub fn run_in(
    ceremony: &Arc<Ceremony>,
    network: &Network,
    options: &[std::ffi::OsString],
) -> Result<(), Failure> {
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        dkg: Dkg,
    }

    let words = std::iter::once("dkg".into()).chain(options.iter().cloned());
    let arguments = Line::try_parse_from(words)
        .map_err(|error| Failure::new(Exit::Usage, "usage", error.to_string()))?
        .dkg;
    let delivery = arguments.outputs.delivery(&arguments.accept)?;
    let data_dir = DataDir::open(&arguments.data_dir)?;
    let me = operator(&data_dir, ceremony)?;
    let reporter = Reporter::new(&arguments.report, Arc::clone(ceremony), me)?;
    let ended = take_part(&arguments, &data_dir, Arc::clone(ceremony), network, &delivery, &reporter);
    reporter.finish();
    ended.and_then(|ended| ended.written).map_err(|failure| *failure)
}
