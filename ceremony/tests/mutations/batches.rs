//! How keys are made of what was dealt: another rule than the agreed one, and keys of one batch in each other's place.

use coram_ceremony::Ceremony;
use coram_ceremony::parameters::ExtractionRule;
use serde_json::{Value, json};

use crate::base::Base;
use crate::corpus::{Change, Mutation, fails, undecided};

const PLACE: &str = "/pvss_transcript/ceremony/parameters/extraction";

pub fn all() -> Vec<Mutation> {
    let changed = |name: &str, base: Base, comment: &str, said, change: Value| {
        let name = format!("batched/extraction.{name}");
        Mutation::new(name, base, comment, Change::Json(vec![change]), said).at(PLACE)
    };
    let replaced = |value: &str| json!({ "op": "replace", "path": PLACE, "value": value });
    let other_id = fails(&["transcript.ceremony-id"]);
    vec![
        changed(
            "removed",
            Base::Batched,
            "keys would be sums",
            &other_id,
            json!({ "op": "remove", "path": PLACE }),
        ),
        changed(
            "added",
            Base::Two,
            "keys would be of batches",
            &other_id,
            json!({ "op": "add", "path": PLACE, "value": "batched" }),
        ),
        changed("sum", Base::Batched, "sums are not named", &fails(&["transcript.form"]), replaced("sum")),
        changed(
            "unknown",
            Base::Batched,
            "a rule of a later protocol",
            &undecided(&["transcript.terms"]),
            replaced("later"),
        ),
        Mutation::tampered(
            "batched/id-of-sums",
            Base::Batched,
            "the id that the ceremony would have if keys were sums: dealings are too short",
            &fails(&["transcript.messages"]),
            |lock| {
                let ceremony = &mut lock["pvss_transcript"]["ceremony"];
                drop(ceremony["parameters"].as_object_mut().unwrap().remove("extraction"));
                ceremony["id"] = json!(of_sums().id().to_string());
            },
        ),
        Mutation::tampered(
            "batched/keys-exchanged",
            Base::Batched,
            "the keys of one batch in each other's place",
            &fails(&[
                "lock.hash",
                "keys.lock",
                "keys.public-shares",
                "attests.deposits",
                "attests.registrations",
            ]),
            |lock| lock["distributed_validators"].as_array_mut().unwrap().swap(0, 1),
        ),
    ]
}

fn of_sums() -> Ceremony {
    let batched = &Base::Batched.kept().ceremony;
    let mut parameters = batched.parameters().clone();
    parameters.extraction = ExtractionRule::Sum;
    Ceremony::new(batched.definition().clone(), parameters, 0).unwrap()
}
