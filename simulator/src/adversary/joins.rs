//! Encryption keys and the proofs that they are possessed.

use coram_ceremony::message::Join;
use coram_ceremony::{Kind, Message};
use coram_proofs::{DecryptionKey, Possession, PossessionContext};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;
use crate::points::{self, read_jubjub, write_jubjub};

/// An adversary with a false Join.
macro_rules! false_join {
    ($name:literal, $what:literal, $stopped_by:literal, $breach:literal, $forge:expr $(, $field:ident: $value:expr)*) => {
        Entry {
            name: $name,
            what: $what,
            stopped_by: $stopped_by,
            expected: &[Expected::Fault(&[$breach])],
            make: || Box::new(FalseJoin($forge)),
            $($field: $value,)*
            ..PROVED
        }
    };
}

/// What most entries have in common.
const PROVED: Entry = Entry {
    name: "",
    what: "",
    stopped_by: "",
    expected: &[],
    cheaters: Cheaters::One,
    shape: Shape::of,
    make: || Box::new(FalseJoin(|_, _, _| Ok(None))),
};

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    false_join!(
        "shared-encryption-key",
        "several who act together join with one encryption key, which all of them know",
        "no two u(ek) are equal (protocol.md 11)",
        "related_keys",
        |hand, author, _| Ok(Some(proved(hand, author, &shared(hand)?)?)),
        cheaters: Cheaters::Several
    ),
    false_join!(
        "negated-encryption-key",
        "several who act together join with a key and its negative, for which the pads are the same",
        "no two u(ek) are equal (protocol.md 11)",
        "related_keys",
        |hand, author, _| {
            let key = shared(hand)?;
            let is_first = hand.corrupted().first() == Some(&author);
            Ok(Some(proved(hand, author, &if is_first { key } else { times(&key, -jubjub::Scalar::one())? })?))
        },
        cheaters: Cheaters::Several
    ),
    Entry {
        name: "doubled-encryption-key",
        what: "several who act together join with a key and known multiples of it, and prove to possess all",
        stopped_by: "legal: they know all these keys anyway, and pads differ for every recipient (proofs.md 8.4)",
        expected: &[Expected::Lock],
        cheaters: Cheaters::Several,
        make: || Box::new(KnownMultiples),
        ..PROVED
    },
    false_join!(
        "copied-encryption-key",
        "waits for another's Join, and joins with its key and its proof",
        "possession is bound to author and identity (protocol.md 8)",
        "possession",
        |_, _, victim| Ok(victim.map(|victim| (victim.encryption_key, victim.possession)))
    ),
    false_join!(
        "negative-of-anothers-key",
        "joins with the negative of another's key, and its proof",
        "possession is bound to the key, author and identity (protocol.md 8)",
        "possession",
        |_, _, victim| from_victim(victim, |key| -key)
    ),
    false_join!(
        "multiple-of-anothers-key",
        "joins with twice another's key, and its proof",
        "possession is bound to the key, author and identity (protocol.md 8)",
        "possession",
        |_, _, victim| from_victim(victim, |key| key.double())
    ),
    false_join!(
        "key-related-to-anothers",
        "joins with the sum of another's key and its own, and its own proof",
        "possession is bound to the key (protocol.md 8)",
        "possession",
        |hand, author, victim| {
            let Some(victim) = victim else { return Ok(None) };
            let own = hand.cast().decryption(author)?;
            let sum = read_jubjub(&victim.encryption_key)? + read_jubjub(&own.encryption_key().to_bytes())?;
            Ok(Some((write_jubjub(sum), Possession::prove(&own, &context(hand, author)?).to_bytes())))
        }
    ),
    false_join!(
        "key-that-nobody-knows",
        "joins with a hashed point, whose logarithm it does not know, and a proof of its own key",
        "possession (protocol.md 8)",
        "possession",
        |hand, author, _| {
            let (_, proof) = proved(hand, author, &hand.cast().decryption(author)?)?;
            Ok(Some((HASHED, proof)))
        }
    ),
    false_join!(
        "possession-in-another-attempt",
        "proves to possess its key in another attempt",
        "possession is bound to the ceremony (protocol.md 8)",
        "possession",
        |hand, author, _| {
            let shape = hand.shape();
            let other = hand.cast().in_shape(Shape { attempt: shape.attempt + 1, ..shape })?;
            let ceremony = *other.ceremony.id().as_bytes();
            proved_as(hand, author, PossessionContext { ceremony, ..context(hand, author)? })
        }
    ),
    false_join!(
        "possession-as-another",
        "proves to possess its key under another's index or identity",
        "possession is bound to author and identity (protocol.md 8)",
        "possession",
        |hand, author, _| {
            let other = hand.honest().first().copied().ok_or("nobody is honest")?;
            let (own, theirs) = (context(hand, author)?, context(hand, other)?);
            let context = if hand.few() == 0 {
                PossessionContext { author: other, ..own }
            } else {
                PossessionContext { identity: theirs.identity, ..own }
            };
            proved_as(hand, author, context)
        }
    ),
    false_join!(
        "possession-with-torsion",
        "adds a point of order 2 to the announcement of its proof",
        "the equation is checked without a cofactor (protocol.md 8)",
        "possession",
        |hand, author, _| {
            let (key, mut proof) = proved(hand, author, &hand.cast().decryption(author)?)?;
            let moved = points::plus_order_two(&proof, 0..32)?;
            proof[..32].copy_from_slice(&moved);
            Ok(Some((key, proof)))
        }
    ),
    false_join!(
        "possession-in-another-encoding",
        "writes the response of its proof with a bit set that is above the order",
        "one encoding: a scalar is below its modulus (protocol.md 1)",
        "possession",
        |hand, author, _| {
            let (key, mut proof) = proved(hand, author, &hand.cast().decryption(author)?)?;
            proof[63] |= 0x80;
            Ok(Some((key, proof)))
        }
    ),
    false_join!(
        "encryption-key-of-small-order",
        "joins with a point of order 2, for which everybody knows the pads",
        "keys are of prime order (protocol.md 11)",
        "encryption_key",
        |hand, author, _| with_key(hand, author, points::order_two())
    ),
    false_join!(
        "encryption-key-of-nothing",
        "joins with the identity",
        "keys are of prime order (protocol.md 11)",
        "encryption_key",
        |hand, author, _| with_key(hand, author, points::jubjub_identity())
    ),
    false_join!(
        "encryption-key-with-torsion",
        "adds a point of order 2 to its key: decrypting would leak a bit of its decryption key",
        "keys are of prime order (protocol.md 11)",
        "encryption_key",
        |hand, author, _| {
            let key = hand.cast().decryption(author)?.encryption_key().to_bytes();
            with_key(hand, author, points::plus_order_two(&key, 0..32)?)
        }
    ),
    false_join!(
        "encryption-key-in-another-encoding",
        "writes the identity with its sign set, or an ordinate above the modulus",
        "one encoding (protocol.md 2.2)",
        "encryption_key",
        |hand, author, _| {
            let mut key = points::jubjub_identity();
            if hand.few() == 0 {
                key[31] |= 0x80;
            } else {
                key = [0x7f; 32];
            }
            with_key(hand, author, key)
        }
    ),
];

/// The base point of blinders, hashed from its name (protocol.md 2.3).
const HASHED: [u8; 32] = [
    0x8a, 0x39, 0x2b, 0x69, 0x3d, 0xd1, 0xd3, 0x39, 0x44, 0x31, 0x82, 0xfe, 0x80, 0x04, 0x71, 0x29, 0x9f,
    0x37, 0xec, 0x45, 0xb9, 0x7f, 0x60, 0x5a, 0xff, 0xd5, 0xa7, 0xd4, 0x23, 0x40, 0x2f, 0x5f,
];

/// An encryption key with what should prove its possession.
type KeyAndProof = ([u8; 32], [u8; 64]);

/// What to join with; nothing as long as the victim has not joined.
type Forge = fn(&mut Hand, u16, Option<&Join>) -> Result<Option<KeyAndProof>, Failure>;

/// Joins with another key, another proof, or both; when the first honest operator has joined.
struct FalseJoin(Forge);

impl Adversary for FalseJoin {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind == Kind::Join && hand.cheats(author) {
            return self.join(hand, author);
        }
        hand.publish_honestly(author, kind);
        Ok(())
    }

    fn observe(&mut self, hand: &mut Hand, message: &Message) -> Result<(), Failure> {
        let waiting = hand.cheaters().clone().into_iter().filter(|_| message.kind() == Kind::Join);
        for author in waiting {
            if !hand.board()?.has(Kind::Join, author) {
                self.join(hand, author)?;
            }
        }
        Ok(())
    }
}

impl FalseJoin {
    fn join(&self, hand: &mut Hand, author: u16) -> Result<(), Failure> {
        let victim = hand.honest().first().copied().unwrap_or_default();
        let victim = hand.board()?.get::<Join>(victim).map(|join| join.body().clone());
        let Some((encryption_key, possession)) = (self.0)(hand, author, victim.as_ref())? else {
            return Ok(());
        };
        let (roster, honest) = hand.honest_body::<Join>(author)?;
        let bytes = hand.sign(author, roster, Join { encryption_key, possession, ..honest })?;
        hand.publish(author, &bytes);
        Ok(())
    }
}

/// Joins with multiples of one key, and goes on with them.
struct KnownMultiples;

impl Adversary for KnownMultiples {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind == Kind::Join {
            let place = hand.corrupted().iter().position(|&index| index == author).unwrap_or_default();
            let key = times(&shared(hand)?, jubjub::Scalar::from(place as u64 + 1))?;
            hand.decrypt_with(author, key)?;
        }
        hand.publish_honestly(author, kind);
        Ok(())
    }
}

/// A key that all operators of the adversary know.
fn shared(hand: &Hand) -> Result<DecryptionKey, Failure> {
    let first = hand.corrupted().first().copied().ok_or("an adversary without operators")?;
    hand.cast().decryption(first)
}

fn times(key: &DecryptionKey, factor: jubjub::Scalar) -> Result<DecryptionKey, Failure> {
    let secret: Option<jubjub::Scalar> = jubjub::Scalar::from_bytes(&key.to_bytes()).into();
    Ok(DecryptionKey::from_bytes(&(secret.ok_or("no scalar")? * factor).to_bytes())?)
}

/// Where an operator must prove possession.
fn context(hand: &Hand, operator: u16) -> Result<PossessionContext, Failure> {
    let identity = *hand.ceremony().identity(operator).ok_or("no such operator")?;
    Ok(PossessionContext { ceremony: *hand.ceremony().id().as_bytes(), author: operator, identity })
}

fn proved(hand: &Hand, author: u16, key: &DecryptionKey) -> Result<KeyAndProof, Failure> {
    let proof = Possession::prove(key, &context(hand, author)?).to_bytes();
    Ok((key.encryption_key().to_bytes(), proof))
}

fn proved_as(hand: &Hand, author: u16, context: PossessionContext) -> Result<Option<KeyAndProof>, Failure> {
    let key = hand.cast().decryption(author)?;
    Ok(Some((key.encryption_key().to_bytes(), Possession::prove(&key, &context).to_bytes())))
}

fn with_key(hand: &Hand, author: u16, key: [u8; 32]) -> Result<Option<KeyAndProof>, Failure> {
    let (_, proof) = proved(hand, author, &hand.cast().decryption(author)?)?;
    Ok(Some((key, proof)))
}

fn from_victim(
    victim: Option<&Join>,
    change: impl FnOnce(jubjub::ExtendedPoint) -> jubjub::ExtendedPoint,
) -> Result<Option<KeyAndProof>, Failure> {
    let Some(victim) = victim else { return Ok(None) };
    let key = change(read_jubjub(&victim.encryption_key)?);
    Ok(Some((write_jubjub(key), victim.possession)))
}
