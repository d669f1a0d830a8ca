//! What fuzzing starts from: real objects, and changes to them.

use std::sync::OnceLock;

use coram_ceremony::frame::{Answer, Request};
use coram_ceremony::id::{CeremonyId, MessageId};
use coram_cluster::bls::SecretKey;
use coram_cluster::enr::Enr;
use coram_cluster::identity::IdentityKey;
use coram_cluster::keystore::{self, Kdf};

use crate::edits::overwrite;
use crate::{Failure, TARGETS, objects, signing, targets};

/// The password of the keystores.
pub const PASSWORD: &str = "password";

/// An input with a name.
pub struct Seed {
    /// The name of its file.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

fn seed(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Seed {
    Seed { name: name.into(), bytes: bytes.into() }
}

/// Keystores of one key, under both functions, at no cost.
#[must_use]
pub fn keystores() -> &'static [Vec<u8>] {
    static KEYSTORES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    KEYSTORES.get_or_init(|| {
        let functions = [Kdf::Pbkdf2 { rounds: 1 }, Kdf::Scrypt { log_n: 1, r: 1, p: 1 }];
        let encrypt = |kdf| {
            let key = SecretKey::from_bytes(&[1; 32])?;
            keystore::encrypt(&key, PASSWORD, &[2; 32], &[3; 16], &[4; 16], kdf)
        };
        functions.into_iter().flat_map(encrypt).collect()
    })
}

/// The seeds of a target.
///
/// # Errors
///
/// If a real object cannot be made.
pub fn of(target: &str) -> Result<Vec<Seed>, Failure> {
    Ok(match target {
        "board" => vec![seed("empty", []), seed("conflict", conflict())],
        "deal_groth16" | "deal_transparent" => dealings(target == "deal_groth16"),
        "definition" => edited(objects::definitions()),
        "deposit" => edited(std::slice::from_ref(&objects::held().deposits)),
        "engine" => ceremonies(),
        "enr" => records()?,
        "expectations" => expectations(),
        "fault" => edited(objects::faults()),
        "frame" => frames(),
        "json" => vec![
            seed("members", r#"{"name":"x","operators":[{"enr":null},-2.5e3,"é\n"],"version":true}"#),
            seed("twice", r#"{"name":1,"Name":2}"#),
        ],
        "keystore" => edited(keystores()),
        "lock" => edited(std::slice::from_ref(&objects::held().lock)),
        "message" => messages(),
        "points" => points()?,
        "setup" => edited(targets::setup_bases()),
        "text" => texts(),
        "transcript" => edited(std::slice::from_ref(&objects::held().transcript)),
        other => return Err(format!("no target {other}").into()),
    })
}

/// The seeds of all targets, by target.
///
/// # Errors
///
/// If a real object cannot be made.
pub fn all() -> Result<Vec<(&'static str, Vec<Seed>)>, Failure> {
    TARGETS.iter().map(|target| Ok((target.name, of(target.name)?))).collect()
}

/// Each base as it is, and with a change in its first, middle and last part.
fn edited(bases: &[Vec<u8>]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (number, base) in (0..).zip(bases) {
        seeds.push(seed(format!("real-{number}"), [number]));
        for (part, place) in [("first", 0), ("middle", base.len() / 2), ("last", base.len() * 9 / 10)] {
            seeds.push(seed(format!("{part}-{number}"), overwrite(number, place, b"0")));
        }
        seeds.push(seed(format!("cut-{number}"), [number, 2, 0, 40, 255]));
        seeds.push(seed(format!("repeated-{number}"), [number, 3, 1, 0, 255]));
    }
    seeds
}

fn conflict() -> Vec<u8> {
    let mut input = Vec::new();
    for body in [b"one", b"two", b"six"] {
        input.extend([1, 1, 0, 0, 3]);
        input.extend(body);
    }
    input
}

fn dealings(is_groth16: bool) -> Vec<Seed> {
    let real = if is_groth16 { objects::groth16() } else { objects::transparent() };
    let mut seeds = vec![seed("whole", real.dealing.clone())];
    seeds.extend(edited(std::slice::from_ref(&real.dealing)));
    seeds
}

/// Ceremonies: an honest one, one message after the other or all at once; one that a cheater spoils in each phase.
fn ceremonies() -> Vec<Seed> {
    let round = [0, 0, 0, 0, 1, 0, 3, 0, 0, 10, 0, 0, 2, 0, 0, 2, 1, 0];
    let rounds = |count: usize| round.repeat(count);
    let then = |count: usize, more: &[u8]| [rounds(count), more.to_vec(), rounds(2)].concat();
    let commits = [0, 0, 0, 0, 1, 0, 2, 0, 0, 2, 1, 0];
    // Another byte in the first ciphertext.
    let wrong = [8, 0, 0, 5, 0, 0, 159, 1, 7];
    let spoiled = [rounds(1), commits.to_vec(), wrong.to_vec(), vec![2, 0, 0, 2, 1, 0], commits.to_vec()];
    let spoiled = [spoiled.concat(), vec![9, 0, 0, 2, 0, 0, 2, 1, 0, 0, 0, 0, 0, 1, 0]].concat();
    vec![
        seed("honest", rounds(6)),
        seed("silent", [0, 0, 0, 0, 1, 0, 2, 0, 0]),
        seed("twice", then(1, &[4, 0, 2, 5, 0, 0, 140, 1, 1])),
        seed("malformed", then(2, &[4, 0, 5, 4, 2, 0, 150, 9])),
        seed("other-attempt", then(0, &[6, 0, 0, 6, 0, 5, 6, 1, 9])),
        seed("restarted", then(2, &[7, 0, 0, 7, 1, 0])),
        seed("noise", then(1, &[5, 0, 0, 3, 1, 2, 3])),
        seed("wrong-dealing", spoiled),
    ]
}

fn records() -> Result<Vec<Seed>, Failure> {
    let key = IdentityKey::from_bytes(&[1; 32])?;
    let plain = Enr::new(&key);
    let content = |extra: &[u8]| {
        let mut items = vec![1, 0x80, 0x82, b'i', b'd', 0x82, b'v', b'4', 0x89];
        items.extend(b"secp256k1");
        items.push(0xa1);
        items.extend(plain.public_key());
        items.extend(extra);
        items
    };
    Ok(vec![
        seed("plain", plain.text()),
        seed("address", Enr::at(&key, [192, 0, 2, 1].into(), 3610, Some(3630)).text()),
        seed("content", content(b"")),
        seed("content-with-ports", content(b"\x83tcp\x82\x0e\x1a\x83udp\x82\x0e\x1a")),
        seed("content-unknown", content(b"\x81z\xc2\x01\x02")),
    ])
}

fn expectations() -> Vec<Seed> {
    let whole = r#"{"operators":["0x52fdfc072182654f163f5f0f9a621d729566c74d"],"withdrawal":"0x0000000000000000000000000000000000000001","network":"hoodi","amounts":[32],"threshold":2,"transcript":"00","setup":[]}"#;
    vec![
        seed("whole", whole),
        seed("network", r#"{"network":{"name":"devnet","fork_version":"0x10000000","genesis_time":1}}"#),
        seed("check", "expect.threshold"),
    ]
}

fn frames() -> Vec<Seed> {
    let (ceremony, id) = (CeremonyId::new([7; 32]), MessageId::new([1; 32]));
    let requests = [
        ("sync", Request::Sync { ceremony, have: vec![id, id] }),
        ("offer", Request::Offer { ceremony, ids: vec![id] }),
        ("push", Request::Push { ceremony, messages: vec![Vec::new(), vec![1, 2, 3]] }),
        ("open", Request::Open { ceremony, definition: b"{}".to_vec(), terms: vec![9; 40] }),
    ];
    let answers = [
        ("have", Answer::Have { ids: vec![id] }),
        ("want", Answer::Want { lacks: vec![id, id], now: vec![id] }),
        ("took", Answer::Took),
        ("other", Answer::Other { ceremony, join: vec![5; 3] }),
        ("unknown", Answer::Unknown),
        ("refused", Answer::Refused { reason: "full".to_owned() }),
    ];
    let requests = requests.into_iter().map(|(name, request)| seed(name, request.to_bytes()));
    requests.chain(answers.into_iter().map(|(name, answer)| seed(name, answer.to_bytes()))).collect()
}

/// One message of each kind, as it is and as a body that is signed anew.
fn messages() -> Vec<Seed> {
    let kinds = ["join", "commit", "deal", "attest", "seal"];
    let messages = objects::held().messages.iter().step_by(3);
    let pair = |(name, message): (&str, &Vec<u8>)| {
        let kind = message.get(32).copied().unwrap_or_default();
        let body = [&[1, kind, 1, kind], signing::body(message)].concat();
        [seed(name, message.clone()), seed(format!("{name}-body"), body)]
    };
    kinds.into_iter().zip(messages).flat_map(pair).collect()
}

fn points() -> Result<Vec<Seed>, Failure> {
    let key = SecretKey::from_bytes(&[1; 32])?;
    let cast = objects::cast();
    let encryption = cast.decryption(1)?.encryption_key().to_bytes();
    let (setup, _) = objects::setup()?;
    Ok(vec![
        seed("public-key", key.public_key().to_bytes()),
        seed("signature", key.sign(&[1; 32]).to_bytes()),
        seed("secret-key", [1; 32]),
        seed("encryption-key", encryption),
        seed("infinity", [[0xc0].as_slice(), &[0; 95]].concat()),
        seed("verifying-key", setup.verifying_key),
    ])
}

fn texts() -> Vec<Seed> {
    vec![
        seed("address", "0x52fdfc072182654F163F5f0f9a621d729566C74d"),
        seed("lower", "0x52fdfc072182654f163f5f0f9a621d729566c74d"),
        seed("key", "0101010101010101010101010101010101010101010101010101010101010101\n"),
        seed("version", "v1.10.0"),
        seed("network", "mainnet"),
        seed("peer", "16Uiu2HAmEWQnHq2jLKJypwVnVoQeFCULuyop6atvq2eWjYSUjzNi"),
    ]
}
