//! Coram's own scheme, as it is measured.

use ark_ff::PrimeField;
use coram_circuits::hash::TaggedHash;
use jubjub::Fq;
use zeroize::Zeroizing;

use super::{Combination, Fr, Numbers, SecretSharing, check_distinct, check_shares};
use crate::{
    aggregate::Aggregate,
    encryption_key::DecryptionKey,
    error::ProofError,
    extraction::Extraction,
    scheme::Scheme,
    setting::{Recipients, Role, Setting},
    system::Backend,
};

/// A [`Scheme`] together with the decryption keys of all its recipients.
#[derive(Debug)]
pub struct Measured {
    name: String,
    scheme: Scheme,
    extraction: Extraction,
    keys: Vec<DecryptionKey>,
}

impl Measured {
    /// The scheme for `n` recipients, threshold `t` and `m` keys. The recipients' keys are always the same.
    ///
    /// # Errors
    ///
    /// What [`Scheme::new`] reports.
    pub fn coram(n: u16, t: u16, m: u32, backend: &Backend) -> Result<Self, ProofError> {
        Numbers::new(n, t, m)?;
        Self::new(n, t, Extraction::sum(m), backend)
    }

    /// As [`Measured::coram`], with `n - t + 1` keys of each polynomial.
    ///
    /// # Errors
    ///
    /// What [`Scheme::new`] reports, and [`ProofError::Parameters`] where batches would give nothing.
    pub fn batched(n: u16, t: u16, m: u32, backend: &Backend) -> Result<Self, ProofError> {
        Numbers::new(n, t, m)?;
        let nothing = ProofError::Parameters { recipients: n.into(), threshold: t, validators: m };
        Self::new(n, t, Extraction::batched(m, n, t).ok_or(nothing)?, backend)
    }

    fn new(n: u16, t: u16, extraction: Extraction, backend: &Backend) -> Result<Self, ProofError> {
        let seed = |index: u16| TaggedHash::new("measured key").number(u64::from(index)).digest();
        let keys: Vec<_> = (1..=n).map(|index| DecryptionKey::derive(&seed(index), b"measurement")).collect();
        let recipients = Recipients::new(keys.iter().map(DecryptionKey::encryption_key).collect())?;
        let setting = Setting {
            ceremony: [0; 32],
            roster: [0; 32],
            role: Role::Member,
            threshold: t,
            validators: extraction.polynomials() as u32,
            recipients,
        };
        let name = format!("coram {}", backend.id().name());
        Ok(Self { name, scheme: Scheme::new(setting, backend)?, extraction, keys })
    }

    /// The scheme itself.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }
}

impl SecretSharing for Measured {
    fn name(&self) -> &str {
        &self.name
    }

    fn constraints(&self) -> Option<usize> {
        Some(self.scheme.constraints())
    }

    /// Verifies what it has dealt before it returns it, as in a ceremony.
    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, ProofError> {
        Ok(self.scheme.deal(dealer, seed)?.to_bytes())
    }

    fn verify(&self, dealer: u16, dealing: &[u8]) -> Result<(), ProofError> {
        self.scheme.verify(dealer, self.scheme.decode(dealing)?).map(|_| ())
    }

    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), ProofError> {
        check_distinct(dealings)?;
        let encoded: Vec<&[u8]> = dealings.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        let decoded = dealings.iter().zip(self.scheme.decode_all(&encoded));
        let with_dealer = |((dealer, _), dealing): (&(u16, _), Result<_, _>)| dealing.map(|it| (*dealer, it));
        let decoded = decoded.map(with_dealer).collect::<Result<Vec<_>, _>>()?;
        match self.scheme.verify_all(decoded) {
            Ok(_) => Ok(()),
            Err(culprits) => {
                Err(culprits.into_iter().next().map_or(ProofError::InvalidProof, |(_, reason)| reason))
            }
        }
    }

    fn combination<'s>(&'s self, dealings: &[(u16, Vec<u8>)]) -> Result<Option<Combination<'s>>, ProofError> {
        let verified = |(dealer, bytes): &(u16, Vec<u8>)| {
            self.scheme.decode(bytes).map(|dealing| self.scheme.assume_verified(*dealer, dealing))
        };
        let verified = dealings.iter().map(verified).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(Box::new(move || Aggregate::extract(&verified, self.extraction))))
    }

    /// The shares of the polynomials, whatever the keys are made of them.
    fn decrypt(&self, index: u16, dealer: u16, dealing: &[u8]) -> Result<Vec<Fr>, ProofError> {
        let key = usize::from(index).checked_sub(1).and_then(|position| self.keys.get(position));
        let key = key.ok_or(ProofError::Index(index))?;
        let verified = self.scheme.assume_verified(dealer, self.scheme.decode(dealing)?);
        let setting = self.scheme.setting();
        let mut sums = Zeroizing::new(vec![Fq::zero(); setting.m()]);
        self.scheme.add_shares(&verified, Extraction::sum(setting.validators), index, key, &mut sums);
        let shares: Vec<Fr> = sums.iter().map(|sum| Fr::from_le_bytes_mod_order(&sum.to_bytes())).collect();
        check_shares(index, &shares, &verified.dealing.commitments, setting.t())?;
        Ok(shares)
    }
}
