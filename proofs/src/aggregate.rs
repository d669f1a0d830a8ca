//! All dealings put together: the keys, and everybody's public share of them.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, ops::AddAssign};

use ark_bls12_381::{G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};

use crate::{
    error::ProofError, extraction::Extraction, group, parallel, polynomial::evaluate_commitments,
    scheme::VerifiedDealing,
};

/// The summed commitments of a ceremony, with the keys and public shares computed from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// Of the scheme that verified the dealings.
    pub(crate) scheme: [u8; 32],
    pub(crate) extraction: Extraction,
    keys: Vec<Key>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    /// `A[j][0] … A[j][t-1]` of all dealers together; the first is the key.
    commitments: Vec<[u8; 48]>,
    /// `S[i][j]`, recipient 1 first.
    public_shares: Vec<[u8; 48]>,
}

impl Aggregate {
    /// Adds up dealings, of which each has a polynomial for every key.
    ///
    /// # Errors
    ///
    /// As [`Aggregate::extract`].
    pub fn new(dealings: &[VerifiedDealing]) -> Result<Self, ProofError> {
        let polynomials = dealings.first().map(|dealing| dealing.dealing.layout().validators);
        Self::extract(dealings, Extraction::sum(polynomials.unwrap_or_default() as u32))
    }

    /// Makes the keys of dealings.
    ///
    /// # Errors
    ///
    /// [`ProofError::Dealers`] without dealings, with two of one dealer, or with dealings of two settings; [`ProofError::TopCoefficient`],
    /// [`ProofError::IdentityKey`] and [`ProofError::EqualKeys`] if a key is not fit to be used; [`ProofError::Extraction`] if the
    /// dealings have another number of polynomials, or there are too few of them.
    pub fn extract(dealings: &[VerifiedDealing], extraction: Extraction) -> Result<Self, ProofError> {
        let dealers: BTreeSet<u16> = dealings.iter().map(VerifiedDealing::dealer).collect();
        let Some(first) = dealings.first().filter(|_| dealers.len() == dealings.len()) else {
            return Err(ProofError::Dealers);
        };
        if dealings.iter().any(|dealing| dealing.scheme != first.scheme) {
            return Err(ProofError::Dealers);
        }
        let layout = first.dealing.layout();
        extraction.check(layout, dealings.len())?;
        let batches = parallel::map(layout.validators, |polynomial| {
            combine_commitments(dealings, polynomial, extraction.batch(polynomial).len())
        });
        let commitments = batches.concat();
        let keys = parallel::map(commitments.len(), |validator| {
            let commitments = commitments.get(validator).map(Vec::as_slice).unwrap_or_default();
            Key::new(validator, layout.recipients as u16, commitments)
        });
        let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
        reject_equal_keys(&keys)?;
        Ok(Self { scheme: first.scheme, extraction, keys })
    }

    /// The key of validator `j`, from 0.
    #[must_use]
    pub fn validator_key(&self, validator: usize) -> Option<[u8; 48]> {
        self.commitments(validator).first().copied()
    }

    /// The public share of recipient `index`, from 1, of the key of validator `j`, from 0.
    #[must_use]
    pub fn public_share(&self, index: u16, validator: usize) -> Option<[u8; 48]> {
        self.keys.get(validator)?.public_shares.get(usize::from(index).checked_sub(1)?).copied()
    }

    /// The commitments of all dealers together for validator `j`, from 0.
    #[must_use]
    pub fn commitments(&self, validator: usize) -> &[[u8; 48]] {
        self.keys.get(validator).map(|key| key.commitments.as_slice()).unwrap_or_default()
    }

    /// How many keys there are.
    #[must_use]
    pub fn validators(&self) -> usize {
        self.keys.len()
    }
}

impl Key {
    fn new(validator: usize, recipients: u16, commitments: &[G1Affine]) -> Result<Self, ProofError> {
        // If the top coefficients cancel, the polynomial has a lower degree, and fewer than t shares recover the key.
        if commitments.last().is_none_or(G1Affine::is_zero) {
            return Err(ProofError::TopCoefficient { validator });
        }
        if commitments.first().is_none_or(G1Affine::is_zero) {
            return Err(ProofError::IdentityKey { validator, recipient: None });
        }
        let public_shares = (1..=recipients).map(|index| {
            let share = evaluate_commitments(commitments, index).into_affine();
            if share.is_zero() {
                return Err(ProofError::IdentityKey { validator, recipient: Some(index) });
            }
            Ok(group::encode(&share))
        });
        Ok(Self {
            public_shares: public_shares.collect::<Result<_, _>>()?,
            commitments: commitments.iter().map(group::encode).collect(),
        })
    }
}

/// `sum over dealers i of i^k A_i` for the first rows `k`, of the commitments `A_i` to one polynomial.
fn combine_commitments(dealings: &[VerifiedDealing], polynomial: usize, rows: usize) -> Vec<Vec<G1Affine>> {
    let mut combined = vec![add_commitments(dealings, polynomial)];
    let weigh = |(dealer, points): &mut (u16, Vec<G1Projective>)| {
        points.iter_mut().for_each(|point| *point = group::multiply_index(point, *dealer));
    };
    let points = |dealing: &VerifiedDealing| {
        let commitments = dealing.dealing.commitments_of(polynomial);
        (dealing.dealer, commitments.iter().copied().map(G1Projective::from).collect())
    };
    let mut weighted: Vec<_> = if rows > 1 { dealings.iter().map(points).collect() } else { Vec::new() };
    for _ in 1..rows {
        weighted.iter_mut().for_each(weigh);
        combined.push(add(weighted.iter().map(|(_, points)| points.as_slice())));
    }
    combined
}

/// The commitments of several dealings to one polynomial, added up.
fn add_commitments(dealings: &[VerifiedDealing], polynomial: usize) -> Vec<G1Affine> {
    add(dealings.iter().map(|dealing| dealing.dealing.commitments_of(polynomial)))
}

/// Lists of points, added up place by place.
fn add<'p, P>(lists: impl Iterator<Item = &'p [P]>) -> Vec<G1Affine>
where
    P: 'p,
    G1Projective: AddAssign<&'p P>,
{
    let mut sums = Vec::new();
    for list in lists {
        sums.resize(list.len(), G1Projective::default());
        sums.iter_mut().zip(list).for_each(|(sum, point)| *sum += point);
    }
    group::normalize(&sums)
}

fn reject_equal_keys(keys: &[Key]) -> Result<(), ProofError> {
    let mut sorted: Vec<_> = keys.iter().map(|key| key.commitments.first()).zip(0..).collect();
    sorted.sort_unstable();
    let equal = sorted.windows(2).find_map(|pair| match pair {
        &[(a, first), (b, second)] if a == b => Some((first, second)),
        _ => None,
    });
    equal.map_or(Ok(()), |(first, second)| Err(ProofError::EqualKeys { first, second }))
}
