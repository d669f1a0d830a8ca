//! How a report is given: as text, as JSON, as a page, as a picture.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::shown;
use crate::failure::{Exit, Failure};
use crate::printer;
use crate::report::json;
use crate::store::files::{self, OPEN};

/// What a page and a picture begin with.
const BEGINNINGS: [&[u8]; 2] = [b"<!DOCTYPE html>", b"<svg xmlns="];

/// How the report is given.
#[derive(Debug, Args)]
pub struct Outputs {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Write the report as a page too, in one file that runs nothing and asks nobody; `-` prints it instead of the text
    #[arg(long, env = "CORAM_HTML", value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write a picture of the verdict too, in SVG; `-` prints it instead of the text
    #[arg(long, env = "CORAM_BADGE", value_name = "FILE")]
    badge: Option<PathBuf>,
}

/// The same report in every form.
pub trait Shown {
    /// For a terminal.
    fn text(&self, colours: bool) -> String;
    /// A page.
    fn html(&self) -> String;
    /// A picture, if there is one.
    fn badge(&self) -> Option<String>;
}

impl Outputs {
    /// Whether there should be a picture.
    pub fn has_badge(&self) -> bool {
        self.badge.is_some()
    }

    /// Refuses what would destroy a file that was not made for this, before anything is verified.
    pub fn check(&self, inputs: &[&Path]) -> Result<(), Failure> {
        let printed = self.printed().count() + usize::from(self.json);
        if printed > 1 {
            let what = "only one of the text, --json, --html - and --badge - can go to standard output";
            return Err(Failure::new(Exit::Usage, "verify.outputs", what));
        }
        let written: Vec<&PathBuf> = self.written().collect();
        if let [first, second] = written.as_slice()
            && (first == second || is_same(first, second))
        {
            return Err(Failure::new(Exit::Usage, "verify.outputs", "--html and --badge name one file"));
        }
        for path in written {
            if inputs.iter().any(|input| is_same(path, input)) {
                let what = format!("{} is what is verified: it is not overwritten", path.display());
                return Err(Failure::new(Exit::Refused, "verify.overwrites", what));
            }
            check_place(path).map_err(|error| {
                let what = format!("{} is not overwritten: {error}", path.display());
                Failure::new(Exit::Refused, "verify.overwrites", what)
                    .help("name another file, or remove this one")
            })?;
        }
        Ok(())
    }

    /// Gives the report.
    pub fn give(&self, report: &(impl Shown + Serialize)) -> Result<(), Failure> {
        if let Some(path) = &self.html {
            write(path, &report.html())?;
        }
        if let Some((path, badge)) = self.badge.as_ref().zip(report.badge()) {
            write(path, &badge)?;
        }
        if self.json {
            print_json(report)
        } else if self.printed().next().is_none() {
            printer::result(&report.text(printer::colours()))
        } else {
            Ok(())
        }
    }

    fn given(&self) -> impl Iterator<Item = &PathBuf> {
        self.html.iter().chain(&self.badge)
    }

    fn printed(&self) -> impl Iterator<Item = &PathBuf> {
        self.given().filter(|path| is_standard(path))
    }

    fn written(&self) -> impl Iterator<Item = &PathBuf> {
        self.given().filter(|path| !is_standard(path))
    }
}

/// Whether a path stands for standard input or output.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
    !is_standard(other) && place(one).is_some_and(|one| place(other) == Some(one))
}

/// Only a page or a picture gives way to a new one. Whatever else stands there was not meant.
fn check_place(path: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        metadata => metadata?,
    };
    if !metadata.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut start = Vec::new();
    File::open(path)?.take(BEGINNINGS[0].len() as u64).read_to_end(&mut start)?;
    if start.is_empty() || BEGINNINGS.iter().any(|beginning| start.starts_with(beginning)) {
        return Ok(());
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "it is neither a page nor a picture"))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if is_standard(path) {
        return printer::result(text);
    }
    files::replace(path, text.as_bytes(), OPEN).map_err(|error| {
        let what = format!("cannot write {}: {error}", shown(path));
        Failure::new(Exit::Internal, "verify.write", what).help("the report was not given anywhere else")
    })
}

fn print_json(report: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(report);
    let text = text.map_err(|error| Failure::new(Exit::Internal, "json", error.to_string()))?;
    printer::result(&format!("{}\n", json::ascii(&text)))
}
