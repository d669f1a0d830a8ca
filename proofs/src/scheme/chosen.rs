//! Dealings of polynomials that somebody chose, for tests of what such dealers must not get away with.

use ark_bls12_381::Fr;

use super::{Scheme, Secrets};
use crate::{dealing::Dealing, error::ProofError, polynomial::Polynomial};

impl Scheme {
    /// Commits to some polynomials and encrypts the shares of others. Coefficients are small numbers, constants first,
    /// one list for each validator. The proof is honest, and the dealing is not verified: where the two differ, its link
    /// does not hold.
    ///
    /// # Errors
    ///
    /// What [`Scheme::deal`] reports.
    ///
    /// # Security
    ///
    /// None: whoever knows the coefficients knows the shares.
    pub fn deal_chosen(
        &self,
        dealer: u16,
        seed: &[u8; 32],
        committed: &[Vec<i64>],
        encrypted: &[Vec<i64>],
    ) -> Result<Dealing, ProofError> {
        let polynomial = |coefficients: &Vec<i64>| {
            Polynomial::new(coefficients.iter().map(|coefficient| Fr::from(*coefficient)).collect())
        };
        let secrets = Secrets { scheme: self, dealer, seed };
        let scalar = secrets.ephemeral_scalar();
        let commitments = committed.iter().flat_map(|chosen| polynomial(chosen).commit()).collect();
        let dealing = Dealing::new(self.layout, commitments, scalar.ephemeral_key(), Vec::new(), Vec::new());
        let encrypted: Vec<Polynomial> = encrypted.iter().map(polynomial).collect();
        let (dealing, masks) = self.encrypt(dealer, dealing, &encrypted, &scalar);
        self.prove(dealer, dealing, &scalar, &masks, &secrets)
    }
}
