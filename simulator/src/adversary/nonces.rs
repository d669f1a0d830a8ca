//! One content under two signatures: both are the author's, with other nonces.

use coram_ceremony::Kind;
use coram_ceremony::message::{Join, Unverified};
use k256::ecdsa::Signature;
use k256::elliptic_curve::PrimeField as _;
use k256::elliptic_curve::point::AffineCoordinates as _;
use k256::{ProjectivePoint, Scalar};

use super::{Adversary, Cheaters, Entry, Expected};
use crate::Failure;
use crate::cast::Shape;
use crate::hand::Hand;

/// Adversaries of this module.
pub const ADVERSARIES: &[Entry] = &[Entry {
    name: "two-signatures-of-one-content",
    what: "shows halves of the others one and the same Join under two signatures with other nonces",
    stopped_by: "keys, shares and lock hash do not depend on it; the bytes of the lock do (protocol.md 12.2)",
    expected: &[Expected::OtherSignatures],
    cheaters: Cheaters::One,
    shape: Shape::of,
    make: || Box::new(TwoSignatures),
}];

struct TwoSignatures;

impl Adversary for TwoSignatures {
    fn publish(&mut self, hand: &mut Hand, author: u16, kind: Kind) -> Result<(), Failure> {
        if kind != Kind::Join || !hand.cheats(author) {
            hand.publish_honestly(author, kind);
            return Ok(());
        }
        let (roster, body) = hand.honest_body::<Join>(author)?;
        let first = hand.sign(author, roster, body.clone())?;
        let id = hand.ceremony().id();
        let mut message = Unverified { author, roster, body, signature: [0; 64] };
        let digest = *message.id(id).as_bytes();
        message.signature = sign_with_another_nonce(&hand.cast().identity(author)?.to_bytes(), digest)?;
        let second = message.to_bytes(id);
        let [one, other] = hand.halves();
        hand.take(&first);
        hand.tell_all(author, &one, &first);
        hand.tell_all(author, &other, &second);
        Ok(())
    }
}

/// ECDSA with a nonce that is not that of RFC 6979.
fn sign_with_another_nonce(secret: &[u8; 32], digest: [u8; 32]) -> Result<[u8; 64], Failure> {
    let scalar = |bytes: [u8; 32]| -> Result<Scalar, Failure> {
        let scalar: Option<Scalar> = Scalar::from_repr(bytes.into()).into();
        Ok(scalar.ok_or("no scalar")?)
    };
    let (secret, digest) = (scalar(*secret)?, scalar(digest)?);
    let nonce = Scalar::from(4_u64);
    let r = scalar((ProjectivePoint::GENERATOR * nonce).to_affine().x().into())?;
    let inverse: Option<Scalar> = nonce.invert().into();
    let s = inverse.ok_or("no inverse")? * (digest + r * secret);
    Ok(Signature::from_scalars(r.to_repr(), s.to_repr())?.normalize_s().to_bytes().into())
}
