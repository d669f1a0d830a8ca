//! `coram status`: who has published what.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use coram_ceremony::{Board, Ceremony, Inserted, Kind};
use serde::Serialize;

use super::terms::TermsOptions;
use crate::driver::{awaited, name, names, say_disagreement};
use crate::failure::{Exit, Failure};
use crate::printer::result;
use crate::store::attempt;
use crate::store::data_dir::DataDir;
use crate::store::folder;

/// Show who has published what, and who is awaited
///
/// Reads the data folder's own board and the shared one; changes nothing, and works beside a running ceremony.
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
    operators: Vec<Row>,
    awaited_kind: Option<&'static str>,
    awaited_operators: Vec<u16>,
    equivocation: Option<Equivocation>,
    disagreements: BTreeMap<u16, String>,
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
}

/// Runs `coram status`.
pub fn run(arguments: &Status) -> Result<(), Failure> {
    let data_dir = DataDir::open(&arguments.data_dir)?;
    let (ceremony, _) = arguments.terms.ceremony(data_dir.path())?;
    let mut board = Board::new(Arc::clone(&ceremony));
    attempt::read_board(&attempt::folder(&data_dir, &ceremony), &mut board)?;
    let mut disagreements = BTreeMap::new();
    if let Some(shared) = &arguments.board {
        folder::read(shared, &mut board, |inserted| {
            if let Inserted::Disagreement(disagreement) = inserted {
                disagreements.insert(disagreement.author, say_disagreement(&ceremony, &disagreement));
            }
        })?;
    }
    let report = report(&ceremony, &board, disagreements);
    if arguments.json {
        let json = serde_json::to_string_pretty(&report);
        let json = json.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
        result(&format!("{json}\n"))
    } else {
        result(&text(&ceremony, &report))
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
        }
    };
    let (awaited_kind, awaited_operators) = awaited(board).unzip();
    Report {
        ceremony: ceremony.id().to_string(),
        attempt: ceremony.terms().attempt,
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

fn text(ceremony: &Ceremony, report: &Report) -> String {
    let mut text = format!("ceremony {}, attempt {}\n\n", report.ceremony, report.attempt);
    let width = report.operators.iter().map(|row| row.name.len()).max().unwrap_or_default();
    text += &format!("{:width$}", "");
    for kind in Kind::ALL {
        text += &format!("  {:6}", kind.name());
    }
    text += "\n";
    for row in &report.operators {
        text += &format!("{:width$}", row.name);
        for kind in Kind::ALL.map(Kind::name) {
            let cell = match (row.messages.contains(&kind), row.due.contains(&kind)) {
                (true, _) => "yes",
                (false, true) => "-",
                (false, false) => "n/a",
            };
            text += &format!("  {cell:6}");
        }
        text = text.trim_end().to_owned() + "\n";
    }
    text += "\n";
    for disagreement in report.disagreements.values() {
        text += &format!("{disagreement}\n");
    }
    if let Some(Equivocation { author, kind }) = &report.equivocation {
        text += &format!(
            "{} signed two different {kind} messages: the ceremony is over, `coram dkg` writes the proof\n",
            name(ceremony, *author)
        );
        return text;
    }
    text += &match report.awaited_kind {
        Some(kind) => format!("awaited: {kind} of {}\n", names(ceremony, &report.awaited_operators)),
        None => "all messages are there\n".to_owned(),
    };
    text
}
