//! The two base points. Nobody knows a discrete logarithm between them, or to a recipient's key that was not
//! made from them: both are hashed to the curve.
//!
//! ```text
//! P(label, k) = 8 * decode( H(label; k) )       for the first k = 0, 1, 2, … that decodes to a point
//!                                               whose eightfold is not the identity
//! B = P("jubjub base"),   H = P("jubjub blinder base")
//! ```

use std::sync::OnceLock;

use super::Point;

/// `B`, encoded.
const BASE: [u8; 32] = [
    0x0c, 0x30, 0x2a, 0x7f, 0xb3, 0xbd, 0x05, 0x0b, 0x0f, 0x44, 0xf0, 0x68, 0x0a, 0xe7, 0x4c, 0x8d, 0xc4,
    0xe8, 0xd8, 0x30, 0xc1, 0xa5, 0xf9, 0x9b, 0xc1, 0x6f, 0xee, 0x83, 0x56, 0x11, 0x16, 0x62,
];

/// `H`, encoded.
const BLINDER_BASE: [u8; 32] = [
    0x8a, 0x39, 0x2b, 0x69, 0x3d, 0xd1, 0xd3, 0x39, 0x44, 0x31, 0x82, 0xfe, 0x80, 0x04, 0x71, 0x29, 0x9f,
    0x37, 0xec, 0x45, 0xb9, 0x7f, 0x60, 0x5a, 0xff, 0xd5, 0xa7, 0xd4, 0x23, 0x40, 0x2f, 0x5f,
];

/// `B`: ephemeral and encryption keys are multiples of it.
#[must_use]
pub fn base() -> Point {
    static POINT: OnceLock<Point> = OnceLock::new();
    *POINT.get_or_init(|| constant(&BASE))
}

/// `H`: the key of a recipient that is nobody; the blinder of a dealing comes from its multiple.
#[must_use]
pub fn blinder_base() -> Point {
    static POINT: OnceLock<Point> = OnceLock::new();
    *POINT.get_or_init(|| constant(&BLINDER_BASE))
}

#[allow(clippy::expect_used)]
fn constant(bytes: &[u8; 32]) -> Point {
    Point::from_bytes(bytes).expect("a constant of this file, decoded in its tests")
}

#[cfg(test)]
mod tests {
    use ::jubjub::AffinePoint;

    use super::*;
    use crate::hash::TaggedHash;

    fn hash_to_curve(label: &str) -> Point {
        (0..)
            .find_map(|counter| {
                let bytes = TaggedHash::new(label).number(counter).digest();
                let point: AffinePoint = Option::from(AffinePoint::from_bytes(bytes))?;
                Point::try_from(AffinePoint::from(point.mul_by_cofactor())).ok()
            })
            .unwrap()
    }

    #[test]
    fn the_constants_are_the_hashed_points() {
        let (base, blinder) = (hash_to_curve("jubjub base"), hash_to_curve("jubjub blinder base"));
        assert_eq!(hex::encode(BASE), hex::encode(base.to_bytes()));
        assert_eq!(hex::encode(BLINDER_BASE), hex::encode(blinder.to_bytes()));
    }

    #[test]
    fn the_base_points_differ() {
        assert_ne!(base(), blinder_base());
        assert_ne!(base(), -blinder_base());
    }
}
