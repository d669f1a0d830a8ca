//! Parameters by the method of the Poseidon paper (appendix E and F): a self-shrinking Grain LFSR, seeded with
//! the description of the instance, gives the round constants and then the points of a Cauchy matrix.

use ark_bls12_381::Fr;
use ark_ff::{BigInt, Field, PrimeField, Zero};

use super::permutation::{FULL_ROUNDS, Parameters, Width};

/// Bits of a field element.
const FIELD_BITS: usize = 255;

/// The LFSR of 80 bits: `b_{k+80} = b_{k+62} + b_{k+51} + b_{k+38} + b_{k+23} + b_{k+13} + b_k`.
struct Grain {
    state: [bool; 80],
    position: usize,
}

impl Grain {
    /// Seeds the register: prime field (2 bits), S-box `x^alpha` (4), field size (12), width (12), full rounds (10),
    /// partial rounds (10), thirty ones; the first 160 bits are thrown away.
    fn new(width: usize, partial_rounds: usize) -> Self {
        let parts = [
            (1, 2),
            (0, 4),
            (FIELD_BITS, 12),
            (width, 12),
            (FULL_ROUNDS, 10),
            (partial_rounds, 10),
            ((1 << 30) - 1, 30),
        ];
        let bits = parts.iter().flat_map(|&(value, len)| (0..len).rev().map(move |k| value >> k & 1 == 1));
        let mut state = [false; 80];
        for (cell, bit) in state.iter_mut().zip(bits) {
            *cell = bit;
        }
        let mut grain = Self { state, position: 0 };
        for _ in 0..160 {
            grain.step();
        }
        grain
    }

    fn step(&mut self) -> bool {
        let bit = [62, 51, 38, 23, 13, 0]
            .iter()
            .fold(false, |sum, tap| sum ^ self.state[(self.position + tap) % 80]);
        self.state[self.position] = bit;
        self.position = (self.position + 1) % 80;
        bit
    }

    /// Bits come in pairs: the second counts if the first is one.
    fn bit(&mut self) -> bool {
        loop {
            let keep = self.step();
            let bit = self.step();
            if keep {
                return bit;
            }
        }
    }

    /// An integer of 255 bits, the highest first.
    fn integer(&mut self) -> BigInt<4> {
        let mut limbs = [0u64; 4];
        for position in (0..FIELD_BITS).rev() {
            limbs[position / 64] |= u64::from(self.bit()) << (position % 64);
        }
        BigInt::new(limbs)
    }

    /// A round constant: the next integer below the modulus.
    fn element(&mut self) -> Fr {
        loop {
            if let Some(element) = Fr::from_bigint(self.integer()) {
                return element;
            }
        }
    }

    /// A point of the matrix: the next integer, reduced.
    fn reduced(&mut self) -> Fr {
        let BigInt(limbs) = self.integer();
        let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        Fr::from_le_bytes_mod_order(&bytes)
    }
}

/// The parameters for a width.
pub(super) fn generate(width: Width) -> Parameters<Fr> {
    let size = width.words();
    let mut grain = Grain::new(size, width.partial_rounds());
    let rounds = FULL_ROUNDS + width.partial_rounds();
    let round_constants = (0..rounds).map(|_| (0..size).map(|_| grain.element()).collect()).collect();
    Parameters { round_constants, matrix: cauchy(&mut grain, size) }
}

/// `M[i][j] = 1 / (x_i + y_j)` for the next `2 * size` distinct points for which no sum is zero.
fn cauchy(grain: &mut Grain, size: usize) -> Vec<Vec<Fr>> {
    loop {
        let points: Vec<Fr> = (0..2 * size).map(|_| grain.reduced()).collect();
        let repeated = (1..points.len()).any(|k| points[..k].contains(&points[k]));
        let (x, y) = points.split_at(size);
        let singular = x.iter().any(|x| y.iter().any(|y| (*x + y).is_zero()));
        if !repeated && !singular {
            let entry = |x: Fr, y: Fr| (x + y).inverse().unwrap_or_default();
            return x.iter().map(|x| y.iter().map(|y| entry(*x, *y)).collect()).collect();
        }
    }
}
