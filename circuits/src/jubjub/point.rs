//! A point that was checked on the way in.

use ::jubjub::{AffinePoint, ExtendedPoint};
use ark_bls12_381::Fr;
use ark_ec::AffineRepr;
use ark_ed_on_bls12_381::EdwardsAffine;
use ark_ff::{BigInteger, Field, MontFp, One, PrimeField};
use std::ops::Neg;

use crate::CircuitError;

/// `A` of the Montgomery form.
pub const MONTGOMERY_A: Fr = MontFp!("40962");

/// `B` of the Montgomery form, `-(A + 2)`.
pub const MONTGOMERY_B: Fr = MontFp!("-40964");

/// A point of Jubjub of prime order, never the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point(EdwardsAffine);

impl Point {
    /// Accepts a point after checking it.
    ///
    /// # Errors
    ///
    /// [`CircuitError::Encoding`] if the coordinates are not on the curve, [`CircuitError::Identity`], or
    /// [`CircuitError::Subgroup`].
    pub fn new(point: EdwardsAffine) -> Result<Self, CircuitError> {
        if !point.is_on_curve() {
            return Err(CircuitError::Encoding);
        }
        if point.is_zero() {
            return Err(CircuitError::Identity);
        }
        // A component of small order would survive in a shared secret and reveal the scalar mod 8.
        if !bool::from(affine_to_jubjub(&point).is_torsion_free()) {
            return Err(CircuitError::Subgroup);
        }
        Ok(Self(point))
    }

    /// Decodes 32 bytes: the Edwards ordinate `y`, little-endian, with the lowest bit of `x` in the highest bit.
    ///
    /// # Errors
    ///
    /// [`CircuitError::Encoding`] if `y` is not below the modulus, fits no point, or `x` is zero and its bit is
    /// set; otherwise as [`Point::new`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, CircuitError> {
        let decoded: Option<AffinePoint> = AffinePoint::from_bytes(*bytes).into();
        Self::try_from(decoded.ok_or(CircuitError::Encoding)?)
    }

    /// The encoding that [`Point::from_bytes`] reads; the same as that of the crate `jubjub`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.to_jubjub().to_bytes()
    }

    /// The point in Edwards coordinates.
    pub fn edwards(&self) -> EdwardsAffine {
        self.0
    }

    /// The point for the crate `jubjub`, which multiplies in constant time.
    #[must_use]
    pub fn to_jubjub(&self) -> AffinePoint {
        affine_to_jubjub(&self.0)
    }

    /// Montgomery coordinates `(u, v)`.
    #[must_use]
    pub fn montgomery(&self) -> (Fr, Fr) {
        let (x, y) = (self.0.x, self.0.y);
        // 1 - y and x are zero only at the identity and at the point of order two.
        let both = ((Fr::one() - y) * x).inverse().unwrap_or_default();
        let u = (Fr::one() + y) * x * both;
        (u, u * (Fr::one() - y) * both)
    }
}

impl Neg for Point {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl TryFrom<AffinePoint> for Point {
    type Error = CircuitError;

    fn try_from(point: AffinePoint) -> Result<Self, CircuitError> {
        let coordinate = |c: ::jubjub::Fq| Fr::from_le_bytes_mod_order(&c.to_bytes());
        Self::new(EdwardsAffine::new_unchecked(coordinate(point.get_u()), coordinate(point.get_v())))
    }
}

/// `u = (1 + y) / (1 - y)` in constant time; zero for the identity, which has no `u`.
#[must_use]
pub fn montgomery_u(point: &ExtendedPoint) -> ::jubjub::Fq {
    let y = AffinePoint::from(*point).get_v();
    let one = ::jubjub::Fq::one();
    (one + y) * (one - y).invert().unwrap_or(::jubjub::Fq::zero())
}

fn affine_to_jubjub(point: &EdwardsAffine) -> AffinePoint {
    AffinePoint::from_raw_unchecked(to_jubjub_base(point.x), to_jubjub_base(point.y))
}

/// The same residue in the representation of the crate `bls12_381`.
pub(crate) fn to_jubjub_base(x: Fr) -> ::jubjub::Fq {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&x.into_bigint().to_bytes_le());
    // Both crates mean the same modulus, so a canonical encoding of one is canonical in the other.
    ::jubjub::Fq::from_bytes(&bytes).unwrap_or(::jubjub::Fq::zero())
}

#[cfg(test)]
mod tests {
    use ark_ec::{AffineRepr, CurveGroup};
    use ark_ed_on_bls12_381::{EdwardsAffine, Fq, Fr as Scalar};
    use ark_ff::{AdditiveGroup, Field, UniformRand, Zero};
    use ark_std::test_rng;

    use super::*;
    use crate::jubjub::base;

    fn random_point() -> Point {
        let scalar = Scalar::rand(&mut test_rng());
        Point::new((base().edwards() * scalar).into_affine()).unwrap()
    }

    #[test]
    fn montgomery_coordinates_satisfy_the_curve_equation() {
        for point in [base(), random_point(), -random_point()] {
            let (u, v) = point.montgomery();
            assert_eq!(MONTGOMERY_B * v.square(), u * (u.square() + MONTGOMERY_A * u + Fr::one()));
            assert_eq!(u, (Fr::one() + point.edwards().y) / (Fr::one() - point.edwards().y));
            assert_eq!(v, u / point.edwards().x);
        }
    }

    #[test]
    fn a_negative_has_the_same_u_and_the_other_v() {
        let (u, v) = random_point().montgomery();
        assert_eq!((-random_point()).montgomery(), (u, -v));
    }

    #[test]
    fn the_constant_time_coordinate_is_the_same() {
        let point = random_point();
        let u = montgomery_u(&ExtendedPoint::from(point.to_jubjub()));
        assert_eq!(u, to_jubjub_base(point.montgomery().0));
    }

    #[test]
    fn the_encoding_is_that_of_the_crate_jubjub() {
        let point = random_point();
        assert_eq!(point.to_bytes(), point.to_jubjub().to_bytes());
        assert_eq!(Point::from_bytes(&point.to_bytes()), Ok(point));
        // Both libraries agree on the group, too.
        let doubled = ExtendedPoint::from(point.to_jubjub()).double();
        let expected = Point::new((point.edwards() + point.edwards()).into_affine()).unwrap();
        assert_eq!(Point::try_from(AffinePoint::from(doubled)), Ok(expected));
    }

    #[test]
    fn the_identity_is_refused() {
        let identity = AffinePoint::identity().to_bytes();
        assert_eq!(Point::from_bytes(&identity), Err(CircuitError::Identity));
    }

    #[test]
    fn points_of_small_order_are_refused() {
        let order_two = EdwardsAffine::new_unchecked(Fq::ZERO, -Fq::ONE);
        assert_eq!(Point::new(order_two), Err(CircuitError::Subgroup));
        // x = sqrt(-1), y = 0 has order four.
        let order_four = EdwardsAffine::new_unchecked((-Fq::ONE).sqrt().unwrap(), Fq::ZERO);
        assert_eq!(Point::new(order_four), Err(CircuitError::Subgroup));
    }

    #[test]
    fn a_point_with_a_component_of_small_order_is_refused() {
        let order_two = EdwardsAffine::new_unchecked(Fq::ZERO, -Fq::ONE);
        let mixed = (random_point().edwards() + order_two).into_affine();
        assert!(mixed.is_on_curve() && !mixed.is_zero());
        assert_eq!(Point::new(mixed), Err(CircuitError::Subgroup));
    }

    #[test]
    fn a_point_off_the_curve_is_refused() {
        let off = EdwardsAffine::new_unchecked(Fq::from(2u64), Fq::from(3u64));
        assert_eq!(Point::new(off), Err(CircuitError::Encoding));
    }

    #[test]
    fn encodings_that_are_not_canonical_are_refused() {
        // y + modulus, and the sign bit of x = 0.
        let mut overflow = [0xff; 32];
        overflow[31] = 0x7f;
        assert_eq!(Point::from_bytes(&overflow), Err(CircuitError::Encoding));
        let mut negative_zero = AffinePoint::identity().to_bytes();
        negative_zero[31] |= 0x80;
        assert_eq!(Point::from_bytes(&negative_zero), Err(CircuitError::Encoding));
        assert!(Fq::zero().is_zero());
    }
}
