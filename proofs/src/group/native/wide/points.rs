//! Eight points side by side, on Jacobian coordinates `x = X / Z²`, `y = Y / Z³`: whether they are in the subgroup of order r.
//!
//! ```text
//! doubling       M = 3 X² / 2     X' = M² - 2 X Y²     Y' = M (X Y² - X') - Y⁴     Z' = Y Z
//! addition       U = X_i Z_j²     S = Y_i Z_j³         H = U_2 - U_1               R = S_2 - S_1
//!                X' = R² - H³ - 2 U_1 H²               Y' = R (U_1 H² - X') - S_1 H³     Z' = Z_1 Z_2 H
//! ```
//!
//! Points that are equal, opposite or none at all cannot be added so: `Z'` is zero then, and stays so.

use std::sync::LazyLock;

use ark_bls12_381::{Fq, g1};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::Field;
use blst::{blst_fp, blst_p1_affine};

use super::{
    super::fp_to_blst,
    LANES, Wide,
    field::{Coordinate, Fp8},
};

/// `-z`, which the curve is made from.
const MINUS_Z: u64 = 0xd201_0000_0001_0000;

#[derive(Clone, Copy)]
struct Points {
    /// Below `4.1 p`.
    x: Fp8,
    /// Below `4 p`.
    y: Fp8,
    /// Below `2 p`.
    z: Fp8,
}

/// Whether the points, which are on the curve, are in the subgroup of order r, by `(β x, y) = -z² (x, y)` (Scott,
/// <https://eprint.iacr.org/2021/1130>, section 6). A bit for each, the first the lowest; one that is not set says nothing of the identity
/// and of points of small order.
pub(in crate::group::native) fn in_subgroup(_: Wide, points: [&blst_p1_affine; LANES]) -> u8 {
    // SAFETY: the processor can do this, says [`Wide`].
    unsafe { have_order_r(points) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
fn have_order_r(points: [&blst_p1_affine; LANES]) -> u8 {
    let (x, y) = (Fp8::load(points, Coordinate::X), Fp8::load(points, Coordinate::Y));
    let point = Points { x, y, z: Fp8::splat(&fp_to_blst(&Fq::ONE)) };
    let Points { x: big_x, y: big_y, z } = times_minus_z(&times_minus_z(&point));
    let square = z.square();
    let on_x = square.times(&x).times(&Fp8::splat(&BETA)).sub::<5>(&big_x);
    let on_y = z.times(&square).times(&y).add(&big_y);
    let vanishes = on_x.without::<4>().reduced().is_zero() & on_y.without::<4>().reduced().is_zero();
    vanishes & !z.reduced().is_zero()
}

/// `-z P`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
fn times_minus_z(point: &Points) -> Points {
    let mut sum = *point;
    for bit in (0..MINUS_Z.ilog2()).rev() {
        sum = double(&sum);
        if MINUS_Z >> bit & 1 == 1 {
            sum = add(&sum, point);
        }
    }
    sum
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
fn double(Points { x, y, z }: &Points) -> Points {
    // Bounds in multiples of p, behind each line.
    let square = x.square(); // 2.8
    let m = square.add(&square).add(&square).halved(); // 4.7
    let y_square = y.square(); // 2.7
    let x_y_square = x.times(&y_square); // 2.2
    let next_x = m.square().sub::<3>(&x_y_square).sub::<3>(&x_y_square).without::<4>().without::<4>(); // 4
    let slope = m.times(&x_y_square.sub::<4>(&next_x)); // 4
    let next_y = slope.sub::<2>(&y_square.square()).without::<4>(); // 4
    Points { x: next_x, y: next_y, z: y.times(z) } // z: 1.8
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
fn add(p: &Points, q: &Points) -> Points {
    let (p_square, q_square) = (p.z.square(), q.z.square()); // 1.5
    let (p_u, q_u) = (p.x.times(&q_square), q.x.times(&p_square)); // 1.7
    let (p_s, q_s) = (p.y.times(&q.z.times(&q_square)), q.y.times(&p.z.times(&p_square))); // 1.6
    let (h, r) = (q_u.sub::<2>(&p_u), q_s.sub::<2>(&p_s)); // 3.7
    let h_square = h.square(); // 2.4
    let (h_cube, v) = (h.times(&h_square), p_u.times(&h_square)); // 2, 1.5
    let next_x = r.square().sub::<2>(&h_cube).sub::<2>(&v).sub::<2>(&v).without::<4>().without::<4>(); // 4
    let next_y = r.times(&v.sub::<4>(&next_x)).sub::<2>(&p_s.times(&h_cube)).without::<4>(); // 4
    Points { x: next_x, y: next_y, z: h.times(&p.z.times(&q.z)) } // z: 1.6
}

/// The `β` for which `-z²` is the eigenvalue.
static BETA: LazyLock<blst_fp> = LazyLock::new(|| fp_to_blst(&g1::Config::ENDO_COEFFS[0]));
