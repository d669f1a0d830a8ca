//! Signatures: changed ones of honest messages, other people's words as one's own, wrong partial signatures.

use std::ops::Range;

use ark_bls12_381::{G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use coram_ceremony::message::{Attest, Body, Seal};
use coram_ceremony::{Kind, Message};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// An adversary whose message of one kind has wrong partial signatures.
macro_rules! wrong_partial {
    ($name:literal, $what:literal, $body:ty, $change:expr $(, $field:ident: $value:expr)*) => {
        Entry {
            name: $name,
            what: $what,
            make: || Box::new(WrongPartials::<$body>($change)),
            $($field: $value,)*
            ..PROVED
        }
    };
}

const PROVED: Entry = Entry {
    name: "",
    what: "",
    stopped_by: "every partial signature is verified under its author's public share (protocol.md 11)",
    expected: &[Expected::Fault(&["partial_signature"])],
    cheaters: Cheaters::One,
    shape: two_validators,
    make: || Box::new(Malleated { own: false }),
};

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    Entry {
        name: "malleated-signatures",
        what: "hands on every honest message with a high S, which anybody can make from its signature",
        stopped_by: "a high S is no signature, and the signature names nothing (protocol.md 10.1)",
        expected: &[Expected::Lock],
        shape: Shape::of,
        make: || Box::new(Malleated { own: false }),
        ..PROVED
    },
    Entry {
        name: "own-malleated-signatures",
        what: "shows half of the others its own messages with a high S",
        stopped_by: "a high S is no signature, and the signature names nothing (protocol.md 10.1)",
        expected: &[Expected::Lock],
        shape: Shape::of,
        make: || Box::new(Malleated { own: true }),
        ..PROVED
    },
    Entry {
        name: "anothers-attest",
        what: "waits for another's Attest, and signs its words as its own",
        shape: Shape::of,
        make: || Box::new(Copied(Kind::Attest)),
        ..PROVED
    },
    Entry {
        name: "anothers-seal",
        what: "waits for another's Seal, and signs its words as its own",
        stopped_by: "the node signature is the author's (protocol.md 11)",
        expected: &[Expected::Fault(&["node_signature"])],
        shape: Shape::of,
        make: || Box::new(Copied(Kind::Seal)),
        ..PROVED
    },
    wrong_partial!(
        "wrong-attestation-of-one-validator",
        "attests one of two validators with the signature for the other",
        Attest,
        |attest, _| {
            let [first, second] = attest.attestations.as_mut_slice() else { return Err("no two".into()) };
            *first = *second;
            Ok(())
        }
    ),
    wrong_partial!(
        "exchanged-attestations",
        "exchanges its signatures for two validators",
        Attest,
        |attest, _| {
            attest.attestations.reverse();
            Ok(())
        }
    ),
    wrong_partial!(
        "wrong-deposit-of-one-validator",
        "signs the last deposit of the last validator wrongly",
        Attest,
        |attest, _| change_last(&mut attest.deposits)
    ),
    wrong_partial!(
        "wrong-registration-of-one-validator",
        "signs the registration of the last validator wrongly",
        Attest,
        |attest, _| change_last(&mut attest.registrations)
    ),
    wrong_partial!(
        "wrong-partial-on-the-lock",
        "signs the lock hash wrongly for the last validator",
        Seal,
        |seal, _| change_last(&mut seal.partials)
    ),
    wrong_partial!(
        "partial-that-is-nothing",
        "writes the identity where its signature for one validator should be",
        Seal,
        |seal, _| {
            let last = seal.partials.last_mut().ok_or("no partial signatures")?;
            *last = [0; 96];
            last[0] = 0xc0;
            Ok(())
        }
    ),
    wrong_partial!(
        "cancelling-partials",
        "several add to their signatures on the lock hash what cancels in the sum of all",
        Seal,
        |seal, place| seal.partials.iter_mut().try_for_each(|partial| plus_generator(partial, place)),
        cheaters: Cheaters::Several
    ),
    wrong_partial!(
        "cancelling-attestations",
        "several add to their attestations what cancels in the sum of all",
        Attest,
        |attest, place| attest.attestations.iter_mut().try_for_each(|partial| plus_generator(partial, place)),
        cheaters: Cheaters::Several
    ),
];

fn two_validators(operators: u16) -> Shape {
    Shape { validators: 2, ..Shape::of(operators) }
}

/// Where the signature is in a message: after ceremony, kind, author, roster and the offset of the body.
const SIGNATURE: Range<usize> = 71..135;

/// Order of secp256k1, big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba,
    0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

/// The same message with `order - S` for `S`: where S is low, what ECDSA itself accepts as well.
pub(super) fn malleated(message: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut changed = message.to_vec();
    let signature = changed.get_mut(SIGNATURE).ok_or("no message")?;
    let mut borrow = 0;
    for (byte, order) in signature.iter_mut().skip(32).zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = difference.rem_euclid(256) as u8;
    }
    Ok(changed)
}

/// Shows high-S copies, first.
struct Malleated {
    own: bool,
}

impl Adversary for Malleated {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if let (true, Some(message)) = (self.own, hand.honestly(author, kind)) {
            let [some, _] = hand.halves();
            hand.tell_all(author, &some, &malleated(&message.to_bytes())?);
        }
        hand.publish_honestly(author, kind);
        Ok(())
    }

    fn observe(&mut self, hand: &mut Hand, message: &Message) -> Result<(), Failure> {
        let Some(&from) = hand.corrupted().first() else { return Ok(()) };
        if !self.own {
            hand.tell_all(from, &hand.honest(), &malleated(&message.to_bytes())?);
        }
        Ok(())
    }
}

/// Says what the first honest operator said.
struct Copied(Kind);

impl Adversary for Copied {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind == self.0 && hand.cheats(author) {
            return self.copy(hand, author);
        }
        hand.publish_honestly(author, kind);
        Ok(())
    }

    fn observe(&mut self, hand: &mut Hand, message: &Message) -> Result<(), Failure> {
        for author in hand.cheaters().clone() {
            if message.kind() == self.0 && !hand.board()?.has(self.0, author) {
                self.copy(hand, author)?;
            }
        }
        Ok(())
    }
}

impl Copied {
    fn copy(&self, hand: &mut Hand, author: u16) -> Result<(), Failure> {
        let victim = hand.honest().first().copied().ok_or("nobody is honest")?;
        let roster = hand.roster()?.hash();
        let board = hand.board()?;
        let bytes = match self.0 {
            Kind::Attest => {
                board.get::<Attest>(victim).map(|of| hand.sign(author, roster, of.body().clone()))
            }
            _ => board.get::<Seal>(victim).map(|of| hand.sign(author, roster, of.body().clone())),
        };
        if let Some(bytes) = bytes {
            hand.publish(author, &bytes?);
        }
        Ok(())
    }
}

/// What a cheater does to a body; with its place among the cheaters, from 0, and their number.
type Change<B> = fn(&mut B, (usize, usize)) -> Result<(), Failure>;

/// Signs with wrong partial signatures.
struct WrongPartials<B>(Change<B>);

impl<B: Body + Clone> Adversary for WrongPartials<B> {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != B::KIND || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let (roster, mut body) = hand.honest_body::<B>(author)?;
        let cheaters = hand.cheaters();
        let place = cheaters.iter().position(|&index| index == author).unwrap_or_default();
        (self.0)(&mut body, (place, cheaters.len()))?;
        let bytes = hand.sign(author, roster, body)?;
        hand.publish(author, &bytes);
        Ok(())
    }
}

/// The last but one in place of the last, or its double if there is only one.
fn change_last(partials: &mut [[u8; 96]]) -> Result<(), Failure> {
    let last = partials.last_mut().ok_or("no partial signatures")?;
    let point = G2Affine::deserialize_compressed_unchecked(last.as_slice())?;
    write(last, point.into_group() + point)
}

/// Adds the generator; the last of the cheaters subtracts it as often as all others add it.
fn plus_generator(partial: &mut [u8; 96], (place, cheaters): (usize, usize)) -> Result<(), Failure> {
    let point = G2Affine::deserialize_compressed_unchecked(partial.as_slice())?.into_group();
    let generator = G2Projective::from(G2Affine::generator());
    let added = if place + 1 < cheaters {
        generator
    } else {
        (1..cheaters).fold(G2Projective::default(), |sum, _| sum - generator)
    };
    write(partial, point + added)
}

fn write(partial: &mut [u8; 96], point: G2Projective) -> Result<(), Failure> {
    Ok(point.into_affine().serialize_compressed(partial.as_mut_slice())?)
}
