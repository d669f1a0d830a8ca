//! Verification: one signature, a batch, one signature by many keys.

use super::backend::{self, G1, G2};
use super::interpolation::first_wrong;
use super::weights::weights;
use super::{PublicKey, Signature};
use crate::ClusterError;
use std::collections::BTreeMap;

/// What a batch is made of: who signed which 32 bytes, and the signature.
pub type SignedRoot = (PublicKey, [u8; 32], Signature);

/// Checks `e(key, H(message)) = e(G1, signature)`.
///
/// # Errors
///
/// [`ClusterError::BlsVerification`] if it does not hold.
pub fn verify(key: &PublicKey, message: &[u8; 32], signature: &Signature) -> Result<(), ClusterError> {
    holds(backend::pairing_check(&[(*message, vec![(key.point, 1)])], &signature.point))
}

/// Checks all signatures as one: with random 128-bit weights `w`,
///
/// `prod over messages M of e(sum of w * key over those who signed M, H(M)) = e(G1, sum of w * signature)`,
///
/// so it takes one pairing for each distinct message and one more. An empty batch passes.
///
/// # Errors
///
/// [`ClusterError::BlsVerification`] if any signature is wrong; [`first_invalid`] and [`find_invalid`] say which.
pub fn verify_batch(items: &[SignedRoot]) -> Result<(), ClusterError> {
    if items.is_empty() {
        return Ok(());
    }
    let statement =
        items.iter().flat_map(|(key, message, signature)| [&key.bytes[..], message, &signature.bytes]);
    let weights = weights("signatures", statement, items.len());

    let mut by_message: BTreeMap<[u8; 32], Vec<(G1, u128)>> = BTreeMap::new();
    let mut signatures = Vec::with_capacity(items.len());
    for ((key, message, signature), weight) in items.iter().zip(weights) {
        by_message.entry(*message).or_default().push((key.point, weight));
        signatures.push((signature.point, weight));
    }
    let groups: Vec<_> = by_message.into_iter().collect();
    holds(G2::weighted_sum(&signatures).is_some_and(|sum| backend::pairing_check(&groups, &sum)))
}

/// The places in `items`, from 0, of the signatures that do not verify alone.
#[must_use]
pub fn find_invalid(items: &[SignedRoot]) -> Vec<usize> {
    let wrong = backend::map(items, |(key, message, signature)| verify(key, message, signature).is_err());
    wrong.into_iter().enumerate().filter_map(|(place, wrong)| wrong.then_some(place)).collect()
}

/// The place in `items`, from 0, of the first signature that does not verify alone; `None` if all do.
///
/// By halving, which costs little more than [`verify_batch`]: whoever sends one wrong signature among many cannot make
/// others verify all one by one.
#[must_use]
pub fn first_invalid(items: &[SignedRoot]) -> Option<usize> {
    let place = first_wrong(items, |items| verify_batch(items).is_ok());
    let (key, message, signature) = items.get(place)?;
    match verify(key, message, signature) {
        Err(_) => Some(place),
        // Not before somebody finds weights that fail for no reason.
        Ok(()) => find_invalid(items).first().copied(),
    }
}

/// The sum of signatures. It cannot be attributed to its signers without the keys of all of them.
///
/// # Errors
///
/// [`ClusterError::NoSum`] for no signatures, or if they cancel out.
pub fn aggregate(signatures: &[Signature]) -> Result<Signature, ClusterError> {
    let points: Vec<_> = signatures.iter().map(|signature| signature.point).collect();
    G2::sum(&points).map(Signature::from_point).ok_or(ClusterError::NoSum)
}

/// The sum of public keys.
///
/// # Errors
///
/// [`ClusterError::NoSum`] for no keys, or if they cancel out.
pub fn aggregate_keys(keys: &[PublicKey]) -> Result<PublicKey, ClusterError> {
    let points: Vec<_> = keys.iter().map(|key| key.point).collect();
    G1::sum(&points).map(PublicKey::from_point).ok_or(ClusterError::NoSum)
}

/// Checks a sum of signatures by all `keys` on one message.
///
/// It says nothing about keys whose possession was not proved otherwise: a key chosen as a difference cancels
/// others out.
///
/// # Errors
///
/// [`ClusterError::BlsVerification`] if it does not verify, or there are no keys.
pub fn fast_aggregate_verify(
    keys: &[PublicKey],
    message: &[u8; 32],
    signature: &Signature,
) -> Result<(), ClusterError> {
    let key = aggregate_keys(keys).map_err(|_| ClusterError::BlsVerification)?;
    verify(&key, message, signature)
}

fn holds(equation: bool) -> Result<(), ClusterError> {
    if equation { Ok(()) } else { Err(ClusterError::BlsVerification) }
}
