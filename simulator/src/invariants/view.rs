//! What the adversary can decrypt leaves every share of an honest operator open.
//!
//! For each dealing `f` of an honest dealer, recomputed from all decryption keys of the cast: the adversary's points are fewer than the
//! coefficients of `f`, so that `g = f + prod (x - i)` over its indices `i` agrees with all it has, and differs at 0 and at every other
//! operator. And no pad masks two values, in all dealings of honest dealers: a pad that did would give away their difference.

use std::collections::BTreeSet;

use ark_bls12_381::Fr;
use ark_ff::{Field, One, PrimeField, Zero};
use coram_ceremony::message::{Deal, Join};
use coram_proofs::{Aggregate, Scheme, VerifiedDealing};

use super::{Findings, Inspector};
use crate::Failure;
use crate::run::Ended;

pub(super) fn check(inspector: &Inspector, ended: &Ended, findings: &mut Findings) {
    let Some((witness, _)) = ended.honest.first() else { return };
    let deals: Vec<u8> = witness.board().each::<Deal>().flat_map(|deal| *deal.id().as_bytes()).collect();
    let corrupted: Vec<u8> = ended.corrupted.iter().flat_map(|index| index.to_be_bytes()).collect();
    let found = inspector.recall("view", &[deals, corrupted].concat(), || {
        judge(ended).map(|()| String::new()).map_err(|error| error.to_string())
    });
    findings.violations.extend(found.err());
}

fn judge(ended: &Ended) -> Result<(), Failure> {
    let Some((witness, _)) = ended.honest.first() else { return Ok(()) };
    // Under no roster that everybody agrees on, nothing was dealt that counts.
    let Ok(joins) = witness.board().all::<Join>() else { return Ok(()) };
    let Ok(roster) = ended.forgeries.roster(&ended.cast.ceremony, joins) else { return Ok(()) };
    let threshold = usize::from(ended.cast.shape.threshold);
    let mut pads = BTreeSet::new();
    let deals = witness.board().each::<Deal>().filter(|deal| deal.roster() == roster.hash());
    for deal in deals.filter(|deal| !ended.corrupted.contains(&deal.author())) {
        let (scheme, bytes) = (roster.scheme(), &deal.body().dealing);
        let dealing = scheme
            .decode(bytes)
            .and_then(|dealing| scheme.verify(deal.author(), dealing))
            .map_err(|error| format!("the dealing by operator {} is false: {error}", deal.author()))?;
        for (validator, values) in values(ended, scheme, dealing, bytes)?.iter().enumerate() {
            let judged = judge_points(threshold, &ended.corrupted, values)
                .and_then(|()| judge_pads(&mut pads, values));
            judged.map_err(|wrong| {
                format!("the dealing for validator {validator} by operator {}: {wrong}", deal.author())
            })?;
        }
    }
    Ok(())
}

/// What a recipient gets in a dealing, and what masked it.
struct Value {
    share: Fr,
    pad: Fr,
}

/// By validator and recipient; none where a recipient of the adversary has another key than the cast's.
fn values(
    ended: &Ended,
    scheme: &Scheme,
    dealing: VerifiedDealing,
    bytes: &[u8],
) -> Result<Vec<Vec<Option<Value>>>, Failure> {
    let (shape, dealing) = (&ended.cast.shape, [dealing]);
    let (operators, validators) = (usize::from(shape.operators), shape.validators as usize);
    let aggregate = Aggregate::new(&dealing)?;
    let mut ciphertexts =
        bytes.get(48 * usize::from(shape.threshold) * validators + 32..).unwrap_or_default().chunks(32);
    let mut values: Vec<Vec<Option<Value>>> = Vec::new();
    let opened: Vec<_> = (1..=shape.operators)
        .map(|index| scheme.open(&dealing, &aggregate, index, &ended.cast.decryption(index).ok()?).ok())
        .collect();
    for validator in 0..validators {
        let masked = ciphertexts.by_ref().take(operators);
        let row = opened.iter().zip(masked).map(|(shares, ciphertext)| {
            let share = Fr::from_be_bytes_mod_order(shares.as_ref()?.get(validator)?.to_bytes().as_slice());
            Some(Value { share, pad: Fr::from_be_bytes_mod_order(ciphertext) - share })
        });
        values.push(row.collect());
    }
    Ok(values)
}

/// Whether another polynomial of the same degree fits all that the adversary decrypts.
fn judge_points(threshold: usize, corrupted: &[u16], values: &[Option<Value>]) -> Result<(), &'static str> {
    if corrupted.len() >= threshold {
        return Err("the adversary has as many points as there are coefficients");
    }
    // What can be added to a polynomial without changing what the adversary has of it.
    let vanishing = |at: Fr| -> Fr { corrupted.iter().map(|&index| at - Fr::from(index)).product() };
    let points: Vec<(Fr, Fr)> = (1_u64..)
        .zip(values)
        .filter_map(|(index, value)| Some((Fr::from(index), value.as_ref()?.share)))
        .collect();
    for (index, value) in (1..).zip(values) {
        let is_known = corrupted.contains(&index);
        if !is_known && value.is_none() {
            return Err("an honest operator cannot decrypt it");
        }
        let at = Fr::from(index);
        // Operators of the adversary may have other keys than those of the cast.
        if let (Some(value), Some(enough)) = (value, points.get(..threshold))
            && value.share != interpolate(enough, at)
        {
            return Err("its shares are on no polynomial of degree t - 1");
        }
        if vanishing(at).is_zero() != is_known {
            return Err("the adversary's points determine a share of an honest operator");
        }
    }
    if vanishing(Fr::zero()).is_zero() {
        return Err("the adversary's points determine the secret");
    }
    Ok(())
}

/// Whether every pad is one, and masks nothing else among `pads`.
fn judge_pads(pads: &mut BTreeSet<Fr>, values: &[Option<Value>]) -> Result<(), &'static str> {
    let mut masks_once = values.iter().flatten().map(|value| !value.pad.is_zero() && pads.insert(value.pad));
    if masks_once.all(|once| once) { Ok(()) } else { Err("a pad is nothing, or masks two values") }
}

/// The polynomial through these points, at another.
fn interpolate(points: &[(Fr, Fr)], at: Fr) -> Fr {
    let terms = points.iter().enumerate().map(|(place, (x, y))| {
        let others = points.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, (x, _))| *x);
        others.fold(*y, |term, other| term * (at - other) * (*x - other).inverse().unwrap_or_else(Fr::one))
    });
    terms.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shares of `5 + 3 x` for three operators, each under a pad of its own.
    fn values() -> Vec<Option<Value>> {
        [8_u64, 11, 14].map(|share| Some(Value { share: Fr::from(share), pad: Fr::from(share + 100) })).into()
    }

    #[test]
    fn points_are_judged() {
        assert_eq!(judge_points(2, &[1], &values()), Ok(()));
        let mut wrong = values();
        wrong[2].as_mut().unwrap().share += Fr::one();
        assert!(judge_points(2, &[1], &wrong).is_err_and(|said| said.contains("on no polynomial")));
        wrong[2] = None;
        assert!(judge_points(2, &[1], &wrong).is_err_and(|said| said.contains("cannot decrypt")));
        assert!(judge_points(2, &[1, 3], &values()).is_err_and(|said| said.contains("as many points")));
    }

    #[test]
    fn pads_are_judged() {
        let mut pads = BTreeSet::new();
        assert_eq!(judge_pads(&mut pads, &values()), Ok(()));
        // The same dealing again; two values under one pad; none.
        assert!(judge_pads(&mut pads, &values()).is_err());
        for pad in [values()[0].as_ref().unwrap().pad, Fr::zero()] {
            let mut wrong = values();
            wrong[2].as_mut().unwrap().pad = pad;
            assert!(judge_pads(&mut BTreeSet::new(), &wrong).is_err());
        }
    }
}
