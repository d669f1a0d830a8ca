//! Products of pairings through `blst`.

use ark_bls12_381::{G1Affine, G2Affine};
use blst::{blst_fp12, blst_p1_affine, blst_p2_affine};
use rayon::prelude::*;

use super::{g2, to_blst};

/// Pairs for which a thread of its own pays.
const SHARE: usize = 4;

/// Whether `prod e(P, Q)` is one. No point is the identity.
pub(in super::super) fn product_is_one(pairs: &[(G1Affine, G2Affine)]) -> bool {
    let share = pairs.len().div_ceil(rayon::current_num_threads()).max(SHARE);
    let product = pairs.par_chunks(share).map(miller_loops).reduce(one, |a, b| multiply(&a, &b));
    let mut result = blst_fp12::default();
    // SAFETY: both pointers are to live values.
    unsafe {
        blst::blst_final_exp(&mut result, &product);
        blst::blst_fp12_is_one(&result)
    }
}

fn miller_loops(pairs: &[(G1Affine, G2Affine)]) -> blst_fp12 {
    let firsts: Vec<blst_p1_affine> = pairs.iter().map(|pair| to_blst(&pair.0)).collect();
    let seconds: Vec<blst_p2_affine> = pairs.iter().map(|pair| g2::to_blst(&pair.1)).collect();
    let first_pointers = [firsts.as_ptr(), std::ptr::null()];
    let second_pointers = [seconds.as_ptr(), std::ptr::null()];
    let mut out = blst_fp12::default();
    // SAFETY: a null second entry tells blst that the points are contiguous, and there are as many of each as it is told.
    unsafe {
        blst::blst_miller_loop_n(&mut out, second_pointers.as_ptr(), first_pointers.as_ptr(), pairs.len());
    }
    out
}

fn multiply(a: &blst_fp12, b: &blst_fp12) -> blst_fp12 {
    let mut out = blst_fp12::default();
    // SAFETY: all pointers are to live values.
    unsafe { blst::blst_fp12_mul(&mut out, a, b) };
    out
}

fn one() -> blst_fp12 {
    // SAFETY: blst returns a pointer to a constant.
    unsafe { *blst::blst_fp12_one() }
}
