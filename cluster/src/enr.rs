//! Ethereum node records (EIP-778), as Charon uses them: an operator's identity key, signed by itself.

mod content;

use std::net::Ipv4Addr;

use alloy_primitives::keccak256;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::ClusterError;
use crate::identity::{self, IdentityKey, PublicKey};
use crate::rlp::{self, Item};

pub use content::Content;

/// The largest record that EIP-778 admits, in bytes.
const MAX_RECORD_LEN: usize = 300;
const PREFIX: &str = "enr:";

/// A node record whose signature was verified, with its text exactly as it was given: hashes cover the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enr {
    text: String,
    sequence: u64,
    public_key: PublicKey,
    ip: Option<Ipv4Addr>,
    tcp: Option<u16>,
    udp: Option<u16>,
}

impl Enr {
    /// The record that Charon makes for a key: sequence number 0, no network addresses.
    #[must_use]
    pub fn new(key: &IdentityKey) -> Self {
        Self::build(key, None, None, None)
    }

    /// A record that says where a node is reached, as relays give it out: sequence number 0.
    #[must_use]
    pub fn at(key: &IdentityKey, ip: Ipv4Addr, tcp: u16, udp: Option<u16>) -> Self {
        Self::build(key, Some(ip), Some(tcp), udp)
    }

    fn build(key: &IdentityKey, ip: Option<Ipv4Addr>, tcp: Option<u16>, udp: Option<u16>) -> Self {
        let public_key = key.public_key();
        let ip_bytes = ip.map(|ip| ip.octets());
        let port = |port: Option<u16>| port.map(|port| rlp::minimal(port.into()));
        // In ascending order of the names, as EIP-778 demands.
        let entries: [(&[u8], Option<Vec<u8>>); 5] = [
            (b"id", Some(b"v4".to_vec())),
            (b"ip", ip_bytes.map(|bytes| bytes.to_vec())),
            (b"secp256k1", Some(public_key.to_vec())),
            (b"tcp", port(tcp)),
            (b"udp", port(udp)),
        ];
        let present = entries.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let pairs = present.flat_map(|(name, value)| [rlp::string(name), rlp::string(&value)]);
        let content = std::iter::once(rlp::string(&[])).chain(pairs).collect::<Vec<_>>().concat();
        let signature = key.sign(&keccak256(rlp::list(&content)));
        let record = rlp::list(&[rlp::string(&signature), content].concat());
        let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(record));
        Self { text, sequence: 0, public_key, ip, tcp, udp }
    }

    /// Reads a record and verifies its signature. Base64 padding at the end is tolerated, and so are entries
    /// that are not known.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Enr`] saying what is malformed, or that the signature is not the key's own.
    pub fn parse(text: &str) -> Result<Self, ClusterError> {
        let record = record_of(text)?;
        Self::decode(text, &record)
    }

    fn decode(text: &str, record: &[u8]) -> Result<Self, ClusterError> {
        const MALFORMED: ClusterError = ClusterError::Enr("not a canonical RLP list of strings");
        let mut rest = record;
        let Some(Item::List(mut items)) = Item::take(&mut rest) else { return Err(MALFORMED) };
        // Bytes after the list would be covered by no signature.
        if !rest.is_empty() {
            return Err(ClusterError::Enr("bytes follow the record"));
        }
        let signature = Item::take(&mut items).and_then(Item::string).ok_or(MALFORMED)?;
        let content = items;
        let sequence = Item::take(&mut items).and_then(Item::string).and_then(rlp::number);
        let sequence = sequence.ok_or(ClusterError::Enr("its sequence number is malformed"))?;
        let entries = Entries::read(items)?;
        if entries.id != Some(b"v4".as_slice()) {
            return Err(ClusterError::Enr("its identity scheme is not v4"));
        }
        let key = entries.public_key.ok_or(ClusterError::Enr("it has no secp256k1 key"))?;
        let public_key: PublicKey =
            key.try_into().map_err(|_| ClusterError::Enr("its key has not 33 bytes"))?;
        // SEC 1 has a second form of 33 bytes, with tag 5: the same key would pass for another operator's.
        if !matches!(public_key, [2 | 3, ..]) {
            return Err(ClusterError::Enr("its key is not a compressed point"));
        }
        let signature =
            signature.try_into().map_err(|_| ClusterError::Enr("its signature has not 64 bytes"))?;
        identity::verify_signature(&public_key, &keccak256(rlp::list(content)), signature)
            .map_err(|_| ClusterError::Enr("its signature is not that of its key"))?;
        let Entries { ip, tcp, udp, .. } = entries;
        Ok(Self { text: text.to_owned(), sequence, public_key, ip, tcp, udp })
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sequence number; Charon's is 0.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The identity key.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// The libp2p peer ID of the identity key.
    #[must_use]
    pub fn peer_id(&self) -> String {
        identity::peer_id(&self.public_key)
    }

    /// The IPv4 address that it announces, if any.
    #[must_use]
    pub const fn ip(&self) -> Option<Ipv4Addr> {
        self.ip
    }

    /// The TCP port that it announces, if any.
    #[must_use]
    pub const fn tcp(&self) -> Option<u16> {
        self.tcp
    }

    /// The UDP port that it announces, if any.
    #[must_use]
    pub const fn udp(&self) -> Option<u16> {
        self.udp
    }
}

/// The bytes of a record in its text form.
fn record_of(text: &str) -> Result<Vec<u8>, ClusterError> {
    let encoded = text.strip_prefix(PREFIX).ok_or(ClusterError::Enr("does not start with enr:"))?;
    if encoded.len() > MAX_RECORD_LEN.div_ceil(3) * 4 {
        return Err(ClusterError::Enr("longer than 300 bytes"));
    }
    let record = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('='));
    let record = record.map_err(|_| ClusterError::Enr("not base64url"))?;
    if record.len() > MAX_RECORD_LEN {
        return Err(ClusterError::Enr("longer than 300 bytes"));
    }
    Ok(record)
}

/// The key-value pairs of a record.
#[derive(Default)]
struct Entries<'a> {
    id: Option<&'a [u8]>,
    public_key: Option<&'a [u8]>,
    ip: Option<Ipv4Addr>,
    tcp: Option<u16>,
    udp: Option<u16>,
}

impl<'a> Entries<'a> {
    fn read(mut items: &'a [u8]) -> Result<Self, ClusterError> {
        let mut entries = Self::default();
        let mut previous: Option<&[u8]> = None;
        while !items.is_empty() {
            let key = Item::take(&mut items).and_then(Item::string);
            let key = key.ok_or(ClusterError::Enr("the name of an entry is malformed"))?;
            if previous.is_some_and(|previous| previous >= key) {
                return Err(ClusterError::Enr(
                    "its entries are not in ascending order, or one stands there twice",
                ));
            }
            previous = Some(key);
            let value = Item::take(&mut items).ok_or(ClusterError::Enr("an entry has no value"))?;
            entries.put(key, value).ok_or(ClusterError::Enr("the value of an entry is malformed"))?;
        }
        Ok(entries)
    }

    fn put(&mut self, key: &[u8], value: Item<'a>) -> Option<()> {
        let port = |value: Item<'_>| u16::try_from(rlp::number(value.string()?)?).ok();
        match key {
            b"id" => self.id = Some(value.string()?),
            b"secp256k1" => self.public_key = Some(value.string()?),
            b"ip" => self.ip = Some(Ipv4Addr::from(<[u8; 4]>::try_from(value.string()?).ok()?)),
            b"tcp" => self.tcp = Some(port(value)?),
            b"udp" => self.udp = Some(port(value)?),
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHARONS: &str = "enr:-HW4QEp-BLhP30tqTGFbR9n2PdUKWP9qc0zphIRmn8_jpm4BYkgekztXQaPA_znRW8RvNYHo0pUwyPEwUGGeZu26XlKAgmlkgnY0iXNlY3AyNTZrMaEDG4TFVnsSZECZXT7VqroFZdceGDRgSBn_nBf16dXdB48";
    const WITH_ADDRESSES: &str = "enr:-Iu4QCdreXm-iHrd2Y-QgLAHeGAkQSrZNvfPL-l6IuGEuKoMHnZsg93EgIWWOtcBzKs_-skexEKvY3CmcJ8SOzMIGMiAgmlkgnY0gmlwhH8AAAGJc2VjcDI1NmsxoQL4r6dX8heIruf3OW_hfcctLtsaX8roj8E-8s0-IpH9rYN0Y3CCDhqDdWRwgg4u";
    // The example of EIP-778.
    const EIP_778: &str = "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlkgnY0gmlwhH8AAAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8";

    fn key(byte: u8) -> IdentityKey {
        IdentityKey::from_bytes(&[byte; 32]).unwrap()
    }

    /// A record of these items after the signature, which is made by the key `key(1)`.
    fn record(items: &[Vec<u8>]) -> String {
        let content = items.concat();
        let signature = key(1).sign(&keccak256(rlp::list(&content)));
        text(&[rlp::string(&signature), content].concat())
    }

    fn text(items: &[u8]) -> String {
        format!("enr:{}", URL_SAFE_NO_PAD.encode(rlp::list(items)))
    }

    fn items() -> Vec<Vec<u8>> {
        let strings: [&[u8]; 5] = [b"", b"id", b"v4", b"secp256k1", &key(1).public_key()];
        strings.into_iter().map(rlp::string).collect()
    }

    #[test]
    fn real_records_are_read() {
        let enr = Enr::parse(CHARONS).unwrap();
        assert_eq!(enr.text(), CHARONS);
        assert_eq!(enr.peer_id(), "16Uiu2HAmEWQnHq2jLKJypwVnVoQeFCULuyop6atvq2eWjYSUjzNi");
        assert_eq!((enr.sequence(), enr.ip(), enr.tcp(), enr.udp()), (0, None, None, None));
        let enr = Enr::parse(WITH_ADDRESSES).unwrap();
        assert_eq!((enr.ip(), enr.tcp(), enr.udp()), (Some(Ipv4Addr::LOCALHOST), Some(3610), Some(3630)));
        let enr = Enr::parse(EIP_778).unwrap();
        assert_eq!((enr.sequence(), enr.udp()), (1, Some(30303)));
    }

    #[test]
    fn the_example_of_eip_778_is_made_from_its_key() {
        let secret = "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291";
        let key = IdentityKey::from_file_text(secret).unwrap();
        assert_eq!(Enr::new(&key).public_key(), Enr::parse(EIP_778).unwrap().public_key());
    }

    #[test]
    fn new_records_have_charons_shape() {
        let enr = Enr::new(&key(1));
        assert_eq!(Enr::parse(enr.text()), Ok(enr.clone()));
        assert_eq!(enr.text(), record(&items()));
        assert_eq!(enr.text().len(), CHARONS.len());
        assert!(enr.text().starts_with("enr:-HW4Q"));
    }

    #[test]
    fn records_with_addresses_are_read_back_by_us_and_by_another_library() {
        let (ip, udp) = (Ipv4Addr::new(192, 0, 2, 1), Some(3630));
        for (tcp, udp) in [(3610, None), (80, udp), (127, udp), (128, udp), (0xffff, Some(0xff00))] {
            let made = Enr::at(&key(1), ip, tcp, udp);
            assert_eq!(Enr::parse(made.text()), Ok(made.clone()));
            assert_eq!((made.ip(), made.tcp(), made.udp()), (Some(ip), Some(tcp), udp));
            let theirs: enr::Enr<enr::k256::ecdsa::SigningKey> = made.text().parse().unwrap();
            assert_eq!((theirs.ip4(), theirs.tcp4(), theirs.udp4()), (Some(ip), Some(tcp), udp));
        }
    }

    #[test]
    fn padding_is_tolerated_and_the_text_kept() {
        let padded = format!("{CHARONS}=");
        let enr = Enr::parse(&padded).unwrap();
        assert_eq!(enr.text(), padded);
        assert_eq!(enr.public_key(), Enr::parse(CHARONS).unwrap().public_key());
    }

    #[test]
    fn unknown_entries_are_tolerated() {
        let nested = rlp::list(&rlp::list(&rlp::string(b"fork")));
        let mut items = items();
        items.splice(1..1, [rlp::string(b"eth"), nested]);
        assert!(Enr::parse(&record(&items)).is_ok());
    }

    #[test]
    fn malformed_records_are_refused() {
        let replaced = |at: usize, bytes: &[u8]| {
            let mut items = items();
            items[at] = rlp::string(bytes);
            record(&items)
        };
        let without = |range: std::ops::Range<usize>| {
            let mut items = items();
            items.drain(range);
            record(&items)
        };
        let with_twice = {
            let mut items = items();
            items.extend([rlp::string(b"secp256k1"), rlp::string(&key(2).public_key())]);
            record(&items)
        };
        let content = items().concat();
        let foreign = key(2).sign(&keccak256(rlp::list(&content)));
        let trailing = {
            let signature = key(1).sign(&keccak256(rlp::list(&content)));
            let mut bytes = rlp::list(&[rlp::string(&signature), content.clone()].concat());
            bytes.push(0);
            format!("enr:{}", URL_SAFE_NO_PAD.encode(bytes))
        };
        for (why, text) in [
            ("does not start with enr:", CHARONS.replacen("enr:", "", 1)),
            ("does not start with enr:", CHARONS.replacen("enr:", "ENR:", 1)),
            ("not base64url", CHARONS.replacen('-', "+", 1)),
            ("not a canonical RLP list of strings", "enr:".to_owned()),
            ("not a canonical RLP list of strings", CHARONS[..CHARONS.len() - 7].to_owned()),
            ("not a canonical RLP list of strings", text(&[])),
            ("longer than 300 bytes", format!("enr:{}", "A".repeat(402))),
            ("longer than 300 bytes", replaced(2, &[0; 250])),
            ("bytes follow the record", trailing),
            ("its sequence number is malformed", replaced(0, &[0, 1])),
            ("its sequence number is malformed", without(0..5)),
            ("its identity scheme is not v4", replaced(2, b"v5")),
            ("its identity scheme is not v4", without(1..3)),
            ("it has no secp256k1 key", without(3..5)),
            ("an entry has no value", without(4..5)),
            ("its entries are not in ascending order, or one stands there twice", with_twice),
            ("its key has not 33 bytes", replaced(4, &[2; 32])),
            ("its signature has not 64 bytes", text(&[rlp::string(&[1; 63]), content.clone()].concat())),
            ("its signature is not that of its key", replaced(4, &key(2).public_key())),
            ("its signature is not that of its key", text(&[rlp::string(&foreign), content].concat())),
        ] {
            assert_eq!(Enr::parse(&text), Err(ClusterError::Enr(why)), "{text}");
        }
    }

    #[test]
    fn a_key_has_one_encoding() {
        // The form with tag 5 stands for the point with one of the two ordinates: for which one, need not be known here.
        for seed in 1..=8 {
            let key = key(seed);
            for tag in [5, 0, 4, 6] {
                let mut other = key.public_key();
                other[0] = tag;
                let mut items = items();
                items[4] = rlp::string(&other);
                let content = items.concat();
                let signature = key.sign(&keccak256(rlp::list(&content)));
                let record = text(&[rlp::string(&signature), content].concat());
                assert_eq!(Enr::parse(&record), Err(ClusterError::Enr("its key is not a compressed point")));
            }
        }
    }

    #[test]
    fn another_library_reads_the_same() {
        for text in [CHARONS, WITH_ADDRESSES, EIP_778, Enr::new(&key(7)).text()] {
            let (ours, theirs) =
                (Enr::parse(text).unwrap(), text.parse::<enr::Enr<enr::k256::ecdsa::SigningKey>>());
            let theirs = theirs.unwrap();
            assert_eq!(identity::compress(&theirs.public_key()), ours.public_key());
            assert_eq!((theirs.seq(), theirs.ip4()), (ours.sequence(), ours.ip()));
            assert_eq!((theirs.tcp4(), theirs.udp4()), (ours.tcp(), ours.udp()));
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes: Vec<u8>, text: String) {
            prop_assert!(Enr::parse(&self::text(&bytes)).is_err());
            prop_assert!(Enr::parse(&text).is_err());
        }

        #[test]
        fn every_bit_is_signed(at in 0..119_usize, bit in 0..8_u32) {
            let record = URL_SAFE_NO_PAD.decode(&CHARONS[4..]).unwrap();
            let mut changed = record.clone();
            changed[at] ^= 1 << bit;
            let text = format!("enr:{}", URL_SAFE_NO_PAD.encode(changed));
            prop_assert!(Enr::parse(&text).is_err());
        }
    }
}
