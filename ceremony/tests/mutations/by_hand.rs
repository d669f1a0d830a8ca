//! Changes that need no key and are not those of every place: values from elsewhere in the file, other forms of one value, wrong
//! types.

use serde_json::{Value, json};

use crate::base::Base;
use crate::corpus::{Change, Mutation, Said, fails, undecided};
use crate::support::{hex, turn_over, unhex};
use crate::text::{Edit, spans};

pub fn all() -> Vec<Mutation> {
    let mut made = from_elsewhere();
    made.extend(signatures());
    made.extend(forms());
    made.extend(same_content());
    made.extend(texts());
    made.extend(of_two());
    made
}

fn replaced(name: &str, comment: &str, said: &Said, place: &str, value: Value) -> Mutation {
    let change = json!({ "op": "replace", "path": place, "value": value });
    Mutation::new(name, Base::Lock, comment, Change::Json(vec![change]), said).at(place)
}

fn at(place: &str) -> Value {
    Base::Lock.kept().lock.pointer(place).unwrap().clone()
}

/// A value is the one that stands in another place, so that its form is right.
fn from_elsewhere() -> Vec<Mutation> {
    let mutation = |name: &str, place: &str, other: &str, failed: &[&'static str]| {
        let comment = format!("the value is that of {other}");
        replaced(&format!("elsewhere/{name}"), &comment, &fails(failed), place, at(other))
    };
    let validator = "/distributed_validators/0";
    let deposit = |place: usize, member: &str| format!("{validator}/partial_deposit_data/{place}/{member}");
    let share = |place: usize| format!("{validator}/public_shares/{place}");
    let in_transcript = |place: &str| format!("/pvss_transcript/{place}");
    let two_in_transcript = |name: &str, place: &str, other: &str, check: &'static str| {
        mutation(name, &in_transcript(place), &in_transcript(other), &[check])
    };
    vec![
        mutation(
            "key-is-a-share",
            &format!("{validator}/distributed_public_key"),
            &share(0),
            &[
                "lock.hash",
                "lock.reconstruction",
                "registrations.signatures",
                "registrations.content",
                "deposits.public-keys",
                "deposits.signatures",
                "keys.lock",
            ],
        ),
        mutation(
            "share-of-another-operator",
            &share(1),
            &share(2),
            &["lock.hash", "lock.distinct-keys", "lock.reconstruction", "keys.public-shares"],
        ),
        mutation(
            "deposit-of-another-amount",
            &deposit(0, "amount"),
            &deposit(1, "amount"),
            &["lock.hash", "deposits.amounts", "deposits.signatures", "attests.deposits"],
        ),
        mutation(
            "deposit-signature-of-another-amount",
            &deposit(0, "signature"),
            &deposit(1, "signature"),
            &["lock.hash", "deposits.signatures", "attests.deposits"],
        ),
        mutation(
            "node-signature-of-another",
            "/node_signatures/1",
            "/node_signatures/2",
            &["lock.node-signatures", "seals.node-signatures"],
        ),
        mutation(
            "aggregate-is-a-partial",
            "/signature_aggregate",
            "/pvss_transcript/seals/0/partials/0",
            &["lock.aggregate-signature", "seals.aggregate"],
        ),
        mutation(
            "operator-is-another",
            "/cluster_definition/operators/1/enr",
            "/cluster_definition/operators/2/enr",
            &["definition.hash", "definition.identities", "lock.hash"],
        )
        .and_undecided(&["definition.operator-signatures"]),
        two_in_transcript(
            "attestation-is-a-partial",
            "attestation",
            "attests/0/attestations/0",
            "attests.attestation",
        ),
        two_in_transcript(
            "encryption-key-of-another",
            "joins/1/encryption_key",
            "joins/2/encryption_key",
            "joins.signatures",
        ),
        two_in_transcript(
            "possession-of-another",
            "joins/1/possession",
            "joins/2/possession",
            "joins.signatures",
        ),
        two_in_transcript(
            "join-signature-of-another",
            "joins/1/signature",
            "joins/2/signature",
            "joins.signatures",
        ),
        two_in_transcript(
            "commit-signature-of-another",
            "commits/1/signature",
            "commits/2/signature",
            "commits.signatures",
        ),
        two_in_transcript(
            "deal-signature-of-another",
            "deals/1/signature",
            "deals/2/signature",
            "deals.signatures",
        ),
        two_in_transcript(
            "attest-signature-of-another",
            "attests/1/signature",
            "attests/2/signature",
            "attests.signatures",
        ),
        two_in_transcript(
            "seal-signature-of-another",
            "seals/1/signature",
            "seals/2/signature",
            "seals.signatures",
        ),
        two_in_transcript("join-of-another", "joins/1", "joins/2", "transcript.messages"),
        two_in_transcript("dealing-of-another", "deals/1/dealing", "deals/2/dealing", "deals.signatures"),
    ]
}

/// Signatures of other lengths and forms.
fn signatures() -> Vec<Mutation> {
    const SIGNED: [&str; 3] = ["definition.hash", "lock.hash", "transcript.ceremony-id"];
    const OPERATORS: [&str; 1] = ["definition.operator-signatures"];
    const CREATOR: [&str; 1] = ["definition.creator-signature"];
    let (operator, creator) =
        ("/cluster_definition/operators/1/config_signature", "/cluster_definition/creator/config_signature");
    let enr = "/cluster_definition/operators/2/enr_signature";
    let short = |place| hex(&unhex(&at(place))[..64]);
    // A Safe's signature is as many as it has owners, for which v1.10 has no room.
    let of_contract = |place| hex(&[unhex(&at(place)), unhex(&at(creator))].concat());
    let high = |place: &str| hex(&turn_over(&unhex(&at(place))));
    let nobodys = fails(&SIGNED);
    let node = unhex(&at("/node_signatures/0"));
    let other_v = hex(&[&node[..64], &[node[64] + 27]].concat());
    let mut made = vec![
        replaced(
            "signature/operator.short",
            "no account's",
            &nobodys.clone().and_fails(&OPERATORS),
            operator,
            short(operator),
        ),
        replaced(
            "signature/operator-enr.short",
            "no account's",
            &nobodys.clone().and_fails(&OPERATORS),
            enr,
            short(enr),
        ),
        replaced(
            "signature/creator.short",
            "no account's",
            &nobodys.clone().and_fails(&CREATOR),
            creator,
            short(creator),
        ),
        replaced(
            "signature/operator.long",
            "it may be a contract's",
            &fails(&["lock.form"]),
            operator,
            of_contract(operator),
        ),
        replaced(
            "signature/creator.long",
            "it may be a contract's",
            &fails(&["lock.form"]),
            creator,
            of_contract(creator),
        ),
        // Charon takes both forms of V, the Seal has one.
        replaced(
            "signature/node.other-v",
            "the other form of V",
            &fails(&["seals.node-signatures"]),
            "/node_signatures/0",
            other_v,
        ),
    ];
    for list in ["joins", "commits", "deals", "attests", "seals"] {
        let place = format!("/pvss_transcript/{list}/0/signature");
        let check = match list {
            "joins" => "joins.signatures",
            "commits" => "commits.signatures",
            "deals" => "deals.signatures",
            "attests" => "attests.signatures",
            _ => "seals.signatures",
        };
        let comment = "S is the order less S, which verifies as well";
        made.push(replaced(
            &format!("signature/{list}.high-s"),
            comment,
            &fails(&[check]),
            &place,
            high(&place),
        ));
    }
    made
}

/// Values of other types, lengths and forms.
fn forms() -> Vec<Mutation> {
    let mutation = |name: &str, place: &str, value: Value, said: Said| {
        replaced(&format!("form/{name}"), "not of its form", &said, place, value)
    };
    let lock = || fails(&["lock.form"]);
    let transcript = || fails(&["transcript.form"]);
    let key = "/pvss_transcript/joins/0/encryption_key";
    let in_capitals = json!(format!("0x{}", at(key).as_str().unwrap()[2..].to_uppercase()));
    let without_0x = json!(at(key).as_str().unwrap()[2..]);
    let short = |place: &str| hex(&unhex(&at(place))[1..]);
    let share = "/distributed_validators/0/public_shares/0";
    vec![
        mutation("lock-hash.number", "/lock_hash", json!(1), lock()),
        mutation("lock-hash.short", "/lock_hash", short("/lock_hash"), lock()),
        mutation("share.short", share, short(share), lock()),
        mutation("share.null", share, Value::Null, lock()),
        mutation("validators.object", "/distributed_validators", json!({}), lock()),
        mutation("threshold.text", "/cluster_definition/threshold", json!("2"), lock()),
        mutation("threshold.negative", "/cluster_definition/threshold", json!(-2), lock()),
        mutation(
            "amount.number",
            "/distributed_validators/0/partial_deposit_data/0/amount",
            json!(8_000_000_000_u64),
            lock(),
        ),
        mutation("version.number", "/cluster_definition/version", json!(1), fails(&["definition.version"])),
        mutation("definition.null", "/cluster_definition", Value::Null, fails(&["definition.version"])),
        mutation("transcript.null", "/pvss_transcript", Value::Null, undecided(&["transcript.present"])),
        mutation("transcript.list", "/pvss_transcript", json!([]), fails(&["transcript.version"])),
        // A later version may be a text.
        mutation(
            "transcript-version.text",
            "/pvss_transcript/version",
            json!("1"),
            undecided(&["transcript.version"]),
        ),
        mutation("encryption-key.capitals", key, in_capitals, transcript()),
        mutation("encryption-key.without-0x", key, without_0x, transcript()),
        mutation("encryption-key.short", key, short(key), transcript()),
        mutation("author.negative", "/pvss_transcript/joins/0/author", json!(-1), transcript()),
        mutation("author.65537", "/pvss_transcript/joins/0/author", json!(65_537), transcript()),
        mutation("attempt.fraction", "/pvss_transcript/ceremony/attempt", json!(0.5), transcript()),
        mutation("commits.text", "/pvss_transcript/ceremony/parameters/commits", json!("true"), transcript()),
        mutation(
            "dealers.few",
            "/pvss_transcript/ceremony/parameters/dealers",
            json!([1]),
            fails(&["transcript.terms"]),
        ),
        mutation(
            "transparent-with-setup",
            "/pvss_transcript/ceremony/parameters",
            {
                let mut parameters = at("/pvss_transcript/ceremony/parameters");
                parameters["setup"] = at("/pvss_transcript/ceremony/id");
                parameters
            },
            fails(&["transcript.terms"]),
        ),
        mutation(
            "groth16-without-setup",
            "/pvss_transcript/ceremony/parameters/proof_system",
            json!("groth16"),
            fails(&["transcript.terms"]),
        ),
        mutation(
            "threshold.one",
            "/cluster_definition/threshold",
            json!(1),
            // Every share would be the key; and no ceremony is held for that.
            fails(&[
                "definition.config-hash",
                "definition.hash",
                "lock.hash",
                "lock.reconstruction",
                "transcript.terms",
            ]),
        ),
        mutation(
            "threshold.above-operators",
            "/cluster_definition/threshold",
            json!(4),
            fails(&[
                "definition.config-hash",
                "definition.hash",
                "lock.hash",
                "lock.reconstruction",
                "transcript.terms",
            ]),
        ),
        mutation(
            "fee-recipient.without-0x",
            "/cluster_definition/validators/0/fee_recipient_address",
            // No hash covers the prefix; Charon would not load it.
            json!(at("/cluster_definition/validators/0/fee_recipient_address").as_str().unwrap()[2..]),
            fails(&["registrations.signatures"]),
        ),
    ]
}

/// Other texts of one and the same content: these are valid.
fn same_content() -> Vec<Mutation> {
    let valid = fails(&[]);
    let mutation = |name: &str, place: &str, value: Value| {
        replaced(&format!("same/{name}"), "the same content", &valid, place, value)
    };
    let text = |place: &str| at(place).as_str().unwrap().to_owned();
    let hash = text("/lock_hash");
    let account = "/cluster_definition/operators/0/address";
    vec![
        mutation("lock-hash.capitals", "/lock_hash", json!(format!("0x{}", hash[2..].to_uppercase()))),
        mutation("lock-hash.without-0x", "/lock_hash", json!(hash[2..])),
        mutation("address.lowercase", account, json!(text(account).to_lowercase())),
    ]
}

/// What is around the values.
fn texts() -> Vec<Mutation> {
    let kept = Base::Lock.kept();
    let spans = spans(&kept.bytes);
    let end = kept.bytes.len();
    let mutation = |name: &str, comment: &str, said: &Said, edit: Edit| {
        Mutation::new(format!("text/{name}"), Base::Lock, comment, Change::Text(vec![edit]), said)
    };
    let insert = |at: usize, text: &str| Edit { at, remove: 0, insert: text.to_owned() };
    let (strict, valid) = (fails(&["json.strict"]), fails(&[]));
    let lock_hash = spans["/lock_hash"].member.clone();
    let rename =
        |to: &str| Edit { at: lock_hash.start, remove: "\"lock_hash\"".len(), insert: to.to_owned() };
    let author = spans["/pvss_transcript/joins/0/author"].member.clone();
    let deep = format!("\"remark\":{}{},", "[".repeat(30), "]".repeat(30));
    vec![
        mutation("empty", "nothing", &strict, Edit { at: 0, remove: end, insert: String::new() }),
        mutation(
            "truncated",
            "the last byte is missing",
            &strict,
            Edit { at: end - 1, remove: 1, insert: String::new() },
        ),
        mutation("trailing-value", "another value behind the lock", &strict, insert(end, "{}")),
        mutation("trailing-newline", "an editor's newline", &valid, insert(end, "\n")),
        mutation("byte-order-mark", "a mark that JSON does not have", &strict, insert(0, "\u{feff}")),
        mutation("comment", "a comment", &strict, insert(1, "/* */")),
        mutation("deep", "nested deeper than any lock", &strict, insert(1, &deep)),
        mutation("renamed-in-capitals", "a known name in another case", &strict, rename("\"Lock_Hash\"")),
        mutation(
            "renamed-with-kelvin-sign",
            "a K that Go takes for a k",
            &strict,
            rename("\"loc\u{212a}_hash\""),
        ),
        mutation(
            "renamed-with-escape",
            "the same name, with an escape",
            &valid,
            rename("\"lo\\u0063k_hash\""),
        ),
        mutation(
            "transcript-member-renamed",
            "a member of the transcript in another case",
            &fails(&["transcript.form"]),
            Edit { at: author.start, remove: "\"author\"".len(), insert: "\"Author\"".to_owned() },
        ),
        mutation(
            "escaped-twice",
            "a member twice, once with an escape in its name",
            &strict,
            insert(lock_hash.start, "\"lo\\u0063k_hash\":\"\","),
        ),
    ]
}

/// What takes two validators.
fn of_two() -> Vec<Mutation> {
    let mutation = |name: &str, comment: &str, failed: &[&'static str], tamper: fn(&mut Value)| {
        Mutation::tampered(format!("two/{name}"), Base::Two, comment, &fails(failed), tamper)
    };
    vec![
        mutation(
            "validators-exchanged",
            "the validators stand in another order",
            &["lock.hash", "keys.lock", "keys.public-shares", "attests.deposits", "attests.registrations"],
            |lock| lock["distributed_validators"].as_array_mut().unwrap().swap(0, 1),
        ),
        mutation(
            "validator-missing",
            "a validator is left out",
            &["lock.validator-count", "lock.hash"],
            |lock| drop(lock["distributed_validators"].as_array_mut().unwrap().pop()),
        ),
        mutation(
            "commitments-exchanged",
            "the polynomials of a dealer are exchanged",
            &["deals.signatures"],
            |lock| {
                lock["pvss_transcript"]["deals"][0]["dealing"]["commitments"]
                    .as_array_mut()
                    .unwrap()
                    .swap(0, 1)
            },
        ),
        mutation(
            "ciphertexts-exchanged",
            "the encrypted shares of two validators are exchanged",
            &["deals.signatures"],
            |lock| {
                lock["pvss_transcript"]["deals"][0]["dealing"]["ciphertexts"]
                    .as_array_mut()
                    .unwrap()
                    .swap(0, 1)
            },
        ),
        mutation(
            "attestations-exchanged",
            "the partial signatures of two validators are exchanged",
            &["attests.signatures"],
            |lock| lock["pvss_transcript"]["attests"][0]["attestations"].as_array_mut().unwrap().swap(0, 1),
        ),
        mutation(
            "seal-partials-exchanged",
            "the partial signatures of two validators are exchanged",
            &["seals.signatures"],
            |lock| lock["pvss_transcript"]["seals"][0]["partials"].as_array_mut().unwrap().swap(0, 1),
        ),
    ]
}
