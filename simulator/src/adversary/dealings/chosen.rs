//! Polynomials that nobody would draw.

use coram_ceremony::phase::Roster;

use super::{false_dealing, two_validators};
use crate::Failure;
use crate::adversary::{Cheaters, Entry, Expected};
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    false_dealing!(
        "wrong-share",
        "encrypts to one recipient another share than it commits to, and proves everything else",
        "the link (proofs.md 3.2)",
        wrong_share
    ),
    false_dealing!(
        "wrong-share-of-one-validator",
        "the same for the last of two validators only",
        "the link, over all pairs (proofs.md 3.2)",
        wrong_share,
        shape: two_validators
    ),
    false_dealing!(
        "degree-too-high",
        "encrypts shares of a polynomial of degree t whose lower coefficients it commits to",
        "the link (proofs.md 3.2)",
        degree_too_high
    ),
    false_dealing!(
        "commitments-too-long",
        "commits to t + 1 coefficients, and deals and proves accordingly",
        "exactly t commitments (proofs.md 12)",
        |hand, _, author| longer_by(hand, author, 1)
    ),
    false_dealing!(
        "commitments-too-short",
        "commits to t - 1 coefficients, and deals and proves accordingly",
        "exactly t commitments (proofs.md 12)",
        |hand, _, author| longer_by(hand, author, -1)
    ),
    false_dealing!(
        "false-each-in-its-way",
        "all of the group deal falsely, and each in another way",
        "when a batch fails, every dealing is verified alone (proofs.md 7)",
        |hand, roster, author| {
            let ways = [wrong_share, degree_too_high, |hand: &mut Hand, _: &Roster, author| longer_by(hand, author, 1)];
            let place = hand.corrupted().iter().position(|&index| index == author).unwrap_or_default();
            let way = ways.get(place % ways.len()).ok_or("there are several ways")?;
            way(hand, roster, author)
        },
        cheaters: Cheaters::Several
    ),
    false_dealing!(
        "zero-polynomial",
        "deals zeros",
        "legal: the sum is checked, and one honest dealer is enough (proofs.md 8.6)",
        |hand, _, author| deal(hand, "zeros", author, |_, threshold| vec![0; threshold]),
        expected: &[Expected::Lock]
    ),
    false_dealing!(
        "zero-constant",
        "deals a polynomial that adds nothing to the key",
        "legal: one honest dealer is enough (proofs.md 8.6)",
        |hand, _, author| deal(hand, "zero constant", author, |author, threshold| {
            let mut coefficients = fair(author, threshold);
            if let Some(constant) = coefficients.first_mut() {
                *constant = 0;
            }
            coefficients
        }),
        expected: &[Expected::Lock]
    ),
    false_dealing!(
        "constant-polynomials",
        "all of the group deal polynomials of degree zero, which lower the threshold if all do",
        "legal: the sum of the highest coefficients is checked (protocol.md 7)",
        |hand, _, author| deal(hand, "constant", author, |author, threshold| {
            let mut coefficients = vec![0; threshold];
            if let Some(constant) = coefficients.first_mut() {
                *constant = i64::from(author) + 1;
            }
            coefficients
        }),
        expected: &[Expected::Lock],
        cheaters: Cheaters::All
    ),
    false_dealing!(
        "cancelling-dealers",
        "two dealers who act together deal a polynomial and its negative: together they add nothing",
        "legal: what is theirs they may cancel, and not what is others' (proofs.md 8.6)",
        |hand, _, author| {
            let is_first = hand.corrupted().first() == Some(&author);
            let name = if is_first { "cancelled" } else { "cancelling" };
            deal(hand, name, author, if is_first { cancelled } else { cancelling })
        },
        expected: &[Expected::Lock],
        cheaters: Cheaters::Several
    ),
    false_dealing!(
        "twin-dealers",
        "dealers who act together deal one and the same polynomial from one seed",
        "legal: pads depend on the dealer (protocol.md 6.2)",
        |hand, _, author| deal(hand, "twins", author, cancelled),
        expected: &[Expected::Lock],
        cheaters: Cheaters::Several
    ),
];

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
fn fair(author: u16, threshold: usize) -> Vec<i64> {
    (1..=threshold as i64).map(|place| 1_000 * i64::from(author) + place * place + 7).collect()
}

fn cancelled(_: u16, threshold: usize) -> Vec<i64> {
    fair(1, threshold)
}

fn cancelling(_: u16, threshold: usize) -> Vec<i64> {
    fair(1, threshold).into_iter().map(|coefficient| -coefficient).collect()
}

fn sum(a: &[i64], b: &[i64]) -> Vec<i64> {
    let at = |list: &[i64], place: usize| list.get(place).copied().unwrap_or_default();
    (0..a.len().max(b.len())).map(|place| at(a, place) + at(b, place)).collect()
}

/// Commits to some polynomials and encrypts the shares of others.
fn deal_as(
    hand: &Hand,
    name: &str,
    author: u16,
    committed: &[Vec<i64>],
    encrypted: &[Vec<i64>],
) -> Result<Vec<u8>, Failure> {
    let seed = hand.cast().dealing_seed(author);
    hand.recall(&format!("{name} {author}"), |roster| {
        Ok(roster.scheme().deal_chosen(author, &seed, committed, encrypted)?.to_bytes())
    })
}

/// Deals the same chosen polynomial for every validator, honestly.
fn deal(
    hand: &Hand,
    name: &str,
    author: u16,
    coefficients: fn(u16, usize) -> Vec<i64>,
) -> Result<Vec<u8>, Failure> {
    let shape = hand.cast().shape;
    let chosen = vec![coefficients(author, usize::from(shape.threshold)); shape.validators as usize];
    deal_as(hand, name, author, &chosen, &chosen)
}

pub(in crate::adversary) fn wrong_share(
    hand: &mut Hand,
    _: &Roster,
    author: u16,
) -> Result<Vec<u8>, Failure> {
    let shape = hand.cast().shape;
    let honest = hand.honest();
    let place = hand.few() as usize % honest.len();
    let victim = honest.get(place).copied().unwrap_or(1);
    let committed = vec![fair(author, usize::from(shape.threshold)); shape.validators as usize];
    let mut encrypted = committed.clone();
    if let Some(last) = encrypted.last_mut() {
        *last = sum(last, &zero_but_for(victim, shape.operators));
    }
    deal_as(hand, &format!("wrong share of {victim} by"), author, &committed, &encrypted)
}

fn degree_too_high(hand: &mut Hand, _: &Roster, author: u16) -> Result<Vec<u8>, Failure> {
    let committed = fair(author, usize::from(hand.cast().shape.threshold));
    let encrypted = [committed.as_slice(), &[5]].concat();
    deal_as(hand, "degree too high", author, &[committed], &[encrypted])
}

fn longer_by(hand: &Hand, author: u16, more: isize) -> Result<Vec<u8>, Failure> {
    let threshold = usize::from(hand.cast().shape.threshold).saturating_add_signed(more);
    let chosen = [fair(author, threshold)];
    deal_as(hand, &format!("longer by {more}"), author, &chosen, &chosen)
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
