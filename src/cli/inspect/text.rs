//! What is shown of a file, for people.

use std::fmt::Write as _;

use super::sheet::{Item, Sheet, more};
use crate::plain::Plain;

/// The longest text that is shown whole, in characters; the JSON has all of it.
const MAX_TEXT: usize = 1024;
/// How wide a row of a table may be, in characters.
const MAX_ROW: usize = 150;
/// How wide the column of names is at the most, in characters.
const NAMES: usize = 24;
/// The most names that are shown of what a file may have any number of.
const MAX_NAMES: usize = 64;
/// How wide a group of values in one line may be, in characters.
const MAX_GROUP: usize = 48;

/// The members of a sheet, one to a line, indented.
pub fn render(sheet: &Sheet, limit: usize, colours: bool) -> String {
    let mut text = Text { out: String::new(), limit, colours };
    text.sheet(sheet, "  ", "  ");
    text.out
}

struct Text {
    out: String,
    limit: usize,
    colours: bool,
}

impl Text {
    /// The first line gets an indentation of its own: in a list it has the bullet.
    fn sheet(&mut self, sheet: &Sheet, first: &str, indent: &str) {
        let most = self.limit.max(MAX_NAMES);
        let shown: Vec<_> = sheet.0.iter().take(most).map(|(name, item)| (label(name, item), item)).collect();
        let behind = shown.iter().map(|(name, item)| (name, inline(item)));
        let widths = behind.filter(|(_, value)| value.is_some()).map(|(name, _)| name.chars().count());
        let width = widths.max().unwrap_or(0).min(NAMES);
        for (place, (name, item)) in shown.into_iter().enumerate() {
            self.out.push_str(if place == 0 { first } else { indent });
            match inline(item) {
                Some(value) => self.line(&format!("{name:<width$}  {value}")),
                None => {
                    let name = self.heading(&name);
                    self.line(&name);
                    self.below(item, &format!("{indent}  "));
                }
            }
        }
        if let Some(more) = sheet.0.len().checked_sub(most).filter(|more| *more > 0) {
            self.line(&format!("{indent}and {more} more; --limit shows more"));
        }
    }

    /// What has no place in the line of its name.
    fn below(&mut self, item: &Item, indent: &str) {
        match item {
            Item::Sheet(sheet) => self.sheet(sheet, indent, indent),
            Item::List(items) => {
                let shown = items.get(..self.limit).unwrap_or(items);
                match table(shown) {
                    Some(rows) => rows.iter().for_each(|row| self.line(&format!("{indent}{row}"))),
                    None => shown.iter().for_each(|item| self.entry(item, indent)),
                }
                if let Some(more) = more(item, self.limit) {
                    self.line(&format!("{indent}and {more} more; --limit shows more"));
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, item: &Item, indent: &str) {
        match (item, inline(item)) {
            (_, Some(value)) => self.line(&format!("{indent}{value}")),
            (Item::Sheet(sheet), _) => {
                self.sheet(sheet, &format!("{indent}- "), &format!("{indent}  "));
            }
            _ => self.below(item, &format!("{indent}  ")),
        }
    }

    fn line(&mut self, line: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.out, "{}", line.trim_end());
    }

    fn heading(&self, name: &str) -> String {
        if self.colours { format!("\u{1b}[1m{name}\u{1b}[0m") } else { name.to_owned() }
    }
}

/// A name for people. An amount is said in ETH.
fn label(name: &str, item: &Item) -> String {
    let name = if matches!(item, Item::Said(..)) { name.trim_end_matches("_gwei") } else { name };
    Plain(&cut(&name.replace('_', " "))).to_string()
}

/// A value that fits behind its name.
fn inline(item: &Item) -> Option<String> {
    match item {
        Item::List(items) if items.is_empty() => Some("none".to_owned()),
        Item::List(items) => {
            let all: Option<Vec<String>> = items.iter().map(scalar).collect();
            all.map(|all| all.join(", ")).filter(|line| line.chars().count() < MAX_ROW / 2)
        }
        Item::Sheet(sheet) if sheet.0.is_empty() => Some("nothing".to_owned()),
        Item::Sheet(sheet) => group(sheet),
        item => scalar(item),
    }
}

/// A few short values in one line.
fn group(sheet: &Sheet) -> Option<String> {
    let values =
        sheet.0.iter().take(4).map(|(name, item)| Some(format!("{} {}", label(name, item), scalar(item)?)));
    let values: Vec<String> = values.collect::<Option<_>>()?;
    let line = values.join(", ");
    (values.len() < 4 && line.chars().count() <= MAX_GROUP).then_some(line)
}

fn scalar(item: &Item) -> Option<String> {
    match item {
        Item::Nothing => Some("none".to_owned()),
        Item::Flag(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Item::Number(number) => Some(number.to_string()),
        Item::Said(_, words) => Some(Plain(words).to_string()),
        Item::Text(text) => Some(cut(text)),
        Item::List(_) | Item::Sheet(_) => None,
    }
}

/// A text that somebody wrote, as far as it is shown.
fn cut(text: &str) -> String {
    let more = text.chars().count().saturating_sub(MAX_TEXT);
    if more == 0 {
        return if text.is_empty() { "(empty)".to_owned() } else { Plain(text).to_string() };
    }
    let shown: String = text.chars().take(MAX_TEXT).collect();
    format!("{}… and {more} more characters", Plain(&shown))
}

/// Entries that all have the same few members, one to a row.
fn table(items: &[Item]) -> Option<Vec<String>> {
    let sheets: Option<Vec<&Sheet>> = items
        .iter()
        .map(|item| match item {
            Item::Sheet(sheet) => Some(sheet),
            _ => None,
        })
        .collect();
    let sheets = sheets?;
    let names: Vec<&str> = sheets.first()?.0.iter().map(|(name, _)| name.as_ref()).collect();
    let first = sheets.first()?.0.iter();
    let mut rows = vec![first.map(|(name, item)| label(name, item)).collect()];
    for sheet in sheets {
        let same = sheet.0.iter().map(|(name, _)| name.as_ref()).eq(names.iter().copied());
        let row: Option<Vec<String>> = sheet.0.iter().map(|(_, item)| inline(item)).collect();
        rows.push(row.filter(|_| same)?);
    }
    aligned(&rows)
}

fn aligned(rows: &[Vec<String>]) -> Option<Vec<String>> {
    let columns = rows.first()?.len();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    if widths.iter().sum::<usize>() + 2 * columns > MAX_ROW {
        return None;
    }
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ")
    };
    Some(rows.iter().map(line).collect())
}
