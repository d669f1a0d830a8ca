//! Setups that must be refused, from authors who know their secrets and each other's.

use ark_ff::{AdditiveGroup, Field};
use coram_circuits::Fr;
use coram_proofs::setup::{OriginRecord, SetupRecord};

use super::{
    contribution::{
        self, Author, Choice, Secrets, contribute_to_key, honestly, identity, signature_of, with_high_s,
    },
    setup::{BEACON, FIRST, SECOND, beacon},
};

/// A case: its name, the error, the setup that it is compared with, the comment, the setup.
pub type Case = (&'static str, &'static str, &'static str, &'static str, SetupRecord);

/// Setups in which one rule alone is broken, where that can be: what depends on it is made anew.
pub fn cases(honest: &SetupRecord, circuit: [u8; 32]) -> Vec<Case> {
    let forged = |authors: &[(Author, Choice)]| contribute_to_key(honest, &circuit, authors);
    let second = |choice: Choice| forged(&[(FIRST, honestly), (SECOND, choice)]);
    let with = |change: &dyn Fn(&mut SetupRecord)| {
        let mut record = honest.clone();
        change(&mut record);
        record
    };
    let one = Fr::from(1u64);
    vec![
        (
            "knowledge-of-another-step",
            "NotProved",
            "accept",
            "A proof for the step tau stands in the step delta",
            second(|x, _| Secrets { step: "tau", ..honestly(x, &[]) }),
        ),
        (
            "knowledge-of-another-secret",
            "NotProved",
            "accept",
            "`own` is of another secret than `after` and `proof`",
            second(|x, _| Secrets { own: x.double(), ..honestly(x, &[]) }),
        ),
        (
            "not-applied",
            "NotApplied",
            "accept",
            "`after` and the verifying key's delta are of another secret than `own` and `proof`",
            second(|x, _| Secrets { after: x.double(), ..honestly(x, &[]) }),
        ),
        (
            "own-is-generator",
            "One",
            "accept",
            "A secret of one",
            second(|_, _| honestly(Fr::from(1u64), &[])),
        ),
        (
            "own-repeated",
            "Repeats",
            "accept",
            "The second contribution is of the first one's secret",
            second(|_, others| honestly(others[0], &[])),
        ),
        (
            "delta-is-gamma",
            "DeltaIsGamma",
            "accept",
            "The second contribution undoes the first",
            second(|_, others| honestly(others[0].inverse().unwrap(), &[])),
        ),
        (
            "origin-exchanged",
            "NotProved",
            "accept",
            "Somebody else signs the second contribution as its own",
            with(&|record| {
                let mut origin = OriginRecord::Signed { identity: identity(8), signature: [0; 64] };
                record.key[1].origin = origin.clone();
                let id = contribution::key(record, &circuit).contributions[1].id;
                if let OriginRecord::Signed { signature, .. } = &mut origin {
                    *signature = signature_of(8, &id);
                }
                record.key[1].origin = origin;
            }),
        ),
        (
            "signature-of-another",
            "Signature",
            "accept",
            "Another identity's signature of the right id",
            with(&|record| {
                let id = contribution::key(record, &circuit).contributions[1].id;
                resign(&mut record.key[1].origin, |_| signature_of(8, &id));
            }),
        ),
        (
            "signature-with-high-s",
            "Signature",
            "accept",
            "The other signature for which the equation holds",
            with(&|record| resign(&mut record.powers[1].origin, |signature| with_high_s(&signature))),
        ),
        (
            "contribution-to-powers-missing",
            "NotProved",
            "accept",
            "The key was begun on powers that had it",
            with(&|record| {
                record.powers.pop();
            }),
        ),
        (
            "contribution-to-key-missing",
            "Head",
            "accept",
            "The verifying key's delta has it",
            with(&|record| {
                record.key.pop();
            }),
        ),
        (
            "nobody-contributed-to-key",
            "NoContribution",
            "accept",
            "A beacon alone: its secret is public",
            forged(&[(BEACON, honestly)]),
        ),
        (
            "other-alpha",
            "Head",
            "accept",
            "The verifying key's alpha is one",
            with(&|record| record.verifying_key[..48].copy_from_slice(&contribution::in_g1(one))),
        ),
        (
            "other-inputs",
            "NotProved",
            "accept",
            "The last two IC_j are exchanged: those who contributed saw others",
            with(&|record| {
                let start = record.verifying_key.len() - 96;
                record.verifying_key[start..].rotate_left(48);
            }),
        ),
        (
            "beacon-of-other-iterations",
            "NotFromBeacon",
            "accept-beacon",
            "2^11 iterations are said, and the secret is of 2^10",
            forged(&[(FIRST, honestly), (SECOND, honestly), (beacon(11), honestly)]),
        ),
        (
            "contribution-after-beacon",
            "AfterBeacon",
            "accept-beacon",
            "The beacon is the second of three",
            forged(&[(FIRST, honestly), (BEACON, honestly), (SECOND, honestly)]),
        ),
    ]
}

fn resign(origin: &mut OriginRecord, change: impl FnOnce([u8; 64]) -> [u8; 64]) {
    let OriginRecord::Signed { signature, .. } = origin else { panic!("nobody signed this") };
    *signature = change(*signature);
}
