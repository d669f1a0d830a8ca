//! The relation without constraints.

use std::fmt;

use ark_bls12_381::Fr;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::One;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Clause, EphemeralScalar, Statement};
use crate::jubjub::{Point, base, blinder_base};
use crate::poseidon::{Field, Purpose, sponge};

/// `p[i][1..=outputs] = Poseidon_pad(ctx + i, u)`: the pads of recipient `i`, from 1, whose shared secret has the Montgomery
/// abscissa `u`. In constant time if arithmetic in `F` is.
#[must_use]
pub fn pads<F: Field>(ctx: F, recipient: u16, u: F, outputs: usize) -> Vec<F> {
    sponge(Purpose::Pad, ctx + F::from_fr(Fr::from(recipient)), u, outputs)
}

/// `p0 = Poseidon_blinder(b, u)` for the Montgomery abscissa `u` of `s*H`.
#[must_use]
pub fn blinder(blind: Fr, u: Fr) -> Fr {
    sponge(Purpose::Blinder, blind, u, 1)[0]
}

/// `y = p0 + sum e^l p[i][j]` over `l = (j-1) n + i`; `pads[i-1][j-1]` is `p[i][j]`.
#[must_use]
pub fn masked_sum(challenge: Fr, blinder: Fr, pads: &[Vec<Fr>]) -> Fr {
    let outputs = pads.first().map_or(0, Vec::len);
    let mut sum = blinder;
    let mut power = Fr::one();
    for j in 0..outputs {
        for recipient in pads {
            power *= challenge;
            sum += power * recipient[j];
        }
    }
    sum
}

/// `u(s*point)`, in variable time: for the dealer's own one-time scalar.
#[must_use]
pub fn shared_secret_u(scalar: &EphemeralScalar, point: &Point) -> Fr {
    multiply(scalar, point).map_or(Fr::from(0u64), |product| product.montgomery().0)
}

/// `s*point`; an `s` that is well formed never gives the identity.
fn multiply(scalar: &EphemeralScalar, point: &Point) -> Option<Point> {
    Point::new((point.edwards().into_group() * scalar.to_arkworks()).into_affine()).ok()
}

/// The witness with everything that follows from it: what a prover claims, clause by clause.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Witness {
    /// `s`.
    pub scalar: EphemeralScalar,
    /// `u(K[i])`, recipient 1 first.
    pub shared_secrets: Vec<Fr>,
    /// `p0`.
    pub blinder: Fr,
    /// `p[i][j]`, by recipient, then by output.
    pub pads: Vec<Vec<Fr>>,
}

impl Witness {
    /// What follows from `scalar` for these recipients, the context `ctx` and the blinder's context `blind`.
    #[must_use]
    pub fn new(keys: &[Point], outputs: usize, ctx: Fr, blind: Fr, scalar: &EphemeralScalar) -> Self {
        let shared_secrets: Vec<Fr> = keys.iter().map(|key| shared_secret_u(scalar, key)).collect();
        let recipients = (1..).zip(&shared_secrets);
        let pads = recipients.map(|(recipient, u)| pads(ctx, recipient, *u, outputs)).collect();
        let blinder = blinder(blind, shared_secret_u(scalar, &blinder_base()));
        Self { scalar: scalar.clone(), shared_secrets, blinder, pads }
    }

    /// Checks every clause.
    ///
    /// # Errors
    ///
    /// The first clause that does not hold.
    pub fn check(&self, keys: &[Point], outputs: usize, statement: &Statement) -> Result<(), Clause> {
        let Statement { ephemeral, ctx, blind, challenge, masked_sum: sum } = statement;
        let s = &self.scalar;

        // E1. s = sum d[w] 16^w, signed odd digits, the top one at least nine.
        require(s.is_well_formed(), Clause::Scalar)?;

        // E2. R = s*B.
        require(multiply(s, &base()) == Some(*ephemeral), Clause::Ephemeral)?;

        // E3. K[i] = s*ek[i].
        let secrets = keys.iter().map(|key| shared_secret_u(s, key));
        require(secrets.eq(self.shared_secrets.iter().copied()), Clause::SharedSecrets)?;

        // E4. p0 = Poseidon_blinder(b, u(s*H)).
        let p0 = blinder(*blind, shared_secret_u(s, &blinder_base()));
        require(self.blinder == p0, Clause::Blinder)?;

        // E5. p[i][j] = Poseidon_pad(ctx + i, u(K[i]))_j.
        let recipients = (1..).zip(&self.shared_secrets);
        let expected = recipients.map(|(recipient, u)| pads(*ctx, recipient, *u, outputs));
        require(expected.eq(self.pads.iter().cloned()), Clause::Pads)?;

        // E6. y = p0 + sum e^l p[l].
        require(*sum == masked_sum(*challenge, self.blinder, &self.pads), Clause::MaskedSum)
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Witness(..)")
    }
}

/// Checks the relation for `scalar`.
///
/// # Errors
///
/// The first clause that does not hold.
pub fn check(
    keys: &[Point],
    outputs: usize,
    statement: &Statement,
    scalar: &EphemeralScalar,
) -> Result<(), Clause> {
    Witness::new(keys, outputs, statement.ctx, statement.blind, scalar).check(keys, outputs, statement)
}

fn require(holds: bool, clause: Clause) -> Result<(), Clause> {
    if holds { Ok(()) } else { Err(clause) }
}
