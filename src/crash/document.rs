//! The tables of `docs/crash.md`.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::operators::ME;
use super::turns::Turn;
use crate::store::steps::Step;
use crate::store::steps::faulty::Fault;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/crash.md");

/// Held while the document is written.
static WRITING: Mutex<()> = Mutex::new(());

/// Compares a table with the one of this name in the document; with `UPDATE=1`, puts it there.
pub fn hold(name: &str, table: &str) {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let (begin, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- end of {name} -->"));
    let document = fs::read_to_string(PATH).unwrap();
    let (before, rest) = document.split_once(&begin).unwrap();
    let (found, after) = rest.split_once(&end).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(PATH, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(found, table, "docs/crash.md has another table of {name}: run with UPDATE=1");
    }
}

/// Makes sure that the document says something.
pub fn says(sentence: &str, what_to_do: &str) {
    let document = fs::read_to_string(PATH).unwrap();
    assert!(document.contains(sentence), "docs/crash.md does not say \"{sentence}\": {what_to_do}");
}

/// A table in Markdown.
pub fn table<'a>(head: &[&str], rows: impl IntoIterator<Item = &'a Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let mut table = line(&head) + &format!("|{}\n", "---|".repeat(head.len()));
    for row in rows {
        table += &line(row);
    }
    table
}

/// A step, as people call it.
pub const fn name(step: Step) -> &'static str {
    match step {
        Step::MakeFolder => "make folder",
        Step::Create => "make file",
        Step::Mode => "set mode",
        Step::Write => "write",
        Step::Sync => "sync bytes",
        Step::Name => "name",
        Step::Remove => "remove",
        Step::SyncFolder => "sync names",
    }
}

/// What a step is for: a path in the data folder or in the attempt's, without hashes.
pub fn subject(place: &Path) -> String {
    let text = place.to_string_lossy();
    let is_hash = |name: &str| name.len() == 64;
    let text = match text.strip_prefix("coram/").map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
        Some((hash, "")) if is_hash(hash) => return "attempt's folder".to_owned(),
        Some((hash, rest)) if is_hash(hash) => rest.to_owned(),
        _ if text.is_empty() => return "data folder".to_owned(),
        _ if text == ".coram-" => return "probe for room".to_owned(),
        _ => text.into_owned(),
    };
    let author = text.strip_prefix("board/").and_then(|name| name.split('-').nth(1));
    match author {
        Some(author) if author == ME.to_string() => "own message".to_owned(),
        Some(_) => "message of another".to_owned(),
        None => format!("`{text}`"),
    }
}

/// What a process says whose disk fails in a step for `place`.
pub fn code(place: &Path) -> &'static str {
    if place.as_os_str() == ".coram-" { "store.read-only" } else { "store.io" }
}

/// A step for a subject.
struct WritePoint {
    subject: String,
    step: Step,
    code: &'static str,
    /// How often it was taken, by phase.
    taken: Vec<usize>,
}

/// What belongs together stands together, in the order in which it first comes onto the disk.
fn write_points(turns: &[&Turn]) -> Vec<WritePoint> {
    let mut points: Vec<WritePoint> = Vec::new();
    for (phase, (step, place)) in
        turns.iter().enumerate().flat_map(|(phase, turn)| turn.taken.iter().map(move |taken| (phase, taken)))
    {
        let subject = subject(place);
        let known = points.iter().position(|point| point.subject == subject && point.step == *step);
        let index = known.unwrap_or_else(|| {
            points.push(WritePoint { subject, step: *step, code: code(place), taken: vec![0; turns.len()] });
            points.len() - 1
        });
        points[index].taken[phase] += 1;
    }
    let subjects: Vec<String> = points.iter().map(|point| point.subject.clone()).collect();
    points.sort_by_key(|point| subjects.iter().position(|subject| *subject == point.subject));
    points
}

/// Restarts by write point and phase; so many after each fault.
pub fn matrix(turns: &[&Turn], restarts: usize) -> String {
    let row = |point: &WritePoint| {
        let faults = Fault::ALL.iter().filter(|fault| fault.fits(point.step)).count();
        let cell = |taken: &usize| match taken {
            0 => "-".to_owned(),
            taken => (taken * faults * restarts).to_string(),
        };
        let start = [point.subject.clone(), name(point.step).to_owned(), format!("`{}`", point.code)];
        start.into_iter().chain(point.taken.iter().map(cell)).collect()
    };
    let rows: Vec<Vec<String>> = write_points(turns).iter().map(row).collect();
    let phases = turns.iter().map(|turn| turn.phase);
    let head: Vec<&str> = ["what", "step", "said if it fails"].into_iter().chain(phases).collect();
    let text = table(&head, &rows);
    format!("{text}\n{} write points in {} phases.\n", rows.len(), turns.len())
}

/// How often each fault can happen in each phase.
pub fn faults(turns: &[&Turn], restarts: usize) -> String {
    let count = |turn: &Turn, fault: Fault| turn.taken.iter().filter(|(step, _)| fault.fits(*step)).count();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut all = 0;
    for fault in Fault::ALL {
        let cells: Vec<usize> = turns.iter().map(|turn| count(turn, fault)).collect();
        all += cells.iter().sum::<usize>();
        rows.push(
            std::iter::once(fault.name().to_owned()).chain(cells.iter().map(usize::to_string)).collect(),
        );
    }
    let head: Vec<&str> = std::iter::once("fault").chain(turns.iter().map(|turn| turn.phase)).collect();
    let text = table(&head, &rows);
    format!("{text}\n{all} faults, {} restarts.\n", all * restarts)
}
