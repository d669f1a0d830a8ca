//! Points of the curve from their compressed forms, several at a time.
//!
//! What counts as an encoding is what `blst` takes for one. A point that was found otherwise is taken if it is on the curve and its encoding
//! is the given one, of which there is one for each point; `blst` judges the others. Only of `(0, ±2)`, which has order three, the one says here that it is
//! no point, the other leaves it to the check of the subgroup.

use ark_bls12_381::{Fq, G1Affine, g1};
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::Field;
use blst::blst_fp;

use super::{
    decode_on_curve, encode, fp_from_blst, fp_to_blst,
    wide::{LANES, Wide, roots},
};

/// The bits of the first byte that belong to the abscissa.
const ABSCISSA: u8 = 0x1f;
/// The bit of the first byte that is set for the larger of two opposite ordinates.
const SIGN: u8 = 0x20;

/// Up to [`LANES`] points.
pub(super) fn decode(encodings: &[&[u8; 48]]) -> Vec<Option<G1Affine>> {
    let Some(wide) = Wide::for_many(encodings.len()) else {
        return encodings.iter().map(|bytes| decode_on_curve(bytes)).collect();
    };
    let mut abscissas = [Fq::ONE; LANES];
    abscissas.iter_mut().zip(encodings).for_each(|(x, bytes)| *x = abscissa(bytes));
    let squares = abscissas.map(|x| x.square() * x + g1::Config::COEFF_B);
    let roots = roots(wide, &squares.map(|square| fp_to_blst(&square)));
    let points = abscissas.into_iter().zip(squares).zip(roots);
    let decoded = encodings.iter().zip(points).map(|(bytes, ((x, square), root))| {
        let y = fp_from_blst(&root);
        let point = (y.square() == square).then(|| G1Affine::new_unchecked(x, y));
        point.and_then(|point| with_encoding(point, bytes)).or_else(|| decode_on_curve(bytes))
    });
    decoded.collect()
}

/// The point or its negative, whichever is encoded so.
fn with_encoding(point: G1Affine, bytes: &[u8; 48]) -> Option<G1Affine> {
    let mut encoding = encode(&point);
    if encoding == *bytes {
        return Some(point);
    }
    encoding[0] ^= SIGN;
    (encoding == *bytes).then(|| -point)
}

fn abscissa(bytes: &[u8; 48]) -> Fq {
    let mut bytes = *bytes;
    bytes[0] &= ABSCISSA;
    let mut x = blst_fp::default();
    // SAFETY: the 48 bytes that blst reads.
    unsafe { blst::blst_fp_from_bendian(&mut x, bytes.as_ptr()) };
    fp_from_blst(&x)
}
