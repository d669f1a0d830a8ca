//! How far the messages on a board carry the ceremony. Keys are not needed, and nothing verified is verified twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::board::Board;
use crate::breach::{Breach, Obstacle};
use crate::ceremony::Ceremony;
use crate::id::MessageId;
use crate::memory::{Key, recall, recall_own};
use crate::message::{Attest, Body, Commit, Deal, Join, Kind, Message, Seal, Signed};
use crate::phase::{
    Attested, Dealt, Roster, Sealed, judge_join, judge_join_list, judge_node_signature, judge_opening,
    judge_own_join,
};
use crate::settle::{self, Choice};

/// The phases that a board was judged to have reached.
///
/// A board only grows. A conflict ends the attempt, until all Seals are there: then it is settled which of the conflicting
/// messages count. So what was concluded once stays true, or is concluded again from others.
#[derive(Default)]
pub(crate) struct Judge {
    pub(crate) roster: Option<Arc<Roster>>,
    pub(crate) dealt: Option<Arc<Dealt>>,
    pub(crate) attested: Option<Arc<Attested>>,
    pub(crate) sealed: Option<Arc<Sealed>>,
    passed: BTreeSet<MessageId>,
    unsettled: usize,
}

impl Judge {
    /// Judges whatever is new. Returns the kind of message that is awaited, `None` when the ceremony is complete.
    pub(crate) fn advance(&mut self, board: &Board) -> Result<Option<Kind>, Obstacle> {
        if self.sealed.is_some() {
            return Ok(None);
        }
        if board.equivocation().is_some() && self.settle(board) {
            return Ok(None);
        }
        let ceremony = board.ceremony();
        judge_alone(board, &mut self.passed)?;

        let Ok(joins) = board.all::<Join>() else { return Ok(Some(Kind::Join)) };
        let roster = reach(&mut self.roster, || form_roster(ceremony, joins))?;

        // Whoever opens its dealing relies on the Commits of all others having been made under one roster.
        let Ok(commits) = board.all::<Commit>() else { return Ok(Some(Kind::Commit)) };
        commits.iter().try_for_each(|commit| roster.check_commit(ceremony, commit))?;

        let Ok(deals) = board.all::<Deal>() else { return Ok(Some(Kind::Deal)) };
        let dealt = reach(&mut self.dealt, || form_dealt(ceremony, roster, commits, deals))?;

        let Ok(attests) = board.all::<Attest>() else { return Ok(Some(Kind::Attest)) };
        let attested = reach(&mut self.attested, || form_attested(ceremony, roster, dealt, attests))?;

        let Ok(seals) = board.all::<Seal>() else { return Ok(Some(Kind::Seal)) };
        reach(&mut self.sealed, || form_sealed(ceremony, roster, dealt, attested, seals))?;
        Ok(None)
    }
}

impl Judge {
    /// Completes a ceremony that everybody sealed in spite of conflicting messages that turned up besides.
    ///
    /// Without this, an operator that finished could make those who have not yet read all Seals abort, by signing one
    /// more message for them. See [`crate::settle`].
    fn settle(&mut self, board: &Board) -> bool {
        let messages = board.messages().count();
        if !board.missing(Kind::Seal).is_empty() || self.unsettled == messages {
            return false;
        }
        for choice in settle::choices(board) {
            if self.complete(board.ceremony(), choice).is_ok() {
                return true;
            }
        }
        self.unsettled = messages;
        false
    }

    /// Judges the messages of a choice to the end, again only where other ones were judged before.
    fn complete(&mut self, ceremony: &Ceremony, choice: Choice) -> Result<(), Obstacle> {
        let Choice { joins, commits, deals, attests, seals, .. } = choice;
        let roster = self.roster.take().filter(|roster| roster.hash() == choice.roster);
        let roster = reach(&mut self.roster, || roster.map_or_else(|| form_roster(ceremony, joins), Ok))?;
        let dealt = self.dealt.take().filter(|dealt| dealt.root() == choice.dealings);
        let dealt = reach(&mut self.dealt, || {
            dealt.map_or_else(|| form_dealt(ceremony, roster, commits, deals), Ok)
        })?;

        let verify = |attest: &[Signed<Attest>]| dealt.verify_attests(roster, attest);
        let attests = attests.into_iter().filter_map(|two| only(two, verify)).collect();
        let attested = self.attested.take().filter(|attested| attested.root() == choice.transcript);
        let attested = reach(&mut self.attested, || {
            attested.map_or_else(|| form_attested(ceremony, roster, dealt, attests), Ok)
        })?;

        let verify = |seal: &[Signed<Seal>]| attested.verify_seals(ceremony, roster, seal);
        let seals = seals.into_iter().filter_map(|two| only(two, verify)).collect();
        reach(&mut self.sealed, || form_sealed(ceremony, roster, dealt, attested, seals))?;
        Ok(())
    }
}

/// Of two messages the first that verifies; one alone is verified together with those of others.
fn only<B: Body, T>(
    messages: Vec<Signed<B>>,
    verify: impl Fn(&[Signed<B>]) -> Result<T, Obstacle>,
) -> Option<Signed<B>> {
    let alone = messages.len() == 1;
    messages.into_iter().find(|message| alone || verify(std::slice::from_ref(message)).is_ok())
}

fn form_roster(ceremony: &Ceremony, joins: Vec<Signed<Join>>) -> Result<Arc<Roster>, Obstacle> {
    let key = Key::new(ceremony).messages(&joins);
    recall(ceremony, |memory| &memory.rosters, key, || Roster::form(ceremony, joins))
}

fn form_dealt(
    ceremony: &Ceremony,
    roster: &Roster,
    commits: Vec<Signed<Commit>>,
    deals: Vec<Signed<Deal>>,
) -> Result<Arc<Dealt>, Obstacle> {
    let key = Key::new(ceremony).messages(roster.joins()).messages(&commits).messages(&deals);
    recall(ceremony, |memory| &memory.dealt, key, || Dealt::new(ceremony, roster, commits, deals))
}

fn form_attested(
    ceremony: &Ceremony,
    roster: &Roster,
    dealt: &Dealt,
    attests: Vec<Signed<Attest>>,
) -> Result<Arc<Attested>, Obstacle> {
    let key = Key::of_dealt(ceremony, roster, dealt).messages(&attests);
    recall(ceremony, |memory| &memory.attested, key, || Attested::new(ceremony, roster, dealt, attests))
}

fn form_sealed(
    ceremony: &Ceremony,
    roster: &Roster,
    dealt: &Dealt,
    attested: &Attested,
    seals: Vec<Signed<Seal>>,
) -> Result<Arc<Sealed>, Obstacle> {
    let key = Key::of_dealt(ceremony, roster, dealt).messages(attested.attests()).messages(&seals);
    recall(ceremony, |memory| &memory.sealed, key, || Sealed::new(ceremony, roster, dealt, attested, seals))
}

/// The phase, formed now unless it was before.
fn reach<P>(
    phase: &mut Option<Arc<P>>,
    form: impl FnOnce() -> Result<Arc<P>, Obstacle>,
) -> Result<&P, Obstacle> {
    Ok(match phase {
        Some(phase) => phase,
        None => phase.insert(form()?),
    })
}

/// Judges messages by what they are in themselves or beside another of the same author, in any phase. What is in
/// `passed` is not looked at again; what passes is added.
pub(crate) fn judge_alone(board: &Board, passed: &mut BTreeSet<MessageId>) -> Result<(), Breach> {
    let ceremony = board.ceremony();
    if let Some(pair) = board.equivocation() {
        return Err(Breach::Equivocation { author: pair.first.author(), kind: pair.first.kind() });
    }
    for message in board.messages() {
        let id = message.id();
        if passed.contains(&id) {
            continue;
        }
        if judge_message(ceremony, board, message)? {
            passed.insert(id);
        }
    }
    Ok(())
}

/// Whether everything that can be said of a message alone has been said; not, if it refers to one that is not there.
fn judge_message(ceremony: &Ceremony, board: &Board, message: &Message) -> Result<bool, Breach> {
    let author = message.author();
    match message {
        Message::Malformed(malformed) => {
            Err(Breach::Malformed { author, kind: message.kind(), error: malformed.error().clone() })
        }
        Message::Join(join) => {
            let key = Key::new(ceremony).messages(std::slice::from_ref(join));
            recall_own(ceremony, |memory| &memory.joins, key, || judge_join(ceremony, join).map(drop))?;
            Ok(true)
        }
        Message::Commit(commit) => {
            judge_join_list(ceremony, commit)?;
            let Some(join) = board.get::<Join>(author) else { return Ok(false) };
            judge_own_join(join, commit).map(|()| true)
        }
        Message::Deal(deal) => {
            if !ceremony.parameters().commits {
                return Ok(true);
            }
            let Some(commit) = board.get::<Commit>(author) else { return Ok(false) };
            judge_opening(ceremony, commit, deal).map(|()| true)
        }
        Message::Attest(_) => Ok(true),
        Message::Seal(seal) => judge_node_signature(ceremony, seal).map(|()| true),
    }
}
