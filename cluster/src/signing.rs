//! What is signed: the consensus layer's domains and signing roots.
//!
//! A signature covers `hash_tree_root({object root, domain})`, and a domain is
//!
//! `type (4 bytes) || hash_tree_root({fork version, genesis validators root})[0..28]`
//!
//! with the **genesis** fork version and a zero root, as deposits and registrations are signed before there is a
//! state to take a root from.

use crate::ssz;

/// A domain type: the first four bytes of a domain.
pub type DomainType = [u8; 4];

/// Deposits.
pub const DEPOSIT: DomainType = [3, 0, 0, 0];

/// Registrations with block builders: an application domain, the application bit being the lowest of the last byte.
pub const BUILDER: DomainType = [0, 0, 0, 1];

/// Attestations of validator keys to the cluster definition: the letters `COR` and 1, an application domain of this
/// project's own. No protocol of the consensus layer can be made to accept such a signature for another.
pub const ATTESTATION: DomainType = [0x43, 0x4f, 0x52, 0x01];

/// The domain of `domain_type` on the network with this genesis fork version.
#[must_use]
pub fn domain(domain_type: DomainType, fork_version: [u8; 4]) -> [u8; 32] {
    let mut version = [0; 32];
    version[..4].copy_from_slice(&fork_version);
    let fork_data = ssz::container(&[version, [0; 32]]);
    let mut domain = [0; 32];
    domain[..4].copy_from_slice(&domain_type);
    domain[4..].copy_from_slice(&fork_data[..28]);
    domain
}

/// The 32 bytes that are signed for an object in a domain.
#[must_use]
pub fn signing_root(object_root: [u8; 32], domain: [u8; 32]) -> [u8; 32] {
    ssz::container(&[object_root, domain])
}

/// The 32 bytes that are signed for a deposit message.
#[must_use]
pub fn deposit_root(message_root: [u8; 32], fork_version: [u8; 4]) -> [u8; 32] {
    signing_root(message_root, domain(DEPOSIT, fork_version))
}

/// The 32 bytes that are signed for a builder registration.
#[must_use]
pub fn registration_root(message_root: [u8; 32], fork_version: [u8; 4]) -> [u8; 32] {
    signing_root(message_root, domain(BUILDER, fork_version))
}

/// The 32 bytes that a validator key signs to attest to what `object_root` commits to.
#[must_use]
pub fn attestation_root(object_root: [u8; 32], fork_version: [u8; 4]) -> [u8; 32] {
    signing_root(object_root, domain(ATTESTATION, fork_version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_type_and_fork_data() {
        assert_eq!(
            hex::encode(domain(DEPOSIT, [0; 4])),
            "03000000f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a9"
        );
        assert_eq!(
            hex::encode(domain(BUILDER, [0x10, 0x00, 0x09, 0x10])),
            "00000001719103511efa4f1362ff2a50996cccf329cc84cb410c5e5c7d351d03"
        );
    }

    #[test]
    fn the_attestation_domain_is_an_application_domain_of_its_own() {
        assert_eq!(ATTESTATION[3] & BUILDER[3], 1, "the application bit");
        assert_ne!(ATTESTATION, BUILDER);
        assert_ne!(attestation_root([7; 32], [0; 4]), registration_root([7; 32], [0; 4]));
        assert_ne!(attestation_root([7; 32], [0; 4]), deposit_root([7; 32], [0; 4]));
        assert_ne!(attestation_root([7; 32], [0; 4]), attestation_root([7; 32], [0, 0, 0, 1]));
    }
}
