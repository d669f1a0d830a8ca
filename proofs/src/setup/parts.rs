//! Finished parts of a conversion, so that one that was interrupted need not begin anew.
//!
//! A part is the Lagrange basis of one list of powers. One that comes back is checked, with random weights `rho_i` from a hash
//! of its points:
//!
//! ```text
//! sum rho_i L_i(tau) P = sum_k c_k tau^k P,      c = the coefficients of the polynomial with the values rho_i
//! ```

use ark_bls12_381::Fr;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use coram_circuits::hash::TaggedHash;

use super::{
    Family,
    lagrange::{self, lagrange},
    point::{self, Point},
    progress::{Meter, Observer, Task},
};
use crate::batch::Weights;

/// Where finished parts of a conversion are kept. What comes back is checked, and made anew if it is not what it has to be.
pub trait Parts {
    /// The bytes that were kept under a digest.
    fn load(&self, digest: &[u8; 32]) -> Option<Vec<u8>>;

    /// Keeps bytes under a digest. Where that fails, the part will be made anew.
    fn keep(&self, digest: &[u8; 32], bytes: &[u8]);
}

/// Nothing is kept.
impl Parts for () {
    fn load(&self, _: &[u8; 32]) -> Option<Vec<u8>> {
        None
    }

    fn keep(&self, _: &[u8; 32], _: &[u8]) {}
}

/// The conversion of verified powers.
pub(super) struct Conversion<'a> {
    /// The id of the last contribution to the powers, which names all of them.
    pub(super) powers: [u8; 32],
    pub(super) parts: &'a dyn Parts,
}

impl Conversion<'_> {
    /// The Lagrange basis of a list: one that was kept, or one that is made now, and kept.
    pub(super) fn basis<P: Point>(&self, family: Family, powers: &[P], meter: &Meter<'_>) -> Vec<P> {
        let log = powers.len().ilog2() as u8;
        let hash = TaggedHash::new("setup part").bytes(&self.powers).number(u64::from(log));
        let digest = hash.bytes(family.to_string().as_bytes()).digest();
        if let Some(basis) = self.parts.load(&digest).and_then(|bytes| checked(&bytes, powers)) {
            meter.advance(lagrange::steps(log));
            return basis;
        }
        let basis = lagrange(powers, meter);
        self.parts.keep(&digest, &encode(&basis));
        basis
    }
}

fn encode<P: Point>(points: &[P]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(points.len() * P::LEN);
    points.iter().for_each(|point| point.encode_into(&mut bytes));
    bytes
}

/// The points of a part, if they are the Lagrange basis of the powers.
fn checked<P: Point>(mut bytes: &[u8], powers: &[P]) -> Option<Vec<P>> {
    let observer: Observer<'_> = &|_| {};
    let meter = Meter::new(observer, Task::Read, powers.len());
    let basis: Vec<P> = point::read(&mut bytes, powers.len(), "a part", &meter).ok()?;
    let seed = point::absorb(TaggedHash::new("setup weights").bytes(b"part"), &basis).digest();
    let mut draw = Weights::new(seed);
    let weights: Vec<Fr> = basis.iter().map(|_| draw.draw()).collect();
    let coefficients = Radix2EvaluationDomain::<Fr>::new(powers.len())?.ifft(&weights);
    let same = bytes.is_empty() && P::msm(&basis, &weights) == P::msm(powers, &coefficients);
    same.then_some(basis)
}
