//! Sums over points that stay the same, from tables of their odd multiples.
//!
//! ```text
//! s_i         = ± sum_k d_ik 2^k            for the smaller of s_i and r - s_i
//! sum s_i P_i = sum_k 2^k (sum_i d_ik P_i)  d_ik odd, |d_ik| < 2^7, or zero: of eight in a row at most one is not
//! ```
//!
//! The `d P` are looked up, so the inner sums are of affine points ([`AffineSums`]): in all some 28 additions for a scalar, one
//! for a bit or its negative. Making the table of a point takes as long as using it two or three times.

use ark_bls12_381::{Fr, G1Affine, G1Projective};
use blst::{blst_p1, blst_p1_affine};
use zeroize::{Zeroize, Zeroizing};

use super::{
    affine::AffineSums,
    buckets::{absolute, window_of},
    from_blst, to_blst,
};
use crate::parallel;

/// Bits of a digit with its sign. With one less, a table takes half as long and each use an eighth longer.
const WIDTH: usize = 8;
/// Multiples of a point in its table: `P, 3P, 5P, …`.
const MULTIPLES: usize = 1 << (WIDTH - 2);
/// Places of digits: of a scalar below 2^254, and one more for the carry.
const PLACES: usize = 256;
/// Points whose tables are made together.
const PIECE: usize = 128;
/// Points that are added up together: many share an inversion, and all of them stay in the cache.
const BATCH: usize = 2048;

/// Tables of multiples of points, 6 kB for each.
pub(crate) struct FixedBases {
    /// The tables of [`PIECE`] points at a time: the points, three times each, ….
    pieces: Vec<Vec<blst_p1_affine>>,
    points: usize,
}

/// A digit `value` of the scalar of the point with the index `base`.
#[derive(Clone, Copy, Default, Zeroize)]
struct Digit {
    base: u32,
    place: u8,
    value: i8,
}

impl FixedBases {
    /// Makes the tables, on all cores. No point is the identity.
    pub(crate) fn new(points: &[G1Affine]) -> Self {
        let pieces: Vec<&[G1Affine]> = points.chunks(PIECE).collect();
        Self { pieces: parallel::map(pieces.len(), |index| tables(pieces[index])), points: points.len() }
    }

    /// `sum scalar·point` over lists of scalars, each with the index of the point that its first scalar belongs to. On
    /// one thread, in variable time.
    pub(crate) fn sum(&self, terms: &[(usize, &[Fr])]) -> G1Projective {
        let (digits, counts) = digits(terms);
        let (mut sum, mut addends) = (blst_p1::default(), Vec::with_capacity(BATCH + self.points));
        let (mut sums, mut lens) = (AffineSums::default(), Vec::with_capacity(PLACES));
        let (mut digits, mut counts) = (digits.as_slice(), counts.iter().rev().peekable());
        while counts.peek().is_some() {
            addends.clear();
            lens.clear();
            let mut added = 0;
            while let Some(count) = counts.next_if(|_| added < BATCH) {
                added += *count;
                lens.push(*count);
            }
            let (batch, rest) = digits.split_at(added);
            digits = rest;
            // Tables lie outside the nearest cache: they are read in one go, and signs come afterwards.
            addends.extend(batch.iter().map(|digit| *self.multiple(digit)));
            for (multiple, digit) in addends.iter_mut().zip(batch) {
                // SAFETY: a live field element, read and written.
                unsafe { blst::blst_fp_cneg(&mut multiple.y, &multiple.y, digit.value < 0) };
            }
            sums.add_up(&mut addends, &mut lens);
            let mut inner = addends.iter();
            for len in &lens {
                double_and_add(&mut sum, inner.by_ref().take(*len));
            }
        }
        from_blst(&sum)
    }

    /// `|d| P`.
    fn multiple(&self, digit: &Digit) -> &blst_p1_affine {
        let (piece, index) = (digit.base as usize / PIECE, digit.base as usize % PIECE);
        let points = PIECE.min(self.points - piece * PIECE);
        &self.pieces[piece][usize::from(digit.value.unsigned_abs() / 2) * points + index]
    }
}

/// The odd multiples of some points: all points, then three times each, and so on.
fn tables(points: &[G1Affine]) -> Vec<blst_p1_affine> {
    let mut sums = AffineSums::default();
    let mut add = |a: &[blst_p1_affine], b: &[blst_p1_affine]| {
        let mut pairs: Vec<_> = a.iter().zip(b).flat_map(|(a, b)| [*a, *b]).collect();
        sums.add_up(&mut pairs, &mut vec![2; a.len()]);
        pairs
    };
    let mut multiples = Vec::with_capacity(points.len() * MULTIPLES);
    multiples.extend(points.iter().map(to_blst));
    let twice = add(&multiples, &multiples);
    for _ in 1..MULTIPLES {
        let next = add(&multiples[multiples.len() - points.len()..], &twice);
        multiples.extend(next);
    }
    multiples
}

/// The digits of all scalars, those of the highest place first, and how many there are of each place. They may be a dealer's
/// witness: their places do not grow, and are wiped.
fn digits(terms: &[(usize, &[Fr])]) -> (Zeroizing<Vec<Digit>>, [usize; PLACES]) {
    let scalars = terms.iter().map(|(_, scalars)| scalars.len()).sum::<usize>();
    let mut digits = Zeroizing::new(Vec::with_capacity(scalars * PLACES / WIDTH));
    let mut counts = [0; PLACES];
    for (first, scalars) in terms {
        for (base, scalar) in (*first as u32..).zip(*scalars) {
            recode(scalar, |place, value| {
                digits.push(Digit { base, place: place as u8, value });
                counts[place] += 1;
            });
        }
    }
    let mut starts = [0; PLACES];
    for place in (1..PLACES).rev() {
        starts[place - 1] = starts[place] + counts[place];
    }
    let mut sorted = Zeroizing::new(vec![Digit::default(); digits.len()]);
    for digit in digits.iter() {
        let start = &mut starts[usize::from(digit.place)];
        sorted[*start] = *digit;
        *start += 1;
    }
    (sorted, counts)
}

/// Tells place and value of every digit of a scalar, from the lowest.
fn recode(scalar: &Fr, mut digit: impl FnMut(usize, i8)) {
    let (limbs, negative) = absolute(scalar);
    let sign = if negative { -1 } else { 1 };
    let (mut place, mut carry) = (0, 0);
    while place < PLACES {
        let value = window_of(&limbs, place, WIDTH) + carry;
        if value.is_multiple_of(2) {
            // 0, or 1 with a carry that is handed on.
            place += 1;
            continue;
        }
        carry = value >> (WIDTH - 1);
        let signed = value as i16 - ((carry as i16) << WIDTH);
        digit(place, (sign * signed) as i8);
        place += WIDTH;
    }
}

/// `sum = 2 sum + points`.
fn double_and_add<'a>(sum: &mut blst_p1, points: impl Iterator<Item = &'a blst_p1_affine>) {
    // SAFETY: live points, read and written.
    unsafe {
        blst::blst_p1_double(sum, sum);
        points.for_each(|point| blst::blst_p1_add_or_double_affine(sum, sum, point));
    }
}
