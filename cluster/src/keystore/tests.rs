use super::*;
use proptest::prelude::*;

const CHEAP: Kdf = Kdf::Pbkdf2 { rounds: 2 };

fn share() -> SecretKey {
    let secret = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
    SecretKey::from_bytes(&hex::decode(secret).unwrap().try_into().unwrap()).unwrap()
}

/// The two test vectors of EIP-2335: the modules, and what stands beside them.
fn official(kdf: &str, checksum: &str, message: &str) -> String {
    format!(
        r#"{{
            "crypto": {{
                "kdf": {{ {kdf}, "message": "" }},
                "checksum": {{ "function": "sha256", "params": {{}}, "message": "{checksum}" }},
                "cipher": {{
                    "function": "aes-128-ctr",
                    "params": {{ "iv": "264daa3f303d7259501c93d997d84fe6" }},
                    "message": "{message}"
                }}
            }},
            "description": "A vector of EIP-2335.",
            "pubkey": "9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
            "path": "m/12381/60/0/0",
            "uuid": "64625def-3331-4eea-ab6f-782f3ed16a83",
            "version": 4
        }}"#
    )
}

fn official_pbkdf2() -> String {
    official(
        r#""function": "pbkdf2", "params": { "dklen": 32, "c": 262144, "prf": "hmac-sha256",
            "salt": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3" }"#,
        "8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1",
        "cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad",
    )
}

#[test]
fn official_vectors_are_opened() {
    let scrypt = official(
        r#""function": "scrypt", "params": { "dklen": 32, "n": 262144, "p": 1, "r": 8,
            "salt": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3" }"#,
        "d2217fe5f3e9a1e34581ef8a78f7c9928e436d36dacc5e846690a5581e8ea484",
        "06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f",
    );
    for vector in [official_pbkdf2(), scrypt] {
        assert_eq!(decrypt(vector.as_bytes(), "𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑"), Ok(share()));
    }
}

#[test]
fn charons_keystore_is_opened() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/charon");
    let Ok(file) = std::fs::read(format!("{folder}/keystore-scrypt.json")) else {
        let required = std::env::var_os("CORAM_REQUIRE_VECTORS").is_some_and(|value| value == "1");
        assert!(!required, "required, but {folder} is not there");
        println!("left out: {folder} is not here");
        return;
    };
    let password = std::fs::read_to_string(format!("{folder}/keystore-scrypt.txt")).unwrap();
    let secret = decrypt(&file, password.trim()).unwrap();
    assert_eq!(Keystore::parse(&file).unwrap().public_key(), Some(secret.public_key().to_bytes()));
}

#[test]
fn files_are_written_as_charon_writes_them() {
    let file = encrypt(&share(), "password", &[0xaa; 32], &[0xbb; 16], &[0xcc; 16], Kdf::CHARON).unwrap();
    let keystore = Keystore::parse(&file).unwrap();
    let expected = format!(
        r#"{{
 "crypto": {{
  "checksum": {{
   "function": "sha256",
   "message": "{}",
   "params": {{}}
  }},
  "cipher": {{
   "function": "aes-128-ctr",
   "message": "{}",
   "params": {{
    "iv": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
   }}
  }},
  "kdf": {{
   "function": "pbkdf2",
   "message": "",
   "params": {{
    "c": 262144,
    "dklen": 32,
    "prf": "hmac-sha256",
    "salt": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
   }}
  }}
 }},
 "description": "",
 "pubkey": "9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
 "path": "m/12381/3600/0/0/0",
 "uuid": "CCCCCCCC-CCCC-CCCC-CCCC-CCCCCCCCCCCC",
 "version": 4
}}"#,
        hex::encode(keystore.checksum),
        hex::encode(keystore.ciphertext),
    );
    assert_eq!(String::from_utf8(file).unwrap(), expected);
}

#[test]
fn what_is_written_can_be_opened_with_its_password_only() {
    let password = password(&[0x0f; 16]);
    assert_eq!(*password, "0f".repeat(16));
    for kdf in [CHEAP, Kdf::Scrypt { log_n: 4, r: 8, p: 2 }] {
        let file = encrypt(&share(), &password, &[1; 32], &[2; 16], &[3; 16], kdf).unwrap();
        assert_eq!(decrypt(&file, &password), Ok(share()));
        assert_eq!(decrypt(&file, "0f"), Err(ClusterError::KeystorePassword));
    }
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let file = encrypt(&share(), "x", &[1; 32], &[2; 16], &[3; 16], CHEAP).unwrap();
    let file = String::from_utf8(file).unwrap();
    let with = |from: &str, to: &str| {
        assert!(file.contains(from), "{from}");
        decrypt(file.replacen(from, to, 1).as_bytes(), "x")
    };
    let ciphertext = hex::encode(Keystore::parse(file.as_bytes()).unwrap().ciphertext);
    assert_eq!(with(&ciphertext, &"00".repeat(32)), Err(ClusterError::KeystorePassword));
    let other = hex::encode(SecretKey::from_bytes(&[1; 32]).unwrap().public_key().to_bytes());
    let stated = hex::encode(share().public_key().to_bytes());
    assert_eq!(
        with(&stated, &other),
        Err(ClusterError::KeystorePublicKey { stated: other.clone(), decrypted: stated.clone() })
    );
    assert!(matches!(with("aes-128-ctr", "aes-256-ctr"), Err(ClusterError::KeystoreFunction { .. })));
    assert!(matches!(with("hmac-sha256", "hmac-sha512"), Err(ClusterError::WrongType { .. })));
    assert!(matches!(with("\"c\": 2", "\"c\": 4294967295"), Err(ClusterError::KeystoreCost { .. })));
    assert!(matches!(with("\"dklen\": 32", "\"dklen\": 4294967295"), Err(ClusterError::WrongType { .. })));
    assert!(matches!(with("\"version\": 4", "\"version\": 3"), Err(ClusterError::WrongType { .. })));
    assert!(matches!(with("\"c\": 2", "\"c\": 2, \"C\": 3"), Err(ClusterError::AmbiguousMember { .. })));
    // With another initialization vector the checksum still holds, but the secret is another number.
    let other = with(&"02".repeat(16), &"04".repeat(16));
    assert!(
        matches!(other, Err(ClusterError::KeystorePublicKey { .. } | ClusterError::BlsSecretKey)),
        "{other:?}"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Keystore::parse(&bytes).is_err());
    }

    #[test]
    fn no_changed_byte_makes_it_panic(place in 0usize..1000, byte: u8) {
        let mut file = official_pbkdf2().into_bytes();
        let place = place % file.len();
        file[place] = byte;
        let _ = Keystore::parse(&file);
    }
}
