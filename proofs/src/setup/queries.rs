//! The elements of a key, but those that the contributions end with.
//!
//! ```text
//! A_j = a_j(tau) G1        B_j = b_j(tau) G1, and in G2        of all variables: the constant one, public inputs, private ones
//! K_j = (beta a_j + alpha b_j + c_j)(tau) G1
//! IC_j = K_j of the constant one and public inputs             L_j = K_j/delta of private variables
//! H_i = tau^i Z(tau)/delta G1,  Z(tau) = tau^N - 1,  i = 0..N-2
//! ```

use std::io::{Read, Write};

use ark_bls12_381::{Bls12_381, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, Field, PrimeField};
use coram_circuits::hash::TaggedHash;
use zeroize::Zeroizing;

use super::{
    Family, SetupError,
    combine::combine_all,
    lagrange,
    lists::Lists,
    parts::Conversion,
    point::{self, Point},
    progress::{Meter, Observer, Task},
    relation::Relation,
};
use crate::{groth16::VerifyingKey, group::g2};

/// The elements of a key, unchecked.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Queries {
    pub(super) a: Vec<G1Affine>,
    pub(super) b1: Vec<G1Affine>,
    pub(super) b2: Vec<G2Affine>,
    pub(super) l: Vec<G1Affine>,
    pub(super) h: Vec<G1Affine>,
    pub(super) inputs: Vec<G1Affine>,
    /// `delta·G2`.
    pub(super) delta: G2Affine,
}

impl Queries {
    /// Those of `delta = 1`. `powers` are of the size of the circuit's domain.
    pub(super) fn start(
        powers: &Lists,
        relation: &Relation<'_>,
        conversion: &Conversion<'_>,
        observer: Observer<'_>,
    ) -> Self {
        let meter = Meter::new(observer, Task::Convert, 4 * lagrange::steps(powers.log()));
        let size = powers.size();
        let basis = conversion.basis(Family::TauG1, &powers.tau_g1[..size], &meter);
        let with_alpha = conversion.basis(Family::AlphaG1, &powers.alpha_g1, &meter);
        let with_beta = conversion.basis(Family::BetaG1, &powers.beta_g1, &meter);
        let basis_g2 = conversion.basis(Family::TauG2, &powers.tau_g2, &meter);

        let [a, b, c] = [
            relation.columns_of_a(),
            relation.columns(&relation.matrices.b),
            relation.columns(&relation.matrices.c),
        ];
        let variables = relation.variables();
        let meter = Meter::new(observer, Task::Assemble, 4 * variables);
        let mut all = combine_all(
            variables,
            |j, terms| {
                pick(&with_beta, &a[j], terms);
                pick(&with_alpha, &b[j], terms);
                pick(&basis, &c[j], terms);
            },
            &meter,
        );
        let l = all.split_off(relation.public());
        Self {
            a: combine_all(variables, |j, terms| pick(&basis, &a[j], terms), &meter),
            b1: combine_all(variables, |j, terms| pick(&basis, &b[j], terms), &meter),
            b2: combine_all(variables, |j, terms| pick(&basis_g2, &b[j], terms), &meter),
            l,
            h: multiples_of_vanishing(&powers.tau_g1, size),
            inputs: all,
            delta: g2::generator(),
        }
    }

    /// The key in arkworks' form. `beta` and `delta` are those in G1.
    pub(super) fn assemble(
        self,
        key: &VerifyingKey,
        beta: G1Affine,
        delta: G1Affine,
    ) -> ark_groth16::ProvingKey<Bls12_381> {
        let vk = ark_groth16::VerifyingKey {
            alpha_g1: key.alpha,
            beta_g2: key.beta,
            gamma_g2: g2::generator(),
            delta_g2: self.delta,
            gamma_abc_g1: self.inputs,
        };
        ark_groth16::ProvingKey {
            vk,
            beta_g1: beta,
            delta_g1: delta,
            a_query: self.a,
            b_g1_query: self.b1,
            b_g2_query: self.b2,
            h_query: self.h,
            l_query: self.l,
        }
    }

    /// Multiplies `x` onto `delta`, natively in constant time.
    pub(super) fn multiply(&mut self, x: &Fr, observer: Observer<'_>) {
        let meter = Meter::new(observer, Task::Contribute, self.l.len() + self.h.len());
        let inverse = Zeroizing::new(inverse(x));
        let same = |range: std::ops::Range<usize>| Zeroizing::new(vec![*inverse; range.len()]);
        point::multiply_each(&mut self.l, same, &meter);
        point::multiply_each(&mut self.h, same, &meter);
        self.delta = self.delta.multiply(x).into_affine();
    }
}

/// `x^(r-2)`, by steps that do not depend on `x`. A secret of a contribution is not zero: `own` would be the identity.
fn inverse(x: &Fr) -> Fr {
    let mut exponent = Fr::MODULUS;
    exponent.sub_with_borrow(&2u64.into());
    x.pow(exponent)
}

/// `tau^i (tau^N - 1) G1`, `i = 0..N-2`.
fn multiples_of_vanishing(tau: &[G1Affine], size: usize) -> Vec<G1Affine> {
    let differences: Vec<_> =
        tau[size..].iter().zip(tau).map(|(high, low)| high.into_group() - low).collect();
    crate::group::normalize(&differences)
}

/// Appends the entries of a column with the points in their places.
fn pick<P: Point>(points: &[P], column: &[(usize, Fr)], terms: &mut Vec<(P, Fr)>) {
    terms.extend(column.iter().map(|(place, value)| (points[*place], *value)));
}

/// How many points the lists of a key have.
#[derive(Clone, Copy)]
pub(super) struct Counts {
    /// Columns of the constant one and public inputs.
    pub(super) public: usize,
    /// Private variables.
    pub(super) private: usize,
    /// Binary logarithm of the size of the domain.
    pub(super) log: u8,
}

impl Counts {
    fn variables(self) -> usize {
        self.public + self.private
    }

    fn multiples(self) -> usize {
        (1 << self.log) - 1
    }

    /// Points in a file.
    pub(super) fn points(self) -> usize {
        3 * self.variables() + self.private + self.multiples()
    }

    /// Bytes in a file.
    pub(super) fn encoded_len(self) -> usize {
        let in_g1 = 2 * self.variables() + self.private + self.multiples();
        in_g1 * G1Affine::LEN + self.variables() * G2Affine::LEN
    }
}

impl Queries {
    /// Reads what [`Queries::write`] writes; the other elements stand in a verifying key.
    pub(super) fn read(
        reader: &mut impl Read,
        counts: Counts,
        key: &VerifyingKey,
        meter: &Meter<'_>,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            a: point::read(reader, counts.variables(), "query A", meter)?,
            b1: point::read(reader, counts.variables(), "query B in G1", meter)?,
            b2: point::read(reader, counts.variables(), "query B in G2", meter)?,
            l: point::read(reader, counts.private, "query L", meter)?,
            h: point::read(reader, counts.multiples(), "query H", meter)?,
            inputs: key.inputs.clone(),
            delta: key.delta,
        })
    }

    pub(super) fn write(&self, writer: &mut impl Write, meter: &Meter<'_>) -> Result<(), SetupError> {
        point::write(writer, &self.a, meter)?;
        point::write(writer, &self.b1, meter)?;
        point::write(writer, &self.b2, meter)?;
        point::write(writer, &self.l, meter)?;
        point::write(writer, &self.h, meter)
    }

    pub(super) fn absorb_into(&self, hash: TaggedHash) -> TaggedHash {
        let lists = [&self.a, &self.b1, &self.l, &self.h, &self.inputs];
        let hash = lists.into_iter().fold(hash, |hash, list| point::absorb(hash, list));
        point::absorb(point::absorb(hash, &self.b2), &[self.delta])
    }
}
