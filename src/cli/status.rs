//! `coram status`: who has published what, and who is connected to whoever runs here.

mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use coram_ceremony::{Board, Ceremony, Inserted, Kind};
use jiff::Timestamp;
use serde::Serialize;

use super::terms::TermsOptions;
use crate::driver::{awaited, name};
use crate::failure::{Exit, Failure};
use crate::network::Objection;
use crate::objections;
use crate::printer::result;
use crate::report::{json, status};
use crate::store::data_dir::DataDir;
use crate::store::folder;
use crate::store::{attempt, attempts};

/// Show who has published what, who is awaited, and who is connected
///
/// Reads what `coram dkg` left in the data folder, and the shared board if there is one; changes nothing. Works beside a running
/// ceremony, and tells of a stopped one what was known last.
#[derive(Debug, Args)]
pub struct Status {
    /// This operator's folder
    #[arg(long, value_name = "FOLDER", default_value = ".charon", env = "CORAM_DATA_DIR")]
    data_dir: PathBuf,
    /// The folder through which the operators exchange messages
    #[arg(long, value_name = "FOLDER", env = "CORAM_BOARD")]
    board: Option<PathBuf>,
    #[command(flatten)]
    terms: TermsOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    ceremony: String,
    attempt: u32,
    /// Numbers of other attempts at this ceremony that have begun in this folder.
    other_attempts: Vec<u32>,
    /// The operators that deal.
    dealers: Vec<u16>,
    running: bool,
    /// Of the process that runs the ceremony, or did last; none if none ever did.
    run: Option<Run>,
    operators: Vec<Row>,
    awaited_kind: Option<&'static str>,
    awaited_operators: Vec<u16>,
    equivocation: Option<Equivocation>,
    disagreements: BTreeMap<u16, String>,
}

/// What a process left; nothing of it is sure.
#[derive(Serialize)]
struct Run {
    pid: u32,
    started: String,
    updated: String,
    ended: Option<status::Ended>,
    /// Since when the awaited kind is awaited.
    awaited_since: Option<String>,
    /// What it is at, if that takes long; none if it does not run.
    working: Option<status::Working>,
    relays: BTreeMap<String, status::Peer>,
    listening: Vec<String>,
    /// None without a network.
    traffic: Option<status::Traffic>,
}

#[derive(Serialize)]
struct Equivocation {
    author: u16,
    kind: &'static str,
}

#[derive(Serialize)]
struct Row {
    index: u16,
    name: String,
    messages: Vec<&'static str>,
    due: Vec<&'static str>,
    /// The last that is known of the connection with it.
    connection: Option<status::Peer>,
}

/// Runs `coram status`.
pub fn run(arguments: &Status) -> Result<(), Failure> {
    let data_dir = DataDir::open(&arguments.data_dir)?;
    let (ceremony, _) = arguments.terms.ceremony(data_dir.path())?;
    let mut board = Board::new(Arc::clone(&ceremony));
    let folder = attempt::folder(&data_dir, &ceremony);
    attempt::read_board(&folder, &mut board)?;
    let mut disagreements = BTreeMap::new();
    if let Some(shared) = &arguments.board {
        folder::read(shared, &mut board, |inserted| {
            if let Inserted::Disagreement(disagreement) = inserted {
                let author = disagreement.author;
                let (what, _) = objections::say(&ceremony, author, &Objection::Terms(disagreement));
                disagreements.insert(author, what);
            }
        })?;
    }
    let mut report = report(&ceremony, &board, disagreements);
    report.other_attempts = attempts::begun(&data_dir, &ceremony)?;
    report.running = attempt::state(&folder) == attempt::State::Held;
    if let Some(status) = status::read(&folder) {
        report.add_run(status);
    }
    if arguments.json {
        let json = serde_json::to_string_pretty(&report);
        let json = json.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
        result(&format!("{}\n", json::ascii(&json)))
    } else {
        result(&text::text(&ceremony, &report, Timestamp::now()))
    }
}

fn report(ceremony: &Ceremony, board: &Board, disagreements: BTreeMap<u16, String>) -> Report {
    let row = |index: u16| {
        let kinds = |wanted: &dyn Fn(Kind) -> bool| {
            Kind::ALL.into_iter().filter(|kind| wanted(*kind)).map(Kind::name).collect()
        };
        Row {
            index,
            name: name(ceremony, index),
            messages: kinds(&|kind| board.has(kind, index)),
            due: kinds(&|kind| ceremony.expects(kind, index)),
            connection: None,
        }
    };
    let (awaited_kind, awaited_operators) = awaited(board).unzip();
    Report {
        ceremony: ceremony.id().to_string(),
        attempt: ceremony.terms().attempt,
        other_attempts: Vec::new(),
        dealers: ceremony.parameters().dealers.clone(),
        running: false,
        run: None,
        operators: (1..=ceremony.operators()).map(row).collect(),
        awaited_kind: awaited_kind.map(Kind::name),
        awaited_operators: awaited_operators.into_iter().flatten().collect(),
        equivocation: board
            .equivocation()
            .map(|pair| Equivocation { author: pair.first.author(), kind: pair.first.kind().name() }),
        // Whoever has joined under these terms meanwhile does not disagree any more.
        disagreements: disagreements
            .into_iter()
            .filter(|(author, _)| !board.has(Kind::Join, *author))
            .collect(),
    }
}

impl Report {
    /// Adds what a process left. Of what it awaited, only that counts which is still awaited.
    fn add_run(&mut self, mut status: status::Status) {
        for row in &mut self.operators {
            row.connection = status.operators.remove(&row.index);
        }
        let awaited = status.awaited.filter(|awaited| self.awaited_kind == Some(awaited.kind.as_str()));
        self.run = Some(Run {
            pid: status.pid,
            started: status.started,
            updated: status.updated,
            // A process that runs on may be serving others; it tells of its end when that is over.
            ended: status.ended.filter(|_| !self.running),
            awaited_since: awaited.map(|awaited| awaited.since),
            working: status.working.filter(|_| self.running),
            relays: status.relays,
            listening: status.listening,
            traffic: status.traffic,
        });
    }
}
