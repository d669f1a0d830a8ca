//! What each hash of the statement depends on, and what a proof repeats.

use ark_bls12_381::Fr;
use ark_ff::One;
use merlin::Transcript;

use super::*;
use crate::fiat_shamir::FiatShamir;

/// A dealer's statement with its place, and everything that can be changed in it.
struct Bound {
    place: Place<'static>,
    dealing: Dealing,
}

impl Bound {
    fn new() -> Self {
        Self { place: place(1), dealing: honest().swap_remove(0).1 }
    }

    fn statement(&self) -> Statement {
        crate::statement::statement(&self.place, &self.dealing, &self.dealing.chunks[0])
    }

    fn fiat_shamir(&self, statement: &Statement) -> Fr {
        let mut fs: Transcript =
            open_fiat_shamir(&self.place, &self.dealing, &self.dealing.chunks[0], statement);
        fs.challenge(b"test").unwrap()
    }
}

fn with_setting(change: impl Fn(&mut Setting)) -> &'static Setting {
    let mut changed = setting();
    change(&mut changed);
    Box::leak(Box::new(changed))
}

type Change = (&'static str, Box<dyn Fn(&mut Bound)>);

/// Everything that the pads have to depend on.
fn context_changes() -> Vec<Change> {
    let fewer =
        || Recipients::new(keys().iter().skip(1).map(DecryptionKey::encryption_key).collect()).unwrap();
    let mut changes: Vec<Change> = vec![
        ("relation", Box::new(|bound| bound.place.relation[0] ^= 1)),
        ("ceremony", Box::new(|bound| bound.place.setting = with_setting(|s| s.ceremony[31] ^= 1))),
        ("roster", Box::new(|bound| bound.place.setting = with_setting(|s| s.roster[31] ^= 1))),
        ("threshold", Box::new(|bound| bound.place.setting = with_setting(|s| s.threshold = 2))),
        ("validators", Box::new(|bound| bound.place.setting = with_setting(|s| s.validators = 3))),
        ("recipients", Box::new(move |bound| bound.place.setting = with_setting(|s| s.recipients = fewer()))),
        ("dealer", Box::new(|bound| bound.place.dealer = 2)),
        ("chunk", Box::new(|bound| bound.place.chunk = 1)),
        ("start of the chunk", Box::new(|bound| bound.place.validators = 1..2)),
        ("end of the chunk", Box::new(|bound| bound.place.validators = 0..1)),
        ("ephemeral key", Box::new(|bound| bound.dealing.ephemeral = -bound.dealing.ephemeral)),
        ("no last commitment", Box::new(|bound| bound.dealing.commitments.truncate(5))),
    ];
    for index in 0..usize::from(T) * M as usize {
        let change = move |bound: &mut Bound| bound.dealing.commitments[index] = group::generator();
        changes.push(("a commitment", Box::new(change)));
    }
    changes
}

fn ciphertext_changes() -> Vec<Change> {
    (0..usize::from(N) * M as usize)
        .map(|index| -> Change {
            ("a ciphertext", Box::new(move |bound| bound.dealing.ciphertexts[index] += Fr::one()))
        })
        .collect()
}

fn changed(change: &Change) -> Bound {
    let mut bound = Bound::new();
    change.1(&mut bound);
    bound
}

#[test]
fn the_context_of_the_pads_depends_on_the_place_the_ephemeral_key_and_every_commitment() {
    in_each_system(|| {
        let honest = Bound::new().statement();
        for change in context_changes() {
            assert_ne!(changed(&change).statement().ctx, honest.ctx, "{}", change.0);
        }
    });
}

#[test]
fn the_context_of_the_blinder_depends_on_all_that_and_on_every_ciphertext() {
    in_each_system(|| {
        let honest = Bound::new().statement();
        for change in context_changes().iter().chain(&ciphertext_changes()) {
            assert_ne!(changed(change).statement().blind, honest.blind, "{}", change.0);
        }
    });
}

#[test]
fn the_link_challenge_depends_on_all_that_and_on_the_blinder() {
    in_each_system(|| {
        let honest = Bound::new().statement();
        let blinder: Change =
            ("the blinder", Box::new(|bound| bound.dealing.chunks[0].blinder = group::generator()));
        for change in context_changes().iter().chain(&ciphertext_changes()).chain([&blinder]) {
            assert_ne!(changed(change).statement().challenge, honest.challenge, "{}", change.0);
        }
    });
}

/// And on nothing else: what a prover draws at random comes later.
#[test]
fn the_link_challenge_does_not_depend_on_the_sum_or_the_proof() {
    in_each_system(|| {
        let honest = Bound::new().statement();
        let mut bound = Bound::new();
        bound.dealing.chunks[0].masked_sum += Fr::one();
        bound.dealing.chunks[0].proof.fill(0);
        let other = bound.statement();
        assert_eq!((other.ctx, other.blind, other.challenge), (honest.ctx, honest.blind, honest.challenge));
    });
}

/// The first challenge of a proof depends on each part by itself, also where the hashes do so already.
#[test]
fn the_proof_is_bound_to_every_part_of_the_statement() {
    in_each_system(|| {
        let bound = Bound::new();
        let statement = bound.statement();
        let honest = bound.fiat_shamir(&statement);
        let in_chunk: [Change; 2] = [
            ("the blinder", Box::new(|bound| bound.dealing.chunks[0].blinder = group::generator())),
            ("a longer list", Box::new(|bound| bound.dealing.commitments.push(group::generator()))),
        ];
        for change in context_changes().iter().chain(&ciphertext_changes()).chain(&in_chunk) {
            assert_ne!(changed(change).fiat_shamir(&statement), honest, "{}", change.0);
        }
        let words: [fn(&mut Statement) -> &mut Fr; 4] =
            [|s| &mut s.ctx, |s| &mut s.blind, |s| &mut s.challenge, |s| &mut s.masked_sum];
        for (index, word) in words.into_iter().enumerate() {
            let mut changed = statement.clone();
            *word(&mut changed) += Fr::one();
            assert_ne!(bound.fiat_shamir(&changed), honest, "word {index}");
        }
    });
}

/// Two challenges with one blinder would publish a difference of two sums of the pads.
#[test]
fn one_statement_has_one_blinder_challenge_and_sum_however_often_it_is_proved() {
    in_each_system(|| {
        let dealer = |proof_seed| {
            let mut dealer = DishonestDealer::new(1).dealt().summed();
            dealer.proof_seed = proof_seed;
            dealer.finish()
        };
        let (one, two) = (dealer([1; 32]), dealer([2; 32]));
        let (first, second) = (&one.chunks[0], &two.chunks[0]);
        assert_ne!(*first.proof, *second.proof);
        assert_eq!((first.blinder, first.masked_sum), (second.blinder, second.masked_sum));
        let place = place(1);
        let challenge =
            |dealing: &Dealing, chunk| crate::statement::statement(&place, dealing, chunk).challenge;
        assert_eq!(challenge(&one, first), challenge(&two, second));
        for dealing in [one, two] {
            assert!(scheme().verify(1, dealing).is_ok());
        }
    });
}

#[test]
fn another_statement_has_another_blinder() {
    in_each_system(|| {
        let honest = DishonestDealer::new(1).dealt();
        for index in 0..honest.ciphertexts.len() {
            let mut other = DishonestDealer::new(1).dealt();
            other.ciphertexts[index] += Fr::one();
            assert_ne!(other.true_blinder(), honest.true_blinder(), "ciphertext {index}");
        }
        let mut other = DishonestDealer::new(1);
        other.place.chunk = 1;
        let other = other.dealt();
        assert_ne!(other.true_blinder(), honest.true_blinder());
        assert_ne!(other.pads, honest.pads);
    });
}

#[test]
fn a_dealing_is_a_function_of_its_seed_and_setting() {
    in_each_system(|| {
        let seed = [3; 32];
        let one = scheme().deal(2, &seed).unwrap();
        assert_eq!(scheme().deal(2, &seed).unwrap().to_bytes(), one.to_bytes());
        let others = [scheme().deal(3, &seed), scheme().deal(2, &[4; 32])];
        for other in others {
            let other = other.unwrap();
            assert_ne!(other.ephemeral, one.ephemeral);
            assert!(other.commitments.iter().all(|commitment| !one.commitments.contains(commitment)));
        }
    });
}

/// The same seed in another ceremony: nothing secret is used twice.
#[test]
fn the_seed_gives_other_secrets_in_another_setting() {
    let seed = [3; 32];
    let settings = [
        setting(),
        Setting { ceremony: [9; 32], ..setting() },
        Setting { roster: [9; 32], ..setting() },
        Setting { threshold: 2, ..setting() },
    ];
    let mut keys = Vec::new();
    for setting in settings {
        let scheme = Scheme::new(setting, &Backend::Transparent).unwrap();
        keys.push(Secrets { scheme: &scheme, dealer: 1, seed: &seed }.ephemeral_scalar().ephemeral_key());
    }
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key), "setting {index}");
    }
}
