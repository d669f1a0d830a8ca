//! The content of dealings.

use std::collections::BTreeMap;

use coram_ceremony::Kind;
use coram_ceremony::message::{Commit, Deal, Signed};
use coram_ceremony::phase::{Roster, commit_hash};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[Entry {
    name: "wrong-share",
    what: "encrypts to one recipient another share than it commits to, and proves everything else",
    stopped_by: "the link (DESIGN 4; proofs.md)",
    expected: &[Expected::Fault(&["dealing"])],
    cheaters: Cheaters::One,
    shape: Shape::of,
    make: || Box::new(FalseDealer::new(wrong_share)),
}];

/// Makes a dealing for one of the adversary's operators.
type Forge = fn(&mut Hand, &Roster, u16) -> Result<Vec<u8>, Failure>;

/// Commits to a dealing that an honest operator would not make, and opens it.
struct FalseDealer {
    forge: Forge,
    dealings: BTreeMap<u16, Vec<u8>>,
}

impl FalseDealer {
    fn new(forge: Forge) -> Self {
        Self { forge, dealings: BTreeMap::new() }
    }

    fn dealing(&mut self, hand: &mut Hand, roster: &Roster, author: u16) -> Result<Vec<u8>, Failure> {
        if let Some(dealing) = self.dealings.get(&author) {
            return Ok(dealing.clone());
        }
        let dealing = (self.forge)(hand, roster, author)?;
        self.dealings.insert(author, dealing.clone());
        Ok(dealing)
    }
}

impl Adversary for FalseDealer {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if !matches!(kind, Kind::Commit | Kind::Deal) || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let roster = hand.roster()?;
        let dealing = self.dealing(hand, &roster, author)?;
        let bytes = if kind == Kind::Commit {
            sign_commit(hand, &roster, author, &dealing)?
        } else {
            sign_deal(hand, &roster, author, dealing)?
        };
        hand.publish(author, &bytes);
        Ok(())
    }
}

/// The Commit to a dealing.
pub(super) fn sign_commit(
    hand: &Hand,
    roster: &Roster,
    author: u16,
    dealing: &[u8],
) -> Result<Vec<u8>, Failure> {
    let body = Commit {
        hash: commit_hash(hand.ceremony().id(), roster.hash(), author, dealing),
        joins: roster.joins().iter().map(|join| *join.id().as_bytes()).collect(),
    };
    hand.sign(author, roster.hash(), body)
}

/// The Deal that opens a dealing after all Commits on the adversary's board.
pub(super) fn sign_deal(
    hand: &Hand,
    roster: &Roster,
    author: u16,
    dealing: Vec<u8>,
) -> Result<Vec<u8>, Failure> {
    let commits: Vec<Signed<Commit>> = hand.board()?.each().cloned().collect();
    let commits = *roster.commits_hash(&commits).as_bytes();
    hand.sign(author, roster.hash(), Deal { commits, dealing })
}

/// A polynomial that is zero for all recipients but one: `(x - 1)(x - 2)…` without the factor of the victim, constant
/// coefficient first.
fn zero_but_for(victim: u16, recipients: u16) -> Vec<i64> {
    let roots = (1..=recipients).filter(|&index| index != victim);
    roots.fold(vec![1], |polynomial, root| {
        let raised = [0].into_iter().chain(polynomial.iter().copied());
        let scaled = polynomial.iter().map(|coefficient| -i64::from(root) * coefficient).chain([0]);
        raised.zip(scaled).map(|(a, b)| a + b).collect()
    })
}

/// Coefficients with nothing wrong about them.
fn fair(author: u16, threshold: u16) -> Vec<i64> {
    (1..=i64::from(threshold)).map(|place| 1_000 * i64::from(author) + place * place + 7).collect()
}

fn sum(a: &[i64], b: &[i64]) -> Vec<i64> {
    let at = |list: &[i64], place: usize| list.get(place).copied().unwrap_or_default();
    (0..a.len().max(b.len())).map(|place| at(a, place) + at(b, place)).collect()
}

fn wrong_share(hand: &mut Hand, _: &Roster, author: u16) -> Result<Vec<u8>, Failure> {
    let shape = hand.cast().shape;
    let honest = hand.honest();
    let place = hand.few() as usize % honest.len();
    let victim = honest.get(place).copied().unwrap_or(1);
    let committed = vec![fair(author, shape.threshold); shape.validators as usize];
    let mut encrypted = committed.clone();
    if let Some(last) = encrypted.last_mut() {
        *last = sum(last, &zero_but_for(victim, shape.operators));
    }
    let seed = hand.cast().dealing_seed(author);
    hand.recall(&format!("wrong share {author} {victim}"), |roster| {
        Ok(roster.scheme().deal_chosen(author, &seed, &committed, &encrypted)?.to_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_recipient_differs() {
        let polynomial = zero_but_for(2, 4);
        let at = |x: i64| polynomial.iter().rev().fold(0, |value, coefficient| value * x + coefficient);
        assert_eq!([1, 2, 3, 4].map(at), [0, 2, 0, 0]);
    }
}
