//! Feldman's verifiable secret sharing without any encryption: the floor.

use ark_bls12_381::G1Affine;

use super::{Fr, Numbers, SecretSharing, add_evaluations, batch_seed, check_distinct, check_shares, weights};
use crate::{
    batch::Weights,
    error::ProofError,
    fiat_shamir::scalar_bytes,
    group::{self, GroupSum, POINT_LEN},
    parallel,
    transparent::scalar_from_bytes,
};

/// Bytes of a share.
const SHARE_LEN: usize = 32;

/// Commitments to the polynomials, and every recipient's shares **in the clear**.
///
/// What any scheme with Feldman commitments has to do, and nothing else: a dealing has `t` points and `n` scalars for each key, and is
/// verified by one multi-scalar multiplication. There is no secrecy: shares would have to travel over private channels, and a
/// recipient who got a wrong one, or none, could not prove it to anybody.
#[derive(Debug)]
pub struct FeldmanOnly {
    numbers: Numbers,
}

/// `A[j][k]` key by key, and `s[j][i]` key by key.
struct Dealing {
    commitments: Vec<G1Affine>,
    shares: Vec<Fr>,
}

impl FeldmanOnly {
    /// For `n` recipients, threshold `t` and `m` keys.
    ///
    /// # Errors
    ///
    /// [`ProofError::Parameters`] if the numbers do not fit.
    pub fn new(n: u16, t: u16, m: u32) -> Result<Self, ProofError> {
        Ok(Self { numbers: Numbers::new(n, t, m)? })
    }

    fn decode(&self, bytes: &[u8]) -> Result<Dealing, ProofError> {
        let Numbers { n, t, m } = self.numbers;
        let (points, expected) = (m * t * POINT_LEN, m * (t * POINT_LEN + n * SHARE_LEN));
        let split = bytes.split_at_checked(points).filter(|_| bytes.len() == expected);
        let (points, shares) = split.ok_or(ProofError::DealingLength { expected, found: bytes.len() })?;
        let commitments = group::decode_all(points).ok_or(ProofError::Point)?;
        let decode = |(position, bytes)| {
            let (validator, recipient) = (position / n, (position % n + 1) as u16);
            scalar_from_bytes(bytes).ok_or(ProofError::Ciphertext { validator, recipient })
        };
        let shares = shares.as_chunks().0.iter().enumerate().map(decode).collect::<Result<_, _>>()?;
        Ok(Dealing { commitments, shares })
    }

    /// The sum over all keys and recipients of `w (s[j][i]·G1 - sum_k i^k A[j][k])`: zero if every share is the committed one.
    fn equations(&self, dealer: u16, bytes: &[u8], mut weights: Weights) -> Result<GroupSum, ProofError> {
        self.numbers.check_index(dealer)?;
        let dealing = self.decode(bytes)?;
        let mut sum = GroupSum::new(0);
        for (commitments, shares) in
            dealing.commitments.chunks(self.numbers.t).zip(dealing.shares.chunks(self.numbers.n))
        {
            let weights: Vec<Fr> = shares.iter().map(|_| weights.draw()).collect();
            let total: Fr = shares.iter().zip(&weights).map(|(share, weight)| *share * weight).sum();
            sum.generator -= total;
            add_evaluations(commitments, &weights, &mut sum);
        }
        Ok(sum)
    }
}

impl SecretSharing for FeldmanOnly {
    fn name(&self) -> &str {
        "feldman only"
    }

    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, ProofError> {
        self.numbers.check_index(dealer)?;
        let polynomials = self.numbers.polynomials(dealer, seed);
        let commitments = parallel::map(polynomials.len(), |key| polynomials[key].commit());
        let mut bytes: Vec<u8> = commitments.iter().flatten().flat_map(group::encode).collect();
        for polynomial in &polynomials {
            let shares = (1..=self.numbers.n as u16).map(|index| polynomial.evaluate(index));
            bytes.extend(shares.flat_map(|share| scalar_bytes(&share)));
        }
        Ok(bytes)
    }

    fn verify(&self, dealer: u16, dealing: &[u8]) -> Result<(), ProofError> {
        let weights = weights(&batch_seed(&[(dealer, dealing)]), 0);
        let sum = self.equations(dealer, dealing, weights)?;
        if sum.vanishes(&[]) { Ok(()) } else { Err(ProofError::Link) }
    }

    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), ProofError> {
        check_distinct(dealings)?;
        let parts: Vec<(u16, &[u8])> = dealings.iter().map(|(dealer, bytes)| (*dealer, &bytes[..])).collect();
        let seed = batch_seed(&parts);
        let sums = parallel::map(parts.len(), |position| {
            let (dealer, bytes) = parts[position];
            self.equations(dealer, bytes, weights(&seed, position))
        });
        let sums = sums.into_iter().collect::<Result<Vec<_>, _>>()?;
        let sum = sums.into_iter().fold(GroupSum::new(0), GroupSum::merge);
        if sum.vanishes(&[]) {
            Ok(())
        } else {
            parts.iter().try_for_each(|(dealer, b)| self.verify(*dealer, b))
        }
    }

    fn decrypt(&self, index: u16, dealer: u16, dealing: &[u8]) -> Result<Vec<Fr>, ProofError> {
        self.numbers.check_index(dealer)?;
        self.numbers.check_index(index)?;
        let Dealing { commitments, shares } = self.decode(dealing)?;
        let position = usize::from(index) - 1;
        let own: Vec<Fr> = shares.iter().skip(position).step_by(self.numbers.n).copied().collect();
        check_shares(index, &own, &commitments, self.numbers.t)?;
        Ok(own)
    }
}
