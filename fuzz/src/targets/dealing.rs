//! Dealings. One that is accepted has one encoding; one that is not the dealer's own is not verified.
//!
//! ```text
//! input = 0, script | any bytes        (see `edits.rs`)
//! ```

use crate::edits;
use crate::objects::{self, Dealt};

/// Bytes of a Groth16 proof, at the end of a dealing of one chunk.
const PROOF: usize = 192;

pub fn transparent(data: &[u8]) {
    let real = objects::transparent();
    judge(real, data, real.dealing.len());
}

/// A Groth16 proof can be turned into another of the same statement by anybody; what it proves cannot be changed.
pub fn groth16(data: &[u8]) {
    let real = objects::groth16();
    judge(real, data, real.dealing.len() - PROOF);
}

/// Judges bytes as a dealing. The first `bound` bytes of an accepted one must be those of the real one.
fn judge(real: &Dealt, data: &[u8], bound: usize) {
    let Dealt { scheme, dealer, dealing } = real;
    let data = edits::read(data, std::slice::from_ref(dealing));
    let alone = scheme.decode(&data);
    let together = scheme.decode_all(&[&dealing[..], &data, &[]]);
    assert!(matches!(&together[..], [Ok(_), read, Err(_)] if read.is_ok() == alone.is_ok()));
    let Ok(read) = alone else { return };
    assert_eq!(read.to_bytes(), *data);
    let verified = scheme.verify(*dealer, read);
    if *data == dealing[..] {
        assert!(verified.is_ok(), "the real one is refused");
    } else if verified.is_ok() {
        assert!(data.get(..bound) == dealing.get(..bound), "something else was verified");
    }
}
