//! The live table: a row for every operator, and what is awaited.

use comfy_table::{Table, presets};
use coram_ceremony::{Ceremony, Kind};
use jiff::Timestamp;

use super::names::{known_as, particulars, place, short};
use super::screen::{Row, Size, Style};
use super::time;
use super::view::{Awaited, Link, Operator, View};
use crate::plain::Plain;
use crate::work::Underway;

/// The longest cell.
const MAX_CELL: usize = 60;

/// How it stands with a message.
enum State {
    There,
    Awaited,
    Due,
    NotDue,
}

/// The table, clipped to a terminal of this size.
pub fn rows(ceremony: &Ceremony, view: &View, now: Timestamp, size: Size) -> Vec<Row> {
    let (columns, lines) = size;
    let mut below = vec![awaited(ceremony, view, now)];
    below.extend(relays(view));
    below.extend(particulars(ceremony).map(|text| Row { text, style: Style::Dim }));
    // The cursor stands in the line below.
    let room = lines.saturating_sub(below.len() + 2).max(1);
    let mut rows = operators(ceremony, view, now, room);
    // Where there is no room for operators either, what is awaited matters most.
    if lines < below.len() + 3 {
        rows.clear();
        below.truncate(1);
    }
    rows.append(&mut below);
    for row in &mut rows {
        row.text = clip(row.text.trim_end(), columns);
    }
    rows
}

/// A heading, and operators in their order. Where there is no room for all, those who are awaited come first.
fn operators(ceremony: &Ceremony, view: &View, now: Timestamp, room: usize) -> Vec<Row> {
    let is_awaited =
        |index: &u16| view.awaited.as_ref().is_some_and(|awaited| awaited.missing.contains(index));
    let mut shown: Vec<u16> = view.operators.keys().copied().collect();
    let total = shown.len();
    if total > room {
        shown.sort_by_key(|index| !is_awaited(index));
        shown.truncate(room.saturating_sub(1));
        shown.sort_unstable();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(cells(view, ["operator", "connection", "last seen", &letters(|_| State::There)]));
    let mut styles = vec![Style::Bold];
    for index in &shown {
        let Some(operator) = view.operators.get(index) else { continue };
        table.add_row(operator_cells(ceremony, view, *index, operator, now));
        styles.push(if is_awaited(index) { Style::Yellow } else { Style::Plain });
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut rows: Vec<Row> = table.lines().zip(styles).map(|(text, style)| Row { text, style }).collect();
    if shown.len() < total {
        rows.push(Row { text: format!("… and {} more", total - shown.len()), style: Style::Dim });
    }
    rows
}

/// Without a network there are no connections to show.
fn cells(view: &View, [operator, connection, seen, messages]: [&str; 4]) -> Vec<String> {
    let cells = [operator, connection, seen, messages].into_iter().enumerate();
    cells.filter(|(column, _)| *column != 1 || view.networked).map(|(_, text)| text.to_owned()).collect()
}

fn operator_cells(
    ceremony: &Ceremony,
    view: &View,
    index: u16,
    operator: &Operator,
    now: Timestamp,
) -> Vec<String> {
    let who = format!("{index} {}", short(&known_as(ceremony, index)));
    let messages = letters(|kind| state(ceremony, view, index, kind));
    if index == view.me {
        return cells(view, [&format!("{who} (we)"), "", "", &messages]);
    }
    let seen = operator.link.seen.map_or_else(|| "never".to_owned(), |seen| time::ago(seen, now));
    cells(view, [&who, &connection(&operator.link), &seen, &messages])
}

/// One character for every kind of message.
fn letters(state: impl Fn(Kind) -> State) -> String {
    let character = |kind: Kind| match state(kind) {
        State::There => kind.name().chars().next().unwrap_or('?').to_ascii_uppercase(),
        State::Awaited => '?',
        State::Due => '-',
        State::NotDue => ' ',
    };
    Kind::ALL.map(character).iter().flat_map(|c| [*c, ' ']).collect()
}

fn state(ceremony: &Ceremony, view: &View, index: u16, kind: Kind) -> State {
    let awaited = |awaited: &Awaited| awaited.kind == kind && awaited.missing.contains(&index);
    if view.operators.get(&index).is_some_and(|operator| operator.messages.contains(&kind)) {
        State::There
    } else if view.awaited.as_ref().is_some_and(awaited) {
        State::Awaited
    } else if ceremony.expects(kind, index) {
        State::Due
    } else {
        State::NotDue
    }
}

fn connection(link: &Link) -> String {
    let text = match (link.current(), &link.gone) {
        (Some(connection), _) => place(&connection.address, connection.relayed),
        (None, Some(reason)) => format!("not connected: {reason}"),
        (None, None) => "not connected".to_owned(),
    };
    clip(&harmless(&text), MAX_CELL)
}

fn awaited(ceremony: &Ceremony, view: &View, now: Timestamp) -> Row {
    if let Some(Underway { work, done, total, began, .. }) = &view.work {
        let text = format!("{}, for {}", work.sentence(*done, *total, None), time::between(*began, now));
        return Row { text, style: Style::Green };
    }
    let Some(awaited) = &view.awaited else {
        let text = if view.complete { "the lock is complete" } else { "nobody is awaited" };
        return Row { text: text.to_owned(), style: Style::Green };
    };
    let who = |index: &u16| format!("{index} ({})", short(&known_as(ceremony, *index)));
    let whom: Vec<String> = awaited.missing.iter().map(who).collect();
    let operators = if whom.len() == 1 { "operator" } else { "operators" };
    let text = format!(
        "awaited for {}: the {} of {operators} {}",
        time::between(awaited.since, now),
        awaited.kind,
        whom.join(", ")
    );
    Row { text, style: Style::Yellow }
}

fn relays(view: &View) -> Option<Row> {
    let connected = view.relays.values().filter(|link| link.current().is_some()).count();
    let total = view.relays.len();
    let style = if connected == 0 { Style::Yellow } else { Style::Dim };
    (total > 0).then(|| Row { text: format!("relays connected: {connected} of {total}"), style })
}

/// What strangers wrote, in characters whose width is known.
fn harmless(text: &str) -> String {
    let plain = Plain(text).to_string();
    plain.chars().map(|c| if matches!(c, ' '..='~' | '…') { c } else { '?' }).collect()
}

/// The first `width` characters, the last of them an ellipsis if there were more.
fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept = text.chars().take(width.saturating_sub(1));
    kept.chain((width > 0).then_some('…')).collect()
}
