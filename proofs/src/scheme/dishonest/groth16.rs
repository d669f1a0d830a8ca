//! What only Groth16 has: reference strings, and several chunks in a dealing.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use ark_ff::One;

use super::*;
use crate::{
    groth16::{Key, Keys},
    scheme::VerifiedDealing,
    setup::{Shape, chosen},
};

/// A key for `N` recipients from trapdoors that everybody can know.
pub(super) fn groth16_key(validators: u32) -> Arc<Key> {
    key(N, validators, 1)
}

/// Made by whoever needs it first.
type Once = Arc<OnceLock<Arc<Key>>>;

/// Made once for all tests: it follows from these numbers, and takes seconds.
fn key(recipients: u16, validators: u32, seed: u8) -> Arc<Key> {
    static MADE: Mutex<BTreeMap<(u16, u32, u8), Once>> = Mutex::new(BTreeMap::new());
    // Who wants another one does not wait for this one.
    let place = Arc::clone(MADE.lock().unwrap().entry((recipients, validators, seed)).or_default());
    let make = || {
        let contributor = chosen::Contributor { seed: [seed; 64], signer: None };
        let shape = Shape::new(recipients, validators).unwrap();
        Arc::new(chosen::reference(shape, &[contributor]).unwrap().into_key())
    };
    Arc::clone(place.get_or_init(make))
}

fn keys_of(sizes: &[u32], seed: u8) -> Keys {
    Keys::new(sizes.iter().map(|size| key(N, *size, seed)).collect()).unwrap()
}

/// Three validators in chunks of two and one.
fn chunked() -> &'static Scheme {
    static SCHEME: OnceLock<Scheme> = OnceLock::new();
    SCHEME.get_or_init(|| {
        let setting = Setting { validators: 3, ..setting() };
        Scheme::new(setting, &Backend::Groth16(keys_of(&[1, 2], 1))).unwrap()
    })
}

fn dealt() -> Vec<(u16, Dealing)> {
    static DEALINGS: OnceLock<Vec<(u16, Dealing)>> = OnceLock::new();
    let deal = |dealer| (dealer, chunked().deal(dealer, &[dealer as u8; 32]).unwrap());
    DEALINGS.get_or_init(|| (1..=2).map(deal).collect()).clone()
}

fn refused(dealing: Dealing) -> Option<ProofError> {
    chunked().verify(1, dealing).err()
}

fn first() -> Dealing {
    dealt().swap_remove(0).1
}

#[test]
fn chunks_of_several_sizes_are_dealt_verified_and_opened() {
    let scheme = chunked();
    assert_eq!(scheme.chunks().collect::<Vec<_>>(), [0..2, 2..3]);
    let dealings = dealt();
    assert_eq!(dealings[0].1.to_bytes().len(), scheme.dealing_len());
    assert_eq!(scheme.dealing_len(), 3 * 48 * usize::from(T) + 32 + 3 * 32 * usize::from(N) + 2 * (80 + 192));
    let verified: Vec<VerifiedDealing> = scheme.verify_all(dealings).unwrap();
    let sum = crate::aggregate::Aggregate::new(&verified).unwrap();
    for (index, key) in (1..).zip(keys()) {
        assert_eq!(scheme.open(&verified, &sum, index, &key).unwrap().len(), 3);
    }
}

/// With one context for both, the pads of the first validators of two chunks would be the same, and the differences of their
/// shares public.
#[test]
fn two_chunks_share_neither_pads_nor_blinder() {
    let (scheme, dealing) = (chunked(), first());
    let statements: Vec<Statement> = scheme
        .places(1)
        .zip(&dealing.chunks)
        .map(|((place, ..), chunk)| crate::statement::statement(&place, &dealing, chunk))
        .collect();
    assert_ne!(statements[0].ctx, statements[1].ctx);
    assert_ne!(statements[0].blind, statements[1].blind);
    assert_ne!(dealing.chunks[0].blinder, dealing.chunks[1].blinder);

    let seed = [1; 32];
    let scalar = Secrets { scheme, dealer: 1, seed: &seed }.ephemeral_scalar();
    let recipients = setting().recipients.points();
    let mut all: Vec<Fr> = Vec::new();
    for (statement, outputs) in statements.iter().zip([2, 1]) {
        let u = shared_secret_u(&scalar, &coram_circuits::jubjub::blinder_base());
        all.push(coram_circuits::share_encryption::blinder(statement.blind, u));
        for (index, key) in (1..).zip(&recipients) {
            let u = shared_secret_u(&scalar, key);
            all.extend(coram_circuits::share_encryption::pads(statement.ctx, index, u, outputs));
        }
    }
    assert_eq!(all.len(), 2 + 3 * usize::from(N));
    assert!((1..all.len()).all(|k| !all[..k].contains(&all[k])));
}

/// Equal chunks in exchanged places: their contexts name the places.
#[test]
fn chunks_of_one_size_cannot_change_places() {
    let setting = Setting { validators: 2, ..setting() };
    let scheme = Scheme::new(setting, &Backend::Groth16(keys_of(&[1], 1))).unwrap();
    let honest = scheme.deal(1, &[1; 32]).unwrap();
    let mut swapped = honest.clone();
    swapped.chunks.swap(0, 1);
    assert_eq!(scheme.verify(1, swapped).err(), Some(ProofError::InvalidProof));
    // All that belongs to the validators goes with them.
    let (t, n) = (usize::from(T), usize::from(N));
    let mut moved = honest.clone();
    moved.chunks.swap(0, 1);
    moved.commitments.rotate_left(t);
    moved.ciphertexts.rotate_left(n);
    assert_eq!(scheme.verify(1, moved).err(), Some(ProofError::InvalidProof));
    assert!(scheme.verify(1, honest).is_ok());
}

#[test]
fn a_chunk_of_another_dealer_or_another_dealing_is_refused() {
    let mut mixed = first();
    mixed.chunks[1] = dealt()[1].1.chunks[1].clone();
    assert_eq!(refused(mixed), Some(ProofError::InvalidProof));
    let other = chunked().deal(1, &[9; 32]).unwrap();
    let mut mixed = first();
    mixed.chunks[0] = other.chunks[0].clone();
    assert_eq!(refused(mixed), Some(ProofError::InvalidProof));
}

#[test]
fn every_part_of_every_chunk_counts() {
    for chunk in 0..2 {
        let mut dealing = first();
        dealing.chunks[chunk].masked_sum += Fr::one();
        assert_eq!(refused(dealing), Some(ProofError::InvalidProof));
        let mut dealing = first();
        dealing.chunks[chunk].blinder = (dealing.chunks[chunk].blinder + group::generator()).into_affine();
        assert_eq!(refused(dealing), Some(ProofError::InvalidProof));
        // The signs of A, B and C.
        for byte in [0, 48, 144] {
            let mut dealing = first();
            dealing.chunks[chunk].proof[byte] ^= 0x20;
            assert_eq!(refused(dealing), Some(ProofError::InvalidProof), "byte {byte}");
        }
        for (byte, point) in [(0, ProofError::Point), (48, ProofError::PointOfG2), (144, ProofError::Point)] {
            let mut dealing = first();
            dealing.chunks[chunk].proof[byte] &= 0x7f;
            assert_eq!(refused(dealing), Some(point));
        }
    }
}

/// Under another string the dealer's proof is as good as any; the verifier has not agreed to it.
#[test]
fn a_proof_under_another_string_is_refused() {
    let theirs = Scheme::new(setting(), &Backend::Groth16(keys_of(&[M], 2))).unwrap();
    SYSTEM.set(ProofSystemId::Groth16);
    let ours = scheme();
    assert_ne!(ours.relation_digest(), theirs.relation_digest());
    let dealing = theirs.deal(1, &[1; 32]).unwrap();
    assert_eq!(ours.verify(1, dealing.clone()).err(), Some(ProofError::InvalidProof));
    assert!(theirs.verify(1, dealing).is_ok());

    // A dealer that hashes the agreed string into its pads, and proves under another.
    let mut dealer = DishonestDealer::new(1).dealt().summed();
    dealer.proof_seed = [3; 32];
    let statement = dealer.statement();
    let (scalar, seed, fs) = (dealer.scalar.clone(), dealer.proof_seed, merlin::Transcript::new(b"test"));
    let mut dealing = dealer.finish();
    assert!(ours.verify(1, dealing.clone()).is_ok());
    dealing.chunks[0].proof = theirs.systems[0].prove(fs, &statement, &scalar, &seed).unwrap().into();
    assert_eq!(ours.verify(1, dealing).err(), Some(ProofError::InvalidProof));
}

/// The recipients' keys are inputs: for others, in another order, or negated, the proof does not hold.
#[test]
fn the_proof_is_for_these_recipients_in_this_order() {
    SYSTEM.set(ProofSystemId::Groth16);
    let dealing = DishonestDealer::new(1).deal();
    let keys = || keys().iter().map(DecryptionKey::encryption_key).collect::<Vec<_>>();
    let mut swapped = keys();
    swapped.swap(0, 1);
    let mut replaced = keys();
    replaced[3] = DecryptionKey::derive(&[77; 32], b"test").encryption_key();
    for changed in [swapped, replaced] {
        let setting = Setting { recipients: Recipients::new(changed).unwrap(), ..setting() };
        let scheme = Scheme::new(setting, &Backend::Groth16(keys_of(&[M], 1))).unwrap();
        assert_eq!(scheme.verify(1, dealing.clone()).err(), Some(ProofError::InvalidProof));
        // No relation names the keys; the weights depend on them, and what was verified is opened for them alone.
        assert_eq!(scheme.relation_digest(), super::scheme().relation_digest());
        assert_ne!(scheme.batch_seed(&honest()), super::scheme().batch_seed(&honest()));
        assert_ne!(scheme.digest(), super::scheme().digest());
    }
}

/// Groth16 proofs can be made into others of the same statement by anybody. Nothing is gained: the statement stays, and the
/// message that holds the proof is signed.
#[test]
fn a_rerandomised_proof_proves_the_same_statement_and_no_other() {
    SYSTEM.set(ProofSystemId::Groth16);
    let honest = DishonestDealer::new(1).deal();
    let key = groth16_key(M);
    let again =
        crate::groth16::tests::rerandomise(key.verifying_key(), &honest.chunks[0].proof, Fr::from(5u64));
    let mut dealing = honest.clone();
    assert_ne!(again, *dealing.chunks[0].proof);
    dealing.chunks[0].proof = again.clone().into();
    assert!(scheme().verify(1, dealing).is_ok());
    let mut other = DishonestDealer::new(2).deal();
    other.chunks[0].proof = again.into();
    assert_eq!(scheme().verify(2, other).err(), Some(ProofError::InvalidProof));
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    let key = |recipients, validators| key(recipients, validators, 1);
    assert_eq!(Keys::new(Vec::new()).err(), Some(ProofError::Keys));
    assert_eq!(Keys::new(vec![key(2, 1), key(3, 2)]).err(), Some(ProofError::Keys));
    assert_eq!(Keys::new(vec![key(2, 1), key(2, 1)]).err(), Some(ProofError::Keys));
    let keys = Keys::new(vec![key(2, 2)]).unwrap();
    assert_eq!(keys.chunks(4).unwrap(), [(0..2, 0), (2..4, 0)]);
    let sizes = vec![2];
    assert_eq!(
        keys.chunks(3).err(),
        Some(ProofError::Chunks { validators: 3, sizes: sizes.clone(), limit: 128 })
    );
    assert!(keys.chunks(256).is_ok());
    assert_eq!(keys.chunks(258).err(), Some(ProofError::Chunks { validators: 258, sizes, limit: 128 }));
    let refused = Scheme::new(setting(), &Backend::Groth16(keys));
    assert_eq!(refused.err(), Some(ProofError::KeyRecipients { key: 2, setting: usize::from(N) }));
}

#[test]
fn who_has_no_reference_string_verifies_and_does_not_deal() {
    let key = Key::verifying(groth16_key(M).setup().clone());
    let scheme = Scheme::new(setting(), &Backend::Groth16(Keys::new(vec![Arc::new(key)]).unwrap())).unwrap();
    SYSTEM.set(ProofSystemId::Groth16);
    assert!(scheme.verify_all(honest()).is_ok());
    assert_eq!(scheme.deal(1, &[1; 32]).err(), Some(ProofError::ProvingKey));
}
