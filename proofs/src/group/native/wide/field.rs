//! Eight elements of the base field side by side, for processors with AVX-512 IFMA.
//!
//! ```text
//! a = sum_i a_i 2^(52 i),  i < 8            a limb of each of the eight elements in one register
//! mul(2^32 a, b) = 2^32 a b / 2^416 = a b / 2^384  modulo p        (Montgomery)
//! ```
//!
//! Elements are those of `blst`, in Montgomery form with 2^384: one factor of a product is shifted by 32 bits beforehand ([`Shifted`]),
//! since eight limbs are reduced by 2^416. Bounds stand in multiples of `p`, and `p < 0.102 · 2^384`: factors below `α p`
//! and `β p` give a product below `(0.102 α β + 1) p`. All is done in the same time whatever the values.
#![expect(clippy::needless_range_loop, reason = "limbs of several numbers are taken by their place")]

use std::arch::x86_64::*;

use blst::{blst_fp, blst_p1_affine};

use super::LANES;

/// Limbs of an element.
const LIMBS: usize = 8;
const LIMB_BITS: u32 = 52;
const LIMB_MASK: i64 = (1 << LIMB_BITS) - 1;
/// `p`.
const MODULUS: [i64; LIMBS] = [
    0xeffffffffaaab,
    0xfeb153ffffb9f,
    0x6b0f6241eabff,
    0x12bf6730d2a0f,
    0x764774b84f385,
    0x1ba7b6434bacd,
    0x1ea397fe69a4b,
    0x1a011,
];
/// `-p^-1` modulo 2^52.
const INVERSE: i64 = 0x3fffcfffcfffd;

/// Eight elements below some small multiple of `p`; every limb is below 2^52.
#[derive(Clone, Copy)]
pub(super) struct Fp8([__m512i; LIMBS]);

/// `2^32` times eight elements below `9 p`.
#[derive(Clone, Copy)]
pub(super) struct Shifted([__m512i; LIMBS]);

#[inline]
#[target_feature(enable = "avx512f")]
fn splat(limb: i64) -> __m512i {
    _mm512_set1_epi64(limb)
}

impl Fp8 {
    /// `a b`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn mul(a: &Shifted, b: &Self) -> Self {
        let (zero, inverse) = (_mm512_setzero_si512(), splat(INVERSE));
        let mut p = [zero; LIMBS];
        for j in 0..LIMBS {
            p[j] = splat(MODULUS[j]);
        }
        let mut t = [zero; LIMBS];
        for a in a.0 {
            let low = _mm512_madd52lo_epu64(t[0], a, b.0[0]);
            let m = _mm512_madd52lo_epu64(zero, low, inverse);
            // Its lowest limb is a multiple of 2^52 now.
            let carry = _mm512_srli_epi64::<LIMB_BITS>(_mm512_madd52lo_epu64(low, m, p[0]));
            let mut next = [zero; LIMBS];
            for j in 1..LIMBS {
                let low = _mm512_madd52lo_epu64(t[j], a, b.0[j]);
                next[j - 1] = _mm512_madd52lo_epu64(low, m, p[j]);
            }
            next[0] = _mm512_add_epi64(next[0], carry);
            for j in 0..LIMBS {
                let high = _mm512_madd52hi_epu64(next[j], a, b.0[j]);
                t[j] = _mm512_madd52hi_epu64(high, m, p[j]);
            }
        }
        Self(t).carried()
    }

    /// As [`Self::mul`], which is long, by a call: the compiler copies the other only where it is met a few times.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn mul_by_call(a: &Shifted, b: &Self) -> Self {
        Self::mul(a, b)
    }

    /// `self · other`, of which the first is below `9 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn times(&self, other: &Self) -> Self {
        Self::mul_by_call(&self.shifted(), other)
    }

    /// `self²`, below `9 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn square(&self) -> Self {
        self.times(self)
    }

    /// `a + b`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn add(&self, b: &Self) -> Self {
        let mut out = [_mm512_setzero_si512(); LIMBS];
        for j in 0..LIMBS {
            out[j] = _mm512_add_epi64(self.0[j], b.0[j]);
        }
        Self(out).carried()
    }

    /// `a / 2`, below half of what `a + p` is below.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn halved(&self) -> Self {
        let odd = _mm512_test_epi64_mask(self.0[0], splat(1));
        let mut out = self.0;
        for j in 0..LIMBS {
            out[j] = _mm512_mask_add_epi64(self.0[j], odd, self.0[j], splat(MODULUS[j]));
        }
        let Self(sum) = Self(out).carried();
        let mask = splat(LIMB_MASK);
        for j in 0..LIMBS {
            out[j] = _mm512_srli_epi64::<1>(sum[j]);
            if j + 1 < LIMBS {
                let low = _mm512_slli_epi64::<{ LIMB_BITS - 1 }>(sum[j + 1]);
                out[j] = _mm512_or_si512(out[j], _mm512_and_si512(low, mask));
            }
        }
        Self(out)
    }

    /// `a - b + k p`, for `b` below `k p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn sub<const K: i64>(&self, b: &Self) -> Self {
        let mut out = [_mm512_setzero_si512(); LIMBS];
        for j in 0..LIMBS {
            let difference = _mm512_sub_epi64(self.0[j], b.0[j]);
            out[j] = _mm512_add_epi64(difference, splat(K * MODULUS[j]));
        }
        Self(out).carried()
    }

    /// Limbs below 2^52, of any that are signed.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn carried(mut self) -> Self {
        let mask = splat(LIMB_MASK);
        for j in 1..LIMBS {
            let carry = _mm512_srai_epi64::<LIMB_BITS>(self.0[j - 1]);
            self.0[j - 1] = _mm512_and_si512(self.0[j - 1], mask);
            self.0[j] = _mm512_add_epi64(self.0[j], carry);
        }
        self
    }

    /// The same elements times 2^32, of those below `9 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn shifted(&self) -> Shifted {
        let mask = splat(LIMB_MASK);
        let mut out = [_mm512_setzero_si512(); LIMBS];
        for j in 0..LIMBS {
            let high = _mm512_and_si512(_mm512_slli_epi64::<32>(self.0[j]), mask);
            let low = if j == 0 { _mm512_setzero_si512() } else { _mm512_srli_epi64::<20>(self.0[j - 1]) };
            out[j] = _mm512_or_si512(high, low);
        }
        Shifted(out)
    }

    /// The least representatives, of elements below `4 p`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn reduced(&self) -> Self {
        self.without::<2>().without::<1>()
    }

    /// Less `k p` where there is as much.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    pub(super) fn without<const K: i64>(&self) -> Self {
        let mut less = [_mm512_setzero_si512(); LIMBS];
        for j in 0..LIMBS {
            less[j] = _mm512_sub_epi64(self.0[j], splat(K * MODULUS[j]));
        }
        let less = Self(less).carried();
        let negative = _mm512_movepi64_mask(less.0[LIMBS - 1]);
        let mut out = self.0;
        for j in 0..LIMBS {
            out[j] = _mm512_mask_mov_epi64(less.0[j], negative, self.0[j]);
        }
        Self(out)
    }
}

/// One of a point's coordinates.
#[derive(Clone, Copy)]
pub(super) enum Coordinate {
    X,
    Y,
}

/// The bytes of the limbs, eight each, among 64 of which a number's first is `first`; beyond its 48 bytes there is nothing.
const fn limb_bytes(first: usize) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut index = 0;
    while index < 64 {
        bytes[index] = (first + index / 8 * 13 / 2 + index % 8) as u8 & 63;
        index += 1;
    }
    bytes
}

/// The bytes of [`limb_bytes`] that belong to the number.
const NUMBER: u64 = u64::MAX >> 5;

impl Fp8 {
    /// A coordinate of eight points.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub(super) fn load(points: [&blst_p1_affine; LANES], coordinate: Coordinate) -> Self {
        const BYTES: [[u8; 64]; 2] = [limb_bytes(0), limb_bytes(16)];
        // A register takes two thirds of a point: the first for x, the last for y.
        let (skipped, bytes) = match coordinate {
            Coordinate::X => (0, &BYTES[0]),
            Coordinate::Y => (size_of::<blst_p1_affine>() - 64, &BYTES[1]),
        };
        // SAFETY: 64 bytes of an array.
        let bytes = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
        let (shifts, mask) = (_mm512_setr_epi64(0, 4, 0, 4, 0, 4, 0, 4), splat(LIMB_MASK));
        let mut rows = [mask; LANES];
        for place in 0..LANES {
            // SAFETY: 64 bytes of a point of 96, of which at most 32 are skipped.
            let words =
                unsafe { _mm512_loadu_si512((&raw const *points[place]).cast::<u8>().add(skipped).cast()) };
            let limbs = _mm512_maskz_permutexvar_epi8(NUMBER, bytes, words);
            rows[place] = _mm512_and_si512(_mm512_srlv_epi64(limbs, shifts), mask);
        }
        Self(transposed(rows))
    }

    /// Writes the elements, of least representatives, to one coordinate of points.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn store(&self, points: &mut [blst_p1_affine; LANES], coordinate: Coordinate) {
        // The 64 bits of a word begin in limb `first` behind `shift` bits, and end in that or the next two.
        let first = _mm512_setr_epi64(0, 1, 2, 3, 4, 6, 6, 6);
        let shift = _mm512_setr_epi64(0, 12, 24, 36, 48, 8, 64, 64);
        let one = splat(1);
        let (second, third) = (_mm512_add_epi64(first, one), _mm512_add_epi64(first, splat(2)));
        let (to_second, to_third) = (_mm512_sub_epi64(splat(52), shift), _mm512_sub_epi64(splat(104), shift));
        let rows = transposed(self.0);
        for place in 0..LANES {
            let limbs = rows[place];
            let words = _mm512_or_si512(
                _mm512_srlv_epi64(_mm512_permutexvar_epi64(first, limbs), shift),
                _mm512_or_si512(
                    _mm512_sllv_epi64(_mm512_permutexvar_epi64(second, limbs), to_second),
                    _mm512_sllv_epi64(_mm512_permutexvar_epi64(third, limbs), to_third),
                ),
            );
            let point = &mut points[place];
            let element = match coordinate {
                Coordinate::X => &mut point.x,
                Coordinate::Y => &mut point.y,
            };
            // SAFETY: the six words of an element, as the mask says.
            unsafe { _mm512_mask_storeu_epi64(element.l.as_mut_ptr().cast(), 0b11_1111, words) };
        }
    }

    /// The elements one by one, of least representatives.
    #[target_feature(enable = "avx512f")]
    pub(super) fn elements(&self) -> [blst_fp; LANES] {
        let mut points = [blst_p1_affine::default(); LANES];
        self.store(&mut points, Coordinate::X);
        points.map(|point| point.x)
    }

    /// The same element in every place.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub(super) fn splat(element: &blst_fp) -> Self {
        let point = blst_p1_affine { x: *element, y: *element };
        Self::load([&point; LANES], Coordinate::X)
    }

    /// Elements one by one.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    pub(super) fn gather(elements: &[blst_fp; LANES]) -> Self {
        let points = elements.map(|x| blst_p1_affine { x, y: x });
        Self::load(points.each_ref(), Coordinate::X)
    }

    /// In which places the element is zero, of least representatives: a bit each, the first place the lowest.
    #[target_feature(enable = "avx512f")]
    pub(super) fn is_zero(&self) -> u8 {
        let mut zero = u8::MAX;
        for limb in self.0 {
            zero &= _mm512_testn_epi64_mask(limb, limb);
        }
        zero
    }

    /// In which places two are equal or one of them is zero, as [`Self::is_zero`].
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn equal_or_zero(&self, other: &Self) -> u8 {
        let mut equal = u8::MAX;
        for j in 0..LIMBS {
            equal &= _mm512_cmpeq_epi64_mask(self.0[j], other.0[j]);
        }
        equal | self.is_zero() | other.is_zero()
    }
}

/// Rows as columns.
#[inline]
#[target_feature(enable = "avx512f")]
fn transposed(r: [__m512i; LANES]) -> [__m512i; LANES] {
    macro_rules! apply {
        ($function:path: $(($a:expr, $b:expr)),*) => {($($function($a, $b)),*)};
    }
    let (a0, a2, a4, a6) =
        apply!(_mm512_unpacklo_epi64: (r[0], r[1]), (r[2], r[3]), (r[4], r[5]), (r[6], r[7]));
    let (a1, a3, a5, a7) =
        apply!(_mm512_unpackhi_epi64: (r[0], r[1]), (r[2], r[3]), (r[4], r[5]), (r[6], r[7]));
    // 128 bits each: columns 0 and 4 of the rows 0 to 3, and so on.
    let (b0, b1, b4, b5) = apply!(even: (a0, a2), (a1, a3), (a4, a6), (a5, a7));
    let (b2, b3, b6, b7) = apply!(odd: (a0, a2), (a1, a3), (a4, a6), (a5, a7));
    let (c0, c1, c2, c3) = apply!(even: (b0, b4), (b1, b5), (b2, b6), (b3, b7));
    let (c4, c5, c6, c7) = apply!(odd: (b0, b4), (b1, b5), (b2, b6), (b3, b7));
    [c0, c1, c2, c3, c4, c5, c6, c7]
}

/// The blocks of 128 bits with even places, of two registers.
#[inline]
#[target_feature(enable = "avx512f")]
fn even(a: __m512i, b: __m512i) -> __m512i {
    _mm512_shuffle_i64x2::<0b10_00_10_00>(a, b)
}

/// The blocks of 128 bits with odd places, of two registers.
#[inline]
#[target_feature(enable = "avx512f")]
fn odd(a: __m512i, b: __m512i) -> __m512i {
    _mm512_shuffle_i64x2::<0b11_01_11_01>(a, b)
}
