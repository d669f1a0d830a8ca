//! Lagrange interpolation of shares, in the field and in the exponent.
//!
//! Operator `i` (from 1) holds `f(i)`; the secret is `f(0)`; `f` has degree `t - 1`.

use super::backend::{self, Factors, G1, G2, Scalar};
use super::weights::weights;
use super::{KeyShares, PublicKey, SecretKey, Signature};
use crate::ClusterError;
use zeroize::Zeroizing;

/// The signature of the validator from partial signatures `(share index, signature)`: `sum lambda_i * signature_i`.
///
/// With at least `t` valid partials of one message the result is the same whichever they are. The partials are
/// not verified here.
///
/// # Errors
///
/// [`ClusterError::ShareIndex`] for index 0 or a repeated one; [`ClusterError::NoSum`] for none, or if they cancel out.
pub fn combine(partials: &[(u16, Signature)]) -> Result<Signature, ClusterError> {
    let lists = partials.iter().map(|(index, signature)| (*index, core::slice::from_ref(signature)));
    combine_all(&lists.collect::<Vec<_>>())?.first().copied().ok_or(ClusterError::NoSum)
}

/// As [`combine`] for many messages, each signed by the same shares, on all processors: `(share index, a signature of each
/// message)`.
///
/// # Errors
///
/// As [`combine`]; [`ClusterError::ListLength`] for lists of different lengths.
pub fn combine_all(partials: &[(u16, &[Signature])]) -> Result<Vec<Signature>, ClusterError> {
    let lambda = Factors::new(&lagrange_at_zero(partials.iter().map(|(index, _)| *index))?);
    let expected = partials.first().map(|(_, list)| list.len()).ok_or(ClusterError::NoSum)?;
    if let Some((_, list)) = partials.iter().find(|(_, list)| list.len() != expected) {
        return Err(ClusterError::ListLength { what: "partial signatures", length: list.len(), expected });
    }
    let places: Vec<usize> = (0..expected).collect();
    let combined = backend::map(&places, |place| {
        let of_message = partials.iter().filter_map(|(_, list)| list.get(*place));
        let points: Vec<G2> = of_message.map(|signature| signature.point).collect();
        G2::linear_combination(&points, &lambda).map(Signature::from_point).ok_or(ClusterError::NoSum)
    });
    combined.into_iter().collect()
}

/// The validator's public key from public shares `(share index, key)`: `sum lambda_i * key_i`.
///
/// # Errors
///
/// As [`combine`].
pub fn combine_keys(shares: &[(u16, PublicKey)]) -> Result<PublicKey, ClusterError> {
    let lambda = lagrange_at_zero(shares.iter().map(|(index, _)| *index))?;
    let points: Vec<_> = shares.iter().map(|(_, key)| key.point).collect();
    G1::linear_combination(&points, &lambda).map(PublicKey::from_point).ok_or(ClusterError::NoSum)
}

/// The validator's secret key from `t` shares `(share index, secret)`: `sum lambda_i * secret_i`.
///
/// # Errors
///
/// As [`combine`]; [`ClusterError::BlsSecretKey`] if the sum is zero.
pub fn combine_secrets(shares: &[(u16, SecretKey)]) -> Result<SecretKey, ClusterError> {
    let lambda = lagrange_at_zero(shares.iter().map(|(index, _)| *index))?;
    let mut sum = Zeroizing::new(Scalar::from_u64(0));
    for ((_, share), lambda) in shares.iter().zip(&lambda) {
        let term = Zeroizing::new(share.0.scalar().mul(lambda));
        *sum = sum.add(&term);
    }
    SecretKey::from_bytes(&sum.to_bytes())
}

/// Checks that for every validator the key is `f(0)` and share `j` is `f(j)`, for one `f` of degree below
/// `threshold` in the exponent: all validators with one multi-scalar multiplication and random weights.
///
/// The first `t - 1` shares and the key fix `f`. Every further share must satisfy
/// `S_j = sum_{k < t} l_k(j) * S_k` with `S_0` the key, and the weighted sum of the differences must vanish.
#[must_use]
pub fn shares_fit(validators: &[KeyShares], threshold: u16) -> bool {
    let statement = validators.iter().flat_map(|KeyShares { key, shares }| {
        core::iter::once(key).chain(shares).map(|point| &point.bytes[..])
    });
    let threshold = usize::from(threshold);
    let equations = |shares: &[PublicKey]| (shares.len() + 1).saturating_sub(threshold);
    let count = validators.iter().map(|validator| equations(&validator.shares)).sum();
    let mut weights = weights("public shares", statement, count).into_iter().map(Scalar::from_u128);

    let mut equations = Equations::default();
    let mut known = Rows::default();
    for KeyShares { key, shares } in validators {
        let Some(rows) = known.get(threshold, shares.len()) else { return false };
        if !equations.add(key, shares, rows, &mut weights) {
            return false;
        }
    }
    equations.hold()
}

/// The coefficients of all equations of a validator. Clusters of one file have the same shape, so they are computed once.
#[derive(Default)]
struct Rows {
    operators: usize,
    rows: Vec<Vec<Scalar>>,
}

impl Rows {
    /// One row for each share from `threshold` on; none at all if there are fewer shares, or the threshold is zero.
    fn get(&mut self, threshold: usize, operators: usize) -> Option<&[Vec<Scalar>]> {
        if threshold == 0 || operators < threshold {
            return None;
        }
        if self.rows.is_empty() || self.operators != operators {
            self.rows = extrapolation(threshold, operators)?;
            self.operators = operators;
        }
        Some(&self.rows)
    }
}

/// Weighted equations between points: the sum of all products must be the identity.
#[derive(Default)]
struct Equations {
    points: Vec<G1>,
    factors: Vec<Scalar>,
}

impl Equations {
    /// Adds those of one validator, one for each row. False if there are not enough weights.
    fn add(
        &mut self,
        key: &PublicKey,
        shares: &[PublicKey],
        rows: &[Vec<Scalar>],
        weights: &mut impl Iterator<Item = Scalar>,
    ) -> bool {
        let mut base = vec![Scalar::from_u64(0); rows.first().map_or(0, Vec::len)];
        let mut tail = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(weight) = weights.next() else { return false };
            for (sum, coefficient) in base.iter_mut().zip(row) {
                *sum = sum.sub(&weight.mul(coefficient));
            }
            tail.push(weight);
        }
        self.points.push(key.point);
        self.points.extend(shares.iter().map(|share| share.point));
        self.factors.extend(base);
        self.factors.extend(tail);
        true
    }

    fn hold(&self) -> bool {
        self.points.is_empty() || G1::linear_combination(&self.points, &self.factors).is_none()
    }
}

/// The validators, by their places from 0, whose public shares leave the polynomial, each with the first share index (from 1)
/// at which they do: shares 1 to `t` do not give the key at 0, or shares 1 to `t - 1` with a later one do not. Found by
/// halving. Validators with fewer than `t` shares are passed over.
#[must_use]
pub fn stray_shares(validators: &[KeyShares], threshold: u16) -> Vec<(usize, u16)> {
    let threshold = usize::from(threshold);
    let mut known = Rows::default();
    let mut strays = Vec::new();
    for (place, KeyShares { key, shares }) in validators.iter().enumerate() {
        let Some(rows) = known.get(threshold, shares.len()) else { continue };
        let fit = |count: usize| {
            let (shares, _) = shares.split_at(count);
            let (rows, _) = rows.split_at(count + 1 - threshold);
            let statement = core::iter::once(key).chain(shares).map(|point| &point.bytes[..]);
            let weights = weights("public shares", statement, rows.len());
            let mut equations = Equations::default();
            equations.add(key, shares, rows, &mut weights.into_iter().map(Scalar::from_u128))
                && equations.hold()
        };
        let (mut good, mut bad) = (threshold - 1, shares.len());
        if fit(bad) {
            continue;
        }
        while good + 1 < bad {
            let middle = good.midpoint(bad);
            if fit(middle) { good = middle } else { bad = middle }
        }
        strays.extend(u16::try_from(bad).map(|share| (place, share)));
    }
    strays
}

/// The place of the first item with which a check fails that passes for a list if it passes for every item of it.
pub(super) fn first_wrong<T>(items: &[T], passes: impl Fn(&[T]) -> bool) -> usize {
    let mut good = 0;
    let mut rest = items;
    while let [_, _, ..] = rest {
        let (front, back) = rest.split_at(rest.len() / 2);
        if passes(front) {
            good += front.len();
            rest = back;
        } else {
            rest = front;
        }
    }
    good + usize::from(passes(rest)) * rest.len()
}

/// `lambda_i = prod_{k != i} k / (k - i)`: the coefficients that take shares to the value at 0.
fn lagrange_at_zero(indices: impl Iterator<Item = u16>) -> Result<Vec<Scalar>, ClusterError> {
    let indices: Vec<u16> = indices.collect();
    for (place, &index) in indices.iter().enumerate() {
        // Index 0 is the secret itself, and a repeated index divides by zero.
        if index == 0 || indices.iter().take(place).any(|&earlier| earlier == index) {
            return Err(ClusterError::ShareIndex { index });
        }
    }
    Ok(lagrange(&indices, 0))
}

/// `l_i(x) = prod_{k != i} (x - k) / (i - k)` for distinct `indices`.
fn lagrange(indices: &[u16], x: u16) -> Vec<Scalar> {
    let scalar = |index: u16| Scalar::from_u64(u64::from(index));
    let at = scalar(x);
    indices
        .iter()
        .map(|&i| {
            let others = indices.iter().filter(|&&k| k != i);
            let (above, below) = others
                .fold((Scalar::from_u64(1), Scalar::from_u64(1)), |(above, below), &k| {
                    (above.mul(&at.sub(&scalar(k))), below.mul(&scalar(i).sub(&scalar(k))))
                });
            above.mul(&below.inverse())
        })
        .collect()
}

/// For each `j = t..=n` the coefficients that take the values at `0..t` to the value at `j`.
fn extrapolation(threshold: usize, operators: usize) -> Option<Vec<Vec<Scalar>>> {
    let threshold = u16::try_from(threshold).ok()?;
    let operators = u16::try_from(operators).ok()?;
    let known: Vec<u16> = (0..threshold).collect();
    Some((threshold..=operators).map(|j| lagrange(&known, j)).collect())
}

/// The shares `f(1), ..., f(n)` of `f(x) = sum coefficients[k] * x^k`, for tests.
#[cfg(test)]
pub(crate) fn split(coefficients: &[SecretKey], operators: u16) -> Vec<SecretKey> {
    (1..=operators)
        .map(|index| {
            let x = Scalar::from_u64(u64::from(index));
            let value = coefficients
                .iter()
                .rev()
                .fold(Scalar::from_u64(0), |value, coefficient| value.mul(&x).add(&coefficient.0.scalar()));
            SecretKey::from_bytes(&value.to_bytes()).expect("a share is zero with probability 2^-255")
        })
        .collect()
}
