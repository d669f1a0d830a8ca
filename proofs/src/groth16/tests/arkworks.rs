//! Our constraint systems as arkworks has them.

use ark_bls12_381::{Bls12_381, Fr};
use ark_groth16::{Groth16, ProvingKey};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, Matrix, SynthesisError, Variable,
};
use ark_std::rand::RngCore;
use coram_circuits::r1cs::{Column, Matrices, SparseMatrix};

/// A constraint system with values for its variables; `public` is without the constant one.
#[derive(Clone)]
pub(crate) struct System<'a> {
    pub(crate) matrices: &'a Matrices,
    pub(crate) public: Vec<Fr>,
    pub(crate) private: Vec<Fr>,
}

impl System<'_> {
    /// The key that arkworks generates; `gamma` is one.
    pub(crate) fn key(&self, [alpha, beta, delta]: [Fr; 3], tau: &mut impl RngCore) -> ProvingKey<Bls12_381> {
        use ark_ec::PrimeGroup;
        let (g1, g2) = (ark_bls12_381::G1Projective::generator(), ark_bls12_381::G2Projective::generator());
        let one = Fr::from(1u64);
        Groth16::<Bls12_381>::generate_parameters_with_qap(self.clone(), alpha, beta, one, delta, g1, g2, tau)
            .unwrap()
    }

    /// The matrices with the constant one in column 0, then the public inputs, then the private variables.
    pub(crate) fn arkworks_matrices(&self) -> Vec<Matrix<Fr>> {
        let index = |column: &Column| {
            column.public().unwrap_or_else(|| 1 + self.matrices.public + column.private().unwrap())
        };
        let rows = |matrix: &SparseMatrix| -> Matrix<Fr> {
            let row = |(columns, values): (&[Column], &[Fr])| {
                values.iter().copied().zip(columns.iter().map(index)).collect()
            };
            matrix.rows().map(row).collect()
        };
        [&self.matrices.a, &self.matrices.b, &self.matrices.c].map(rows).to_vec()
    }

    /// The constant one and the public inputs.
    pub(crate) fn inputs(&self) -> Vec<Fr> {
        std::iter::once(Fr::from(1u64)).chain(self.public.iter().copied()).collect()
    }

    /// All variables.
    pub(crate) fn all(&self) -> Vec<Fr> {
        [self.inputs(), self.private.clone()].concat()
    }
}

impl ConstraintSynthesizer<Fr> for System<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let variables = |values: &[Fr], new: &dyn Fn(Fr) -> Variable| -> Vec<Variable> {
            values.iter().map(|value| new(*value)).collect()
        };
        let mut public = vec![Variable::One];
        public.extend(variables(&self.public, &|value| cs.new_input_variable(|| Ok(value)).unwrap()));
        let private = variables(&self.private, &|value| cs.new_witness_variable(|| Ok(value)).unwrap());
        let combination = |(columns, values): (&[Column], &[Fr])| {
            let variable = |column: &Column| {
                column.public().map_or_else(|| private[column.private().unwrap()], |index| public[index])
            };
            let terms = columns.iter().zip(values).map(|(column, value)| (*value, variable(column)));
            terms.fold(LinearCombination::zero(), |sum, term| sum + term)
        };
        let Matrices { a, b, c, .. } = self.matrices;
        for ((a, b), c) in a.rows().zip(b.rows()).zip(c.rows()) {
            cs.enforce_r1cs_constraint(|| combination(a), || combination(b), || combination(c))?;
        }
        Ok(())
    }
}
