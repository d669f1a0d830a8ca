//! Sums over points that are met once: buckets (Pippenger), with affine additions.
//!
//! ```text
//! s_i         = ± sum_w d_iw 2^(cw)         for the smaller of s_i and r - s_i;  |d_iw| <= 2^(c-1)
//! sum s_i P_i = sum_w 2^(cw) sum_k k B_wk   B_wk: the sum of the d_iw/k P_i with |d_iw| = k
//! sum_k k B_k = sum_j (B_j + B_(j+1) + …)   by running sums from the highest bucket down, those of all windows side by side
//! ```

use ark_bls12_381::{Fr, G1Affine};
use ark_ff::{BigInt, BigInteger, PrimeField};
use blst::{blst_p1, blst_p1_affine};
use zeroize::{Zeroize, Zeroizing};

use super::{affine::AffineSums, to_blst};

/// Points that are added up together: many share an inversion, and all of them stay in the cache.
const BATCH: usize = 2048;

/// The bucket of one digit of the scalar of the point with the index `base`.
#[derive(Clone, Copy, Default, Zeroize)]
struct Entry {
    bucket: u32,
    base: u32,
    negative: bool,
}

/// The buckets of all windows.
struct Layout {
    /// `c`.
    width: usize,
    windows: usize,
}

impl Layout {
    /// The fastest for so many points and scalars of so many bits: an addition for each point and two for each bucket.
    fn new(points: usize, bits: usize) -> Self {
        let windows = |width: usize| (bits + 1).div_ceil(width);
        let width = (2..15).min_by_key(|width| windows(*width) * (points + (1 << width))).unwrap_or(2);
        Self { width, windows: windows(width) }
    }

    /// Buckets of one window.
    fn buckets(&self) -> usize {
        1 << (self.width - 1)
    }
}

/// `sum scalar·point` on the calling thread, in variable time. The slices are of one length, and no point is the identity.
pub(super) fn sum(points: &[G1Affine], scalars: &[Fr]) -> blst_p1 {
    let points: Vec<blst_p1_affine> = points.iter().map(to_blst).collect();
    let scalars: Zeroizing<Vec<([u64; 4], bool)>> = Zeroizing::new(scalars.iter().map(absolute).collect());
    let bits = scalars.iter().map(|(limbs, _)| BigInt(*limbs).num_bits() as usize).max().unwrap_or_default();
    let layout = Layout::new(points.len(), bits);
    let mut sums = AffineSums::default();
    let buckets = fill(&layout, &points, &scalars, &mut sums);
    let windows = integrate(&layout, &buckets, &mut sums);
    let mut sum = blst_p1::default();
    for window in windows.iter().rev() {
        // SAFETY: live points, read and written.
        unsafe {
            (0..layout.width).for_each(|_| blst::blst_p1_double(&mut sum, &sum));
            blst::blst_p1_add_or_double_affine(&mut sum, &sum, window);
        }
    }
    sum
}

/// The sums of all buckets, window by window from the lowest, each from `k = 1`.
fn fill(
    layout: &Layout,
    points: &[blst_p1_affine],
    scalars: &[([u64; 4], bool)],
    sums: &mut AffineSums,
) -> Vec<blst_p1_affine> {
    let (entries, counts) = sorted(layout, scalars);
    let mut filled = Vec::with_capacity(counts.len());
    let (mut addends, mut lens) = (Vec::with_capacity(BATCH + points.len()), Vec::new());
    let (mut entries, mut counts) = (entries.iter(), counts.iter().peekable());
    while counts.peek().is_some() {
        addends.clear();
        lens.clear();
        while let Some(count) = counts.next_if(|_| addends.len() < BATCH) {
            addends.extend(entries.by_ref().take(*count).map(|entry| {
                let mut point = points[entry.base as usize];
                // SAFETY: a live field element, read and written.
                unsafe { blst::blst_fp_cneg(&mut point.y, &point.y, entry.negative) };
                point
            }));
            lens.push(*count);
        }
        sums.add_up(&mut addends, &mut lens);
        let mut inner = addends.iter();
        filled.extend(lens.iter().map(|len| inner.by_ref().take(*len).next().copied().unwrap_or_default()));
    }
    filled
}

/// All digits that are not zero, bucket by bucket, and how many there are in each. Scalars may be a dealer's witness: the places of
/// their digits do not grow, and are wiped.
fn sorted(layout: &Layout, scalars: &[([u64; 4], bool)]) -> (Zeroizing<Vec<Entry>>, Vec<usize>) {
    let mut entries = Zeroizing::new(Vec::with_capacity(scalars.len() * layout.windows));
    let mut counts = vec![0; layout.windows * layout.buckets()];
    for (base, (limbs, negative)) in (0..).zip(scalars) {
        let mut carry = 0;
        for window in 0..layout.windows {
            let value = window_of(limbs, window * layout.width, layout.width) + carry;
            carry = u64::from(value > layout.buckets() as u64);
            let magnitude = if carry == 1 { (1 << layout.width) - value } else { value };
            if magnitude > 0 {
                let bucket = window * layout.buckets() + magnitude as usize - 1;
                entries.push(Entry { bucket: bucket as u32, base, negative: *negative != (carry == 1) });
                counts[bucket] += 1;
            }
        }
    }
    let mut starts = vec![0; counts.len()];
    for bucket in 1..counts.len() {
        starts[bucket] = starts[bucket - 1] + counts[bucket - 1];
    }
    let mut sorted = Zeroizing::new(vec![Entry::default(); entries.len()]);
    for entry in entries.iter() {
        let place = &mut starts[entry.bucket as usize];
        sorted[*place] = *entry;
        *place += 1;
    }
    (sorted, counts)
}

/// `sum_k k B_wk` of every window.
fn integrate(layout: &Layout, filled: &[blst_p1_affine], sums: &mut AffineSums) -> Vec<blst_p1_affine> {
    let identity = blst_p1_affine::default();
    // The running sum of each window, and the sum of those before it.
    let mut states = vec![[identity; 2]; layout.windows];
    let (mut addends, mut lens) = (Vec::with_capacity(4 * layout.windows), vec![0; 2 * layout.windows]);
    for bucket in (0..layout.buckets()).rev().map(Some).chain([None]) {
        addends.clear();
        for ([running, total], buckets) in states.iter().zip(filled.chunks_exact(layout.buckets())) {
            let next = bucket.map_or(identity, |bucket| buckets[bucket]);
            addends.extend([*running, next, *total, *running]);
        }
        lens.fill(2);
        sums.add_up(&mut addends, &mut lens);
        let (pairs, _) = addends.as_chunks::<2>();
        states.copy_from_slice(pairs);
    }
    states.into_iter().map(|[_, total]| total).collect()
}

/// The smaller of `scalar` and its negative, and whether it is the latter.
pub(super) fn absolute(scalar: &Fr) -> ([u64; 4], bool) {
    let (positive, negative) = (scalar.into_bigint(), (-*scalar).into_bigint());
    if negative < positive { (negative.0, true) } else { (positive.0, false) }
}

/// Bits `place .. place + width` of a number.
pub(super) fn window_of(limbs: &[u64; 4], place: usize, width: usize) -> u64 {
    let (limb, shift) = (place / 64, place % 64);
    let low = limbs.get(limb).copied().unwrap_or_default() >> shift;
    let high = limbs.get(limb + 1).copied().unwrap_or_default() << 1 << (63 - shift);
    (low | high) & ((1 << width) - 1)
}
