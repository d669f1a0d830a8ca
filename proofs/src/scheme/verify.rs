//! Verifying: all dealings of a ceremony together, and one by one only when that fails.

use ark_bls12_381::Fr;
use coram_circuits::{hash::TaggedHash, share_encryption::Statement};

use super::Scheme;
use crate::{
    batch::Weights,
    dealing::Dealing,
    error::ProofError,
    link, parallel,
    statement::{open_fiat_shamir, statement},
    system::Equations,
};

/// A dealing that was verified: every recipient can decrypt, and gets the share that the commitments say.
#[derive(Clone, Debug)]
pub struct VerifiedDealing {
    /// Of the scheme that verified it: dealings of different settings are never added up.
    pub(crate) scheme: [u8; 32],
    pub(crate) dealer: u16,
    pub(crate) dealing: Dealing,
    /// `ctx` of every chunk.
    pub(crate) contexts: Vec<Fr>,
}

impl VerifiedDealing {
    /// The dealer, from 1.
    #[must_use]
    pub fn dealer(&self) -> u16 {
        self.dealer
    }

    /// The dealing.
    #[must_use]
    pub fn dealing(&self) -> &Dealing {
        &self.dealing
    }
}

impl Scheme {
    /// Verifies one dealing.
    ///
    /// # Errors
    ///
    /// [`ProofError::Link`] if the encrypted shares do not fit the commitments, another variant if the proof does not hold.
    pub fn verify(&self, dealer: u16, dealing: Dealing) -> Result<VerifiedDealing, ProofError> {
        let contexts = self.check_alone(dealer, &dealing)?;
        Ok(self.verified(dealer, dealing, contexts))
    }

    /// Verifies all dealings of a ceremony together, and one by one only when that fails.
    ///
    /// # Errors
    ///
    /// The dealers whose dealings do not verify alone, each with the reason.
    pub fn verify_all(
        &self,
        dealings: Vec<(u16, Dealing)>,
    ) -> Result<Vec<VerifiedDealing>, Vec<(u16, ProofError)>> {
        self.verify_all_observed(dealings, &|| {})
    }

    /// As [`Self::verify_all`]; `observer` is called for each dealing whose equations are there, from all threads that compute.
    /// What remains then is to check them all at once.
    ///
    /// # Errors
    ///
    /// As [`Self::verify_all`].
    pub fn verify_all_observed(
        &self,
        dealings: Vec<(u16, Dealing)>,
        observer: &(dyn Fn() + Sync),
    ) -> Result<Vec<VerifiedDealing>, Vec<(u16, ProofError)>> {
        let verified = match self.check_together(&dealings, observer) {
            Some(contexts) => contexts,
            None => self.find_culprits(&dealings)?,
        };
        let with_contexts = dealings.into_iter().zip(verified);
        Ok(with_contexts
            .map(|((dealer, dealing), contexts)| self.verified(dealer, dealing, contexts))
            .collect())
    }

    fn verified(&self, dealer: u16, dealing: Dealing, contexts: Vec<Fr>) -> VerifiedDealing {
        VerifiedDealing { scheme: self.digest(), dealer, dealing, contexts }
    }

    /// Takes a dealing for verified, for a measurement of what comes after.
    #[cfg(feature = "baselines")]
    pub(crate) fn assume_verified(&self, dealer: u16, dealing: Dealing) -> VerifiedDealing {
        let context =
            |place: crate::statement::Place<'_>| place.context(&dealing.ephemeral, &dealing.commitments);
        let contexts = self.places(dealer).map(|(place, ..)| context(place)).collect();
        self.verified(dealer, dealing, contexts)
    }

    /// The contexts of all dealings, if the sum of all their equations is zero.
    fn check_together(
        &self,
        dealings: &[(u16, Dealing)],
        observer: &(dyn Fn() + Sync),
    ) -> Option<Vec<Vec<Fr>>> {
        let seed = self.batch_seed(dealings);
        let checked = parallel::map(dealings.len(), |index| {
            let (dealer, dealing) = dealings.get(index)?;
            let mut weights =
                Weights::new(TaggedHash::new("weights").bytes(&seed).number(index as u64).digest());
            let mut equations = self.no_equations();
            let statements = self.add_proofs(*dealer, dealing, &mut weights, &mut equations).ok()?;
            self.add_links(dealing, &statements, &mut weights, &mut equations);
            observer();
            Some((statements.into_iter().map(|statement| statement.ctx).collect(), equations))
        });
        let (contexts, equations): (Vec<_>, Vec<_>) =
            checked.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let merge = |a: Vec<Equations>, b: Vec<Equations>| {
            a.into_iter().zip(b).map(|(a, b)| a.merge(b)).collect::<Vec<_>>()
        };
        self.hold(equations.into_iter().reduce(merge)?).then_some(contexts)
    }

    /// Every dealing on its own.
    fn find_culprits(&self, dealings: &[(u16, Dealing)]) -> Result<Vec<Vec<Fr>>, Vec<(u16, ProofError)>> {
        let results = parallel::map(dealings.len(), |index| {
            dealings.get(index).map(|(dealer, dealing)| (*dealer, self.check_alone(*dealer, dealing)))
        });
        let (mut contexts, mut culprits) = (Vec::new(), Vec::new());
        for (dealer, result) in results.into_iter().flatten() {
            match result {
                Ok(context) => contexts.push(context),
                Err(reason) => culprits.push((dealer, reason)),
            }
        }
        if culprits.is_empty() { Ok(contexts) } else { Err(culprits) }
    }

    /// The proof and the link of one dealing, each for itself, so that the reason can be named.
    fn check_alone(&self, dealer: u16, dealing: &Dealing) -> Result<Vec<Fr>, ProofError> {
        let seed = self.batch_seed(&[(dealer, dealing)]);
        let mut weights = Weights::new(TaggedHash::new("weights").bytes(&seed).number(0).digest());
        let (mut proofs, mut links) = (self.no_equations(), self.no_equations());
        let statements = self.add_proofs(dealer, dealing, &mut weights, &mut proofs)?;
        self.add_links(dealing, &statements, &mut weights, &mut links);
        let (proved, linked) = parallel::join(|| self.hold(proofs), || self.hold(links));
        match (proved, linked) {
            (false, _) => Err(ProofError::InvalidProof),
            (true, false) => Err(ProofError::Link),
            (true, true) => Ok(statements.into_iter().map(|statement| statement.ctx).collect()),
        }
    }

    pub(super) fn add_proofs(
        &self,
        dealer: u16,
        dealing: &Dealing,
        weights: &mut Weights,
        equations: &mut [Equations],
    ) -> Result<Vec<Statement>, ProofError> {
        self.check_dealer(dealer)?;
        if !dealing.fills(self.layout) {
            return Err(ProofError::Length);
        }
        let chunks = self.places(dealer).zip(&dealing.chunks);
        chunks
            .map(|((place, index, system), chunk)| {
                let statement = statement(&place, dealing, chunk);
                let fs = open_fiat_shamir(&place, dealing, chunk, &statement);
                let equations = equations.get_mut(index).ok_or(ProofError::Length)?;
                system.verify(fs, &statement, &chunk.proof, weights, equations)?;
                Ok(statement)
            })
            .collect()
    }

    fn add_links(
        &self,
        dealing: &Dealing,
        statements: &[Statement],
        weights: &mut Weights,
        equations: &mut [Equations],
    ) {
        for ((chunk, (validators, index)), statement) in
            dealing.chunks.iter().zip(&self.chunks).zip(statements)
        {
            if let Some(Equations { group, .. }) = equations.get_mut(*index) {
                link::add(dealing, chunk, validators.clone(), statement.challenge, weights.draw(), group);
            }
        }
    }

    fn check_dealer(&self, dealer: u16) -> Result<(), ProofError> {
        if (1..=self.setting.n()).contains(&usize::from(dealer)) {
            Ok(())
        } else {
            Err(ProofError::Index(dealer))
        }
    }

    /// A hash of all statements and proofs.
    pub(super) fn batch_seed<D: std::borrow::Borrow<Dealing> + Sync>(
        &self,
        dealings: &[(u16, D)],
    ) -> [u8; 32] {
        let start = self.bind("batch");
        let encoded = parallel::map(dealings.len(), |index| {
            dealings.get(index).map(|(dealer, dealing)| (*dealer, dealing.borrow().to_bytes()))
        });
        let hash = encoded
            .into_iter()
            .flatten()
            .fold(start, |hash, (dealer, bytes)| hash.number(u64::from(dealer)).bytes(&bytes));
        hash.digest()
    }
}
