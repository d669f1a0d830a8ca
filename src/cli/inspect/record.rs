//! A node record (ENR).

use std::net::{Ipv4Addr, Ipv6Addr};

use coram_cluster::enr::Content;
use coram_cluster::identity;

use super::kind::Kind;
use super::sheet::{Item, Sheet, hex0x, shown};
use super::{Found, Stop};

/// How much of a record's text is shown that cannot be read, in characters.
const BEGIN: usize = 64;

/// A record, whoever signed it.
pub fn look(text: &str) -> Found {
    let content = match Content::read(text) {
        Ok(content) => content,
        Err(error) => {
            let begin: String = text.chars().take(BEGIN).collect();
            let content = Sheet::new().with("begins_with", begin);
            return Found { kind: Kind::NodeRecord, content, stopped: vec![Stop::new("its text", error)] };
        }
    };
    let Content { signature, sequence, entries, is_cut } = &content;
    let key = entries.iter().find(|(name, _)| name == b"secp256k1");
    let key = key.and_then(|(_, key)| <[u8; 33]>::try_from(key.as_slice()).ok());
    let sheet = Sheet::new()
        .with("record", text)
        .with("peer_id", key.map(|key| identity::peer_id(&key)))
        .with("sequence", *sequence)
        .with_list("entries", entries.iter().map(|(name, value)| entry(name, value)))
        .with("signature", hex0x(signature))
        .with("signature_bytes", signature.len());
    let stopped = is_cut.then(|| Stop::new("its entries", "something follows that is no entry"));
    Found { kind: Kind::NodeRecord, content: sheet, stopped: stopped.into_iter().collect() }
}

fn entry(name: &[u8], value: &[u8]) -> Sheet {
    Sheet::new()
        .with("name", String::from_utf8_lossy(name).into_owned())
        .with("value", reading(name, value))
        .with("hex", hex0x(value))
}

/// What a value means, for the names that EIP-778 gives a meaning.
fn reading(name: &[u8], value: &[u8]) -> Item {
    match name {
        b"id" => String::from_utf8_lossy(value).into_owned().into(),
        b"secp256k1" => "a public key".into(),
        b"ip" => <[u8; 4]>::try_from(value).ok().map(|ip| shown(Ipv4Addr::from(ip))).into(),
        b"ip6" => <[u8; 16]>::try_from(value).ok().map(|ip| shown(Ipv6Addr::from(ip))).into(),
        b"tcp" | b"udp" | b"tcp6" | b"udp6" | b"quic" | b"quic6" if value.len() <= 2 => {
            value.iter().fold(0_u16, |port, byte| port << 8 | u16::from(*byte)).into()
        }
        _ => Item::Nothing,
    }
}
