//! The live table, and the screen that it is drawn on.

use coram_ceremony::{Ceremony, Kind};
use jiff::Timestamp;

use super::super::names;
use super::super::screen::{Row, Screen, Style};
use super::super::table;
use super::super::view::View;
use super::told::Output;
use super::{ceremony, relay};
use crate::event::{Event, Party};

fn texts(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.text.as_str()).collect()
}

#[test]
fn the_table_shows_who_is_connected_and_who_is_awaited() {
    let ceremony = ceremony();
    let at = |seconds: i64| Timestamp::new(1_800_000_000 + seconds, 0).unwrap();
    let mut view = View::new(&ceremony, 1, at(0));
    let relayed = "/ip4/10.0.0.9/tcp/1/p2p/16Uiu2HAm1234567890/p2p-circuit/p2p/16Uiu2HAmTarget".to_owned();
    let events = [
        Event::Published { kind: Kind::Join },
        Event::Connected {
            peer: Party::Operator(2),
            address: "/ip4/10.0.0.2/tcp/3610".to_owned(),
            relayed: false,
        },
        Event::Received { operator: 2, kind: Kind::Join, from: Some(Party::Operator(2)) },
        Event::Connected { peer: Party::Operator(3), address: relayed, relayed: true },
        Event::Disconnected { peer: Party::Operator(4), reason: "timed\u{1b}[2J out 界".to_owned() },
        Event::Connected { peer: relay(), address: "/ip4/10.0.0.9/tcp/1".to_owned(), relayed: false },
        Event::Waiting { kind: Kind::Join, missing: vec![3, 4] },
    ];
    for event in &events {
        view.apply(event, at(0));
    }
    let rows = table::rows(&ceremony, &view, at(75), (200, 24));
    let texts = texts(&rows);
    assert_eq!(texts.len(), 7, "{texts:#?}");
    assert!(texts[0].starts_with("operator") && texts[0].ends_with("J C D A S"), "{texts:#?}");
    assert!(texts[1].starts_with("1 0x") && texts[1].contains("(we)") && texts[1].ends_with("J - - - -"));
    assert!(texts[2].contains("  /ip4/10.0.0.2/tcp/3610  ") && texts[2].ends_with("75 s ago   J - - - -"));
    assert!(texts[3].contains("via relay 16Uiu2…567890"), "{texts:#?}");
    assert!(texts[4].contains("not connected: timed\\u{1b}[2J out ?"), "{texts:#?}");
    assert!(texts[4].ends_with("? - - - -"), "{texts:#?}");
    assert!(texts[5].starts_with("awaited for 75 s: the join of operators 3 (0x"), "{texts:#?}");
    assert_eq!(texts[6], "relays connected: 1 of 1");
    assert_eq!(rows[3].style, Style::Yellow);
    assert_eq!(rows[2].style, Style::Plain);
}

#[test]
fn the_table_says_what_is_out_of_the_ordinary() {
    let first = ceremony();
    let mut parameters = first.parameters().clone();
    parameters.dealers = vec![1, 2, 4];
    let third = Ceremony::new(first.definition().clone(), parameters, 2).unwrap();
    let now = Timestamp::now();
    let mut view = View::new(&third, 1, now);
    view.apply(&Event::Waiting { kind: Kind::Commit, missing: vec![2] }, now);
    let rows = table::rows(&third, &view, now, (200, 24));
    let texts = texts(&rows);
    assert_eq!(
        texts.last().unwrap(),
        &"attempt 2, after 2 that were abandoned; not all operators deal, only 1, 2, 4"
    );
    let no_dealer = texts.iter().find(|text| text.starts_with("3 0x")).unwrap();
    assert!(no_dealer.ends_with("never      -     - -"), "what is not due is left empty: {no_dealer:?}");
    assert_eq!(names::particulars(&first), None);
}

#[test]
fn the_table_keeps_within_the_terminal_and_to_those_who_are_awaited() {
    let ceremony = ceremony();
    let now = Timestamp::now();
    let mut view = View::new(&ceremony, 1, now);
    view.apply(&Event::Waiting { kind: Kind::Deal, missing: vec![4] }, now);
    for (columns, lines) in [(200, 24), (40, 6), (20, 5), (7, 4), (1, 3), (0, 2), (80, 1)] {
        let rows = table::rows(&ceremony, &view, now, (columns, lines));
        assert!(rows.len() < lines.max(2), "{lines}: {rows:?}");
        assert!(rows.iter().all(|row| row.text.chars().count() <= columns), "{columns}: {rows:?}");
    }
    let rows = table::rows(&ceremony, &view, now, (80, 5));
    let texts = texts(&rows);
    assert_eq!(texts.len(), 4, "{texts:#?}");
    assert!(texts[1].starts_with("4 0x"), "who is awaited is shown first: {texts:#?}");
    assert_eq!(texts[2], "… and 3 more");
    assert!(texts[3].starts_with("awaited"), "{texts:#?}");
    // Over a folder nobody is connected to anybody.
    assert!(!texts[0].contains("connection"), "{texts:#?}");
}

#[test]
fn the_live_part_is_drawn_in_place_and_lines_go_above_it() {
    let row = |text: &str| Row { text: text.to_owned(), style: Style::Bold };
    let output = Output::default();
    let mut screen = Screen::to(output.clone(), Some(|| (10, 24)), false);
    let mut written = 0;
    let mut step = |screen: &mut Screen, what: &dyn Fn(&mut Screen)| {
        what(screen);
        let text = output.text().split_off(written);
        written += text.len();
        text
    };
    assert_eq!(step(&mut screen, &|screen| screen.print("first")), "first\n");
    assert_eq!(
        step(&mut screen, &|screen| screen.draw(vec![row("a"), row("b")])),
        "a\u{1b}[K\nb\u{1b}[K\n\u{1b}[J"
    );
    assert_eq!(
        step(&mut screen, &|screen| screen.print("above")),
        "\r\u{1b}[2A\u{1b}[Jabove\na\u{1b}[K\nb\u{1b}[K\n"
    );
    assert_eq!(step(&mut screen, &|screen| screen.draw(vec![row("c")])), "\r\u{1b}[2Ac\u{1b}[K\n\u{1b}[J");
    // Something that writes to the same terminal.
    let aside = step(&mut screen, &|screen| screen.aside(|| ()));
    assert_eq!(aside, "\r\u{1b}[1A\u{1b}[Jc\u{1b}[K\n");
    assert_eq!(step(&mut screen, &Screen::finish), "");
    assert_eq!(step(&mut screen, &|screen| screen.print("below")), "below\n");

    // The terminal was made narrower, and broke a line of ours in three.
    let mut screen = Screen::to(output.clone(), Some(|| (10, 24)), true);
    screen.draw(vec![row(&"x".repeat(25))]);
    let text = step(&mut screen, &|screen| screen.draw(vec![row("d")]));
    assert!(text.ends_with("\r\u{1b}[3A\u{1b}[1md\u{1b}[0m\u{1b}[K\n\u{1b}[J"), "{text:?}");
}
