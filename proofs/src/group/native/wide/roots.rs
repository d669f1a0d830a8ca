//! Square roots, eight side by side.
//!
//! ```text
//! x^((p + 1) / 4)          is a root of x if there is one, since p = 3 modulo 4
//! ```

use blst::blst_fp;

use super::{
    super::affine::one,
    LANES, Wide,
    field::{Fp8, Shifted},
};

/// `(p + 1) / 4`, the lowest limb first.
const EXPONENT: [u64; 6] = [
    0xee7f_bfff_ffff_eaab,
    0x07aa_ffff_ac54_ffff,
    0xd9cc_34a8_3dac_3d89,
    0xd91d_d2e1_3ce1_44af,
    0x92c6_e9ed_90d2_eb35,
    0x0680_447a_8e5f_f9a6,
];
/// Bits of the exponent that are worked off at a time.
const WINDOW: usize = 4;

/// A root of each element, where there is one.
pub(in crate::group::native) fn roots(_: Wide, elements: &[blst_fp; LANES]) -> [blst_fp; LANES] {
    // SAFETY: the processor can do this, says [`Wide`].
    unsafe { powers(elements) }
}

/// The elements to the power of [`EXPONENT`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512ifma,avx512vbmi")]
fn powers(elements: &[blst_fp; LANES]) -> [blst_fp; LANES] {
    let base = Fp8::gather(elements);
    let shifted = base.shifted();
    let mut table: [Shifted; 1 << WINDOW] = [shifted; 1 << WINDOW];
    let mut next = base;
    for entry in &mut table[2..] {
        next = Fp8::mul_by_call(&shifted, &next);
        *entry = next.shifted();
    }
    let mut power = Fp8::splat(&one());
    // Products of factors below 1.3 p are below 1.2 p.
    for window in (0..u64::BITS as usize * EXPONENT.len() / WINDOW).rev() {
        for _ in 0..WINDOW {
            power = Fp8::mul_by_call(&power.shifted(), &power);
        }
        let bit = window * WINDOW;
        let digit = EXPONENT[bit / 64] >> (bit % 64) & ((1 << WINDOW) - 1);
        if digit > 0 {
            power = Fp8::mul_by_call(&table[digit as usize], &power);
        }
    }
    power.reduced().elements()
}
