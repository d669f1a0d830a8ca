//! Hash tree roots over the hand-made containers of definitions and locks.
//!
//! The trees are those of SSZ (SHA-256, zero padding, length mix-in), but the containers are put together by
//! hand, differently in each version, so they are walked here instead of derived.

use sha2::{Digest, Sha256};

use crate::error::ClusterError;

/// A node of a hash tree; a leaf is called a chunk.
pub(crate) type Root = [u8; 32];

/// Length in bytes of one recoverable ECDSA signature, R then S then V.
pub(crate) const SIGNATURE_LEN: usize = 65;

/// The most signatures that one field may hold (v1.11).
pub(crate) const MAX_SIGNATURES: usize = 32;

/// A 64-bit number: 8 bytes little-endian in one chunk.
pub(crate) fn number(value: u64) -> Root {
    let mut chunk = [0; 32];
    chunk[..8].copy_from_slice(&value.to_le_bytes());
    chunk
}

/// A truth value: one byte in one chunk.
pub(crate) fn boolean(value: bool) -> Root {
    number(u64::from(value))
}

/// The root of a byte list of at most `limit` bytes, its length mixed in.
pub(crate) fn byte_list(what: &str, bytes: &[u8], limit: usize) -> Result<Root, ClusterError> {
    bounded(what, bytes.len(), limit)?;
    Ok(mix_in_length(merkleize(&chunks(bytes), limit.div_ceil(32)), bytes.len()))
}

/// The root of exactly `length` bytes; shorter ones are padded with zeros **on the left**, as numbers are.
pub(crate) fn fixed_bytes(what: &str, bytes: &[u8], length: usize) -> Result<Root, ClusterError> {
    bounded(what, bytes.len(), length)?;
    let mut padded = vec![0; length];
    padded[length - bytes.len()..].copy_from_slice(bytes);
    Ok(merkleize(&chunks(&padded), length.div_ceil(32)))
}

/// The root of bytes whose length is known.
pub(crate) fn array<const N: usize>(bytes: &[u8; N]) -> Root {
    merkleize(&chunks(bytes), N.div_ceil(32))
}

/// The root of a list of at most `limit` elements, given their roots.
pub(crate) fn list(what: &str, elements: &[Root], limit: usize) -> Result<Root, ClusterError> {
    bounded(what, elements.len(), limit)?;
    Ok(mix_in_length(merkleize(elements, limit), elements.len()))
}

/// The root of a list of at most `limit` 64-bit numbers, four to a chunk.
pub(crate) fn number_list(what: &str, values: &[u64], limit: usize) -> Result<Root, ClusterError> {
    bounded(what, values.len(), limit)?;
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Ok(mix_in_length(merkleize(&chunks(&bytes), limit.div_ceil(4)), values.len()))
}

/// The root of a signature field of v1.11: a list of 65-byte signatures, none for an unsigned field.
pub(crate) fn signature_list(what: &str, bytes: &[u8]) -> Result<Root, ClusterError> {
    bounded(what, bytes.len(), MAX_SIGNATURES * SIGNATURE_LEN)?;
    let (signatures, rest) = bytes.as_chunks::<SIGNATURE_LEN>();
    if !rest.is_empty() {
        return Err(ClusterError::WrongLength {
            what: what.to_owned(),
            length: bytes.len(),
            expected: (signatures.len() + 1) * SIGNATURE_LEN,
        });
    }
    let roots: Vec<Root> = signatures.iter().map(|s| merkleize(&chunks(s), 3)).collect();
    list(what, &roots, MAX_SIGNATURES)
}

/// The root of a container, given the roots of its fields. A single field's root is the container's.
pub(crate) fn container(fields: &[Root]) -> Root {
    merkleize(fields, fields.len())
}

fn bounded(what: &str, length: usize, limit: usize) -> Result<(), ClusterError> {
    if length > limit {
        return Err(ClusterError::TooLong { what: what.to_owned(), length, limit });
    }
    Ok(())
}

fn chunks(bytes: &[u8]) -> Vec<Root> {
    bytes
        .chunks(32)
        .map(|part| {
            let mut chunk = [0; 32];
            chunk[..part.len()].copy_from_slice(part);
            chunk
        })
        .collect()
}

/// The root of a tree with room for `limit` leaves, those after the given ones being zero.
fn merkleize(leaves: &[Root], limit: usize) -> Root {
    let depth = limit.max(1).next_power_of_two().trailing_zeros();
    let mut layer = leaves.to_vec();
    let mut zero = [0; 32];
    for _ in 0..depth {
        layer = layer.chunks(2).map(|pair| node(&pair[0], pair.get(1).unwrap_or(&zero))).collect();
        zero = node(&zero, &zero);
    }
    layer.first().copied().unwrap_or(zero)
}

fn mix_in_length(root: Root, length: usize) -> Root {
    node(&root, &number(length as u64))
}

fn node(left: &Root, right: &Root) -> Root {
    Sha256::new().chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsigned_fields_have_the_published_roots() {
        assert_eq!(
            hex::encode(fixed_bytes("signature", &[], SIGNATURE_LEN).unwrap()),
            "db56114e00fdd4c1f85c892bf35ac9a89289aaecb1ebd0a96cde606a748b5d71"
        );
        assert_eq!(
            hex::encode(signature_list("signature", &[]).unwrap()),
            "52e2647abc3d0c9d3be0387f3f0d925422c7a4e98cf4489066f0f43281a899f3"
        );
    }

    #[test]
    fn short_fixed_bytes_are_padded_on_the_left() {
        assert_eq!(fixed_bytes("x", &[1], 4).unwrap()[..5], [0, 0, 0, 1, 0]);
    }

    #[test]
    fn limits_are_kept() {
        assert!(byte_list("x", &[0; 16], 16).is_ok());
        assert_eq!(
            byte_list("x", &[0; 17], 16),
            Err(ClusterError::TooLong { what: "x".into(), length: 17, limit: 16 })
        );
        assert!(fixed_bytes("x", &[0; 5], 4).is_err());
        assert!(list("x", &[[0; 32]; 3], 2).is_err());
        assert!(number_list("x", &[0; 257], 256).is_err());
        assert!(signature_list("x", &[0; 64]).is_err());
        assert!(signature_list("x", &[0; 32 * 65]).is_ok());
        assert!(signature_list("x", &[0; 33 * 65]).is_err());
    }

    #[test]
    fn length_is_part_of_a_list_but_not_of_fixed_bytes() {
        assert_ne!(byte_list("x", &[], 32), byte_list("x", &[0], 32));
        assert_eq!(fixed_bytes("x", &[], 4), fixed_bytes("x", &[0; 4], 4));
    }

    #[test]
    fn a_container_of_one_field_is_that_field() {
        assert_eq!(container(&[[7; 32]]), [7; 32]);
        assert_eq!(container(&[[1; 32], [2; 32], [3; 32]]), {
            let right = node(&[3; 32], &[0; 32]);
            node(&node(&[1; 32], &[2; 32]), &right)
        });
    }
}
