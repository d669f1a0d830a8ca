//! Powers that are not what they should be.

use std::sync::LazyLock;

use ark_bls12_381::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;

use super::{
    super::{Family, Head, Powers, SetupError, lists::Lists},
    toy::{QUIET, append_forged, doubled, powers, reread_powers},
};

fn family(family: Family) -> Option<SetupError> {
    Some(SetupError::Powers { family })
}

fn head(element: Head) -> Option<SetupError> {
    Some(SetupError::Head { element })
}

static POWERS: LazyLock<Powers> = LazyLock::new(|| powers(4));

fn refused(change: impl FnOnce(&mut Lists)) -> Option<SetupError> {
    let mut powers = POWERS.clone();
    change(&mut powers.lists);
    reread_powers(&powers).err()
}

#[test]
fn honest_powers_are_accepted_at_every_stage() {
    let start = Powers::start(3).unwrap();
    assert!(reread_powers(&start).unwrap().contributions().is_empty());
    assert_eq!(reread_powers(&powers(4)).unwrap().contributions(), powers(4).contributions());
    assert_eq!(Powers::start(2).err(), Some(SetupError::Size { log: 2 }));
    assert_eq!(Powers::start(21).err(), Some(SetupError::Size { log: 21 }));
}

/// Each point of each list alone, where a neighbour in a random combination could hide it.
#[test]
fn every_power_counts() {
    let size = 16;
    for index in 0..2 * size - 1 {
        let expected = if index == 1 { head(Head::Tau) } else { family(Family::TauG1) };
        let found = refused(|lists| lists.tau_g1[index] = doubled(lists.tau_g1[index]));
        assert_eq!(found, expected, "tau^{index} in G1");
    }
    for index in 0..size {
        let found = refused(|lists| lists.tau_g2[index] = doubled(lists.tau_g2[index]));
        assert_eq!(found, family(Family::TauG2), "tau^{index} in G2");
        let expected = if index == 0 { head(Head::Alpha) } else { family(Family::AlphaG1) };
        let found = refused(|lists| lists.alpha_g1[index] = doubled(lists.alpha_g1[index]));
        assert_eq!(found, expected, "alpha tau^{index}");
        let expected = if index == 0 { head(Head::Beta) } else { family(Family::BetaG1) };
        let found = refused(|lists| lists.beta_g1[index] = doubled(lists.beta_g1[index]));
        assert_eq!(found, expected, "beta tau^{index}");
    }
    assert_eq!(refused(|lists| lists.beta_g2 = doubled(lists.beta_g2)), family(Family::BetaG2));
}

/// `first, ratio first, ratio^2 first, …`
fn series<P: AffineRepr<ScalarField = Fr>>(first: P, ratio: Fr, list: &mut [P]) {
    let mut factor = Fr::from(1u64);
    for point in list {
        *point = (first * factor).into_affine();
        factor *= ratio;
    }
}

/// Lists that are consistent in themselves, with numbers that nobody contributed.
#[test]
fn powers_of_another_number_are_refused() {
    let tau = Fr::from(5u64).pow([77]);
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    assert_eq!(refused(|lists| series(one, tau, &mut lists.tau_g1)), head(Head::Tau));
    assert_eq!(refused(|lists| series(two, tau, &mut lists.tau_g2)), family(Family::TauG2));
    let with_alpha = |lists: &mut Lists| series(lists.alpha_g1[0], tau, &mut lists.alpha_g1);
    assert_eq!(refused(with_alpha), family(Family::AlphaG1));
    let with_beta = |lists: &mut Lists| series(lists.beta_g1[0], tau, &mut lists.beta_g1);
    assert_eq!(refused(with_beta), family(Family::BetaG1));
    // The same tau in all lists, and not the one that was contributed.
    let all = |lists: &mut Lists| {
        series(one, tau, &mut lists.tau_g1);
        series(two, tau, &mut lists.tau_g2);
        with_alpha(lists);
        with_beta(lists);
    };
    assert_eq!(refused(all), head(Head::Tau));
}

#[test]
fn alpha_and_beta_are_those_that_were_contributed() {
    let times = |list: &mut Vec<G1Affine>| list.iter_mut().for_each(|point| *point = doubled(*point));
    assert_eq!(refused(|lists| times(&mut lists.alpha_g1)), head(Head::Alpha));
    assert_eq!(refused(|lists| times(&mut lists.beta_g1)), head(Head::Beta));
    assert_eq!(refused(|lists| std::mem::swap(&mut lists.alpha_g1, &mut lists.beta_g1)), head(Head::Alpha));
}

/// `tau = 0` would satisfy every ratio but the first.
#[test]
fn powers_of_zero_are_refused() {
    let zero = |lists: &mut Lists| {
        lists.tau_g1[1..].fill(G1Affine::zero());
        lists.tau_g2[1..].fill(G2Affine::zero());
        lists.alpha_g1[1..].fill(G1Affine::zero());
        lists.beta_g1[1..].fill(G1Affine::zero());
    };
    assert_eq!(refused(zero), head(Head::Tau));
}

#[test]
fn two_errors_do_not_cancel() {
    let shift = G1Affine::generator();
    let found = refused(|lists| {
        lists.tau_g1[7] = (lists.tau_g1[7] + shift).into_affine();
        lists.tau_g1[9] = (lists.tau_g1[9] - shift).into_affine();
    });
    assert_eq!(found, family(Family::TauG1));
}

/// Contributions of one string beside the powers of another.
#[test]
fn powers_of_another_chain_are_refused() {
    let mut mixed = powers(4);
    mixed.lists = Powers::start(4).unwrap().contribute(&[9; 64], QUIET).unwrap().lists;
    assert_eq!(reread_powers(&mixed).err(), head(Head::Tau));
}

/// A contribution is multiplied onto all powers: the next head is that of the product.
#[test]
fn a_contribution_changes_every_power() {
    let (before, after) = (powers(3).lists, powers(3).contribute(&[4; 64], QUIET).unwrap().lists);
    let differ = |a: &[G1Affine], b: &[G1Affine]| a.iter().zip(b).all(|(a, b)| a != b);
    assert!(differ(&before.tau_g1[1..], &after.tau_g1[1..]) && before.tau_g1[0] == after.tau_g1[0]);
    assert!(differ(&before.alpha_g1, &after.alpha_g1) && differ(&before.beta_g1, &after.beta_g1));
    assert!(before.tau_g2[1..].iter().zip(&after.tau_g2[1..]).all(|(a, b)| a != b));
    assert_ne!(before.beta_g2, after.beta_g2);
}

#[test]
fn powers_of_a_chain_that_does_not_hold_are_refused() {
    let mut forged = powers(4);
    let expected = append_forged(&mut forged.chain);
    assert_eq!(reread_powers(&forged).err(), Some(expected));
}
