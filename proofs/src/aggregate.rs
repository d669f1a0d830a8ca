//! The sum of all dealings: the keys, and everybody's public share of them.

use std::collections::BTreeSet;

use ark_bls12_381::{G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};

use crate::{error::ProofError, group, parallel, polynomial::evaluate_commitments, scheme::VerifiedDealing};

/// The summed commitments of a ceremony, with the keys and public shares computed from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// Of the scheme that verified the dealings.
    pub(crate) scheme: [u8; 32],
    keys: Vec<Key>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    /// `A[j][0] … A[j][t-1]`, summed; the first is the key.
    commitments: Vec<[u8; 48]>,
    /// `S[i][j]`, recipient 1 first.
    public_shares: Vec<[u8; 48]>,
}

impl Aggregate {
    /// Adds up dealings.
    ///
    /// # Errors
    ///
    /// [`ProofError::Dealers`] without dealings, with two of one dealer, or with dealings of two settings; [`ProofError::TopCoefficient`],
    /// [`ProofError::IdentityKey`] and [`ProofError::EqualKeys`] if the sum is not fit to be used.
    pub fn new(dealings: &[VerifiedDealing]) -> Result<Self, ProofError> {
        let dealers: BTreeSet<u16> = dealings.iter().map(VerifiedDealing::dealer).collect();
        let Some(first) = dealings.first().filter(|_| dealers.len() == dealings.len()) else {
            return Err(ProofError::Dealers);
        };
        if dealings.iter().any(|dealing| dealing.scheme != first.scheme) {
            return Err(ProofError::Dealers);
        }
        let layout = first.dealing.layout();
        let keys = parallel::map(layout.validators, |validator| {
            Key::new(validator, layout.recipients as u16, &add_commitments(dealings, validator))
        });
        let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
        reject_equal_keys(&keys)?;
        Ok(Self { scheme: first.scheme, keys })
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

    /// The summed commitments of validator `j`, from 0.
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

/// The commitments of several dealings, added up.
fn add_commitments(dealings: &[VerifiedDealing], validator: usize) -> Vec<G1Affine> {
    let mut sums = Vec::new();
    for dealing in dealings {
        let commitments = dealing.dealing.commitments_of(validator);
        sums.resize(commitments.len(), G1Projective::default());
        sums.iter_mut().zip(commitments).for_each(|(sum, point)| *sum += point);
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
