//! What everybody sealed stays, whatever else operators sign.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::{Arc, OnceLock};

use common::{ceremony, ceremony_with, forge, honest_board, kind_of, restart};
use coram_ceremony::message::{Attest, Body, Commit, Deal, Join, Seal};
use coram_ceremony::phase::commit_hash;
use coram_ceremony::{Ceremony, Kind, Message, Step};

/// All messages of an honest ceremony with Commits.
fn complete(ceremony: &Arc<Ceremony>) -> Vec<Vec<u8>> {
    static BOARD: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    BOARD.get_or_init(|| honest_board(ceremony)).clone()
}

fn body<B: Body + Clone>(
    ceremony: &Ceremony,
    board: &[Vec<u8>],
    author: u16,
) -> (coram_ceremony::id::RosterHash, B) {
    let messages = board.iter().map(|bytes| Message::read(bytes, ceremony).unwrap());
    let message = messages
        .filter(|message| message.author() == author)
        .find_map(|message| B::of(&message).map(|signed| (signed.roster(), signed.body().clone())));
    message.unwrap()
}

/// A second message of every kind by this author. Each names what the true ones name, and the second Deal is what
/// the second Commit announced: only hashes and signatures tell them from the true ones.
fn seconds(ceremony: &Ceremony, board: &[Vec<u8>], author: u16) -> Vec<Vec<u8>> {
    let mut second = Vec::new();
    let (roster, mut join) = body::<Join>(ceremony, board, author);
    join.software = b"another".to_vec();
    second.push(forge(ceremony, author, roster, join));

    let (roster, mut deal) = body::<Deal>(ceremony, board, author);
    *deal.dealing.last_mut().unwrap() ^= 1;
    if ceremony.parameters().commits {
        let (roster, mut commit) = body::<Commit>(ceremony, board, author);
        commit.hash = commit_hash(ceremony.id(), roster, author, &deal.dealing);
        second.push(forge(ceremony, author, roster, commit));
    }
    second.push(forge(ceremony, author, roster, deal));

    let (roster, mut attest) = body::<Attest>(ceremony, board, author);
    attest.deposits.reverse();
    second.push(forge(ceremony, author, roster, attest.clone()));

    let (roster, mut seal) = body::<Seal>(ceremony, board, author);
    seal.partials = attest.attestations;
    second.push(forge(ceremony, author, roster, seal));
    second
}

/// A second message of every kind whose body has not the right form.
fn malformed(ceremony: &Ceremony, board: &[Vec<u8>], author: u16) -> Vec<Vec<u8>> {
    let (none, mut join) = body::<Join>(ceremony, board, author);
    join.software = vec![7];
    let (roster, mut commit) = body::<Commit>(ceremony, board, author);
    commit.joins.clear();
    let (_, mut deal) = body::<Deal>(ceremony, board, author);
    deal.dealing = vec![0; ceremony.limits().dealing() + 1];
    let (_, mut attest) = body::<Attest>(ceremony, board, author);
    attest.attestations.clear();
    let (_, mut seal) = body::<Seal>(ceremony, board, author);
    seal.partials.clear();
    vec![
        forge(ceremony, author, none, join),
        forge(ceremony, author, roster, commit),
        forge(ceremony, author, roster, deal),
        forge(ceremony, author, roster, attest),
        forge(ceremony, author, roster, seal),
    ]
}

fn finished(ceremony: &Arc<Ceremony>, messages: &[Vec<u8>]) -> Vec<u8> {
    match restart(ceremony, 4, messages).next() {
        Step::Finished(outcome) => outcome.lock_json().unwrap(),
        step => panic!("not finished: {step:?}"),
    }
}

#[test]
fn second_messages_of_all_kinds_change_nothing() {
    let ceremony = ceremony(4, 3, 1);
    let all = complete(&ceremony);
    let expected = finished(&ceremony, &all);
    let of_two = seconds(&ceremony, &all, 2);
    assert_eq!(of_two.len(), 5);
    let of_three: Vec<_> = (1..=3).flat_map(|author| seconds(&ceremony, &all, author)).collect();
    for more in [of_two, of_three, malformed(&ceremony, &all, 2)] {
        // Whether they come before or after the true ones.
        assert_eq!(finished(&ceremony, &[all.clone(), more.clone()].concat()), expected);
        assert_eq!(finished(&ceremony, &[more, all.clone()].concat()), expected);
    }
}

#[test]
fn a_slow_operator_finishes_when_the_last_seal_arrives() {
    let ceremony = ceremony(4, 3, 1);
    let all = complete(&ceremony);
    let expected = finished(&ceremony, &all);
    let last = all.iter().position(|message| kind_of(message) == 5 && message[33] == 1).unwrap();
    // With what it concluded before the second messages came, and from nothing.
    for first in [15, 0] {
        let mut late = restart(&ceremony, 4, &all[..first]);
        let _ = late.next();
        for message in seconds(&ceremony, &all, 2).iter().chain(&all) {
            if *message != all[last] {
                let _ = late.insert(message);
            }
        }
        assert!(matches!(late.next(), Step::Faulted(file) if file.culprits() == [2]));
        let _ = late.insert(&all[last]);
        let Step::Finished(outcome) = late.next() else { panic!("not finished") };
        assert_eq!(outcome.lock_json().unwrap(), expected);
    }
}

#[test]
fn ceremonies_without_commits_are_settled_too() {
    let ceremony = ceremony_with(4, 3, 1, |parameters| parameters.commits = false);
    let all = honest_board(&ceremony);
    let expected = finished(&ceremony, &all);
    let more: Vec<_> = [2, 3].into_iter().flat_map(|author| seconds(&ceremony, &all, author)).collect();
    assert_eq!(finished(&ceremony, &[more, all].concat()), expected);
}

#[test]
fn two_wrong_seals_settle_nothing() {
    let ceremony = ceremony(4, 3, 1);
    let all = complete(&ceremony);
    let others = all.iter().filter(|message| !(kind_of(message) == 5 && message[33] == 2)).cloned();
    let mut board: Vec<_> = others.collect();
    for wrong in [seconds(&ceremony, &all, 2), malformed(&ceremony, &all, 2)] {
        board.push(wrong.into_iter().find(|message| kind_of(message) == Kind::Seal.number()).unwrap());
    }
    let step = restart(&ceremony, 4, &board).next();
    assert!(matches!(&step, Step::Faulted(file) if file.culprits() == [2]), "{step:?}");
}
