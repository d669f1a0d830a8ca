//! Dealings with nothing wrong about them, made for another place than they are shown in.

use coram_ceremony::phase::Roster;
use coram_proofs::{Backend, Scheme, Setting};

use super::false_dealing;
use crate::Failure;
use crate::adversary::{Cheaters, Entry};
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[
    false_dealing!(
        "dealing-of-another-attempt",
        "shows what it dealt in another attempt at the same ceremony",
        "the ceremony id goes into every pad and proof (protocol.md 6.2)",
        |hand, _, author| {
            let shape = hand.shape();
            let other = hand.cast().in_shape(Shape { attempt: shape.attempt + 1, ..shape })?;
            let id = *other.ceremony.id().as_bytes();
            made_for(hand, "attempt", author, |setting| setting.ceremony = id)
        }
    ),
    false_dealing!(
        "dealing-of-another-ceremony",
        "shows what it dealt for another cluster of the same operators",
        "the ceremony id, which covers the definition, goes into every pad and proof (protocol.md 6.2)",
        |hand, _, author| {
            let shape = hand.shape();
            let other = hand.cast().in_shape(Shape { validators: shape.validators + 1, ..shape })?;
            let id = *other.ceremony.id().as_bytes();
            made_for(hand, "ceremony", author, |setting| {
                setting.ceremony = id;
                setting.roster = [7; 32];
            })
        }
    ),
    false_dealing!(
        "dealing-under-another-roster",
        "proves its dealing under another roster hash than the one that it names",
        "the roster goes into every pad and proof (protocol.md 6.2)",
        |hand, _, author| made_for(hand, "roster", author, |setting| setting.roster[0] ^= 1)
    ),
    false_dealing!(
        "dealing-for-a-lower-threshold",
        "deals for a lower threshold, and fills the room for commitments with the identity",
        "the threshold goes into every pad and proof (protocol.md 6.2)",
        |hand, _, author| {
            let lower = made_for(hand, "threshold", author, |setting| setting.threshold -= 1)?;
            let filled = 48 * (usize::from(hand.shape().threshold) - 1);
            let (commitments, rest) = lower.split_at_checked(filled).ok_or("a short dealing")?;
            Ok([commitments, &crate::points::identity(), rest].concat())
        }
    ),
    false_dealing!(
        "dealing-for-a-higher-threshold",
        "deals for a higher threshold than the cluster's",
        "exactly t commitments (proofs.md 12)",
        |hand, _, author| made_for(hand, "threshold", author, |setting| setting.threshold += 1)
    ),
    false_dealing!(
        "dealing-for-other-recipients",
        "deals to the recipients in another order",
        "keys of the recipients are constants of the relation, in order (proofs.md 2.6)",
        |hand, roster, author| {
            let recipients = &roster.scheme().setting().recipients;
            let count = recipients.len() as u16;
            let turned = (1..=count).filter_map(|index| recipients.get(index % count + 1).cloned());
            let turned = coram_proofs::Recipients::new(turned.collect())?;
            made_for(hand, "recipients", author, move |setting| setting.recipients = turned)
        }
    ),
    false_dealing!(
        "dealing-as-another-dealer",
        "makes its dealing as that of another dealer",
        "the dealer's index goes into every pad and proof (protocol.md 6.2)",
        |hand, _, author| {
            let other = hand.honest().first().copied().ok_or("nobody is honest")?;
            hand.dealing_from(other, hand.cast().dealing_seed(author))
        }
    ),
    false_dealing!(
        "dealing-of-a-colluder",
        "several show one dealing, that of one of them",
        "the dealer's index goes into every pad and proof (protocol.md 6.2)",
        |hand, _, author| {
            // One of them is in its place and breaks nothing; so it is made for an operator who is none of them.
            let other = hand.honest().last().copied().ok_or("nobody is honest")?;
            let first = hand.corrupted().first().copied().unwrap_or(author);
            hand.dealing_from(other, hand.cast().dealing_seed(first))
        },
        cheaters: Cheaters::Several
    ),
];

/// An honest dealing in another setting than the ceremony's.
fn made_for(
    hand: &Hand,
    name: &str,
    author: u16,
    change: impl FnOnce(&mut Setting),
) -> Result<Vec<u8>, Failure> {
    let mut setting = hand.roster()?.scheme().setting().clone();
    change(&mut setting);
    let (seed, threshold) = (hand.cast().dealing_seed(author), setting.threshold);
    hand.recall(&format!("for another {name} {threshold} {author}"), |_: &Roster| {
        Ok(Scheme::new(setting, &Backend::Transparent)?.deal(author, &seed)?.to_bytes())
    })
}
