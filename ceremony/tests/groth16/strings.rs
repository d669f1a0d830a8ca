//! Reference strings for three operators, from secrets that everybody knows.

use std::sync::{Arc, LazyLock};

use coram_proofs::groth16::{Key, Keys};
use coram_proofs::setup::chosen::{self, Contributor, Signer};
use coram_proofs::setup::{Setup, Shape};

use crate::common::identity;

/// How many operators the strings are for.
pub const OPERATORS: u16 = 3;

/// Somebody who contributes: the holder of an identity key, who is an operator if its number is not above [`OPERATORS`]; or
/// somebody who does not say who it is.
#[derive(Clone, Copy)]
pub enum Who {
    Key(u16),
    Nobody,
}

pub const ALL: [Who; 3] = [Who::Key(1), Who::Key(2), Who::Key(3)];
/// Whoever these are, they may be one.
pub const STRANGERS: [Who; 3] = [Who::Key(101), Who::Nobody, Who::Key(102)];

type Sign = Box<dyn Fn(&[u8; 32]) -> [u8; 64]>;

/// The string for chunks of so many validators, by these contributors.
pub fn make(validators: u32, powers: &[Who], key: &[Who]) -> Arc<Key> {
    let shape = Shape::new(OPERATORS, validators).unwrap();
    let signers = |contributors: &[Who]| contributors.iter().map(signer).collect::<Vec<_>>();
    let (powers, key) = (signers(powers), signers(key));
    let reference = chosen::reference_by(shape, &contributors(&powers), &contributors(&key));
    Arc::new(reference.unwrap().into_key())
}

fn signer(who: &Who) -> Option<([u8; 33], Sign)> {
    let Who::Key(number) = *who else { return None };
    let key = identity(number);
    Some((key.public_key(), Box::new(move |id| key.sign(id))))
}

fn contributors(signers: &[Option<([u8; 33], Sign)>]) -> Vec<Contributor<'_>> {
    let mut contributors = Vec::new();
    for (number, signer) in (1..).zip(signers) {
        let signer = signer.as_ref();
        let signer = signer.map(|(identity, sign)| Signer { identity: *identity, sign: sign.as_ref() });
        contributors.push(Contributor { seed: [number; 64], signer });
    }
    contributors
}

/// For chunks of one validator, by all operators.
pub static ONE: LazyLock<Arc<Key>> = LazyLock::new(|| make(1, &ALL, &ALL));
/// For chunks of two validators, by all operators.
pub static TWO: LazyLock<Arc<Key>> = LazyLock::new(|| make(2, &ALL, &ALL));
/// For chunks of one validator, by nobody whom anybody knows.
pub static OF_STRANGERS: LazyLock<Arc<Key>> = LazyLock::new(|| make(1, &STRANGERS, &STRANGERS));

pub fn keys<const N: usize>(strings: [&Arc<Key>; N]) -> Keys {
    Keys::new(strings.into_iter().cloned().collect()).unwrap()
}

/// The same keys, to verify with.
pub fn verifying(key: &Arc<Key>) -> Arc<Key> {
    let setup: Setup = key.setup().clone();
    Arc::new(Key::verifying(setup))
}
