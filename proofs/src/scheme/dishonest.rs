//! A dealer that can be told to lie, and what becomes of its dealings.
//!
//! It deals step by step as an honest dealer does, and between two steps a test may change anything it holds. Every dealing is
//! judged three times: which clause of the relation its witness breaks, whether the link holds when it is
//! computed by its definition, and what the verifier says.

mod batch;
mod binding;
mod groth16;
mod link;
mod relation;
mod sums;

use std::{cell::Cell, sync::OnceLock};

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, Zero};
use coram_circuits::{
    jubjub::Point,
    share_encryption::{Clause, EphemeralScalar, Statement, Witness, masked_sum, shared_secret_u},
};

use groth16::groth16_key;

use super::{Scheme, Secrets};
use crate::{
    dealing::{Chunk, Dealing, EncodedProof},
    encryption_key::DecryptionKey,
    error::ProofError,
    groth16::Keys,
    group,
    polynomial::{Polynomial, evaluate_commitments},
    setting::{Recipients, Role, Setting},
    statement::{Place, blinder_key, link_challenge, open_fiat_shamir},
    system::{Backend, ProofSystemId},
};

const N: u16 = 4;
const T: u16 = 3;
const M: u32 = 2;

fn keys() -> Vec<DecryptionKey> {
    (1..=N).map(|index| DecryptionKey::derive(&[index as u8; 32], b"test")).collect()
}

fn setting() -> Setting {
    let recipients = Recipients::new(keys().iter().map(DecryptionKey::encryption_key).collect()).unwrap();
    Setting {
        ceremony: [1; 32],
        roster: [2; 32],
        role: Role::Member,
        threshold: T,
        validators: M,
        recipients,
    }
}

thread_local! {
    /// The system that this test's dealers and verifiers use.
    static SYSTEM: Cell<ProofSystemId> = const { Cell::new(ProofSystemId::Transparent) };
}

/// Runs a test under every proof system: what a dealer may not get away with does not depend on it.
fn in_each_system(test: impl Fn()) {
    for system in ProofSystemId::ALL {
        SYSTEM.set(system);
        test();
    }
}

fn scheme() -> &'static Scheme {
    static TRANSPARENT: OnceLock<Scheme> = OnceLock::new();
    static GROTH16: OnceLock<Scheme> = OnceLock::new();
    match SYSTEM.get() {
        ProofSystemId::Transparent => {
            TRANSPARENT.get_or_init(|| Scheme::new(setting(), &Backend::Transparent).unwrap())
        }
        ProofSystemId::Groth16 => GROTH16.get_or_init(|| {
            let keys = Keys::new(vec![groth16_key(M)]).unwrap();
            Scheme::new(setting(), &Backend::Groth16(keys)).unwrap()
        }),
    }
}

/// Where a dealer's only chunk stands.
fn place(dealer: u16) -> Place<'static> {
    scheme().places(dealer).next().unwrap().0
}

/// The dealings of all four dealers, honest.
fn honest() -> Vec<(u16, Dealing)> {
    static DEALINGS: [OnceLock<Vec<(u16, Dealing)>>; 2] = [OnceLock::new(), OnceLock::new()];
    let deal = |dealer| (dealer, DishonestDealer::new(dealer).deal());
    DEALINGS[SYSTEM.get() as usize - 1].get_or_init(|| (1..=N).map(deal).collect()).clone()
}

/// Everything a dealer holds. There is one chunk.
struct DishonestDealer {
    dealer: u16,
    seed: [u8; 32],
    /// The setting, chunk and range that the dealer hashes; those of the verifier unless a test says otherwise.
    place: Place<'static>,
    scalar: EphemeralScalar,
    /// `R`, as published.
    ephemeral: Point,
    /// Coefficients; commitments are made to the first `t`.
    polynomials: Vec<Vec<Fr>>,
    commitments: Vec<G1Affine>,
    /// `u(K[i])`, as the dealer takes them for the pads.
    shared_secrets: Vec<Fr>,
    /// `p[i][j]`, as the dealer uses them.
    pads: Vec<Vec<Fr>>,
    ciphertexts: Vec<Fr>,
    /// `p0`, as the dealer uses it.
    p0: Fr,
    /// `D0`, as published.
    d0: G1Affine,
    y: Fr,
    proof_seed: [u8; 32],
}

impl DishonestDealer {
    /// An honest dealer's secrets.
    fn new(dealer: u16) -> Self {
        let seed = [dealer as u8 + 100; 32];
        let secrets = Secrets { scheme: scheme(), dealer, seed: &seed };
        let scalar = secrets.ephemeral_scalar();
        let coefficients = |j: u32| {
            let t = u32::from(T);
            (j * t..(j + 1) * t).map(|index| secrets.derive("coefficient", index as usize).field()).collect()
        };
        Self {
            dealer,
            seed,
            place: place(dealer),
            ephemeral: scalar.ephemeral_key(),
            polynomials: (0..M).map(coefficients).collect(),
            commitments: Vec::new(),
            shared_secrets: setting()
                .recipients
                .points()
                .iter()
                .map(|key| shared_secret_u(&scalar, key))
                .collect(),
            pads: Vec::new(),
            ciphertexts: Vec::new(),
            p0: Fr::zero(),
            d0: G1Affine::zero(),
            y: Fr::zero(),
            proof_seed: *secrets.proof_seed(0),
            scalar,
        }
    }

    /// `A[j][k] = a[j][k]·G1`.
    fn commit(&mut self) {
        for polynomial in &self.polynomials {
            let committed = polynomial[..usize::from(T)].to_vec();
            self.commitments.extend(Polynomial::new(committed).commit());
        }
    }

    fn context(&self) -> Fr {
        self.place.context(&self.ephemeral, &self.commitments)
    }

    /// The pads of [`DishonestDealer::shared_secrets`].
    fn make_pads(&mut self) {
        let ctx = self.context();
        let pads =
            |(index, u): (u16, &Fr)| coram_circuits::share_encryption::pads(ctx, index, *u, M as usize);
        self.pads = (1..).zip(&self.shared_secrets).map(pads).collect();
    }

    /// `c_l = f_j(i) + p_l`.
    fn encrypt(&mut self) {
        for (j, polynomial) in self.polynomials.iter().enumerate() {
            let evaluate = |index: u16| Polynomial::new(polynomial.clone()).evaluate(index);
            self.ciphertexts.extend((1..).zip(&self.pads).map(|(index, pads)| evaluate(index) + pads[j]));
        }
    }

    fn blinder_key(&self) -> Fr {
        blinder_key(&self.context(), &self.ciphertexts)
    }

    /// `p0 = Poseidon(b, u(s·H))`, as the relation says.
    fn true_blinder(&self) -> Fr {
        let u = shared_secret_u(&self.scalar, &coram_circuits::jubjub::blinder_base());
        coram_circuits::share_encryption::blinder(self.blinder_key(), u)
    }

    /// `D0 = p0·G1`.
    fn blind(&mut self, p0: Fr) {
        self.p0 = p0;
        self.d0 = (group::generator() * p0).into_affine();
    }

    /// `e`.
    fn challenge(&self) -> Fr {
        link_challenge(&self.blinder_key(), &self.d0)
    }

    /// `y = p0 + sum e^l p_l`.
    fn add_up(&mut self) {
        self.y = masked_sum(self.challenge(), self.p0, &self.pads);
    }

    fn statement(&self) -> Statement {
        Statement {
            ephemeral: self.ephemeral,
            ctx: self.context(),
            blind: self.blinder_key(),
            challenge: self.challenge(),
            masked_sum: self.y,
        }
    }

    /// The first clause of the relation that the dealer's witness breaks.
    fn broken_clause(&self) -> Option<Clause> {
        let witness = Witness {
            scalar: self.scalar.clone(),
            shared_secrets: self.shared_secrets.clone(),
            blinder: self.p0,
            pads: self.pads.clone(),
        };
        witness.check(&setting().recipients.points(), M as usize, &self.statement()).err()
    }

    /// `y·G1 = D0 + sum_l e^(l - 1 + first) (c_l·G1 - sum_k i^k A[j][k])` by definition: `first` is 1 in the protocol.
    fn link_holds_from(&self, first: u64, y: Fr) -> bool {
        let (t, e) = (usize::from(T), self.challenge());
        let places =
            self.commitments.chunks(t).flat_map(|committed| (1..=N).map(move |index| (index, committed)));
        let mut sum = G1Projective::from(self.d0);
        for ((exponent, ciphertext), (index, committed)) in (first..).zip(&self.ciphertexts).zip(places) {
            let share = group::generator() * ciphertext - evaluate_commitments(committed, index);
            sum += share * e.pow([exponent]);
        }
        sum == group::generator() * y
    }

    fn link_holds(&self) -> bool {
        self.link_holds_from(1, self.y)
    }

    /// The `y` with which the link holds, whatever was encrypted: all its logarithms are the dealer's.
    fn linking_sum(&self) -> Fr {
        let shares = self.polynomials.iter().flat_map(|polynomial| {
            (1..=N).map(|index| Polynomial::new(polynomial[..usize::from(T)].to_vec()).evaluate(index))
        });
        let e = self.challenge();
        let terms = (1_u64..).zip(&self.ciphertexts).zip(shares);
        self.p0 + terms.map(|((l, c), share)| e.pow([l]) * (*c - share)).sum::<Fr>()
    }

    /// Proves what there is to prove.
    fn finish(self) -> Dealing {
        let statement = self.statement();
        let mut chunk = Chunk { blinder: self.d0, masked_sum: self.y, proof: EncodedProof::default() };
        let mut dealing =
            Dealing::new(scheme().layout, self.commitments, self.ephemeral, self.ciphertexts, Vec::new());
        let fs = open_fiat_shamir(&self.place, &dealing, &chunk, &statement);
        chunk.proof =
            scheme().systems[0].prove(fs, &statement, &self.scalar, &self.proof_seed).unwrap().into();
        dealing.chunks.push(chunk);
        dealing
    }

    /// All steps up to the ciphertexts.
    fn dealt(mut self) -> Self {
        self.commit();
        self.make_pads();
        self.encrypt();
        self
    }

    /// All steps from the blinder to the sum.
    fn summed(mut self) -> Self {
        self.blind(self.true_blinder());
        self.add_up();
        self
    }

    fn deal(self) -> Dealing {
        self.dealt().summed().finish()
    }
}

/// What becomes of a dealing: the clause that is broken, whether the link holds, and the verifier's word.
fn judge(dealer: DishonestDealer) -> (Option<Clause>, bool, Option<ProofError>) {
    let (clause, linked) = (dealer.broken_clause(), dealer.link_holds());
    let index = dealer.dealer;
    (clause, linked, scheme().verify(index, dealer.finish()).err())
}

#[test]
fn a_dishonest_dealer_that_does_not_lie_is_an_honest_one() {
    in_each_system(|| {
        let dealer = DishonestDealer::new(1);
        let expected = scheme().deal(1, &dealer.seed).unwrap();
        let dealer = dealer.dealt().summed();
        assert_eq!((dealer.broken_clause(), dealer.link_holds()), (None, true));
        assert_eq!(dealer.linking_sum(), dealer.y);
        assert_eq!(dealer.finish().to_bytes(), expected.to_bytes());
    });
}
