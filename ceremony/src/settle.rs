//! Which of conflicting messages everybody sealed.
//!
//! An operator that has finished could sign second messages of every kind, for those who have not yet read all
//! Seals. But messages name earlier ones by hash, so that the Seals single out all others, from the end to the start:
//!
//! | known                  | gives                                                                       |
//! |------------------------|-----------------------------------------------------------------------------|
//! | all Seals name alike   | the roster hash and the transcript root                                     |
//! | all Attests name alike | the dealings root                                                           |
//! | all Deals name alike   | the commits hash                                                            |
//! | any Commit             | the Joins: its list, if that hashes to the roster                           |
//! | a Commit               | the Deal of its author that it opens to, and no other                       |
//!
//! Among Commits that some Deal opens, hashes decide; among Attests and Seals that name the right roots, signatures do:
//! two different ones cannot both be by the author's shares. Whatever else is on the board does not matter.

use std::collections::BTreeSet;

use crate::board::Board;
use crate::id::{CommitsHash, DealingsRoot, MessageId, RosterHash, TranscriptRoot};
use crate::message::{Attest, Body, Commit, Deal, Join, Kind, Seal, Signed};
use crate::phase::{commit_hash, commits_hash, dealings_root, ids, judge_join_list, roster_hash};

/// Most choices of one kind that are hashed. The choices double with every dealer that committed to two dealings and
/// opened both (in a ceremony without Commits, that sent two Joins or two Deals): this is enough for sixteen of them.
const MAX_CHOICES: u32 = 1 << 16;

/// Messages that the Seals of all operators single out. Nothing about them is judged yet but what they name.
pub(crate) struct Choice {
    pub(crate) roster: RosterHash,
    pub(crate) dealings: DealingsRoot,
    pub(crate) transcript: TranscriptRoot,
    pub(crate) joins: Vec<Signed<Join>>,
    pub(crate) commits: Vec<Signed<Commit>>,
    pub(crate) deals: Vec<Signed<Deal>>,
    /// One or two of each author.
    pub(crate) attests: Vec<Vec<Signed<Attest>>>,
    /// One or two of each author.
    pub(crate) seals: Vec<Vec<Signed<Seal>>>,
}

/// What the Seals on a board single out: nothing, unless they name one transcript; more than one choice, only if every
/// operator sealed twice. Hashes alone are computed, boundedly many for any number of conflicts.
pub(crate) fn choices(board: &Board) -> Vec<Choice> {
    let named = |seal: &Signed<Seal>| (seal.roster(), TranscriptRoot::new(seal.body().transcript_root));
    let targets: BTreeSet<_> = first_author::<Seal>(board).map(named).collect();
    let choices = targets.into_iter().flat_map(|(roster, transcript)| {
        let seals = each_author(board, |seal| named(seal) == (roster, transcript));
        seals.map_or_else(Vec::new, |seals| before_seals(board, roster, transcript, &seals))
    });
    choices.collect()
}

fn before_seals(
    board: &Board,
    roster: RosterHash,
    transcript: TranscriptRoot,
    seals: &[Vec<Signed<Seal>>],
) -> Vec<Choice> {
    let named = |attest: &Signed<Attest>| (attest.roster(), DealingsRoot::new(attest.body().root));
    let roots: BTreeSet<_> = first_author::<Attest>(board).map(named).collect();
    let choice = |dealings: DealingsRoot| {
        let attests = each_author(board, |attest| named(attest) == (roster, dealings))?;
        let (joins, commits, deals) = if board.ceremony().parameters().commits {
            with_commits(board, roster, dealings)?
        } else {
            without_commits(board, roster, dealings)?
        };
        Some(Choice { roster, dealings, transcript, joins, commits, deals, attests, seals: seals.to_vec() })
    };
    roots.into_iter().filter(|(under, _)| *under == roster).filter_map(|(_, root)| choice(root)).collect()
}

type Dealings = (Vec<Signed<Join>>, Vec<Signed<Commit>>, Vec<Signed<Deal>>);

fn with_commits(board: &Board, roster: RosterHash, root: DealingsRoot) -> Option<Dealings> {
    let ceremony = board.ceremony();
    let authors = ceremony.authors(Kind::Commit);
    let lists_roster =
        |commit: &&Signed<Commit>| commit.roster() == roster && judge_join_list(ceremony, commit).is_ok();
    let list = authors.iter().find_map(|&author| board.every::<Commit>(author).find(lists_roster))?;
    let list = &list.body().joins;
    let joins = ceremony
        .authors(Kind::Join)
        .into_iter()
        .zip(list)
        .map(|(author, id)| board.every::<Join>(author).find(|join| join.id().as_bytes() == id).cloned());
    let joins: Vec<_> = joins.collect::<Option<_>>()?;

    let named: BTreeSet<_> = first_author::<Deal>(board).map(|deal| deal.body().commits).collect();
    named.into_iter().find_map(|named| {
        let deals = each_author(board, |deal: &Signed<Deal>| {
            deal.roster() == roster && deal.body().commits == named
        })?;
        let openings: Vec<_> = deals.iter().flatten().map(|deal| (opening(board, deal), deal)).collect();
        let opened_by = |commit: &Signed<Commit>| {
            let opens = |(opening, deal): &&([u8; 32], &Signed<Deal>)| {
                deal.author() == commit.author() && *opening == commit.body().hash
            };
            openings.iter().find(opens).map(|(_, deal)| *deal)
        };
        let commits = each_author(board, |commit: &Signed<Commit>| {
            commit.roster() == roster && commit.body().joins == *list && opened_by(commit).is_some()
        })?;
        let commits =
            choose(&commits, |ids| commits_hash(ceremony.id(), roster, ids) == CommitsHash::new(named))?;
        let deals: Vec<_> = commits.iter().map(|commit| opened_by(commit).cloned()).collect::<Option<_>>()?;
        let ids = [ids(&joins), ids(&commits), ids(&deals)];
        (dealings_root(ceremony.id(), roster, &ids) == root).then(|| (joins.clone(), commits, deals))
    })
}

fn without_commits(board: &Board, roster: RosterHash, root: DealingsRoot) -> Option<Dealings> {
    let ceremony = board.ceremony().id();
    let joins = each_author(board, |_: &Signed<Join>| true)?;
    let joins = choose(&joins, |ids| roster_hash(ceremony, ids) == roster)?;
    let deals = each_author(board, |deal: &Signed<Deal>| deal.roster() == roster)?;
    let of_joins = ids(&joins);
    let deals = choose(&deals, |of_deals| {
        dealings_root(ceremony, roster, &[of_joins.clone(), Vec::new(), of_deals.to_vec()]) == root
    })?;
    Some((joins, Vec::new(), deals))
}

fn opening(board: &Board, deal: &Signed<Deal>) -> [u8; 32] {
    commit_hash(board.ceremony().id(), deal.roster(), deal.author(), &deal.body().dealing)
}

/// The messages of the first author from whom one is due: whatever all authors name, one of these does.
fn first_author<B: Body>(board: &Board) -> impl Iterator<Item = &Signed<B>> {
    board.ceremony().authors(B::KIND).into_iter().take(1).flat_map(|author| board.every(author))
}

/// The messages that fit, of each author from whom one is due; `None` if an author has none.
fn each_author<B: Body>(board: &Board, fits: impl Fn(&Signed<B>) -> bool) -> Option<Vec<Vec<Signed<B>>>> {
    let of_author = |author| {
        let fitting: Vec<_> = board.every::<B>(author).filter(|message| fits(message)).cloned().collect();
        (!fitting.is_empty()).then_some(fitting)
    };
    board.ceremony().authors(B::KIND).into_iter().map(of_author).collect()
}

/// The choice of one message of each author whose ids are accepted; `None` if there is none, or more than
/// [`MAX_CHOICES`] would have to be tried.
fn choose<B: Body>(
    options: &[Vec<Signed<B>>],
    accept: impl Fn(&[MessageId]) -> bool,
) -> Option<Vec<Signed<B>>> {
    let conflicts = options.iter().filter(|messages| messages.len() > 1).count();
    let choices = 1_u32.checked_shl(conflicts as u32).filter(|&choices| choices <= MAX_CHOICES)?;
    (0..choices).find_map(|choice| {
        let mut bits = choice;
        let chosen = options.iter().map(|messages| match messages.as_slice() {
            [first, second] => {
                let taken = if bits & 1 == 0 { first } else { second };
                bits >>= 1;
                Some(taken)
            }
            messages => messages.first(),
        });
        let chosen: Vec<&Signed<B>> = chosen.collect::<Option<_>>()?;
        let ids: Vec<MessageId> = chosen.iter().map(|message| message.id()).collect();
        accept(&ids).then(|| chosen.into_iter().cloned().collect())
    })
}
