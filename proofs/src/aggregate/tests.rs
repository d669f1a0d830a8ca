//! Keys of dealings whose polynomials are known, for all small numbers of dealers. Nothing is proved here.

use ark_bls12_381::Fr;
use ark_ff::{Field, Zero};

use super::*;
use crate::{
    dealing::{Dealing, Layout},
    polynomial::Polynomial,
};

/// The coefficients of one dealer's polynomials.
type Dealt = Vec<Vec<Fr>>;

/// Dealings of dealers 1, 2, …, as if they had been verified.
fn verified(dealt: &[Dealt]) -> Vec<VerifiedDealing> {
    let (validators, threshold) = (dealt[0].len(), dealt[0][0].len());
    let layout = Layout { recipients: dealt.len(), threshold, validators, chunks: 1, proof_len: 0 };
    let dealing = |(dealer, polynomials): (u16, &Dealt)| {
        let commitments = polynomials.iter().flat_map(|one| Polynomial::new(one.clone()).commit()).collect();
        let ephemeral = coram_circuits::jubjub::base();
        let dealing = Dealing::new(layout, commitments, ephemeral, Vec::new(), Vec::new());
        VerifiedDealing { scheme: [0; 32], dealer, dealing, contexts: Vec::new() }
    };
    (1..).zip(dealt).map(dealing).collect()
}

/// Coefficients that have nothing to do with each other.
fn dealt(dealers: u16, threshold: u16, polynomials: usize) -> Vec<Dealt> {
    let scalar = |place: [usize; 3]| {
        place.iter().fold(Fr::from(7_u64), |value, part| (value + Fr::from(*part as u64)).square())
    };
    let polynomial =
        |d: usize, b: usize| (0..usize::from(threshold)).map(|k| scalar([d, b, k])).collect::<Vec<_>>();
    let of_dealer = |d: usize| (0..polynomials).map(|b| polynomial(d, b)).collect();
    (1..=usize::from(dealers)).map(of_dealer).collect()
}

fn weight(dealer: usize, row: usize) -> Fr {
    Fr::from(dealer as u64).pow([row as u64])
}

/// The only solution of a system of equations, if there is no more than one: rows of coefficients, each with its value.
fn solve(mut rows: Vec<Vec<Fr>>) -> Option<Vec<Fr>> {
    for column in 0..rows.len() {
        let pivot = (column..rows.len()).find(|row| !rows[*row][column].is_zero())?;
        rows.swap(column, pivot);
        let inverse = rows[column][column].inverse()?;
        rows[column].iter_mut().for_each(|value| *value *= inverse);
        let pivot = rows[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(row, _)| *row != column) {
            let factor = row[column];
            row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    rows.iter().map(|row| row.last().copied()).collect()
}

fn point(scalar: Fr) -> [u8; 48] {
    group::encode(&(group::generator() * scalar).into_affine())
}

/// Whatever the `t - 1` others deal, any `h` honest dealers can still give the keys of a batch any values, in one way each:
/// dealing at random, they make them uniform and independent.
#[test]
fn any_h_dealers_determine_the_keys_of_a_batch() {
    for dealers in 2_u16..=6 {
        for threshold in 1..dealers {
            let rows = usize::from(dealers - threshold + 1);
            let extraction = Extraction::batched(rows as u32, dealers, threshold).unwrap();
            assert_eq!((extraction.rows(), extraction.polynomials()), (rows, 1));
            let wanted: Vec<Fr> = (0..rows).map(|row| Fr::from(1000 + row as u64)).collect();
            let subsets = (0_u32..1 << dealers).filter(|honest| honest.count_ones() as usize == rows);
            for honest in subsets {
                let is_honest = |d: usize| honest >> (d - 1) & 1 == 1;
                let mut dealt = dealt(dealers, threshold, 1);
                let all = 1..=usize::from(dealers);
                let equation = |row: usize| {
                    let of_others = all.clone().filter(|d| !is_honest(*d));
                    let others: Fr = of_others.map(|d| weight(d, row) * dealt[d - 1][0][0]).sum();
                    let own = all.clone().filter(|d| is_honest(*d)).map(|d| weight(d, row));
                    own.chain([wanted[row] - others]).collect()
                };
                let solution = solve((0..rows).map(equation).collect()).expect("one solution");
                for (d, constant) in all.filter(|d| is_honest(*d)).zip(solution) {
                    dealt[d - 1][0][0] = constant;
                }
                let aggregate = Aggregate::extract(&verified(&dealt), extraction).unwrap();
                let keys: Vec<_> = (0..rows).filter_map(|j| aggregate.validator_key(j)).collect();
                assert_eq!(keys, wanted.iter().copied().map(point).collect::<Vec<_>>(), "{honest:b}");
            }
        }
    }
}

/// What batches cost: with fewer honest dealers, whoever knows what the others dealt knows a relation between the keys.
#[test]
fn fewer_honest_dealers_leave_a_relation() {
    let dealt = dealt(4, 3, 1);
    let aggregate = Aggregate::extract(&verified(&dealt), Extraction::batched(2, 4, 3).unwrap()).unwrap();
    let known =
        |row: usize| -> Fr { [1, 2, 4].map(|d| weight(d, row) * dealt[d - 1][0][0]).into_iter().sum() };
    let key = |j: usize| G1Projective::from(group::decode(&aggregate.validator_key(j).unwrap()).unwrap());
    // x_1 = 3 x_0 + (known), since dealer 3's part of the one is 3 times its part of the other.
    let shift = group::generator() * (known(1) - known(0) * Fr::from(3_u64));
    assert_eq!(key(1), key(0) * Fr::from(3_u64) + shift);
}

#[test]
fn every_key_of_a_batch_is_fit_to_be_used() {
    let extraction = Extraction::batched(4, 4, 3).unwrap();
    let refused = |change: fn(&mut [Dealt])| {
        let mut dealt = dealt(4, 3, 2);
        change(&mut dealt);
        Aggregate::extract(&verified(&dealt), extraction).err()
    };
    assert_eq!(refused(|_| ()), None);
    // What the second row weighs to zero, the first does not.
    let top = refused(|dealt| {
        dealt[0][1][2] = -(2..=4).map(|d: usize| weight(d, 1) * dealt[d - 1][1][2]).sum::<Fr>();
    });
    assert_eq!(top, Some(ProofError::TopCoefficient { validator: 3 }));
    let identity = refused(|dealt| {
        dealt[0][0][0] = -(2..=4).map(|d: usize| weight(d, 1) * dealt[d - 1][0][0]).sum::<Fr>();
    });
    assert_eq!(identity, Some(ProofError::IdentityKey { validator: 1, recipient: None }));
    // sum_i (i - 1) a_i = 0 for the dealers after the first.
    let equal = refused(|dealt| {
        let others = dealt[2][0][0] * Fr::from(2_u64) + dealt[3][0][0] * Fr::from(3_u64);
        dealt[1][0][0] = -others;
    });
    assert_eq!(equal, Some(ProofError::EqualKeys { first: 0, second: 1 }));
}

/// More keys of a polynomial than there must be honest dealers would depend on each other.
#[test]
fn as_many_keys_as_the_dealings_make_and_no_other_number() {
    let dealings = verified(&dealt(4, 3, 2));
    let refused = |dealings: &[VerifiedDealing], extraction| {
        matches!(Aggregate::extract(dealings, extraction), Err(ProofError::Extraction { .. }))
    };
    let batched = |keys, dealers, threshold| Extraction::batched(keys, dealers, threshold).unwrap();
    for keys in [3, 4] {
        assert!(!refused(&dealings, batched(keys, 4, 3)), "{keys}");
    }
    for keys in [2, 5] {
        assert!(refused(&dealings, batched(keys, 4, 3)), "{keys}");
    }
    for keys in [1, 3] {
        assert!(refused(&dealings, Extraction::sum(keys)), "{keys}");
    }
    // Three keys of each polynomial would need five dealers.
    assert!(refused(&dealings, batched(6, 4, 2)));
    assert!(refused(&dealings[..3], batched(4, 4, 3)));
}

#[test]
fn sums_are_batches_of_one() {
    let dealings = verified(&dealt(4, 3, 2));
    assert_eq!(Aggregate::new(&dealings), Aggregate::extract(&dealings, Extraction::sum(2)));
    let sums = Aggregate::new(&dealings).unwrap();
    let batched = Aggregate::extract(&dealings, Extraction::batched(3, 4, 3).unwrap()).unwrap();
    // The first key of every batch is the plain sum.
    assert_eq!((batched.validators(), batched.validator_key(0)), (3, sums.validator_key(0)));
    assert_eq!(batched.validator_key(2), sums.validator_key(1));
}
