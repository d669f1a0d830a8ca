//! Field elements to points of G1 (RFC 9380, section 8.8.1), where many are hashed: one power for each element and one inversion
//! for each point, as in the RFC's appendix F.2. arkworks' own map takes two powers and three inversions for each element.

use std::sync::LazyLock;

use ark_bls12_381::{Fq, G1Projective, g1};
use ark_ec::hashing::curve_maps::swu::SWUConfig;
use ark_ec::hashing::curve_maps::wb::WBConfig;
use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ec::{AdditiveGroup, CurveGroup};
use ark_ff::{BigInteger, Field, One, PrimeField, Zero};

/// The curve that is 11-isogenous to that of G1, and easier to hash to.
type Isogenous = <g1::Config as WBConfig>::IsogenousCurve;

/// `1 - x` for the parameter `x` of the curve: clears the cofactor (RFC 9380, section 8.8.1, `h_eff`).
const EFFECTIVE_COFACTOR: u64 = 0xd201_0000_0001_0001;

/// `sqrt(-Z)`, either one: the sign of a result is set in the end.
static ROOT_OF_MINUS_ZETA: LazyLock<Fq> = LazyLock::new(|| (-Isogenous::ZETA).sqrt().unwrap_or_default());

/// The sum of the points that two elements map to, in the subgroup.
pub(super) fn map_pair([first, second]: [Fq; 2]) -> G1Projective {
    // The isogeny is a homomorphism: it is applied once, to the sum.
    clear_cofactor(&isogeny(&(map_to_isogenous(&first) + map_to_isogenous(&second))))
}

/// The simplified map of Shallue, van de Woestijne and Ulas (appendix F.2), with the division by the denominator of `x` left to
/// the coordinates.
fn map_to_isogenous(u: &Fq) -> Projective<Isogenous> {
    let (a, b, zeta) = (Isogenous::COEFF_A, Isogenous::COEFF_B, Isogenous::ZETA);
    let zeta_u2 = zeta * u.square();
    let tail = zeta_u2.square() + zeta_u2;
    let numerator = b * (tail + Fq::one());
    let denominator = a * if tail.is_zero() { zeta } else { -tail };

    // g(x) = x³ + ax + b, for x = numerator/denominator, as a fraction too.
    let (squared, cubed) = (denominator.square(), denominator.square() * denominator);
    let value = (numerator.square() + a * squared) * numerator + b * cubed;
    let (is_square, root) = root_of_ratio(&value, &cubed);

    let (numerator, y) =
        if is_square { (numerator, root) } else { (zeta_u2 * numerator, zeta_u2 * u * root) };
    let y = if is_odd(&y) == is_odd(u) { y } else { -y };
    Projective::new_unchecked(numerator * denominator, y * cubed, denominator)
}

/// Whether `u/v` is a square, with its root, or else with that of `Z·u/v` (appendix F.2.1.2).
fn root_of_ratio(u: &Fq, v: &Fq) -> (bool, Fq) {
    // (p - 3)/4: two bits shorter than p, which is 3 modulo 4.
    let mut exponent = Fq::MODULUS;
    exponent >>= 2;
    let product = *u * v;
    let root = (v.square() * product).pow(exponent) * product;
    if root.square() * v == *u { (true, root) } else { (false, root * *ROOT_OF_MINUS_ZETA) }
}

/// The parity of the representative in `[0, p)`.
fn is_odd(element: &Fq) -> bool {
    element.into_bigint().is_odd()
}

/// Evaluates the isogeny. Where a denominator vanishes, the image is the identity, as it is of the identity.
fn isogeny(point: &Projective<Isogenous>) -> G1Projective {
    if point.is_zero() {
        return G1Projective::zero();
    }
    let point = point.into_affine();
    let map = g1::Config::ISOGENY_MAP;
    let at_x = |coefficients: &[Fq]| {
        coefficients.iter().rev().fold(Fq::zero(), |value, coefficient| value * point.x + coefficient)
    };
    let (x_over, x_under) = (at_x(map.x_map_numerator), at_x(map.x_map_denominator));
    let (y_over, y_under) = (point.y * at_x(map.y_map_numerator), at_x(map.y_map_denominator));
    // (x/z², y/z³) for z the product of the denominators.
    let z = x_under * y_under;
    if z.is_zero() {
        return G1Projective::zero();
    }
    G1Projective::new_unchecked(x_over * y_under * z, y_over * x_under * z.square(), z)
}

/// Into the subgroup of order r. Not by arkworks' multiplication, which takes for granted that the point is in it.
fn clear_cofactor(point: &G1Projective) -> G1Projective {
    let below_the_highest = (0..u64::BITS - 1).rev();
    below_the_highest.fold(*point, |product, bit| {
        let doubled = product.double();
        if EFFECTIVE_COFACTOR >> bit & 1 == 1 { doubled + point } else { doubled }
    })
}
