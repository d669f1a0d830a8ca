//! Definition files that must not be accepted.
#![allow(clippy::unwrap_used)]

mod clusters;

use clusters::{hoodi, request, signed};
use coram_cluster::ClusterError;
use coram_cluster::definition::Definition;
use proptest::prelude::*;
use serde_json::{Value, json};

fn text(definition: &Definition) -> String {
    String::from_utf8(definition.to_json().unwrap()).unwrap()
}

fn parse(text: &str) -> Result<Definition, ClusterError> {
    Definition::parse(text.as_bytes())
}

#[test]
fn members_that_can_be_taken_for_others_are_refused() {
    let text = text(&signed());
    let with = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        parse(&changed).unwrap_err()
    };
    assert_eq!(
        with(r#""threshold": 3,"#, r#""threshold": 3, "threshold": 2,"#),
        ClusterError::DuplicateMember { path: "$.threshold".into() }
    );
    assert_eq!(
        with(r#""threshold": 3,"#, r#""threshold": 3, "Threshold": 2,"#),
        ClusterError::AmbiguousMember { path: "$.Threshold".into(), other: "threshold".into() }
    );
    assert_eq!(
        with(r#"  "enr": "#, r#"  "ENR": "", "enr": "#),
        ClusterError::AmbiguousMember { path: "$.operators[0].ENR".into(), other: "enr".into() }
    );
    assert_eq!(
        with(r#"{"#, r#"{ "x": [{"y": 1, "Y": 2}],"#),
        ClusterError::AmbiguousMember { path: "$.x[0].Y".into(), other: "y".into() }
    );
}

#[test]
fn unknown_members_are_passed_over() {
    let definition = signed();
    let changed = text(&definition).replacen('{', r#"{ "x": {"y": [1, null]}, "#, 1);
    assert_eq!(parse(&changed), Ok(definition));
}

#[test]
fn hashes_that_do_not_belong_to_the_content_are_refused() {
    let text = text(&signed());
    for (from, to, what) in [
        (r#""threshold": 3"#, r#""threshold": 2"#, "config hash"),
        (r#""config_hash": "0x"#, r#""config_hash": "0x00"#, "length"),
        (r#""enr": "enr:-"#, r#""enr": "enr:_"#, "definition hash"),
        (r#""uuid": "U"#, r#""uuid": "u"#, "config hash"),
    ] {
        match parse(&text.replacen(from, to, 1)) {
            Err(ClusterError::HashMismatch { what: found, .. }) => assert_eq!(found, what),
            Err(ClusterError::WrongLength { length: 33, expected: 32, .. }) => assert_eq!("length", what),
            other => panic!("{from}: {other:?}"),
        }
    }
    let mut value: Value = serde_json::from_str(&text).unwrap();
    value["definition_hash"] = json!("00".repeat(32));
    assert!(matches!(
        parse(&value.to_string()),
        Err(ClusterError::HashMismatch { what: "definition hash", .. })
    ));
}

#[test]
fn members_have_one_type_and_most_must_be_there() {
    let value: Value = serde_json::from_str(&text(&signed())).unwrap();
    let required = [
        "operators",
        "uuid",
        "version",
        "num_validators",
        "threshold",
        "validators",
        "dkg_algorithm",
        "fork_version",
        "config_hash",
        "definition_hash",
    ];
    for name in required {
        let mut changed = value.clone();
        changed.as_object_mut().unwrap().remove(name);
        let path = format!("$.{name}");
        assert_eq!(parse(&changed.to_string()), Err(ClusterError::MissingMember { path }));
    }
    for name in value.as_object().unwrap().keys() {
        let mut changed = value.clone();
        changed[name] = json!(1.5);
        let error = parse(&changed.to_string()).unwrap_err();
        assert!(matches!(error, ClusterError::WrongType { .. }), "{name}: {error:?}");
    }
    for threshold in [json!(-1), json!("3"), json!(18_446_744_073_709_551_616_f64), Value::Null] {
        let mut changed = value.clone();
        changed["threshold"] = threshold;
        assert!(matches!(parse(&changed.to_string()), Err(ClusterError::WrongType { .. })));
    }
    for amounts in [json!([32_000_000_000_u64]), json!(["0x1"]), json!("1"), json!([null])] {
        let mut changed = value.clone();
        changed["deposit_amounts"] = amounts;
        assert!(matches!(parse(&changed.to_string()), Err(ClusterError::WrongType { .. })));
    }
}

#[test]
fn counts_and_versions_are_checked() {
    let value: Value = serde_json::from_str(&text(&signed())).unwrap();
    let error = |name: &str, member: Value| {
        let mut changed = value.clone();
        changed[name] = member;
        parse(&changed.to_string()).unwrap_err()
    };
    assert_eq!(error("num_validators", json!(2)), ClusterError::ValidatorCount { stated: 2, listed: 1 });
    assert_eq!(error("version", json!("v1.12.0")), ClusterError::UnknownVersion("v1.12.0".into()));
    let operators = json!(vec![value["operators"][0].clone(); 257]);
    assert!(matches!(error("operators", operators), ClusterError::TooLong { length: 257, limit: 256, .. }));
    assert!(matches!(error("validators", json!([{}])), ClusterError::MissingMember { .. }));
    let addresses = json!([{"fee_recipient_address": "", "withdrawal_address": ""}]);
    assert!(matches!(error("validators", addresses), ClusterError::Address { .. }));
    assert!(matches!(Definition::parse(&vec![b' '; (16 << 20) + 1]), Err(ClusterError::FileTooLarge { .. })));
}

#[test]
fn absent_members_are_what_charon_takes_them_for() {
    let definition = request().create().unwrap();
    let mut value: Value = serde_json::from_str(&text(&definition)).unwrap();
    let file = value.as_object_mut().unwrap();
    for name in ["creator", "deposit_amounts", "consensus_protocol", "compounding"] {
        assert!(file.remove(name).is_some());
    }
    for operator in file["operators"].as_array_mut().unwrap() {
        let enr = operator["enr"].clone();
        *operator = json!({"enr": enr, "address": null});
    }
    assert_eq!(parse(&value.to_string()), Ok(definition));
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes: Vec<u8>) {
        prop_assert!(Definition::parse(&bytes).is_err());
    }

    /// What is still a definition after a change says the same, and is judged without a panic.
    #[test]
    fn changed_files_are_refused_or_say_the_same(at: prop::sample::Index, byte: u8, cut: bool) {
        let definition = signed();
        let mut bytes = definition.to_json().unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(read) = Definition::parse(&bytes) {
            prop_assert_eq!(read.definition_hash(), definition.definition_hash());
        }
        if let Ok(value) = coram_cluster::json::check(&bytes, coram_cluster::definition::MEMBERS)
            && let Ok(read) = Definition::read(&coram_cluster::json::Node::root(&value))
        {
            let _ = (read.verify_signatures(&hoodi()), read.lint(None), read.summary(None), read.enrs());
        }
    }
}
