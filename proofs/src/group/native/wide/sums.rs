//! Sums of pairs, eight side by side; the formulas are those of [`affine`](super::super::affine).

use blst::blst_p1_affine;

use super::{
    super::affine::{self, denominator},
    LANES, Wide,
    field::{Coordinate, Fp8, Shifted},
};

/// Memory for the inversions.
#[derive(Default)]
pub(in crate::group::native) struct Sums {
    eights: Vec<Eight>,
}

/// What lies below the lines of eight pairs, between the way up and the way down of their inversion.
struct Eight {
    denominators: Shifted,
    /// The product of all before these, place by place.
    before: Fp8,
    /// A bit for each pair with the identity, or of points that are equal or opposite.
    special: u8,
}

impl Sums {
    /// Adds to `sums` those of the points at each of `pairs` and behind it.
    pub(in crate::group::native) fn add_pairs(
        &mut self,
        _: Wide,
        points: &[blst_p1_affine],
        pairs: &[usize],
        sums: &mut Vec<blst_p1_affine>,
    ) {
        // SAFETY: the processor can do this, says [`Wide`].
        unsafe { self.add_eights(points, pairs, sums) }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
    fn add_eights(&mut self, points: &[blst_p1_affine], pairs: &[usize], sums: &mut Vec<blst_p1_affine>) {
        self.eights.clear();
        let mut product = Fp8::splat(&affine::one());
        for places in pairs.chunks(LANES) {
            let [p, q] = eight(points, places);
            let (x_p, x_q) = (Fp8::load(p, Coordinate::X), Fp8::load(q, Coordinate::X));
            let special = x_p.equal_or_zero(&x_q);
            let mut denominators = x_q.sub::<1>(&x_p);
            if special != 0 {
                let pairs: [_; LANES] = std::array::from_fn(|place| denominator([p[place], q[place]]));
                denominators = Fp8::gather(&pairs);
            }
            let denominators = denominators.shifted();
            self.eights.push(Eight { denominators, before: product, special });
            product = Fp8::mul(&denominators, &product);
        }
        let mut inverses = product.reduced().elements();
        affine::invert(&mut inverses);
        let mut inverse = Fp8::gather(&inverses);
        let first = sums.len();
        sums.resize(first + pairs.len(), blst_p1_affine::default());
        let places = pairs.chunks(LANES).zip(sums[first..].chunks_mut(LANES));
        for ((places, sums), Eight { denominators, before, special }) in places.zip(&self.eights).rev() {
            let inverses = Fp8::mul(&inverse.shifted(), before);
            inverse = Fp8::mul(denominators, &inverse);
            let [p, q] = eight(points, places);
            add(p, q, &inverses, sums);
            if *special != 0 {
                let inverses = inverses.reduced().elements();
                for (place, sum) in sums.iter_mut().enumerate().filter(|(place, _)| special >> place & 1 == 1)
                {
                    *sum = affine::add([p[place], q[place]], &inverses[place]);
                }
            }
        }
    }
}

/// The points at eight places and behind them; at the last one again, if there are fewer.
fn eight<'a>(points: &'a [blst_p1_affine], places: &[usize]) -> [[&'a blst_p1_affine; LANES]; 2] {
    let mut pairs = [[&points[0]; LANES]; 2];
    let [p, q] = &mut pairs;
    let last = places.len() - 1;
    for (index, (p, q)) in p.iter_mut().zip(q).enumerate() {
        let [first, second, ..] = &points[places[index.min(last)]..] else { continue };
        (*p, *q) = (first, second);
    }
    pairs
}

/// The sums of eight pairs or fewer, none of which is special, with the inverses of their denominators, below `1.3 p`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
fn add(
    p: [&blst_p1_affine; LANES],
    q: [&blst_p1_affine; LANES],
    inverses: &Fp8,
    sums: &mut [blst_p1_affine],
) {
    let (x_p, x_q) = (Fp8::load(p, Coordinate::X), Fp8::load(q, Coordinate::X));
    let (y_p, y_q) = (Fp8::load(p, Coordinate::Y), Fp8::load(q, Coordinate::Y));
    // Bounds in multiples of p: coordinates 1, differences 2, slope 1.3, its square 1.2, x 3.2, y 2.3, each before it is reduced.
    let slope = Fp8::mul(&y_q.sub::<1>(&y_p).shifted(), inverses);
    let shifted = slope.shifted();
    let x = Fp8::mul(&shifted, &slope).sub::<1>(&x_p).sub::<1>(&x_q).reduced();
    let y = Fp8::mul(&shifted, &x_p.sub::<1>(&x)).sub::<1>(&y_p).reduced();
    let mut points = [blst_p1_affine::default(); LANES];
    x.store(&mut points, Coordinate::X);
    y.store(&mut points, Coordinate::Y);
    sums.iter_mut().zip(&points).for_each(|(sum, point)| *sum = *point);
}
