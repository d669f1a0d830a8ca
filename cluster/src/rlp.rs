//! The part of RLP that node records need, in its one canonical form.

/// One item: a string, or a list whose items are still encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    String(&'a [u8]),
    List(&'a [u8]),
}

impl<'a> Item<'a> {
    /// Takes one item off the front. `None` for anything truncated or not in its shortest form.
    pub(crate) fn take(bytes: &mut &'a [u8]) -> Option<Self> {
        let (&first, rest) = bytes.split_first()?;
        let (payload, rest) = match first {
            0x00..=0x7f => bytes.split_at_checked(1)?,
            0x80..=0xb7 => rest.split_at_checked(usize::from(first - 0x80))?,
            0xb8..=0xbf => long(rest, usize::from(first - 0xb7))?,
            0xc0..=0xf7 => rest.split_at_checked(usize::from(first - 0xc0))?,
            0xf8..=0xff => long(rest, usize::from(first - 0xf7))?,
        };
        if first == 0x81 && payload.first().is_some_and(|byte| *byte < 0x80) {
            return None;
        }
        *bytes = rest;
        Some(if first < 0xc0 { Item::String(payload) } else { Item::List(payload) })
    }

    /// The bytes of a string.
    pub(crate) fn string(self) -> Option<&'a [u8]> {
        match self {
            Item::String(bytes) => Some(bytes),
            Item::List(_) => None,
        }
    }
}

/// A payload with a length of its own `length_bytes`, which must not have fitted into the first byte.
fn long(bytes: &[u8], length_bytes: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(length_bytes)?;
    let length = usize::try_from(number(length)?).ok().filter(|length| *length > 55)?;
    rest.split_at_checked(length)
}

/// A big-endian number of at most 64 bits without leading zeros.
pub(crate) fn number(bytes: &[u8]) -> Option<u64> {
    if bytes.len() > 8 || bytes.first() == Some(&0) {
        return None;
    }
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The bytes of a number without leading zeros, which [`string`] encodes.
pub(crate) fn minimal(number: u64) -> Vec<u8> {
    number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect()
}

/// Encodes a string.
pub(crate) fn string(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [byte] if *byte < 0x80 => vec![*byte],
        _ => with_header(0x80, bytes),
    }
}

/// Encodes a list, given its encoded items one after another.
pub(crate) fn list(items: &[u8]) -> Vec<u8> {
    with_header(0xc0, items)
}

fn with_header(offset: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u64;
    let mut bytes = Vec::with_capacity(payload.len() + 9);
    if length <= 55 {
        bytes.push(offset + length as u8);
    } else {
        let length = length.to_be_bytes();
        let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
        bytes.push(offset + 55 + significant.len() as u8);
        bytes.extend_from_slice(significant);
    }
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn examples_of_the_specification() {
        assert_eq!(string(b"dog"), b"\x83dog");
        assert_eq!(string(b""), [0x80]);
        assert_eq!(string(&[0x0f]), [0x0f]);
        assert_eq!(string(&[0x80]), [0x81, 0x80]);
        assert_eq!(list(&[string(b"cat"), string(b"dog")].concat()), b"\xc8\x83cat\x83dog");
        assert_eq!(list(&[]), [0xc0]);
        let lorem = b"Lorem ipsum dolor sit amet, consectetur adipisicing elit";
        assert_eq!(string(lorem)[..2], [0xb8, 0x38]);
    }

    #[test]
    fn longer_forms_are_refused() {
        let refused: [&[u8]; 9] = [
            &[],
            &[0x81, 0x00],
            &[0x81, 0x7f],
            &[0x82, 0x01],
            &[0xb8, 0x01, 0xff],
            &[0xb9, 0x00, 0x38],
            &[0xc1],
            &[0xf8, 0x01, 0x01],
            &[0xff; 9],
        ];
        for bytes in refused {
            assert_eq!(Item::take(&mut &*bytes), None, "{bytes:02x?}");
        }
        assert_eq!(number(&[0, 1]), None);
        assert_eq!(number(&[]), Some(0));
        for value in [0, 1, 255, 256, 3610, u64::MAX] {
            assert_eq!(number(&minimal(value)), Some(value));
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_alike(bytes: Vec<u8>) {
            let mut rest = bytes.as_slice();
            if let Some(item) = Item::take(&mut rest) {
                let written = match item {
                    Item::String(payload) => string(payload),
                    Item::List(payload) => list(payload),
                };
                prop_assert_eq!([&written, rest].concat(), bytes);
            }
        }

        #[test]
        fn what_is_written_is_read(payload in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (string, list) = (string(&payload), list(&payload));
            prop_assert_eq!(Item::take(&mut string.as_slice()), Some(Item::String(payload.as_slice())));
            prop_assert_eq!(Item::take(&mut list.as_slice()), Some(Item::List(payload.as_slice())));
        }
    }
}
