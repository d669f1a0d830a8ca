//! A second verifier: every equation of the proof on its own, each by its definition.
//!
//! It is as plain as it can be and slow: it expands multilinear extensions factor by factor, runs the sumchecks as
//! linear forms round by round, and folds the generators explicitly. It shares with the verifier the decoded proof, the matrices and the
//! generators, and nothing that computes with them; merlin is called directly. The [`Rules`] of the
//! closing can be weakened, to show that an attack works where a weight is missing.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use ark_ec::CurveGroup;
use ark_ff::{BigInteger, Field, One, PrimeField, Zero};
use ark_serialize::CanonicalSerialize;
use merlin::Transcript;

use super::{Setup, proof::Proof};

/// What a proof has to satisfy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Equation {
    /// `α + c C_A = z_1 U + z_2 H`.
    LeftFactor,
    /// `β + c C_B = z_3 U + z_4 H`.
    RightFactor,
    /// `δ + c C_AB = z_1 C_B + z_5 H`.
    Product,
    /// `c C + D = z (G + a Q) + z' H`, with both sumchecks in it.
    Opening,
}

/// How the closing weighs what was committed.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// In place of `η`.
    pub(super) slot_base: Option<Fr>,
    /// The exponent of the first round.
    pub(super) first_exponent: u64,
    /// In place of `u`.
    pub(super) value_weight: Option<Fr>,
}

impl Rules {
    /// The rules of the protocol.
    pub(super) const PROTOCOL: Self = Self { slot_base: None, first_exponent: 1, value_weight: None };
}

/// Every challenge but those of the opening, under the letters of the documentation.
pub(super) struct Challenges {
    pub(super) tau: Vec<Fr>,
    pub(super) r_x: Vec<Fr>,
    pub(super) product: Fr,
    pub(super) r_abc: [Fr; 3],
    pub(super) r_y: Vec<Fr>,
    pub(super) eta: Fr,
    pub(super) zeta: Fr,
    pub(super) u: Fr,
}

/// The linear equation that the opening shows.
pub(super) struct Claim {
    /// The weight of each row's commitment.
    pub(super) rows: Vec<Fr>,
    /// The weight of each round's commitment.
    pub(super) rounds: Vec<Fr>,
    /// The weights of `C_A, C_B, C_C, C_AB` in `V`.
    pub(super) values: [Fr; 4],
    /// The constant in `V`.
    pub(super) constant: Fr,
    /// `a`, at the columns.
    pub(super) columns: Vec<Fr>,
    /// `a`, at the slots.
    pub(super) slots: Vec<Fr>,
    /// `u`.
    pub(super) u: Fr,
}

/// The equations that a proof does not satisfy. `None` if a challenge is zero.
pub(super) fn failures(
    setup: &Setup,
    fs: &Transcript,
    public: &[Fr],
    proof: &Proof,
) -> Option<Vec<Equation>> {
    failures_under(Rules::PROTOCOL, setup, fs, public, proof)
}

/// [`failures`] under other rules.
pub(super) fn failures_under(
    rules: Rules,
    setup: &Setup,
    fs: &Transcript,
    public: &[Fr],
    proof: &Proof,
) -> Option<Vec<Equation>> {
    let mut fs = fs.clone();
    let challenges = replay(setup, &mut fs, public, proof)?;
    let claim = claim(rules, setup, &challenges, public);
    let [left, right, product] = product_equations(setup, proof, challenges.product);
    let holds = [
        (left, Equation::LeftFactor),
        (right, Equation::RightFactor),
        (product, Equation::Product),
        (opening_equation(setup, &mut fs, proof, &claim)?, Equation::Opening),
    ];
    Some(holds.into_iter().filter(|(holds, _)| !holds).map(|(_, equation)| equation).collect())
}

fn replay(setup: &Setup, fs: &mut Transcript, public: &[Fr], proof: &Proof) -> Option<Challenges> {
    absorb_setup(setup, fs, public);
    absorb_points(fs, b"rows", &proof.rows);
    let tau = draws(fs, b"constraint point", setup.dimensions.constraint_bits)?;
    let r_x = rounds(fs, b"constraint round", &proof.constraint_rounds)?;
    absorb_points(fs, b"values", &proof.values);
    absorb_points(fs, b"product announcements", &proof.product.announcements);
    let product = draw(fs, b"product challenge")?;
    absorb_scalars(fs, b"product responses", &proof.product.responses);
    let r_abc = [draw(fs, b"weight of A")?, draw(fs, b"weight of B")?, draw(fs, b"weight of C")?];
    let r_y = rounds(fs, b"assignment round", &proof.assignment_rounds)?;
    let eta = draw(fs, b"slot base")?;
    let zeta = draw(fs, b"weight of the second sumcheck")?;
    let u = draw(fs, b"weight of the value")?;
    Some(Challenges { tau, r_x, product, r_abc, r_y, eta, zeta, u })
}

pub(super) fn absorb_setup(setup: &Setup, fs: &mut Transcript, public: &[Fr]) {
    fs.append_message(b"constraint system", &setup.digest);
    absorb_number(fs, b"constraint bits", setup.dimensions.constraint_bits);
    absorb_number(fs, b"row bits", setup.dimensions.row_bits);
    absorb_number(fs, b"column bits", setup.dimensions.column_bits);
    absorb_scalars(fs, b"public inputs", public);
}

fn rounds(fs: &mut Transcript, label: &'static [u8], commitments: &[G1Affine]) -> Option<Vec<Fr>> {
    let mut challenges = Vec::new();
    for commitment in commitments {
        absorb_point(fs, label, commitment);
        challenges.push(draw(fs, label)?);
    }
    Some(challenges)
}

pub(super) fn absorb_number(fs: &mut Transcript, label: &'static [u8], number: usize) {
    fs.append_message(label, &(number as u64).to_be_bytes());
}

pub(super) fn absorb_scalars(fs: &mut Transcript, label: &'static [u8], scalars: &[Fr]) {
    absorb_number(fs, label, scalars.len());
    for scalar in scalars {
        fs.append_message(label, &scalar.into_bigint().to_bytes_be());
    }
}

pub(super) fn absorb_point(fs: &mut Transcript, label: &'static [u8], point: &G1Affine) {
    let mut bytes = Vec::new();
    point.serialize_compressed(&mut bytes).unwrap();
    fs.append_message(label, &bytes);
}

pub(super) fn absorb_points(fs: &mut Transcript, label: &'static [u8], points: &[G1Affine]) {
    absorb_number(fs, label, points.len());
    points.iter().for_each(|point| absorb_point(fs, label, point));
}

/// 64 bytes, reduced; `None` for zero.
pub(super) fn draw(fs: &mut Transcript, label: &'static [u8]) -> Option<Fr> {
    let mut bytes = [0; 64];
    fs.challenge_bytes(label, &mut bytes);
    Some(Fr::from_be_bytes_mod_order(&bytes)).filter(|challenge| !challenge.is_zero())
}

/// 16 bytes; `None` for zero.
fn draw_short(fs: &mut Transcript, label: &'static [u8]) -> Option<Fr> {
    let mut bytes = [0; 16];
    fs.challenge_bytes(label, &mut bytes);
    Some(Fr::from(u128::from_be_bytes(bytes))).filter(|challenge| !challenge.is_zero())
}

pub(super) fn draws(fs: &mut Transcript, label: &'static [u8], count: usize) -> Option<Vec<Fr>> {
    (0..count).map(|_| draw(fs, label)).collect()
}

/// The bits of an index, the most significant one first.
fn bits(index: usize, count: usize) -> Vec<Fr> {
    (0..count).rev().map(|bit| Fr::from((index >> bit & 1) as u64)).collect()
}

/// `eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i))`.
pub(super) fn eq(a: &[Fr], b: &[Fr]) -> Fr {
    assert_eq!(a.len(), b.len());
    let one = Fr::one();
    a.iter().zip(b).map(|(a, b)| *a * b + (one - a) * (one - b)).product()
}

/// `eq(point, index)`.
pub(super) fn eq_index(point: &[Fr], index: usize) -> Fr {
    eq(point, &bits(index, point.len()))
}

/// `K = sum_xy eq(r_x, x) eq(r_y, y) (r_A A + r_B B + r_C C)[x][y]`.
fn matrix_value(setup: &Setup, challenges: &Challenges) -> Fr {
    let half = 1 << setup.dimensions.private_bits();
    let matrices = [&setup.original.a, &setup.original.b, &setup.original.c];
    let mut sum = Fr::zero();
    for (matrix, weight) in matrices.into_iter().zip(challenges.r_abc) {
        for (x, (columns, entries)) in matrix.rows().enumerate() {
            let at_row = eq_index(&challenges.r_x, x);
            for (column, entry) in columns.iter().zip(entries) {
                let y = match (column.private(), column.public()) {
                    (Some(index), _) => index,
                    (_, Some(index)) => half + index,
                    _ => unreachable!("a column is on one side"),
                };
                sum += weight * entry * at_row * eq_index(&challenges.r_y, y);
            }
        }
    }
    sum
}

/// A linear form in what the prover committed to: the combined row `x`, the slots, the four values; and a constant.
#[derive(Clone)]
struct Form {
    columns: Vec<Fr>,
    slots: Vec<Fr>,
    values: [Fr; 4],
    constant: Fr,
}

impl Form {
    fn zero(setup: &Setup) -> Self {
        let columns = vec![Fr::zero(); setup.dimensions.columns()];
        let slots = vec![Fr::zero(); setup.dimensions.slots()];
        Self { columns, slots, values: [Fr::zero(); 4], constant: Fr::zero() }
    }

    fn slot(setup: &Setup, slot: usize) -> Self {
        let mut form = Self::zero(setup);
        form.slots[slot] = Fr::one();
        form
    }

    fn plus(mut self, factor: Fr, other: &Self) -> Self {
        self.columns.iter_mut().zip(&other.columns).for_each(|(a, b)| *a += factor * b);
        self.slots.iter_mut().zip(&other.slots).for_each(|(a, b)| *a += factor * b);
        self.values.iter_mut().zip(&other.values).for_each(|(a, b)| *a += factor * b);
        self.constant += factor * other.constant;
        self
    }
}

/// Runs a sumcheck whose rounds commit to the coefficients of X^0, X^2, … from `first_slot` on: from the first claim
/// to the last.
fn sumcheck(setup: &Setup, claim: Form, challenges: &[Fr], first_slot: usize, sent: usize) -> Form {
    let two = Fr::from(2u64);
    challenges.iter().enumerate().fold(claim, |claim, (round, r)| {
        let slot = |index| Form::slot(setup, first_slot + round * sent + index);
        let c0 = slot(0);
        let higher: Vec<Form> = (1..sent).map(slot).collect();
        // p(0) + p(1) = claim.
        let c1 = higher.iter().fold(claim.plus(-two, &c0), |c1, c| c1.plus(-Fr::one(), c));
        let start = Form::zero(setup).plus(Fr::one(), &c0).plus(*r, &c1);
        (2..).zip(&higher).fold(start, |value, (power, c)| value.plus(r.pow([power]), c))
    })
}

/// Both sumchecks and what they end in, as one equation.
pub(super) fn claim(rules: Rules, setup: &Setup, challenges: &Challenges, public: &[Fr]) -> Claim {
    let dimensions = setup.dimensions;
    let (y0, rest) = challenges.r_y.split_first().unwrap();
    let (row_point, column_point) = rest.split_at(dimensions.row_bits);
    let constraint_slots = 3 * dimensions.constraint_bits;

    // Sumcheck 1 starts at 0 and ends at eq(τ, r_x) (v_A v_B - v_C).
    let at_constraint = eq(&challenges.tau, &challenges.r_x);
    let mut end = Form::zero(setup);
    end.values = [Fr::zero(), Fr::zero(), -at_constraint, at_constraint];
    let first = sumcheck(setup, Form::zero(setup), &challenges.r_x, 0, 3).plus(-Fr::one(), &end);

    // Sumcheck 2 starts at r_A v_A + r_B v_B + r_C v_C and ends at K z~(r_y).
    let mut start = Form::zero(setup);
    start.values[..3].copy_from_slice(&challenges.r_abc);
    let mut z = Form::zero(setup);
    for (column, weight) in z.columns.iter_mut().enumerate() {
        *weight = (Fr::one() - y0) * eq_index(column_point, column);
    }
    let with_one = std::iter::once(Fr::one()).chain(public.iter().copied()).enumerate();
    z.constant = with_one.map(|(index, value)| *y0 * eq_index(rest, index) * value).sum();
    let k = matrix_value(setup, challenges);
    let second = sumcheck(setup, start, &challenges.r_y, constraint_slots, 2).plus(-k, &z);

    let equation = first.plus(challenges.zeta, &second);
    let eta = rules.slot_base.unwrap_or(challenges.eta);
    let weight_of = |round: usize| eta.pow([rules.first_exponent + round as u64]);
    let round_of = |slot: usize| match slot.checked_sub(constraint_slots) {
        None => slot / 3,
        Some(slot) => dimensions.constraint_bits + slot / 2,
    };
    let slots = equation.slots.iter().enumerate();
    Claim {
        rows: (0..dimensions.rows()).map(|row| eq_index(row_point, row)).collect(),
        rounds: (0..dimensions.rounds()).map(weight_of).collect(),
        values: equation.values.map(|weight| -weight),
        constant: -equation.constant,
        slots: slots.map(|(slot, c)| *c * weight_of(round_of(slot)).inverse().unwrap()).collect(),
        columns: equation.columns,
        u: rules.value_weight.unwrap_or(challenges.u),
    }
}

fn product_equations(setup: &Setup, proof: &Proof, c: Fr) -> [bool; 3] {
    let (value, blinding) = (*setup.generators.value(), *setup.generators.blinding());
    let [c_a, c_b, _, c_ab] = proof.values;
    let [alpha, beta, delta] = proof.product.announcements;
    let [z1, z2, z3, z4, z5] = proof.product.responses;
    [
        c_a * c + alpha == value * z1 + blinding * z2,
        c_b * c + beta == value * z3 + blinding * z4,
        c_ab * c + delta == c_b * z1 + blinding * z5,
    ]
}

fn opening_equation(setup: &Setup, fs: &mut Transcript, proof: &Proof, claim: &Claim) -> Option<bool> {
    let generators = &setup.generators;
    let combine = |points: &[G1Affine], weights: &[Fr]| -> G1Projective {
        assert_eq!(points.len(), weights.len());
        points.iter().zip(weights).map(|(point, weight)| *point * weight).sum()
    };
    let rounds = [proof.constraint_rounds.as_slice(), &proof.assignment_rounds].concat();
    let value = combine(&proof.values, &claim.values) + *generators.value() * claim.constant;
    let mut commitment =
        combine(&proof.rows, &claim.rows) + combine(&rounds, &claim.rounds) + value * claim.u;

    let mut a = claim.columns.clone();
    let mut bases: Vec<G1Projective> = generators.columns().iter().map(|point| (*point).into()).collect();
    let slot_bases: Vec<G1Projective> = generators.slots().iter().map(|point| (*point).into()).collect();
    let mut right = (claim.slots.clone(), slot_bases);
    for points @ [l, r] in &proof.opening.rounds {
        absorb_points(fs, b"opening round", points);
        let v = draw_short(fs, b"opening round challenge")?;
        commitment += *l * v + *r * v.inverse()?;
        a.iter_mut().zip(&right.0).for_each(|(left, right)| *left += v * right);
        bases.iter_mut().zip(&right.1).for_each(|(left, right)| *left += *right * v);
        let half = a.len() / 2;
        right = (a.split_off(half), bases.split_off(half));
    }
    // After the last fold the one entry that is left was split off.
    let ([a], [base]) = (right.0.as_slice(), right.1.as_slice()) else { return Some(false) };
    absorb_point(fs, b"opening announcement", &proof.opening.announcement);
    let c = draw(fs, b"opening challenge")?;
    let base = *base + *generators.value() * (claim.u * a);
    let right_side = base * proof.opening.response + *generators.blinding() * proof.opening.blinding_response;
    Some((commitment * c + proof.opening.announcement).into_affine() == right_side.into_affine())
}
