//! Honest locks that are not what somebody expects.

use serde_json::{Value, json};

use crate::base::{Base, account};
use crate::corpus::{Change, Mutation, fails};

pub fn all() -> Vec<Mutation> {
    let definition = &Base::Lock.kept().ceremony.definition().clone();
    let validator = &definition.validators()[0];
    let root = Base::Lock.kept().outcomes[0].transcript().root().to_string();
    let setup = Base::Groth16.kept().ceremony.parameters().setup.unwrap();
    let right = json!({
        "operators": [account(2).address().to_string(), definition.operators()[0].enr()],
        "withdrawal": validator.withdrawal().to_string(),
        "network": "hoodi",
        "amounts_gwei": [24_000_000_000_u64, 8_000_000_000_u64],
        "threshold": 2,
        "transcript": root,
    });
    let digest = |bytes: [u8; 32]| format!("0x{}", hex::encode(bytes));
    vec![
        expected("all", Base::Lock, right, &[]),
        expected("setup", Base::Groth16, json!({ "setup": [digest(setup)] }), &[]),
        expected(
            "other-operator",
            Base::Lock,
            json!({ "operators": [account(9).address().to_string()] }),
            &["expect.operators"],
        ),
        expected(
            "other-withdrawal",
            Base::Lock,
            json!({ "withdrawal": account(9).address().to_string() }),
            &["expect.withdrawal"],
        ),
        expected("other-network", Base::Lock, json!({ "network": "mainnet" }), &["expect.network"]),
        expected(
            "other-amounts",
            Base::Lock,
            json!({ "amounts_gwei": [32_000_000_000_u64] }),
            &["expect.amounts"],
        ),
        expected("other-threshold", Base::Lock, json!({ "threshold": 3 }), &["expect.threshold"]),
        expected(
            "other-transcript",
            Base::Lock,
            json!({ "transcript": digest([7; 32]) }),
            &["expect.transcript"],
        ),
        expected("other-setup", Base::Groth16, json!({ "setup": [digest([7; 32])] }), &["expect.setup"]),
    ]
}

fn expected(name: &str, base: Base, expectations: Value, failed: &[&'static str]) -> Mutation {
    let comment = "nothing is changed; it is compared with expectations";
    let mut made =
        Mutation::new(format!("expected/{name}"), base, comment, Change::Json(Vec::new()), &fails(failed));
    made.expectations = Some(expectations);
    made
}
