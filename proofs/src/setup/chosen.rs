//! Setups made in no time, since all secrets are known: for tests of whatever needs one.
//!
//! # Security
//!
//! None: whoever knows the seeds can prove anything.

use ark_bls12_381::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup, scalar_mul::BatchMulPreprocessing};
use ark_ff::{Field, One, Zero};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use coram_circuits::share_encryption::ShapeCircuit;

use super::{
    Draft, Powers, Reference, SetupError, Shape,
    chain::{Chain, Scope},
    contribute::Source,
    lists::Lists,
    queries::Queries,
    relation::Relation,
};
use crate::parallel;

/// Scalars that a thread multiplies at once.
const PIECE: usize = 512;

/// A contributor to both phases.
#[derive(Clone, Copy)]
pub struct Contributor<'a> {
    /// The seed of its secrets.
    pub seed: [u8; 64],
    /// Who it is; if nobody is named, it contributes anonymously.
    pub signer: Option<Signer<'a>>,
}

/// A contributor's identity.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// Its public key.
    pub identity: [u8; 33],
    /// What signs ids with it: `R || S`.
    pub sign: &'a dyn Fn(&[u8; 32]) -> [u8; 64],
}

/// The reference string for a shape that these contributors would make, one after another, from powers of the size that it
/// needs.
///
/// # Errors
///
/// Those of [`Powers::contribute`], [`Draft::contribute`] and [`Draft::finish`].
pub fn reference(shape: Shape, contributors: &[Contributor<'_>]) -> Result<Reference, SetupError> {
    reference_by(shape, contributors, contributors)
}

/// As [`reference()`], with others who contribute to the powers than to the key.
///
/// # Errors
///
/// As [`reference()`].
pub fn reference_by(
    shape: Shape,
    powers: &[Contributor<'_>],
    key: &[Contributor<'_>],
) -> Result<Reference, SetupError> {
    let circuit = circuit(shape)?;
    draft_for(&Relation::new(&circuit)?, powers, key)?.finish(circuit)
}

/// As [`reference()`], as it is written to files.
///
/// # Errors
///
/// As [`reference()`].
pub fn draft(shape: Shape, contributors: &[Contributor<'_>]) -> Result<Draft, SetupError> {
    draft_for(&Relation::new(&circuit(shape)?)?, contributors, contributors)
}

/// The powers that these contributors would make.
///
/// # Errors
///
/// Those of [`Powers::contribute`].
pub fn powers(log: u8, contributors: &[Contributor<'_>]) -> Result<Powers, SetupError> {
    let (powers, _) = powers_and_secrets(log, contributors)?;
    Ok(powers)
}

fn circuit(shape: Shape) -> Result<ShapeCircuit, SetupError> {
    let (recipients, validators) = (shape.recipients(), shape.validators());
    let circuit = ShapeCircuit::new(usize::from(recipients), validators as usize);
    circuit.map_err(|_| SetupError::Shape { recipients, validators })
}

pub(super) fn draft_for(
    relation: &Relation<'_>,
    powers: &[Contributor<'_>],
    key: &[Contributor<'_>],
) -> Result<Draft, SetupError> {
    let (powers, [tau, alpha, beta]) = powers_and_secrets(relation.domain_log(), powers)?;
    let values = Values::new(relation, [tau, alpha, beta]);
    let inputs = in_g1(&values.inputs);
    let (key, secrets) = chain(Scope::key(relation, powers.chain(), &inputs), key)?;
    let queries = values.queries(inputs, secrets.into_iter().product());
    let (shape, circuit, powers_log) = (relation.shape, relation.digest, powers.log());
    let Powers { chain: powers, lists } = powers;
    Ok(Draft { shape, circuit, powers, powers_log, key, lists, queries })
}

/// The contributions, and the product of the secrets of each step.
fn chain(scope: Scope, contributors: &[Contributor<'_>]) -> Result<(Chain, Vec<Fr>), SetupError> {
    let mut chain = Chain::new(scope);
    let mut products = vec![Fr::one(); chain.phase().steps().len()];
    for contributor in contributors {
        let source = match contributor.signer {
            Some(signer) => Source::identity(&contributor.seed, signer.identity),
            None => Source::anonymous(&contributor.seed),
        };
        let secrets = chain.contribute(&source)?;
        products.iter_mut().zip(&secrets).for_each(|(product, secret)| *product *= **secret);
        if let Some(signer) = contributor.signer {
            chain.sign_last((signer.sign)(&chain.last_id()));
        }
    }
    Ok((chain, products))
}

fn powers_and_secrets(log: u8, contributors: &[Contributor<'_>]) -> Result<(Powers, [Fr; 3]), SetupError> {
    super::verified::check_size(log)?;
    let (chain, secrets) = chain(Scope::Powers { log }, contributors)?;
    let &[tau, alpha, beta] = secrets.as_slice() else { unreachable!("a secret for each step of a phase") };
    let size = 1_usize << log;
    let times = |factor: Fr, count: usize| -> Vec<Fr> {
        std::iter::successors(Some(factor), |power| Some(*power * tau)).take(count).collect()
    };
    let powers = times(Fr::one(), 2 * size - 1);
    let lists = Lists {
        tau_g2: in_g2(&powers[..size]),
        tau_g1: in_g1(&powers),
        alpha_g1: in_g1(&times(alpha, size)),
        beta_g1: in_g1(&times(beta, size)),
        beta_g2: (G2Projective::generator() * beta).into_affine(),
    };
    Ok((Powers { chain, lists }, [tau, alpha, beta]))
}

/// The elements of a key with `delta = 1`, as multiples of the generators.
struct Values {
    a: Vec<Fr>,
    b: Vec<Fr>,
    inputs: Vec<Fr>,
    private: Vec<Fr>,
    multiples: Vec<Fr>,
}

impl Values {
    fn new(relation: &Relation<'_>, [tau, alpha, beta]: [Fr; 3]) -> Self {
        let size = 1_usize << relation.domain_log();
        let Some(domain) = Radix2EvaluationDomain::<Fr>::new(size) else {
            unreachable!("domains are smaller than the field has roots of unity")
        };
        let basis = domain.evaluate_all_lagrange_coefficients(tau);
        let at_tau = |column: &Vec<(usize, Fr)>| column.iter().map(|(row, value)| basis[*row] * value).sum();
        let values = |columns: Vec<Vec<(usize, Fr)>>| columns.iter().map(at_tau).collect::<Vec<Fr>>();
        let a = values(relation.columns_of_a());
        let [b, c] = [&relation.matrices.b, &relation.matrices.c].map(|m| values(relation.columns(m)));
        let all = a.iter().zip(&b).zip(&c).map(|((a, b), c)| beta * a + alpha * b + c);
        let mut inputs: Vec<Fr> = all.collect();
        let private = inputs.split_off(relation.public());
        let vanishing = domain.evaluate_vanishing_polynomial(tau);
        let multiples = std::iter::successors(Some(vanishing), |power| Some(*power * tau));
        Self { a, b, inputs, private, multiples: multiples.take(size - 1).collect() }
    }

    /// The key; `inputs` are made already.
    fn queries(self, inputs: Vec<G1Affine>, delta: Fr) -> Queries {
        let inverse = delta.inverse().unwrap_or_else(Fr::zero);
        let divided = |values: &[Fr]| in_g1(&values.iter().map(|value| *value * inverse).collect::<Vec<_>>());
        Queries {
            a: in_g1(&self.a),
            b1: in_g1(&self.b),
            b2: in_g2(&self.b),
            l: divided(&self.private),
            h: divided(&self.multiples),
            inputs,
            delta: (G2Projective::generator() * delta).into_affine(),
        }
    }
}

fn in_g1(scalars: &[Fr]) -> Vec<G1Affine> {
    fixed_base(G1Projective::generator(), scalars)
}

fn in_g2(scalars: &[Fr]) -> Vec<G2Affine> {
    fixed_base(G2Projective::generator(), scalars)
}

fn fixed_base<G: CurveGroup<ScalarField = Fr>>(base: G, scalars: &[Fr]) -> Vec<G::Affine> {
    let table = BatchMulPreprocessing::new(base, scalars.len());
    let pieces: Vec<&[Fr]> = scalars.chunks(PIECE).collect();
    parallel::map(pieces.len(), |piece| table.batch_mul(pieces[piece])).concat()
}
