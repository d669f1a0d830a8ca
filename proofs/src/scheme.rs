//! Dealing and verifying, for one ceremony.

#[cfg(feature = "chosen-dealings")]
mod chosen;
#[cfg(test)]
mod dishonest;

use std::ops::Range;

use ark_bls12_381::{Fr, G1Affine};
use coram_circuits::{
    hash::TaggedHash,
    jubjub::blinder_base,
    share_encryption::{EphemeralScalar, Statement, blinder, masked_sum, pads, shared_secret_u},
};
use zeroize::Zeroizing;

use crate::{
    batch::Weights,
    dealing::{Chunk, Dealing, Layout},
    error::ProofError,
    group::{self, GroupSum},
    link, parallel,
    polynomial::Polynomial,
    setting::Setting,
    statement::{Place, blinder_key, chunk_ciphertexts, link_challenge, open_fiat_shamir, statement},
    system::{ProofSystem, ProofSystemId},
    transparent::Transparent,
};

/// Verifiable secret sharing in one setting under one proof system. Building it makes the circuit and the generators, once
/// for all dealings of a ceremony.
pub struct Scheme {
    setting: Setting,
    system: Box<dyn ProofSystem>,
    chunks: Vec<Range<usize>>,
    layout: Layout,
}

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
    /// Builds the circuit and the generators.
    ///
    /// # Errors
    ///
    /// [`ProofError::Parameters`] or [`ProofError::Circuit`] if the numbers do not fit.
    pub fn new(setting: Setting, system: ProofSystemId) -> Result<Self, ProofError> {
        setting.check()?;
        let system: Box<dyn ProofSystem> = match system {
            ProofSystemId::Transparent => {
                Box::new(Transparent::new(&setting.recipients.points(), setting.m())?)
            }
        };
        let chunks = std::iter::once(0..setting.m()).collect::<Vec<_>>();
        let layout = Layout {
            recipients: setting.n(),
            threshold: setting.t(),
            validators: setting.m(),
            chunks: chunks.len(),
            proof_len: system.proof_len(),
        };
        Ok(Self { setting, system, chunks, layout })
    }

    /// What the dealings are bound to.
    #[must_use]
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Names the relation that is proved, down to its last constant.
    #[must_use]
    pub fn relation_digest(&self) -> [u8; 32] {
        self.system.relation_digest()
    }

    /// Rows of the constraint system of one chunk.
    #[must_use]
    pub fn constraints(&self) -> usize {
        self.system.constraints()
    }

    /// Bytes of a dealing: a function of the setting alone.
    #[must_use]
    pub fn dealing_len(&self) -> usize {
        self.layout.dealing_len()
    }

    /// Bytes of a proof, of which a dealing has one for each chunk.
    #[must_use]
    pub fn proof_len(&self) -> usize {
        self.layout.proof_len
    }

    /// Makes the dealing of `dealer` (from 1). Every secret and nonce is derived from `seed`, so the same arguments give the
    /// same bytes.
    ///
    /// # Errors
    ///
    /// [`ProofError::Index`] if there is no such dealer; otherwise an error means that the machine computed wrongly, since
    /// the dealing is verified before it is returned.
    pub fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Dealing, ProofError> {
        let secrets = Secrets { scheme: self, dealer, seed };
        let scalar = secrets.ephemeral_scalar();
        let polynomials = secrets.polynomials();
        let commitments = parallel::map(self.setting.m(), |j| polynomials[j].commit()).concat();
        let dealing = Dealing::new(self.layout, commitments, scalar.ephemeral_key(), Vec::new(), Vec::new());
        let dealing = self.encrypt(dealer, dealing, &polynomials, &scalar);
        let dealing = self.prove(dealer, dealing, &scalar, &secrets)?;
        self.verify(dealer, dealing).map(|verified| verified.dealing)
    }

    /// `c_l = f_j(i) + p_l`, for every chunk.
    fn encrypt(
        &self,
        dealer: u16,
        mut dealing: Dealing,
        polynomials: &[Polynomial],
        scalar: &EphemeralScalar,
    ) -> Dealing {
        for (chunk, validators) in self.chunks.iter().enumerate() {
            let ctx = self.place(dealer, chunk).context(&dealing.ephemeral, &dealing.commitments);
            let pads = self.pads(ctx, validators.len(), scalar);
            for (polynomial, offset) in polynomials[validators.clone()].iter().zip(0..) {
                let shares = (1..).zip(pads.iter()).map(|(i, pads)| polynomial.evaluate(i) + pads[offset]);
                dealing.ciphertexts.extend(shares);
            }
        }
        dealing
    }

    /// `p[i][j]`: recipient by recipient.
    fn pads(&self, ctx: Fr, outputs: usize, scalar: &EphemeralScalar) -> Zeroizing<Vec<Vec<Fr>>> {
        let keys = self.setting.recipients.points();
        Zeroizing::new(parallel::map(keys.len(), |index| {
            pads(ctx, index as u16 + 1, shared_secret_u(scalar, &keys[index]), outputs)
        }))
    }

    /// Adds `D0`, `y` and the proof of every chunk.
    fn prove(
        &self,
        dealer: u16,
        mut dealing: Dealing,
        scalar: &EphemeralScalar,
        secrets: &Secrets<'_>,
    ) -> Result<Dealing, ProofError> {
        for (number, validators) in self.chunks.iter().enumerate() {
            let place = self.place(dealer, number);
            let ctx = place.context(&dealing.ephemeral, &dealing.commitments);
            let blind = blinder_key(&ctx, chunk_ciphertexts(&dealing, validators, self.setting.n()));
            let p0 = Zeroizing::new(blinder(blind, shared_secret_u(scalar, &blinder_base())));
            let d0 = group::multiply(&group::generator(), &p0).into();
            let challenge = link_challenge(&blind, &d0);
            let pads = self.pads(ctx, validators.len(), scalar);
            let mut chunk =
                Chunk { blinder: d0, masked_sum: masked_sum(challenge, *p0, &pads), proof: Vec::new() };
            let statement = statement(&place, &dealing, &chunk);
            let fs = open_fiat_shamir(&place, &dealing, &chunk, &statement);
            chunk.proof = self.system.prove(fs, &statement, scalar, &secrets.proof_seed(number))?;
            dealing.chunks.push(chunk);
        }
        Ok(dealing)
    }

    /// Decodes a dealing of exactly [`Scheme::dealing_len`] bytes.
    ///
    /// # Errors
    ///
    /// What is wrong with the length, a point or a scalar.
    pub fn decode(&self, bytes: &[u8]) -> Result<Dealing, ProofError> {
        Dealing::from_bytes(self.layout, bytes)
    }

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
        let verified = match self.check_together(&dealings) {
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

    /// Names the setting and the relation.
    pub(crate) fn digest(&self) -> [u8; 32] {
        self.setting.bind("scheme", 0).bytes(&self.relation_digest()).digest()
    }

    /// The contexts of all dealings, if the sum of all their equations is zero.
    fn check_together(&self, dealings: &[(u16, Dealing)]) -> Option<Vec<Vec<Fr>>> {
        let seed = self.batch_seed(dealings);
        let checked = parallel::map(dealings.len(), |index| {
            let (dealer, dealing) = dealings.get(index)?;
            let mut weights =
                Weights::new(TaggedHash::new("weights").bytes(&seed).number(index as u64).digest());
            let mut sum = self.empty_sum();
            let statements = self.add_proofs(*dealer, dealing, &mut weights, &mut sum).ok()?;
            self.add_links(dealing, &statements, &mut weights, &mut sum);
            Some((statements.into_iter().map(|statement| statement.ctx).collect(), sum))
        });
        let (contexts, sums): (Vec<_>, Vec<_>) =
            checked.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let sum = sums.into_iter().reduce(GroupSum::merge)?;
        sum.vanishes(self.system.fixed_points()).then_some(contexts)
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
        let (mut proofs, mut links) = (self.empty_sum(), self.empty_sum());
        let statements = self.add_proofs(dealer, dealing, &mut weights, &mut proofs)?;
        self.add_links(dealing, &statements, &mut weights, &mut links);
        let fixed = self.system.fixed_points();
        let (proved, linked) = parallel::join(|| proofs.vanishes(fixed), || links.vanishes(fixed));
        match (proved, linked) {
            (false, _) => Err(ProofError::InvalidProof),
            (true, false) => Err(ProofError::Link),
            (true, true) => Ok(statements.into_iter().map(|statement| statement.ctx).collect()),
        }
    }

    fn add_proofs(
        &self,
        dealer: u16,
        dealing: &Dealing,
        weights: &mut Weights,
        sum: &mut GroupSum,
    ) -> Result<Vec<Statement>, ProofError> {
        self.check_dealer(dealer)?;
        if !dealing.fills(self.layout) {
            return Err(ProofError::Length);
        }
        let numbered = dealing.chunks.iter().enumerate();
        numbered
            .map(|(number, chunk)| {
                let place = self.place(dealer, number);
                let statement = statement(&place, dealing, chunk);
                let fs = open_fiat_shamir(&place, dealing, chunk, &statement);
                self.system.verify(fs, &statement, &chunk.proof, weights, sum)?;
                Ok(statement)
            })
            .collect()
    }

    fn add_links(
        &self,
        dealing: &Dealing,
        statements: &[Statement],
        weights: &mut Weights,
        sum: &mut GroupSum,
    ) {
        for ((chunk, validators), statement) in dealing.chunks.iter().zip(&self.chunks).zip(statements) {
            link::add(dealing, chunk, validators.clone(), statement.challenge, weights.draw(), sum);
        }
    }

    fn empty_sum(&self) -> GroupSum {
        GroupSum::new(self.system.fixed_points().len())
    }

    fn check_dealer(&self, dealer: u16) -> Result<(), ProofError> {
        if (1..=self.setting.n()).contains(&usize::from(dealer)) {
            Ok(())
        } else {
            Err(ProofError::Index(dealer))
        }
    }

    /// A hash of all statements and proofs.
    fn batch_seed<D: std::borrow::Borrow<Dealing> + Sync>(&self, dealings: &[(u16, D)]) -> [u8; 32] {
        let start = self.setting.bind("batch", 0).bytes(&self.relation_digest());
        let encoded = parallel::map(dealings.len(), |index| {
            dealings.get(index).map(|(dealer, dealing)| (*dealer, dealing.borrow().to_bytes()))
        });
        let hash = encoded
            .into_iter()
            .flatten()
            .fold(start, |hash, (dealer, bytes)| hash.number(u64::from(dealer)).bytes(&bytes));
        hash.digest()
    }

    pub(crate) fn chunks(&self) -> &[Range<usize>] {
        &self.chunks
    }

    fn place(&self, dealer: u16, chunk: usize) -> Place<'_> {
        Place {
            setting: &self.setting,
            system: self.system.id(),
            relation: self.system.relation_digest(),
            dealer,
            chunk,
            validators: self.chunks.get(chunk).cloned().unwrap_or_default(),
        }
    }
}

impl std::fmt::Debug for Scheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheme").field("setting", &self.setting).field("system", &self.system.id()).finish()
    }
}

/// Everything random in a dealing, derived from one seed.
struct Secrets<'a> {
    scheme: &'a Scheme,
    dealer: u16,
    seed: &'a [u8; 32],
}

impl Secrets<'_> {
    /// A hash over the seed, the place of the dealing and a purpose.
    fn derive(&self, purpose: &str, index: usize) -> TaggedHash {
        let hash = self.scheme.setting.bind("dealer's secret", self.dealer).bytes(self.seed);
        hash.bytes(&self.scheme.relation_digest()).bytes(purpose.as_bytes()).number(index as u64)
    }

    fn ephemeral_scalar(&self) -> EphemeralScalar {
        EphemeralScalar::from_uniform_bytes(&Zeroizing::new(self.derive("ephemeral scalar", 0).digest()))
    }

    fn polynomials(&self) -> Vec<Polynomial> {
        let t = self.scheme.setting.t();
        let coefficients =
            |j: usize| (j * t..(j + 1) * t).map(|index| self.derive("coefficient", index).field());
        (0..self.scheme.setting.m()).map(|j| Polynomial::new(coefficients(j).collect())).collect()
    }

    fn proof_seed(&self, chunk: usize) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.derive("proof", chunk).digest())
    }
}

/// The commitments of several dealings, added up.
pub(crate) fn add_commitments(dealings: &[VerifiedDealing], validator: usize) -> Vec<G1Affine> {
    let mut sums = Vec::new();
    for dealing in dealings {
        let commitments = dealing.dealing.commitments_of(validator);
        sums.resize(commitments.len(), ark_bls12_381::G1Projective::default());
        sums.iter_mut().zip(commitments).for_each(|(sum, point)| *sum += point);
    }
    group::normalize(&sums)
}
