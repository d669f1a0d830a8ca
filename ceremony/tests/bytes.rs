//! Bytes from anywhere: bounded, canonical, never a panic.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::{Arc, OnceLock};

use common::{ceremony, honest_board, identity, kind_of, restart};
use coram_ceremony::board::Inserted;
use coram_ceremony::id::RosterHash;
use coram_ceremony::message::{EncodingError, Rejection};
use coram_ceremony::{Board, Ceremony, FaultFile, Kind, Message, UnverifiedTranscript};
use coram_proofs::hash::TaggedHash;
use proptest::prelude::*;

fn setting() -> &'static (Arc<Ceremony>, Vec<Vec<u8>>) {
    static SETTING: OnceLock<(Arc<Ceremony>, Vec<Vec<u8>>)> = OnceLock::new();
    SETTING.get_or_init(|| {
        let ceremony = ceremony(4, 3, 1);
        let board = honest_board(&ceremony);
        (ceremony, board)
    })
}

/// The layout of a message, written out: ceremony id, kind, author, roster hash, offset of the body, signature, body.
fn lay_out(
    ceremony: &[u8; 32],
    kind: u8,
    author: u16,
    roster: &[u8; 32],
    signature: &[u8; 64],
    body: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(ceremony);
    bytes.push(kind);
    bytes.extend_from_slice(&author.to_le_bytes());
    bytes.extend_from_slice(roster);
    bytes.extend_from_slice(&135_u32.to_le_bytes());
    bytes.extend_from_slice(signature);
    bytes.extend_from_slice(body);
    bytes
}

/// Any body, properly signed.
fn signed(ceremony: &Ceremony, kind: u8, author: u16, roster: &[u8; 32], body: &[u8]) -> Vec<u8> {
    let id = TaggedHash::new("message")
        .bytes(ceremony.id().as_bytes())
        .number(kind.into())
        .number(author.into())
        .bytes(roster)
        .bytes(body);
    let signature = identity(author).sign(&id.digest());
    lay_out(ceremony.id().as_bytes(), kind, author, roster, &signature, body)
}

#[test]
fn messages_have_the_documented_layout() {
    let (ceremony, messages) = setting();
    for bytes in messages {
        let message = Message::read(bytes, ceremony).unwrap();
        let body = &bytes[135..];
        let again =
            signed(ceremony, message.kind().number(), message.author(), message.roster().as_bytes(), body);
        assert_eq!(&again, bytes);
        assert_eq!(message.roster() == RosterHash::NONE, message.kind() == Kind::Join);
    }
}

#[test]
fn lengths_are_bounded_before_anything_is_read() {
    let (ceremony, messages) = setting();
    let most = ceremony.limits().message();
    let longest = messages.iter().map(Vec::len).max().unwrap();
    assert!(longest <= most);
    let long = vec![0; most + 1];
    let expected = Rejection::Encoding(EncodingError::TooLong { found: most + 1, most });
    assert!(matches!(Message::read(&long, ceremony), Err(rejection) if rejection == expected));
    for bytes in messages {
        for cut in [0, 1, 31, 66, 134, bytes.len() - 1] {
            assert!(Message::read(&bytes[..cut], ceremony).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn a_signed_body_that_is_not_canonical_is_malformed() {
    let (ceremony, messages) = setting();
    let join = messages.iter().find(|message| kind_of(message) == 1).unwrap();
    let body = &join[135..];
    let mut longer = body.to_vec();
    longer.push(b'!');
    let mut offset = body.to_vec();
    offset[0] += 1;
    for (body, malformed) in
        [(longer.as_slice(), false), (&offset, true), (&body[..body.len() / 2], true), (&[], true)]
    {
        let bytes = signed(ceremony, 1, 1, &[0; 32], body);
        let message = Message::read(&bytes, ceremony).unwrap();
        assert_eq!(matches!(message, Message::Malformed(_)), malformed, "{message:?}");
        assert_eq!(message.to_bytes(), bytes);
    }
    let early = Message::read(&signed(ceremony, 1, 1, &[1; 32], body), ceremony).unwrap();
    assert!(
        matches!(early, Message::Malformed(malformed) if *malformed.error() == EncodingError::EarlyRoster)
    );
}

#[test]
fn strangers_and_unknown_kinds_are_turned_away() {
    let (ceremony, _) = setting();
    for author in [0, 5, u16::MAX] {
        let bytes = signed(ceremony, 1, author, &[0; 32], &[]);
        let expected = Rejection::Author { kind: Kind::Join, author };
        assert!(matches!(Message::read(&bytes, ceremony), Err(rejection) if rejection == expected));
    }
    for kind in [0, 6, 255] {
        assert!(Message::read(&signed(ceremony, kind, 1, &[0; 32], &[]), ceremony).is_err());
    }
    let other = lay_out(&[7; 32], 1, 1, &[0; 32], &[1; 64], &[]);
    assert!(matches!(Message::read(&other, ceremony), Err(Rejection::OtherCeremony { .. })));
}

#[test]
fn boards_tell_each_other_what_they_lack() {
    let (ceremony, messages) = setting();
    let mut full = Board::new(Arc::clone(ceremony));
    messages.iter().for_each(|message| assert!(matches!(full.insert(message), Inserted::New(_))));
    messages.iter().for_each(|message| assert!(matches!(full.insert(message), Inserted::Known(_))));
    let mut part = Board::new(Arc::clone(ceremony));
    messages.iter().step_by(3).for_each(|message| drop(part.insert(message)));
    let lacking: Vec<Vec<u8>> = full.missing_from(&part.have()).into_iter().map(Message::to_bytes).collect();
    assert_eq!(lacking.len() + part.have().len(), 20);
    lacking.iter().for_each(|message| drop(part.insert(message)));
    assert_eq!(part.have(), full.have());
    assert!(part.missing_from(&full.have()).is_empty());
}

#[test]
fn a_board_is_bounded() {
    let (ceremony, messages) = setting();
    let mut board = Board::new(Arc::clone(ceremony));
    messages.iter().for_each(|message| drop(board.insert(message)));
    for flood in 0..50_u8 {
        for kind in 1..=5 {
            let _ = board.insert(&signed(ceremony, kind, 2, &[0; 32], &[flood]));
        }
    }
    assert_eq!(board.have().len(), 25);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let (ceremony, _) = setting();
        let mut board = Board::new(Arc::clone(ceremony));
        prop_assert!(matches!(board.insert(&bytes), Inserted::Rejected(_)));
        prop_assert!(FaultFile::check(&bytes).is_err());
    }

    #[test]
    fn one_changed_byte(which in 0..20_usize, at in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let (ceremony, messages) = setting();
        let mut bytes = messages[which].clone();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let mut board = Board::new(Arc::clone(ceremony));
        prop_assert!(matches!(board.insert(&bytes), Inserted::Rejected(_)));
    }

    #[test]
    fn arbitrary_signed_bodies(
        kind in 1..=5_u8,
        body in proptest::collection::vec(any::<u8>(), 0..400),
        zeros: bool,
    ) {
        let (ceremony, messages) = setting();
        let roster = Message::read(&messages[19], ceremony).unwrap().roster();
        let roster = if zeros { RosterHash::NONE } else { roster };
        let bytes = signed(ceremony, kind, 2, roster.as_bytes(), &body);
        let mut one = restart(ceremony, 1, &[]);
        prop_assert!(matches!(one.insert(&bytes), Inserted::New(_)));
        let _ = one.next();
    }

    #[test]
    fn arbitrary_orders(order in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle(), cut in 0..12_usize) {
        // Without keys that were lost: an engine that sees some messages, in any order, does no harm to itself.
        let (ceremony, messages) = setting();
        let mut board = Board::new(Arc::clone(ceremony));
        let mut sorted = Board::new(Arc::clone(ceremony));
        let some = &order[..cut];
        some.iter().for_each(|&i| drop(board.insert(&messages[i])));
        let mut ascending = some.to_vec();
        ascending.sort_unstable();
        ascending.iter().for_each(|&i| drop(sorted.insert(&messages[i])));
        prop_assert_eq!(board.have(), sorted.have());
    }

    #[test]
    fn arbitrary_transcripts(text in "[\\[\\]{}:,\"0-9a-z_]{0,200}") {
        let (ceremony, _) = setting();
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
            prop_assert!(UnverifiedTranscript::read(&value, ceremony.definition()).is_err());
        }
    }
}
