//! The keystore file.

use super::{Kdf, Keystore, MAX_BYTES};
use crate::ClusterError;
use crate::json::{Node, check_bounded, to_go_json};
use serde::Serialize;

/// Every member that EIP-2335 names.
const MEMBERS: &[&str] = &[
    "crypto",
    "checksum",
    "cipher",
    "kdf",
    "function",
    "message",
    "params",
    "iv",
    "c",
    "dklen",
    "prf",
    "salt",
    "n",
    "p",
    "r",
    "description",
    "pubkey",
    "path",
    "uuid",
    "version",
];

/// The derivation path that Charon states; the share comes from a ceremony, not from a path.
const PATH: &str = "m/12381/3600/0/0/0";

const VERSION: u64 = 4;
const KEY_LEN: u64 = 32;

pub(super) fn read(bytes: &[u8]) -> Result<Keystore, ClusterError> {
    let value = check_bounded(bytes, MEMBERS, MAX_BYTES)?;
    let root = Node::root(&value);
    if root.member("version")?.number()? != VERSION {
        return Err(root.member("version")?.wrong_type("4, the version of EIP-2335"));
    }
    let crypto = root.member("crypto")?;
    let checksum = module(&crypto, "checksum", &["sha256"])?;
    let cipher = module(&crypto, "cipher", &["aes-128-ctr"])?;
    let kdf = module(&crypto, "kdf", &["pbkdf2", "scrypt"])?;
    let params = kdf.member("params")?;
    if params.member("dklen")?.number()? != KEY_LEN {
        return Err(params.member("dklen")?.wrong_type("32"));
    }
    Ok(Keystore {
        kdf: derivation(&kdf, &params)?,
        salt: params.member("salt")?.bytes()?,
        iv: cipher.member("params")?.member("iv")?.array()?,
        ciphertext: cipher.member("message")?.array()?,
        checksum: checksum.member("message")?.array()?,
        public_key: root.optional("pubkey")?.map(|key| key.array()).transpose()?,
    })
}

/// One of the three modules, its function being one of `functions`.
fn module<'a>(crypto: &Node<'a>, name: &str, functions: &[&str]) -> Result<Node<'a>, ClusterError> {
    let module = crypto.member(name)?;
    let function = module.member("function")?;
    let text = function.text()?;
    if functions.contains(&text) {
        Ok(module)
    } else {
        Err(ClusterError::KeystoreFunction {
            path: function.path().to_owned(),
            function: text.chars().take(32).collect(),
        })
    }
}

fn derivation(kdf: &Node<'_>, params: &Node<'_>) -> Result<Kdf, ClusterError> {
    let small = |name: &str| {
        let node = params.member(name)?;
        u32::try_from(node.number()?).map_err(|_| node.wrong_type("a whole number below 2^32"))
    };
    let derivation = if kdf.member("function")?.text()? == "pbkdf2" {
        if params.member("prf")?.text()? != "hmac-sha256" {
            return Err(params.member("prf")?.wrong_type("hmac-sha256"));
        }
        Kdf::Pbkdf2 { rounds: small("c")? }
    } else {
        let n = small("n")?;
        if !n.is_power_of_two() {
            return Err(params.member("n")?.wrong_type("a power of two"));
        }
        Kdf::Scrypt { log_n: n.trailing_zeros() as u8, r: small("r")?, p: small("p")? }
    };
    derivation.check()?;
    Ok(derivation)
}

#[derive(Serialize)]
struct File {
    crypto: Crypto,
    description: &'static str,
    pubkey: String,
    path: &'static str,
    uuid: String,
    version: u64,
}

#[derive(Serialize)]
struct Crypto {
    checksum: Module<NoParams>,
    cipher: Module<CipherParams>,
    kdf: Module<KdfParams>,
}

#[derive(Serialize)]
struct Module<P> {
    function: &'static str,
    message: String,
    params: P,
}

#[derive(Serialize)]
struct NoParams {}

#[derive(Serialize)]
struct CipherParams {
    iv: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum KdfParams {
    Pbkdf2 { c: u32, dklen: u64, prf: &'static str, salt: String },
    Scrypt { dklen: u64, n: u64, p: u32, r: u32, salt: String },
}

pub(super) fn write(keystore: &Keystore, uuid: &[u8; 16]) -> Result<Vec<u8>, ClusterError> {
    let salt = hex::encode(&keystore.salt);
    let (function, params) = match keystore.kdf {
        Kdf::Pbkdf2 { rounds: c } => {
            ("pbkdf2", KdfParams::Pbkdf2 { c, dklen: KEY_LEN, prf: "hmac-sha256", salt })
        }
        Kdf::Scrypt { log_n, r, p } => {
            ("scrypt", KdfParams::Scrypt { dklen: KEY_LEN, n: 1 << log_n, p, r, salt })
        }
    };
    to_go_json(&File {
        crypto: Crypto {
            checksum: Module {
                function: "sha256",
                message: hex::encode(keystore.checksum),
                params: NoParams {},
            },
            cipher: Module {
                function: "aes-128-ctr",
                message: hex::encode(keystore.ciphertext),
                params: CipherParams { iv: hex::encode(keystore.iv) },
            },
            kdf: Module { function, message: String::new(), params },
        },
        description: "",
        pubkey: keystore.public_key.map(hex::encode).unwrap_or_default(),
        path: PATH,
        uuid: uuid_text(uuid),
        version: VERSION,
    })
}

/// Uppercase, in groups of 8, 4, 4, 4 and 12 digits; the bytes carry no version tag.
fn uuid_text(uuid: &[u8; 16]) -> String {
    let digits = hex::encode_upper(uuid);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    groups.map(|group| digits.get(group).unwrap_or_default()).join("-")
}
