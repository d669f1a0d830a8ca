//! A prover that can be told to lie.
//!
//! It follows the protocol step by step, and before each message is sent a test may change it: the scalars it was
//! computed from, or the components of its commitment on any generator. It closes with whatever it has sent.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, One, UniformRand, Zero};
use merlin::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::system::System;
use crate::{
    group::msm,
    transparent::{
        Setup, multilinear,
        opening::{Opening, OpeningProof, PublicVector},
        product::ProductProof,
        proof::Proof,
        reference::{self, Challenges, Rules},
        sumcheck,
    },
};

/// A commitment with its components on all generators, and a point that is no combination of them.
#[derive(Clone)]
pub(super) struct Message {
    components: Vec<Fr>,
    columns: usize,
    pub(super) alien: G1Affine,
}

impl Message {
    fn new(setup: &Setup) -> Self {
        let components = vec![Fr::zero(); setup.generators.all().len()];
        Self { components, columns: setup.dimensions.columns(), alien: G1Affine::zero() }
    }

    /// The component on `U`.
    pub(super) fn value(&mut self) -> &mut Fr {
        &mut self.components[0]
    }

    /// The component on `H`.
    fn blinding(&mut self) -> &mut Fr {
        &mut self.components[1]
    }

    /// The component on `G_k`.
    pub(super) fn column(&mut self, k: usize) -> &mut Fr {
        assert!(k < self.columns);
        &mut self.components[2 + k]
    }

    /// The component on `P_l`.
    pub(super) fn slot(&mut self, l: usize) -> &mut Fr {
        &mut self.components[2 + self.columns + l]
    }

    fn point(&self, setup: &Setup) -> G1Affine {
        (msm(setup.generators.all(), &self.components) + self.alien).into_affine()
    }

    fn add(&mut self, factor: Fr, other: &Self) {
        self.components.iter_mut().zip(&other.components).for_each(|(a, b)| *a += factor * b);
    }
}

/// The state of the prover.
pub(super) struct Forger<'a> {
    system: &'a System,
    fs: Transcript,
    nonces: ChaCha20Rng,
    /// The constant one, the public inputs and the private variables, as the next step takes them.
    pub(super) one: Fr,
    pub(super) public: Vec<Fr>,
    pub(super) private: Vec<Fr>,
    pub(super) rows: Vec<Message>,
    pub(super) rounds: Vec<Message>,
    values: Vec<Message>,
    product: Option<ProductProof>,
    pub(super) tau: Vec<Fr>,
    pub(super) r_x: Vec<Fr>,
    pub(super) r_abc: [Fr; 3],
    pub(super) r_y: Vec<Fr>,
    /// `v_A, v_B, v_C`, as they are.
    true_values: [Fr; 3],
}

impl<'a> Forger<'a> {
    pub(super) fn new(system: &'a System) -> Self {
        let mut fs = system.statement();
        reference::absorb_setup(&system.setup, &mut fs, &system.public);
        Self {
            system,
            fs,
            nonces: ChaCha20Rng::from_seed([6; 32]),
            one: Fr::one(),
            public: system.public.clone(),
            private: system.private.clone(),
            rows: Vec::new(),
            rounds: Vec::new(),
            values: Vec::new(),
            product: None,
            tau: Vec::new(),
            r_x: Vec::new(),
            r_abc: [Fr::zero(); 3],
            r_y: Vec::new(),
            true_values: [Fr::zero(); 3],
        }
    }

    fn blinded(&mut self) -> Message {
        let mut message = Message::new(&self.system.setup);
        *message.blinding() = Fr::rand(&mut self.nonces);
        message
    }

    /// Sends the rows of [`Forger::private`].
    pub(super) fn commit(&mut self, tamper: impl FnOnce(&mut [Message])) {
        let dimensions = self.system.setup.dimensions;
        for row in 0..dimensions.rows() {
            let mut message = self.blinded();
            let entries = self.private.iter().skip(row * dimensions.columns()).take(dimensions.columns());
            entries.enumerate().for_each(|(k, entry)| *message.column(k) = *entry);
            self.rows.push(message);
        }
        tamper(&mut self.rows);
        let points: Vec<_> = self.rows.iter().map(|row| row.point(&self.system.setup)).collect();
        reference::absorb_points(&mut self.fs, b"rows", &points);
        self.tau = reference::draws(&mut self.fs, b"constraint point", dimensions.constraint_bits).unwrap();
    }

    /// `A z, B z, C z` of what is now in the forger's hands.
    fn products(&self) -> [Vec<Fr>; 3] {
        let setup = &self.system.setup;
        let public = [[self.one].as_slice(), &self.public].concat();
        [&setup.original.a, &setup.original.b, &setup.original.c].map(|matrix| {
            let mut product = matrix.multiply(&self.private, &public);
            product.resize(1 << setup.dimensions.constraint_bits, Fr::ZERO);
            product
        })
    }

    /// `sum_x eq(τ, x) (A z ∘ B z - C z)(x)`: zero for an honest prover.
    pub(super) fn constraint_sum(&self) -> Fr {
        let [a, b, c] = self.products();
        (0..a.len()).map(|x| reference::eq_index(&self.tau, x) * (a[x] * b[x] - c[x])).sum()
    }

    /// Runs the first sumcheck. `tamper` gets the round and its message.
    pub(super) fn run_constraints(&mut self, mut tamper: impl FnMut(usize, &mut Message)) {
        let [a, b, c] = self.products();
        let eq = multilinear::eq_table(&self.tau, Fr::ONE);
        let mut tables = sumcheck::Constraints { eq, a, b, c };
        let challenges = tables.run(|round| Ok(self.send_round(b"constraint round", 0, round, &mut tamper)));
        self.r_x = challenges.unwrap();
        self.true_values = [tables.a[0], tables.b[0], tables.c[0]];
    }

    fn send_round(
        &mut self,
        label: &'static [u8],
        earlier_rounds: usize,
        coefficients: &[Fr],
        tamper: &mut impl FnMut(usize, &mut Message),
    ) -> Fr {
        let round = self.rounds.len();
        let first_slot = earlier_rounds * 3 + (round - earlier_rounds) * coefficients.len();
        let mut message = self.blinded();
        for (index, coefficient) in coefficients.iter().enumerate() {
            *message.slot(first_slot + index) = *coefficient;
        }
        tamper(round, &mut message);
        reference::absorb_point(&mut self.fs, label, &message.point(&self.system.setup));
        self.rounds.push(message);
        reference::draw(&mut self.fs, label).unwrap()
    }

    /// `v_A, v_B, v_C, v_AB`, as they are.
    pub(super) fn true_values(&self) -> [Fr; 4] {
        let [a, b, c] = self.true_values;
        [a, b, c, a * b]
    }

    /// The right side of the first sumcheck's last equation, as the rounds have fixed it: `E (v_AB - v_C)` has to be this,
    /// over `E`.
    pub(super) fn forced_difference(&self) -> Fr {
        let lambda = sumcheck::weights::<3>(&self.r_x).0;
        let slots = 3 * self.r_x.len();
        let mut sum = Fr::zero();
        for message in &self.rounds {
            let first = 2 + message.columns;
            sum += multilinear::inner_product(&message.components[first..first + slots], &lambda);
        }
        sum * reference::eq(&self.tau, &self.r_x).inverse().unwrap()
    }

    /// Sends commitments to `values`, with a proof of the product that is honest if they are.
    pub(super) fn send_values(&mut self, values: [Fr; 4], tamper: impl FnOnce(&mut [Message])) {
        self.send_values_and_product(values, tamper, |_| {});
    }

    /// [`Forger::send_values`], with a change of the proof of the product before its responses are absorbed.
    pub(super) fn send_values_and_product(
        &mut self,
        values: [Fr; 4],
        tamper: impl FnOnce(&mut [Message]),
        tamper_product: impl FnOnce(&mut ProductProof),
    ) {
        let setup = &self.system.setup;
        self.values = values
            .map(|value| {
                let mut message = self.blinded();
                *message.value() = value;
                message
            })
            .to_vec();
        let blindings: Vec<Fr> = self.values.iter_mut().map(|message| *message.blinding()).collect();
        tamper(&mut self.values);
        let points: Vec<_> = self.values.iter().map(|value| value.point(setup)).collect();
        reference::absorb_points(&mut self.fs, b"values", &points);

        let n: [Fr; 5] = std::array::from_fn(|_| Fr::rand(&mut self.nonces));
        let (value, blinding) = (*setup.generators.value(), *setup.generators.blinding());
        let announcements = [
            value * n[0] + blinding * n[1],
            value * n[2] + blinding * n[3],
            points[1] * n[0] + blinding * n[4],
        ];
        let announcements = announcements.map(|point| point.into_affine());
        let mut product = ProductProof { announcements, responses: [Fr::zero(); 5] };
        let announce = |product: &ProductProof, mut fs: Transcript| {
            reference::absorb_points(&mut fs, b"product announcements", &product.announcements);
            let c = reference::draw(&mut fs, b"product challenge").unwrap();
            (fs, c)
        };
        tamper_product(&mut product);
        let (mut fs, c) = announce(&product, self.fs.clone());
        let changes = product.responses;
        product.responses = [
            n[0] + c * values[0],
            n[1] + c * blindings[0],
            n[2] + c * values[1],
            n[3] + c * blindings[1],
            n[4] + c * (blindings[3] - values[0] * blindings[1]),
        ];
        product.responses.iter_mut().zip(changes).for_each(|(response, change)| *response += change);
        reference::absorb_scalars(&mut fs, b"product responses", &product.responses);
        self.product = Some(product);
        self.r_abc = [b"weight of A", b"weight of B", b"weight of C"]
            .map(|label| reference::draw(&mut fs, label).unwrap());
        self.fs = fs;
    }

    /// `(r_A A + r_B B + r_C C)~(r_x, ·)` over the columns of `z`.
    pub(super) fn folded_matrix(&self) -> Vec<Fr> {
        let setup = &self.system.setup;
        let rows: Vec<Fr> = (0..1 << self.r_x.len()).map(|row| reference::eq_index(&self.r_x, row)).collect();
        let half = 1 << setup.dimensions.private_bits();
        let mut folded = vec![Fr::ZERO; 2 * half];
        let (private, public) = folded.split_at_mut(half);
        let matrices = [&setup.original.a, &setup.original.b, &setup.original.c];
        for (matrix, weight) in matrices.into_iter().zip(self.r_abc) {
            matrix.add_transposed(weight, &rows, private, public);
        }
        folded
    }

    /// `z`.
    pub(super) fn assignment(&self) -> Vec<Fr> {
        let half = 1 << self.system.setup.dimensions.private_bits();
        let mut z = self.private.clone();
        z.resize(half, Fr::ZERO);
        z.push(self.one);
        z.extend(&self.public);
        z.resize(2 * half, Fr::ZERO);
        z
    }

    /// Runs the second sumcheck. `tamper` gets the round, counted over both sumchecks, and its message.
    pub(super) fn run_assignment(&mut self, mut tamper: impl FnMut(usize, &mut Message)) {
        let earlier = self.rounds.len();
        let mut tables = sumcheck::Product { matrix: self.folded_matrix(), assignment: self.assignment() };
        let challenges =
            tables.run(|round| Ok(self.send_round(b"assignment round", earlier, round, &mut tamper)));
        self.r_y = challenges.unwrap();
    }

    /// Closes under the rules of the protocol.
    pub(super) fn close(self) -> Proof {
        self.close_under(Rules::PROTOCOL)
    }

    /// Opens the combination of all that was sent, as a verifier with `rules` combines it.
    pub(super) fn close_under(mut self, rules: Rules) -> Proof {
        let setup = &self.system.setup;
        let [eta, zeta, u] =
            [b"slot base".as_slice(), b"weight of the second sumcheck", b"weight of the value"]
                .map(|label| reference::draw(&mut self.fs, label).unwrap());
        let challenges = Challenges {
            tau: self.tau.clone(),
            r_x: self.r_x.clone(),
            product: Fr::zero(),
            r_abc: self.r_abc,
            r_y: self.r_y.clone(),
            eta,
            zeta,
            u,
        };
        let claim = reference::claim(rules, setup, &challenges, &self.system.public);
        let mut total = Message::new(setup);
        self.rows.iter().zip(&claim.rows).for_each(|(row, weight)| total.add(*weight, row));
        self.rounds.iter().zip(&claim.rounds).for_each(|(round, weight)| total.add(*weight, round));
        self.values.iter().zip(&claim.values).for_each(|(value, weight)| total.add(claim.u * weight, value));

        let first_slot = 2 + total.columns;
        let opening = Opening {
            columns: total.components[2..first_slot].to_vec(),
            slots: total.components[first_slot..].to_vec(),
            blinding: *total.blinding(),
        };
        let public = PublicVector { columns: claim.columns, slots: claim.slots, value_weight: claim.u };
        let generators = &setup.generators;
        let opening =
            OpeningProof::prove(&mut self.fs, generators, opening, public, &mut self.nonces).unwrap();
        let (constraint_rounds, assignment_rounds) = self.rounds.split_at(setup.dimensions.constraint_bits);
        let points = |messages: &[Message]| -> Vec<G1Affine> {
            messages.iter().map(|message| message.point(setup)).collect()
        };
        Proof {
            rows: points(&self.rows),
            constraint_rounds: points(constraint_rounds),
            values: points(&self.values).try_into().unwrap(),
            product: self.product.unwrap(),
            assignment_rounds: points(assignment_rounds),
            opening,
        }
    }
}

/// The steps of an honest prover, for tests that lie in one of them.
impl Forger<'_> {
    pub(super) fn commit_honestly(&mut self) {
        self.commit(|_| {});
    }

    pub(super) fn run_constraints_honestly(&mut self) {
        self.run_constraints(|_, _| {});
    }

    pub(super) fn send_values_honestly(&mut self) {
        self.send_values(self.true_values(), |_| {});
    }

    pub(super) fn run_assignment_honestly(&mut self) {
        self.run_assignment(|_, _| {});
    }
}

/// A multiple of a point by additions alone, for points outside the subgroup too.
pub(super) fn times(point: G1Affine, scalar: &[u64]) -> G1Projective {
    let bits = scalar.iter().rev().flat_map(|limb| (0..64).rev().map(move |bit| limb >> bit & 1 == 1));
    bits.fold(G1Projective::zero(), |sum, bit| {
        let double = sum + sum;
        if bit { double + point } else { double }
    })
}
