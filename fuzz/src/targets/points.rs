//! Points and scalars. What is accepted has one encoding; one by one and many together, the same are accepted.

use coram_circuits::jubjub::Point;
use coram_cluster::bls::{PublicKey, SecretKey, Signature};
use coram_proofs::groth16::VerifyingKey;
use coram_proofs::{DecryptionKey, EncryptionKey, Possession, PossessionContext};

pub fn run(data: &[u8]) {
    let keys = chunks::<48>(data);
    let together = PublicKey::from_bytes_all(&keys);
    assert_eq!(keys.len(), together.len());
    for (bytes, read) in keys.iter().zip(together) {
        let alone = PublicKey::from_bytes(bytes);
        assert_eq!(alone.is_ok(), read.is_ok(), "{bytes:?}");
        for key in [alone, read].into_iter().flatten() {
            assert_eq!(key.to_bytes(), *bytes);
        }
    }
    let signatures = chunks::<96>(data);
    let together = Signature::from_bytes_all(&signatures);
    assert_eq!(signatures.len(), together.len());
    for (bytes, read) in signatures.iter().zip(together) {
        let alone = Signature::from_bytes(bytes);
        assert_eq!(alone.is_ok(), read.is_ok(), "{bytes:?}");
        for signature in [alone, read].into_iter().flatten() {
            assert_eq!(signature.to_bytes(), *bytes);
        }
    }
    for bytes in chunks::<32>(data) {
        scalars_and_jubjub(&bytes, data);
    }
    for recipients in 1..4 {
        if let Ok(key) = VerifyingKey::from_bytes(recipients, data) {
            assert_eq!(key.to_bytes(), data);
        }
    }
}

fn scalars_and_jubjub(bytes: &[u8; 32], data: &[u8]) {
    if let Ok(secret) = SecretKey::from_bytes(bytes) {
        assert_eq!(*secret.to_bytes(), *bytes);
    }
    let point = Point::from_bytes(bytes);
    if let Ok(point) = &point {
        assert_eq!(point.to_bytes(), *bytes);
    }
    if let Ok(key) = EncryptionKey::from_bytes(bytes) {
        assert_eq!(key.to_bytes(), *bytes);
        assert!(point.is_ok());
        let context = PossessionContext { ceremony: [1; 32], author: 1, identity: [2; 33] };
        for proof in chunks::<64>(data) {
            assert!(Possession::from_bytes(proof).verify(&key, &context).is_err());
        }
    }
    if let Ok(key) = DecryptionKey::from_bytes(bytes) {
        assert_eq!(*key.to_bytes(), *bytes);
        assert!(EncryptionKey::from_bytes(&key.encryption_key().to_bytes()).is_ok());
    }
}

fn chunks<const N: usize>(data: &[u8]) -> Vec<[u8; N]> {
    data.as_chunks().0.to_vec()
}
