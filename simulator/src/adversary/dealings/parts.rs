//! Honest dealings with one part replaced.

use std::ops::Range;

use super::{false_dealing, two_validators};
use crate::Failure;
use crate::adversary::Entry;
use crate::cast::Shape;
use crate::hand::Hand;
use crate::points;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    false_dealing!(
        "wrong-ciphertext",
        "changes one encrypted share after everything was proved",
        "ciphertexts go into the challenge of the link (proofs.md 3.2)",
        |hand, _, author| changed(hand, author, |parts, dealing| flip(
            dealing,
            parts.ciphertext(0, 1).end - 1
        ))
    ),
    false_dealing!(
        "swapped-ciphertexts",
        "exchanges the encrypted shares of two recipients",
        "every pair has its own power of the challenge (proofs.md 3.2)",
        |hand, _, author| changed(hand, author, |parts, dealing| {
            exchange(dealing, parts.ciphertext(0, 1), parts.ciphertext(0, 2))
        })
    ),
    false_dealing!(
        "copied-validator",
        "deals for one validator what it deals for the other: commitments and encrypted shares",
        "commitments go into every pad; pads differ for every validator (protocol.md 6.2)",
        |hand, _, author| changed(hand, author, |parts, dealing| {
            copy(dealing, parts.commitments(0), parts.commitments(1));
            copy(dealing, parts.ciphertexts(0), parts.ciphertexts(1));
        }),
        shape: two_validators
    ),
    false_dealing!(
        "swapped-validators",
        "exchanges what it deals for two validators",
        "the order of validators goes into pads and challenges (proofs.md 3.2)",
        |hand, _, author| changed(hand, author, |parts, dealing| {
            exchange(dealing, parts.commitments(0), parts.commitments(1));
            exchange(dealing, parts.ciphertexts(0), parts.ciphertexts(1));
        }),
        shape: two_validators
    ),
    false_dealing!(
        "shifted-blinder",
        "moves a number from the blinder to the first encrypted share, which the link would not notice if pairs counted from 0",
        "the power 0 of the challenge belongs to the blinder alone (proofs.md 3.2)",
        |hand, _, author| with_points(hand, author, |parts, dealing| {
            let share = points::scalar_plus(dealing, parts.ciphertext(0, 1), 1)?;
            replace(dealing, parts.ciphertext(0, 1), &share);
            let blinder = points::minus_generator(dealing, parts.blinder())?;
            replace(dealing, parts.blinder(), &blinder);
            Ok(())
        })
    ),
    false_dealing!(
        "replayed-proof",
        "puts the proof of another dealing of its own beside new commitments and shares",
        "the whole statement goes into the proof's state (protocol.md 6.3)",
        |hand, _, author| {
            let other = hand.dealing_from(author, [author as u8; 32])?;
            changed(hand, author, |parts, dealing| {
                let proof = parts.proof(dealing);
                if let Some(replayed) = other.get(proof.clone()) {
                    replace(dealing, proof, replayed);
                }
            })
        }
    ),
    false_dealing!(
        "replayed-shares",
        "puts the encrypted shares, blinder and proof of another dealing of its own beside new commitments",
        "commitments go into every pad and into the proof's state (protocol.md 6.2)",
        |hand, _, author| {
            let other = hand.dealing_from(author, [author as u8; 32])?;
            changed(hand, author, |parts, dealing| {
                let rest = parts.ephemeral().start..dealing.len();
                if let Some(replayed) = other.get(rest.clone()) {
                    replace(dealing, rest, replayed);
                }
            })
        }
    ),
    false_dealing!(
        "wrong-masked-sum",
        "adds one to the masked sum of the pads",
        "the masked sum is what is proved (proofs.md 3.2)",
        |hand, _, author| with_points(hand, author, |parts, dealing| {
            let masked_sum = points::scalar_plus(dealing, parts.masked_sum(), 1)?;
            replace(dealing, parts.masked_sum(), &masked_sum);
            Ok(())
        })
    ),
    false_dealing!(
        "torsion-in-commitment",
        "adds a point of order 3 to a commitment, which sums with random weights overlook in one of three cases",
        "every point is checked for its subgroup where it is read (proofs.md 12)",
        |hand, _, author| with_points(hand, author, |parts, dealing| {
            add_torsion(dealing, parts.commitment(0, 0))
        })
    ),
    false_dealing!(
        "torsion-in-blinder",
        "adds a point of order 3 to the blinder",
        "every point is checked for its subgroup where it is read (proofs.md 12)",
        |hand, _, author| with_points(hand, author, |parts, dealing| add_torsion(dealing, parts.blinder()))
    ),
    false_dealing!(
        "torsion-in-proof",
        "adds a point of order 3 to the first point of the proof",
        "every point is checked for its subgroup where it is read (proofs.md 12)",
        |hand, _, author| with_points(hand, author, |parts, dealing| {
            let start = parts.proof(dealing).start;
            add_torsion(dealing, start..start + 48)
        })
    ),
    false_dealing!(
        "torsion-in-ephemeral-key",
        "adds a point of order 2 to the ephemeral key",
        "points of Jubjub are checked for their subgroup where they are read (protocol.md 2.2)",
        |hand, _, author| with_points(hand, author, |parts, dealing| {
            let turned = points::plus_order_two(dealing, parts.ephemeral())?;
            replace(dealing, parts.ephemeral(), &turned);
            Ok(())
        })
    ),
    false_dealing!(
        "ephemeral-key-of-small-order",
        "takes a point of order 2 for the ephemeral key: everybody would know the pads",
        "points of Jubjub are checked for their subgroup where they are read (protocol.md 2.2)",
        |hand, _, author| changed(hand, author, |parts, dealing| {
            replace(dealing, parts.ephemeral(), &points::order_two());
        })
    ),
    false_dealing!(
        "blinder-of-nothing",
        "takes the identity for the blinder: the masked sum would tell of the pads",
        "the blinder is not the identity (protocol.md 2.1)",
        |hand, _, author| changed(hand, author, |parts, dealing| {
            replace(dealing, parts.blinder(), &points::identity());
        })
    ),
    false_dealing!(
        "scalar-plus-order",
        "writes a scalar with the order added to it",
        "one encoding: a scalar is below its modulus (protocol.md 1)",
        |hand, _, author| with_points(hand, author, |parts, dealing| {
            // The first one that still fits 32 bytes.
            let recipients = parts.shape.operators;
            let places =
                (1..=recipients).map(|recipient| parts.ciphertext(0, recipient)).chain([parts.masked_sum()]);
            for place in places {
                if let Some(raised) = points::scalar_plus_order(dealing, place.clone()) {
                    replace(dealing, place, &raised);
                    return Ok(());
                }
            }
            flip(dealing, parts.masked_sum().start);
            Ok(())
        })
    ),
    false_dealing!(
        "other-encoding-of-a-point",
        "writes the identity with spare bits set, or a point without its flag",
        "one encoding: what decodes must encode to the same bytes (protocol.md 1)",
        |hand, _, author| {
            let spare = hand.few() == 0;
            changed(hand, author, |parts, dealing| {
                let place = parts.commitment(0, 1);
                if spare {
                    let mut identity = points::identity();
                    identity[0] |= 0x20;
                    replace(dealing, place, &identity);
                } else if let Some(byte) = dealing.get_mut(place.start) {
                    *byte &= 0x7f;
                }
            })
        }
    ),
    false_dealing!(
        "dealing-too-long",
        "appends a byte to its dealing",
        "the length of a dealing is known (protocol.md 6.5)",
        |hand, _, author| {
            let mut dealing = hand.honest_dealing(author)?;
            dealing.push(0);
            Ok(dealing)
        }
    ),
    false_dealing!(
        "dealing-of-nothing",
        "commits to a dealing of no bytes at all, or of zeros",
        "the length of a dealing is known; zeros are no points (protocol.md 6.5)",
        |hand, _, author| {
            let len = hand.honest_dealing(author)?.len();
            Ok(vec![0; if hand.few() == 0 { 0 } else { len }])
        }
    ),
];

/// Where the parts of a dealing are in its bytes (protocol.md 6.5).
pub(super) struct Parts {
    shape: Shape,
}

impl Parts {
    pub(super) fn of(hand: &Hand) -> Self {
        Self { shape: hand.shape() }
    }

    /// `A[j][k]`.
    pub(super) fn commitment(&self, validator: usize, coefficient: usize) -> Range<usize> {
        let at = self.commitments(validator).start + 48 * coefficient;
        at..at + 48
    }

    /// All `A[j][k]` of a validator.
    fn commitments(&self, validator: usize) -> Range<usize> {
        let len = 48 * usize::from(self.shape.threshold);
        validator * len..(validator + 1) * len
    }

    /// `R`.
    fn ephemeral(&self) -> Range<usize> {
        let at = self.commitments(self.shape.validators as usize).start;
        at..at + 32
    }

    /// The encrypted shares of a validator.
    fn ciphertexts(&self, validator: usize) -> Range<usize> {
        let (start, len) = (self.ephemeral().end, 32 * usize::from(self.shape.operators));
        start + validator * len..start + (validator + 1) * len
    }

    /// The encrypted share of a recipient, from 1.
    fn ciphertext(&self, validator: usize, recipient: u16) -> Range<usize> {
        let at = self.ciphertexts(validator).start + 32 * (usize::from(recipient) - 1);
        at..at + 32
    }

    /// `D0`.
    fn blinder(&self) -> Range<usize> {
        let at = self.ciphertexts(self.shape.validators as usize).start;
        at..at + 48
    }

    /// `y`.
    fn masked_sum(&self) -> Range<usize> {
        let at = self.blinder().end;
        at..at + 32
    }

    fn proof(&self, dealing: &[u8]) -> Range<usize> {
        self.masked_sum().end..dealing.len()
    }
}

/// An honest dealing with a change.
pub(super) fn changed(
    hand: &Hand,
    author: u16,
    change: impl FnOnce(&Parts, &mut Vec<u8>),
) -> Result<Vec<u8>, Failure> {
    with_points(hand, author, |parts, dealing| {
        change(parts, dealing);
        Ok(())
    })
}

/// An honest dealing with a change that can fail.
pub(super) fn with_points(
    hand: &Hand,
    author: u16,
    change: impl FnOnce(&Parts, &mut Vec<u8>) -> Result<(), Failure>,
) -> Result<Vec<u8>, Failure> {
    let mut dealing = hand.honest_dealing(author)?;
    change(&Parts::of(hand), &mut dealing)?;
    Ok(dealing)
}

fn flip(dealing: &mut [u8], at: usize) {
    if let Some(byte) = dealing.get_mut(at) {
        *byte ^= 1;
    }
}

pub(super) fn replace(dealing: &mut [u8], place: Range<usize>, with: &[u8]) {
    if let Some(part) = dealing.get_mut(place).filter(|part| part.len() == with.len()) {
        part.copy_from_slice(with);
    }
}

fn copy(dealing: &mut [u8], from: Range<usize>, to: Range<usize>) {
    if let Some(part) = dealing.get(from).map(<[u8]>::to_vec) {
        replace(dealing, to, &part);
    }
}

fn exchange(dealing: &mut [u8], one: Range<usize>, other: Range<usize>) {
    if let Some(part) = dealing.get(one.clone()).map(<[u8]>::to_vec) {
        copy(dealing, other.clone(), one);
        replace(dealing, other, &part);
    }
}

fn add_torsion(dealing: &mut [u8], place: Range<usize>) -> Result<(), Failure> {
    let moved = points::plus_order_three(dealing, place.clone())?;
    replace(dealing, place, &moved);
    Ok(())
}
