//! The prover's moves, in order.

use ark_bls12_381::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field, UniformRand};
use merlin::Transcript;
use rand_core::RngCore;
use zeroize::{Zeroize, Zeroizing};

use super::{
    Setup, absorb_setup,
    closing::{Closing, ClosingChallenges, SumcheckPoint},
    commitment::Committed,
    matrix,
    multilinear::{eq_table, inner_product},
    opening::{Opening, OpeningProof},
    product::ProductProof,
    proof::Proof,
    sumcheck::{Constraints, Product},
};
use crate::{error::ProofError, fiat_shamir::FiatShamir, parallel};

/// Proves that the constraint system is satisfied by `public` and the secret `private`. `fs` has absorbed the
/// statement.
pub(super) fn prove(
    setup: &Setup,
    fs: &mut Transcript,
    public: &[Fr],
    private: &[Fr],
    seed: &[u8; 32],
) -> Result<Proof, ProofError> {
    absorb_setup(setup, fs, public);
    let mut nonces = fs.nonces(private, seed);
    let table = RowTable::commit(setup, private, &mut nonces);
    fs.append_points(b"rows", &table.commitments);

    let (dimensions, generators) = (setup.dimensions, &setup.generators);
    let constraint_point = fs.challenges(b"constraint point", dimensions.constraint_bits)?;
    let [a, b, c] = matrix::multiply(setup, private, public);
    let mut constraints = Constraints { eq: eq_table(&constraint_point, Fr::ONE), a, b, c };
    let mut rounds = Rounds::new(setup);
    let constraint_challenges =
        constraints.run(|round| rounds.send(fs, b"constraint round", round, &mut nonces))?;

    let (v_a, v_b, v_c) = (constraints.a[0], constraints.b[0], constraints.c[0]);
    let values =
        [v_a, v_b, v_c, v_a * v_b].map(|value| Committed::new(generators, value, Fr::rand(&mut nonces)));
    let value_commitments = values.each_ref().map(|value| value.commitment);
    fs.append_points(b"values", &value_commitments);
    let product = ProductProof::prove(fs, generators, (&values[0], &values[1], &values[3]), &mut nonces)?;

    let matrix_weights =
        [fs.challenge(b"weight of A")?, fs.challenge(b"weight of B")?, fs.challenge(b"weight of C")?];
    let mut assignment = Product {
        matrix: matrix::fold_rows(setup, &eq_table(&constraint_challenges, Fr::ONE), &matrix_weights),
        assignment: matrix::assignment(setup, private, public),
    };
    let assignment_challenges =
        assignment.run(|round| rounds.send(fs, b"assignment round", round, &mut nonces))?;

    let challenges = closing_challenges(fs)?;
    let point =
        SumcheckPoint { constraint_point, constraint_challenges, matrix_weights, assignment_challenges };
    let public_value = matrix::public_value(&point.assignment_challenges[1..], public);
    let closing = Closing::new(dimensions, &point, &challenges, assignment.matrix[0], public_value)?;
    let opening = combine(&closing, &table, &rounds, &values);
    let (constraint_rounds, assignment_rounds) = rounds.commitments.split_at(dimensions.constraint_bits);
    Ok(Proof {
        constraint_rounds: constraint_rounds.to_vec(),
        assignment_rounds: assignment_rounds.to_vec(),
        values: value_commitments,
        product,
        opening: OpeningProof::prove(fs, generators, opening, closing.public, &mut nonces)?,
        rows: table.commitments,
    })
}

/// `η, ζ, u`.
pub(super) fn closing_challenges(fs: &mut Transcript) -> Result<ClosingChallenges, ProofError> {
    Ok(ClosingChallenges {
        slot_base: fs.challenge(b"slot base")?,
        second_weight: fs.challenge(b"weight of the second sumcheck")?,
        value_weight: fs.challenge(b"weight of the value")?,
    })
}

/// The private assignment as a table, with a commitment to each row.
struct RowTable {
    rows: Vec<Zeroizing<Vec<Fr>>>,
    blindings: Zeroizing<Vec<Fr>>,
    commitments: Vec<G1Affine>,
}

impl RowTable {
    fn commit(setup: &Setup, private: &[Fr], nonces: &mut impl RngCore) -> Self {
        let (count, columns) = (setup.dimensions.rows(), setup.dimensions.columns());
        let mut rows: Vec<_> = private.chunks(columns).map(|row| Zeroizing::new(row.to_vec())).collect();
        rows.resize(count, Zeroizing::new(Vec::new()));
        let blindings: Zeroizing<Vec<Fr>> = Zeroizing::new((0..count).map(|_| Fr::rand(nonces)).collect());
        let commitments = parallel::map(count, |index| {
            setup.generators.commit_columns(&rows[index], &blindings[index]).into_affine()
        });
        Self { rows, blindings, commitments }
    }
}

/// The round commitments of both sumchecks, as they are sent.
struct Rounds<'a> {
    setup: &'a Setup,
    /// Every round's coefficients, in order: slot by slot.
    slots: Vec<(usize, Fr)>,
    blindings: Vec<Fr>,
    commitments: Vec<G1Affine>,
}

impl<'a> Rounds<'a> {
    /// Room for all rounds at once, so that no copy of a secret stays behind when a list grows.
    fn new(setup: &'a Setup) -> Self {
        Self {
            setup,
            slots: Vec::with_capacity(setup.dimensions.slots()),
            blindings: Vec::with_capacity(setup.dimensions.rounds()),
            commitments: Vec::with_capacity(setup.dimensions.rounds()),
        }
    }

    /// Commits to a round on the next free slots; returns the round's challenge.
    fn send(
        &mut self,
        fs: &mut Transcript,
        label: &'static [u8],
        coefficients: &[Fr],
        nonces: &mut impl RngCore,
    ) -> Result<Fr, ProofError> {
        let blinding = Fr::rand(nonces);
        let generators = &self.setup.generators;
        let commitment = generators.commit_slots(self.slots.len(), coefficients, &blinding).into_affine();
        let round = self.commitments.len();
        self.slots.extend(coefficients.iter().map(|coefficient| (round, *coefficient)));
        self.blindings.push(blinding);
        self.commitments.push(commitment);
        fs.append_point(label, &commitment);
        fs.challenge(label)
    }
}

impl Drop for Rounds<'_> {
    fn drop(&mut self) {
        self.slots.iter_mut().for_each(|(_, coefficient)| coefficient.zeroize());
        self.blindings.zeroize();
    }
}

/// The opening of `sum_i L_i C_i + sum_j η^j S_j + u V`.
fn combine(closing: &Closing, table: &RowTable, rounds: &Rounds<'_>, values: &[Committed; 4]) -> Opening {
    let mut columns = vec![Fr::ZERO; closing.public.columns.len()];
    for (row, weight) in table.rows.iter().zip(&closing.rows) {
        columns.iter_mut().zip(row.iter()).for_each(|(sum, entry)| *sum += *weight * entry);
    }
    let value_blinding: Fr =
        values.iter().zip(&closing.values).map(|(value, weight)| value.blinding * weight).sum();
    Opening {
        columns,
        slots: rounds.slots.iter().map(|(round, coefficient)| closing.rounds[*round] * coefficient).collect(),
        blinding: inner_product(&table.blindings, &closing.rows)
            + inner_product(&rounds.blindings, &closing.rounds)
            + closing.public.value_weight * value_blinding,
    }
}
