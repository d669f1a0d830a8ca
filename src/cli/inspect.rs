//! `coram inspect`: what is in a file, without judging it.
//!
//! | file              | what is in it                                              |
//! |-------------------|------------------------------------------------------------|
//! | `source.rs`       | files that anybody may have put there                      |
//! | `kind.rs`         | what a file is, by its content                             |
//! | `tree.rs`         | JSON of which as much is read as there is                  |
//! | `sheet.rs`, `text.rs` | names and values; the same for people                  |
//! | `definition.rs`, `lock.rs`, `deposits.rs`, `keystore.rs`, `record.rs` | Charon's files |
//! | `transcript.rs`, `message.rs`, `fault.rs`, `setup.rs` | what a ceremony signs       |
//! | `notes.rs`        | reports, expectations, events: JSON for people and programs |
//! | `secret.rs`       | secrets, of which only what is public is shown             |
//! | `archive.rs`, `folder.rs` | many files                                         |
//! | `unknown.rs`      | what a file looks like that is nothing we know             |

mod archive;
mod definition;
mod deposits;
mod fault;
mod folder;
mod keystore;
mod kind;
mod lock;
mod message;
mod notes;
mod record;
mod secret;
mod setup;
mod sheet;
mod source;
mod text;
mod transcript;
mod tree;
mod unknown;

use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use coram_cluster::definition::Definition;
use serde::Serialize;

use self::kind::Kind;
use self::sheet::{LimitedSheet, Sheet};
use self::source::Source;
use crate::failure::{Exit, Failure};
use crate::plain::Plain;
use crate::printer;
use crate::report::json;

/// What every output says.
const NOTICE: &str = "shown, not verified: `coram verify` judges";
/// How many entries of a list people are shown.
const SHOWN: usize = 16;

/// Show what is in a file of ours or of Charon's, without judging it
///
/// Takes definitions, locks, transcripts, fault files, deposit data, keystores, node records, messages of a board, files of a setup,
/// reports and expectations of `coram verify`, events of `coram dkg`, packed outputs, and folders with such files. What a file is,
/// its content tells. Nothing is verified: a signature is shown as it stands, and a broken file as far as it can be read. Secrets
/// are never shown; of an identity key, the public record is. A transcript that stands alone is shown with the hashes of its messages
/// if the definition or the lock that it belongs to is named before it.
///
/// Exit codes: 0 all of it was shown; 2 a file that cannot be read, or is nothing that we know; 3 a file of a kind that we know, of
/// which something could not be read: the output says where reading stopped.
#[derive(Debug, Args)]
pub struct Inspect {
    /// Files or folders; `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The most entries of a list that are shown; 16 where people read it, all of them as JSON
    #[arg(long, value_name = "NUMBER", env = "CORAM_LIMIT")]
    limit: Option<usize>,
    /// The first validator of a lock that is shown, counted from 0
    #[arg(long, value_name = "INDEX", env = "CORAM_FIRST_VALIDATOR", default_value_t = 0)]
    first_validator: usize,
}

/// What was found in one file.
pub struct Found {
    kind: Kind,
    content: Sheet,
    /// What could not be read, and why.
    stopped: Vec<Stop>,
}

/// Where reading a file stopped.
#[derive(Clone, Debug, Serialize)]
pub struct Stop {
    /// The place, such as `$.distributed_validators[2]`.
    path: String,
    why: String,
}

/// The longest path that is shown, in characters.
const MAX_PATH: usize = 200;

impl Stop {
    fn new(path: impl Into<String>, why: impl fmt::Display) -> Self {
        let path: String = path.into();
        Self { path: path.chars().take(MAX_PATH).collect(), why: why.to_string() }
    }

    /// Of an error that names the place itself, in most cases.
    fn of(error: &impl fmt::Display, path: &str) -> Self {
        let why = error.to_string();
        let named = why.split([' ', ',']).find(|word| word.starts_with("$.") || word.starts_with("$["));
        Self::new(named.map_or(path, |word| word.trim_end_matches([':', ';'])), &why)
    }
}

/// The place comes first, and once.
impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, why } = self;
        if why.starts_with(path.as_str()) { f.write_str(why) } else { write!(f, "{path}: {why}") }
    }
}

impl Found {
    /// A file that was read to its end.
    fn whole(kind: Kind, content: Sheet) -> Self {
        Self { kind, content, stopped: Vec::new() }
    }
}

/// What is known beside the file that is looked at.
#[derive(Default)]
pub struct Context {
    /// Definitions in the files before it.
    definitions: Vec<Definition>,
    /// The first validator of a lock to show.
    first_validator: usize,
}

/// A file with what was found in it, as it is printed.
#[derive(Serialize)]
struct Shown<'a> {
    file: &'a str,
    kind: &'static str,
    bytes: Option<u64>,
    sha256: Option<String>,
    content: LimitedSheet<'a>,
    stopped: &'a [Stop],
}

#[derive(Serialize)]
struct Output<'a> {
    verified: bool,
    notice: &'static str,
    files: Vec<Shown<'a>>,
}

/// Runs the command.
pub fn run(arguments: &Inspect) -> Result<(), Failure> {
    let mut context = Context { first_validator: arguments.first_validator, ..Context::default() };
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for path in &arguments.files {
        match look(path, &mut context) {
            Ok((source, one)) => {
                failures.extend(failure(path, &one));
                found.push((source, one));
            }
            Err(failure) => failures.push(failure),
        }
    }
    if arguments.json {
        print_json(&found, arguments.limit.unwrap_or(usize::MAX))?;
    } else {
        let limit = arguments.limit.unwrap_or(SHOWN);
        for (source, one) in &found {
            printer::result(&render(source, one, limit))?;
        }
    }
    // A file that cannot be read at all is worse than one that is broken.
    failures.sort_by_key(|failure| failure.exit != Exit::Usage);
    let mut failures = failures.into_iter();
    let first = failures.next();
    failures.for_each(|failure| printer::notice(&failure.to_string()));
    first.map_or(Ok(()), Err)
}

/// What is known of a file beside its content.
struct About {
    name: String,
    bytes: Option<u64>,
    sha256: Option<String>,
}

fn look(path: &Path, context: &mut Context) -> Result<(About, Found), Failure> {
    let name = shown(path);
    if path.is_dir() {
        return Ok((About { name, bytes: None, sha256: None }, folder::look(path)?));
    }
    let source = Source::open(path)?;
    let found = kind::look(&source, context);
    // A hash of a secret would tell whether a guess is right.
    let is_public = !matches!(found.kind, Kind::Secret | Kind::Unknown);
    let sha256 = is_public.then(|| source.sha256()).flatten();
    Ok((About { name, bytes: Some(source.len()), sha256 }, found))
}

fn failure(path: &Path, found: &Found) -> Option<Failure> {
    let name = shown(path);
    if found.kind == Kind::Unknown {
        let what = format!("{name} is nothing that can be shown");
        let help = "it takes files of Coram and Charon: locks, definitions, transcripts, keystores and others; see --help";
        return Some(Failure::new(Exit::Usage, "inspect.unknown", what).help(help));
    }
    let what = format!("{name} could not be read whole: {}", found.stopped.first()?);
    Some(Failure::new(Exit::Invalid, "inspect.broken", what).help("what could be read is shown"))
}

fn render(about: &About, found: &Found, limit: usize) -> String {
    let size = about.bytes.map(|bytes| format!(", {bytes} bytes")).unwrap_or_default();
    let mut text = format!("{}: {}{size}\n", Plain(&about.name), found.kind.words());
    if let Some(sha256) = &about.sha256 {
        text += &format!("SHA-256 {sha256}\n");
    }
    text += &format!("{NOTICE}\n\n");
    text += &text::render(&found.content, limit, printer::colours());
    for stop in &found.stopped {
        text += &format!("\nNOT READ WHOLE: {}\n", Plain(&stop.to_string()));
    }
    text + "\n"
}

fn print_json(found: &[(About, Found)], limit: usize) -> Result<(), Failure> {
    let files = found.iter().map(|(about, one)| Shown {
        file: &about.name,
        kind: one.kind.name(),
        bytes: about.bytes,
        sha256: about.sha256.clone(),
        content: LimitedSheet(&one.content, limit),
        stopped: &one.stopped,
    });
    let output = Output { verified: false, notice: NOTICE, files: files.collect() };
    let text = serde_json::to_string_pretty(&output);
    let text = text.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
    printer::result(&format!("{}\n", json::ascii(&text)))
}

/// A file in messages.
fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
