//! Changes to real objects, as bytes: a fuzzer that had to find a lock by itself would never see what comes after its first brace.
//!
//! ```text
//! input  = base, script | anything else
//! base   = number of a real object (1 byte, below 8)
//! script = (what (1) | place (2, big-endian) | length (1) | bytes …) …
//! what   = 0 overwrite | 1 insert | 2 remove | 3 repeat what stands before it
//! ```
//!
//! No document of ours begins with a byte below 8, so what is no script is taken as it is.

use std::borrow::Cow;

/// Most changes by one script.
const MOST_EDITS: usize = 64;
/// Numbers from here on are no bases.
const MOST_BASES: usize = 8;

/// What an input stands for.
pub fn read<'d>(data: &'d [u8], bases: &[Vec<u8>]) -> Cow<'d, [u8]> {
    match data.split_first() {
        Some((&number, script)) if usize::from(number) < MOST_BASES => {
            bases.get(usize::from(number)).map_or(Cow::Borrowed(data), |base| edit(base, script).into())
        }
        _ => data.into(),
    }
}

/// A base after the changes of a script.
pub fn edit(base: &[u8], mut script: &[u8]) -> Vec<u8> {
    let mut bytes = base.to_vec();
    for _ in 0..MOST_EDITS {
        let Some(([what, high, low, length], rest)) = script.split_first_chunk() else { break };
        let place = usize::from(u16::from_be_bytes([*high, *low])) % (bytes.len() + 1);
        let length = usize::from(*length);
        let has_bytes = what % 4 < 2;
        let (new, rest) = rest.split_at(if has_bytes { length.min(rest.len()) } else { 0 });
        script = rest;
        match what % 4 {
            0 => bytes.iter_mut().skip(place).zip(new).for_each(|(byte, new)| *byte = *new),
            1 => bytes.splice(place..place, new.iter().copied()).for_each(drop),
            2 => bytes.drain(place..(place + length).min(bytes.len())).for_each(drop),
            _ => {
                let repeated = bytes.get(place.saturating_sub(length)..place).unwrap_or_default().to_vec();
                bytes.splice(place..place, repeated).for_each(drop);
            }
        }
    }
    bytes
}

/// The input that overwrites a base at a place with some bytes, at most 255.
pub fn overwrite(base: u8, place: usize, bytes: &[u8]) -> Vec<u8> {
    let mut input = vec![base, 0];
    input.extend((place as u16).to_be_bytes());
    input.push(bytes.len() as u8);
    input.extend(bytes);
    input
}
