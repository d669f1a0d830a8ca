//! The two implementations of the field.

use std::ops::{Add, Mul};
use std::sync::OnceLock;

use ark_bls12_381::Fr;
use zeroize::Zeroize;

use super::grain;
use super::permutation::{Parameters, Width};
use crate::jubjub::to_jubjub_base;

/// The scalar field of BLS12-381: [`Fr`], which is fast, or [`bls12_381::Scalar`], whose arithmetic takes constant time.
pub trait Field: Copy + Add<Output = Self> + Mul<Output = Self> + Zeroize + 'static {
    /// The same residue in this implementation.
    fn from_fr(value: Fr) -> Self;

    /// The Poseidon parameters in this implementation, made once.
    fn parameters(width: Width) -> &'static Parameters<Self>;
}

impl Field for Fr {
    fn from_fr(value: Fr) -> Self {
        value
    }

    fn parameters(width: Width) -> &'static Parameters<Self> {
        static CACHE: [OnceLock<Parameters<Fr>>; 2] = [const { OnceLock::new() }; 2];
        CACHE[width.slot()].get_or_init(|| grain::generate(width))
    }
}

impl Field for bls12_381::Scalar {
    fn from_fr(value: Fr) -> Self {
        to_jubjub_base(value)
    }

    fn parameters(width: Width) -> &'static Parameters<Self> {
        static CACHE: [OnceLock<Parameters<bls12_381::Scalar>>; 2] = [const { OnceLock::new() }; 2];
        CACHE[width.slot()].get_or_init(|| Fr::parameters(width).map(to_jubjub_base))
    }
}
