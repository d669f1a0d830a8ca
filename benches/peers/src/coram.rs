//! Coram, and the baselines that come with it.

use std::sync::Arc;

use ark_bls12_381::Fr;
use ark_ff::{Field, One, Zero};
use coram_proofs::{
    Backend,
    baselines::SecretSharing,
    groth16::Keys,
    setup::{self, chosen},
};

use crate::scheme::{Failure, Shape, Sharing};

/// Bytes of a dealing that are changed, one at a time, to see it refused.
const CHANGES: usize = 16;

/// A scheme of the crate `coram-proofs`.
pub struct Own<S> {
    shape: Shape,
    scheme: S,
}

impl<S: SecretSharing> Own<S> {
    /// A scheme that was built for these numbers.
    pub fn new(shape: Shape, scheme: S) -> Self {
        Self { shape, scheme }
    }

    /// The secret that recipients `indices` recover from the dealing of dealer 1: for the first key.
    fn recover(&self, dealing: &[u8], indices: std::ops::RangeInclusive<u16>) -> Result<Fr, Failure> {
        let mut secret = Fr::zero();
        for i in indices.clone() {
            let shares = self.scheme.decrypt(i, 1, dealing)?;
            let share = shares.first().ok_or("no share")?;
            // prod over k != i of k / (k - i)
            let others = indices.clone().filter(|k| *k != i).map(Fr::from);
            let ratio =
                others.fold((Fr::one(), Fr::one()), |(over, under), k| (over * k, under * (k - Fr::from(i))));
            secret += *share * ratio.0 * ratio.1.inverse().ok_or("two recipients of one index")?;
        }
        Ok(secret)
    }
}

impl<S: SecretSharing> Sharing for Own<S> {
    fn deal(&self, dealer: u16, seed: &[u8; 32]) -> Result<Vec<u8>, Failure> {
        Ok(self.scheme.deal(dealer, seed)?)
    }

    fn verify(&self, dealing: &[u8]) -> Result<(), Failure> {
        Ok(self.scheme.verify(1, dealing)?)
    }

    fn verify_all(&self, dealings: &[(u16, Vec<u8>)]) -> Result<(), Failure> {
        Ok(self.scheme.verify_all(dealings)?)
    }

    /// Changes bytes from the first to the last; and any `t` recipients recover the same secret.
    fn check(&self, dealings: &[(u16, Vec<u8>)], alone: &[u8]) -> Result<(), Failure> {
        for change in 0..CHANGES {
            let position = change * (alone.len() - 1) / (CHANGES - 1);
            let mut changed = alone.to_vec();
            changed.iter_mut().skip(position).take(1).for_each(|byte| *byte ^= 1);
            if self.scheme.verify(1, &changed).is_ok() {
                return Err(format!("a dealing with another byte at {position} was accepted").into());
            }
        }
        let mut changed = dealings.to_vec();
        changed.iter_mut().take(1).filter_map(|(_, dealing)| dealing.last_mut()).for_each(|byte| *byte ^= 1);
        if self.scheme.verify_all(&changed).is_ok() {
            return Err("a batch with a changed dealing was accepted".into());
        }
        let Shape { n, t, .. } = self.shape;
        if self.recover(alone, 1..=t)? != self.recover(alone, n - t + 1..=n)? {
            return Err("the first and the last recipients recover two secrets".into());
        }
        Ok(())
    }
}

/// Groth16 with a reference string for these numbers, whose secrets are known.
///
/// # Errors
///
/// If there is no such shape.
pub fn groth16(shape: Shape) -> Result<Backend, Failure> {
    let contributor = chosen::Contributor { seed: [1; 64], signer: None };
    let shape = setup::Shape::new(shape.n, shape.m)?;
    let key = chosen::reference(shape, &[contributor])?.into_key();
    Ok(Backend::Groth16(Keys::new(vec![Arc::new(key)])?))
}
