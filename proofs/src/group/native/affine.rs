//! Many sums of affine points at once, with one inversion for each level of all of them.
//!
//! ```text
//! (x1, y1) + (x2, y2) = (x3, y3):    x3 = λ² - x1 - x2,    y3 = λ (x1 - x3) - y1
//! λ = (y2 - y1) / (x2 - x1)          of two points that are neither equal nor opposite
//! λ = 3 x1² / 2 y1                   of equal ones
//! ```
//!
//! Inverses are made together from one (Montgomery), so an addition takes six multiplications: little more than half of what it
//! takes on Jacobian coordinates; on processors that can, eight are made at once ([`wide`]). Which points are added is told by the time it takes.

use ark_bls12_381::Fq;
use ark_ff::Field;
use blst::{blst_fp, blst_p1_affine};

use super::{
    fp_to_blst,
    wide::{self, Wide},
};

/// Sums, and memory for them.
#[derive(Default)]
pub(super) struct AffineSums {
    /// Where the pairs begin that are added.
    pairs: Vec<usize>,
    sums: Vec<blst_p1_affine>,
    denominators: Vec<blst_fp>,
    wide: wide::Sums,
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
        self.pairs.clear();
        let mut first = 0;
        for len in lens.iter() {
            self.pairs.extend((first..first + len - len % 2).step_by(2));
            first += len;
        }
        self.add_pairs(points);
        let mut sums = self.sums.iter();
        let (mut read, mut write) = (0, 0);
        for len in lens {
            let end = read + *len;
            while read < end {
                let alone = read + 1 == end;
                points[write] = if alone { points[read] } else { sums.next().copied().unwrap_or_default() };
                read += 2 - usize::from(alone);
                write += 1;
            }
            *len = len.div_ceil(2);
        }
        points.truncate(write);
    }

    /// The sums of all pairs.
    fn add_pairs(&mut self, points: &[blst_p1_affine]) {
        self.sums.clear();
        if let Some(wide) = Wide::for_many(self.pairs.len()) {
            return self.wide.add_pairs(wide, points, &self.pairs, &mut self.sums);
        }
        let pairs = || self.pairs.iter().map(|first| [&points[*first], &points[first + 1]]);
        self.denominators.clear();
        self.denominators.extend(pairs().map(denominator));
        invert(&mut self.denominators);
        self.sums.extend(pairs().zip(&self.denominators).map(|(pair, inverse)| add(pair, inverse)));
    }
}

/// The inverses of elements, none of which is zero, in their place.
pub(super) fn invert(elements: &mut [blst_fp]) {
    let mut product = one();
    let products: Vec<blst_fp> = elements
        .iter()
        .map(|element| {
            let before = product;
            product = mul(&product, element);
            before
        })
        .collect();
    let mut inverse = blst_fp::default();
    // SAFETY: live field elements.
    unsafe { blst::blst_fp_inverse(&mut inverse, &product) };
    for (element, before) in elements.iter_mut().zip(&products).rev() {
        let next = mul(&inverse, element);
        *element = mul(&inverse, before);
        inverse = next;
    }
}

/// What `λ` has below the line; one, if there is no `λ`.
pub(super) fn denominator([p, q]: [&blst_p1_affine; 2]) -> blst_fp {
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
pub(super) fn add([p, q]: [&blst_p1_affine; 2], inverse: &blst_fp) -> blst_p1_affine {
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

pub(super) fn one() -> blst_fp {
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
