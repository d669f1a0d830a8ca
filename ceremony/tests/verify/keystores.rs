//! The keystores of one operator beside the lock.

use coram_ceremony::verify::{
    InputRole, KeystoreFile, NamedFile, Options, Outcome as Became, Report, Verdict,
};
use coram_cluster::bls::SecretKey;
use coram_cluster::keystore::{Kdf, encrypt};
use zeroize::Zeroizing;

use crate::support::{details, made, paths, verify_with};

const CHEAP: Kdf = Kdf::Pbkdf2 { rounds: 2 };

fn keystore(validator: usize, share: &SecretKey) -> KeystoreFile {
    let bytes = encrypt(share, "secret", &[1; 32], &[2; 16], &[3; 16], CHEAP).unwrap();
    let name = Some(format!("keystore-{validator}.json"));
    KeystoreFile { file: NamedFile { name, bytes }, password: Some(Zeroizing::new("secret".into())) }
}

/// The share of an operator, from 1, of a validator, from 0.
fn share(operator: usize, validator: usize) -> &'static SecretKey {
    &made().outcomes[operator - 1].shares()[validator]
}

/// The folder of operator 2.
fn folder() -> Vec<KeystoreFile> {
    (0..2).map(|validator| keystore(validator, share(2, validator))).collect()
}

fn judged(keystores: Vec<KeystoreFile>) -> Report {
    verify_with(&made().json, &Options { keystores: Some(keystores), ..Options::default() })
}

#[track_caller]
fn rejected(check: &str, keystores: Vec<KeystoreFile>) -> Vec<String> {
    let report = judged(keystores);
    assert_eq!(report.with(Became::Failed), [check], "{}", details(&report));
    assert_eq!(report.verdict, Verdict::Invalid);
    paths(&report, check)
}

/// Changes a keystore as a text.
fn replace(keystore: &mut KeystoreFile, from: &str, to: &str) {
    let text = String::from_utf8(keystore.file.bytes.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    keystore.file.bytes = text.replacen(from, to, 1).into_bytes();
}

#[test]
fn the_folder_of_an_operator_passes() {
    let mut reversed = folder();
    reversed.reverse();
    let mut nameless = folder();
    for keystore in &mut nameless {
        keystore.file.name = None;
    }
    for keystores in [folder(), reversed, nameless] {
        let report = judged(keystores);
        assert_eq!(report.verdict, Verdict::Valid, "{}", details(&report));
        assert!(report.check("keystores.keys").unwrap().detail.contains("operator 2"));
        assert_eq!(report.check("keystores.secrets").unwrap().outcome, Became::Passed);
        assert!(report.statements.proved.iter().any(|claim| claim.id == "keystores" && claim.holds));
        assert_eq!(report.inputs[1].role, InputRole::Keystore);
    }
    assert!(!format!("{:?}", folder()).contains("secret"));
}

#[test]
fn without_a_password_only_the_secrets_stay_open() {
    let mut keystores = folder();
    keystores[1].password = None;
    let report = judged(keystores);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(report.with(Became::Undecided), ["keystores.secrets"]);
    let detail = &report.check("keystores.secrets").unwrap().detail;
    assert!(detail.contains("keystore-1.json") && !detail.contains("keystore-0.json"), "{detail}");
}

#[test]
fn keystores_form() {
    let place = |change: fn(&mut KeystoreFile)| {
        let mut keystores = folder();
        change(&mut keystores[1]);
        rejected("keystores.form", keystores)
    };
    assert_eq!(place(|k| replace(k, "\"version\": 4", "\"version\": 3")), ["keystore-1.json:$.version"]);
    assert_eq!(place(|k| replace(k, "\"pubkey\"", "\"key\"")), ["keystore-1.json:$.pubkey"]);
    assert_eq!(
        place(|k| replace(k, "\"c\": 2", "\"c\": 2, \"C\": 3")),
        ["keystore-1.json:$.crypto.kdf.params.C"]
    );
    assert_eq!(place(|k| k.file.bytes = b"{".to_vec()), ["keystore-1.json:$"]);
    // Refused before it is tried: this would take a day, or all memory.
    assert_eq!(place(|k| replace(k, "\"c\": 2", "\"c\": 4294967295")), ["keystore-1.json:$"]);
    for name in ["keystore.json", "keystore-01.json", "keystore-x.json", "keystore-1.txt", ""] {
        let mut keystores = folder();
        keystores[1].file.name = Some(name.to_owned());
        assert_eq!(rejected("keystores.form", keystores), [format!("{name}:$")]);
    }
    let mut both = folder();
    for keystore in &mut both {
        keystore.file.bytes.clear();
    }
    assert_eq!(rejected("keystores.form", both), ["keystore-0.json:$", "keystore-1.json:$"]);
}

#[test]
fn keystores_keys() {
    let check = "keystores.keys";
    let pubkey = |validator: usize| format!("keystore-{validator}.json:$.pubkey");
    // Another operator's share of the validator; another validator's; nobody's.
    let mixed = vec![keystore(0, share(2, 0)), keystore(1, share(3, 1))];
    assert_eq!(rejected(check, mixed), [pubkey(1)]);
    let swapped = vec![keystore(0, share(2, 1)), keystore(1, share(2, 0))];
    assert_eq!(rejected(check, swapped), [pubkey(0), pubkey(1)]);
    let strange = vec![keystore(0, share(2, 0)), keystore(1, &SecretKey::from_bytes(&[7; 32]).unwrap())];
    assert_eq!(rejected(check, strange), [pubkey(1)]);
    // One is missing, one twice, one too many; all.
    assert_eq!(rejected(check, folder()[..1].to_vec()), ["$.distributed_validators[1]"]);
    let twice = [folder(), vec![keystore(1, share(2, 1))]].concat();
    assert_eq!(rejected(check, twice), ["keystore-1.json:$"]);
    let more = [folder(), vec![keystore(2, share(2, 1))]].concat();
    assert_eq!(rejected(check, more), [pubkey(2)]);
    assert_eq!(rejected(check, Vec::new()), ["$.distributed_validators[0]", "$.distributed_validators[1]"]);
}

#[test]
fn keystores_secrets() {
    let check = "keystores.secrets";
    let mut keystores = folder();
    for keystore in &mut keystores {
        keystore.password = Some(Zeroizing::new("other".into()));
    }
    assert_eq!(rejected(check, keystores), ["keystore-0.json:$", "keystore-1.json:$"]);
    // Another secret under the key of the share.
    let mut keystores = folder();
    let public = |share: &SecretKey| hex::encode(share.public_key().to_bytes());
    keystores[0] = keystore(0, share(3, 0));
    replace(&mut keystores[0], &public(share(3, 0)), &public(share(2, 0)));
    assert_eq!(rejected(check, keystores), ["keystore-0.json:$"]);
}
