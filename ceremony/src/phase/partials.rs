//! Partial signatures of several authors, verified together.

use std::ops::Range;

use coram_cluster::bls::{self, PublicKey, Signature, SignedRoot};

use super::duties::Duty;
use crate::breach::Breach;
use crate::progress::{Observer, Task};

/// Duties that are worked on at once: enough for all processors, few enough to say how far things are.
pub(super) const PORTION: usize = 512;

/// Partial signatures of several authors, to be verified together.
#[derive(Default)]
pub(super) struct Batch {
    /// A list for each author, all in the order of the same duties.
    lists: Vec<Vec<Partial>>,
}

/// A partial signature, as its author sent it.
struct Partial {
    author: u16,
    duty: Duty,
    key: Option<PublicKey>,
    bytes: [u8; 96],
}

impl Partial {
    const fn wrong(&self) -> Breach {
        Breach::Partial { author: self.author, object: self.duty.object, validator: self.duty.validator }
    }
}

impl Batch {
    /// Adds the partial signatures of one author, one for each duty.
    pub(super) fn add<'k, 's>(
        &mut self,
        author: u16,
        duties: impl Iterator<Item = (Duty, Option<&'k PublicKey>)>,
        partials: impl Iterator<Item = &'s [u8; 96]>,
    ) {
        let each = duties.zip(partials);
        let list =
            each.map(|((duty, key), bytes)| Partial { author, duty, key: key.copied(), bytes: *bytes });
        self.lists.push(list.collect());
    }

    /// All that are wrong, the malformed ones first.
    pub(super) fn wrong(&self) -> Vec<Breach> {
        let all = self.all();
        let (owners, items, mut wrong) = decode(&all);
        if bls::verify_batch(&items).is_err() {
            let places = bls::find_invalid(&items).into_iter();
            wrong.extend(places.filter_map(|place| owners.get(place)).map(|owner| owner.wrong()));
        }
        wrong
    }

    /// Verifies all, and returns those of each author.
    pub(super) fn verify(&self, observer: &Observer) -> Result<Vec<Vec<Signature>>, Breach> {
        self.verify_by(PORTION, observer)
    }

    /// A portion has the same duties of all authors, so that each message is hashed once. Where a portion fails, the first wrong
    /// one is looked for among all, so that everybody names the same.
    fn verify_by(&self, portion: usize, observer: &Observer) -> Result<Vec<Vec<Signature>>, Breach> {
        let longest = self.lists.iter().map(Vec::len).max().unwrap_or_default();
        let verified = observer.begin(Task::Partials, self.lists.iter().map(Vec::len).sum());
        let mut signatures: Vec<Vec<Signature>> = self.lists.iter().map(|_| Vec::new()).collect();
        for start in (0..longest).step_by(portion) {
            let range = start..longest.min(start + portion);
            let portion: Vec<&Partial> = self.lists.iter().flat_map(|list| within(list, &range)).collect();
            let (_, items, malformed) = decode(&portion);
            if (!malformed.is_empty() || bls::verify_batch(&items).is_err())
                && let Some(breach) = self.first_wrong()
            {
                return Err(breach);
            }
            let mut decoded = items.iter().map(|(_, _, signature)| *signature);
            for (of_author, list) in signatures.iter_mut().zip(&self.lists) {
                of_author.extend(decoded.by_ref().take(within(list, &range).len()));
            }
            verified.advance(portion.len());
        }
        Ok(signatures)
    }

    /// The first that is wrong, by author: a malformed one, if there are any.
    fn first_wrong(&self) -> Option<Breach> {
        let all = self.all();
        let (owners, items, malformed) = decode(&all);
        let place = || bls::first_invalid(&items).and_then(|place| owners.get(place));
        malformed.into_iter().next().or_else(|| place().map(|owner| owner.wrong()))
    }

    fn all(&self) -> Vec<&Partial> {
        self.lists.iter().flatten().collect()
    }
}

/// The part of a list; less, where the list ends.
fn within<'l>(list: &'l [Partial], range: &Range<usize>) -> &'l [Partial] {
    let end = range.end.min(list.len());
    list.get(range.start.min(end)..end).unwrap_or_default()
}

/// Points with their owners, and what its author did for bytes that are no point of the signature group: as wrong as a point
/// that does not verify.
fn decode<'p>(partials: &[&'p Partial]) -> (Vec<&'p Partial>, Vec<SignedRoot>, Vec<Breach>) {
    let bytes: Vec<[u8; 96]> = partials.iter().map(|partial| partial.bytes).collect();
    let (mut owners, mut items, mut malformed) = (Vec::new(), Vec::new(), Vec::new());
    for (partial, signature) in partials.iter().zip(Signature::from_bytes_all(&bytes)) {
        match (partial.key, signature) {
            (Some(key), Ok(signature)) => {
                owners.push(*partial);
                items.push((key, partial.duty.root, signature));
            }
            _ => malformed.push(partial.wrong()),
        }
    }
    (owners, items, malformed)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use coram_cluster::bls::SecretKey;

    use super::*;
    use crate::breach::SignedObject;
    use crate::progress::Progress;

    /// Duties that are worked on at once here.
    const FEW: usize = 8;
    const DUTIES: usize = FEW + 3;

    fn key(author: u16) -> SecretKey {
        SecretKey::from_bytes(&[author as u8; 32]).unwrap()
    }

    fn duty(validator: usize) -> Duty {
        Duty { object: SignedObject::Attestation, validator, root: [(validator % 3) as u8; 32] }
    }

    /// Three authors with more duties than are verified at once. Those that are named sign something else, or nothing.
    fn batch(others: &[(u16, usize)], nothing: &[(u16, usize)]) -> Batch {
        let mut batch = Batch::default();
        for author in 1..=3 {
            let (key, public) = (key(author), key(author).public_key());
            let right: Vec<[u8; 96]> = (0..3).map(|root| key.sign(&[root; 32]).to_bytes()).collect();
            let partial = |validator: usize| match (author, validator) {
                at if nothing.contains(&at) => [0xff; 96],
                at if others.contains(&at) => key.sign(&[9; 32]).to_bytes(),
                _ => right[validator % 3],
            };
            let partials: Vec<[u8; 96]> = (0..DUTIES).map(partial).collect();
            batch.add(author, (0..DUTIES).map(|place| (duty(place), Some(&public))), partials.iter());
        }
        batch
    }

    fn wrong(author: u16, validator: usize) -> Breach {
        Breach::Partial { author, object: SignedObject::Attestation, validator }
    }

    #[test]
    fn all_are_verified_portion_by_portion_and_counted() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&told);
        let observer = Observer::new(move |Progress { task, done, total }| {
            assert_eq!((task, total), (Task::Partials, 3 * DUTIES));
            keep.lock().unwrap().push(done);
        });
        let signatures = batch(&[], &[]).verify_by(FEW, &observer).unwrap();
        for (author, of_author) in (1..).zip(&signatures) {
            assert_eq!(of_author.len(), DUTIES);
            let expected = |place: usize| key(author).sign(&duty(place).root);
            for (place, signature) in of_author.iter().enumerate() {
                assert_eq!(*signature, expected(place), "{author} {place}");
            }
        }
        assert_eq!(*told.lock().unwrap(), [0, 3 * FEW, 3 * DUTIES]);
    }

    #[test]
    fn everybody_names_the_same_culprit_whichever_portion_fails_first() {
        let late = FEW + 1;
        for (others, nothing, culprit) in [
            (&[(3, 5)][..], &[][..], wrong(3, 5)),
            (&[(2, late)], &[], wrong(2, late)),
            (&[(3, 5), (2, late)], &[], wrong(2, late)),
            (&[(1, 4), (2, 3)], &[(3, late)], wrong(3, late)),
        ] {
            let batch = batch(others, nothing);
            assert_eq!(batch.verify_by(FEW, &Observer::default()).unwrap_err(), culprit);
            let all = nothing.iter().chain(others).map(|(author, place)| wrong(*author, *place));
            let mut all: Vec<Breach> = all.collect();
            let mut found = batch.wrong();
            assert_eq!(found.first(), Some(&if nothing.is_empty() { found[0].clone() } else { culprit }));
            all.sort_by_key(|breach| format!("{breach:?}"));
            found.sort_by_key(|breach| format!("{breach:?}"));
            assert_eq!(found, all);
        }
    }
}
