//! Many sums of affine points at once, with one inversion for each level of all of them.
//!
//! ```text
//! (x1, y1) + (x2, y2) = (x3, y3):    x3 = λ² - x1 - x2,    y3 = λ (x1 - x3) - y1
//! λ = (y2 - y1) / (x2 - x1)          of two points that are neither equal nor opposite
//! λ = 3 x1² / 2 y1                   of equal ones
//! ```
//!
//! Inverses are made together from one (Montgomery), so an addition takes six multiplications: little more than half of what it
//! takes on Jacobian coordinates. Which points are added is told by the time it takes.

use ark_bls12_381::Fq;
use ark_ff::Field;
use blst::{blst_fp, blst_p1_affine};

use super::fp_to_blst;

/// Memory for the inversions.
#[derive(Default)]
pub(super) struct AffineSums {
    denominators: Vec<blst_fp>,
    /// The products of the denominators before each.
    products: Vec<blst_fp>,
}

impl AffineSums {
    /// Replaces each list of points by its sum. The lists stand one after another in `points`, and `lens` are their lengths: then
    /// one, or zero for an empty list.
    pub(super) fn add_up(&mut self, points: &mut Vec<blst_p1_affine>, lens: &mut [usize]) {
        while lens.iter().any(|len| *len > 1) {
            self.halve(points, lens);
        }
    }

    /// Replaces the pairs of each list by their sums.
    fn halve(&mut self, points: &mut Vec<blst_p1_affine>, lens: &mut [usize]) {
        self.denominators.clear();
        let mut rest = points.as_slice();
        for len in lens.iter() {
            let (list, others) = rest.split_at(*len);
            let (pairs, _) = list.as_chunks::<2>();
            self.denominators.extend(pairs.iter().map(denominator));
            rest = others;
        }
        self.invert();
        let mut inverses = self.denominators.iter();
        let (mut read, mut write) = (0, 0);
        for len in lens {
            let end = read + *len;
            while read < end {
                points[write] = match points[read..end] {
                    [p, q, ..] => inverses.next().map_or(p, |inverse| add(&[p, q], inverse)),
                    _ => points[read],
                };
                read = end.min(read + 2);
                write += 1;
            }
            *len = len.div_ceil(2);
        }
        points.truncate(write);
    }

    /// The inverses of the denominators, none of which is zero, in their place.
    fn invert(&mut self) {
        self.products.clear();
        let mut product = one();
        for denominator in &self.denominators {
            self.products.push(product);
            product = mul(&product, denominator);
        }
        let mut inverse = blst_fp::default();
        // SAFETY: live field elements.
        unsafe { blst::blst_fp_inverse(&mut inverse, &product) };
        for (denominator, before) in self.denominators.iter_mut().zip(&self.products).rev() {
            let next = mul(&inverse, denominator);
            *denominator = mul(&inverse, before);
            inverse = next;
        }
    }
}

/// What `λ` has below the line; one, if there is no `λ`.
fn denominator([p, q]: &[blst_p1_affine; 2]) -> blst_fp {
    if is_identity(p) || is_identity(q) {
        return one();
    }
    if differ(&p.x, &q.x) {
        return sub(&q.x, &p.x);
    }
    // No point of odd order has the ordinate zero.
    if differ(&p.y, &q.y) { one() } else { add_fp(&p.y, &p.y) }
}

/// The sum of two points, with the inverse of their denominator.
fn add([p, q]: &[blst_p1_affine; 2], inverse: &blst_fp) -> blst_p1_affine {
    if is_identity(p) {
        return *q;
    }
    if is_identity(q) {
        return *p;
    }
    let numerator = if differ(&p.x, &q.x) {
        sub(&q.y, &p.y)
    } else if differ(&p.y, &q.y) {
        return blst_p1_affine::default();
    } else {
        let square = square(&p.x);
        add_fp(&add_fp(&square, &square), &square)
    };
    let slope = mul(&numerator, inverse);
    let x = sub(&sub(&square(&slope), &p.x), &q.x);
    let y = sub(&mul(&slope, &sub(&p.x, &x)), &p.y);
    blst_p1_affine { x, y }
}

fn is_identity(point: &blst_p1_affine) -> bool {
    point.x.l.iter().chain(&point.y.l).all(|limb| *limb == 0)
}

/// Most often the first limbs tell.
fn differ(a: &blst_fp, b: &blst_fp) -> bool {
    a.l.iter().zip(&b.l).any(|(a, b)| a != b)
}

fn one() -> blst_fp {
    fp_to_blst(&Fq::ONE)
}

fn mul(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: live field elements, here and below.
    unsafe { blst::blst_fp_mul(&mut out, a, b) };
    out
}

fn square(a: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    unsafe { blst::blst_fp_sqr(&mut out, a) };
    out
}

fn add_fp(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    unsafe { blst::blst_fp_add(&mut out, a, b) };
    out
}

fn sub(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    unsafe { blst::blst_fp_sub(&mut out, a, b) };
    out
}
